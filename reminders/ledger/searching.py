"""The ledger as people look through it: newest first, a page at a time, without the mails' texts."""

from collections.abc import Mapping

from reminders.ledger.base import Found, Search
from reminders.ledger.database import Connection
from reminders.ledger.rows import WHOLE, entries_of

_CONDITIONS = {
    "person": "person = :person",
    "action": "id IN (SELECT entry_id FROM reminders WHERE board = :board AND action = :action)",
    "state": "state = :state",
}
_PEOPLE = """
    SELECT person, name FROM entries
    WHERE id IN (SELECT max(id) FROM entries WHERE board = :board GROUP BY person)"""
_ACTIONS = """
    SELECT action, ref FROM reminders WHERE board = :board AND entry_id IS NOT NULL AND action IS NOT NULL
    GROUP BY action, ref ORDER BY max(id)"""


def find(connection: Connection, board: str, search: Search, skip: int, most: int) -> Found:
    """Return how many entries a search finds, and up to `most` of them after the first `skip`."""
    asked = {name: value for name in _CONDITIONS if (value := getattr(search, name)) is not None}
    here = " AND ".join(("board = :board", *(_CONDITIONS[name] for name in asked)))
    total = connection.value(f"SELECT count(*) FROM entries WHERE {here}", board=board, **asked)
    page = f"SELECT {WHOLE} FROM entries WHERE {here} ORDER BY id DESC LIMIT :most OFFSET :skip"
    rows = connection.rows(page, board=board, **asked, most=most, skip=skip)
    return Found(total, entries_of(connection, rows, with_text=False))


def people(connection: Connection, board: str) -> Mapping[str, str]:
    """Return whom entries went to: the newest name by the person's id."""
    return dict(connection.rows(_PEOPLE, board=board))


def actions(connection: Connection, board: str) -> Mapping[str, str]:
    """Return what entries tell of: the newest ref by the action's id."""
    return dict(connection.rows(_ACTIONS, board=board))
