import sqlite3
import sys

import pytest

from reminders.ledger import meta
from reminders.ledger.base import LedgerRefused, LedgerUnreachable, LedgerUnwritable
from reminders.ledger.migrations import migrate
from reminders.ledger.opening import open_ledger
from reminders.ledger.server import server_database
from reminders.ledger.sqlite import file_database, memory_database


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a ledger?#%41.sqlite"  # nothing in a name may be read as part of an address
    path.touch()
    return path


@pytest.fixture
def database(file):
    made = file_database(file)
    migrate(made)
    yield made
    made.close()


ROW = {"board": "b", "name": "n", "value": "1"}
INSERT = "INSERT INTO meta (board, name, value) VALUES (:board, :name, :value)"


def rows(database):
    with database.reading() as connection:
        return connection.column("SELECT value FROM meta WHERE board = 'b'")


def pragma(database, name):
    with database.reading() as connection:
        return connection.value(f"PRAGMA {name}")


def test_sqlite_is_set_to_keep_what_it_was_given(database):
    found = [pragma(database, name) for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")]
    assert found == ["wal", 2, 1, 10_000]


def test_a_file_that_is_gone_is_not_made_anew(tmp_path):
    database = file_database(tmp_path / "gone.sqlite")
    with pytest.raises(LedgerUnwritable, match=r"gone\.sqlite"), database.reading():
        pass
    database.close()
    assert list(tmp_path.iterdir()) == []


def write_and_fail(database):
    with database.writing() as connection:
        connection.change(INSERT, **ROW)
        raise RuntimeError


def test_what_an_exception_interrupts_is_undone(database):
    with pytest.raises(RuntimeError):
        write_and_fail(database)
    assert rows(database) == []


def test_a_writer_takes_its_lock_at_once(file, database):
    with sqlite3.connect(file, timeout=0) as other, database.writing(), pytest.raises(sqlite3.OperationalError):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_readers_do_not_wait_for_a_writer(database):
    with database.writing() as connection:
        connection.change(INSERT, **ROW)
        assert rows(database) == []
    assert rows(database) == ["1"]


def test_a_row_is_inserted_once(database):
    with database.writing() as connection:
        meta.put_once(connection, **ROW)
        meta.put_once(connection, **ROW | {"value": "2"})
    assert rows(database) == ["1"]


def test_a_row_is_put_over_the_one_before(database):
    with database.writing() as connection:
        meta.put(connection, **ROW)
        meta.put(connection, **ROW | {"value": "2"})
    assert rows(database) == ["2"]


# Faults.


def test_a_locked_database_is_worth_another_try(file, database):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with database.reading() as connection:
        connection.rows("PRAGMA busy_timeout = 1")
    with pytest.raises(LedgerUnreachable, match="locked"), database.writing():
        pass
    other.close()


def test_a_full_disk_is_told_as_such(database):
    with database.reading() as connection:
        pages = connection.value("PRAGMA page_count")
        connection.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerUnwritable, match="full"), database.writing() as connection:
        connection.change(INSERT, **ROW | {"value": "x" * 100_000})
    assert rows(database) == []


def test_a_file_that_is_no_database_is_refused_and_kept(file):
    file.write_bytes(b"Dear colleague,\n" * 1000)
    database = file_database(file)
    with pytest.raises(LedgerRefused, match=r"damaged .*put a copy"), database.reading():
        pass
    database.close()
    assert file.read_bytes() == b"Dear colleague,\n" * 1000


def test_a_fault_quotes_nothing_that_was_to_be_stored(database):
    secret = "m.evans@westberks.example"
    with database.writing() as connection:
        connection.change(INSERT, **ROW | {"name": secret})
    with pytest.raises(LedgerRefused) as fault, database.writing() as connection:
        connection.change(INSERT, **ROW | {"name": secret})
    assert secret not in str(fault.value)
    assert fault.value.__suppress_context__


def test_a_statement_the_database_does_not_know_is_refused(database):
    with pytest.raises(LedgerRefused, match="refused a statement"), database.reading() as connection:
        connection.rows("SELECT nothing FROM nowhere")


def test_a_database_in_memory_is_gone_when_it_is_closed():
    database = memory_database()
    migrate(database)
    database.close()
    with pytest.raises(LedgerRefused), database.reading() as connection:
        connection.rows("SELECT value FROM meta")
    database.close()


# Servers.


@pytest.mark.parametrize(
    "url", ["mysql://reader:hush@db/x", "sqlite:///x", "hush", "postgresql://reader:hush@db:port/x"]
)
def test_an_address_of_no_postgresql_database_is_refused_without_its_password(url):
    with pytest.raises(LedgerRefused, match=r"postgresql://USER@HOST/DATABASE") as fault:
        server_database(url)
    assert "hush" not in str(fault.value)


def test_without_its_driver_postgresql_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "reminders.ledger.server", raising=False)
    with pytest.raises(LedgerRefused, match="needs the package psycopg"):
        open_ledger(tmp_path, "postgresql://reader:hush@db/ledger", board="b", lock=False)
