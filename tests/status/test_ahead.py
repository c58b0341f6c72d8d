from dataclasses import replace
from datetime import date, timedelta

import pytest

from reminders.service.values import Letter
from reminders.status.ahead import Lookout, look_ahead
from tests.fakes import SetClock


class Hands:
    """Does in its time what would be begun in a thread."""

    def __init__(self):
        self.begun = []

    def __call__(self, work):
        self.begun.append(work)

    def work(self):
        while self.begun:
            self.begun.pop()()


@pytest.fixture(scope="session")
def ahead(house):
    return look_ahead(house.after)


def test_what_lies_ahead_is_every_mail_as_it_will_be_sent(ahead):
    assert (ahead.first, ahead.last) == (date(2015, 3, 3), date(2015, 5, 1))
    days = {(mail.at.date(), mail.entry.new.kind) for mail in ahead.mails}
    assert days == {(date(2015, 3, 3), "reminder"), (date(2015, 3, 9), "digest")}
    assert all(b"X-Reminder-Key" in mail.entry.new.mime for mail in ahead.mails)


def test_the_digest_is_drawn_as_it_would_go_now(ahead):
    assert isinstance(ahead.digest, Letter)
    assert ahead.digest.subject.startswith("Weekly digest 2 March 2015: 9 overdue")


def test_a_mail_ahead_is_found_by_its_key(ahead):
    assert ahead.mail(ahead.mails[0].entry.key) is ahead.mails[0]
    assert ahead.mail("0" * 24) is None


def test_looking_ahead_leaves_no_trace_in_the_ledger_and_none_in_the_log(house, caplog):
    before = house.ledger.latest_event()
    with caplog.at_level("DEBUG", logger="reminders"):
        look_ahead(house.after)
    assert house.ledger.latest_event() == before
    assert caplog.messages == []


def at(house, moment):
    clock = SetClock(house.clock())
    clock.set(moment)
    return replace(house.after, service=replace(house.after.service, way=replace(house.after.service.way, clock=clock)))


def rehearse_nothing(plan, directory, first, last):  # noqa: ARG001
    return ()


def test_before_the_hour_of_sending_today_lies_ahead_too(house):
    early = replace(at(house, "2015-03-02 07:59"), rehearse=rehearse_nothing)
    assert look_ahead(early).first == date(2015, 3, 2)


def test_without_a_plan_or_a_directory_nothing_lies_ahead(house):
    nothing = replace(house.after.result, directory=None, plan=replace(house.after.result.plan, plan=None))
    ahead = look_ahead(replace(house.after, result=nothing))
    assert (ahead.mails, ahead.digest) == ((), None)


def test_nobody_waits_for_a_look_ahead_and_it_is_taken_once(house):
    hands = Hands()
    lookout, after = Lookout(hands), replace(house.after, rehearse=rehearse_nothing)
    first = lookout.look(after)
    assert (first.ahead, first.current, first.working) == (None, False, True)
    lookout.look(after)
    assert len(hands.begun) == 1
    hands.work()
    seen = lookout.look(after)
    assert (seen.current, seen.working, hands.begun) == (True, False, [])
    assert seen.ahead


@pytest.mark.parametrize("what", ["day", "plan", "ledger"])
def test_when_things_have_changed_the_old_look_is_shown_until_the_new_one_is_there(house, what):
    hands = Hands()
    lookout, after = Lookout(hands), replace(house.after, rehearse=rehearse_nothing)
    lookout.look(after)
    hands.work()
    seen = lookout.look(changed(after, house, what))
    assert (seen.current, seen.working, len(hands.begun)) == (False, True, 1)
    assert seen.ahead


def changed(after, house, what):
    if what == "day":
        return replace(after, service=at(house, "2015-03-03 09:00").service)
    if what == "plan":
        plan = replace(after.result.plan, plan=replace(after.plan, title="Another plan"))
        return replace(after, result=replace(after.result, plan=plan))
    return replace(after, service=replace(after.service, ledger=_Moved(house.ledger)))


class _Moved:
    def __init__(self, ledger):
        self._ledger = ledger

    def __getattr__(self, name):
        return getattr(self._ledger, name)

    def latest_event(self):
        return self._ledger.latest_event() + timedelta(seconds=1)


def test_a_look_that_failed_is_not_tried_again_until_things_change(house, caplog):
    def break_down(plan, directory, first, last):  # noqa: ARG001
        raise RuntimeError("no")

    hands = Hands()
    lookout, after = Lookout(hands), replace(house.after, rehearse=break_down)
    lookout.look(after)
    hands.work()
    seen = lookout.look(after)
    assert (seen.ahead, seen.current, seen.working, hands.begun) == (None, False, False, [])
    assert "looking ahead failed" in caplog.text
