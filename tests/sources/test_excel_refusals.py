"""Files that are no workbook, or more than one: each is refused in words, soon and with little memory."""

import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from reminders.sources.base import MAX_ROWS, Unreadable
from reminders.sources.excel import read_excel
from tests.sources.excel_files import ROW, SHEET, edited, plan_of, saved, unzipped, zipped

PLAN = saved(plan_of(ROW))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


def refusal(data):
    with pytest.raises(Unreadable) as refused:
        read_excel(data, "plan.xlsx")
    (mistake,) = refused.value.mistakes
    assert mistake.startswith("plan.xlsx")
    return mistake


def sheet_of(data):
    return edited(PLAN, SHEET, ("<sheetData>", f"<sheetData>{data}"))


def zip_bomb():
    parts = unzipped(PLAN)
    return zipped(parts | {SHEET: parts[SHEET] + b" " * 200_000_000})


def two_million_cells():
    return sheet_of("".join(f'<row r="{row}">{"<c><v>1</v></c>" * 2_000}</row>' for row in range(10, 1_010)))


def many_filled_cells():
    return sheet_of("".join(f'<row r="{row}">{"<c><v>1</v></c>" * 100}</row>' for row in range(10, 2_100)))


def many_merged_cells():
    ranges = '<mergeCell ref="A1:XFD5"/>' * 2_000
    return edited(PLAN, SHEET, ("</sheetData>", f"</sheetData><mergeCells>{ranges}</mergeCells>"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (OLE + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + "Workbook".encode("utf-16-le"), "Excel 97"),
        (b"<html><body><table><tr><td>Action</td></tr></table></body></html>", "web page"),
        (b"Action,Lead\nAudit,C Gill\n", "plain text"),
        (b"%PDF-1.7", "PDF"),
        (PLAN[:-200], "cut short"),
        (PLAN[:2_000], "cut short"),
    ],
)
def test_what_is_no_workbook_is_refused_by_its_name(data, said):
    assert said in refusal(data)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (zip_bomb, "unpacks to"),
        (two_million_cells, "pieces of markup"),
        (many_filled_cells, "filled cells; at most 100,000"),
        (many_merged_cells, "merges 400,000 cells; at most 100,000"),
    ],
)
def test_what_is_more_than_any_plan_is_refused_soon_and_with_little_memory(make, said):
    data = make()
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        assert said in refusal(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - begun < 20  # 1 s where nothing traces it
    assert peak < 300 * 2**20


def test_an_empty_workbook_is_refused():
    assert "no table with the columns Action, Lead and Timeframe was found" in refusal(saved(Workbook()))


def test_too_many_rows_are_refused():
    assert "more than 5,000 rows" in refusal(saved(plan_of(*[ROW] * (MAX_ROWS + 1))))


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        pytest.param(SHEET, '<c r="A2"', '<c r="A2" s="99"', id="a style that there is not"),
        pytest.param(SHEET, "<v>0</v>", "<v>999</v>", id="a text that there is not"),
        pytest.param(SHEET, '<c r="A2"', '<c r="?"', id="a place that there is not"),
        pytest.param(SHEET, '<row r="2"', '<row r="two"', id="a row that there is not"),
        pytest.param(SHEET, '<row r="2"', f'<row r="{"9" * 5_000}"', id="a row far away"),
        pytest.param("xl/workbook.xml", 'state="visible"', 'state="gone"', id="a state that there is not"),
    ],
)
def test_a_workbook_that_openpyxl_cannot_open_is_refused_without_its_words(part, before, after):
    said = refusal(edited(PLAN, part, (before, after)))
    assert said.startswith("plan.xlsx: is damaged or was not made by Excel (")
    assert said.endswith("open it in Excel and save it anew")


def test_a_doctype_is_refused():
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    assert "DOCTYPE" in refusal(edited(PLAN, SHEET, (head, f'<!DOCTYPE x [<!ENTITY a "b">]>{head}')))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_bytes_are_read_or_refused_in_words(data):
    parts = unzipped(PLAN)
    name = data.draw(st.sampled_from(sorted(parts)))
    place = data.draw(st.integers(0, len(parts[name])))
    cut = data.draw(st.integers(0, 20))
    parts[name] = parts[name][:place] + data.draw(st.binary(max_size=12)) + parts[name][place + cut :]
    told: object
    try:
        told = read_excel(zipped(parts), "plan").themes
    except Unreadable as refused:
        told = refused.mistakes
    assert told


@pytest.mark.parametrize("place", range(0, len(PLAN), 401))
def test_a_file_cut_short_anywhere_is_refused(place):
    refusal(PLAN[:place])


def test_a_plan_of_500_actions_is_read_soon_and_with_little_memory():
    rows = [
        (f"{1 + n // 50}.{1 + n % 50}", f"Audit the files of year {n}", "C Gill", "May 2015", None) for n in range(500)
    ]
    data = saved(plan_of(*rows))
    begun = time.perf_counter()
    plan = read_excel(data, "plan.xlsx")
    taken = time.perf_counter() - begun
    assert sum(len(theme.rows) for theme in plan.themes) == 500
    assert taken < 5  # 0.2 s on a quiet machine
