import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from reminders.sources.base import Unreadable
from reminders.sources.excel import read_excel
from tests.sources.excel_files import (
    ROW,
    SHEET,
    book_of,
    edited,
    only,
    plan_of,
    read,
    rows_of,
    saved,
)


def test_a_blank_cell_with_a_link_is_blank():
    data = saved(plan_of(ROW))
    links = '</sheetData><hyperlinks><hyperlink ref="E2:XFD1048576" location="Sheet1!A1"/></hyperlinks>'
    assert only(read_excel(edited(data, SHEET, ("</sheetData>", links)), "plan.xlsx")).progress is None


def test_ranges_merged_over_whole_columns_cost_nothing():
    data = saved(plan_of(ROW, ("1.2", "Train", None, None, None)))
    merged = '</sheetData><mergeCells><mergeCell ref="C2:C1048576"/><mergeCell ref="F1:XFD1048576"/></mergeCells>'
    plan = read_excel(edited(data, SHEET, ("</sheetData>", merged)), "plan.xlsx")
    assert rows_of(plan, "lead") == [("C Gill",), ("C Gill",)]


@pytest.mark.parametrize("ref", ["", "A1", "A0:B0", "C3:A1", "nonsense", "ZZZ1:ZZZ2", "A900:A901"])
def test_a_merged_range_that_is_none_is_left_aside(ref):
    merged = f'</sheetData><mergeCells><mergeCell ref="{ref}"/></mergeCells>'
    data = edited(saved(plan_of(ROW)), SHEET, ("</sheetData>", merged))
    assert only(read_excel(data, "plan.xlsx")).lead == "C Gill"


def test_filters_validations_and_unknown_extensions_are_left_aside(recwarn):
    book = plan_of(ROW)
    validation = DataValidation(type="list", formula1='"Open,Closed"')
    validation.add("E2")
    book.active.add_data_validation(validation)
    book.active.auto_filter.ref = "A1:E2"
    strange = '</sheetData><extLst><ext uri="{0}"><x/></ext></extLst><dataValidations count="x"/>'
    assert only(read_excel(edited(saved(book), SHEET, ("</sheetData>", strange)), "plan.xlsx")).ref == "1.1"
    assert not list(recwarn)


def test_fonts_that_openpyxl_does_not_know_are_left_aside():
    data = edited(saved(plan_of(ROW)), "xl/styles.xml", ('<family val="2"/>', '<family val="99"/>'))
    assert only(read_excel(data, "plan.xlsx")).ref == "1.1"


def test_cells_without_a_place_of_their_own_stand_side_by_side():
    cells = '<row><c t="inlineStr"><is><t>{}</t></is></c><c/><c t="inlineStr"><is><t>{}</t></is></c></row>'
    table = f"<sheetData>{cells.format('Action', 'Lead')}{cells.format('Audit', 'C Gill')}</sheetData>"
    data = edited(saved(book_of(Sheet1=[])), SHEET, ("<sheetData></sheetData>", table))
    assert rows_of(read_excel(data, "plan.xlsx"), "action", "lead") == [("Audit", "C Gill")]


def test_a_workbook_with_macros_is_read_and_they_are_not():
    types = ("spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")
    data = edited(saved(plan_of(ROW)), "[Content_Types].xml", (f"openxmlformats-officedocument.{types[0]}", types[1]))
    assert only(read_excel(data, "plan.xlsm")).ref == "1.1"


def test_too_many_sheets_are_refused():
    with pytest.raises(Unreadable, match="holds 101 sheets; at most 100"):
        read(book_of(**{f"S{number}": [] for number in range(101)}))
