"""How an entry moves: one guarded UPDATE and one event, in one transaction; the only module that changes a state."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from reminders.ledger import turns
from reminders.ledger.base import ADDRESS_GOOD, MOVES, OPEN, State
from reminders.ledger.database import Connection, Row
from reminders.ledger.rows import COLUMNS, WHOLE

_WHERE_IT_STANDS = "WHERE board = :its_board AND id = :its_id AND state = :its_state AND claim = :its_claim"
_NEVER_LEFT = "AND first_attempt IS NULL"
_NOT_BOUNCED = "AND bounced = FALSE"
_LEAVING = f"""
    UPDATE entries SET state = 'transmitting', reason = NULL, settled = NULL,
        first_attempt = coalesce(first_attempt, :now)
    {_WHERE_IT_STANDS}"""
_LEAVING_IN_TIME = f"{_LEAVING} AND lease_until > :now AND (claim_until > :now OR released)"
_TAKE = f"""
    UPDATE entries SET state = 'claimed', reason = NULL, settled = NULL, claim = claim + 1, attempts = attempts + 1,
        lease_until = :lease
    WHERE id = ({turns.FIRST_IN_TURN}) AND state = 'planned'
    RETURNING {WHOLE}"""
_ID, _CLAIM = COLUMNS.index("id"), COLUMNS.index("claim")
_RECORD = """
    INSERT INTO events (board, entry_id, at, before, after, actor, reason, claim)
    VALUES (:board, :entry_id, :at, :before, :after, :actor, :reason, :claim)"""


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
    **values: Any,
) -> bool:
    """Move an entry along MOVES and record it; False, and no change, when it does not stand where it was believed to.

    `values` are further columns to set.
    """
    if after not in MOVES[place.state]:
        raise ValueError(f"no entry moves from {place.state} to {after}")
    settled = None if after in OPEN else hand.at
    if not _changed(connection, hand, place, state=after, reason=reason, settled=settled, **values):
        return False
    record(connection, hand, Place(place.entry_id, after, values.get("claim", place.claim)), place.state, reason)
    return True


def redraw(connection: Connection, hand: Hand, place: Place, **content: Any) -> bool:
    """Change what an entry holds and leave it where it stands; only so long as it has never been leaving."""
    if not _changed(connection, hand, place, only=_NEVER_LEFT, **content):
        return False
    record(connection, hand, place, place.state, "redrawn")
    return True


def take(
    connection: Connection, hand: Hand, audience: str, kinds: Collection[str], lease_until: datetime
) -> Row | None:
    """Claim the entry whose turn it is and return its whole row, or None where none may leave now."""
    row = connection.row(_TAKE, board=hand.board, audience=audience, kinds=kinds, now=hand.at, lease=lease_until)
    if row is None:
        return None
    record(connection, hand, Place(row[_ID], State.CLAIMED, row[_CLAIM]), State.PLANNED, None)
    return row


def start_leaving(connection: Connection, hand: Hand, place: Place, *, in_time: bool = False) -> bool:
    """Move a claimed entry to transmitting: from the first time on its bytes are frozen.

    `in_time`: only while its lease runs, and in the hours in which it may leave.
    """
    left = connection.change(_LEAVING_IN_TIME if in_time else _LEAVING, **_where(hand, place), now=hand.at)
    if left:
        record(connection, hand, Place(place.entry_id, State.TRANSMITTING, place.claim), place.state, None)
    return left == 1


def mark_bounced(connection: Connection, hand: Hand, place: Place, reply: str) -> bool:
    """Mark a sent entry as bounced, once; that is no move."""
    if not _changed(connection, hand, place, only=_NOT_BOUNCED, bounced=True, reply=reply):
        return False
    record(connection, hand, place, place.state, "bounced")
    return True


def mark_trusted(connection: Connection, hand: Hand, place: Place) -> bool:
    """Note that a person stands up for the address of an entry that was refused; that is no move."""
    if not _changed(connection, hand, place, reason=ADDRESS_GOOD):
        return False
    record(connection, hand, place, place.state, ADDRESS_GOOD)
    return True


def record(connection: Connection, hand: Hand, place: Place, before: State | None, reason: str | None) -> None:
    """Add to the history that an entry has come to stand where it stands."""
    connection.change(
        _RECORD,
        board=hand.board,
        entry_id=place.entry_id,
        at=hand.at,
        before=before,
        after=place.state,
        actor=hand.actor,
        reason=reason,
        claim=place.claim,
    )


def _changed(connection: Connection, hand: Hand, place: Place, only: str = "", **values: Any) -> bool:
    return connection.change(_update(tuple(values), only), **_where(hand, place), **values) == 1


@cache
def _update(columns: tuple[str, ...], only: str) -> str:
    return f"UPDATE entries SET {', '.join(f'{each} = :{each}' for each in columns)} {_WHERE_IT_STANDS} {only}"


def _where(hand: Hand, place: Place) -> dict[str, Any]:
    return {"its_board": hand.board, "its_id": place.entry_id, "its_state": place.state, "its_claim": place.claim}
