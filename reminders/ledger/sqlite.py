"""SQLite: a file of this very machine, or memory; how it is opened, and what its errors mean."""

import json
import re
import sqlite3
from functools import cache
from pathlib import Path
from threading import Event
from urllib.parse import quote

from reminders.ledger.base import LedgerFault, LedgerRefused, LedgerUnreachable, LedgerUnwritable
from reminders.ledger.database import Database, Dialect

_PATIENCE = 10  # seconds to wait for another writer
_TRIES = 200
_ON_DISK = "PRAGMA synchronous = FULL"  # with NORMAL a mark is not yet on disk when its mail leaves
_ON_OPENING = (_ON_DISK, "PRAGMA foreign_keys = ON")
_BEGIN = "BEGIN IMMEDIATE"  # it must take its lock at once, or two readers that come to write can deadlock
_LIST = re.compile(r"\bIN :(\w+)")
_ROW_LOCK = re.compile(r" FOR UPDATE( SKIP LOCKED)?")  # its writers are alone in the whole file


def file_database(path: Path) -> Database:
    """Reach an SQLite file that is there; a file that has gone is never made anew behind a running service."""
    uri = f"file:{quote(str(path))}?mode=rw"

    def connect() -> sqlite3.Connection:
        return _prepared(
            sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        )

    return Database(str(path), connect, SQLITE)


def memory_database() -> Database:
    """Make a database that is gone when it is closed; for one thread at a time."""
    only = _prepared(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
    database = Database("the ledger in memory", lambda: only, SQLITE)
    with database.reading():  # from now on it lies idle, and is closed with the database
        return database


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    _keep_a_log(connection)
    for pragma in _ON_OPENING:
        connection.execute(pragma).close()
    return connection


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


@cache
def _spelled(statement: str) -> str:
    return _LIST.sub(r"IN (SELECT value FROM json_each(:\1))", _ROW_LOCK.sub("", statement))


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


SQLITE = Dialect(
    error=sqlite3.Error,
    fault=sqlite_fault,
    spelled=_spelled,
    listed=lambda values: json.dumps(list(values)),
    alive=lambda _: True,
    begin_writing=(_BEGIN,),
    begin_passing=("PRAGMA synchronous = NORMAL", _BEGIN),
    as_usual=(_ON_DISK,),
    alone="SELECT 1",  # as every writer is
    table_named="SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name",
    types={"number": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", "moment": "DATETIME", "bytes": "BLOB"},
    wants_statistics=True,
)
