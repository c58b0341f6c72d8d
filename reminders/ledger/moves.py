"""How an entry moves: one guarded UPDATE and one event, in one transaction; the only module that changes a state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, literal, update

from reminders.ledger.base import MOVES, OPEN, State
from reminders.ledger.tables import UtcTime, entries, events


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
    *guards: ColumnElement[bool],
    **values: Any,
) -> bool:
    """Move an entry along MOVES and record it; False, and no change, when it does not stand where it was believed to.

    `values` are further columns to set.
    """
    if after not in MOVES[place.state]:
        raise ValueError(f"no entry moves from {place.state} to {after}")
    settled = None if after in OPEN else hand.at
    if not _change(connection, hand, place, *guards, state=after, reason=reason, settled=settled, **values):
        return False
    record(connection, hand, Place(place.entry_id, after, values.get("claim", place.claim)), place.state, reason)
    return True


def redraw(connection: Connection, hand: Hand, place: Place, **content: Any) -> bool:
    """Change what an entry holds and leave it where it stands; only so long as it has never been leaving."""
    if not _change(connection, hand, place, entries.c.first_attempt.is_(None), **content):
        return False
    record(connection, hand, place, place.state, "redrawn")
    return True


def start_leaving(connection: Connection, hand: Hand, place: Place, *guards: ColumnElement[bool]) -> bool:
    """Move a claimed entry to transmitting: from the first time on its bytes are frozen."""
    first = func.coalesce(entries.c.first_attempt, literal(hand.at, UtcTime))
    return move(connection, hand, place, State.TRANSMITTING, None, *guards, first_attempt=first)


def mark_bounced(connection: Connection, hand: Hand, place: Place, reply: str) -> bool:
    """Mark a sent entry as bounced, once; that is no move."""
    if not _change(connection, hand, place, ~entries.c.bounced, bounced=True, reply=reply):
        return False
    record(connection, hand, place, place.state, "bounced")
    return True


def record(connection: Connection, hand: Hand, place: Place, before: State | None, reason: str | None) -> None:
    """Add to the history that an entry has come to stand where it stands."""
    connection.execute(
        insert(events).values(
            board=hand.board,
            entry_id=place.entry_id,
            at=hand.at,
            before=before,
            after=place.state,
            actor=hand.actor,
            reason=reason,
            claim=place.claim,
        )
    )


def _change(connection: Connection, hand: Hand, place: Place, *guards: ColumnElement[bool], **values: Any) -> bool:
    here = (entries.c.id == place.entry_id, entries.c.state == place.state, entries.c.claim == place.claim)
    changed = connection.execute(update(entries).where(entries.c.board == hand.board, *here, *guards).values(**values))
    return changed.rowcount == 1
