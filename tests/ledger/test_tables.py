from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reminders.ledger.base import LedgerRefused, State
from reminders.ledger.database import moment
from reminders.ledger.migrations import migrate
from reminders.ledger.rows import enter
from reminders.ledger.server import server_database
from reminders.ledger.sqlite import memory_database
from reminders.ledger.tables import TABLES
from tests.ledger.builders import NOW, a_new_entry

ZONES = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-720, 840))
TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28), timezones=ZONES)  # noqa: DTZ001 - hypothesis adds zones
KEEP = "INSERT INTO adopted (board, key, at) VALUES ('b', 'k', :at)"
COMPARE = "SELECT at, at < :other, at = :other, at > :other FROM adopted WHERE board = 'b'"


@pytest.fixture(params=["in memory", "in PostgreSQL"])
def database(request):
    in_memory = request.param == "in memory"
    made = memory_database() if in_memory else server_database(request.getfixturevalue("database_url"))
    migrate(made)
    yield made
    made.close()


# The database is emptied by each example itself.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=TIMES, other=TIMES)
def test_times_come_back_and_compare_as_moments(database, one, other):
    with database.writing() as connection:
        connection.change("DELETE FROM adopted")
        connection.change(KEEP, at=one)
        at, *compared = connection.row(COMPARE, other=other)
    assert (moment(at), [bool(each) for each in compared]) == (one, [one < other, one == other, one > other])


def test_a_time_without_a_zone_is_refused(database):
    naive = datetime(2015, 1, 5)  # noqa: DTZ001 - that is the point
    with pytest.raises(TypeError, match="aware"), database.writing() as connection:
        connection.change(KEEP, at=naive)


def test_a_time_where_a_day_is_meant_is_refused(ledger):
    with pytest.raises(TypeError, match="day"):
        ledger.enter([a_new_entry(day=NOW)], NOW)


@given(day=st.dates())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_days_are_iso_text(database, day):
    with database.writing() as connection:
        connection.change("DELETE FROM absences")
        note = "INSERT INTO absences (board, day, person, absent) VALUES ('b', :day, 'M Evans', TRUE)"
        connection.change(note, day=day)
        assert connection.value("SELECT day FROM absences WHERE day = :day", day=day) == day.isoformat()


def test_a_list_is_looked_for_as_it_is_however_long(database):
    with database.writing() as connection:
        connection.change(KEEP, at=NOW)
        chosen = "SELECT key FROM adopted WHERE board IN :boards AND key IN :keys"
        many = [f"'{number}%" for number in range(40_000)]
        assert connection.column(chosen, boards={"b"}, keys=[*many, "k"]) == ["k"]
        assert connection.column(chosen, boards=["b"], keys=many) == []
        assert connection.column(chosen, boards=["b"], keys=()) == []


def test_a_state_nobody_knows_is_refused(database):
    with pytest.raises(LedgerRefused), database.writing() as connection:
        enter(connection, "b", a_new_entry(state="lost"), None, NOW)


def test_every_row_carries_its_board_but_for_texts_which_an_entry_has():
    assert {name for name, words in TABLES.items() if "board TEXT NOT NULL" not in words} == {"texts"}


def test_a_state_is_stored_by_its_name(database):
    with database.reading() as connection:
        assert connection.value("SELECT CAST(:state AS TEXT)", state=State.SENT) == "sent"
