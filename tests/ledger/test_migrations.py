from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from reminders.ledger.base import LedgerRefused
from reminders.ledger.database import file_database, memory_database
from reminders.ledger.migrations import MIGRATIONS, Migration, migrate, pending, version_of
from reminders.ledger.tables import metadata


def do(statement):
    return lambda connection: connection.execute(text(statement))


SECOND = Migration(2, "a column for the weather", do("ALTER TABLE meta ADD COLUMN weather TEXT"))
THIRD = Migration(3, "a table for the weather", do("CREATE TABLE weather (day TEXT)"))


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
    assert migrate(database, (*MIGRATIONS, SECOND, THIRD)) == MIGRATIONS[:1]
    assert version(database) == 3


def test_an_older_database_is_walked_up_step_by_step(database):
    migrate(database)
    newer = (*MIGRATIONS, SECOND, THIRD)
    assert pending(database, newer) == (SECOND, THIRD)
    assert migrate(database, newer) == (SECOND, THIRD)
    assert "weather" in tables(database)
    assert (version(database), migrate(database, newer)) == (3, ())


def test_a_step_that_fails_leaves_nothing_of_the_others(database):
    migrate(database)
    before = tables(database)
    with pytest.raises(LedgerRefused):
        migrate(database, (*MIGRATIONS, Migration(2, "first", THIRD.apply), Migration(3, "nonsense", do("nonsense"))))
    assert (tables(database), version(database)) == (before, 1)


def test_a_newer_schema_is_refused_in_words(database):
    migrate(database, (*MIGRATIONS, SECOND))
    for look in (pending, migrate):
        with pytest.raises(LedgerRefused, match=r"schema 2, and this release knows 1 at most"):
            look(database)


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
