"""A PostgreSQL server: how it is reached, and how long it may keep a tick waiting; imported only where one is named."""

from typing import TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import URL, Dialect, create_engine, event, exc, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from reminders.ledger.base import LedgerRefused
from reminders.ledger.database import Database

_T = TypeVar("_T")

_TO_CONNECT = 10  # seconds
_TO_ANSWER = 20  # seconds the server gives a statement
_SILENCE = 25.0  # seconds after which a server that says nothing counts as gone
_ON_REACHING = {
    "connect_timeout": _TO_CONNECT,
    "tcp_user_timeout": _TO_CONNECT * 1000,
    "application_name": "reminders",
}
_ON_CONNECTING = (
    f"SET statement_timeout = '{_TO_ANSWER}s'",
    # Its locks would keep the other replicas from their work.
    f"SET idle_in_transaction_session_timeout = '{_TO_ANSWER}s'",
)


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
    address = _address(url)
    # A pooled connection is asked whether it is still good before it is used.
    engine = create_engine(address, connect_args=_ON_REACHING, pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "do_connect")
    def reach(_: Dialect, __: ConnectionPoolEntry, words: list[object], options: dict[str, object]) -> DBAPIConnection:
        return PatientConnection.connect(*words, **options)  # type: ignore[arg-type, return-value]

    @event.listens_for(engine, "connect")
    def prepare(connection: psycopg.Connection[object], _: object) -> None:
        for statement in _ON_CONNECTING:
            connection.execute(statement)
        connection.commit()

    return Database(
        engine, f"the ledger in PostgreSQL ({address.database or 'no name'} on {address.host or 'this machine'})"
    )


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (exc.ArgumentError, ValueError):
        address = None
    if address is None or address.get_backend_name() not in {"postgresql", "postgres"}:
        raise LedgerRefused(
            "ledger.url is no address of a PostgreSQL database; "
            "write postgresql://USER@HOST/DATABASE, or null for SQLite in the state directory"
        )
    return address.set(drivername="postgresql+psycopg")
