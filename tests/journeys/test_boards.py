"""A folder of boards: each has settings and state of its own, and none waits for another."""

import shutil

import pytest

from reminders.ledger.opening import open_ledger

NAME = "West Berkshire Local Safeguarding Children Board"


@pytest.fixture
def two_boards(house):
    for name in ("east", "west"):
        shutil.copytree(house.config, house.root / "boards" / name)
    shutil.rmtree(house.config)
    (house.root / "boards").rename(house.config)
    return house


def test_each_board_has_a_state_of_its_own(two_boards):
    ran = two_boards.run("once", "--as-of", "2015-01-02T08:00")
    assert ran.code == 0
    assert len(list((two_boards.state / "east" / "outbox").iterdir())) == 12
    assert len(list((two_boards.state / "west" / "outbox").iterdir())) == 12


def test_a_fault_in_one_board_keeps_no_other_from_its_tick(two_boards):
    held = open_ledger(two_boards.state / "east", None, board=NAME, lock=True)
    try:
        ran = two_boards.run("once", "--as-of", "2015-01-02T08:00")
    finally:
        held.close()
    assert ran.code == 75
    assert ran.err.startswith("east: ") or "\neast: " in ran.err
    assert len(list((two_boards.state / "west" / "outbox").iterdir())) == 12


def test_a_command_on_one_board_asks_which(two_boards):
    ran = two_boards.run("explain", "3.1")
    assert ran.code == 64
    assert "add --board east or west" in ran.err
    assert two_boards.run("explain", "3.1", "--board", "east").code == 0


def test_a_board_that_is_not_there_is_named(two_boards):
    ran = two_boards.run("explain", "3.1", "--board", "north")
    assert ran.code == 64
    assert "read 'north'; write one of east, west" in ran.err
