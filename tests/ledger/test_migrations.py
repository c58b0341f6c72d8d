from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import inspect, text

from reminders.ledger.base import LedgerRefused
from reminders.ledger.database import file_database, memory_database, server_database
from reminders.ledger.migrations import MIGRATIONS, Migration, migrate, pending, version_of
from reminders.ledger.tables import metadata


def do(statement):
    return lambda connection: connection.execute(text(statement))


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
        return set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())


def test_a_new_database_is_made_whole(database):
    assert pending(database) == MIGRATIONS[:1]
    migrate(database)
    assert set(metadata.tables) <= tables(database)
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
        connection.execute(text("DROP TABLE absences"))
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


def schema(database):
    with database.reading() as connection:
        inspector = inspect(connection)
        return {
            table: {index["name"] for index in inspector.get_indexes(table)} for table in inspector.get_table_names()
        }


@pytest.fixture(params=["in memory", "in PostgreSQL"])
def any_database(request):
    in_memory = request.param == "in memory"
    made = memory_database() if in_memory else server_database(request.getfixturevalue("database_url"))
    yield made
    made.close()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_a_ledger_of_the_first_version_becomes_like_a_new_one(any_database):
    migrate(any_database)
    new = schema(any_database)
    with any_database.writing() as connection:
        connection.execute(text("DROP TABLE absences"))
        for name in ("entries_by_creation", "entries_by_settling", "entries_by_person", "entries_by_bounce"):
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("DROP INDEX reminders_by_person"))
        connection.execute(text("DROP INDEX entries_with_text"))
        connection.execute(text("DROP INDEX entries_by_turn"))
        connection.execute(text("CREATE INDEX entries_by_state ON entries (board, state)"))
        connection.execute(text("UPDATE meta SET value = '1' WHERE name = 'schema'"))
    assert migrate(any_database) == MIGRATIONS[1:]
    assert schema(any_database) == new
