from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from reminders.core.policy import Audience
from reminders.ledger.base import LedgerLost
from reminders.ledger.opening import open_ledger
from reminders.rendering import spreadsheet
from reminders.settings import load_settings
from reminders.wiring import drawer_of
from tests.builders import BOARD, a_person, a_row
from tests.fakes import TAKEN, UNREACHABLE
from tests.service.builders import EVANS, GARNETT, MANAGER, MUNDY, OPS, due, local

LEADS = ("M Evans", "I Mundy", "G Garnett")
RELEASED = date(2014, 12, 1)


def of_three(day="30 January 2015"):
    return [due(day, f"1.{number}", lead=lead) for number, lead in enumerate(LEADS, start=1)]


def days(mails):
    return [f"{mail.at:%Y-%m-%d}" for mail in mails]


# What a tick gives back.


def test_a_tick_says_what_left_and_what_waits(a_board):
    board = a_board(*of_three())
    board.transport.script = [UNREACHABLE]
    first = board.tick("2015-01-02 08:00")
    assert (len(first.settled), len(first.waiting), first.refusal) == (1, 4, None)  # the fault mail waits as well
    second = board.tick("2015-01-02 08:01")
    assert (len(second.settled), second.waiting, second.transport_fault) == (4, (), None)


def test_a_tick_with_nothing_due_does_nothing(a_board):
    board = a_board(a_row(timeframe="December 2016", progress="Under way"))
    result = board.tick("2015-01-02 08:00")
    assert (result.settled, result.waiting, result.faults) == ((), (), ())
    assert board.transport.tried == []


# Nothing may be sent.


def test_paused_enters_nothing_sends_nothing_and_keeps_nothing_but_shows_the_plan(a_board):
    board = a_board(paused=True)
    result = board.tick("2015-01-05 08:00")
    assert (result.plan.outcome, board.ledger.entries()) == ("ok", ())
    assert board.transport.tried == []
    assert board.ledger.good_reading("plan") is None


def test_what_was_planned_before_a_pause_does_not_leave_during_it(a_board):
    board = a_board()
    board.transport.script = [UNREACHABLE]
    board.tick("2015-01-02 08:00")
    board.change(paused=True)
    board.ticks("2015-01-02 09:00", "2015-01-05 08:00")
    assert board.transport.arrived == []
    board.change(paused=False)
    board.tick("2015-01-06 08:00")
    assert board.told() == [("2.3", -28, True)]


def test_a_clock_before_the_release_was_made_sends_nothing(a_board):
    board = a_board(released=date(2015, 1, 3))
    result = board.tick("2015-01-02 08:00")
    assert "before this release" in str(result.refusal)
    assert board.ledger.entries() == ()
    assert board.tick("2015-01-05 08:00").refusal is None


def test_a_clock_more_than_a_day_behind_the_ledger_sends_nothing_until_it_is_right(a_board):
    board = a_board(*of_three(), released=RELEASED)
    board.rows = of_three()[:1]
    board.tick("2015-01-06 08:00")
    board.rows = of_three()
    result = board.tick("2015-01-05 07:59")
    assert "ledger's latest" in str(result.refusal)
    assert len(board.entries()) == 1
    assert board.tick("2015-01-06 09:00").refusal is None
    assert len(board.mails()) == 3


def test_a_clock_an_hour_behind_the_ledger_is_nothing_to_worry_about(a_board):
    board = a_board(released=RELEASED)
    board.ticks("2015-01-02 10:00")
    assert board.tick("2015-01-02 09:00").refusal is None
    assert len(board.mails()) == 1


def test_a_shifted_clock_is_not_judged(a_board):
    board = a_board(released=None)
    board.ticks("2015-03-02 08:00")
    assert board.tick("2015-01-02 08:00").refusal is None


def test_a_lost_ledger_sends_nothing_until_it_is_adopted(a_kept_board, tmp_path):
    board = a_kept_board(*of_three())
    board.rows = of_three()[:1]
    board.tick("2015-01-02 08:00")
    board.ledger.close()
    for file in (tmp_path / "state").glob("ledger.sqlite*"):
        file.unlink()
    board.ledger = open_ledger(tmp_path / "state", None, board=BOARD, lock=True)
    board.rows = of_three()
    result = board.tick("2015-01-05 08:00")
    assert "adopt" in str(result.refusal)
    assert (len(board.mails()), board.ledger.entries()) == (1, ())
    board.ledger.adopt(date(2015, 1, 5), board.clock())
    board.days("2015-01-05", "2015-01-15")
    assert len(board.mails()) == 1  # all before the day of adoption counts as told
    board.tick("2015-01-16 08:00")
    assert sorted(board.told()[1:]) == [("1.1", -14, False), ("1.2", -14, False), ("1.3", -14, False)]


def test_a_ledger_lost_between_looking_and_claiming_sends_nothing(a_kept_board, tmp_path):
    board = a_kept_board()

    def loses(notice, at):
        (tmp_path / "state" / "ledger.id").write_text("another\n")
        return draw(notice, at)

    draw, board.draw = board.draw, loses
    with pytest.raises(LedgerLost):
        board.tick("2015-01-02 08:00")
    assert board.transport.tried == []


# Outages.


def test_after_a_week_down_each_lead_gets_one_mail_marked_late_and_none_twice(a_kept_board):
    board = a_kept_board(*of_three())
    board.days("2014-12-29", "2015-01-01")
    board.restart()
    board.ticks("2015-01-09 08:00", "2015-01-09 08:01")
    board.restart()
    board.days("2015-01-10", "2015-01-15")
    assert sorted(mail.to for mail in board.mails()) == [GARNETT, MUNDY, EVANS]
    assert {told[1:] for told in board.told()} == {(-28, True)}


def test_after_an_outage_over_the_due_day_the_newest_offset_alone_is_told(a_board):
    board = a_board(*of_three())
    board.days("2014-12-31", "2015-01-15")
    board.days("2015-02-02", "2015-02-05")
    assert sorted(board.told()[3:]) == [("1.1", 0, True), ("1.2", 0, True), ("1.3", 0, True)]
    assert days(board.mails()[3:]) == ["2015-02-02"] * 3


def test_after_months_down_there_is_no_flood(a_board):
    rows = [
        due(f"{day} {month} 2015", f"{number}.{day}")
        for number, month in enumerate(("January", "February", "March", "April", "May"), start=1)
        for day in (9, 16, 23)
    ]
    board = a_board(*rows)
    board.tick("2015-01-02 08:00")
    before = len(board.transport.arrived)
    board.tick("2015-06-01 08:00")
    board.days("2015-06-02", "2015-06-03")
    after = board.transport.arrived[before:]
    assert [(mail.kind, mail.to) for mail in after] == [("digest", MANAGER.address), ("reminder", EVANS)]
    told = after[1].says["items"]
    assert len({each["ref"] for each in told}) == len(told)


def test_missed_digests_are_dropped_and_the_latest_week_goes(a_board):
    board = a_board()
    board.tick("2015-01-05 08:00")
    board.days("2015-02-04", "2015-02-06")
    assert days(board.mails("digest")) == ["2015-01-05", "2015-02-04"]


def test_a_new_ledger_tells_once_what_passed_within_catch_up_and_enters_nothing_older(a_board):
    board = a_board(due("2 February 2015", "1.1"), due("19 January 2015", "1.2"), due("12 December 2014", "1.3"))
    board.tick("2015-01-06 08:00")  # yesterday passed -28 of 1.1 and -14 of 1.2; eleven days ago +14 of 1.3
    assert sorted(board.told()) == [("1.1", -28, True), ("1.2", -14, True), ("1.3", 14, True)]
    board.tick("2015-01-07 08:00")
    assert len(board.mails()) == 1


def test_offsets_that_lapsed_are_neither_told_nor_entered(a_board):
    board = a_board(due("1 October 2014"))
    board.days("2015-01-02", "2015-01-09")
    assert (board.told(), board.entries()) == ([], [])


def test_overdue_reminders_end_after_the_last_offset(a_board):
    board = a_board()
    board.days("2015-01-02", "2015-03-31")
    assert [(offset, day) for (_, offset, _), day in zip(board.told(), days(board.mails()), strict=True)] == [
        (-28, "2015-01-02"),
        (-14, "2015-01-16"),
        (-7, "2015-01-23"),
        (0, "2015-01-30"),
        (7, "2015-02-06"),
        (14, "2015-02-13"),
        (28, "2015-02-27"),
    ]


def test_a_day_that_passes_without_the_server_expires_and_goes_late_on_the_next(a_board):
    board = a_board(*of_three())
    board.transport.otherwise = lambda _: UNREACHABLE
    board.ticks("2015-01-02 08:00", "2015-01-02 23:59")
    assert board.states() == ["planned"] * 3
    board.tick("2015-01-03 00:00")
    assert {(str(entry.state), entry.reason) for entry in board.entries()} == {("expired", "day-passed")}
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-05 08:00")
    assert {told[1:] for told in board.told()} == {(-28, True)}
    assert len(board.mails()) == 3


# Clock changes.


@pytest.mark.parametrize(
    ("night", "hour"),
    [("2015-03-29", "00:30"), ("2015-03-29", "02:30"), ("2015-10-25", "00:30"), ("2015-10-25", "01:30")],
    ids=["before the hour skipped", "after it", "before the hour repeated", "in it"],
)
def test_a_tick_in_a_night_of_a_clock_change_sends_nothing_and_loses_nothing(a_board, night, hour):
    day = date.fromisoformat(night)
    monday = day + timedelta(days=1)
    board = a_board(due(f"{monday + timedelta(days=28):%-d %B %Y}"))
    board.tick(f"{night} {hour}")
    assert board.entries() == []
    board.tick(f"{monday} 07:59")
    assert board.entries() == []
    board.tick(f"{monday} 08:00")
    assert board.told() == [("2.3", -28, False)]


@pytest.mark.parametrize(
    ("friday", "hours_after"),
    [("2015-03-27", 23), ("2015-10-23", 25)],
    ids=["March, a short day", "October, a long one"],
)
def test_eight_in_the_morning_is_local_on_both_sides_of_a_clock_change(a_board, friday, hours_after):
    monday = date.fromisoformat(friday) + timedelta(days=3)
    board = a_board(due(f"{monday + timedelta(days=28):%-d %B %Y}"))
    board.clock.set(f"{friday} 08:00")
    board.clock.forward(hours=48 + hours_after, minutes=-1)
    board.tick()
    assert board.entries() == []
    board.clock.forward(minutes=1)
    board.tick()
    assert board.told() == [("2.3", -28, False)]


def test_a_day_ends_at_local_midnight_in_summer(a_board):
    board = a_board(due("30 July 2015"))
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick("2015-07-02 08:00")
    assert board.only().new.expires == local("2015-07-03 00:00")
    board.tick("2015-07-02 23:59")
    assert board.states() == ["planned"]
    board.tick("2015-07-03 00:00")
    assert board.states() == ["expired"]


def test_a_leap_day_is_a_day_like_others(a_board):
    board = a_board(due("29 February 2016"))
    board.days("2016-01-25", "2016-02-29")
    assert [offset for _, offset, _ in board.told()] == [-28, -14, -7, 0]


# When the next mail goes.


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2014-12-30 12:00", "2015-01-02 08:00"),  # the first offset; the digest of that week has gone
        ("2015-01-02 12:00", "2015-01-05 08:00"),  # the digest
        ("2015-01-03 12:00", "2015-01-05 08:00"),
    ],
)
def test_the_next_mail_is_the_sooner_of_reminder_and_digest(a_board, now, expected):
    board = a_board()
    board.tick("2014-12-29 08:00")
    result = board.tick(now)
    assert board.service.next_mail(result) == local(expected)


def test_the_next_mail_of_what_is_owed_after_hours_is_the_next_working_morning(a_board):
    board = a_board(policy={"digest_day": 4})
    board.tick("2015-01-02 07:00")
    result = board.tick("2015-01-02 19:00")
    assert board.service.next_mail(result) == local("2015-01-05 08:00")


def test_without_a_plan_nobody_knows_when_the_next_mail_goes(a_board):
    board = a_board()
    board.plan_mistakes = ("gone",)
    assert board.service.next_mail(board.tick("2015-01-02 08:00")) is None


# As it is put together.


def test_the_real_templates_draw_what_the_service_enters(a_board, tmp_path):
    board = a_board(*of_three())
    config = Path(__file__).parents[2] / "config"
    settings = replace(load_settings(config, {}), state_dir=tmp_path)
    board.draw = drawer_of(settings)
    board.rows = (*of_three(), due("30 January 2015", "1.4", action="Line one\nLine two\r\nBcc: x@evil.example"))
    board.tick("2015-01-05 08:00")
    assert board.states() == ["sent"] * 3
    sent = {mail.to for mail in board.transport.arrived}
    assert sent == {EVANS, MUNDY, GARNETT, MANAGER.address}
    assert all(f"X-Reminder-Key: {mail.key}".encode() in mail.mime for mail in board.transport.arrived)


def test_an_address_that_is_none_stops_no_other_mail(a_board, tmp_path):
    board = a_board(*of_three())
    settings = replace(load_settings(Path(__file__).parents[2] / "config", {}), state_dir=tmp_path)
    board.draw = drawer_of(settings)
    board.people = ("M Evans", a_person("I Mundy", email="not an address\r\nBcc: x@westberks.example"), "G Garnett")
    board.tick("2015-01-02 08:00")
    assert {mail.to for mail in board.transport.arrived} == {EVANS, GARNETT, OPS.address}


def test_a_digest_that_cannot_be_packed_stops_no_other_mail_and_ops_are_told(a_board, tmp_path, monkeypatch):
    board = a_board(*of_three())
    board.draw = drawer_of(replace(load_settings(Path(__file__).parents[2] / "config", {}), state_dir=tmp_path))
    monkeypatch.setattr(spreadsheet, "FRAME", tmp_path / "gone.xlsx")
    spreadsheet._frame.cache_clear()  # as in a process that has drawn no digest yet
    result = board.tick("2015-01-05 08:00")
    assert {mail.to for mail in board.transport.arrived} == {EVANS, MUNDY, GARNETT, OPS.address}
    assert [fault.headline for fault in result.faults] == ["A digest email cannot be made"]


def test_trial_and_live_do_not_know_of_each_other(a_board):
    board = a_board(audience=Audience.TRIAL)
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick("2015-01-02 08:00")
    board.change(audience=Audience.LIVE)
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-02 08:01")
    assert sorted(entry.new.audience for entry in board.entries()) == ["live", "trial"]
    assert {entry.new.audience: str(entry.state) for entry in board.entries()} == {"trial": "planned", "live": "sent"}
