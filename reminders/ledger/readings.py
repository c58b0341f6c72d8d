"""Kept readings of plan and directory: the last good one, and the one that waits for a person's word."""

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select

from reminders.ledger.base import KeptReading
from reminders.ledger.database import put
from reminders.ledger.tables import readings

GOOD = "good"
HELD = "held"
_KEPT = select(readings).where(
    readings.c.board == bindparam("board"),
    readings.c.kind == bindparam("kind"),
    readings.c.standing == bindparam("standing"),
)


def read(connection: Connection, board: str, kind: str, standing: str) -> KeptReading | None:
    """Return the good or the held reading of a kind."""
    row = connection.execute(_KEPT, {"board": board, "kind": kind, "standing": standing}).first()
    return KeptReading(row.kind, row.source, row.sha256, row.data, row.taken, row.why) if row else None


def keep(connection: Connection, board: str, reading: KeptReading, standing: str) -> None:
    """Keep a reading in place of the one with this standing."""
    content = {"source": reading.source, "sha256": reading.sha256, "data": reading.data, "why": reading.why}
    key = {"board": board, "kind": reading.kind, "standing": standing}
    put(connection, readings, key | content | {"taken": reading.taken})


def forget(connection: Connection, board: str, kind: str, standing: str) -> None:
    """Drop the reading with this standing, if there is one."""
    connection.execute(delete(readings).where(*_here(board, kind, standing)))


def _here(board: str, kind: str, standing: str) -> tuple[ColumnElement[bool], ...]:
    row = readings.c
    return row.board == board, row.kind == kind, row.standing == standing
