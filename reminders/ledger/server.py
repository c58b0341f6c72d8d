"""A PostgreSQL server: how it is reached, and how long it may keep a tick waiting; imported only where one is named."""

import re
from functools import cache
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import TextLoader

from reminders.ledger.base import LedgerFault, LedgerRefused, LedgerUnreachable, LedgerUnwritable
from reminders.ledger.database import Database, Dialect

_T = TypeVar("_T")

_TO_CONNECT = 10  # seconds
_TO_ANSWER = 20  # seconds the server gives a statement
_SILENCE = 25.0  # seconds after which a server that says nothing counts as gone
_ON_REACHING: dict[str, Any] = {
    "autocommit": True,  # transactions are begun and ended in so many words
    "connect_timeout": _TO_CONNECT,
    "tcp_user_timeout": _TO_CONNECT * 1000,
    "application_name": "reminders",
}
_ON_CONNECTING = (
    f"SET statement_timeout = '{_TO_ANSWER}s'",
    # Its locks would keep the other replicas from their work.
    f"SET idle_in_transaction_session_timeout = '{_TO_ANSWER}s'",
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO'",
)
_READ_AS_TEXT = ("timestamptz", "json")  # as SQLite has them
_NOT_AT_PRESENT = (psycopg.OperationalError, psycopg.InterfaceError)
_LIST = re.compile(r"\bIN :(\w+)")
_VALUE = re.compile(r":(\w+)")


class PatientConnection(psycopg.Connection[tuple[object, ...]]):
    """A connection that gives a silent server up; the timeouts of the server itself end with the server."""

    def wait(self, gen: PQGen[_T], interval: float = 0.1, timeout: float | None = None) -> _T:
        """Wait for an answer, and close a connection that gives none: nobody could tell what it answers later."""
        try:
            return super().wait(gen, interval, _SILENCE if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if error.sqlstate is None:
                self.close()
            raise


def server_database(url: str) -> Database:
    """Reach a PostgreSQL server; nothing is sent to it yet.

    What the URL says after its `?` is handed on: sslmode, sslrootcert and whatever else libpq knows.
    """
    words = _words_of(url)
    where = f"the ledger in PostgreSQL ({words.get('dbname') or 'no name'} on {words.get('host') or 'this machine'})"

    def connect() -> PatientConnection:
        try:
            return _connected(url)
        except psycopg.Error as error:  # not let in yet, so nothing of ours is quoted
            raise _silent(where, str(error).partition("\n")[0]) from None

    return Database(where, connect, POSTGRESQL)


def _words_of(url: str) -> dict[str, Any]:
    try:
        words = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        words = {}
    ports = str(words.get("port", "")).split(",")
    if not url.startswith(("postgresql://", "postgres://")) or not all(each.isdigit() for each in ports if each):
        raise LedgerRefused(
            "ledger.url is no address of a PostgreSQL database; "
            "write postgresql://USER@HOST/DATABASE, or null for SQLite in the state directory"
        )
    return words


def _connected(url: str) -> PatientConnection:
    connection = PatientConnection.connect(url, **_ON_REACHING)
    for statement in _ON_CONNECTING:
        connection.execute(statement)
    for kind in _READ_AS_TEXT:
        connection.adapters.register_loader(kind, TextLoader)
    return connection


def _alive(connection: PatientConnection) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


@cache
def _spelled(statement: str) -> str:
    listed = _LIST.sub(r"= ANY(:\1)", statement.replace("%", "%%"))
    return _VALUE.sub(r"%(\1)s", listed)


def _fault(error: psycopg.Error, where: str) -> LedgerFault:
    """Say what an error of the server, or of the way to it, means."""
    if error.sqlstate in {"53100", "25006"}:  # disk full, read-only
        return LedgerUnwritable(f"{where} cannot be written (SQLSTATE {error.sqlstate}); make room there, or mend it")
    if error.sqlstate == "42501":
        return LedgerRefused(f"{where} does not let our user do this (SQLSTATE {error.sqlstate}); grant it the tables")
    name = error.sqlstate or type(error).__name__
    if isinstance(error, _NOT_AT_PRESENT):
        return _silent(where, name)
    return LedgerRefused(f"{where} refused a statement ({name})")


def _silent(where: str, why: str) -> LedgerUnreachable:
    return LedgerUnreachable(f"{where} does not answer at present ({why})")


POSTGRESQL = Dialect(
    error=psycopg.Error,
    fault=_fault,
    spelled=_spelled,
    listed=list,
    alive=_alive,
    begin_writing=("BEGIN",),
    begin_passing=("BEGIN",),  # how a server keeps what it was given is for those to say who run it
    as_usual=(),
    # Nothing else serialises replicas that start at once; any constant does, so long as it is always this one.
    alone="SELECT pg_advisory_xact_lock(7301031)",
    table_named="SELECT 1 FROM pg_tables WHERE schemaname = ANY (current_schemas(FALSE)) AND tablename = :name",
    types={"number": "SERIAL PRIMARY KEY", "moment": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA"},
    wants_statistics=False,  # it looks at its tables by itself
)
