from datetime import date, timedelta

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from reminders.sources.base import Unreadable
from reminders.sources.excel import read_excel
from tests.sources.excel_files import (
    HEADER,
    ROW,
    SHEET,
    book_of,
    edited,
    only,
    plan_of,
    read,
    rows_of,
    saved,
    told,
)


def test_a_month_is_a_month_though_its_cell_holds_the_first_day():
    book = plan_of(("1.1", "Audit", "C Gill", date(2015, 3, 1), None))
    book.active["D2"].number_format = "mmm-yy"
    assert only(read(book)).timeframe == "March 2015"


def test_a_ref_keeps_the_places_that_its_format_shows():
    book = plan_of((1.1, *ROW[1:]), (1.1, *ROW[1:]), (2, *ROW[1:]))
    book.active["A3"].number_format = "0.00"
    assert rows_of(read(book), "ref") == [("1.1",), ("1.10",), ("2",)]


def test_a_merged_outcome_is_inherited_and_any_other_merged_cell_speaks_for_all_its_rows():
    book = book_of(
        Sheet1=[
            HEADER,
            ("1.1", "Safe", "Audit", "C Gill", "May 2015", "Begun"),
            ("1.2", None, "Train", None, None, None),
            ("1.3", "Heard", "Ask", None, None, None),
        ]
    )
    for merged in ("B2:B3", "D2:D3", "E2:E3"):
        book.active.merge_cells(merged)
    assert rows_of(read(book), "ref", "outcome", "action", "lead", "timeframe", "progress") == [
        ("1.1", "Safe", "Audit", "C Gill", "May 2015", "Begun"),
        ("1.2", None, "Train", "C Gill", "May 2015", None),
        ("1.3", "Heard", "Ask", None, None, None),
    ]


def test_text_merged_across_columns_is_read_once():
    book = plan_of(("1.1", "Audit the files of all the agencies", None, "May 2015", "Begun"))
    book.active.merge_cells("B2:C2")
    assert rows_of(read(book), "action", "lead", "timeframe") == [
        ("Audit the files of all the agencies", None, "May 2015")
    ]


def test_a_value_that_lies_hidden_under_a_merged_range_is_not_read():
    data = saved(plan_of(ROW, ("1.2", "Train", "M Evans", "June 2015", None)))
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>'
    plan = read_excel(edited(data, SHEET, ("</sheetData>", merged)), "plan.xlsx")
    assert rows_of(plan, "lead") == [("C Gill",), ("C Gill",)]


def test_a_formula_is_read_by_the_value_that_excel_stored():
    data = saved(plan_of(("1.1", "=B9", "C Gill", "=DATE(2015,3,1)", "=B8")))
    stored = edited(
        data,
        SHEET,
        ('<c r="B2"><f>B9</f><v></v>', '<c r="B2" t="str"><f>B9</f><v>Audit</v>'),
        ("<f>DATE(2015,3,1)</f><v></v>", "<f>DATE(2015,3,1)</f><v>42064</v>"),
        ('<c r="E2"><f>B8</f><v></v>', '<c r="E2" t="str"><f>B8</f><v></v>'),
    )
    plan = read_excel(stored, "plan.xlsx")
    assert rows_of(plan, "action", "timeframe", "progress") == [("Audit", "42064", None)]
    assert told(plan) == []


def test_dates_counted_from_1904_are_the_same_days():
    book = plan_of(("1.1", "Audit", "C Gill", date(2015, 3, 31), None))
    book.epoch = CALENDAR_MAC_1904
    assert only(read(book)).timeframe == "31 March 2015"


def test_durations_and_truth_values_are_words():
    book = plan_of(("1.1", "Audit", "C Gill", timedelta(hours=30), True))
    assert rows_of(read(book), "timeframe", "progress") == [("30:00", "TRUE")]


@pytest.mark.parametrize("dimension", ["A1", "A1:B2", "A1:XFD1048576", "nonsense"])
def test_a_wrong_dimension_loses_no_row(dimension):
    data = edited(saved(plan_of(ROW)), SHEET, ('<dimension ref="A1:E2"/>', f'<dimension ref="{dimension}"/>'))
    assert only(read_excel(data, "plan.xlsx")).ref == "1.1"


def test_a_stray_cell_in_the_last_corner_costs_nothing_and_moves_nothing():
    book = plan_of(ROW)
    book.active["XFD1048576"] = "x"
    assert only(read(book)).action == "Audit"


def test_a_note_right_of_the_table_is_no_part_of_it():
    book = plan_of(ROW)
    book.active["H2"] = "check this"
    assert only(read(book)).progress is None


def test_a_row_after_many_blank_ones_is_read():
    book = plan_of(ROW)
    book.active["A900"], book.active["B900"] = "1.2", "Train"
    plan = read(book)
    assert rows_of(plan, "ref", "where") == [
        ("1.1", "plan.xlsx, sheet Sheet1, row 2"),
        ("1.2", "plan.xlsx, sheet Sheet1, row 900"),
    ]


def test_a_table_may_begin_anywhere_in_its_sheet():
    book = book_of(Sheet1=[[], [None, None, *HEADER], [None, None, "1.1", "o", "Audit", "C Gill", "May 2015"]])
    assert rows_of(read(book), "ref", "action") == [("1.1", "Audit")]


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "<script>alert(1)</script>",
        "{{ 7*7 }}{% x %}",
        "Bcc: x@anytown.example",
        "abc\u202edef",
        "+44",
        "@SUM(A1)",
        "x" * 9_999,
    ],
)
def test_hostile_text_stays_text(text):
    book = plan_of(("1.1", "x", "C Gill", "May 2015", None))
    book.active["B2"].value, book.active["B2"].data_type = text, "s"
    assert only(read(book)).action == text


@pytest.mark.parametrize("written", ["Audit\r\nBcc: x", "Audit_x000D_\nBcc:_x0000_x", "Audit_x000d__x000a_Bcc: x"])
def test_line_breaks_and_their_escapes_end_no_line(written):
    assert only(read(plan_of(("1.1", written, "C Gill", "May 2015", None)))).action == "Audit Bcc: x"


def test_a_cell_as_long_as_excel_allows_is_refused_in_words():
    with pytest.raises(Unreadable, match=r"sheet Sheet1, row 2: a cell holds 32,000 characters .* Shorten it"):
        read(plan_of(("1.1", "x" * 32_000, "C Gill", "May 2015", None)))
