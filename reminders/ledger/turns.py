"""Whose turn it is: the planned entries that may leave now, in the order in which they do."""

from collections.abc import Collection
from datetime import datetime

from reminders.ledger.database import Connection

_DUE = """
    SELECT id FROM entries
    WHERE board = :board AND state = 'planned' AND audience = :audience
    AND (kind IN :kinds OR released)
    AND (not_before IS NULL OR not_before <= :now)
    AND (claim_until > :now OR released)
    AND expires > :now"""
_ANY_DUE = f"{_DUE} LIMIT 1"
# The order is that of an index, so that the first is found without a look at the others.
FIRST_IN_TURN = f"{_DUE} ORDER BY released DESC, attempts, id LIMIT 1 FOR UPDATE SKIP LOCKED"


def anything_due(connection: Connection, board: str, audience: str, kinds: Collection[str], now: datetime) -> bool:
    """Say whether an entry may leave now."""
    return connection.row(_ANY_DUE, board=board, audience=audience, kinds=kinds, now=now) is not None
