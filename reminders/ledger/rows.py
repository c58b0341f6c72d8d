"""Values become rows, and rows values."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from reminders.core.policy import Reason
from reminders.ledger.base import EnteredReminder, Entry, Event, NewEntry, State
from reminders.ledger.database import Connection, Row, moment, moment_or_none

COLUMNS = (
    "id",
    "key",
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
    "facts",
    "sha256",
    "state",
    "reason",
    "bounced",
    "released",
    "created",
    "first_attempt",
    "settled",
    "attempts",
    "claim",
    "not_before",
    "reply",
)
WHOLE = ", ".join(COLUMNS)  # what `entries_of` reads
_OF_BOARD = f"SELECT {WHOLE} FROM entries WHERE board = :board"
_CONTENT = COLUMNS[COLUMNS.index("kind") : COLUMNS.index("state")]  # what a redraw replaces
_COMES_WITH = ("board", "key", "state", "reason", "created", *_CONTENT)
_ENTER = f"""
    INSERT INTO entries ({", ".join(_COMES_WITH)}, bounced, released, attempts, claim)
    VALUES ({", ".join(f":{column}" for column in _COMES_WITH)}, FALSE, FALSE, 0, 0)
    ON CONFLICT DO NOTHING RETURNING id"""
_PUT_TEXT = """
    INSERT INTO texts (entry_id, mime) VALUES (:entry_id, :mime)
    ON CONFLICT (entry_id) DO UPDATE SET mime = excluded.mime"""
_WRITE_REMINDER = """
    INSERT INTO reminders
        (board, audience, key, entry_id, reason, action, ref, person, deadline, "offset", late, since)
    VALUES
        (:board, :audience, :key, :entry_id, :reason, :action, :ref, :person, :deadline, :offset, :late, :since)
    ON CONFLICT DO NOTHING"""
_DROP_REMINDERS = "DELETE FROM reminders WHERE entry_id = :entry_id"
_REMINDERS_OF = """
    SELECT entry_id, key, action, ref, person, deadline, "offset", late FROM reminders
    WHERE entry_id IN :ids ORDER BY id"""
_TEXTS_OF = "SELECT entry_id, mime FROM texts WHERE entry_id IN :ids"
_HISTORY = """
    SELECT at, before, after, actor, reason, claim FROM events
    WHERE board = :board AND entry_id = :entry_id ORDER BY id"""


# Writing.


def enter(connection: Connection, board: str, new: NewEntry, reason: str | None, now: datetime) -> int | None:
    """Write a new entry, with its text and its reminders, and return its id; None where its key is known."""
    about = {"board": board, "key": new.key, "state": new.state, "reason": reason, "created": now}
    entry_id: int | None = connection.value(_ENTER, **about, **content_of(new))
    if entry_id is not None:
        write_text(connection, entry_id, new.mime)
        write_reminders(connection, board, entry_id, new, now)
    return entry_id


def content_of(new: NewEntry) -> dict[str, Any]:
    """Return the columns that a redraw replaces; its key is not among them."""
    if isinstance(new.day, datetime):
        raise TypeError("the ledger takes a day here, not a time: it would be stored as another day's text")
    content = {name: getattr(new, name) for name in _CONTENT if name != "sha256"}
    return content | {
        "reasons": json.dumps(new.reasons),
        "refs": json.dumps(new.refs),
        "facts": None if new.facts is None else json.dumps(dict(new.facts)),
        "sha256": hashlib.sha256(new.mime).hexdigest(),
    }


def write_text(connection: Connection, entry_id: int, mime: bytes) -> None:
    """Keep the bytes of a mail in place of those before."""
    connection.change(_PUT_TEXT, entry_id=entry_id, mime=mime)


def write_reminders(connection: Connection, board: str, entry_id: int, new: NewEntry, now: datetime) -> None:
    """Let an entry tell the reminders of its notice."""
    connection.change_each(
        _WRITE_REMINDER,
        [
            _reminder_row(board, new.audience, each, now) | {"entry_id": entry_id, "reason": None}
            for each in new.reminders
        ],
    )


def write_untold(connection: Connection, board: str, audience: str, reminder: EnteredReminder, now: datetime) -> None:
    """Count a reminder as told without an entry, because a later offset overtook it."""
    row = _reminder_row(board, audience, reminder, now)
    connection.change(_WRITE_REMINDER, **row, entry_id=None, reason=Reason.SUPERSEDED)


def drop_reminders(connection: Connection, entry_id: int) -> None:
    """Let an entry tell nothing."""
    connection.change(_DROP_REMINDERS, entry_id=entry_id)


def _reminder_row(board: str, audience: str, reminder: EnteredReminder, now: datetime) -> dict[str, Any]:
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


# Reading.


def read_entries(connection: Connection, board: str, which: str = "TRUE", **values: Any) -> tuple[Entry, ...]:
    """Return the entries of a board for which a condition holds, each with its text and its reminders, oldest first."""
    return entries_of(connection, connection.rows(f"{_OF_BOARD} AND {which} ORDER BY id", board=board, **values))


def entries_of(connection: Connection, rows: Sequence[Row], *, with_text: bool = True) -> tuple[Entry, ...]:
    """Return the entries of whole rows, in their order, each with its reminders."""
    told: dict[int, list[EnteredReminder]] = {row[0]: [] for row in rows}
    if not told:
        return ()
    for entry_id, *reminder in connection.rows(_REMINDERS_OF, ids=told):
        told[entry_id].append(_reminder(*reminder))
    texts: dict[int, bytes] = dict(connection.rows(_TEXTS_OF, ids=told)) if with_text else {}
    return tuple(_entry(row, texts.get(row[0], b""), tuple(told[row[0]])) for row in rows)


def read_history(connection: Connection, board: str, entry_id: int) -> tuple[Event, ...]:
    """Return every move of one entry, oldest first."""
    return tuple(_event(*row) for row in connection.rows(_HISTORY, board=board, entry_id=entry_id))


def _event(at: str, before: str | None, after: str, actor: str, reason: str | None, claim: int) -> Event:
    return Event(moment(at), State(before) if before else None, State(after), actor, reason, claim)


def _reminder(
    key: str, action: str, ref: str, person: str, deadline: str, offset: int, late: object
) -> EnteredReminder:
    return EnteredReminder(key, action, ref, person, date.fromisoformat(deadline), offset, bool(late))


def _entry(row: Row, mime: bytes, told: tuple[EnteredReminder, ...]) -> Entry:
    it = dict(zip(COLUMNS, row, strict=True))
    return Entry(
        id=it["id"],
        new=_new_entry(it, mime, told),
        state=State(it["state"]),
        bounced=bool(it["bounced"]),
        created=moment(it["created"]),
        first_attempt=moment_or_none(it["first_attempt"]),
        settled=moment_or_none(it["settled"]),
        attempts=it["attempts"],
        claim=it["claim"],
        not_before=moment_or_none(it["not_before"]),
        reply=it["reply"],
        sha256=it["sha256"],
        released=bool(it["released"]),
        reason=it["reason"],
    )


def _new_entry(it: Mapping[str, Any], mime: bytes, told: tuple[EnteredReminder, ...]) -> NewEntry:
    return NewEntry(
        key=it["key"],
        kind=it["kind"],
        cause=it["cause"],
        audience=it["audience"],
        person=it["person"],
        name=it["name"],
        address=it["address"],
        day=date.fromisoformat(it["day"]),
        claim_until=moment(it["claim_until"]),
        expires=moment(it["expires"]),
        reasons=tuple(json.loads(it["reasons"])),
        refs=tuple(json.loads(it["refs"])),
        reminders=told,
        subject=it["subject"],
        message_id=it["message_id"],
        sender=it["sender"],
        mime=mime,
        facts=None if it["facts"] is None else json.loads(it["facts"]),
    )
