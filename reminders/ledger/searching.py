"""The ledger as people look through it: newest first, a page at a time, without the mails' texts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, func, literal, select

from reminders.ledger.base import Found, Search
from reminders.ledger.rows import read_entries
from reminders.ledger.tables import entries, reminders

_WITHOUT_TEXT = [each for each in entries.c if each.name != "mime"]


def find(connection: Connection, board: str, search: Search, skip: int, most: int) -> Found:
    """Return how many entries a search finds, and up to `most` of them after the first `skip`."""
    conditions = _conditions(board, search)
    total = connection.execute(select(func.count()).select_from(entries).where(*conditions)).scalar_one()
    newest_first = select(entries.c.id).where(*conditions).order_by(entries.c.id.desc())
    # The texts make rows long: the few that are shown are chosen first, and read after.
    these = newest_first.limit(most).offset(skip).subquery()
    chosen: Select[Any] = select(*_WITHOUT_TEXT, literal(b"", LargeBinary).label("mime"))
    chosen = chosen.where(entries.c.id.in_(select(these.c.id))).order_by(entries.c.id.desc())
    return Found(total, read_entries(connection, chosen))


def _conditions(board: str, search: Search) -> list[ColumnElement[bool]]:
    conditions = [entries.c.board == board]
    if search.person is not None:
        conditions.append(entries.c.person == search.person)
    if search.action is not None:
        told = select(reminders.c.entry_id).where(reminders.c.board == board, reminders.c.action == search.action)
        conditions.append(entries.c.id.in_(told))
    if search.state is not None:
        conditions.append(entries.c.state == search.state)
    return conditions


def people(connection: Connection, board: str) -> Mapping[str, str]:
    """Return whom entries went to: the newest name by the person's id."""
    row = entries.c
    newest = select(func.max(row.id)).where(row.board == board).group_by(row.person)
    chosen = select(row.person, row.name).where(row.id.in_(newest))
    return {each.person: each.name for each in connection.execute(chosen)}


def actions(connection: Connection, board: str) -> Mapping[str, str]:
    """Return what entries tell of: the newest ref by the action's id."""
    row = reminders.c
    told = (row.board == board, row.entry_id.is_not(None), row.action.is_not(None))
    chosen = select(row.action, row.ref).where(*told).group_by(row.action, row.ref)
    return {each.action: each.ref for each in connection.execute(chosen.order_by(func.max(row.id)))}
