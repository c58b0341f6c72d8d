"""The schema's versions: a new database is made whole, an older one is walked up step by step, a newer one refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from reminders.ledger.base import LedgerRefused
from reminders.ledger.database import Database, put
from reminders.ledger.tables import EVERY_BOARD, meta, metadata

_VERSION = {"board": EVERY_BOARD, "name": "schema"}


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from the version before; a new database skips it, because `tables` has it already."""

    number: int
    what: str
    apply: Callable[[Connection], object]


MIGRATIONS: tuple[Migration, ...] = (Migration(1, "the first tables", metadata.create_all),)


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
