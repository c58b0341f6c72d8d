from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.policy import COMPLETION_WORDS, Audience, Override, Policy, Reason
from reminders.core.workdays import WorkingDays
from tests.core.builders import BANK_HOLIDAYS, a_policy, days

POLICY = a_policy()
CALENDAR = a_policy(due_by_working_day=False)
at = datetime.fromisoformat  # local to the board
DAYS = st.dates(date(2014, 12, 25), date(2016, 3, 31))
POLICIES = st.builds(
    lambda days_off, due_by: Policy(WorkingDays(days_off), due_by_working_day=due_by),
    st.frozensets(DAYS, max_size=20),
    st.booleans(),
)


def test_what_a_board_leaves_open_is_usual():
    assert Policy() == Policy(
        working_days=WorkingDays(),
        offsets=(-28, -14, -7, 0, 7, 14, 28),
        catch_up=14,
        due_by_working_day=True,
        send_at=time(8),
        send_until=time(18),
        digest_day=0,
        digest_at=time(8),
        completion_words=("complete", "completed", "done", "closed"),
        status_key={},
        theme_overrides={},
        action_overrides={},
        max_mails_per_run=50,
        plan_max_age=7,
    )


def test_reasons_and_audiences_are_written_as_the_ledger_and_the_command_line_write_them():
    assert [each.value for each in Reason] == [
        *("due", "late", "superseded", "lapsed", "completed", "row-gone", "row-changed", "deputy", "cap"),
        *("plan-held", "off-allow-list", "bad-address", "uncertain", "not-resent", "day-passed", "trial"),
    ]
    assert [each.value for each in Audience] == ["trial", "live"]


# Due-by and send days


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        pytest.param(date(2015, 3, 31), date(2015, 3, 31), id="a working day is itself"),
        pytest.param(date(2015, 1, 31), date(2015, 1, 30), id="the Friday before a Saturday"),
        pytest.param(date(2015, 5, 3), date(2015, 5, 1), id="the Friday before a Sunday"),
        pytest.param(date(2015, 4, 6), date(2015, 4, 2), id="the Thursday before Easter"),
    ],
)
def test_due_by_is_the_last_working_day_up_to_the_deadline(deadline, expected):
    assert POLICY.due_by(deadline) == expected


def test_a_board_may_count_from_the_calendar_day_itself():
    assert CALENDAR.due_by(date(2015, 5, 3)) == date(2015, 5, 3)


@pytest.mark.parametrize(
    ("deadline", "offset", "expected"),
    [
        pytest.param(date(2015, 1, 31), -28, date(2015, 1, 2), id="28 days before the due-by day, not the deadline"),
        pytest.param(date(2015, 1, 31), 0, date(2015, 1, 30), id="on the due-by day"),
        pytest.param(date(2015, 1, 31), 7, date(2015, 2, 6), id="7 days after the due-by day"),
        pytest.param(date(2015, 1, 31), -1, date(2015, 1, 29), id="the day before"),
        pytest.param(date(2015, 1, 31), 1, date(2015, 2, 2), id="the day after, on Monday"),
        pytest.param(date(2015, 2, 2), -1, date(2015, 1, 30), id="the day before a Monday, on Friday"),
        pytest.param(date(2015, 4, 10), -7, date(2015, 4, 2), id="Good Friday is skipped backwards"),
        pytest.param(date(2015, 3, 30), 7, date(2015, 4, 7), id="Easter Monday is skipped forwards"),
    ],
)
def test_a_reminder_goes_on_a_working_day(deadline, offset, expected):
    assert POLICY.send_day(deadline, offset) == expected


def test_by_the_calendar_the_reminder_of_a_sunday_goes_on_the_friday_before():
    assert CALENDAR.send_day(date(2015, 5, 3), 0) == date(2015, 5, 1)


@given(POLICIES, DAYS, st.integers(-60, 60))
def test_send_days_are_worked_and_move_back_before_the_due_by_day_and_on_after_it(policy, deadline, offset):
    day, counted = policy.send_day(deadline, offset), policy.due_by(deadline) + timedelta(days=offset)
    assert policy.working_days.includes(day)
    assert day <= counted if offset <= 0 else day >= counted


@given(POLICIES, DAYS, st.integers(-60, 60))
def test_a_later_offset_never_goes_before_an_earlier_one(policy, deadline, offset):
    assert policy.send_day(deadline, offset) <= policy.send_day(deadline, offset + 1)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2015, 1, 2), False, id="on its day"),
        pytest.param(date(2015, 1, 16), False, id="14 days later"),
        pytest.param(date(2015, 1, 17), True, id="15 days later"),
    ],
)
def test_a_reminder_lapses_after_more_days_than_catch_up(today, expected):
    assert POLICY.has_lapsed(date(2015, 1, 2), today) == expected


# Overrides


def test_an_action_goes_before_its_theme():
    policy = Policy(
        theme_overrides={"2": Override((-14, 0), date(2015, 3, 1))},
        action_overrides={"2.3": Override((-7,), date(2015, 4, 1))},
    )
    assert policy.override_for("2.3", 2) == Override((-7,), date(2015, 4, 1))
    assert policy.override_for("2.4", 2) == Override((-14, 0), date(2015, 3, 1))
    assert policy.override_for("1.1", 1) == Override()


def test_what_an_action_leaves_open_its_theme_says():
    policy = Policy(
        theme_overrides={"2": Override((-14, 0), date(2015, 3, 1))},
        action_overrides={"2.3": Override(offsets=()), "2.4": Override(pause_until=date(2015, 4, 1))},
    )
    assert policy.override_for("2.3", 2) == Override((), date(2015, 3, 1))
    assert policy.override_for("2.4", 2) == Override((-14, 0), date(2015, 4, 1))


def test_a_row_without_a_ref_has_what_its_theme_has():
    policy = Policy(theme_overrides={"2": Override((0,))}, action_overrides={"2.3": Override((-7,))})
    assert policy.override_for(None, 2) == Override((0,))


# Hours


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(at("2015-01-02 07:59"), False, id="a minute too early"),
        pytest.param(at("2015-01-02 08:00"), True, id="at eight"),
        pytest.param(at("2015-01-02 17:59"), True, id="a minute before six"),
        pytest.param(at("2015-01-02 18:00"), False, id="at six"),
        pytest.param(at("2015-01-03 12:00"), False, id="on a Saturday"),
        pytest.param(at("2015-01-01 12:00"), False, id="on New Year's Day"),
    ],
)
def test_leads_hear_in_the_hours_of_working_days(now, expected):
    assert POLICY.leads_may_hear(now) == expected


# Complete


@pytest.mark.parametrize(
    "progress",
    [
        *COMPLETION_WORDS,
        "Complete",
        "COMPLETED",
        "Completed 3 March - signed off",
        "Complete.",
        "Complete. The audit was presented in March",
        "Done! The report is out",
        "  Closed \u2013 see minutes",
        "\u2713 Completed",
        "**Complete**",
        "Completed: 12 of 12",
        "Complete, signed off by the board",
        "Completed in particular for schools",
        "Completed thereafter",
    ],
)
def test_progress_that_begins_with_a_completion_word_closes(progress):
    assert POLICY.is_complete(None, progress) is True


@pytest.mark.parametrize(
    "progress",
    [
        "Completed in part",
        "Completed in-part",
        "Complete partly",
        "Completed draft",
        "Complete the audit",
        "Done by March",
        "Complete not",
        "Complete only for schools",
        "Completed except for schools",
        "Completed apart from schools",
        "Completed - in part",
        "Completed (in part)",
        "Completed [in part]",
        "Completed \u201cin part\u201d",
        "Completed / partly",
        "Completed... in part",
        "Completed\u2026 in part",
        "Complete? Not yet",
        "_Complete_ not yet",
        "COMPLETED  IN\nPART",
        "Completed\u00a0by March",
    ],
)
def test_a_second_word_that_turns_it_round_leaves_the_action_open(progress):
    assert POLICY.is_complete(None, progress) is False


@pytest.mark.parametrize(
    "progress",
    [
        None,
        "",
        "-",
        "Audit completed by D Pearson \u2013 presented to Quality & Performance Group 19/11/2014",
        "MAPPA cases to be anonymised to avoid issues around confidentiality",
        "To tie in with item 5.1",
        "Not complete",
        "Incomplete",
        "Completion in March",
        "Completes in March",
        "Complete-ish",
        "Done's the word",
        "100% complete",
        "Nearly done",
    ],
)
def test_any_other_progress_leaves_the_action_open(progress):
    assert POLICY.is_complete(None, progress) is False


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param("Complete", True, id="a completion word"),
        pytest.param(" DONE. ", True, id="in any case, with a full stop"),
        pytest.param("Complete in part", False, id="more words than the completion word"),
        pytest.param("Blue", True, id="a colour that the key calls complete"),
        pytest.param("green", False, id="a colour that the key calls on track"),
        pytest.param("Amber", False, id="a colour that the key leaves out"),
        pytest.param("", False, id="blank"),
        pytest.param(None, False, id="no such column"),
    ],
)
def test_a_status_closes_when_it_is_a_completion_word_or_stands_for_one(status, expected):
    policy = a_policy(status_key={"BLUE": "Complete", "Green": "on track"})
    assert policy.is_complete(status, None) == expected


def test_a_colour_means_nothing_without_a_key():
    assert POLICY.is_complete("Blue", None) is False


def test_either_cell_closes():
    assert (POLICY.is_complete("Complete", "Not yet"), POLICY.is_complete("Amber", "Complete")) == (True, True)


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        pytest.param("Signed off by the board", False, id="its second word turns it round"),
        pytest.param("Signed off 3 March", True, id="two words"),
        pytest.param("Signed offer", False, id="the second word goes on"),
        pytest.param("Finalised", True, id="one word"),
        pytest.param("Complete", False, id="no longer a completion word"),
    ],
)
def test_a_board_may_have_its_own_completion_words(progress, expected):
    policy = a_policy(completion_words=("Signed off", "Finalised"))
    assert policy.is_complete(None, progress) == expected


@given(st.text(max_size=60))
def test_whatever_stands_before_a_completion_word_keeps_the_action_open(text):
    progress = f"Nearly {text} complete"
    assert POLICY.is_complete(None, progress) is False


@pytest.mark.parametrize(("between", "expected"), [("..", False), ("_", False), ("(", False), (". ", True)])
def test_a_long_run_of_marks_is_judged_at_once(between, expected):
    assert POLICY.is_complete(None, f"Complete{between * 5000}in part") is expected
    assert POLICY.is_complete(None, f"Complete{between * 5000}") is True


# The digest


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2015, 2, 9), date(2015, 2, 9), id="Monday"),
        pytest.param(date(2015, 2, 15), date(2015, 2, 9), id="the Sunday of that week"),
        pytest.param(date(2015, 4, 6), date(2015, 4, 7), id="Tuesday in Easter week"),
        pytest.param(date(2014, 12, 22), date(2014, 12, 22), id="the Monday before Christmas"),
        pytest.param(date(2015, 1, 1), date(2014, 12, 29), id="a week over New Year"),
    ],
)
def test_the_digest_is_first_owed_on_the_first_working_day_of_its_week(today, expected):
    assert POLICY.digest_first_day(today) == expected


@pytest.mark.parametrize(
    ("today", "digest_day", "expected"),
    [
        pytest.param(date(2015, 2, 9), 2, date(2015, 2, 11), id="Wednesday"),
        pytest.param(date(2014, 12, 22), 3, date(2014, 12, 24), id="over Christmas, the last working day before"),
        pytest.param(date(2015, 3, 30), 4, date(2015, 4, 2), id="Good Friday, the Thursday before"),
        pytest.param(date(2015, 2, 9), 6, date(2015, 2, 13), id="a Sunday, the Friday before"),
        pytest.param(date(2015, 2, 9), 0, date(2015, 2, 9), id="Monday"),
    ],
)
def test_a_board_may_choose_the_day_of_its_digest(today, digest_day, expected):
    assert a_policy(digest_day=digest_day).digest_first_day(today) == expected


def test_a_week_without_a_working_day_has_no_digest():
    closed = Policy(WorkingDays(frozenset(days(date(2015, 12, 28), date(2016, 1, 1)))))
    assert closed.digest_first_day(date(2015, 12, 30)) is None
    assert closed.digest_week(at("2015-12-30 09:00")) is None


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param(date(2015, 2, 9), date(2015, 2, 12), id="Monday to Thursday"),
        pytest.param(date(2015, 2, 12), date(2015, 2, 15), id="Thursday to Sunday"),
        pytest.param(date(2015, 2, 13), date(2015, 2, 15), id="Friday to Sunday"),
    ],
)
def test_a_digest_may_go_until_the_third_day_after_and_never_past_sunday(first, expected):
    assert POLICY.digest_last_day(first) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(at("2015-04-06 12:00"), None, id="not on Easter Monday"),
        pytest.param(at("2015-04-07 07:59"), None, id="not before eight"),
        pytest.param(at("2015-04-07 08:00"), date(2015, 4, 7), id="from eight on Tuesday"),
        pytest.param(at("2015-04-08 00:01"), date(2015, 4, 7), id="at any hour after"),
        pytest.param(at("2015-04-10 23:59"), date(2015, 4, 7), id="until Friday"),
        pytest.param(at("2015-04-11 00:00"), None, id="not on Saturday"),
    ],
)
def test_the_digest_of_easter_week_is_owed_from_tuesday_to_friday(now, expected):
    assert POLICY.digest_week(now) == expected


@given(DAYS, st.integers(0, 6))
def test_all_days_of_a_week_agree_on_its_digest(today, digest_day):
    policy = a_policy(digest_day=digest_day)
    monday = today - timedelta(days=today.weekday())
    assert len({policy.digest_first_day(day) for day in days(monday, monday + timedelta(days=6))}) == 1


@given(DAYS, st.times(), st.integers(0, 6), st.frozensets(DAYS, max_size=40))
def test_a_digest_owed_is_owed_in_its_own_week_from_a_working_day_on(today, at, digest_day, days_off):
    policy = Policy(WorkingDays(BANK_HOLIDAYS | days_off), digest_day=digest_day, digest_at=time(9))
    first = policy.digest_week(datetime.combine(today, at))
    if first:
        assert policy.working_days.includes(first)
        assert first.isocalendar()[:2] == today.isocalendar()[:2]
        assert 0 <= (today - first).days <= 3
