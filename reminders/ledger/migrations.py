"""The schema's versions: a new database is made whole, an older one is walked up step by step, a newer one refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reminders.ledger import meta
from reminders.ledger.base import LedgerRefused
from reminders.ledger.database import Connection, Database
from reminders.ledger.tables import EVERY_BOARD, INDEXES, TABLES, UNIQUE_INDEXES

_VERSION = "schema"

# What the third version added to the first: no statement of a tick walks the whole ledger any more.
_ADDED_INDEXES = (
    "entries_by_creation",
    "entries_by_settling",
    "entries_by_person",
    "entries_by_bounce",
    "reminders_by_person",
)


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
    for table in TABLES:
        _make_table(connection, table)
    for index in INDEXES:
        _make_index(connection, index)
    for index, where in UNIQUE_INDEXES.items():
        connection.change(f"CREATE UNIQUE INDEX {index} {where}")
    _describe(connection)


def _add_absences(connection: Connection) -> None:
    _make_table(connection, "absences")


def _add_indexes(connection: Connection) -> None:
    for index in _ADDED_INDEXES:
        _make_index(connection, index)
    connection.change("CREATE INDEX entries_with_text ON entries (board, settled) WHERE length(mime) > 0")
    _describe(connection)


def _index_turns(connection: Connection) -> None:
    connection.change("DROP INDEX entries_by_state")  # whose columns the new one begins with
    _make_index(connection, "entries_by_turn")
    _describe(connection)


def _part_texts(connection: Connection) -> None:
    _make_table(connection, "texts")
    connection.change("INSERT INTO texts (entry_id, mime) SELECT id, mime FROM entries WHERE length(mime) > 0")
    connection.change("DROP INDEX entries_with_text")
    connection.change("ALTER TABLE entries DROP COLUMN mime")
    _make_index(connection, "entries_with_text")
    _describe(connection)


def _make_table(connection: Connection, name: str) -> None:
    connection.change(TABLES[name].format_map(connection.dialect.types))


def _make_index(connection: Connection, name: str) -> None:
    connection.change(f"CREATE INDEX {name} {INDEXES[name]}")


def _describe(connection: Connection) -> None:
    if not connection.dialect.wants_statistics:
        return
    connection.change("ANALYZE meta")  # makes the table of statistics
    connection.change("DELETE FROM sqlite_stat1")
    grown = [{"tbl": table, "idx": index, "stat": stat} for table, index, stat in _GROWN]
    connection.change_each("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)", grown)
    connection.rows("ANALYZE sqlite_schema")  # reads it


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from the version before; a new database skips it, because `tables` has it already."""

    number: int
    what: str
    apply: Callable[[Connection], object]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "the first tables", _make_whole),
    Migration(2, "a table of who is out of office", _add_absences),
    Migration(3, "indexes for a ledger that has grown", _add_indexes),
    Migration(4, "an index of whose turn it is", _index_turns),
    Migration(5, "the bytes of mails in a table of their own", _part_texts),
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
            meta.put(connection, EVERY_BOARD, _VERSION, str(migrations[-1].number))
    return due


def version_of(connection: Connection) -> int:
    """Return the schema's version, 0 where there is none yet."""
    if connection.row(connection.dialect.table_named, name="meta") is None:
        return 0
    return int(meta.value(connection, EVERY_BOARD, _VERSION) or 0)


def _due(version: int, migrations: Sequence[Migration], where: str) -> tuple[Migration, ...]:
    newest = migrations[-1].number
    if version > newest:
        raise LedgerRefused(
            f"{where} has schema {version}, and this release knows {newest} at most: start the newer release again, or "
            "put back the copy that was made before it"
        )
    return tuple(each for each in migrations if each.number > version) if version else tuple(migrations[:1])
