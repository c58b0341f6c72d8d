"""A few words that a ledger keeps about itself, by board and name."""

from reminders.ledger.database import Connection

_VALUE = "SELECT value FROM meta WHERE board = :board AND name = :name"
_PUT = """
    INSERT INTO meta (board, name, value) VALUES (:board, :name, :value)
    ON CONFLICT (board, name) DO UPDATE SET value = excluded.value"""
_PUT_ONCE = "INSERT INTO meta (board, name, value) VALUES (:board, :name, :value) ON CONFLICT DO NOTHING"
_DROP = "DELETE FROM meta WHERE board = :board AND name = :name"


def value(connection: Connection, board: str, name: str) -> str | None:
    """Return what is kept under a name, or None."""
    kept: str | None = connection.value(_VALUE, board=board, name=name)
    return kept


def put(connection: Connection, board: str, name: str, value: str) -> None:
    """Keep a word in place of the one before."""
    connection.change(_PUT, board=board, name=name, value=value)


def put_once(connection: Connection, board: str, name: str, value: str) -> None:
    """Keep a word where there is none yet."""
    connection.change(_PUT_ONCE, board=board, name=name, value=value)


def drop(connection: Connection, board: str, name: str) -> None:
    """Keep nothing under a name."""
    connection.change(_DROP, board=board, name=name)
