"""Entries of the ledger in words and as JSON: who got what, why, when, and what the mail server said."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

from reminders.core import words
from reminders.core.notices import Kind
from reminders.core.policy import Reason
from reminders.ledger.base import EnteredReminder, Entry, Event, State
from reminders.status.entry_words import to_do

_REASONS = frozenset(map(str, Reason))  # other words of the ledger tell how an entry moved, not why


def about(entries: Iterable[Entry], asked: str, people: Iterable[str]) -> list[Entry]:
    """Return the entries about a ref, with a number or key, or to and about people: by name, or by the ids given."""
    known = frozenset(people)
    return [entry for entry in entries if _is_named(entry, asked) or known & ids_of(entry)]


def _is_named(entry: Entry, asked: str) -> bool:
    names = {each.casefold() for each in (entry.new.name, *ids_of(entry))}
    return asked in entry.new.refs or asked in {entry.key, str(entry.id)} or asked.casefold() in names


def ids_of(entry: Entry) -> set[str]:
    """Return whom an entry goes to and whose actions it tells of, by id."""
    return {entry.new.person, *(each.person for each in entry.new.reminders)}


# In words.


def line(entry: Entry, zone: ZoneInfo) -> str:
    """Say on one line what became of an entry."""
    when = (entry.settled or entry.created).astimezone(zone)
    state = f"{entry.state}, bounced" if entry.bounced else entry.state
    answer = f": {entry.reply}" if entry.reply else ""
    return f"{entry.id:5}  {when:%Y-%m-%d %H:%M}  {state:13} {_what(entry)} [{', '.join(_why(entry))}]{answer}"


def _what(entry: Entry) -> str:
    new = entry.new
    kind = f"{new.kind} ({new.cause})" if new.cause else new.kind
    refs = f" about {', '.join(new.refs)}" if new.refs and new.kind == Kind.REMINDER else ""
    return f"{kind} to {new.name}{refs}"


def _why(entry: Entry) -> Iterable[str]:
    ended = entry.reason if entry.reason and entry.state is not State.SENT else None
    return dict.fromkeys(filter(None, [*entry.new.reasons, ended]))


def in_full(entry: Entry, history: Iterable[Event], zone: ZoneInfo) -> Iterator[str]:
    """Say all the ledger holds of one entry but its text."""
    new = entry.new
    yield line(entry, zone)
    yield from (f"  {step}" for step in to_do(entry))
    yield f"  To: {new.name} <{new.address}>" if new.address else f"  To: {new.name}; the address is kept no longer"
    yield f"  Subject: {new.subject}" if new.mime else "  Its text is kept no longer."
    yield f"  Message-ID: {new.message_id}"
    yield from (f"  Tells: {_reminder(each)}" for each in new.reminders)
    for event in history:
        reason = f" ({event.reason})" if event.reason else ""
        yield f"  {event.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {event.after}{reason}, by the {event.actor}"


def _reminder(told: EnteredReminder) -> str:
    days = words.counted(abs(told.offset), "day")
    offset = "on the due day" if told.offset == 0 else f"{days} {'before' if told.offset < 0 else 'overdue'}"
    late = ", late" if told.late else ""
    return f"{told.ref} of {told.person}, deadline {words.full_date(told.deadline)}, {offset}{late}"


def text_of(entry: Entry) -> str | None:
    """Return a mail's text as its reader sees it, or None where it is kept no longer."""
    if not entry.new.mime:
        return None
    message = message_from_bytes(entry.new.mime, policy=policy.default)
    body = message.get_body(("plain", "html"))
    return str(body.get_content()) if body else ""


# As JSON.


def as_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as `ledger --json` shows it."""
    new = entry.new
    return {
        "id": entry.id,
        "key": entry.key,
        "audience": new.audience,
        "kind": new.kind,
        "cause": new.cause,
        "person": new.person,
        "address": new.address,
        "state": entry.state,
        "bounced": entry.bounced,
        "reasons": [reason for reason in dict.fromkeys([*new.reasons, entry.reason]) if reason in _REASONS],
        "refs": list(new.refs),
        "reminders": [
            {"ref": each.ref, "deadline": each.deadline.isoformat(), "offset": each.offset, "late": each.late}
            for each in new.reminders
        ],
        "created": utc(entry.created),
        "first_attempt": utc(entry.first_attempt),
        "settled": utc(entry.settled),
        "attempts": entry.attempts,
        "message_id": new.message_id,
        "sha256": entry.sha256,
        "reply": entry.reply,
    }


def in_full_as_json(entry: Entry, history: Sequence[Event]) -> dict[str, Any]:
    """Return all the ledger holds of an entry, its text and its moves included."""
    moves = [
        {"at": utc(event.at), "state": event.after, "by": event.actor, "reason": event.reason} for event in history
    ]
    whole = {"name": entry.new.name, "subject": entry.new.subject, "text": text_of(entry), "moves": moves}
    return as_json(entry) | whole


def utc(moment: datetime | None) -> str | None:
    """Write a moment as JSON has it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
