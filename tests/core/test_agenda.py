from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.agenda import Standing, Told, Verdict, people_of
from reminders.core.directory import Directory, Group
from reminders.core.policy import Override, Reason
from reminders.core.workdays import WorkingDays
from tests.builders import BOARD, a_directory, a_person, a_row, reminder_key
from tests.core.builders import (
    BANK_HOLIDAYS,
    SOME_DAYS,
    TICKS,
    a_policy,
    a_table,
    a_written_plan,
    agenda_of,
    agenda_on,
    as_told,
    days,
    notices_of,
    the_boards_directory,
    the_boards_plan,
    understood,
    verdicts,
    walk,
    worlds,
)

FIRST, LAST = date(2014, 12, 1), date(2016, 3, 31)
SECOND = date(2015, 1, 2)  # of January: the 28 days' reminder of what is due in January

LAPSED, SUPERSEDED, TOLD = Verdict.LAPSED, Verdict.SUPERSEDED, Verdict.TOLD
OWED, UPCOMING, PAUSED = Verdict.OWED, Verdict.UPCOMING, Verdict.PAUSED


def at(timeframe, offset, **known):
    """The one reminder of this offset, in the middle of nowhere."""
    (found,) = [each for each in agenda_of(timeframe, FIRST, **known).reminders if each.offset == offset]
    return found


def sent(plan, ticks, policy=None, directory=None, told=None):
    """What is told on a walk, as (day, ref, person, deadline, offset)."""
    notices = walk(plan, directory or the_boards_directory(), policy or a_policy(), ticks, told)
    return [
        (notice.day, item.ref, item.reminder.person, item.reminder.deadline, item.reminder.offset)
        for notice in notices
        for item in notice.items
    ]


# When a reminder goes


@pytest.mark.parametrize(
    ("timeframe", "offset", "day"),
    [
        pytest.param("January 2015", -28, date(2015, 1, 2), id="from the working day before a Saturday"),
        pytest.param("10 April 2015", -7, date(2015, 4, 2), id="Good Friday, skipped backwards"),
        pytest.param("30 March 2015", 7, date(2015, 4, 7), id="Easter Monday, skipped forwards"),
        pytest.param("3 May 2015", 0, date(2015, 5, 1), id="a Sunday, on the Friday before"),
    ],
)
def test_a_reminder_goes_on_a_working_day(timeframe, offset, day):
    assert at(timeframe, offset).day == day


def test_due_by_is_a_working_day_and_the_deadline_stays():
    reminder = at("3 May 2015", 0)
    assert (reminder.due_by, reminder.deadline) == (date(2015, 5, 1), date(2015, 5, 3))


def test_by_the_calendar_due_by_is_the_deadline_and_the_reminder_still_goes_on_a_working_day():
    reminder = at("3 May 2015", 0, policy=a_policy(due_by_working_day=False))
    assert (reminder.due_by, reminder.day) == (date(2015, 5, 3), date(2015, 5, 1))


def test_a_reminder_is_action_person_offset_and_deadline():
    reminder = at("January 2015", -28)
    assert (reminder.action.id, reminder.person, reminder.person_name) == ("2.3", "M Evans", "M Evans")
    assert reminder.key == reminder_key(
        board=BOARD, audience="live", action="2.3", person="M Evans", deadline=date(2015, 1, 31), offset=-28
    )


# What is owed today


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2015, 1, 1), [*[UPCOMING] * 7], id="the day before the first"),
        pytest.param(date(2015, 1, 2), [OWED, *[UPCOMING] * 6], id="the day of the first"),
        pytest.param(date(2015, 1, 15), [OWED, *[UPCOMING] * 6], id="13 days later"),
        pytest.param(date(2015, 1, 16), [SUPERSEDED, OWED, *[UPCOMING] * 5], id="the day of the second"),
        pytest.param(date(2015, 1, 23), [LAPSED, SUPERSEDED, OWED, *[UPCOMING] * 4], id="the day of the third"),
        pytest.param(date(2015, 2, 13), [*[LAPSED] * 3, *[SUPERSEDED] * 2, OWED, UPCOMING], id="the last but one"),
        pytest.param(date(2015, 3, 13), [*[LAPSED] * 6, OWED], id="14 days after the last"),
        pytest.param(date(2015, 3, 14), [LAPSED] * 7, id="15 days after the last"),
    ],
)
def test_only_the_latest_passed_offset_is_owed_and_only_within_catch_up(today, expected):
    assert list(verdicts(agenda_of("January 2015", today)).values()) == expected


@pytest.mark.parametrize(
    ("today", "late", "reason"),
    [
        pytest.param(date(2015, 1, 2), False, Reason.DUE, id="on its day"),
        pytest.param(date(2015, 1, 3), True, Reason.LATE, id="a day later"),
    ],
)
def test_a_reminder_after_its_day_is_late(today, late, reason):
    (owed,) = agenda_of("January 2015", today).owed
    assert (owed.late, owed.reason) == (late, reason)


def test_nothing_upcoming_is_late():
    assert not any(each.late for each in agenda_of("January 2015", SECOND).upcoming)


def test_the_agenda_names_what_is_owed_what_was_overtaken_and_what_comes():
    plan = understood(a_row("1.1"), a_row("1.2", timeframe="13 February 2015"))
    agenda = agenda_on(date(2015, 1, 16), plan)
    assert [(each.action.id, each.offset) for each in agenda.owed] == [("1.1", -14), ("1.2", -28)]
    assert [(each.action.id, each.offset) for each in agenda.superseded] == [("1.1", -28)]
    assert [(each.action.id, each.offset) for each in agenda.upcoming[:4]] == [
        *[("1.1", -7), ("1.1", 0), ("1.2", -14), ("1.1", 7)],
    ]
    assert agenda.today == date(2015, 1, 16)


def test_two_offsets_that_fall_on_one_day_make_one_reminder():
    policy = a_policy(offsets=(-2, -1, 0))  # due on a Monday: both on Friday
    agenda = agenda_of("2 February 2015", date(2015, 1, 30), policy=policy)
    assert verdicts(agenda) == {-2: SUPERSEDED, -1: OWED, 0: UPCOMING}


def test_offsets_may_stand_in_any_order():
    policy = a_policy(offsets=(7, -28, 0))
    assert list(verdicts(agenda_of("January 2015", SECOND, policy=policy))) == [-28, 0, 7]


def test_catch_up_of_no_days_tells_only_on_the_day():
    policy = a_policy(catch_up=0)
    found = [
        len(agenda_of("January 2015", day, policy=policy).owed) for day in days(date(2015, 1, 1), date(2015, 1, 3))
    ]
    assert found == [0, 1, 0]


# What was told


@pytest.mark.parametrize(
    ("standing", "address", "expected"),
    [
        pytest.param(Standing.TOLD, "m.evans@westberks.example", TOLD, id="told"),
        pytest.param(Standing.TOLD, "old@westberks.example", TOLD, id="told at another address"),
        pytest.param(Standing.WAITING, "m.evans@westberks.example", Verdict.WAITING, id="held, in hand or uncertain"),
        pytest.param(Standing.WAITING, "old@westberks.example", Verdict.WAITING, id="waiting for another address"),
        pytest.param(Standing.PLANNED, "m.evans@westberks.example", OWED, id="planned, to be redrawn"),
        pytest.param(Standing.FAILED, "m.evans@westberks.example", TOLD, id="refused at this address"),
        pytest.param(Standing.FAILED, "old@westberks.example", OWED, id="refused at the address before"),
    ],
)
def test_the_ledger_decides_whether_the_latest_is_told_again(standing, address, expected):
    told = {at("January 2015", -28).key: Told(standing, address)}
    assert verdicts(agenda_of("January 2015", SECOND, told=told))[-28] is expected


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        pytest.param(Standing.TOLD, TOLD, id="told"),
        pytest.param(Standing.WAITING, SUPERSEDED, id="held: overtaken"),
        pytest.param(Standing.PLANNED, SUPERSEDED, id="planned: overtaken"),
        pytest.param(Standing.FAILED, SUPERSEDED, id="refused: overtaken"),
    ],
)
def test_an_earlier_offset_is_told_or_overtaken(standing, expected):
    told = {at("January 2015", -28).key: Told(standing, "m.evans@westberks.example")}
    agenda = agenda_of("January 2015", date(2015, 1, 16), told=told)
    assert (verdicts(agenda)[-28], verdicts(agenda)[-14]) == (expected, OWED)


def test_a_refused_reminder_that_lapsed_is_not_owed_at_a_new_address():
    told = {at("January 2015", 28).key: Told(Standing.FAILED, "old@westberks.example")}
    found = [verdicts(agenda_of("January 2015", date(2015, 3, day), told=told))[28] for day in (13, 14)]
    assert found == [OWED, LAPSED]


def test_a_refused_reminder_of_who_has_no_address_now_stays_as_it_is():
    reminder = at("January 2015", -28)
    agenda = agenda_of(
        "January 2015",
        SECOND,
        directory=a_directory([a_person(email=None)]),
        told={reminder.key: Told(Standing.FAILED, "old@westberks.example")},
    )
    assert verdicts(agenda)[-28] is TOLD


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param(date(2015, 1, 2), OWED, id="its very day"),
        pytest.param(date(2015, 1, 3), TOLD, id="the day after"),
    ],
)
def test_what_was_due_before_the_first_day_counts_as_told(since, expected):
    assert verdicts(agenda_of("January 2015", date(2015, 1, 5), since=since))[-28] is expected


def test_earlier_offsets_before_the_first_day_count_as_told_too():
    agenda = agenda_of("January 2015", date(2015, 1, 16), since=date(2015, 1, 16))
    assert (verdicts(agenda)[-28], verdicts(agenda)[-14]) == (TOLD, OWED)


# Pauses and offsets of their own


def test_a_pause_ends_on_its_day_and_the_latest_is_then_told_late():
    policy = a_policy(action_overrides={"2.3": Override(pause_until=date(2015, 1, 20))})
    assert verdicts(agenda_of("January 2015", date(2015, 1, 19), policy=policy))[-14] is PAUSED
    (owed,) = agenda_of("January 2015", date(2015, 1, 20), policy=policy).owed
    assert (owed.offset, owed.late) == (-14, True)


def test_what_comes_during_a_pause_is_not_upcoming():
    policy = a_policy(theme_overrides={"2": Override(pause_until=date(2015, 1, 23))})
    agenda = agenda_of("January 2015", FIRST, policy=policy)
    assert list(verdicts(agenda).values()) == [PAUSED, PAUSED, *[UPCOMING] * 5]


def test_a_pause_goes_before_the_want_of_a_mailbox():
    policy = a_policy(action_overrides={"2.3": Override(pause_until=date(2015, 1, 20))})
    agenda = agenda_of("January 2015", SECOND, policy=policy, directory=a_directory([a_person(email=None)]))
    assert verdicts(agenda)[-28] is PAUSED


def test_what_was_told_before_a_pause_stays_told():
    policy = a_policy(action_overrides={"2.3": Override(pause_until=date(2015, 3, 1))})
    told = as_told(at("January 2015", -28))
    assert verdicts(agenda_of("January 2015", SECOND, policy=policy, told=told))[-28] is TOLD


def test_an_action_may_have_offsets_of_its_own_and_none_at_all():
    policy = a_policy(
        theme_overrides={"1": Override((-14, 0))}, action_overrides={"1.1": Override((-7,)), "1.2": Override(())}
    )
    tables = a_table(a_row("1.1"), a_row("1.2"), a_row("1.3")), a_table(a_row("2.1"))
    agenda = agenda_on(FIRST, understood(a_written_plan(*tables)), policy=policy)
    offsets = {ref: [each.offset for each in group] for ref, group in groupby(agenda.reminders, lambda r: r.action.ref)}
    assert offsets == {"1.1": [-7], "1.3": [-14, 0], "2.1": [-28, -14, -7, 0, 7, 14, 28]}


# Which actions


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"progress": "Complete"}, id="complete by its progress"),
        pytest.param({"status": "Done"}, id="complete by its status"),
        pytest.param({"timeframe": None}, id="no timeframe"),
        pytest.param({"timeframe": "On-going"}, id="on-going"),
        pytest.param({"timeframe": "Sumer 2015"}, id="an unclear timeframe"),
        pytest.param({"lead": None}, id="no lead"),
        pytest.param({"lead": "Z Quill"}, id="an unknown lead"),
    ],
)
def test_nothing_is_told_of_an_action_with(cells):
    assert agenda_on(SECOND, understood(a_row(**cells))).reminders == ()


@pytest.mark.parametrize("progress", [None, "-", "Started in May", "Audit completed", "Completed in part"])
def test_only_completion_stops_reminders(progress):
    assert len(agenda_on(SECOND, understood(a_row(progress=progress))).owed) == 1


def test_one_unreadable_row_stops_no_other():
    rows = [a_row("1.1", timeframe="Sumer 2015"), a_row("1.2", lead="Z Quill"), a_row("1.3")]
    assert [each.action.id for each in agenda_on(SECOND, understood(*rows)).owed] == ["1.3"]


def test_two_deadlines_of_one_action_are_told_apart():
    agenda = agenda_of("March and September 2015", date(2015, 3, 3))
    assert len({each.key for each in agenda.reminders}) == 14
    assert [(each.deadline, each.offset) for each in agenda.owed] == [(date(2015, 3, 31), -28)]


def test_a_deadline_that_comes_back_is_told_each_time():
    plan = understood(a_row(timeframe="March 2015 and then quarterly"))
    found = sent(plan, days(date(2015, 3, 1), date(2016, 3, 31)), directory=a_directory())
    ahead = [(day, deadline) for day, _, _, deadline, offset in found if offset == -28]
    assert ahead == [
        (date(2015, 3, 3), date(2015, 3, 31)),
        (date(2015, 6, 2), date(2015, 6, 30)),
        (date(2015, 9, 2), date(2015, 9, 30)),
        (date(2015, 12, 3), date(2015, 12, 31)),
        (date(2016, 3, 3), date(2016, 3, 31)),
    ]
    assert Counter(deadline for *_, deadline, _ in found)[date(2015, 6, 30)] == 7


def test_a_recurring_deadline_is_told_as_far_after_it_as_offsets_and_catch_up_reach():
    policy = a_policy(offsets=(365,), catch_up=60)
    plan = understood(a_row(timeframe="Annually in June"))
    (owed,) = agenda_on(date(2016, 8, 28), plan, policy=policy).owed
    assert (owed.deadline, owed.day) == (date(2015, 6, 30), date(2016, 6, 29))


def test_a_recurring_deadline_is_told_as_far_ahead_as_offsets_reach():
    policy = a_policy(offsets=(-365,))
    plan = understood(a_row(timeframe="Annually in June"))
    (owed,) = agenda_on(date(2015, 7, 1), plan, policy=policy).owed
    assert (owed.deadline, owed.day) == (date(2016, 6, 30), date(2015, 7, 1))


# Whose reminder


CSE = Group("CSE Sub-Group", "CSE", members=("M Evans", "I Mundy"))
FEBRUARY = ((date(2015, 2, 1), date(2015, 2, 14)),)


def test_who_leads_alone_and_through_a_group_is_reminded_once():
    directory = a_directory(["M Evans", "I Mundy"], [CSE])
    plan = understood(a_row(lead="CSE Sub-Group/ M Evans"), directory=directory)
    assert [who.name for who in people_of(plan.actions[0], directory)] == ["M Evans", "I Mundy"]
    assert [each.person for each in agenda_on(SECOND, plan, directory).owed] == ["M Evans", "I Mundy"]


def test_a_group_with_a_mailbox_is_reminded_as_one():
    directory = a_directory([], [replace(CSE, members=(), email="cse@westberks.example")])
    plan = understood(a_row(lead="CSE Sub-Group"), directory=directory)
    (owed,) = agenda_on(SECOND, plan, directory).owed
    assert (owed.person, owed.recipient and owed.recipient.address) == ("CSE", "cse@westberks.example")


@pytest.mark.parametrize(
    "person",
    [pytest.param(a_person(email=None), id="without an address"), pytest.param(a_person(left=True), id="who has left")],
)
def test_what_is_owed_to_nobody_is_unheard_and_owed_once_somebody_hears(person):
    directory = a_directory([person])
    plan = understood(a_row(), directory=directory)
    agenda = agenda_on(SECOND, plan, directory)
    assert (agenda.owed, verdicts(agenda)[-28]) == ((), Verdict.UNHEARD)
    (owed,) = agenda_on(date(2015, 1, 15), plan, a_directory(["M Evans"])).owed
    assert owed.late is True


def test_what_a_deputy_heard_counts_as_told_to_the_lead():
    away = a_person(deputy="I Mundy", away=((date(2015, 1, 1), date(2015, 1, 5)),))
    directory = a_directory([away, "I Mundy"])
    plan = understood(a_row(), directory=directory)
    (owed,) = agenda_on(SECOND, plan, directory).owed
    assert (owed.person, owed.recipient and owed.recipient.person) == ("M Evans", "I Mundy")
    assert agenda_on(date(2015, 1, 6), plan, directory, told=as_told(owed)).owed == ()


def test_what_comes_is_heard_by_who_is_there_on_its_day():
    away = a_person(deputy="I Mundy", away=FEBRUARY)
    directory = a_directory([away, "I Mundy"])
    plan = understood(a_row(), directory=directory)
    for today in (FIRST, date(2015, 2, 5)):
        heard = {
            each.day: each.recipient.person for each in agenda_on(today, plan, directory).upcoming if each.recipient
        }
        coming = [
            day for day in (date(2015, 1, 30), date(2015, 2, 6), date(2015, 2, 13), date(2015, 2, 27)) if day > today
        ]
        assert [heard[day] for day in coming] == [
            "I Mundy" if FEBRUARY[0][0] <= day <= FEBRUARY[0][1] else "M Evans" for day in coming
        ]


def test_a_renamed_person_is_not_told_again():
    told = as_told(*agenda_of("January 2015", SECOND).owed)
    directory = a_directory([a_person("M Smith", id="M Evans", also=("M Evans",))])
    agenda = agenda_on(SECOND, understood(a_row(), directory=directory), directory, told=told)
    assert (agenda.owed, agenda.reminders[0].person_name) == ((), "M Smith")


# The board's own plan


def test_on_2_january_2015_twelve_mails_with_seventeen_reminders_are_owed():
    plan = the_boards_plan()
    agenda = agenda_on(SECOND, plan, the_boards_directory())
    notices = notices_of(agenda, plan)
    assert (len(agenda.owed), len(notices)) == (17, 12)
    assert {notice.to.name: notice.refs for notice in notices}["M Evans"] == ("2.3", "3.1", "3.2")
    assert not any(each.late for each in agenda.owed)


def test_from_december_2014_to_march_2016_each_reminder_goes_once_on_its_day():
    plan, directory, policy = the_boards_plan(), the_boards_directory(), a_policy()
    notices = list(walk(plan, directory, policy, days(FIRST, LAST)))
    told = [item.reminder for notice in notices for item in notice.items]
    assert (len(notices), len(told)) == (287, 357)
    # Each of the 51 leads of a dated action hears 7 times of it, on the day that the calendar gives.
    by_hand = {
        (action.id, lead.id, deadline, offset): policy.send_day(deadline, offset)
        for action in plan.actions
        for lead in action.leads
        for deadline in action.timeframe.deadlines
        for offset in policy.offsets
    }
    assert len(by_hand) == 51 * 7
    assert {
        (item.reminder.action.id, item.reminder.person, item.reminder.deadline, item.reminder.offset): notice.day
        for notice in notices
        for item in notice.items
    } == by_hand
    assert not any(notice.late for notice in notices)
    assert max(Counter((notice.to.person, notice.day) for notice in notices).values()) == 1


def test_the_board_starting_late_tells_nobody_about_what_lapsed():
    plan = the_boards_plan()
    agenda = agenda_on(date(2026, 1, 5), plan, the_boards_directory())
    assert {each.verdict for each in agenda.reminders} == {LAPSED}


def test_down_from_2_to_9_january_each_lead_gets_one_mail_marked_late_and_none_gets_two():
    plan, directory, policy = the_boards_plan(), the_boards_directory(), a_policy()
    ticks = [*days(FIRST, date(2015, 1, 1)), *days(date(2015, 1, 9), date(2015, 1, 15))]
    notices = list(walk(plan, directory, policy, ticks))
    owed = notices_of(agenda_on(SECOND, plan, directory), plan)
    assert [notice.day for notice in notices] == [date(2015, 1, 9)] * 12
    assert [notice.to for notice in notices] == [notice.to for notice in owed]
    assert [notice.refs for notice in notices] == [notice.refs for notice in owed]
    assert all(item.late for notice in notices for item in notice.items)


def test_down_over_several_offsets_only_the_newest_is_told():
    told: dict[str, Told] = {}
    plan = the_boards_plan()
    ticks = [*days(FIRST, date(2015, 1, 1)), *days(date(2015, 1, 26), date(2015, 1, 29))]
    found = sent(plan, ticks, told=told)
    assert {(day, offset) for day, _, _, _, offset in found} == {(date(2015, 1, 26), -7)}
    assert len(found) == 17


def test_a_deadline_moved_to_march_ends_the_old_reminders_and_starts_new_ones():
    told: dict[str, Told] = {}
    before = sent(the_boards_plan(), days(FIRST, date(2015, 1, 16)), told=told)
    moved = the_boards_plan({"1.3": {"timeframe": "March 2015"}})
    after = sent(moved, days(date(2015, 1, 17), date(2015, 5, 31)), told=told)
    assert {(day, deadline) for day, ref, _, deadline, _ in before if ref == "1.3"} == {
        (date(2015, 1, 2), date(2015, 1, 31)),
        (date(2015, 1, 16), date(2015, 1, 31)),
    }
    assert sorted({(day, deadline) for day, ref, _, deadline, _ in after if ref == "1.3"}) == [
        (date.fromisoformat(day), date(2015, 3, 31))
        for day in (
            *("2015-03-03", "2015-03-17", "2015-03-24", "2015-03-31", "2015-04-07", "2015-04-14", "2015-04-28"),
        )
    ]


def test_progress_that_begins_with_complete_ends_all_reminders_of_an_action():
    told: dict[str, Told] = {}
    before = sent(the_boards_plan(), days(FIRST, date(2015, 1, 16)), told=told)
    closed = the_boards_plan({"2.5": {"progress": "Complete - signed off 15 January"}})
    after = sent(closed, days(date(2015, 1, 17), LAST), told=told)
    assert (len([each for each in before if each[1] == "2.5"]), [each for each in after if each[1] == "2.5"]) == (4, [])
    assert len(before) + len(after) == 357 - 5 * 2


@pytest.mark.parametrize(
    ("timeframe", "offset", "day"),
    [
        pytest.param("10 April 2015", -7, date(2015, 4, 2), id="Good Friday"),
        pytest.param("30 March 2015", 7, date(2015, 4, 7), id="Easter Monday"),
        pytest.param("3 May 2015", 0, date(2015, 5, 1), id="a Sunday"),
    ],
)
def test_a_changed_timeframe_of_2_6_is_told_on_working_days(timeframe, offset, day):
    plan = the_boards_plan({"2.6": {"timeframe": timeframe}})
    alone = replace(plan, actions=tuple(action for action in plan.actions if action.ref == "2.6"))
    told = {each[4]: each[0] for each in sent(alone, days(FIRST, date(2015, 6, 30)))}
    assert (len(told), told[offset]) == (7, day)


# Whatever the plan, the people, the policy and the days on which the service was up


@given(worlds(), SOME_DAYS, st.data())
def test_the_same_inputs_give_the_same_agenda(world, today, data):
    plan, directory, policy = world
    agenda = agenda_on(today, plan, directory, policy)
    some = data.draw(
        st.lists(st.sampled_from(agenda.reminders), unique_by=lambda each: each.key)
        if agenda.reminders
        else st.just([])
    )
    told = as_told(*some)
    backwards = dict(reversed(told.items()))
    again = Directory(directory.people, directory.groups)
    assert agenda_on(today, plan, directory, policy, told) == agenda_on(today, plan, again, policy, backwards)


@given(worlds(), SOME_DAYS)
def test_keys_are_unique(world, today):
    plan, directory, policy = world
    found = [each.key for each in agenda_on(today, plan, directory, policy).reminders]
    assert len(set(found)) == len(found)


@given(worlds(), TICKS)
def test_nothing_goes_before_its_day_after_it_lapses_twice_or_unheard(world, ticks):
    plan, directory, policy = world
    told: dict[str, Told] = {}
    for today in ticks:
        owed = agenda_on(today, plan, directory, policy, told).owed
        assert not told.keys() & {each.key for each in owed}
        for each in owed:
            assert each.day <= today
            assert (today - each.day).days <= policy.catch_up
            assert each.late == (each.day < today)
            assert each.recipient is not None
        told |= as_told(*owed)


@given(worlds(), TICKS)
def test_of_one_action_person_and_deadline_one_reminder_is_owed_a_day_and_each_later_than_the_last(world, ticks):
    plan, directory, policy = world
    told: dict[str, Told] = {}
    latest: dict[tuple[str, str, date], int] = {}
    for today in ticks:
        owed = agenda_on(today, plan, directory, policy, told).owed
        series = [(each.action.id, each.person, each.deadline) for each in owed]
        assert len(set(series)) == len(series)
        for each, of in zip(owed, series, strict=True):
            assert each.offset > latest.get(of, -999)
            latest[of] = each.offset
        told |= as_told(*owed)


@given(worlds(), TICKS)
def test_a_missed_day_loses_nothing_that_is_worth_telling(world, ticks):
    # After any tick, whatever has come within catch-up was told, or something later of its series was, or it is
    # paused or has no mailbox.
    plan, directory, policy = world
    told: dict[str, Told] = {}
    for today in ticks:
        told |= as_told(*agenda_on(today, plan, directory, policy, told).owed)
        for each in agenda_on(today, plan, directory, policy, told).reminders:
            if each.day <= today and not policy.has_lapsed(each.day, today):
                assert each.verdict in (TOLD, SUPERSEDED, PAUSED, Verdict.UNHEARD)


@given(worlds(), SOME_DAYS)
def test_each_verdict_is_the_one_that_the_calendar_gives_a_fresh_ledger(world, today):
    plan, directory, policy = world
    agenda = agenda_on(today, plan, directory, policy)
    series = groupby(agenda.reminders, lambda each: (each.action.id, each.person, each.deadline))
    for _, group in series:
        of_one = list(group)
        latest = max((each.offset for each in of_one if each.day <= today), default=None)
        for each in of_one:
            pause = policy.override_for(each.action.ref, each.action.theme.number).pause_until
            if each.day > today:
                expected = PAUSED if pause and each.day < pause else UPCOMING
            elif (today - each.day).days > policy.catch_up:
                expected = LAPSED
            elif each.offset != latest:
                expected = SUPERSEDED
            elif pause and today < pause:
                expected = PAUSED
            else:
                expected = OWED if each.recipient else Verdict.UNHEARD
            assert each.verdict is expected


@given(worlds(), SOME_DAYS)
def test_finished_rows_and_rows_without_a_date_are_never_told(world, today):
    plan, directory, policy = world
    agenda = agenda_on(today, plan, directory, policy)
    assert not any(each.action.complete or not each.action.timeframe.deadlines for each in agenda.reminders)


@given(worlds(), SOME_DAYS)
def test_everybody_whose_action_it_is_hears_of_it_alike(world, today):
    plan, directory, policy = world
    agenda = agenda_on(today, plan, directory, policy)
    for action in plan.actions:
        heard = Counter(each.person for each in agenda.reminders if each.action.id == action.id)
        assert len(set(heard.values())) <= 1
        if heard:
            assert list(heard) == [who.id for who in people_of(action, directory)]


def test_a_reminder_is_for_a_day_that_is_worked_and_within_reach():
    reminders = agenda_on(FIRST, the_boards_plan(), the_boards_directory()).reminders
    assert all(WorkingDays(BANK_HOLIDAYS).includes(each.day) for each in reminders)
    assert max(abs(each.day - each.due_by) for each in reminders) <= timedelta(days=29)


def test_a_late_reminder_goes_to_whoever_hears_on_the_day_it_goes():
    away = a_person("M Evans", deputy="I Mundy", away=((date(2015, 1, 1), date(2015, 1, 4)),))
    directory = a_directory([away, "I Mundy"])
    on_the_day = agenda_of("30 January 2015", date(2015, 1, 2), directory=directory)
    after_it = agenda_of("30 January 2015", date(2015, 1, 5), directory=directory)
    assert [each.recipient and each.recipient.person for each in on_the_day.owed] == ["I Mundy"]
    assert [each.recipient and each.recipient.person for each in after_it.owed] == ["M Evans"]
