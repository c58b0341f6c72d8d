from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from reminders.ledger.base import LedgerRefused
from reminders.ledger.migrations import MIGRATIONS, Migration, migrate, pending, version_of
from reminders.ledger.server import server_database
from reminders.ledger.sql import SqlLedger
from reminders.ledger.sqlite import SQLITE, file_database, memory_database
from reminders.ledger.tables import TABLES
from tests.ledger.builders import BOARD, NOW, a_new_entry


def do(statement):
    return lambda connection: connection.change(statement)


NEWEST = MIGRATIONS[-1].number
COLUMN = Migration(NEWEST + 1, "a column for the weather", do("ALTER TABLE meta ADD COLUMN weather TEXT"))
TABLE = Migration(NEWEST + 2, "a table for the weather", do("CREATE TABLE weather (day TEXT)"))


@pytest.fixture
def database():
    made = memory_database()
    yield made
    made.close()


def version(database):
    with database.reading() as connection:
        return version_of(connection)


def tables(database):
    with database.reading() as connection:
        return set(connection.column("SELECT name FROM sqlite_master WHERE type = 'table'"))


def test_a_new_database_is_made_whole(database):
    assert pending(database) == MIGRATIONS[:1]
    migrate(database)
    assert set(TABLES) <= tables(database)
    assert (version(database), pending(database)) == (MIGRATIONS[-1].number, ())


def test_a_new_database_skips_the_steps_its_tables_have_already(database):
    assert migrate(database, (*MIGRATIONS, COLUMN, TABLE)) == MIGRATIONS[:1]
    assert version(database) == TABLE.number


def test_an_older_database_is_walked_up_step_by_step(database):
    migrate(database)
    newer = (*MIGRATIONS, COLUMN, TABLE)
    assert pending(database, newer) == (COLUMN, TABLE)
    assert migrate(database, newer) == (COLUMN, TABLE)
    assert "weather" in tables(database)
    assert (version(database), migrate(database, newer)) == (TABLE.number, ())


def test_a_step_that_fails_leaves_nothing_of_the_others(database):
    migrate(database)
    before = tables(database)
    with pytest.raises(LedgerRefused):
        migrate(database, (*MIGRATIONS, TABLE, Migration(TABLE.number + 1, "nonsense", do("nonsense"))))
    assert (tables(database), version(database)) == (before, NEWEST)


def test_a_newer_schema_is_refused_in_words(database):
    migrate(database, (*MIGRATIONS, COLUMN))
    for look in (pending, migrate):
        with pytest.raises(LedgerRefused, match=rf"schema {COLUMN.number}, and this release knows {NEWEST} at most"):
            look(database)


def test_the_second_step_brings_the_table_of_who_is_out_of_office(database):
    migrate(database, MIGRATIONS[:1])
    with database.writing() as connection:
        connection.change("DROP TABLE absences")
    assert migrate(database, MIGRATIONS[:2]) == MIGRATIONS[1:2]
    assert "absences" in tables(database)


def test_processes_that_start_at_once_migrate_once(tmp_path):
    file = tmp_path / "ledger.sqlite"
    file.touch()
    together = Barrier(4)

    def start(_):
        database = file_database(file)
        together.wait()
        done = migrate(database)
        database.close()
        return done

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(start, range(4)))
    assert sorted(done, key=len) == [(), (), (), MIGRATIONS[:1]]


def test_numbers_rise_by_one():
    assert [each.number for each in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


SCHEMA_ON_SQLITE = """
    SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
    UNION SELECT name || ' ' || substr(sql, instr(sql, ' ON ')) FROM sqlite_master WHERE type = 'index' AND sql <> ''"""
SCHEMA_ON_POSTGRESQL = """
    SELECT table_name || '.' || column_name || data_type FROM information_schema.columns WHERE table_schema = 'public'
    UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"""


def schema(database):
    with database.reading() as connection:
        return set(connection.column(SCHEMA_ON_SQLITE if database.dialect is SQLITE else SCHEMA_ON_POSTGRESQL))


@pytest.fixture(params=["in memory", "in PostgreSQL"])
def any_database(request):
    in_memory = request.param == "in memory"
    made = memory_database() if in_memory else server_database(request.getfixturevalue("database_url"))
    yield made
    made.close()


SINCE_THE_FIRST_VERSION = (
    "DROP TABLE absences",
    "DROP INDEX entries_by_creation",
    "DROP INDEX entries_by_settling",
    "DROP INDEX entries_by_person",
    "DROP INDEX entries_by_bounce",
    "DROP INDEX reminders_by_person",
    "DROP INDEX entries_with_text",
    "DROP INDEX entries_by_turn",
    "CREATE INDEX entries_by_state ON entries (board, state)",
    "DROP TABLE texts",
    "UPDATE meta SET value = '1' WHERE name = 'schema'",
)


def as_the_first_version_made_it(database):
    with database.writing() as connection:
        for statement in SINCE_THE_FIRST_VERSION:
            connection.change(statement)
        kind = connection.dialect.types["bytes"]
        empty = "''" if kind == "BYTEA" else "x''"
        connection.change(f"ALTER TABLE entries ADD COLUMN mime {kind} NOT NULL DEFAULT {empty}")


def test_a_ledger_of_the_first_version_becomes_like_a_new_one(any_database):
    migrate(any_database)
    new = schema(any_database)
    as_the_first_version_made_it(any_database)
    assert schema(any_database) != new
    assert migrate(any_database) == MIGRATIONS[1:]
    assert schema(any_database) == new


def test_the_fifth_step_keeps_the_bytes_of_every_mail(any_database):
    migrate(any_database)
    ledger, new = SqlLedger(any_database, BOARD), a_new_entry()
    ledger.enter([new, a_new_entry(2)], NOW)
    as_the_first_version_made_it(any_database)
    with any_database.writing() as connection:  # the other mail's text was dropped long ago
        connection.change("UPDATE entries SET mime = :mime WHERE key = :key", mime=new.mime, key=new.key)
        connection.change("UPDATE entries SET subject = '' WHERE key <> :key", key=new.key)
    migrate(any_database)
    assert [entry.new.mime for entry in ledger.entries()] == [new.mime, b""]
    with any_database.reading() as connection:
        assert connection.value("SELECT count(*) FROM texts") == 1
