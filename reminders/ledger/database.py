"""One database, SQLite or PostgreSQL: how it is reached, how a transaction is held, and what its faults mean."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

from sqlalchemy import Column, Connection, Engine, Row, Table, create_engine, event, exc
from sqlalchemy.pool import QueuePool, StaticPool

from reminders.ledger.base import LedgerFault, LedgerRefused, LedgerUnreachable, LedgerUnwritable

_PATIENCE = 10  # seconds to wait for another writer
_TRIES = 200
_ON_SQLITE = (
    "PRAGMA synchronous = FULL",  # with NORMAL a mark is not yet on disk when its mail leaves
    "PRAGMA foreign_keys = ON",
)
_NOT_AT_PRESENT = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
# Nothing else serialises replicas that start at once; any constant does, so long as it is always this one.
_LOCK_OF_POSTGRESQL = "SELECT pg_advisory_xact_lock(7301031)"


@dataclass(frozen=True, slots=True)
class Database:
    """An engine, and the name by which messages call it: a path, or a server without its password."""

    engine: Engine
    where: str
    _writer: Engine = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Set the engine for writing apart: SQLite must take its lock at BEGIN, or two readers can deadlock."""
        object.__setattr__(self, "_writer", self.engine.execution_options(write=True))

    @property
    def on_sqlite(self) -> bool:
        """Say whether it is a file, or memory, of this very machine."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Hold a transaction that changes nothing."""
        with faults_in_words(self.where), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold a transaction that is committed at the end, or undone by an exception."""
        with faults_in_words(self.where), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Hold a writing transaction that no other process holds at the same time."""
        with self.writing() as connection:
            if not self.on_sqlite:  # where BEGIN IMMEDIATE has the lock already
                connection.exec_driver_sql(_LOCK_OF_POSTGRESQL)
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def file_database(path: Path) -> Database:
    """Reach an SQLite file that is there; a file that has gone is never made anew behind a running service."""
    uri = f"file:{quote(str(path))}?mode=rw"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)

    return Database(
        _sqlite(create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)), str(path)
    )


def memory_database() -> Database:
    """Make a database that is gone when it is closed; for one thread at a time."""
    options = {"isolation_level": None, "check_same_thread": False}
    engine = create_engine("sqlite://", connect_args=options, poolclass=StaticPool, hide_parameters=True)
    return Database(_sqlite(engine), "the ledger in memory")


def server_database(url: str) -> Database:
    """Reach a PostgreSQL server; nothing is sent to it yet."""
    try:
        server = import_module("reminders.ledger.server")  # with its driver, which an SQLite ledger does without
    except ModuleNotFoundError:
        raise LedgerRefused(
            "a PostgreSQL ledger needs the package psycopg: install the requirements again, or set ledger.url to null"
        ) from None
    database: Database = server.server_database(url)
    return database


def _sqlite(engine: Engine) -> Engine:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        _keep_a_log(connection)
        for pragma in _ON_SQLITE:
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        # Past SQLAlchemy, whose part of this would cost ten times what SQLite's does.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if write else "BEGIN").close()

    return engine


def _keep_a_log(connection: sqlite3.Connection) -> None:
    # Of processes that open a new file at once, SQLite turns some away without the patience it was given.
    for _ in range(_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            Event().wait(_PATIENCE / _TRIES)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL").close()


# Writing what may be there already; the two dialects spell it alike, but SQLAlchemy has it apart.


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row; False where a unique key says that it is there already."""
    statement = _insert(connection, table).values(row).on_conflict_do_nothing()
    return bool(connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount)


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *answer: Column[Any]
) -> Sequence[Row[Any]]:
    """Insert those rows that are not there already, and return the columns asked for of each that was not."""
    return connection.execute(_insert(connection, table).on_conflict_do_nothing().returning(*answer), rows).all()


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or write it over the one with the same primary key."""
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in keys}
    connection.execute(_insert(connection, table).values(row).on_conflict_do_update(index_elements=keys, set_=rest))


def _insert(connection: Connection, table: Table) -> Any:
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


# What went wrong, as the one decision the caller can take.


@contextmanager
def faults_in_words(where: str) -> Iterator[None]:
    """Turn whatever the database raises into a LedgerFault.

    The original is cut off: a server's error quotes the row it refused, names and addresses included.
    """
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise _as_fault(error, where) from None
    except sqlite3.Error as error:  # of a BEGIN
        raise sqlite_fault(error, where) from None


def _as_fault(error: exc.SQLAlchemyError, where: str) -> Exception:
    if isinstance(error, exc.StatementError) and isinstance(error.orig, TypeError | ValueError):
        return error.orig  # a value of ours that no column takes
    return _fault(error, where)


def _fault(error: exc.SQLAlchemyError, where: str) -> LedgerFault:
    cause = error.orig if isinstance(error, exc.DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        return sqlite_fault(cause, where)
    return _server_fault(error, getattr(cause, "sqlstate", None), where)


def sqlite_fault(cause: sqlite3.Error, where: str) -> LedgerFault:
    """Say what an error of SQLite means."""
    code = (getattr(cause, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF  # without its finer distinction
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return LedgerUnwritable(f"cannot write {where}: {cause}; make room on its disk, or mend it")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return LedgerUnwritable(f"cannot write {where}: {cause}; look at the owner and mode of the file and its folder")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(where, str(cause))
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerUnreachable(f"{where} was locked by another process for {_PATIENCE} seconds; try again")
    return LedgerRefused(f"{where} refused a statement: {cause}")


def damaged(where: str, what: str) -> LedgerRefused:
    """Say that an SQLite file is corrupt, and how to go on."""
    return LedgerRefused(
        f"{where} is damaged ({what}). It is kept as it is. Stop the service, move it aside together with its -wal and "
        "-shm files, put a copy made by `backup` in its place, and start again; then `ledger adopt`"
    )


def _server_fault(error: exc.SQLAlchemyError, sqlstate: str | None, where: str) -> LedgerFault:
    if sqlstate in {"53100", "25006"}:  # disk full, read-only
        return LedgerUnwritable(f"{where} cannot be written (SQLSTATE {sqlstate}); make room there, or mend it")
    if sqlstate == "42501":
        return LedgerRefused(f"{where} does not let our user do this (SQLSTATE {sqlstate}); grant it the tables")
    if isinstance(error, _NOT_AT_PRESENT) or getattr(error, "connection_invalidated", False):
        return LedgerUnreachable(f"{where} does not answer at present ({_why_silent(error, sqlstate)})")
    return LedgerRefused(f"{where} refused a statement ({sqlstate or type(error).__name__})")


def _why_silent(error: exc.SQLAlchemyError, sqlstate: str | None) -> str:
    if isinstance(error, exc.DBAPIError) and error.statement is None:  # not let in yet, so nothing of ours is quoted
        return str(error.orig).partition("\n")[0]
    return sqlstate or type(error).__name__
