from datetime import date

import pytest

from reminders.bank_holidays import bank_holidays, parts_of
from tests.core.builders import BANK_HOLIDAYS

ENGLAND = bank_holidays("GB", "ENG")
EASTER_MONDAY = date(2015, 4, 6)


def test_from_christmas_2014_to_easter_2016_england_keeps_thirteen_bank_holidays_on_weekdays():
    found = frozenset(day for day in ENGLAND if date(2014, 12, 25) <= day <= date(2016, 3, 31) and day.weekday() < 5)
    assert (found, len(found)) == (BANK_HOLIDAYS, 13)


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2015, 4, 3), id="Good Friday 2015"),
        pytest.param(EASTER_MONDAY, id="Easter Monday 2015"),
        pytest.param(date(2015, 8, 31), id="the August bank holiday 2015"),
        pytest.param(date(2020, 5, 8), id="the anniversary of 8 May 1945, kept on a Friday"),
        pytest.param(date(2022, 6, 3), id="the Platinum Jubilee"),
        pytest.param(date(2022, 9, 19), id="the State Funeral of Elizabeth II"),
        pytest.param(date(2023, 5, 8), id="the Coronation of Charles III"),
        pytest.param(date(2026, 4, 6), id="Easter Monday 2026"),
        pytest.param(date(2000, 12, 25), id="the first Christmas of the range"),
        pytest.param(date(2099, 12, 25), id="the last Christmas a plan may name"),
        pytest.param(date(2100, 1, 1), id="the New Year after it"),
    ],
)
def test_a_bank_holiday_is_one(day):
    assert day in ENGLAND


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2020, 5, 4), id="the May bank holiday that went to the 8th"),
        pytest.param(date(2022, 5, 30), id="the spring bank holiday that went to June"),
        pytest.param(date(2015, 1, 2), id="2 January, kept in Scotland alone"),
        pytest.param(date(2015, 3, 17), id="St Patrick's Day"),
        pytest.param(date(2015, 1, 30), id="a plain Friday"),
    ],
)
def test_another_day_is_none(day):
    assert day not in ENGLAND


def test_without_england_easter_monday_would_be_missing():
    assert EASTER_MONDAY not in bank_holidays("GB", None)


def test_scotland_keeps_2_january():
    assert date(2015, 1, 2) in bank_holidays("GB", "SCT")


def test_another_country_keeps_its_own_days():
    assert (date(2015, 7, 14) in bank_holidays("FR", None), date(2015, 7, 14) in ENGLAND) == (True, False)


def test_the_days_are_plain_dates():
    assert {type(day) for day in ENGLAND} == {date}


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("GB", "XXX")])
def test_an_unknown_country_or_part_is_refused(country, subdivision):
    with pytest.raises(ValueError, match=subdivision or country):
        bank_holidays(country, subdivision)


def test_the_parts_of_a_country_are_named():
    assert parts_of("GB") == ("ENG", "NIR", "SCT", "WLS")


def test_of_an_unknown_country_nobody_names_the_parts():
    with pytest.raises(ValueError, match="XX"):
        parts_of("XX")
