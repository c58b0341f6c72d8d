"""How an entry moves: one guarded UPDATE and one event, in one transaction; the only module that changes a state."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, func, insert, or_, update

from reminders.ledger import turns
from reminders.ledger.base import ADDRESS_GOOD, MOVES, OPEN, State
from reminders.ledger.tables import UtcTime, entries, events

# Built once: making a statement costs SQLAlchemy several times what carrying it out costs SQLite. The columns an UPDATE
# sets are those of the values it is carried out with.
_WHERE_IT_STANDS = update(entries).where(
    entries.c.board == bindparam("its_board"),
    entries.c.id == bindparam("its_id"),
    entries.c.state == bindparam("its_state"),
    entries.c.claim == bindparam("its_claim"),
)
_LEAVING = _WHERE_IT_STANDS.values(
    first_attempt=func.coalesce(entries.c.first_attempt, bindparam("began", type_=UtcTime))
)
_LEAVING_IN_TIME = _LEAVING.where(
    entries.c.lease_until > bindparam("began", type_=UtcTime),
    or_(entries.c.claim_until > bindparam("began", type_=UtcTime), entries.c.released),
)
_NEVER_LEFT = _WHERE_IT_STANDS.where(entries.c.first_attempt.is_(None))
_NOT_BOUNCED = _WHERE_IT_STANDS.where(~entries.c.bounced)
_TAKEN = (
    update(entries)
    .where(entries.c.id == turns.FIRST_IN_TURN, entries.c.state == State.PLANNED)
    .values(
        state=State.CLAIMED,
        reason=None,
        settled=None,
        claim=entries.c.claim + 1,
        attempts=entries.c.attempts + 1,
        lease_until=bindparam("lease", type_=UtcTime),
    )
    .returning(*entries.c)
)
_EVENT = insert(events)


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose entries move, who moves them, and when."""

    board: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry is believed to stand: a move from there happens only when it does."""

    entry_id: int
    state: State
    claim: int


def move(
    connection: Connection,
    hand: Hand,
    place: Place,
    after: State,
    reason: str | None = None,
    change: Update = _WHERE_IT_STANDS,
    **values: Any,
) -> bool:
    """Move an entry along MOVES and record it; False, and no change, when it does not stand where it was believed to.

    `values` are further columns to set, or what `change` asks for.
    """
    if after not in MOVES[place.state]:
        raise ValueError(f"no entry moves from {place.state} to {after}")
    settled = None if after in OPEN else hand.at
    if not _changed(connection, hand, place, change, state=after, reason=reason, settled=settled, **values):
        return False
    record(connection, hand, Place(place.entry_id, after, values.get("claim", place.claim)), place.state, reason)
    return True


def redraw(connection: Connection, hand: Hand, place: Place, **content: Any) -> bool:
    """Change what an entry holds and leave it where it stands; only so long as it has never been leaving."""
    if not _changed(connection, hand, place, _NEVER_LEFT, **content):
        return False
    record(connection, hand, place, place.state, "redrawn")
    return True


def take(
    connection: Connection, hand: Hand, audience: str, kinds: Collection[str], lease_until: datetime
) -> Row[Any] | None:
    """Claim the entry whose turn it is and return its row, or None where none may leave now."""
    asked = turns.asked(hand.board, audience, kinds, hand.at) | {"lease": lease_until}
    row = connection.execute(_TAKEN, asked).first()
    if row is not None:
        record(connection, hand, Place(row.id, State.CLAIMED, row.claim), State.PLANNED, None)
    return row


def start_leaving(connection: Connection, hand: Hand, place: Place, *, in_time: bool = False) -> bool:
    """Move a claimed entry to transmitting: from the first time on its bytes are frozen.

    `in_time`: only while its lease runs, and in the hours in which it may leave.
    """
    change = _LEAVING_IN_TIME if in_time else _LEAVING
    return move(connection, hand, place, State.TRANSMITTING, None, change, began=hand.at)


def mark_bounced(connection: Connection, hand: Hand, place: Place, reply: str) -> bool:
    """Mark a sent entry as bounced, once; that is no move."""
    if not _changed(connection, hand, place, _NOT_BOUNCED, bounced=True, reply=reply):
        return False
    record(connection, hand, place, place.state, "bounced")
    return True


def mark_trusted(connection: Connection, hand: Hand, place: Place) -> bool:
    """Note that a person stands up for the address of an entry that was refused; that is no move."""
    if not _changed(connection, hand, place, _WHERE_IT_STANDS, reason=ADDRESS_GOOD):
        return False
    record(connection, hand, place, place.state, ADDRESS_GOOD)
    return True


def record(connection: Connection, hand: Hand, place: Place, before: State | None, reason: str | None) -> None:
    """Add to the history that an entry has come to stand where it stands."""
    connection.execute(_EVENT, _event(hand, place, before, reason))


def record_entered(connection: Connection, hand: Hand, entered: Mapping[Place, str | None]) -> None:
    """Begin the history of new entries, each with the reason why it stands where it does."""
    if entered:
        connection.execute(_EVENT, [_event(hand, place, None, reason) for place, reason in entered.items()])


def _event(hand: Hand, place: Place, before: State | None, reason: str | None) -> dict[str, Any]:
    """Return one line of the history."""
    return {
        "board": hand.board,
        "entry_id": place.entry_id,
        "at": hand.at,
        "before": before,
        "after": place.state,
        "actor": hand.actor,
        "reason": reason,
        "claim": place.claim,
    }


def _changed(connection: Connection, hand: Hand, place: Place, change: Update, **values: Any) -> bool:
    here = {"its_board": hand.board, "its_id": place.entry_id, "its_state": place.state, "its_claim": place.claim}
    return connection.execute(change, here | values).rowcount == 1
