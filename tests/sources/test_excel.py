import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from reminders.core.plan import Level
from reminders.sources.base import Unreadable
from reminders.sources.excel import read_excel
from tests.sources.excel_files import (
    ROW,
    SHEET,
    STRUCK,
    book_of,
    edited,
    only,
    plan_of,
    read,
    rows_of,
    saved,
    told,
)


def test_hidden_rows_columns_and_sheets_are_read_and_told():
    book = plan_of(*[(f"1.{n}", *ROW[1:]) for n in range(1, 7)])
    sheet = book.active
    for row in (3, 4, 7, 9):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["J"].hidden = True
    book.create_sheet("Legend")
    sheet.sheet_state = "hidden"
    plan = read(book)
    assert len(rows_of(plan, "ref")) == 6
    assert [(problem.code, problem.where, problem.message, problem.level) for problem in plan.problems] == [
        (
            "hidden-sheet",
            "plan.xlsx, sheet Sheet1",
            "this sheet is hidden in Excel, but is read. Delete it if it is no part of the plan",
            Level.NOTE,
        ),
        (
            "hidden-rows",
            "plan.xlsx, sheet Sheet1",
            "rows 3 to 4 and 7 are hidden in Excel, but read. Delete what is no part of the plan",
            Level.NOTE,
        ),
        (
            "hidden-columns",
            "plan.xlsx, sheet Sheet1",
            "column C is hidden in Excel, but read. Show them, so that nobody overlooks them",
            Level.NOTE,
        ),
    ]


def test_struck_out_text_is_read_and_told_whole_or_in_part():
    book = plan_of(ROW, ("1.2", "x", "C Gill", "May 2015", None), ("1.3", *ROW[1:]))
    book.active["B2"].font = STRUCK
    book.active["B3"] = CellRichText(
        TextBlock(InlineFont(strike=True), "Audit"), " and ", TextBlock(InlineFont(), "train")
    )
    plan = read(book)
    assert rows_of(plan, "action") == [("Audit",), ("Audit and train",), ("Audit",)]
    assert told(plan) == [
        ("struck-out", "1.1", "plan.xlsx, sheet Sheet1, row 2", Level.NOTE),
        ("struck-out", "1.2", "plan.xlsx, sheet Sheet1, row 3", Level.NOTE),
    ]


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#NAME?"])
def test_an_error_is_told_and_never_read_as_blank(error):
    book = plan_of(("1.1", "Audit", "C Gill", error, None))
    book.active["D2"].data_type = "e"
    plan = read(book)
    assert only(plan).timeframe == error
    assert told(plan) == [("excel-error", "1.1", "plan.xlsx, sheet Sheet1, row 2", Level.MEND)]
    assert plan.problems[0].message.startswith(f"cell D2 shows the error {error}; ")


def test_an_error_in_a_column_that_is_not_read_is_nobodys_business():
    book = plan_of((*ROW, "#REF!"), header=("Ref", "Action", "Lead", "Timeframe", "Progress", "Days left"))
    book.active["F2"].data_type = "e"
    assert told(read(book)) == []


def test_an_error_that_a_formula_gives_is_told():
    data = saved(plan_of(("1.1", "Audit", "=C99", "May 2015", None)))
    stored = edited(data, SHEET, ('<c r="C2"><f>C99</f><v></v>', '<c r="C2" t="e"><f>C99</f><v>#REF!</v>'))
    plan = read_excel(stored, "plan.xlsx")
    assert (only(plan).lead, told(plan)[0][0]) == ("#REF!", "excel-error")


def test_a_formula_that_was_never_worked_out_is_blank_and_told():
    plan = read(plan_of(("1.1", "Audit", "=C9", "=D9", None)))
    assert rows_of(plan, "lead", "timeframe") == [(None, None)]
    assert told(plan) == [("formula-without-value", "1.1", "plan.xlsx, sheet Sheet1, row 2", Level.MEND)]
    assert plan.problems[0].message == (
        "the formula in C2 and D2 was never worked out, so nothing is read there. Open the file in Excel and save it"
    )


def test_a_plan_of_formulas_that_were_never_worked_out_is_refused_with_the_cure():
    with pytest.raises(Unreadable, match="never worked out"):
        read(book_of(Sheet1=[["=X!A1", "=X!B1", "=X!C1"], ["=X!A2", "=X!B2", "=X!C2"]]))


def test_a_date_beyond_the_calendar_is_told_as_an_error():
    book = plan_of(("1.1", "Audit", "C Gill", 99999999, None))
    book.active["D2"].number_format = "mmm-yy"
    plan = read(book)
    assert (only(plan).timeframe, told(plan)[0][0]) == ("#VALUE!", "excel-error")
