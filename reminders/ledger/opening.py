"""A ledger is opened: its directory, its lock, its database and its tables, each looked at before anything is sent."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, overload

from reminders.ledger import migrations, recovery
from reminders.ledger.base import LedgerLost, LedgerRefused
from reminders.ledger.database import Database
from reminders.ledger.migrations import MIGRATIONS, Migration
from reminders.ledger.sql import SqlLedger
from reminders.ledger.sqlite import damaged, file_database, memory_database
from reminders.ledger.state_dir import Lock, make_state_dir, open_file, refuse_network_drive, sync_dir
from reminders.ledger.witness import Witness

FILE = "ledger.sqlite"


@overload
def open_ledger(
    state_dir: Path,
    url: str | None,
    *,
    board: str,
    lock: bool,
    run_migrations: bool = ...,
    create: Literal[True] = ...,
    scratch: bool = ...,
    actor: str = ...,
) -> SqlLedger: ...


@overload
def open_ledger(
    state_dir: Path,
    url: str | None,
    *,
    board: str,
    lock: bool,
    run_migrations: bool = ...,
    create: bool,
    scratch: bool = ...,
    actor: str = ...,
) -> SqlLedger | None: ...


def open_ledger(
    state_dir: Path,
    url: str | None,
    *,
    board: str,
    lock: bool,
    run_migrations: bool = True,
    create: bool = True,
    scratch: bool = False,
    actor: str = "service",
) -> SqlLedger | None:
    """Open a board's ledger: SQLite in the state directory, or PostgreSQL where there is a URL.

    With `create` off, nothing is made, and None says that there is no ledger yet. `lock` keeps a second process off an
    SQLite ledger for as long as it is open. A `scratch` one lives in memory and leaves no trace.
    """
    if scratch:
        return _scratch(board, actor)
    with ExitStack() as undo:
        database = _reached(undo, state_dir, url, lock=lock, create=create)
        if database is None or not _tables_ready(database, run_migrations=run_migrations, create=create):
            return _none_unless_gone(Witness(state_dir))
        witness = Witness(state_dir)
        if not _introduced(database, board, witness, create=create):
            return _none_unless_gone(witness)
        return SqlLedger(database, board, witness, actor=actor, let_go=undo.pop_all().close)


def pending_migrations(state_dir: Path, url: str | None) -> tuple[Migration, ...]:
    """Return what opening the ledger would do to its tables; nothing is made or changed."""
    with ExitStack() as undo:
        database = _reached(undo, state_dir, url, lock=False, create=False)
        return migrations.pending(database) if database else MIGRATIONS[:1]


def _scratch(board: str, actor: str) -> SqlLedger:
    database = memory_database()
    migrations.migrate(database)
    return SqlLedger(database, board, actor=actor)


def _reached(undo: ExitStack, state_dir: Path, url: str | None, *, lock: bool, create: bool) -> Database | None:
    if create:
        make_state_dir(state_dir)
    if url is not None:
        database = _server_database(url)
        undo.callback(database.close)
        return database
    refuse_network_drive(state_dir)
    file = state_dir / FILE
    if not create and not file.exists():
        return None
    if lock:
        undo.enter_context(Lock(state_dir))
    if create:
        _make_file(file)
    database = file_database(file)
    undo.callback(database.close)
    _check(database)
    return database


def _server_database(url: str) -> Database:
    try:
        from reminders.ledger.server import server_database  # noqa: PLC0415 - an SQLite ledger does without its driver
    except ModuleNotFoundError:
        raise LedgerRefused(
            "a PostgreSQL ledger needs the package psycopg: install the requirements again, or set ledger.url to null"
        ) from None
    return server_database(url)


def _make_file(file: Path) -> None:
    # SQLite would make it readable for everybody; its -wal and -shm take over the mode of the file.
    if not file.exists():
        os.close(open_file(file, os.O_RDWR))
        sync_dir(file.parent)


def _check(database: Database) -> None:
    with database.reading() as connection:
        verdict = connection.value("PRAGMA quick_check(1)")
    if verdict != "ok":
        raise damaged(database.where, str(verdict))


def _tables_ready(database: Database, *, run_migrations: bool, create: bool) -> bool:
    due = migrations.pending(database)
    if due == MIGRATIONS[:1] and not create:
        return False
    if due and not run_migrations:
        raise LedgerRefused(
            f"{database.where} needs {', '.join(each.what for each in due)}; run `migrate`, or set "
            "ledger.run_migrations to true"
        )
    if due:
        migrations.migrate(database)
    return True


def _introduced(database: Database, board: str, witness: Witness, *, create: bool) -> bool:
    """Give a new ledger its id, and tell a witness that has gone; one that names another ledger is left as it is."""
    with database.reading() as connection:
        ledger_id = recovery.ledger_id(connection, board)
    if not create:
        return bool(ledger_id)
    if not ledger_id:
        with database.alone() as connection:
            ledger_id = recovery.establish(connection, board)
    if witness.identity() is None:
        witness.testify(ledger_id)
    return True


def _none_unless_gone(witness: Witness) -> SqlLedger | None:
    if witness.identity() is not None or witness.journal.notices():
        raise LedgerLost(
            f"there was a ledger here, and it has gone: {witness.path} or its journal still speak of it. Put back its "
            "last copy, or let `ledger adopt` begin a new one"
        )
    return None
