from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core import faults, notice_words
from reminders.core.digest import Doubt
from reminders.core.notices import Section
from reminders.core.policy import Reason
from tests.builders import (
    TODAY,
    a_digest,
    a_digest_row,
    a_reminder_notice,
    a_row,
    a_section,
    an_item,
    drawn_digest,
    gathered,
)

PROGRESS = "Audit presented to the group"


def _items(count, days, first=1, **cells):
    return [an_item(f"{number}.1", days=days, **cells) for number in range(first, first + count)]


def _stood_in(*items):
    return a_section(*items, deputy_for="C Gill", away_until=date(2015, 2, 14))


@pytest.mark.parametrize(
    ("counts", "subject", "headline"),
    [
        (
            (0, 0, 1),
            "Due by 30 January 2015: one of your business plan actions",
            "One of your actions is due by Friday 30 January 2015",
        ),
        (
            (0, 0, 3),
            "Due by 30 January 2015: three of your business plan actions",
            "Three of your actions are due by Friday 30 January 2015",
        ),
        (
            (0, 0, 12),
            "Due by 30 January 2015: 12 of your business plan actions",
            "12 of your actions are due by Friday 30 January 2015",
        ),
        ((0, 1, 0), "Due today: one of your business plan actions", "One of your actions is due today"),
        ((0, 2, 0), "Due today: two of your business plan actions", "Two of your actions are due today"),
        ((1, 0, 0), "Overdue: one of your business plan actions", "One of your actions is overdue"),
        ((2, 0, 0), "Overdue: two of your business plan actions", "Two of your actions are overdue"),
        (
            (2, 1, 0),
            "Overdue: two business plan actions; one more due today",
            "Two of your actions are overdue and one is due today",
        ),
        (
            (1, 0, 3),
            "Overdue: one business plan action; three more due soon",
            "One of your actions is overdue and three are due by Friday 30 January 2015",
        ),
        (
            (0, 2, 1),
            "Due today: two business plan actions; one more due soon",
            "Two of your actions are due today and one is due by Friday 30 January 2015",
        ),
        (
            (2, 1, 3),
            "Overdue: two plan actions; one due today, three soon",
            "Two of your actions are overdue, one is due today and three are due by Friday 30 January 2015",
        ),
    ],
)
def test_subject_and_heading_count_what_is_overdue_due_today_and_ahead(counts, subject, headline):
    overdue, today, ahead = counts
    notice = a_reminder_notice(*_items(overdue, -10), *_items(today, 0, 20), *_items(ahead, 28, 40))

    assert (notice.subject, notice.headline) == (subject, headline)


def test_actions_due_on_several_days_name_the_first():
    notice = a_reminder_notice(an_item("1.1", days=14), an_item("2.1", days=28))

    assert notice.subject == "Due from 16 January 2015: two of your business plan actions"
    assert notice.headline == "Two of your actions are due soon, the first by Friday 16 January 2015"
    assert notice.facts.startswith("The first is due 14 days from today, the last 28 days from today.")


def test_a_subject_too_long_for_a_telephone_gets_a_shorter_noun():
    notice = a_reminder_notice(*_items(3, 28), today=TODAY)
    september = [replace(item, reminder=item.reminder._replace(due_by=date(2015, 9, 30))) for item in notice.items]
    moved = replace(notice, sections=(Section(None, None, tuple(september)),))

    assert moved.subject == "Due by 30 September 2015: three of your plan actions"


def test_a_deputy_is_not_told_that_the_actions_are_their_own():
    notice = a_reminder_notice(sections=[_stood_in(*_items(2, 28))])

    assert notice.subject == "Due by 30 January 2015: two plan actions you stand in for"
    assert notice.headline == "Two actions you stand in for are due by Friday 30 January 2015"
    assert notice.why == "the Business Plan 2015 - 2017 names C Gill as a lead, and you are the deputy."


def test_a_deputy_with_actions_of_their_own_gets_both_counted_as_one():
    notice = a_reminder_notice(sections=[a_section(*_items(1, 0)), _stood_in(*_items(2, 0, 5))])

    assert notice.subject == "Due today: three business plan actions"
    assert notice.headline == "Three actions are due today"
    assert notice.why.endswith("names you as a lead. It also names C Gill, and you are the deputy.")
    assert notice.reasons == (Reason.DUE, Reason.DEPUTY)


def test_the_heading_over_a_deputys_section_says_for_whom_and_until_when():
    assert _stood_in(an_item()).heading == "For C Gill, who is away until 14 February 2015; you are the deputy"
    assert a_section(an_item()).heading is None
    assert notice_words.deputy_heading("C Gill", None) == "For C Gill, who is away; you are the deputy"


counts = st.integers(0, 200)


@given(counts, counts, counts, st.booleans(), st.booleans(), st.integers(1, 400))
def test_no_subject_of_a_lead_is_longer_than_60(overdue, today, ahead, stands_in, several, days):
    item = an_item(days=days)
    coming = [an_item(days=days + 1 if several else days), *[item] * max(ahead - 1, 0)] if ahead else []
    items = [*[replace(item, days=-days)] * overdue, *[replace(item, days=0)] * today, *coming]
    if not items:
        return
    section = _stood_in(*items) if stands_in else a_section(*items)
    notice = a_reminder_notice(sections=[section, a_section(an_item())] if several else [section])

    assert len(notice.subject) <= 60
    assert notice.headline[0].isupper() or notice.headline[0].isdigit()


@pytest.mark.parametrize(
    ("items", "facts"),
    [
        (_items(1, 28), "That is 28 days from today. The plan shows no progress for it."),
        (_items(1, 1), "That is tomorrow. The plan shows no progress for it."),
        (_items(2, 7), "That is seven days from today. The plan shows no progress for either of them."),
        (
            [*_items(2, 28), an_item("3.2", days=28, progress=PROGRESS)],
            "That is 28 days from today. Two have no progress recorded in the plan.",
        ),
        (_items(1, 0, progress=PROGRESS), "The plan shows progress for it."),
        (
            _items(1, -1),
            "It was due by Thursday 1 January 2015, yesterday. The plan shows no progress for it.",
        ),
        (
            _items(2, -10),
            "They were due by Tuesday 23 December 2014, 10 days ago. The plan shows no progress for either of them.",
        ),
        (
            [*_items(1, -3), *_items(1, -10, 5)],
            (
                "The longest overdue was due by Tuesday 23 December 2014, 10 days ago. "
                "The plan shows no progress for either of them."
            ),
        ),
        (
            [*_items(1, -10), *_items(1, 14, 5)],
            (
                "The overdue action was due by Tuesday 23 December 2014, 10 days ago. "
                "Friday 16 January 2015 is 14 days from today. The plan shows no progress for either of them."
            ),
        ),
        (
            [*_items(2, -10), *_items(1, 0, 5)],
            (
                "The overdue actions were due by Tuesday 23 December 2014, 10 days ago. "
                "The plan shows no progress for any of them."
            ),
        ),
    ],
)
def test_the_facts_say_how_far_and_what_has_no_progress(items, facts):
    assert a_reminder_notice(*items).facts == facts


@pytest.mark.parametrize(
    ("items", "ask"),
    [
        (
            _items(1, 28),
            (
                "Reply to this email with a line or two of progress. If the action is finished, say so and the "
                "reminders for it will stop."
            ),
        ),
        (
            _items(3, 28),
            (
                "Reply to this email with a line or two of progress for each action. If an action is finished, say so "
                "and the reminders for it will stop."
            ),
        ),
        (_items(1, 0), "Reply today to say whether it is finished. If not, give the date you expect."),
        (_items(2, 0), "Reply today to say whether each is finished. If not, give the date you expect."),
        (
            [*_items(1, 0), *_items(1, 14, 5)],
            (
                "Reply to this email today. For each action, say whether it is finished. If not, give a line of "
                "progress or the date you expect."
            ),
        ),
        (
            _items(1, -10),
            "Reply to this email today. Tell us where it has got to, or give the date when you expect to finish.",
        ),
        (
            [*_items(1, -10), *_items(1, 14, 5)],
            (
                "Reply to this email today. For each action, tell us where it has got to, or give the date when you "
                "expect to finish."
            ),
        ),
    ],
)
def test_there_is_one_ask(items, ask):
    assert a_reminder_notice(*items).ask == ask


def test_the_preheader_names_refs_and_the_ask():
    assert a_reminder_notice(*_items(1, 28)).preheader == "1.1. Reply with a line of progress."
    assert a_reminder_notice(*_items(2, 28)).preheader == "1.1 and 2.1. Reply with a line of progress for each."
    assert a_reminder_notice(*_items(1, -1)).preheader == "1.1. Reply today with where it has got to."
    assert a_reminder_notice(*_items(12, 0)).preheader.endswith(
        "9.1 and three more. Reply today with where each has got to."
    )


def test_no_wording_stands_where_a_ref_is_missing():
    notice = a_reminder_notice(an_item(None, action="Multi-agency audit programme"))

    assert notice.preheader == "no ref. Reply with a line of progress."
    assert notice.reply_lines == ("no ref",)
    assert notice.items[0].ref == "“Multi-agency audit programme”"


@pytest.mark.parametrize(
    ("items", "left", "said"),
    [
        (
            _items(1, 28),
            1,
            "you will get one more reminder, on 16 January 2015, unless the plan says Complete by then.",
        ),
        (
            _items(1, 28),
            6,
            "you will get six more reminders, the next on 16 January 2015, unless the plan says Complete by then.",
        ),
        (
            _items(1, -14),
            1,
            (
                "this action is listed in the weekly digest to the business manager. You will get one more reminder, "
                "on 16 January 2015, unless the plan says Complete by then."
            ),
        ),
        (
            [*_items(2, -14), *_items(1, 7, 5)],
            2,
            (
                "the overdue actions are listed in the weekly digest to the business manager. You will get two more "
                "reminders, the next on 16 January 2015, unless the plan says Complete by then."
            ),
        ),
        (
            _items(1, -28),
            0,
            (
                "this was the last reminder. Until the plan says Complete, the action stays in the weekly digest to "
                "the business manager."
            ),
        ),
        (
            _items(2, -28),
            0,
            (
                "this was the last reminder. Until the plan says Complete, the actions stay in the weekly digest to "
                "the business manager."
            ),
        ),
    ],
)
def test_the_footer_says_when_the_next_reminder_comes_and_how_many(items, left, said):
    assert a_reminder_notice(*items, left=left, next_day=date(2015, 1, 16) if left else None).what_next == said


def test_a_deputy_is_told_that_the_lead_hears_again_and_not_that_this_was_the_last_reminder():
    notice = a_reminder_notice(sections=[_stood_in(an_item())], left=0, next_day=None)
    assert notice.what_next == (
        "any later reminders go to C Gill again, unless they are still away. Until the plan says Complete, the action "
        "stays in the weekly digest to the business manager."
    )


def test_actions_are_grouped_overdue_today_ahead_and_those_without_progress_come_first():
    section = a_section(
        *_items(1, 14),
        *_items(1, 0, 2, progress=PROGRESS),
        *_items(1, -10, 3, progress=PROGRESS),
        *_items(2, -10, 4),
    )

    assert [(group.heading, len(group.items)) for group in section.groups] == [
        ("Overdue, with no progress recorded", 2),
        ("Overdue, with progress recorded \u2013 is this finished?", 1),
        ("Due today, with progress recorded \u2013 is this finished?", 1),
        ("Due soon, with no progress recorded", 1),
    ]


def test_actions_all_ahead_need_no_word_on_when():
    section = a_section(*_items(1, 14), *_items(2, 14, 5, progress=PROGRESS))

    assert [group.heading for group in section.groups] == [
        "No progress recorded",
        "Progress recorded \u2013 are these finished?",
    ]


@pytest.mark.parametrize(
    ("days", "words", "tag"),
    [
        (28, "due 30 January 2015", None),
        (0, "due today, 2 January 2015", None),
        (-1, "was due 1 January 2015", "1 day overdue"),
        (-10, "was due 23 December 2014", "10 days overdue"),
    ],
)
def test_an_action_says_when_it_is_due(days, words, tag):
    item = an_item(days=days)

    assert (item.due_words, item.overdue_by) == (words, tag)


def test_a_mail_that_is_late_as_a_whole_says_so_once():
    meant = date(2014, 12, 30)
    whole = a_reminder_notice(an_item("1.1", meant=meant), an_item("2.1", meant=meant))
    part = a_reminder_notice(an_item("1.1", meant=meant), an_item("2.1"))

    assert whole.late_words == "This email is late: it was meant for 30 December 2014."
    assert part.late_words is None
    assert [item.late_words for item in part.items] == [
        "This reminder is late: it was meant for 30 December 2014.",
        None,
    ]


def test_the_rule_of_months_is_told_only_where_the_plan_gives_a_month():
    assert a_reminder_notice(an_item(timeframe="30 January 2015")).month_rule is None
    assert gathered(a_row())[0].month_rule == (
        "the plan gives a month, such as January 2015. We treat that as the last working day of the month."
    )


def test_a_board_that_counts_calendar_days_reads_a_month_to_its_last_day():
    saturday = date(2015, 1, 31)

    assert notice_words.month_rule(saturday, saturday).endswith("We treat that as the last day of the month.")


def test_actions_due_later_are_the_readers_own():
    rows = (a_row("2.3"), a_row("4.5", timeframe="October 2015", action="Audit of cases"))
    later = gathered(*rows)[0].later

    assert [(action.ref, action.text, action.timeframe) for action in later] == [
        ("4.5", "Audit of cases", "October 2015")
    ]


# The digest.


@pytest.mark.parametrize(
    ("counts", "subject", "headline"),
    [
        (
            {"overdue": 8, "recorded": 1, "blank": 27},
            "Weekly digest 9 February 2015: 9 overdue, 27 of 30 progress fields blank",
            "Nine actions are overdue and 27 of 30 progress fields are blank",
        ),
        (
            {"overdue": 1, "blank": 1},
            "Weekly digest 9 February 2015: 1 overdue, 1 of 30 progress fields blank",
            "One action is overdue and 1 of 30 progress fields is blank",
        ),
        (
            {"blank": 2},
            "Weekly digest 9 February 2015: 2 of 30 progress fields blank",
            "2 of 30 progress fields are blank",
        ),
        (
            {"recorded": 2, "blank": 0},
            "Weekly digest 9 February 2015: 2 overdue, nothing blank",
            "Two actions are overdue and all 30 progress fields have progress",
        ),
        (
            {"blank": 0},
            "Weekly digest 9 February 2015: nothing blank",
            "All 30 progress fields have progress",
        ),
        (
            {"blank": 0, "total": 1},
            "Weekly digest 9 February 2015: nothing blank",
            "The one progress field has progress",
        ),
        (
            {"blank": 0, "total": 0},
            "Weekly digest 9 February 2015: nothing blank",
            "The plan has no numbered actions",
        ),
    ],
)
def test_subject_and_heading_of_the_digest_count_what_is_overdue_and_blank(counts, subject, headline):
    digest = a_digest(**counts)

    assert (digest.subject, digest.headline) == (subject, headline)


TO_MEND = Doubt("2.7", "The action is blank. Write what is to be done", mend=True)


@pytest.mark.parametrize(
    ("counts", "summary"),
    [
        (
            {"overdue": 9, "soon": 4},
            "The overdue actions come first. Four more with no progress are due in the next 60 days.",
        ),
        (
            {"overdue": 1, "soon": 1},
            "The overdue action comes first. One more with no progress is due in the next 60 days.",
        ),
        ({"overdue": 2}, "The overdue actions come first."),
        ({"soon": 2}, "Nothing is overdue. Two with no progress are due in the next 60 days."),
        ({}, "Nothing is overdue."),
        ({"blank": 0}, "Nothing for you to do."),
        ({"blank": 0, "doubts": [TO_MEND]}, "One problem needs fixing."),
        ({"blank": 0, "doubts": [TO_MEND, TO_MEND]}, "Two problems need fixing."),
    ],
)
def test_the_summary_says_what_to_do_or_that_there_is_nothing(counts, summary):
    assert a_digest(**counts).summary == summary


def test_the_preheader_of_the_digest_names_refs():
    assert a_digest(overdue=2, soon=1).preheader == "Overdue: 1.1 and 1.2."
    assert a_digest(soon=1, doubts=[TO_MEND]).preheader == "Due soon: 3.1. One problem needs fixing."
    assert a_digest().preheader == "Nothing is overdue, and there is nothing to fix."


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.dates(date(2015, 1, 1), date(2099, 1, 1)))
def test_no_subject_of_a_digest_is_longer_than_78(overdue, blank, more, day):
    digest = replace(a_digest(blank=blank, total=blank + more), overdue_blank=(a_digest_row(),) * overdue, day=day)

    assert len(digest.subject) <= 78


def test_a_subject_with_absurd_counts_is_cut():
    assert len(a_digest(blank=10**30, total=10**30).subject) == 78


def test_a_row_of_the_digest_says_when_and_how_late():
    late, ahead, undated = a_digest_row(days=-1), a_digest_row(days=40), a_digest_row(days=None)

    assert (late.when, late.due_words, late.late_by) == ("Jan 2015", "was due 1 January 2015", "1 day late")
    assert (ahead.when, ahead.due_words, ahead.late_by) == ("Feb 2015", "due 11 February 2015", None)
    assert (undated.when, undated.due_words, undated.late_by) == ("No date", "No date", None)


def test_a_problem_says_what_is_wrong_and_what_to_do():
    assert (TO_MEND.what, TO_MEND.remedy) == ("The action is blank", "Write what is to be done")


def test_the_digest_never_quotes_what_the_progress_says():
    digest = drawn_digest(a_row(progress="Audit completed for the family of child X"))

    assert [doubt.what for doubt in digest.notes] == ["The progress may mean that the action is finished"]


def test_a_problem_of_a_row_without_ref_says_where_it_stands():
    digest = drawn_digest(a_row(None, lead=None))

    assert "row None: The lead is blank, so nobody is reminded" in [doubt.what for doubt in digest.mends]


def test_the_digest_tells_the_rule_of_months_only_where_it_shows_one():
    assert drawn_digest(a_row(timeframe="30 January 2015")).month_rule is None
    assert drawn_digest(a_row()).month_rule is not None


def test_a_week_without_news_still_makes_a_digest():
    digest = drawn_digest(a_row(progress="Underway"), today=TODAY + timedelta(days=3))

    assert digest.subject == "Weekly digest 5 January 2015: nothing blank"


# Faults.


def test_a_refused_address_is_told_in_the_words_of_the_guide():
    fault = faults.not_delivered("G Garnett", "g.garnett@westberks.example", ("4.2",), "there is no such mailbox.")

    assert fault.subject == "Email not delivered: one lead"
    assert fault.headline == "An email to G Garnett was not delivered"
    assert fault.lead == (
        "The mail server refused it: there is no such mailbox. G Garnett has not seen the reminder for 4.2."
    )


@pytest.mark.parametrize(
    ("good_since", "too_old", "headline", "unsent"),
    [
        (
            TODAY,
            False,
            "The business plan could not be read",
            "Reminders go on from the plan as it was last read on 2 January 2015.",
        ),
        (
            TODAY,
            True,
            "No reminders can go out until the plan is fixed",
            "The plan was last read on 2 January 2015, which is too long ago to go on from. No reminder goes out.",
        ),
        (
            None,
            False,
            "No reminders can go out until the plan is fixed",
            "No plan has been read before, so no reminder has gone out.",
        ),
    ],
)
def test_an_unreadable_plan_says_what_it_stops(good_since, too_old, headline, unsent):
    fault = faults.plan_refused("plan.docx", ("table 3, row 7: no date",), good_since, too_old=too_old)

    assert (fault.subject, fault.headline, fault.unsent) == (
        "Action needed: the business plan could not be read",
        headline,
        unsent,
    )


@pytest.mark.parametrize(("held", "headline"), [(1, "One reminder email is held"), (51, "51 reminder emails are held")])
def test_the_cap_counts_in_words(held, headline):
    assert faults.cap_passed(held, 50).headline == headline


@pytest.mark.parametrize("count", [1, 2, 60])
def test_no_subject_of_a_fault_is_longer_than_78(count):
    for fault in (
        faults.cap_passed(count, 50),
        faults.template_failed("x" * 200, "why", replaced=True),
        faults.transport_down("smtp", "tls", "x"),
        faults.uncertain("0123456789abcdef01234567", "reminder"),
        faults.directory_refused("directory.yaml", (), going=False),
    ):
        assert len(fault.subject) <= 78


def test_a_list_of_mails_cuts_what_is_too_long():
    assert notice_words.who_and_refs("E" * 120, "1" * 200) == f"{'E' * 120} ({'1' * 200})"
    assert notice_words.who_and_refs("E" * 121, "1" * 201) == f"{'E' * 119}… ({'1' * 199}…)"
    assert notice_words.who_and_refs("E" * 121, "") == f"{'E' * 119}…"


def test_a_mail_about_the_readers_own_actions_speaks_of_nobody_else():
    assert a_reminder_notice().why == "the Business Plan 2015 - 2017 names you as a lead."


@pytest.mark.parametrize(("title", "shown"), [("P" * 120, "P" * 120), ("P" * 121, "P" * 119 + "…")])
def test_a_very_long_title_of_a_plan_is_cut(title, shown):
    assert a_reminder_notice(plan_title=title).why == f"the {shown} names you as a lead."


def test_of_several_dates_the_first_and_the_last_are_told():
    notice = a_reminder_notice(an_item("1.1", days=40), an_item("1.2", days=28), an_item("1.3", days=33))
    assert notice.facts.startswith("The first is due 28 days from today, the last 40 days from today.")


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-1, "was due 30 January 2015"),
        (0, "due today, 30 January 2015"),
        (1, "due 30 January 2015"),
    ],
)
def test_a_day_away_is_not_today(days, told):
    assert notice_words.due(date(2015, 1, 30), days) == told


def test_the_longest_noun_that_fits_is_used():
    far = [an_item(f"1.{place}", days=271 + place) for place in range(7)]
    subject = a_reminder_notice(sections=[_stood_in(*far)]).subject
    assert subject == "Due from 30 September 2015: seven actions you stand in for"
