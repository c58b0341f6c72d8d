from collections import Counter
from datetime import date

import pytest
from hypothesis import given

from reminders.core.agenda import Agenda, Told
from reminders.core.directory import Group
from reminders.core.keys import notice_key
from reminders.core.notices import Address, Kind, LaterAction, ReminderNotice
from reminders.core.policy import Audience, Override, Reason
from tests.builders import BOARD, TODAY, a_directory, a_person, a_reminder_notice, a_row, a_section, an_item
from tests.core.builders import (
    SOME_DAYS,
    TICKS,
    a_policy,
    agenda_on,
    as_told,
    notices_of,
    the_boards_directory,
    the_boards_plan,
    understood,
    worlds,
)

EVANS, MUNDY = ("m.evans@westberks.example", "i.mundy@westberks.example")


def gathered(
    *rows, today=TODAY, directory=None, policy=None, told=None, since=None, keys=None
) -> tuple[ReminderNotice, ...]:
    plan = understood(*rows, directory=directory, policy=policy)
    return notices_of(agenda_on(today, plan, directory, policy, told, since), plan, keys)


def the_notice(*rows, **known) -> ReminderNotice:
    (notice,) = gathered(*rows, **known)
    return notice


def an_absence(first=date(2015, 1, 1), last=date(2015, 1, 9), **known):
    return a_person(**{"deputy": "I Mundy", "away": ((first, last),), **known})


# One mail a person


def test_nothing_owed_makes_no_mail():
    assert gathered(a_row(), today=date(2015, 1, 1)) == ()


def test_a_lead_gets_all_that_is_owed_in_one_mail():
    notice = the_notice(a_row("1.1"), a_row("1.2"))
    assert notice.refs == ("1.1", "1.2")
    assert notice.to == Address("M Evans", "M Evans", EVANS)


def test_a_lead_with_one_action_overdue_and_another_ahead_gets_one_mail_with_both():
    rows = a_row("1.1", timeframe="10 February 2015"), a_row("1.2", timeframe="17 March 2015")
    notice = the_notice(*rows, today=date(2015, 2, 17))
    assert [(item.ref, item.days, item.reminder.offset) for item in notice.items] == [("1.1", -7, 7), ("1.2", 28, -28)]
    assert [item.ref for item in notice.overdue] == ["1.1"]
    assert [item.ref for item in notice.approaching] == ["1.2"]
    assert notice.due_today == ()


def test_a_sunday_deadline_is_due_on_the_friday_before_and_in_a_board_of_calendar_days_two_days_ahead():
    found = [
        the_notice(a_row(timeframe="3 May 2015"), today=date(2015, 5, 1), policy=a_policy(due_by_working_day=by))
        for by in (True, False)
    ]
    assert [(notice.items[0].due_by, notice.items[0].days) for notice in found] == [
        (date(2015, 5, 1), 0),
        (date(2015, 5, 3), 2),
    ]
    assert [(len(notice.due_today), len(notice.approaching)) for notice in found] == [(1, 0), (0, 1)]
    assert "Sunday 3 May 2015" in found[1].headline
    assert {notice.items[0].reminder.deadline for notice in found} == {date(2015, 5, 3)}


def test_each_lead_of_an_action_gets_a_mail_of_their_own_that_names_the_others():
    first, second = gathered(a_row(lead="M Evans/ I Mundy/ Z Quill"))
    assert (first.to.name, first.items[0].shared_with) == ("I Mundy", ("M Evans", "Z Quill"))
    assert (second.to.name, second.items[0].shared_with) == ("M Evans", ("I Mundy", "Z Quill"))
    assert second.items[0].co_leads == "I Mundy and Z Quill"


def test_a_lead_who_also_sits_in_the_group_gets_one_mail():
    directory = a_directory(["M Evans", "I Mundy"], [Group("CSE", "CSE", members=("M Evans", "I Mundy"))])
    first, second = gathered(a_row(lead="M Evans/ CSE"), directory=directory)
    assert (first.to.name, first.refs, len(first.items)) == ("I Mundy", ("2.3",), 1)
    assert (second.to.name, second.refs, len(second.items)) == ("M Evans", ("2.3",), 1)
    assert second.items[0].shared_with == ("CSE",)


def test_a_group_with_a_mailbox_gets_a_mail_as_one():
    directory = a_directory([], [Group("CSE Sub-Group", "CSE", "cse@westberks.example", detail="refs")])
    notice = the_notice(a_row(lead="CSE Sub-Group"), directory=directory)
    assert notice.to == Address("CSE", "CSE Sub-Group", "cse@westberks.example")
    assert (notice.detail, notice.refs_only) == ("refs", True)


def test_a_notice_carries_the_key_of_its_person_and_day():
    notice = the_notice(a_row())
    assert notice.key == notice_key(board=BOARD, audience="live", kind="reminder", person="M Evans", day=TODAY)
    assert (notice.kind, notice.cause, notice.audience, notice.board, notice.day) == (
        Kind.REMINDER,
        None,
        Audience.LIVE,
        BOARD,
        TODAY,
    )
    assert notice.plan_title == "Business Plan 2015 - 2017"
    assert notice.refs_only is False


def test_what_is_owed_to_somebody_with_a_released_mail_joins_that_one():
    notices = gathered(a_row(lead="M Evans/ I Mundy"), keys={"M Evans": "released"})
    assert [notice.key == "released" for notice in notices] == [False, True]


def test_a_reminder_without_a_mailbox_is_never_gathered():
    plan = understood(a_row())
    agenda = agenda_on(TODAY, plan)
    broken = Agenda(TODAY, tuple(each._replace(recipient=None) for each in agenda.owed))
    with pytest.raises(ValueError, match="an owed reminder has a recipient"):
        notices_of(broken, plan)


# What is in it


def test_actions_stand_in_order_of_due_by_date_and_then_of_refs_as_people_count():
    rows = [
        *(a_row(ref, timeframe="16 January 2015") for ref in ("2", "1.10", "1.9a", "1.9")),
        a_row("3.1", timeframe="2 January 2015"),
    ]
    assert [item.ref for item in the_notice(*rows).items] == ["3.1", "1.9", "1.9a", "1.10", "2"]


@pytest.mark.parametrize(
    "ref",
    [
        pytest.param("1.2\u00b2", id="a footnote mark"),
        pytest.param("1." + "9" * 5000, id="more digits than a number may have"),
        pytest.param("1.a", id="a letter"),
        pytest.param("..", id="dots alone"),
    ],
)
def test_an_odd_ref_stops_no_mail(ref):
    assert set(the_notice(a_row("1.1"), a_row(ref)).refs) == {"1.1", ref}


def test_an_item_says_what_its_reader_needs():
    (item,) = the_notice(a_row("1.1", progress="Started")).items
    assert (item.ref, item.due_by, item.days, item.late, item.timeframe, item.progress) == (
        *("1.1", date(2015, 1, 30), 28, False, "January 2015", "Started"),
    )
    assert item.text == "Work together to address issues around provision of medicals"
    assert item.outcome == "Health needs are met within prescribed timescales"


def test_an_item_without_an_action_shows_the_outcome_once():
    (item,) = the_notice(a_row(action=None)).items
    assert (item.text, item.outcome) == ("Health needs are met within prescribed timescales", None)
    (bare,) = the_notice(a_row(action=None, outcome=None)).items
    assert (bare.text, bare.outcome) == ("", None)


def test_an_item_with_a_mark_for_progress_has_none():
    (item,) = the_notice(a_row(progress="-")).items
    assert item.progress is None


def test_a_row_without_a_ref_is_called_by_its_words_and_where_those_must_not_stand_no_ref():
    (item,) = the_notice(a_row(None)).items
    assert (item.ref, item.short_ref) == ("“Work together to address issues around”", "no ref")


def test_a_section_parts_what_has_progress_from_what_has_none():
    section = a_section(an_item("1.1"), an_item("1.2", progress="Started"))
    assert ([item.ref for item in section.blank], [item.ref for item in section.recorded]) == (["1.1"], ["1.2"])


def test_groups_stand_overdue_today_ahead_and_without_progress_first():
    items = [
        an_item(f"{number}.{place}", days=number, progress=progress)
        for number in (7, 0, -7)
        for place, progress in ((1, "Started"), (2, None))
    ]
    groups = a_section(*items).groups
    assert [(group.state, group.recorded, [item.ref for item in group.items]) for group in groups] == [
        ("overdue", False, ["-7.2"]),
        ("overdue", True, ["-7.1"]),
        ("today", False, ["0.2"]),
        ("today", True, ["0.1"]),
        ("ahead", False, ["7.2"]),
        ("ahead", True, ["7.1"]),
    ]


def test_a_group_of_what_is_due_today_says_so_and_one_of_what_is_ahead_alone_does_not():
    headings = [a_section(an_item(days=days)).groups[0].heading for days in (0, 1)]
    assert headings == ["Due today, with no progress recorded", "No progress recorded"]


def test_an_action_is_overdue_from_the_day_after_and_ahead_until_the_day_before():
    notice = a_reminder_notice(*(an_item(f"1.{place}", days=days) for place, days in enumerate((-1, 0, 1))))
    assert [[item.days for item in items] for items in (notice.overdue, notice.due_today, notice.approaching)] == [
        *([-1], [0], [1]),
    ]


def test_two_deadlines_of_one_action_make_two_items_and_one_ref():
    rows = a_row("1.1", timeframe="10 February 2015 and 17 March 2015")
    notice = the_notice(rows, today=date(2015, 2, 17))
    assert (len(notice.items), notice.refs, notice.reply_lines) == (2, ("1.1",), ("1.1",))


@pytest.mark.parametrize(
    ("today", "since", "reasons"),
    [
        pytest.param(date(2015, 1, 2), None, (Reason.DUE,), id="in time"),
        pytest.param(date(2015, 1, 5), None, (Reason.LATE,), id="late"),
    ],
)
def test_a_notice_says_why_it_goes(today, since, reasons):
    notice = the_notice(a_row("1.1"), a_row("1.2"), today=today, since=since)
    assert (notice.reasons, notice.late) == (reasons, reasons == (Reason.LATE,))


def test_a_notice_with_a_late_reminder_is_late_and_says_both_reasons():
    rows = a_row("1.1", timeframe="30 January 2015"), a_row("1.2", timeframe="2 February 2015")
    notice = the_notice(*rows, today=date(2015, 1, 5))
    assert (notice.reasons, notice.late) == ((Reason.LATE, Reason.DUE), True)


def test_mails_of_one_person_and_earliest_deadline_are_one_thread():
    first = the_notice(a_row("1.1"), a_row("1.2", timeframe="30 January 2015"))
    second = the_notice(a_row("1.2", timeframe="30 January 2015"), today=date(2015, 1, 16))
    other = the_notice(a_row(lead="I Mundy", timeframe="30 January 2015"))
    assert first.thread == second.thread
    assert first.thread[1] == date(2015, 1, 30)
    assert first.thread[0] != other.thread[0]
    assert len(first.thread[0]) == 24


# Deputies


def test_a_deputy_hears_of_own_and_stood_in_actions_in_one_mail_in_two_sections():
    directory = a_directory([an_absence(), "I Mundy"])
    notice = the_notice(a_row("1.1", lead="M Evans"), a_row("1.2", lead="I Mundy"), directory=directory)
    assert notice.to == Address("I Mundy", "I Mundy", MUNDY)
    assert [(section.deputy_for, section.away_until) for section in notice.sections] == [
        (None, None),
        ("M Evans", date(2015, 1, 9)),
    ]
    assert [[item.ref for item in section.items] for section in notice.sections] == [["1.2"], ["1.1"]]
    assert notice.reasons == (Reason.DUE, Reason.DEPUTY)
    assert [section.heading is None for section in notice.sections] == [True, False]


def test_an_action_that_a_deputy_leads_too_stands_in_both_sections():
    directory = a_directory([an_absence(), "I Mundy"])
    notice = the_notice(a_row(lead="M Evans/ I Mundy"), directory=directory)
    assert [(section.deputy_for, len(section.items)) for section in notice.sections] == [(None, 1), ("M Evans", 1)]
    assert notice.refs == ("2.3",)


def test_a_deputy_of_two_has_a_section_for_each():
    directory = a_directory([an_absence(), an_absence(name="C Gill", id="C Gill"), "I Mundy"])
    notice = the_notice(a_row("1.1", lead="M Evans"), a_row("1.2", lead="C Gill"), directory=directory)
    assert [(section.deputy_for, section.items[0].ref) for section in notice.sections] == [
        ("C Gill", "1.2"),
        ("M Evans", "1.1"),
    ]


def test_the_mail_of_a_deputy_alone_goes_to_the_deputy_in_the_detail_meant_for_them():
    directory = a_directory([an_absence(), a_person("I Mundy", detail="refs")])
    notice = the_notice(a_row(), directory=directory)
    assert (notice.to, notice.detail) == (Address("I Mundy", "I Mundy", MUNDY), "refs")
    assert notice.later == ()


# What comes next


@pytest.mark.parametrize(
    ("today", "next_day", "left"),
    [
        pytest.param(date(2015, 1, 2), date(2015, 1, 16), 6, id="the first of seven"),
        pytest.param(date(2015, 2, 13), date(2015, 2, 27), 1, id="the last but one"),
        pytest.param(date(2015, 2, 27), None, 0, id="the last"),
    ],
)
def test_a_mail_knows_when_the_next_one_comes_and_how_many(today, next_day, left):
    notice = the_notice(a_row(), today=today)
    assert (notice.next_day, notice.reminders_left) == (next_day, left)


def test_reminders_of_one_day_are_one_mail_to_come():
    notice = the_notice(a_row("1.1"), a_row("1.2"), a_row("1.3", timeframe="On-going"))
    assert notice.reminders_left == 6


def test_other_actions_do_not_count_among_the_mails_to_come():
    notice = the_notice(a_row("1.1"), a_row("1.2", timeframe="5 February 2015"))
    assert (notice.next_day, notice.reminders_left) == (date(2015, 1, 16), 6)


def test_somebody_elses_reminders_do_not_count_among_the_mails_to_come():
    rows = a_row("1.1", lead="M Evans/ I Mundy")
    policy = a_policy()
    plan = understood(rows)
    agenda = agenda_on(TODAY, plan, policy=policy)
    alone = Agenda(TODAY, tuple(each for each in agenda.reminders if each.person == "I Mundy" or each in agenda.owed))
    assert [(notice.to.name, notice.reminders_left) for notice in notices_of(alone, plan)] == [
        ("I Mundy", 6),
        ("M Evans", 0),
    ]


def test_a_deputy_hears_no_more_once_the_lead_is_back():
    directory = a_directory([an_absence(last=date(2015, 1, 16)), "I Mundy"])
    notice = the_notice(a_row(), directory=directory)
    assert (notice.next_day, notice.reminders_left) == (date(2015, 1, 16), 1)


def test_a_deputy_for_a_lead_who_is_out_of_office_expects_no_more_than_todays_mail():
    known = a_directory([a_person(deputy="I Mundy"), "I Mundy"])
    notice = the_notice(a_row(), directory=known.with_absent({"M Evans"}, TODAY))
    assert [(section.deputy_for, section.away_until) for section in notice.sections] == [("M Evans", None)]
    assert (notice.next_day, notice.reminders_left) == (None, 0)


def test_a_lead_hears_no_reminder_that_falls_into_an_absence_to_come():
    away = an_absence(first=date(2015, 1, 10), last=date(2015, 2, 10))
    notice = the_notice(a_row(), directory=a_directory([away, "I Mundy"]))
    assert (notice.next_day, notice.reminders_left) == (date(2015, 2, 13), 2)


def test_what_a_pause_will_stop_does_not_count_among_the_mails_to_come():
    rows = a_row("1.1", timeframe="2 January 2015"), a_row("1.2", timeframe="March 2015")
    policy = a_policy(action_overrides={"1.2": Override(pause_until=date(2015, 12, 31))})
    assert the_notice(*rows, policy=policy).later == ()


# Actions due later


def test_actions_due_later_are_the_readers_other_ones_in_the_plans_order():
    rows = [
        a_row("1.1"),
        a_row("1.2", timeframe="May 2015"),
        a_row("1.3", timeframe="March 2015"),
        a_row("1.4", timeframe="March 2015", lead="I Mundy"),
        a_row("1.5", timeframe="On-going"),
        a_row("1.6", timeframe="March 2015", progress="Complete"),
        a_row(None, timeframe="March 2015", action=None),
    ]
    text = "Work together to address issues around provision of medicals"
    assert the_notice(*rows).later == (
        LaterAction("1.2", text, "May 2015"),
        LaterAction("1.3", text, "March 2015"),
        LaterAction(
            "“Health needs are met within prescribed”",
            "Health needs are met within prescribed timescales",
            "March 2015",
        ),
    )


def test_an_action_in_this_mail_is_not_due_later_too():
    rows = a_row("1.1", timeframe="10 February 2015 and 17 June 2015")
    assert the_notice(rows, today=date(2015, 2, 17)).later == ()


def test_actions_whose_reminders_have_all_gone_are_not_due_later():
    rows = a_row("1.1"), a_row("1.2", timeframe="3 December 2014")
    told = as_told(*agenda_on(TODAY, understood(*rows)).owed)
    assert the_notice(*rows, today=date(2015, 1, 16), told=told).later == ()


def test_actions_a_deputy_stands_in_for_are_not_among_those_due_later():
    rows = [
        a_row("1.1", lead="M Evans"),
        a_row("1.2", lead="M Evans", timeframe="10 February 2015"),
        a_row("1.3", lead="I Mundy", timeframe="March 2015"),
    ]
    notice = the_notice(*rows, directory=a_directory([an_absence(last=date(2015, 3, 1)), "I Mundy"]))
    assert [later.ref for later in notice.later] == ["1.3"]


def test_actions_due_later_stay_the_readers_own_while_a_deputy_will_hear_of_them():
    away = an_absence(first=date(2015, 1, 10), last=date(2015, 12, 31))
    rows = a_row("1.1"), a_row("1.2", timeframe="March 2015")
    notice = the_notice(*rows, directory=a_directory([away, "I Mundy"]))
    assert [later.ref for later in notice.later] == ["1.2"]


def test_where_only_refs_may_stand_an_action_due_later_shows_its_soonest_date_and_no_wording():
    directory = a_directory([a_person(detail="refs")])
    rows = [
        a_row("1.1"),
        a_row("1.2", timeframe="Mid May 2015 (as the strategy says)"),
        a_row(None, timeframe="March 2015 and then quarterly"),
    ]
    assert the_notice(*rows, directory=directory).later == (
        LaterAction("1.2", "", "15 May 2015"),
        LaterAction("no ref", "", "31 March 2015"),
    )


# The board's own plan


def test_the_first_mail_to_m_evans_names_three_actions_and_two_due_later():
    plan = the_boards_plan()
    notices = {notice.to.name: notice for notice in notices_of(agenda_on(TODAY, plan, the_boards_directory()), plan)}
    evans = notices["M Evans"]
    assert [(item.ref, item.days) for item in evans.items] == [("2.3", 28), ("3.1", 28), ("3.2", 28)]
    assert ([item.ref for item in evans.sections[0].blank], [item.ref for item in evans.sections[0].recorded]) == (
        *(["2.3", "3.1"], ["3.2"]),
    )
    assert [later.ref for later in evans.later] == ["1.1", "4.5"]
    assert {name: notice.refs for name, notice in notices.items()} == {
        "A Luke": ("2.5",),
        "C Gill": ("3.3", "4.6"),
        "CSE Sub-Group": ("3.3",),
        "G Garnett": ("4.2",),
        "I Mundy": ("2.3", "4.2"),
        "I Pearson": ("1.3", "1.4"),
        "I Wootton": ("1.4",),
        "L Campion": ("2.5",),
        "L Finch": ("3.1",),
        "M Evans": ("2.3", "3.1", "3.2"),
        "M Sancho": ("1.3",),
        "Quality & Performance Group": ("3.2",),
    }


# Whatever the plan, the people, the policy and the day


@given(worlds(), TICKS)
def test_a_bundled_mail_loses_no_reminder_and_nobody_gets_two(world, ticks):
    plan, directory, policy = world
    told: dict[str, Told] = {}
    keys: Counter[str] = Counter()
    for today in ticks:
        agenda = agenda_on(today, plan, directory, policy, told)
        notices = notices_of(agenda, plan)
        bundled = Counter(item.reminder.key for notice in notices for item in notice.items)
        assert bundled == Counter(each.key for each in agenda.owed)
        assert max(Counter(notice.to.person for notice in notices).values(), default=1) == 1
        keys.update(notice.key for notice in notices)
        told |= as_told(*agenda.owed)
    assert max(keys.values(), default=1) == 1


@given(worlds(), SOME_DAYS)
def test_every_mail_goes_to_the_mailbox_of_each_of_its_reminders(world, today):
    plan, directory, policy = world
    for notice in notices_of(agenda_on(today, plan, directory, policy), plan):
        assert {item.reminder.recipient.address for item in notice.items if item.reminder.recipient} == {
            notice.to.address
        }
        for section in notice.sections:
            assert {item.reminder.recipient.deputy_for for item in section.items if item.reminder.recipient} == {
                section.deputy_for
            }
            assert {(notice.to.name if section.deputy_for is None else section.deputy_for)} == {
                item.reminder.person_name for item in section.items
            }


@given(worlds(), SOME_DAYS)
def test_the_three_states_and_the_groups_of_a_mail_hold_each_item_once(world, today):
    plan, directory, policy = world
    for notice in notices_of(agenda_on(today, plan, directory, policy), plan):
        whole = Counter(item.reminder.key for item in notice.items)
        states = (*notice.overdue, *notice.due_today, *notice.approaching)
        groups = [item for section in notice.sections for group in section.groups for item in group.items]
        assert Counter(item.reminder.key for item in states) == whole
        assert Counter(item.reminder.key for item in groups) == whole


@given(worlds(), SOME_DAYS)
def test_the_same_agenda_gives_the_same_mails(world, today):
    plan, directory, policy = world
    agenda = agenda_on(today, plan, directory, policy)
    assert notices_of(agenda, plan) == notices_of(agenda, plan)


# Words that hang on dates alone


@pytest.mark.parametrize(
    ("today", "due", "overdue", "late"),
    [
        pytest.param(date(2015, 1, 2), "due 30 January 2015", None, False, id="ahead, on its day"),
        pytest.param(date(2015, 1, 5), "due 30 January 2015", None, True, id="ahead, late"),
        pytest.param(date(2015, 1, 30), "due today, 30 January 2015", None, False, id="today"),
        pytest.param(date(2015, 2, 6), "was due 30 January 2015", "7 days overdue", False, id="overdue"),
        pytest.param(date(2015, 2, 9), "was due 30 January 2015", "10 days overdue", True, id="overdue, late"),
    ],
)
def test_an_item_says_how_it_stands(today, due, overdue, late):
    (item,) = the_notice(a_row(), today=today).items
    assert (item.due_words, item.overdue_by, item.late, item.late_words is not None) == (due, overdue, late, late)


def test_a_mail_whose_reminders_were_all_meant_for_one_day_is_late_as_a_whole():
    late = a_row("1.1"), a_row("1.2")
    other = a_row("1.3", timeframe="29 January 2015")
    in_time = a_row("1.3", timeframe="2 February 2015")
    found = [the_notice(*late, *more, today=date(2015, 1, 5)).late_words for more in ((), (other,), (in_time,))]
    assert found == ["This email is late: it was meant for 2 January 2015.", None, None]
    assert the_notice(*late).late_words is None


@pytest.mark.parametrize(
    ("timeframe", "told"), [("January 2015", True), ("30 January 2015", False), ("By January 2015", True)]
)
def test_the_rule_of_months_stands_where_the_plan_gives_a_month(timeframe, told):
    assert (the_notice(a_row(timeframe=timeframe)).month_rule is not None) == told


def test_a_mail_has_its_sentences():
    notice = a_reminder_notice()
    said = (notice.headline, notice.subject, notice.preheader, notice.facts, notice.ask, notice.why, notice.what_next)
    assert all(said)


def test_a_later_action_is_told_by_its_text_else_its_outcome_else_by_nothing():
    rows = [
        a_row("1.1", timeframe="30 January 2015"),
        a_row("1.2", timeframe="March 2015", action="Train all staff", outcome="Staff know"),
        a_row("1.3", timeframe="March 2015", action=None, outcome="Parents know"),
        a_row("1.4", timeframe="March 2015", action=None, outcome=""),
    ]
    plan = understood(*rows)
    (notice,) = notices_of(agenda_on(TODAY, plan), plan)
    assert [(each.ref, each.text) for each in notice.later] == [
        ("1.2", "Train all staff"),
        ("1.3", "Parents know"),
        ("1.4", ""),
    ]
