from pathlib import Path

import pytest

from reminders.core.policy import Reason
from reminders.ledger.base import State
from reminders.ledger.opening import open_ledger
from reminders.service.waiting import Waiting
from tests.ledger.builders import BOARD, NOW, entered


@pytest.fixture
def ledger():
    opened = open_ledger(Path(), None, board=BOARD, lock=False, scratch=True)
    yield opened
    opened.close()


def test_what_comes_in_unseen_is_met_once_it_is_told(ledger):
    waiting = Waiting(ledger, "live")
    assert list(waiting.entries) == []
    new = entered(ledger)
    assert list(waiting.entries) == []
    waiting.changed()
    assert [entry.id for entry in waiting.entries] == [new.id]


def test_what_is_ended_here_waits_no_longer(ledger):
    entered(ledger)
    waiting = Waiting(ledger, "live")
    waiting.end(waiting.entries[0], State.WITHDRAWN, Reason.ROW_GONE, NOW)
    assert list(waiting.entries) == []


def test_what_is_held_here_waits_as_held(ledger):
    entered(ledger)
    waiting = Waiting(ledger, "live")
    waiting.end(waiting.entries[0], State.HELD, Reason.BAD_ADDRESS, NOW)
    assert [entry.state for entry in waiting.entries] == [State.HELD]
