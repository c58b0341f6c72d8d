"""Kept readings of plan and directory: the last good one, and the one that waits for a person's word."""

import json

from reminders.ledger.base import KeptReading
from reminders.ledger.database import Connection, moment

GOOD = "good"
HELD = "held"
_KEPT = """
    SELECT source, sha256, data, taken, why FROM readings
    WHERE board = :board AND kind = :kind AND standing = :standing"""
_KEEP = """
    INSERT INTO readings (board, kind, standing, source, sha256, data, taken, why)
    VALUES (:board, :kind, :standing, :source, :sha256, :data, :taken, :why)
    ON CONFLICT (board, kind, standing) DO UPDATE SET source = excluded.source, sha256 = excluded.sha256,
        data = excluded.data, taken = excluded.taken, why = excluded.why"""
_FORGET = "DELETE FROM readings WHERE board = :board AND kind = :kind AND standing = :standing"


def read(connection: Connection, board: str, kind: str, standing: str) -> KeptReading | None:
    """Return the good or the held reading of a kind."""
    row = connection.row(_KEPT, board=board, kind=kind, standing=standing)
    if row is None:
        return None
    source, sha256, data, taken, why = row
    return KeptReading(kind, source, sha256, json.loads(data), moment(taken), why)


def keep(connection: Connection, board: str, reading: KeptReading, standing: str) -> None:
    """Keep a reading in place of the one with this standing."""
    connection.change(
        _KEEP,
        board=board,
        kind=reading.kind,
        standing=standing,
        source=reading.source,
        sha256=reading.sha256,
        data=json.dumps(dict(reading.data)),
        taken=reading.taken,
        why=reading.why,
    )


def forget(connection: Connection, board: str, kind: str, standing: str) -> None:
    """Drop the reading with this standing, if there is one."""
    connection.change(_FORGET, board=board, kind=kind, standing=standing)
