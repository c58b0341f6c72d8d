import random
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from reminders.ledger.opening import open_ledger
from tests.builders import BOARD
from tests.fakes import TAKEN, Patience, ScriptedTransport
from tests.service.builders import Board, due, local

RATE = 600  # a minute
INTERVAL = timedelta(minutes=1) / RATE
LEADS = [f"Lead {number}" for number in range(20)]


@pytest.fixture
def replicas(tmp_path):
    """Services on one database, each with a ledger, a transport and a patience of its own, and one time for all."""
    made: list[Board] = []

    def build(count, leads, **rules):
        open_one = partial(open_ledger, tmp_path / "state", None, board=BOARD, lock=False)
        rows = [due("30 January 2015", f"1.{number}", lead=lead) for number, lead in enumerate(leads, 1)]
        for _ in range(count):
            board = Board(open_one, *rows, **rules)
            board.people = leads
            made.append(board)
        for board in made[1:]:
            board.clock = made[0].clock
            board.transport = ScriptedTransport(board.clock)
            board.patience = Patience(board.clock)
        return made

    yield build
    for board in made:
        board.close()


def left_at(boards):
    return sorted(mail.at for board in boards for mail in board.transport.arrived)


def test_three_replicas_together_never_send_faster_than_the_mailbox_allows(replicas):
    # Mails that are each so far apart keep every window, however long and wherever it begins, within the rate.
    boards = replicas(3, LEADS, seconds_per_mail=INTERVAL.total_seconds())
    clock, chance = boards[0].clock, random.Random(20150102)

    def another_tries_meanwhile(_):
        chance.choice(boards).tick()
        return TAKEN

    for board in boards:
        board.patience = lambda seconds: seconds > 0  # who would have to wait gives way
        board.transport.otherwise = another_tries_meanwhile
    while len(left_at(boards)) < len(LEADS):
        chance.choice(boards).tick()
        clock.forward(milliseconds=chance.choice([1, 40, 90]))
    assert all(later - earlier >= INTERVAL for earlier, later in pairwise(left_at(boards)))
    assert all(board.transport.arrived for board in boards)
    assert len({mail.key for board in boards for mail in board.transport.arrived}) == len(LEADS)


def test_a_slot_is_not_taken_when_another_replica_has_sent_the_last_mail_meanwhile(replicas):
    first, second = replicas(2, LEADS[:2], seconds_per_mail=30.0)

    def meanwhile(seconds):
        first.clock.forward(seconds=seconds)
        if seconds and first.clock() == local("2015-01-02 08:00:30"):
            second.tick()
        return False

    first.patience = meanwhile
    first.tick("2015-01-02 08:00")
    assert (len(first.mails()), len(second.mails())) == (1, 1)
    assert first.clock() == local("2015-01-02 08:00:30")
    a_minute_on = local("2015-01-02 08:01")
    assert first.ledger.take_slot(first.rules.mailbox, 30.0, a_minute_on) == a_minute_on
