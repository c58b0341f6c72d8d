from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from reminders.ledger.database import memory_database
from reminders.ledger.tables import Day, entries, metadata, readings
from tests.ledger.builders import NOW

ZONES = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-720, 840))
TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28), timezones=ZONES)  # noqa: DTZ001 - hypothesis adds zones


@pytest.fixture(scope="module")
def database():
    made = memory_database()
    with made.writing() as connection:
        metadata.create_all(connection)
    yield made
    made.close()


def a_row(taken):
    return {"board": "b", "kind": "plan", "standing": "good", "source": "", "sha256": "", "data": {}, "taken": taken}


@given(one=TIMES, other=TIMES)
def test_times_come_back_and_compare_as_moments(database, one, other):
    with database.writing() as connection:
        connection.execute(readings.delete())
        connection.execute(insert(readings).values(a_row(one)))
        taken = readings.c.taken
        chosen = select(taken, taken < other, taken == other, taken > other)
        assert connection.execute(chosen).one() == (one, one < other, one == other, one > other)


def test_a_time_without_a_zone_is_refused(database):
    naive = datetime(2015, 1, 5)  # noqa: DTZ001 - that is the point
    with pytest.raises(TypeError, match="aware"), database.writing() as connection:
        connection.execute(insert(readings).values(a_row(naive)))


def test_a_time_where_a_day_is_meant_is_refused(database):
    with pytest.raises(TypeError, match="day"), database.reading() as connection:
        connection.execute(select(entries.c.id).where(entries.c.day == NOW))


@given(day=st.dates())
def test_days_are_iso_text(database, day):
    with database.reading() as connection:
        stored = select(entries.c.day).where(entries.c.day == day).compile(connection)
        assert stored.construct_params()["day_1"] == day
        bind = Day().process_bind_param(day, connection.dialect)
        assert (bind, Day().process_result_value(bind, connection.dialect)) == (day.isoformat(), day)


def test_a_state_nobody_knows_is_refused(database):
    with pytest.raises(ValueError, match="lost"), database.reading() as connection:
        connection.execute(select(entries.c.id).where(entries.c.state == "lost"))


def test_every_row_carries_its_board():
    assert {table.name for table in metadata.sorted_tables if "board" not in table.c} == set()
