from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.guard import why_held
from reminders.core.plan import keep_ids
from tests.builders import a_row
from tests.core.builders import a_table, a_written_plan, the_boards_plan, understood

COLUMNS = (("Ref", "ref"), ("Action", "action"), ("By when", "timeframe"))


def a_plan_of(count=10, complete=0, **known):
    """A plan of so many rows, the first of them complete."""
    rows = (a_row(f"1.{place}", progress="Complete" if place <= complete else None) for place in range(1, count + 1))
    return understood(a_written_plan(a_table(*rows), **known))


def test_the_first_reading_ever_is_never_held():
    assert why_held(a_plan_of(0), None) is None


def test_the_same_plan_is_not_held():
    assert why_held(the_boards_plan(), the_boards_plan()) is None


def test_a_plan_that_grew_is_not_held():
    assert why_held(a_plan_of(30), a_plan_of(10)) is None


# Rows


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(10, 8, None, id="a fifth"),
        pytest.param(10, 7, "3 of its 10 unfinished actions are gone (1.8, 1.9, 1.10)", id="more than a fifth"),
        pytest.param(5, 4, None, id="one of five"),
        pytest.param(4, 3, "1 of its 4 unfinished actions are gone (1.4)", id="one of four"),
        pytest.param(
            10,
            4,
            "6 of its 10 unfinished actions are gone (1.5, 1.6, 1.7, 1.8, 1.9 and others)",
            id="more than are named",
        ),
        pytest.param(10, 5, "5 of its 10 unfinished actions are gone (1.6, 1.7, 1.8, 1.9, 1.10)", id="all are named"),
        pytest.param(2, 0, "2 of its 2 unfinished actions are gone (1.1, 1.2)", id="all"),
        pytest.param(0, 0, None, id="none of none"),
    ],
)
def test_a_plan_that_lost_more_than_a_fifth_of_its_open_rows_is_held(before, after, expected):
    assert why_held(a_plan_of(after), a_plan_of(before)) == expected


def test_rows_that_were_complete_may_go():
    good = a_plan_of(10, complete=6)
    rest = understood(*(a_row(f"1.{place}") for place in range(7, 11)))
    assert why_held(rest, good) is None


def test_rows_that_were_complete_do_not_count_among_the_open_ones():
    good = a_plan_of(10, complete=6)
    rest = understood(*(a_row(f"1.{place}") for place in range(1, 10)))
    assert why_held(rest, good) == "1 of its 4 unfinished actions are gone (1.10)"


def test_rows_that_become_complete_are_not_gone():
    assert why_held(a_plan_of(10, complete=10), a_plan_of(10)) is None


def test_rows_without_a_ref_count_too():
    texts = ["Audit", "Train", "Survey", "Report"]
    good = understood(*(a_row(None, action=text) for text in texts))
    less = understood(*(a_row(None, action=text) for text in texts[:3]))
    assert why_held(less, good) == "1 of its 4 unfinished actions are gone (“Report”)"


def test_a_reworded_row_that_keeps_its_id_is_not_gone():
    good = understood(a_row(None, action="Audit"), a_row(None, action="Train"))
    again = understood(a_row(None, action="Audit"), a_row(None, action="Train all"))
    assert why_held(again, good) == "1 of its 2 unfinished actions are gone (“Train”)"
    assert why_held(keep_ids(again, good), good) is None


@given(st.sets(st.integers(1, 20), max_size=20))
def test_a_plan_is_held_exactly_when_more_than_a_fifth_is_gone(gone):
    rest = [a_row(f"1.{place}") for place in range(1, 21) if place not in gone]
    held = why_held(understood(a_table(*rest)), a_plan_of(20))
    assert (held is not None) == (len(gone) > 4)


# Columns


def test_a_missing_column_holds_the_plan():
    good, now = a_plan_of(columns=COLUMNS), a_plan_of(columns=COLUMNS[:2])
    assert why_held(now, good) == "the column “By when” is missing"


def test_a_column_in_another_role_holds_the_plan():
    good, now = a_plan_of(columns=COLUMNS), a_plan_of(columns=(*COLUMNS[:2], ("By when", "progress")))
    assert why_held(now, good) == "the column “By when” was read as timeframe and is now read as progress"


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param((*COLUMNS, ("Progress", "progress")), id="one more"),
        pytest.param(COLUMNS[::-1], id="another order"),
        pytest.param((), id="a form without headings"),
    ],
)
def test_other_changes_of_columns_do_not(columns):
    assert why_held(a_plan_of(columns=columns), a_plan_of(columns=COLUMNS)) is None


def test_columns_that_are_new_where_there_were_none_do_not():
    assert why_held(a_plan_of(columns=COLUMNS), a_plan_of()) is None


# Title


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param("Business Plan 2015 \u2013 2017", "Business plan 2015-2018", id="the years"),
        pytest.param(
            "Business Plan (Version 3, November 2014)", "Business Plan (version 4, May 2015)", id="the version"
        ),
        pytest.param("Business Plan Nov 2014", "Business Plan 1 Feb 2015", id="a short month"),
        pytest.param("Business Plan, 1st April 2015", "Business Plan, 22nd Sept 2015", id="a day of the month"),
        pytest.param("Business Plan", "BUSINESS  PLAN.", id="how it is set"),
    ],
)
def test_a_title_with_another_date_or_version_is_the_same(before, now):
    assert why_held(a_plan_of(title=now), a_plan_of(title=before)) is None


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param("Business Plan 2015", "Risk Register 2015", id="another plan"),
        pytest.param("West Berkshire Plan", "East Berkshire Plan", id="another board"),
        pytest.param("Mayfield Plan", "Field Plan", id="a month inside a word"),
        pytest.param("Marches Plan", "Plan", id="a short month inside a word"),
    ],
)
def test_another_title_holds_the_plan(before, now):
    expected = f"its title was “{before}” and is now “{now}”"
    assert why_held(a_plan_of(title=now), a_plan_of(title=before)) == expected


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_known_long_and_short(month):
    day = date(2015, 1, 1) + timedelta(days=31 * (month - 1))
    titles = [f"Plan of {day:%B %Y}", f"Plan of {day:%b %Y}", f"Plan of {day:%b%Y}", "Plan of 2015"]
    assert [why_held(a_plan_of(title=title), a_plan_of(title=titles[-1])) for title in titles] == [None] * 4


def test_the_title_is_judged_first_and_the_rows_last():
    good = a_plan_of(10, title="Business Plan", columns=COLUMNS)
    both = a_plan_of(1, title="Business Plan", columns=COLUMNS[:1])
    assert why_held(a_plan_of(1, title="Else", columns=COLUMNS[:1]), good) == (
        "its title was “Business Plan” and is now “Else”"
    )
    assert why_held(both, good) == "the column “Action” is missing"
