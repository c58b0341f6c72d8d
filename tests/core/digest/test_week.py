from datetime import date

import pytest
from hypothesis import given

from reminders.core.agenda import Standing
from reminders.core.digest import Doubt, History, Planned, PlannedMail
from reminders.core.policy import Override, Reason
from tests.builders import a_directory, a_person, a_row
from tests.core.builders import SOME_DAYS, a_policy, agenda_on, as_told, understood, worlds
from tests.core.digest.drawn import MONDAY, digest_of, drawn


def test_this_week_is_planned_by_day_and_mailbox():
    rows = [
        a_row("1.1", lead="M Evans/ I Mundy", timeframe="9 March 2015"),  # 28 days: Monday
        a_row("1.2", lead="M Evans", timeframe="9 March 2015"),
        a_row("1.3", lead="I Mundy", timeframe="13 March 2015"),  # Friday
        a_row("1.4", lead="I Mundy", timeframe="16 March 2015"),  # next Monday
    ]
    assert drawn(*rows).planned == (
        Planned(date(2015, 2, 9), (PlannedMail("I Mundy", "1.1"), PlannedMail("M Evans", "1.1, 1.2"))),
        Planned(date(2015, 2, 13), (PlannedMail("I Mundy", "1.3"),)),
    )


def test_what_is_owed_late_is_planned_for_today():
    assert drawn(a_row("1.1", timeframe="4 March 2015")).planned == (Planned(MONDAY, (PlannedMail("M Evans", "1.1"),)),)


def test_what_was_told_is_not_planned():
    plan = understood(a_row(timeframe="4 March 2015"))
    assert digest_of(plan, told=as_told(*agenda_on(MONDAY, plan).owed)).planned == ()


def test_a_ref_stands_once_in_a_mail_planned():
    rows = a_row("1.1", timeframe="9 February 2015 and 9 March 2015")
    assert drawn(rows).planned[0] == Planned(MONDAY, (PlannedMail("M Evans", "1.1"),))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2015, 2, 13), [date(2015, 2, 13)], id="Friday"),
        pytest.param(date(2015, 2, 14), [], id="Saturday: owed, but not before Monday"),
    ],
)
def test_nothing_is_planned_for_a_day_on_which_leads_do_not_hear(today, expected):
    digest = drawn(a_row("1.1", timeframe="13 March 2015"), today=today, first_day=date(2015, 2, 13))
    assert [planned.day for planned in digest.planned] == expected


def test_what_is_owed_on_a_bank_holiday_is_planned_for_the_day_after():
    digest = drawn(a_row("1.1", timeframe="1 May 2015"), today=date(2015, 4, 6), first_day=date(2015, 4, 7))
    assert digest.planned == (Planned(date(2015, 4, 7), (PlannedMail("M Evans", "1.1"),)),)


def test_a_mail_planned_names_who_will_hear_that_day():
    away = a_person(deputy="I Mundy", away=((date(2015, 2, 11), date(2015, 2, 28)),))
    digest = drawn(
        a_row("1.1", timeframe="9 March 2015"),
        a_row("1.2", timeframe="13 March 2015"),
        directory=a_directory([away, "I Mundy"]),
    )
    assert [planned.mails for planned in digest.planned] == [
        (PlannedMail("M Evans", "1.1"),),
        (PlannedMail("I Mundy", "1.2"),),
    ]


def test_nothing_is_planned_for_who_has_no_mailbox():
    digest = drawn(a_row("1.1", timeframe="13 March 2015"), directory=a_directory([a_person(email=None)]))
    assert digest.planned == ()


def test_nothing_is_planned_that_a_pause_will_stop():
    policy = a_policy(action_overrides={"1.1": Override(pause_until=date(2015, 3, 1))})
    assert drawn(a_row("1.1", timeframe="13 March 2015"), policy=policy).planned == ()


@given(worlds(), SOME_DAYS)
def test_what_is_planned_goes_on_working_days_of_this_week_to_somebody(world, today):
    plan, directory, policy = world
    planned = digest_of(plan, today, policy=policy, directory=directory).planned
    assert [each.day for each in planned] == sorted({each.day for each in planned})
    for each in planned:
        assert policy.working_days.includes(each.day)
        assert today <= each.day
        assert each.day.isocalendar()[:2] == today.isocalendar()[:2]
        assert all(mail.name and mail.refs for mail in each.mails)


REFUSED = History(barred={"m.evans@westberks.example": Reason.BAD_ADDRESS})


def test_a_mail_to_a_barred_address_is_planned_as_held():
    digest = drawn(a_row("1.1", lead="M Evans/ I Mundy", timeframe="9 March 2015"), history=REFUSED)

    assert digest.planned == (
        Planned(MONDAY, (PlannedMail("I Mundy", "1.1"), PlannedMail("M Evans", "1.1", held=True))),
    )


def test_what_is_held_already_stays_planned_until_its_address_is_mended():
    plan = understood(a_row("1.1", timeframe="9 March 2015"))
    held = as_told(*agenda_on(MONDAY, plan).owed, standing=Standing.WAITING)

    assert digest_of(plan, told=held, history=REFUSED).planned == (
        Planned(MONDAY, (PlannedMail("M Evans", "1.1", held=True),)),
    )
    assert digest_of(plan, told=held).planned == ()


def test_an_address_the_mail_server_refuses_is_the_first_problem_to_fix():
    digest = drawn(a_row("1.1"), a_row("1.2", timeframe=None), history=REFUSED)

    assert digest.doubts[0] == Doubt(
        "1.1",
        "Emails to M Evans are not delivered. Correct the address in the lead directory; until then reminders to it "
        "are held",
        mend=True,
    )


def test_an_address_off_the_allow_list_is_no_second_problem():
    history = History(barred={"m.evans@westberks.example": Reason.OFF_ALLOW_LIST})

    assert drawn(a_row("1.1"), history=history).doubts == drawn(a_row("1.1")).doubts
