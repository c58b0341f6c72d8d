import pytest

from reminders.core.plan import Level
from reminders.sources.base import Unreadable
from tests.sources.excel_files import (
    HEADER,
    ROW,
    book_of,
    plan_of,
    read,
    rows_of,
    told,
)


def themes_of(book):
    return [(theme.title, theme.number, [row.ref for row in theme.rows]) for theme in read(book).themes]


@pytest.mark.parametrize(
    ("title", "theme"),
    [
        ("Theme 1 - Early Help", ("Early Help", 1)),
        ("Priority 2 Voice", ("Voice", 2)),
        ("1. Early Help", ("Early Help", 1)),
        ("2 Voice", ("Voice", 2)),
        ("Early Help", ("Early Help", None)),
        ("Theme3", (None, 3)),
        ("Sheet1", (None, None)),
        ("Tabelle1", (None, None)),
        ("Action Plan 2015-17", (None, None)),
        ("Tracker", (None, None)),
        ("2015-16", (None, None)),
    ],
)
def test_a_sheets_title_names_its_theme(title, theme):
    book = book_of(**{title: [["Anytown Business Plan"], HEADER, ("1.1", "o", "Audit", "C Gill", "May 2015", None)]})
    plan = read(book)
    assert (plan.themes[0].title, plan.themes[0].number) == theme
    assert (plan.title, len(plan.themes)) == ("Anytown Business Plan", 1)


def test_a_heading_in_the_sheet_is_nearer_than_its_title():
    row = ("o", "Audit", "C Gill", "May 2015", None)
    book = book_of(
        **{
            "Early Help": [["Theme 1 - Early help and prevention"], HEADER, ("1.1", *row)],
            "Voice": [["Anytown Business Plan"], HEADER, ["The voice of the child"], ("2.1", *row)],
            "CSE": [HEADER, ("3.1", *row)],
        }
    )
    assert themes_of(book) == [
        ("Early help and prevention", 1, ["1.1"]),
        ("The voice of the child", None, ["2.1"]),
        ("CSE", None, ["3.1"]),
    ]


def test_what_stands_above_the_table_of_a_later_sheet_is_no_action():
    row = ("o", "Audit", "C Gill", "May 2015", None)
    above = [["Anytown Business Plan"], ["Theme lead:", "M Evans"], [], HEADER]
    book = book_of(**{"Early Help": [*above, ("1.1", *row)], "Voice": [*above, ("2.1", *row)]})
    assert themes_of(book) == [("Early Help", None, ["1.1"]), ("Voice", None, ["2.1"])]


def test_sheets_beside_the_plan_are_passed_over_without_a_word():
    book = book_of(
        Cover=[["Anytown Business Plan"], ["Version", "3"]],
        Plan=[HEADER, ("1.1", "o", "Audit", "C Gill", "May 2015", None)],
        Abbreviations=[["CSE", "Child sexual exploitation"], ["LSCB", "Local Safeguarding Children Board"]],
        Versions=[["3", "November 2014", "Agreed by the board"]],
    )
    book.create_chartsheet("Chart", 0)
    plan = read(book)
    assert (plan.title, rows_of(plan, "ref"), told(plan)) == ("Anytown Business Plan", [("1.1",)], [])


def test_a_sheet_of_rows_without_headings_is_told():
    row = ("o", "Audit", "C Gill", "May 2015", None)
    book = book_of(Voice=[HEADER, ("2.1", *row)], CSE=[("3.1", *row)])
    assert told(read(book)) == [("sheet-not-read", None, "plan.xlsx, sheet CSE", Level.MEND)]


def test_headings_nobody_knows_are_refused_where_no_sheet_has_others():
    with pytest.raises(Unreadable, match=r"none of its headings “Deed” is read as Action"):
        read(plan_of(ROW, header=("Ref", "Deed", "Lead", "Timeframe", "Progress")))


def test_a_group_of_columns_below_one_heading_has_a_role_for_each():
    book = book_of(
        Sheet1=[
            ("Ref", "Action", "Lead", "Timescale", None, "Progress", None),
            (None, None, None, "Original", "Revised", "Q1", "Q2"),
            ("1.1", "Audit", "C Gill", "March 2015", "May 2015", "Begun", "Done"),
            ("1.2", "Train", "C Gill", "March 2015", None, "Begun", None),
        ]
    )
    for merged in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1"):
        book.active.merge_cells(merged)
    assert rows_of(read(book), "ref", "timeframe", "progress") == [
        ("1.1", "May 2015", "Done"),
        ("1.2", "March 2015", "Begun"),
    ]


def test_a_key_below_the_table_is_no_action():
    book = plan_of(ROW, [], ["RAG key:"], ["G", "On target"], ["A", "Behind"], [], ("1.2", *ROW[1:]))
    assert rows_of(read(book), "ref") == [("1.1",), ("1.2",)]
