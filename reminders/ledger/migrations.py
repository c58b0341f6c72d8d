"""The schema's versions: a new database is made whole, an older one is walked up step by step, a newer one refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from reminders.ledger.base import LedgerRefused
from reminders.ledger.database import Database, put
from reminders.ledger.tables import EVERY_BOARD, absences, entries, entries_with_text, meta, metadata, reminders

_VERSION = {"board": EVERY_BOARD, "name": "schema"}


# What the third version added to the first: no statement of a tick walks the whole ledger any more.
_ADDED_INDEXES = {
    "entries_by_creation",
    "entries_by_settling",
    "entries_by_person",
    "entries_by_bounce",
    "reminders_by_person",
}


# What SQLite is told of its tables: rows, and how many of them a value of the first column has, of the first two, ...
# Told nothing, it believes that a board has ten rows, and takes an index that leads through all of them.
_GROWN = (
    ("entries", "sqlite_autoindex_entries_1", "100000 1"),
    ("entries", "entries_by_turn", "100000 100000 100 50 20 1"),
    ("entries", "entries_by_day", "100000 100000 50000 20000 20"),
    ("entries", "entries_by_creation", "100000 100000 10"),
    ("entries", "entries_by_settling", "100000 100000 10"),
    ("entries", "entries_by_person", "100000 100000 1000 1"),
    ("entries", "entries_by_bounce", "100000 100000 100"),
    ("entries", "entries_with_text", "10000 10000 10"),
    ("reminders", "reminders_by_key", "100000 100000 50000 1"),
    ("reminders", "reminders_by_entry", "100000 2"),
    ("reminders", "reminders_by_person", "100000 100000 1000 2"),
    ("events", "events_by_entry", "500000 5"),
    ("events", "events_by_time", "500000 500000 5"),
)


def _make_whole(connection: Connection) -> None:
    metadata.create_all(connection)
    _describe(connection)


def _add_indexes(connection: Connection) -> None:
    for index in (*entries.indexes, *reminders.indexes):
        if index.name in _ADDED_INDEXES:
            index.create(connection)
    connection.execute(entries_with_text)
    _describe(connection)


def _index_turns(connection: Connection) -> None:
    connection.exec_driver_sql("DROP INDEX entries_by_state")  # whose columns the new one begins with
    next(index for index in entries.indexes if index.name == "entries_by_turn").create(connection)
    _describe(connection)


def _describe(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":  # PostgreSQL looks at its tables by itself
        return
    connection.exec_driver_sql("ANALYZE meta")  # makes the table of statistics
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", list(_GROWN))
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # reads it


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from the version before; a new database skips it, because `tables` has it already."""

    number: int
    what: str
    apply: Callable[[Connection], object]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "the first tables", _make_whole),
    Migration(2, "a table of who is out of office", absences.create),
    Migration(3, "indexes for a ledger that has grown", _add_indexes),
    Migration(4, "an index of whose turn it is", _index_turns),
)


def pending(database: Database, migrations: Sequence[Migration] = MIGRATIONS) -> tuple[Migration, ...]:
    """Return what `migrate` would do; raises LedgerRefused for a schema newer than this release."""
    with database.reading() as connection:
        return _due(version_of(connection), migrations, database.where)


def migrate(database: Database, migrations: Sequence[Migration] = MIGRATIONS) -> tuple[Migration, ...]:
    """Bring the schema to this release's version, all of it or nothing, and return what was done."""
    with database.alone() as connection:
        # Asked again under the lock: another process may have been first.
        due = _due(version_of(connection), migrations, database.where)
        for each in due:
            each.apply(connection)
        if due:
            put(connection, meta, _VERSION | {"value": str(migrations[-1].number)})
    return due


def version_of(connection: Connection) -> int:
    """Return the schema's version, 0 where there is none yet."""
    if not connection.dialect.has_table(connection, meta.name):
        return 0
    here = (meta.c.board == _VERSION["board"], meta.c.name == _VERSION["name"])
    return int(connection.execute(select(meta.c.value).where(*here)).scalar_one_or_none() or 0)


def _due(version: int, migrations: Sequence[Migration], where: str) -> tuple[Migration, ...]:
    newest = migrations[-1].number
    if version > newest:
        raise LedgerRefused(
            f"{where} has schema {version}, and this release knows {newest} at most: start the newer release again, or "
            "put back the copy that was made before it"
        )
    return tuple(each for each in migrations if each.number > version) if version else tuple(migrations[:1])
