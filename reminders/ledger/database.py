"""One database, SQLite or PostgreSQL: how a transaction is held, and how statements and values reach it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import NoneType
from typing import Any, Protocol

from reminders.ledger.base import LedgerFault

Row = tuple[Any, ...]

_STORED_AS_THEY_ARE = frozenset({str, int, bytes, bool, NoneType})


class Cursor(Protocol):
    """What a driver answers a statement with."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def executemany(self, statement: str, values: Sequence[Mapping[str, Any]], /) -> Any: ...


class Driver(Protocol):
    """A driver's connection; both drivers have these calls."""

    def execute(self, statement: str, values: Mapping[str, Any], /) -> Cursor: ...

    def cursor(self) -> Cursor: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one kind of database wants otherwise than another; all else is spelled alike."""

    error: type[Exception]  # whatever its driver raises
    fault: Callable[[Any, str], LedgerFault]  # what such an error means, of the database called so
    spelled: Callable[[str], str]  # a statement of ours, as the driver takes it
    listed: Callable[[Collection[Any]], Any]  # the values of an `IN :these`
    alive: Callable[[Any], bool]  # whether a connection that lay idle is still good
    begin_writing: tuple[str, ...]
    begin_passing: tuple[str, ...]  # a commit that does not wait for the disk
    as_usual: tuple[str, ...]  # what undoes that for the next
    alone: str  # keeps every other writer out until the end
    table_named: str  # finds a row where there is a table `:name`
    types: Mapping[str, str]  # of columns, by the words that `tables` has for them
    wants_statistics: bool  # whether it must be told how its tables will grow


class Connection:
    """One transaction. Statements name their values as `:name`, and lists as `IN :these`.

    Moments are stored in UTC, as text of one width where a database has no type for them; days as ISO text.
    """

    def __init__(self, driver: Driver, dialect: Dialect) -> None:
        """Take a driver's connection on which a transaction has begun."""
        self._driver = driver
        self.dialect = dialect

    def rows(self, statement: str, **values: Any) -> list[Row]:
        """Return all that is found."""
        return self._execute(statement, values).fetchall()

    def row(self, statement: str, **values: Any) -> Row | None:
        """Return the first that is found; a statement that changes something finds one at most."""
        row: Row | None = self._execute(statement, values).fetchone()
        return row

    def value(self, statement: str, **values: Any) -> Any:
        """Return the first column of the first row, or None where nothing is found."""
        row = self.row(statement, **values)
        return row[0] if row else None

    def column(self, statement: str, **values: Any) -> list[Any]:
        """Return the first column of all that is found."""
        return [row[0] for row in self.rows(statement, **values)]

    def change(self, statement: str, **values: Any) -> int:
        """Carry out a change and return how many rows it met."""
        return self._execute(statement, values).rowcount

    def change_each(self, statement: str, values: Sequence[Mapping[str, Any]]) -> None:
        """Carry out a change once for each of these values."""
        if values:
            self._driver.cursor().executemany(self.dialect.spelled(statement), [self._stored(each) for each in values])

    def _execute(self, statement: str, values: Mapping[str, Any]) -> Cursor:
        return self._driver.execute(self.dialect.spelled(statement), self._stored(values))

    def _stored(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: value if type(value) in _STORED_AS_THEY_ARE else self._stored_value(value)
            for name, value in values.items()
        }

    def _stored_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return _moment_text(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str):  # a state, or a reason
            return str(value)
        return self.dialect.listed(value)


def _moment_text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise TypeError("the ledger takes aware times only: nobody could say when this one was")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def moment(text: str) -> datetime:
    """Return the moment that was stored."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moment_or_none(text: str | None) -> datetime | None:
    """Return the moment that was stored, if there was one."""
    return None if text is None else moment(text)


class Database:
    """A few connections, and the name by which messages call what they lead to: a path, or a server."""

    def __init__(self, where: str, connect: Callable[[], Driver], dialect: Dialect) -> None:
        """Say how it is reached; nothing is reached yet."""
        self.where = where
        self.dialect = dialect
        self._connect = connect
        self._idle: list[Driver] = []  # one thread takes from it, and gives back, in one step each

    def reading(self) -> AbstractContextManager[Connection]:
        """Hold a transaction that changes nothing."""
        return self._transaction(("BEGIN",), ("ROLLBACK",))

    def writing(self) -> AbstractContextManager[Connection]:
        """Hold a transaction that is committed at the end, or undone by an exception."""
        return self._transaction(self.dialect.begin_writing, ("COMMIT",))

    def writing_in_passing(self) -> AbstractContextManager[Connection]:
        """Do so, but do not wait for the disk: until the next `writing` commits, a power cut may undo this one.

        The end of the process does not, and no other process sees the difference.
        """
        return self._transaction(self.dialect.begin_passing, ("COMMIT", *self.dialect.as_usual))

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Hold a writing transaction that no other process holds at the same time."""
        with self.writing() as connection:
            connection.rows(self.dialect.alone)
            yield connection

    @contextmanager
    def _transaction(self, begin: Sequence[str], end: Sequence[str]) -> Iterator[Connection]:
        try:
            driver = self._idle_one() or self._connect()
            try:
                _tell(driver, begin)
                yield Connection(driver, self.dialect)
                _tell(driver, end)
            except BaseException:
                self._undo(driver)
                raise
        except self.dialect.error as error:
            # The original is cut off: a server's error quotes the row it refused, names and addresses included.
            raise self.dialect.fault(error, self.where) from None
        self._idle.append(driver)

    def _idle_one(self) -> Driver | None:
        while self._idle:
            try:
                driver = self._idle.pop()
            except IndexError:  # another thread was quicker
                return None
            if self.dialect.alive(driver):
                return driver
            driver.close()
        return None

    def _undo(self, driver: Driver) -> None:
        try:
            _tell(driver, ("ROLLBACK", *self.dialect.as_usual))
        except self.dialect.error:  # nobody could say in which state it is
            driver.close()
        else:
            self._idle.append(driver)

    def close(self) -> None:
        """Let go of every connection."""
        while self._idle:
            self._idle.pop().close()


def _tell(driver: Driver, statements: Sequence[str]) -> None:
    for each in statements:
        driver.execute(each, {})
