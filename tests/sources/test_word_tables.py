import pytest

from reminders.sources.word import read_word
from tests.sources.word_files import cell, control, paragraph, row, table, word_file
from tests.sources.word_reading import CHANGE, HEADER, rows_of


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(row("1.1", "", cell(control(paragraph("Audit"))), "C Gill", "", ""), id="round a paragraph"),
        pytest.param(row("1.1", "", control(cell("Audit")), "C Gill", "", ""), id="round a cell"),
        pytest.param(control(row("1.1", "", "Audit", "C Gill", "", "")), id="round a row"),
        pytest.param(f'<w:customXml w:element="x">{row("1.1", "", "Audit", "C Gill", "", "")}</w:customXml>', id="XML"),
    ],
)
def test_controls_round_any_part_of_a_row_lose_nothing(written):
    assert [(each.ref, each.action, each.lead) for each in rows_of(written)] == [("1.1", "Audit", "C Gill")]


def test_a_merged_cell_holds_for_each_row_that_it_spans_but_an_outcome_is_inherited():
    start, on = "restart", "continue"
    read = rows_of(
        row("1.1", cell("Met", merge=start), "Audit", cell("C Gill", merge=start), cell("May 2015", merge=start), ""),
        row("1.2", cell(merge=on), "Train", cell(merge=on), cell(merge=on), "Begun"),
        row("1.3", "", "Report", "", "", ""),
    )
    assert [(each.outcome, each.lead, each.timeframe, each.progress) for each in read] == [
        ("Met", "C Gill", "May 2015", None),
        (None, "C Gill", "May 2015", "Begun"),
        (None, None, None, None),
    ]


def test_a_cell_that_continues_one_that_was_deleted_speaks_for_itself():
    start = row("1.1", "", "Audit", cell("C Gill", merge="restart"), "", "", properties=CHANGE.format("del"))
    (only,) = rows_of(start, row("1.2", "", "Train", cell("M Evans", merge="continue"), "", ""))
    assert only.lead == "M Evans"


def test_cells_that_span_columns_shift_nothing():
    read = rows_of(
        row("1.1", cell("Met by audit", span=2), "C Gill", "May 2015", ""),
        row(cell("Audit", span=1), "C Gill", "May 2015", properties='<w:gridBefore w:val="2"/>'),
    )
    assert [(each.ref, each.outcome, each.action, each.lead, each.timeframe) for each in read] == [
        ("1.1", "Met by audit", None, "C Gill", "May 2015"),
        (None, None, "Audit", "C Gill", "May 2015"),
    ]


def test_borders_that_were_drawn_a_little_beside_those_above_shift_nothing():
    # A seventh grid column, a hair wide, stands between Outcome and Action.
    header = row("Ref", "Outcome", cell("Action", span=2), "Lead", "Timeframe", "Progress")
    first = row("1.1", cell("Met", span=2), "Audit", "C Gill", "May 2015", "")
    other = row("1.2", cell("Met", span=2), "Train", cell("M Evans", span=2), "Begun")
    data = word_file(table(header, first, other, widths=(700, 3000, 60, 3000, 1500, 1500, 2000)))
    read = read_word(data, "plan.docx").themes[0].rows
    assert [(each.outcome, each.action, each.lead, each.progress) for each in read] == [
        ("Met", "Audit", "C Gill", None),
        ("Met", "Train", "M Evans", "Begun"),
    ]


def test_a_heading_over_two_cells_gathers_both():
    header = row(cell("Action", span=2), "Lead", "By when")
    (only,) = read_word(word_file(table(header, row("1.1", "Audit", "C Gill", "May 2015"))), "p").themes[0].rows
    assert (only.ref, only.action, only.lead) == ("1.1", "Audit", "C Gill")


def test_a_table_that_goes_on_below_a_gap_keeps_its_columns():
    upper = table(HEADER, row("1.1", "Met", "Audit", "C Gill", "May 2015", ""))
    lower = table(row("1.2", cell("Met by training", span=2), "M Evans", "", ""), row("1.3", "", "Report", "", "", ""))
    read = read_word(word_file(upper, paragraph(""), lower), "p").themes[0].rows
    assert [(each.ref, each.outcome, each.action, each.lead) for each in read] == [
        ("1.1", "Met", "Audit", "C Gill"),
        ("1.2", "Met by training", None, "M Evans"),
        ("1.3", None, "Report", None),
    ]
