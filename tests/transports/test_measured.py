from datetime import UTC, datetime
from itertools import count

import pytest

from reminders.core.message import FinishedMessage
from reminders.transports.base import Found
from reminders.transports.measured import Measured
from tests.fakes import ACCEPTED, DIES_FIRST, Killed, ScriptedTransport, SetClock

MAIL = FinishedMessage("reminders@westberks.example", "m.evans@westberks.example", b"{}")


@pytest.fixture
def scripted():
    return ScriptedTransport(SetClock(datetime(2015, 1, 2, 8, tzinfo=UTC)))


@pytest.fixture
def took():
    return []


@pytest.fixture
def measured(scripted, took):
    ticks = count(100, 2)
    return Measured(scripted, took.append, lambda: float(next(ticks)))


def test_a_send_is_its_transports_and_is_timed(measured, scripted, took):
    assert measured.send(MAIL, "key", lambda: True) == ACCEPTED
    assert [mail.key for mail in scripted.arrived] == ["key"]
    assert took == [2.0]


def test_a_send_that_never_ends_well_is_timed_too(measured, scripted, took):
    scripted.script = [DIES_FIRST]
    with pytest.raises(Killed):
        measured.send(MAIL, "key", lambda: True)
    assert took == [2.0]


def test_all_else_is_its_transports(measured, scripted, took):
    assert measured.name == "scripted"
    assert measured.find("key") is Found.CANNOT_TELL
    assert scripted.asked == ["key"]
    assert measured.check().well
    measured.close()
    assert took == []
