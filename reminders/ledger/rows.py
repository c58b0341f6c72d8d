"""Values become rows, and rows values."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, select

from reminders.ledger.base import EnteredReminder, Entry, Event, NewEntry
from reminders.ledger.tables import events, reminders

_AS_THEY_ARE = (
    "kind",
    "cause",
    "audience",
    "person",
    "name",
    "address",
    "day",
    "claim_until",
    "expires",
    "reasons",
    "refs",
    "subject",
    "message_id",
    "sender",
    "mime",
    "facts",
)
_CHUNK = 500  # a statement takes only so many values
_OF_ENTRIES = (
    select(reminders).where(reminders.c.entry_id.in_(bindparam("ids", expanding=True))).order_by(reminders.c.id)
)


def content_of(new: NewEntry) -> dict[str, Any]:
    """Return the columns that a redraw replaces; its key is not among them."""
    return {name: getattr(new, name) for name in _AS_THEY_ARE} | {"sha256": hashlib.sha256(new.mime).hexdigest()}


def write_reminders(connection: Connection, board: str, told: Mapping[int, NewEntry], now: datetime) -> None:
    """Let entries, by their ids, tell the reminders of these notices."""
    rows = [
        reminder_row(board, new.audience, each, now) | {"entry_id": entry_id, "reason": None}
        for entry_id, new in told.items()
        for each in new.reminders
    ]
    if rows:
        connection.execute(insert(reminders), rows)


def drop_reminders(connection: Connection, entry_id: int) -> None:
    """Let an entry tell nothing."""
    connection.execute(delete(reminders).where(reminders.c.entry_id == entry_id))


def reminder_row(board: str, audience: str, reminder: EnteredReminder, now: datetime) -> dict[str, Any]:
    """Return a reminder's columns but for its entry, or the reason it has none."""
    return {
        "board": board,
        "audience": audience,
        "key": reminder.key,
        "action": reminder.action,
        "ref": reminder.ref,
        "person": reminder.person,
        "deadline": reminder.deadline,
        "offset": reminder.offset,
        "late": reminder.late,
        "since": now,
    }


def read_entries(
    connection: Connection, chosen: Select[Any], about: Mapping[str, Any] | None = None
) -> tuple[Entry, ...]:
    """Return the entries that `chosen` names, each with its reminders, in that order."""
    return entries_of(connection, connection.execute(chosen, about).all())


def entries_of(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Entry, ...]:
    """Return the entries of whole rows, each with its reminders."""
    told: dict[int, list[EnteredReminder]] = {row.id: [] for row in rows}
    for ids in chunks(told):
        for row in connection.execute(_OF_ENTRIES, {"ids": ids}):
            told[row.entry_id].append(_reminder(row))
    return tuple(_entry(row, tuple(told[row.id])) for row in rows)


def read_history(connection: Connection, board: str, entry_id: int) -> tuple[Event, ...]:
    """Return every move of one entry, oldest first."""
    chosen = select(events).where(events.c.board == board, events.c.entry_id == entry_id).order_by(events.c.id)
    rows = connection.execute(chosen)
    return tuple(Event(row.at, row.before, row.after, row.actor, row.reason, row.claim) for row in rows)


def chunks(values: Iterable[Any]) -> Iterable[Sequence[Any]]:
    """Cut values into lists that one statement can take."""
    whole = list(values)
    return (whole[start : start + _CHUNK] for start in range(0, len(whole), _CHUNK))


def _reminder(row: Row[Any]) -> EnteredReminder:
    return EnteredReminder(row.key, row.action, row.ref, row.person, row.deadline, row.offset, row.late)


def _entry(row: Row[Any], told: tuple[EnteredReminder, ...]) -> Entry:
    content = {name: getattr(row, name) for name in _AS_THEY_ARE}
    return Entry(
        id=row.id,
        new=NewEntry(key=row.key, reminders=told, **content),
        state=row.state,
        bounced=row.bounced,
        created=row.created,
        first_attempt=row.first_attempt,
        settled=row.settled,
        attempts=row.attempts,
        claim=row.claim,
        not_before=row.not_before,
        reply=row.reply,
        sha256=row.sha256,
        released=row.released,
        reason=row.reason,
    )
