"""Entries for tests of the ledger, and the steps they take; only what a test is about is spelled out."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from reminders.ledger.base import EnteredReminder, Entry, Ledger, NewEntry, Settlement, Standing, State

BOARD = "West Berkshire Local Safeguarding Children Board"
NOW = datetime(2015, 1, 5, 9, tzinfo=UTC)
TODAY = date(2015, 1, 5)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEASE = NOW + 5 * MINUTE
AFTER_LEASE = LEASE + MINUTE
KINDS = ("reminder", "digest", "fault", "test")


def a_reminder(number: int = 1, **changed) -> EnteredReminder:
    usual = {"action": "2.3", "ref": "2.3", "person": "M Evans", "deadline": date(2015, 1, 31), "offset": -28}
    return EnteredReminder(**{"key": f"{number:024x}", **usual, "late": False, **changed})


def a_new_entry(number: int = 1, **changed) -> NewEntry:
    """A notice, told from others by its number; it tells the reminder of the same number."""
    usual = {
        "key": f"{number:08x}".rjust(24, "f"),
        "kind": "reminder",
        "cause": None,
        "audience": "live",
        "person": f"Person {number}",
        "name": "M Evans",
        "address": "m.evans@westberks.example",
        "day": TODAY,
        "claim_until": NOW.replace(hour=18),
        "expires": NOW.replace(hour=0) + DAY,
        "reasons": ("due",),
        "refs": ("2.3",),
        "reminders": (a_reminder(number),),
        "subject": "Due by 30 January 2015: 1 of your business plan actions",
        "message_id": f"<n.{number}@westberks.example>",
        "sender": "reminders@westberks.example",
        "mime": b"Subject: due\r\n\r\n2.3 is due\r\n",
    }
    return NewEntry(**{**usual, **changed})


def entered(ledger: Ledger, number: int = 1, **changed) -> Entry:
    new = a_new_entry(number, **changed)
    ledger.enter([new], NOW)
    return next(entry for entry in ledger.entries() if entry.key == new.key)


def held(ledger: Ledger, number: int = 1, reason: str = "cap", **changed) -> Entry:
    return entered(ledger, number, state=State.HELD, reasons=(reason,), **changed)


def claimed(ledger: Ledger, number: int = 1, **changed) -> Entry:
    new = a_new_entry(number, **changed)
    ledger.enter([new], NOW)
    return claim(ledger, audience=new.audience)


def leaving(ledger: Ledger, number: int = 1, **changed) -> Entry:
    entry = claimed(ledger, number, **changed)
    assert ledger.transmitting(entry, NOW)
    return entry


def settled(ledger: Ledger, number: int = 1, to: State = State.SENT, reason: str | None = None, **changed) -> Entry:
    entry = leaving(ledger, number, **changed)
    assert ledger.settle(entry, Settlement(to, reason, "250 ok"), NOW)
    return again(ledger, entry)


def uncertain(ledger: Ledger, number: int = 1, **changed) -> Entry:
    return settled(ledger, number, State.UNCERTAIN, "uncertain", **changed)


def claim(ledger: Ledger, now: datetime = NOW, *, audience: str = "live", kinds: Iterable[str] = KINDS) -> Entry:
    entry = ledger.claim(audience, tuple(kinds), now, now + 5 * MINUTE)
    assert entry is not None
    return entry


def again(ledger: Ledger, entry: Entry) -> Entry:
    """The entry as it stands now."""
    found = ledger.entry(entry.id)
    assert found is not None
    return found


def standings(ledger: Ledger, audience: str = "live") -> Mapping[str, Standing]:
    """How the first few reminders stand."""
    return ledger.standings(audience, [a_reminder(number).key for number in range(10)])


def path_of(ledger: Ledger, entry: Entry) -> list[str]:
    """The states an entry has come through, from its history."""
    return [str(event.after) for event in ledger.history(entry.id)]
