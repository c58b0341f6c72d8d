from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from reminders.core.digest import Doubt, History, Sent, ThemeCount
from reminders.core.keys import notice_key
from reminders.core.notices import Address, Kind
from reminders.core.plan import Level, Problem
from reminders.core.policy import Audience, Reason
from tests.builders import BOARD, MANAGER, a_row
from tests.core.builders import (
    SOME_DAYS,
    a_policy,
    a_table,
    a_written_plan,
    the_boards_directory,
    the_boards_plan,
    understood,
    worlds,
)
from tests.core.digest.drawn import MONDAY, blank_refs, digest_of, drawn, later, refs

# Key and frame


def test_a_digest_has_one_key_all_week_for_each_reader():
    key = notice_key(board=BOARD, audience="live", kind="digest", person="business-manager", day=MONDAY)
    found = {drawn(a_row(), first_day=date(2015, 2, day), today=date(2015, 2, 12)).key for day in (9, 10, 12, 15)}
    assert found == {key}
    assert drawn(a_row(), first_day=date(2015, 2, 16)).key != key
    assert drawn(a_row(), to=Address("chair", "Chair", "chair@westberks.example")).key != key
    assert drawn(a_row(), audience=Audience.TRIAL).key != key


def test_a_digest_says_what_it_is_and_what_it_was_drawn_from():
    digest = drawn(a_row(), plan_note="The plan waits.")
    assert (digest.kind, digest.cause, digest.reasons, digest.day) == (Kind.DIGEST, None, (Reason.DUE,), MONDAY)
    assert (digest.board, digest.plan_title, digest.to) == (BOARD, "Business Plan 2015 - 2017", MANAGER)
    assert (digest.plan_note, digest.audience) == ("The plan waits.", Audience.LIVE)


def test_digests_to_one_reader_are_one_thread():
    chair = Address("chair", "Chair", "chair@westberks.example")
    weeks = [drawn(a_row(), today=day, first_day=day).thread for day in (MONDAY, date(2015, 2, 16))]
    assert weeks[0] == weeks[1] != drawn(a_row(), to=chair).thread
    assert (len(weeks[0][0]), weeks[0][1]) == (24, date(2000, 1, 1))


# Counts


def test_blank_fields_are_counted_among_the_rows_with_a_ref_theme_by_theme():
    tables = [
        a_table(a_row("1.1"), a_row("1.2", progress="Started"), a_row("1.3", progress="-"), a_row(None)),
        a_table(a_row("2.1", progress="Started"), title="Journey"),
        a_table(a_row(None), title="Else", number=3),
    ]
    digest = digest_of(understood(a_written_plan(*tables)))
    assert digest.by_theme == (ThemeCount(1, "Early Help", 2, 3), ThemeCount(2, "Journey", 0, 1))
    assert (digest.blank, digest.total) == (2, 4)


def test_a_finished_row_is_neither_blank_nor_overdue():
    digest = drawn(a_row("1.1", status="Complete"), a_row("1.2", progress="Complete"))
    assert (digest.blank, digest.total, digest.overdue, blank_refs(digest)) == (0, 2, 0, [])


def test_a_theme_whose_heading_comes_twice_is_counted_once():
    digest = digest_of(understood(a_written_plan(a_table(a_row("1.1")), a_table(a_row("1.2")))))
    assert digest.by_theme == (ThemeCount(1, "Early Help", 2, 2),)


def test_a_plan_without_rows_makes_an_empty_digest():
    digest = digest_of(understood(a_table()))
    assert (digest.total, digest.blank, digest.overdue, digest.by_theme, digest.refs) == (0, 0, 0, (), ())
    assert digest.facts == {"day": "2015-02-09", "blank": [], "overdue": [], "complete": [], "leads": {}}


# Overdue, soon, later


@pytest.mark.parametrize(
    ("timeframe", "days", "where"),
    [
        pytest.param("6 February 2015", -3, "overdue", id="the working day before"),
        pytest.param("8 February 2015", -3, "overdue", id="Sunday, due by Friday"),
        pytest.param("9 February 2015", 0, "soon", id="today"),
        pytest.param("10 April 2015", 60, "soon", id="60 days from today"),
        pytest.param("13 April 2015", 63, "later", id="63 days from today"),
        pytest.param("11 April 2015", 60, "soon", id="61 days, due by the day before"),
    ],
)
def test_a_blank_field_is_overdue_soon_or_later_by_its_due_by_date(timeframe, days, where):
    digest = drawn(a_row("1.1", timeframe=timeframe))
    found = {
        "overdue": digest.overdue_blank,
        "soon": digest.due_soon,
        "later": [row for each in digest.later for row in each.rows],
    }
    assert {name: [row.days for row in rows] for name, rows in found.items() if rows} == {where: [days]}


def test_by_the_calendar_61_days_are_later():
    digest = drawn(a_row("1.1", timeframe="11 April 2015"), policy=a_policy(due_by_working_day=False))
    assert later(digest) == [("April 2015", ["1.1"])]


def test_the_longest_overdue_and_the_soonest_due_come_first():
    rows = [
        a_row("1.1", timeframe="30 January 2015"),
        a_row("1.2", timeframe="16 January 2015"),
        a_row("1.3", timeframe="March 2015"),
        a_row("1.4", timeframe="16 February 2015"),
    ]
    digest = drawn(*rows)
    assert (refs(digest.overdue_blank), refs(digest.due_soon)) == (["1.2", "1.1"], ["1.4", "1.3"])


def test_overdue_rows_with_progress_come_after_those_without_and_count():
    digest = drawn(a_row("1.1", progress="Started"), a_row("1.2"))
    assert (refs(digest.overdue_blank), refs(digest.overdue_recorded), digest.overdue) == (["1.2"], ["1.1"], 2)


def test_rows_with_progress_that_are_not_overdue_are_left_out():
    digest = drawn(a_row("1.1", progress="Started", timeframe="March 2015"))
    assert (digest.overdue, digest.due_soon, digest.later) == (0, (), ())


def test_what_is_due_later_stands_by_month_and_what_has_no_date_at_the_end():
    rows = [
        a_row("1.1", timeframe="On-going"),
        a_row("1.2", timeframe="July 2015"),
        a_row("1.3", timeframe=None),
        a_row("1.4", timeframe="Sumer 2015"),
        a_row("1.5", timeframe="May 2015"),
        a_row("1.6", timeframe="31 July 2015"),
        a_row("1.7", timeframe="TBC"),
    ]
    assert later(drawn(*rows)) == [
        ("May 2015", ["1.5"]),
        ("July 2015", ["1.2", "1.6"]),
        ("No date", ["1.3", "1.7"]),
        ("On-going", ["1.1"]),
        ("Unclear date", ["1.4"]),
    ]


def test_each_month_stands_once_though_its_first_days_are_due_by_the_month_before():
    # 1 August 2015 is a Saturday: its due-by date is that of 31 July.
    rows = [a_row(f"1.{place}", timeframe=f"{day} 2015") for place, day in enumerate(("1 August", "July", "1 August"))]
    assert later(drawn(*rows)) == [("July 2015", ["1.1"]), ("August 2015", ["1.0", "1.2"])]


def test_a_row_shows_its_leads_its_wording_and_its_date():
    (row,) = drawn(a_row("1.1", lead="M Evans/ Z Quill/ l Mundy")).overdue_blank
    assert (row.leads, row.text, row.timeframe, row.due_by, row.days) == (
        "M Evans, Z Quill and I Mundy",
        "Work together to address issues around provision of medicals",
        "January 2015",
        date(2015, 1, 30),
        -10,
    )


def test_a_row_without_lead_action_and_date_shows_what_there_is():
    digest = drawn(
        a_row("1.1", lead=None, action=None, timeframe=None),
        a_row("1.2", lead=None, action=None, timeframe=None, outcome=None),
    )
    (group,) = digest.later
    assert [(row.leads, row.text, row.timeframe, row.due_by, row.days, row.when) for row in group.rows] == [
        ("Nobody", "Health needs are met within prescribed timescales", "No date", None, None, "No date"),
        ("Nobody", "Health needs are met within prescribed timescales", "No date", None, None, "No date"),
    ]
    (alone,) = drawn(a_row("1.1", action=None, outcome=None, timeframe=None)).later
    assert alone.rows[0].text == ""


def test_a_date_that_comes_back_counts_from_the_next_one():
    digest = drawn(a_row("1.1", timeframe="January 2015 and then quarterly"))
    assert [(row.ref, row.due_by) for each in digest.later for row in each.rows] == [("1.1", date(2015, 4, 30))]


def test_the_digests_refs_are_what_is_overdue_and_what_is_blank():
    rows = [
        a_row("1.1", timeframe="March 2015"),
        a_row("1.2", timeframe="July 2015"),
        a_row("1.3", progress="Started"),
        a_row("1.4"),
        a_row("1.5", progress="Started", timeframe="March 2015"),
    ]
    assert drawn(*rows).refs == ("1.4", "1.3", "1.1", "1.2")


# Doubts


def problem(code="missing-lead", ref: str | None = "1.1", message="The lead is blank. Name a lead", level=Level.MEND):
    return Problem(code, ref, f"row {ref}", message, level)


def doubts_of(*problems):
    return digest_of(replace(understood(a_table()), problems=problems)).doubts


def test_the_same_problem_of_several_rows_is_told_once():
    assert doubts_of(problem(), problem("lead-spelling", message="else"), problem(ref="1.2")) == (
        Doubt("1.1, 1.2", "The lead is blank. Name a lead", mend=True),
        Doubt("1.1", "else", mend=True),
    )


def test_what_must_be_mended_comes_first_and_is_counted():
    found = (problem(message="a", level=Level.NOTE), problem(message="b"), problem(message="c", level=Level.NOTE))
    digest = digest_of(replace(understood(a_table()), problems=(*found, problem(message="d"))))
    assert [doubt.message for doubt in digest.doubts] == ["b", "d", "a", "c"]
    assert ([doubt.message for doubt in digest.mends], digest.to_fix) == (["b", "d"], 2)
    assert [doubt.message for doubt in digest.notes] == ["a", "c"]


def test_the_same_words_of_two_levels_are_two_doubts():
    assert [doubt.mend for doubt in doubts_of(problem(level=Level.NOTE), problem())] == [True, False]


def test_a_problem_without_a_ref_says_where_it_is_unless_its_words_do():
    found = doubts_of(problem(ref=None), problem("row-without-ref", None, "The row “Train” has no ref"))
    assert [(doubt.refs, doubt.message) for doubt in found] == [
        ("", "row None: The lead is blank. Name a lead"),
        ("", "The row “Train” has no ref"),
    ]


def test_the_same_words_of_two_rows_without_a_ref_are_told_once_and_name_no_ref():
    row = problem("row-without-ref", None, "The row “Train” has no ref")
    assert doubts_of(row, replace(row, where="elsewhere")) == (Doubt("", "The row “Train” has no ref", mend=True),)


def test_what_the_progress_says_stays_out_of_the_digest():
    digest = drawn(a_row("1.1", progress="Audit of the Smith family completed"))
    assert [doubt.refs for doubt in digest.doubts] == ["1.1"]
    assert "Smith" not in repr(digest)


def test_what_was_sent_is_handed_on():
    sent = (Sent(date(2015, 2, 6), "M Evans", "2.3", "accepted"),)
    assert drawn(a_row(), history=History(sent=sent)).sent == sent


# The board's own plan


def test_on_9_february_2015_nine_are_overdue_and_27_of_30_blank():
    digest = digest_of(the_boards_plan(), directory=the_boards_directory())
    assert (digest.overdue, digest.blank, digest.total, digest.to_fix) == (9, 27, 30, 5)
    assert refs(digest.overdue_blank) == ["1.3", "1.4", "2.3", "2.5", "3.1", "3.3", "4.2", "4.6"]
    assert refs(digest.overdue_recorded) == ["3.2"]
    assert refs(digest.due_soon) == ["1.2", "1.5", "2.2", "2.6"]
    assert later(digest) == [
        ("May 2015", ["1.1", "2.4", "3.5", "4.3"]),
        ("July 2015", ["2.1", "3.4", "4.1", "5.6"]),
        ("October 2015", ["3.6", "5.1", "5.4", "5.5"]),
        ("December 2015", ["4.4"]),
        ("No date", ["2.7"]),
        ("On-going", ["5.2"]),
    ]
    assert [(count.number, count.blank, count.total) for count in digest.by_theme] == [
        *[(1, 5, 5), (2, 7, 7), (3, 5, 6), (4, 5, 6), (5, 5, 6)],
    ]


@pytest.mark.parametrize("today", [date(2014, 12, 1), date(2015, 1, 5), MONDAY, date(2015, 6, 1), date(2026, 1, 5)])
def test_each_blank_field_of_the_boards_plan_stands_in_the_digest_exactly_once(today):
    plan = the_boards_plan()
    digest = digest_of(plan, today, directory=the_boards_directory())
    assert sorted(blank_refs(digest)) == sorted(action.label for action in plan.numbered if action.blank)
    assert digest.blank == 27


def test_a_week_without_news_still_makes_a_digest():
    digest = drawn(a_row("1.1", progress="Started", timeframe="July 2015"))
    assert (digest.blank, digest.overdue, digest.total, digest.planned) == (0, 0, 1, ())


# Whatever the plan, the people, the policy and the day


@given(worlds(), SOME_DAYS)
def test_each_blank_field_stands_exactly_once(world, today):
    plan, directory, policy = world
    digest = digest_of(plan, today, policy=policy, directory=directory)
    blank = Counter(action.label for action in plan.numbered if action.blank and not action.complete)
    assert Counter(blank_refs(digest)) == blank
    assert Counter(digest.refs) == blank + Counter(refs(digest.overdue_recorded))
    assert digest.blank == sum(blank.values())
    assert digest.total == sum(count.total for count in digest.by_theme) == len(plan.numbered)
    assert len({each.when for each in digest.later}) == len(digest.later)


@given(worlds(), SOME_DAYS)
def test_every_row_past_its_due_by_date_and_not_finished_is_overdue(world, today):
    plan, directory, policy = world
    digest = digest_of(plan, today, policy=policy, directory=directory)
    dated = [(action, action.timeframe.deadline_on(today)) for action in plan.numbered if not action.complete]
    past = Counter(action.label for action, deadline in dated if deadline and policy.due_by(deadline) < today)
    assert Counter([*refs(digest.overdue_blank), *refs(digest.overdue_recorded)]) == past
