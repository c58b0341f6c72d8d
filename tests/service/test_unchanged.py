"""One service ticks on and on: what has not changed is not worked out again, and what has is never overlooked."""

import pytest

from tests.service.builders import EVANS, MUNDY, due


@pytest.fixture
def ticking(a_board):
    """A board, and the one service that ticks for it."""
    board = a_board(due("30 January 2015"))
    service = board.service

    def tick(at):
        board.clock.set(at)
        return service.tick()

    tick("2015-01-02 08:00")
    return board, tick


def test_a_new_day_brings_its_own_reminders(ticking):
    board, tick = ticking
    tick("2015-01-16 08:00")
    assert board.told() == [("2.3", -28, False), ("2.3", -14, False)]


def test_a_changed_date_is_seen_by_the_next_tick(ticking):
    board, tick = ticking
    board.write("2.3", timeframe="2 February 2015")
    tick("2015-01-05 08:00")
    assert board.told() == [("2.3", -28, False)] * 2


def test_a_changed_lead_is_seen_by_the_next_tick(ticking):
    board, tick = ticking
    board.write("2.3", lead="I Mundy")
    tick("2015-01-05 08:00")
    assert board.told(to=MUNDY) == [("2.3", -28, True)]


def test_a_lead_who_leaves_is_seen_by_the_next_tick(ticking):
    board, tick = ticking
    board.people = ("I Mundy", "G Garnett")
    tick("2015-01-16 08:00")
    assert board.told(to=EVANS) == [("2.3", -28, False)]


def test_a_plan_that_nobody_touched_is_the_same_one_in_the_next_tick(ticking):
    _, tick = ticking
    first, second = tick("2015-01-02 08:01"), tick("2015-01-02 08:02")
    assert first.plan.plan is second.plan.plan is not None


def test_a_digest_that_was_sent_is_not_drawn_again(ticking):
    board, tick = ticking
    tick("2015-01-05 08:00")
    assert len(board.mails("digest")) == 1
    board.draw.drawn.clear()
    tick("2015-01-05 08:01")
    assert board.draw.drawn == []
