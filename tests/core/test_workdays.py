from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.workdays import WorkingDays
from tests.core.builders import BANK_HOLIDAYS

ENGLAND = WorkingDays(BANK_HOLIDAYS)
DAYS = st.dates(date(2014, 12, 25), date(2016, 3, 31))
FEW_DAYS_OFF = st.frozensets(DAYS, max_size=20)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2015, 1, 30), True, id="a Friday"),
        pytest.param(date(2015, 1, 31), False, id="a Saturday"),
        pytest.param(date(2015, 2, 1), False, id="a Sunday"),
        pytest.param(date(2015, 2, 2), True, id="a Monday"),
        pytest.param(date(2015, 4, 3), False, id="Good Friday"),
        pytest.param(date(2015, 4, 6), False, id="Easter Monday"),
    ],
)
def test_people_work_from_monday_to_friday_but_for_days_off(day, expected):
    assert ENGLAND.includes(day) == expected


def test_without_days_off_every_weekday_is_worked():
    assert WorkingDays().includes(date(2015, 4, 3)) is True


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        pytest.param(date(2015, 4, 2), date(2015, 4, 2), date(2015, 4, 2), id="a working day is itself"),
        pytest.param(date(2015, 4, 3), date(2015, 4, 2), date(2015, 4, 7), id="over Easter"),
        pytest.param(date(2015, 4, 5), date(2015, 4, 2), date(2015, 4, 7), id="from Easter Sunday"),
        pytest.param(date(2015, 5, 3), date(2015, 5, 1), date(2015, 5, 5), id="over the May bank holiday"),
        pytest.param(date(2016, 1, 1), date(2015, 12, 31), date(2016, 1, 4), id="over New Year"),
    ],
)
def test_the_nearest_working_day_is_found_both_ways(day, before, after):
    assert (ENGLAND.on_or_before(day), ENGLAND.on_or_after(day)) == (before, after)


@given(DAYS, FEW_DAYS_OFF)
def test_no_working_day_is_passed_over(day, days_off):
    working = WorkingDays(days_off)
    before, after = working.on_or_before(day), working.on_or_after(day)
    between = [before + timedelta(days=number) for number in range((after - before).days + 1)]
    assert [each for each in between if working.includes(each)] == sorted({before, after})
