from contextlib import suppress
from itertools import product

import pytest

from reminders.ledger.base import MOVES, State
from reminders.ledger.moves import Hand, Place, mark_bounced, move, redraw, start_leaving
from tests.ledger.builders import BOARD, HOUR, NOW, again, claimed, entered, path_of, settled

HAND = Hand(BOARD, "a test", NOW + HOUR)


@pytest.fixture
def writing(ledger):
    return ledger._database.writing


def put_into(ledger, entry, state):
    with ledger._database.writing() as connection:
        connection.change("UPDATE entries SET state = :state WHERE id = :id", id=entry.id, state=state)


def test_an_entry_moves_along_the_diagram_and_nowhere_else(ledger, writing):
    moved = set()
    for number, (before, after) in enumerate(product(State, State)):
        entry = entered(ledger, number)
        put_into(ledger, entry, before)
        with suppress(ValueError), writing() as connection:
            assert move(connection, HAND, Place(entry.id, before, 0), after, "why")
            moved.add((before, after))
        stands = after if (before, after) in moved else before
        assert again(ledger, entry).state is stands
    assert moved == {(before, after) for before in State for after in MOVES[before]}


def test_a_move_that_is_none_is_named(ledger, writing):
    entry = entered(ledger)
    with pytest.raises(ValueError, match="no entry moves from planned to sent"), writing() as connection:
        move(connection, HAND, Place(entry.id, State.PLANNED, 0), State.SENT, "why")


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"entry_id": 99},
        {"state": State.HELD},
        {"claim": 7},
    ],
    ids=["another entry", "another state", "another claim"],
)
def test_an_entry_that_stands_elsewhere_does_not_move(ledger, writing, elsewhere):
    entry = entered(ledger)
    place = Place(**{"entry_id": entry.id, "state": State.PLANNED, "claim": 0, **elsewhere})
    with writing() as connection:
        assert not move(connection, HAND, place, State.WITHDRAWN, "why")
    assert path_of(ledger, entry) == ["planned"]


def test_an_entry_of_another_board_does_not_move(ledger, writing):
    entry = entered(ledger)
    hand = Hand("Another board", "a test", NOW)
    with writing() as connection:
        assert not move(connection, hand, Place(entry.id, State.PLANNED, 0), State.WITHDRAWN, "why")
    assert again(ledger, entry) == entry


def test_an_entry_whose_lease_has_run_out_stays_where_it_is(ledger, writing):
    entry = claimed(ledger)
    with writing() as connection:
        place = Place(entry.id, State.CLAIMED, entry.claim)
        assert not start_leaving(connection, HAND, place, in_time=True)
    assert again(ledger, entry) == entry


def test_the_history_names_who_moved_it_and_keeps_the_claim(ledger, writing):
    entry = claimed(ledger)
    with writing() as connection:
        start_leaving(connection, HAND, Place(entry.id, State.CLAIMED, 1))
    event = ledger.history(entry.id)[-1]
    assert (event.actor, event.at, event.claim) == ("a test", NOW + HOUR, 1)


def test_a_redraw_and_a_bounce_are_in_the_history_without_being_moves(ledger, writing):
    entry = settled(ledger)
    with writing() as connection:
        place = Place(entry.id, State.SENT, entry.claim)
        assert mark_bounced(connection, HAND, place, "550")
        assert not redraw(connection, HAND, place, subject="another")
    event = ledger.history(entry.id)[-1]
    assert (event.before, event.after, event.reason) == ("sent", "sent", "bounced")
