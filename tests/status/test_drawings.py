from datetime import date

import pytest

from reminders.status.drawings import timeline
from reminders.status.plan_view import themes_of
from tests.builders import a_row
from tests.core.builders import a_policy, understood

TODAY = date(2015, 3, 2)


def drawn(*timeframes, today=TODAY, **cells):
    rows = [a_row(f"1.{number}", timeframe=each, **cells) for number, each in enumerate(timeframes, 1)]
    return timeline(themes_of(understood(*rows), a_policy(), today), today)


def boxes(picture):
    return [box for band in picture.bands for box in band.boxes]


def test_each_month_from_the_first_deadline_to_the_last_is_a_column():
    assert [column.title for column in drawn("January 2015", "March 2015").columns] == [
        "Jan 2015",
        "Feb 2015",
        "Mar 2015",
    ]


def test_what_has_no_date_stands_in_a_column_of_its_own():
    picture = drawn("January 2015", "On-going")
    assert [column.title for column in picture.columns] == ["Jan 2015", "No date"]
    assert [box.x // 68 for box in boxes(picture)] == [0, 1]


def test_boxes_of_one_month_stand_above_each_other():
    first, second = boxes(drawn("5 January 2015", "30 January 2015"))
    assert first.x == second.x
    assert second.y > first.y


@pytest.mark.parametrize(
    ("later", "titles"),
    [
        (["December 2017"], ["Jan 2015", "Apr 2015"]),
        (["December 2021"], ["Jan 2015", "Jul 2015"]),
        (["January 2024", "December 2032"], ["2015", "2016"]),
    ],
    ids=["quarters", "half years", "years"],
)
def test_a_long_plan_has_wider_columns(later, titles):
    columns = drawn("January 2015", *later).columns
    assert [column.title for column in columns][:2] == titles
    assert len(columns) <= 24


@pytest.mark.parametrize(
    ("today", "place"),
    [(date(2015, 1, 1), 0), (date(2015, 2, 1), 68), (date(2014, 12, 31), None), (date(2015, 4, 1), None)],
)
def test_today_is_a_line_where_it_lies_within_the_plan(today, place):
    assert drawn("January 2015", "March 2015", today=today).today == place


def test_only_what_is_overdue_is_marked_late():
    assert [box.late for box in boxes(drawn("January 2015", "May 2015"))] == [True, False]
    assert [box.late for box in boxes(drawn("January 2015", progress="Complete"))] == [False]


def test_a_long_ref_is_cut_to_its_box():
    rows = understood(a_row("EH/2015/17"))
    (box,) = boxes(timeline(themes_of(rows, a_policy(), TODAY), TODAY))
    assert box.text == "EH/201…"


def test_a_plan_without_dates_is_drawn_too():
    picture = drawn("On-going")
    assert [column.title for column in picture.columns] == ["No date"]
    assert picture.today is None


def test_a_plan_without_rows_is_an_empty_picture():
    assert timeline((), TODAY).columns == ()
