"""What is kept no longer than it is needed: texts go first, names and addresses later; keys stay for good."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select, text, union_all, update

from reminders.ledger.base import OPEN
from reminders.ledger.database import put
from reminders.ledger.moves import Hand, Place, record
from reminders.ledger.rows import chunks
from reminders.ledger.tables import HAS_TEXT, absences, entries, meta, reminders

TEXTS_LAST = timedelta(days=90)
PEOPLE_LAST = timedelta(days=365)
FORMER = "former-"  # how a forgotten person is called, with a number that says nothing
_DAY = "forgotten"


def is_done(connection: Connection, board: str, now: datetime) -> bool:
    """Say whether this was done today already."""
    here = (meta.c.board == board, meta.c.name == _DAY)
    return connection.execute(select(meta.c.value).where(*here)).scalar_one_or_none() == now.date().isoformat()


def forget(connection: Connection, board: str, now: datetime) -> int:
    """Drop the texts and the people whose time is over; return how many entries changed."""
    texts = _drop_texts(connection, board, entries.c.settled < now - TEXTS_LAST)
    gone = _long_unheard(connection, board, now - PEOPLE_LAST) - _of_open_entries(connection, board)
    people = sum(_rename(connection, board, person) for person in gone)
    put(connection, meta, {"board": board, "name": _DAY, "value": now.date().isoformat()})
    return texts + people


def erase(connection: Connection, hand: Hand, people: Collection[str], texts: Collection[int]) -> int | None:
    """Drop all that is held about people now; None, and nothing done, while an entry of theirs is open."""
    if not _of_open_entries(connection, hand.board).isdisjoint(people):
        return None
    about = _about(connection, hand.board, people) | set(texts)
    for some in chunks(about):
        _drop_texts(connection, hand.board, entries.c.id.in_(some))
        rows = connection.execute(select(entries.c.id, entries.c.state, entries.c.claim).where(entries.c.id.in_(some)))
        for row in rows.all():
            record(connection, hand, Place(row.id, row.state, row.claim), row.state, "erased")
    for person in people:
        _rename(connection, hand.board, person)
        connection.execute(delete(absences).where(absences.c.board == hand.board, absences.c.person == person))
    return len(about)


def _drop_texts(connection: Connection, board: str, *which: ColumnElement[bool]) -> int:
    ended = entries.c.state.not_in(OPEN)
    dropped = update(entries).where(entries.c.board == board, ended, text(HAS_TEXT), *which)
    return connection.execute(dropped.values(mime=b"", subject="")).rowcount


def _long_unheard(connection: Connection, board: str, since: datetime) -> set[str]:
    """Return whom no entry and no reminder has been about for so long."""
    heard = select(entries.c.person, entries.c.created.label("at")).where(entries.c.board == board)
    led = select(reminders.c.person, reminders.c.since).where(reminders.c.board == board)
    each = union_all(heard, led.where(reminders.c.person.is_not(None))).subquery()
    known = ~each.c.person.startswith(FORMER)
    over = select(each.c.person).where(known).group_by(each.c.person).having(func.max(each.c.at) < since)
    return set(connection.execute(over).scalars())


def _of_open_entries(connection: Connection, board: str) -> set[str]:
    still_open = (entries.c.board == board, entries.c.state.in_(OPEN))
    hear = select(entries.c.person).where(*still_open)
    lead = select(reminders.c.person).join(entries).where(*still_open)
    return set(connection.execute(hear.union(lead)).scalars())


def _about(connection: Connection, board: str, people: Collection[str]) -> set[int]:
    """Return the entries that went to these people, and those that told somebody else of their actions."""
    heard = select(entries.c.id).where(entries.c.board == board, entries.c.person.in_(people))
    led = select(reminders.c.entry_id).where(reminders.c.board == board, reminders.c.person.in_(people))
    return set(connection.execute(heard.union(led.where(reminders.c.entry_id.is_not(None)))).scalars())


def _rename(connection: Connection, board: str, person: str) -> int:
    """Give a person a name that says nothing, the same wherever the ledger speaks of them."""
    former = f"{FORMER}{uuid.uuid4().hex[:12]}"
    nobody = {"person": former, "name": former, "address": "", "reply": None}
    led = update(reminders).where(reminders.c.board == board, reminders.c.person == person)
    connection.execute(led.values(person=former))
    heard = update(entries).where(entries.c.board == board, entries.c.person == person)
    return connection.execute(heard.values(**nobody)).rowcount
