"""Whose turn it is: the planned entries that may leave now, in the order in which they do."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select

from reminders.ledger.base import State
from reminders.ledger.tables import UtcTime, entries

_ENTRY = entries.c
_NOW = bindparam("now", type_=UtcTime)
_DUE: Select[tuple[int]] = select(_ENTRY.id).where(
    _ENTRY.board == bindparam("of_board"),
    _ENTRY.state == State.PLANNED,
    _ENTRY.audience == bindparam("of_audience"),
    or_(_ENTRY.kind.in_(bindparam("kinds", expanding=True)), _ENTRY.released),
    or_(_ENTRY.not_before.is_(None), _ENTRY.not_before <= _NOW),
    or_(_ENTRY.claim_until > _NOW, _ENTRY.released),
    _ENTRY.expires > _NOW,
)
_ANY_DUE = _DUE.limit(1)
# The order is that of an index, so that the first is found without a look at the others.
FIRST_IN_TURN = (
    _DUE.order_by(_ENTRY.released.desc(), _ENTRY.attempts, _ENTRY.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)


def asked(board: str, audience: str, kinds: Collection[str], now: datetime) -> dict[str, Any]:
    """Return the values that FIRST_IN_TURN is carried out with."""
    return {"of_board": board, "of_audience": audience, "kinds": list(kinds), "now": now}


def anything_due(connection: Connection, board: str, audience: str, kinds: Collection[str], now: datetime) -> bool:
    """Say whether an entry may leave now."""
    return connection.execute(_ANY_DUE, asked(board, audience, kinds, now)).first() is not None
