"""A mail that waits is drawn again only where drawing it could give something else."""

import pytest

from reminders.core.faults import template_failed
from tests.fakes import UNREACHABLE
from tests.service.builders import due


@pytest.fixture
def waiting(a_board):
    """A board whose mail server takes nothing, and the one service it has."""
    board = a_board(due("30 January 2015"))
    board.transport.otherwise = lambda _: UNREACHABLE
    service = board.service

    def tick(at):
        board.clock.set(at)
        board.draw.drawn.clear()
        service.tick()
        return board.only().key in board.draw.drawn

    assert tick("2015-01-02 08:00")
    return board, tick


def test_while_nothing_changes_it_is_not_drawn_again(waiting):
    _, tick = waiting
    assert [tick(f"2015-01-02 08:0{minute}") for minute in (1, 2, 3)] == [False] * 3


def test_when_its_row_changes_it_is(waiting):
    board, tick = waiting
    board.write("2.3", action="Another wording")
    assert tick("2015-01-02 08:01")


def test_now_and_then_it_is_since_a_template_may_have_changed(waiting):
    _, tick = waiting
    assert not tick("2015-01-02 08:09")
    assert tick("2015-01-02 08:10")


def test_where_a_template_had_to_be_replaced_it_is_until_that_is_mended(a_board):
    board = a_board(due("30 January 2015"))
    board.transport.otherwise = lambda _: UNREACHABLE
    board.draw.replaced = (template_failed("reminder.txt", "line 2: nonsense", replaced=True),)
    service = board.service
    for minute in range(3):
        board.clock.set(f"2015-01-02 08:0{minute}")
        assert service.tick().faults
