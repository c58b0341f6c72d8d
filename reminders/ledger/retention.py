"""What is kept no longer than it is needed: texts go first, names and addresses later; keys stay for good."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from reminders.ledger import meta
from reminders.ledger.base import OPEN, State
from reminders.ledger.database import Connection
from reminders.ledger.moves import Hand, Place, record
from reminders.ledger.tables import named

TEXTS_LAST = timedelta(days=90)
PEOPLE_LAST = timedelta(days=365)
FORMER = "former-"  # how a forgotten person is called, with a number that says nothing
_DAY = "forgotten"

_ENDED = f"board = :board AND state NOT IN ({named(OPEN)})"
_LONG_ENDED = f"SELECT id FROM entries WHERE {_ENDED} AND subject <> '' AND settled < :before"
_ENDED_OF_THESE = f"SELECT id FROM entries WHERE {_ENDED} AND id IN :ids"
_DROP_TEXTS = "DELETE FROM texts WHERE entry_id IN :ids"
_DROP_SUBJECTS = "UPDATE entries SET subject = '' WHERE id IN :ids"
_LONG_UNHEARD = f"""
    SELECT person FROM (
        SELECT person, created AS at FROM entries WHERE board = :board
        UNION ALL SELECT person, since FROM reminders WHERE board = :board AND person IS NOT NULL
    ) AS heard
    WHERE person NOT LIKE '{FORMER}%' GROUP BY person HAVING max(at) < :since"""
_OF_OPEN_ENTRIES = f"""
    SELECT person FROM entries WHERE board = :board AND state IN ({named(OPEN)})
    UNION SELECT reminders.person FROM reminders JOIN entries ON entries.id = reminders.entry_id
    WHERE entries.board = :board AND entries.state IN ({named(OPEN)})"""
_ABOUT = """
    SELECT id FROM entries WHERE board = :board AND person IN :people
    UNION SELECT entry_id FROM reminders WHERE board = :board AND person IN :people AND entry_id IS NOT NULL"""
_PLACES = "SELECT id, state, claim FROM entries WHERE id IN :ids"
_FORGET_ABSENCES = "DELETE FROM absences WHERE board = :board AND person IN :people"
_RENAME_LEADS = "UPDATE reminders SET person = :former WHERE board = :board AND person = :person"
_RENAME_READERS = """
    UPDATE entries SET person = :former, name = :former, address = '', reply = NULL
    WHERE board = :board AND person = :person"""


def is_done(connection: Connection, board: str, now: datetime) -> bool:
    """Say whether this was done today already."""
    return meta.value(connection, board, _DAY) == now.date().isoformat()


def forget(connection: Connection, board: str, now: datetime) -> int:
    """Drop the texts and the people whose time is over; return how many entries changed."""
    texts = connection.column(_LONG_ENDED, board=board, before=now - TEXTS_LAST)
    _drop_texts(connection, texts)
    unheard = connection.column(_LONG_UNHEARD, board=board, since=now - PEOPLE_LAST)
    gone = set(unheard) - _of_open_entries(connection, board)
    people = sum(_rename(connection, board, person) for person in gone)
    meta.put(connection, board, _DAY, now.date().isoformat())
    return len(texts) + people


def erase(connection: Connection, hand: Hand, people: Collection[str], texts: Collection[int]) -> int | None:
    """Drop all that is held about people now; None, and nothing done, while an entry of theirs is open."""
    if not _of_open_entries(connection, hand.board).isdisjoint(people):
        return None
    about = set(connection.column(_ABOUT, board=hand.board, people=people)) | set(texts)
    _drop_texts(connection, connection.column(_ENDED_OF_THESE, board=hand.board, ids=about))
    for entry_id, state, claim in connection.rows(_PLACES, ids=about):
        record(connection, hand, Place(entry_id, State(state), claim), State(state), "erased")
    for person in people:
        _rename(connection, hand.board, person)
    connection.change(_FORGET_ABSENCES, board=hand.board, people=people)
    return len(about)


def _drop_texts(connection: Connection, ended: Collection[int]) -> None:
    connection.change(_DROP_TEXTS, ids=ended)
    connection.change(_DROP_SUBJECTS, ids=ended)


def _of_open_entries(connection: Connection, board: str) -> set[str]:
    return set(connection.column(_OF_OPEN_ENTRIES, board=board))


def _rename(connection: Connection, board: str, person: str) -> int:
    """Give a person a name that says nothing, the same wherever the ledger speaks of them."""
    who = {"board": board, "person": person, "former": f"{FORMER}{uuid.uuid4().hex[:12]}"}
    connection.change(_RENAME_LEADS, **who)
    return connection.change(_RENAME_READERS, **who)
