"""After a crash, or a loss: what the leases, the witness and the journal say about a ledger that was left behind."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from reminders.core.policy import Audience
from reminders.ledger import meta
from reminders.ledger.base import State
from reminders.ledger.database import Connection, moment_or_none
from reminders.ledger.moves import Hand, Place, move, start_leaving
from reminders.ledger.tables import EVERY_BOARD, named
from reminders.ledger.witness import Journal, Mark, SentNotice, Witness

ADOPTED = "adopted"
COPY = "copy"
_LEDGER_ID = "ledger-id"
_EVENTS_ADOPTED = "events-adopted"
_CLOCK_MAY_LAG = timedelta(days=1)
IN_JOURNAL = "in-journal"
_IN_HAND = named((State.CLAIMED, State.TRANSMITTING))
_IN_NO_HAND = named((State.UNCERTAIN, State.PLANNED, State.HELD))
_LEFT_BEHIND = f"""
    SELECT id, key, state, claim FROM entries
    WHERE board = :board AND (state IN ({_IN_HAND}) AND lease_until <= :now OR state IN ({_IN_NO_HAND}))
    ORDER BY id"""
_ITSELF = f"""
    SELECT
        (SELECT value FROM meta WHERE board = :board AND name = '{_LEDGER_ID}'),
        (SELECT value FROM meta WHERE board = '{EVERY_BOARD}' AND name = '{COPY}'),
        (SELECT at FROM events WHERE id = :seen),
        (SELECT max(id) FROM events),
        (SELECT at FROM events WHERE id = (SELECT max(id) FROM events))"""
_ONCE_IN_HAND = "SELECT key FROM entries WHERE board = :board AND key IN :keys AND claim > 0"
_TAKEN_OVER = "SELECT key FROM adopted WHERE board = :board AND key IN :keys"
_TAKE_OVER = "INSERT INTO adopted (board, key, at) VALUES (:board, :key, :now) ON CONFLICT DO NOTHING"
_COUNT_AS_TOLD = f"""
    INSERT INTO reminders (board, audience, key, reason, since) VALUES (:board, :audience, :key, '{ADOPTED}', :now)
    ON CONFLICT DO NOTHING"""
_NEWEST_EVENT = "SELECT max(id) FROM events WHERE board = :board"
# The plus keeps SQLite from going by the id, through all the others.
_LATEST_EVENT = "SELECT at FROM events WHERE board = :board AND +id > :adopted_to ORDER BY at DESC LIMIT 1"
_FORGET_THE_FUTURE = (
    "UPDATE entries SET not_before = NULL WHERE board = :board AND not_before > :far",
    f"""
    UPDATE entries SET lease_until = :now WHERE board = :board AND lease_until > :far
    AND state IN ({_IN_HAND}, {named((State.UNCERTAIN,))})""",
    "UPDATE transports SET paused_until = NULL WHERE board = :board AND paused_until > :far",
)


# A crash.


def recover(connection: Connection, hand: Hand, journal: Collection[str]) -> int:
    """Give back what a process that is gone had in hand; `journal` holds the keys of what was surely sent."""
    return sum(_recovered(connection, hand, key, place, journal) for key, place in _left_behind(connection, hand))


def _left_behind(connection: Connection, hand: Hand) -> list[tuple[str, Place]]:
    # Not locked, or other replicas would find nothing to claim meanwhile; every move asks where its entry stands.
    rows = connection.rows(_LEFT_BEHIND, board=hand.board, now=hand.at)
    return [(key, Place(entry_id, State(state), claim)) for entry_id, key, state, claim in rows]


def _recovered(connection: Connection, hand: Hand, key: str, place: Place, journal: Collection[str]) -> bool:
    if key in journal:
        return _settle_by_journal(connection, hand, place)
    if place.state is State.CLAIMED:
        return move(connection, hand, place, State.PLANNED, "lease-ran-out", lease_until=None)
    # Its lease stays as it is: run out, so that the transport may be asked.
    return place.state is State.TRANSMITTING and move(connection, hand, place, State.UNCERTAIN, "lease-ran-out")


def _settle_by_journal(connection: Connection, hand: Hand, place: Place) -> bool:
    # Also one that only waits: its ledger is an old copy, or another replica has given it back.
    if place.state is State.HELD:
        move(connection, hand, place, State.PLANNED, IN_JOURNAL)
        place = Place(place.entry_id, State.PLANNED, place.claim)
    if place.state is State.PLANNED:
        move(connection, hand, place, State.CLAIMED, IN_JOURNAL, claim=place.claim + 1)
        place = Place(place.entry_id, State.CLAIMED, place.claim + 1)
    if place.state is State.CLAIMED:
        start_leaving(connection, hand, place)
        place = Place(place.entry_id, State.TRANSMITTING, place.claim)
    return move(connection, hand, place, State.SENT, IN_JOURNAL, lease_until=None)


# A loss.


def establish(connection: Connection, board: str) -> str:
    """Return the ledger's id, and give it one when it is new."""
    meta.put_once(connection, board, _LEDGER_ID, uuid.uuid4().hex)
    return ledger_id(connection, board)


def ledger_id(connection: Connection, board: str) -> str:
    """Return the ledger's id, or nothing where the board has none here."""
    return meta.value(connection, board, _LEDGER_ID) or ""


@dataclass(slots=True)
class Proven:
    """How much of the journal a process found its ledger to hold, and the newest event it saw then.

    While that event is there the ledger is the one it was: it holds what it held. A copy that is put back lacks it, or
    has another in its place.
    """

    mark: Mark = field(default_factory=Mark)  # what stands before it is there
    event: int = 0
    at: str | None = None  # as it is stored


def loss(connection: Connection, board: str, witness: Witness, proven: Proven) -> str | None:
    """Say what witness or journal name and the ledger does not hold, or None."""
    seen = witness.identity()
    itself, copied, seen_at, newest, newest_at = connection.rows(_ITSELF, board=board, seen=proven.event)[0]
    if seen is not None and seen != (itself or ""):
        return (
            f"the ledger is not the one that was here before: {witness.path} names {seen or 'none'}, so it was deleted "
            "or replaced. Nothing is sent until its last copy is put back, or `ledger adopt` takes this one as it is"
        )
    if copied:
        return (
            f"the ledger is a copy that `backup` made on {copied}: what was sent since is not in it. Nothing is "
            "sent until `ledger adopt` takes it as it is"
        )
    if seen_at != proven.at:
        proven.mark = Mark()
    proven.event, proven.at = newest or 0, newest_at
    if missing := _newly_missing(connection, board, witness.journal, proven):
        return (
            f"the ledger is older than its journal: it knows nothing of {len(missing)} of the mails that "
            f"{witness.folder} has as sent, so an old copy was put back. Nothing is sent until a newer copy is, or "
            "`ledger adopt` takes this one as it is"
        )
    return None


def _newly_missing(connection: Connection, board: str, journal: Journal, proven: Proven) -> frozenset[str]:
    named, mark = journal.after(proven.mark)
    missing = unknown_to(connection, board, named)
    if not missing:  # else all of them are asked for again
        proven.mark = mark
    return missing


def unknown_to(connection: Connection, board: str, keys: Collection[str]) -> frozenset[str]:
    """Return which notices of the journal the ledger has never had in hand and not taken over.

    One that was ever claimed may have left: `recover` settles it by the journal.
    """
    unknown = set(keys)
    for statement in (_ONCE_IN_HAND, _TAKEN_OVER):
        if unknown:
            unknown.difference_update(connection.column(statement, board=board, keys=unknown))
    return frozenset(unknown)


def adopt(connection: Connection, board: str, sent: Mapping[str, SentNotice], today: date, now: datetime) -> int:
    """Count as told what only the journal names, and every offset before today; return how many reminders were new."""
    new = 0
    for notice in (sent[key] for key in sorted(unknown_to(connection, board, sent))):
        connection.change(_TAKE_OVER, board=board, key=notice.key, now=now)
        about = {"board": board, "audience": notice.audience, "now": now}
        new += sum(connection.change(_COUNT_AS_TOLD, **about, key=key) for key in notice.reminders)
    for audience in Audience:
        last = told_before(connection, board, audience)
        meta.put(connection, board, _told_before(audience), max(last or today, today).isoformat())
    _forget_the_future(connection, board, now)
    meta.drop(connection, EVERY_BOARD, COPY)
    return new


def _forget_the_future(connection: Connection, board: str, now: datetime) -> None:
    """Let what a clock that ran ahead left behind neither stop the service nor keep a mail waiting for years."""
    newest = connection.value(_NEWEST_EVENT, board=board)
    meta.put(connection, board, _EVENTS_ADOPTED, str(newest or 0))
    for statement in _FORGET_THE_FUTURE:
        connection.change(statement, board=board, now=now, far=now + _CLOCK_MAY_LAG)


def latest_event(connection: Connection, board: str) -> datetime | None:
    """Return the latest moment at which an entry moved; moves before the last `adopt` do not count."""
    adopted_to = int(meta.value(connection, board, _EVENTS_ADOPTED) or 0)
    return moment_or_none(connection.value(_LATEST_EVENT, board=board, adopted_to=adopted_to))


def told_before(connection: Connection, board: str, audience: str) -> date | None:
    """Return the day before which every reminder counts as told."""
    day = meta.value(connection, board, _told_before(audience))
    return date.fromisoformat(day) if day else None


def _told_before(audience: str) -> str:
    return f"told-before-{audience}"
