from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.plan import WrittenRow
from reminders.sources.base import MAX_CELL, MAX_ROWS, Paragraph, TableRow, Unreadable
from reminders.sources.rows import plan_from_blocks
from tests.sources.tables import HEADER, plan_of, themes_of

# Rows


def test_a_header_that_comes_again_is_never_an_action():
    assert themes_of(HEADER, "1.1|o|a|l|t|", HEADER.upper(), "1.2|o|a|l|t|") == [(None, None, ["1.1", "1.2"])]


def test_rows_that_are_blank_or_hold_nothing_that_is_read_are_dropped():
    plan = plan_of("Action|Lead|Evidence", "a|b|", "||", " |\u00a0|\t", "||seen")
    assert [row.where for row in plan.themes[0].rows] == ["plan, row 2"]


def test_a_row_that_has_only_an_action_stays():
    last = plan_of(HEADER, "5.6|o|a|l|t|", "||Multi-agency audit programme|||").themes[0].rows[-1]
    assert last == WrittenRow("plan, row 3", action="Multi-agency audit programme")


def test_a_row_that_has_only_a_ref_stays():
    assert themes_of(HEADER, "1.1|o|a|l|t|", "1.2|||||", "Rec 3|||||") == [(None, None, ["1.1", "1.2", "Rec 3"])]


def test_a_short_row_has_blank_cells_at_its_end():
    assert plan_of(HEADER, "1.1|o|a").themes[0].rows == (WrittenRow("plan, row 2", "1.1", "o", "a"),)


def test_blank_cells_beyond_the_last_heading_do_no_harm():
    assert plan_of("Action|Lead", "a|l|| ").themes[0].rows == (WrittenRow("plan, row 2", action="a", lead="l"),)


def test_a_ref_stays_text():
    assert themes_of(HEADER, "1.1|||C Gill||", "1.10|||C Gill||") == [(None, None, ["1.1", "1.10"])]


def test_text_beyond_the_last_heading_is_refused_and_every_such_row_named():
    with pytest.raises(Unreadable) as refused:
        plan_of("Action|Lead", "a|l|x|y", "b|l", "c|l||z")
    assert refused.value.mistakes == (
        "plan, row 2: 4 cells stand under 2 headings, so “x y” has no column. Move it under a heading",
        "plan, row 4: 4 cells stand under 2 headings, so “z” has no column. Move it under a heading",
    )


# Merged cells


def merged_plan(*rows):
    """Read rows in which "^" is merged with the cell above."""
    lines = [row.split("|") for row in (HEADER, *rows)]
    blocks = [
        TableRow(
            tuple("" if cell == "^" else cell for cell in line),
            f"row {place}",
            frozenset(place for place, cell in enumerate(line) if cell == "^"),
        )
        for place, line in enumerate(lines)
    ]
    return plan_from_blocks(blocks, "plan").themes[0].rows


def test_a_merged_cell_speaks_for_every_row_it_spans():
    first, second, third = merged_plan("1.1|o|a|l|t|p", "1.2|x|^|^|^|^", "1.3|y|b|^|^|^")
    assert second == replace(first, where="row 2", ref="1.2", outcome="x")
    assert third == replace(first, where="row 3", ref="1.3", outcome="y", action="b")


def test_a_merged_outcome_is_left_to_be_inherited():
    assert [row.outcome for row in merged_plan("1.1|o|a|l|t|p", "1.2|^|b|l|t|p", "1.3|^|c|l|t|p")] == ["o", None, None]


def test_a_merged_outcome_of_a_row_without_a_ref_is_its_own():
    assert [row.outcome for row in merged_plan("|o|a|l|t|p", "|^|b|l|t|p")] == ["o", "o"]


def test_a_blank_cell_that_is_not_merged_stays_blank():
    blank = WrittenRow("row 2", "1.2", action="b")
    assert merged_plan("1.1|o|a|l|t|p", "1.2||b|||", "1.3|o|c|^|^|^")[1:] == (
        blank,
        WrittenRow("row 3", "1.3", "o", "c"),
    )


def test_a_row_of_nothing_but_merged_cells_is_no_row_of_its_own():
    assert [row.ref for row in merged_plan("1.1|o|a|l|t|p", "^|^|^|^|^|^", "1.2|o|a|l|t|p")] == ["1.1", "1.2"]


def test_headings_merged_over_two_rows_are_one_header():
    header = TableRow(("Action", "Lead", "Timescale", ""), "row 1")
    below = TableRow(("", "", "Original", "Revised"), "row 2", frozenset({0, 1}))
    row = TableRow(("Audit", "C Gill", "March 2015", "May 2015"), "row 3")
    plan = plan_from_blocks([header, below, row], "plan")
    assert plan.themes[0].rows == (WrittenRow("row 3", action="Audit", lead="C Gill", timeframe="May 2015"),)


# Other tables


def test_tables_before_the_plan_are_passed_over():
    plan = plan_of("Board plan", "Version|Date|Author", "3|Nov 2014|D Daly", "", HEADER, "1.1|o|a|l|t|")
    assert plan.title == "Board plan"
    assert [row.ref for row in plan.themes[0].rows] == ["1.1"]


def test_a_legend_below_the_plan_is_passed_over_and_the_plan_goes_on_after_it():
    assert themes_of(
        *(HEADER, "1.1|o|a|l|t|", "Key to colours", "Red|late", "Green|on track", "", "1.2|o|a|l|t|"),
        *("Notes", "1.3|o|a|l", "||an action without a ref"),
    ) == [(None, None, ["1.1", "1.2", "1.3", None])]


def test_a_risk_log_is_passed_over():
    assert themes_of(
        HEADER, "1.1|o|a|l|t|", "ID|Owner|Status|Risk", "R1|x|Open|y", "Theme 2 - B", HEADER, "2.1|||l||"
    ) == [
        (None, None, ["1.1"]),
        ("B", 2, ["2.1"]),
    ]


@pytest.mark.parametrize("header", ["Ref|Actoin|Lead|Progress", "Ref|Key activity|Lead|Timeframe"])
def test_a_table_like_the_plans_that_has_no_action_is_told(header):
    with pytest.raises(Unreadable) as refused:
        plan_of(HEADER, "1.1|o|a|l|t|", header, "2.1|a|l|t")
    (mistake,) = refused.value.mistakes
    assert mistake == (
        "plan, row 3: this table looks like the plan's, but none of its headings "
        f"“{header.split('|')[1]}” is read as Action. "
        "Write Action above the actions, or keep this table in another file"
    )


# Refusals


@pytest.mark.parametrize("lines", [("",), ("Just text.",), ("Lead|Timeframe|x", "a|b|c"), ("a|b|c", "d|e|f")])
def test_a_document_without_the_plans_table_is_refused(lines):
    with pytest.raises(
        Unreadable, match=r"^plan: no table with the columns Action, Lead and Timeframe was found; write"
    ):
        plan_of(*lines)


def test_a_plan_without_an_action_is_refused():
    with pytest.raises(Unreadable, match="holds no action"):
        plan_of("Theme 1 - A", HEADER, "|||||")


def test_a_ref_of_nothing_but_digits_harms_nobody():
    long = "1" * 9000 + "."
    assert themes_of(HEADER, f"{long}|o|a|l|t|", HEADER, "1.1|o|a|l|t|") == [(None, None, [long, "1.1"])]


def test_too_many_rows_are_refused():
    assert len(plan_of(HEADER, *["1|o|a|l|t|"] * (MAX_ROWS - 1)).themes[0].rows) == MAX_ROWS - 1
    with pytest.raises(Unreadable, match="more than 5,000 rows"):
        plan_of(HEADER, *["1|o|a|l|t|"] * MAX_ROWS)


def test_too_long_cells_are_refused_all_in_one_go():
    assert plan_of("Action|Lead", "x" * MAX_CELL + "|l").themes[0].rows[0].action == "x" * MAX_CELL
    with pytest.raises(Unreadable, match="10,001 characters") as refused:
        plan_of("Action|Lead", "x" * (MAX_CELL + 1) + "|l", "a|l|beyond", "y" * (MAX_CELL + 1) + "|l")
    assert [mistake.split(":")[0] for mistake in refused.value.mistakes] == [
        "plan, row 2",
        "plan, row 3",
        "plan, row 4",
    ]


CELLS = st.lists(
    st.sampled_from(["", "1.1", "Theme 1 - A", "Two words", "C Gill", "Action", "Lead", "Due", "."]), min_size=1
)
BLOCKS = st.lists(
    st.one_of(
        st.builds(
            Paragraph,
            st.one_of(st.sampled_from(["", "Theme 2 - B", "1. Help", "Priorities:"]), st.text()),
            st.just("w"),
        ),
        st.builds(TableRow, CELLS.map(tuple), st.just("w")),
    )
)


@given(BLOCKS)
def test_any_document_is_read_or_refused_in_words(blocks):
    told: object
    try:
        told = plan_from_blocks(blocks, "plan").themes
    except Unreadable as refused:
        told = refused.mistakes
    assert told


@given(BLOCKS)
def test_no_row_with_a_ref_and_an_action_is_lost(blocks):
    kept = TableRow(("7.7", "", "Audit", "C Gill", "May 2015", ""), "kept")
    header = TableRow(tuple(HEADER.split("|")), "header")
    plain = [block for block in blocks if isinstance(block, Paragraph)]
    plan = plan_from_blocks([*plain, header, kept, *plain, kept], "plan")
    assert [row.where for theme in plan.themes for row in theme.rows] == ["kept", "kept"]


def test_a_lead_named_above_the_table_leads_no_row():
    plan = plan_of("Leads: Nancy Barber/Jill King (BHFT)", "Action|Lead|By when", "Audit||May 2015")
    assert plan.themes[0].rows[0].lead is None


def test_finished_actions_in_a_table_of_their_own_are_part_of_the_plan():
    finished = ("Completed actions", HEADER, "1.0|o|a|l|t|Completed")
    assert themes_of("Theme 1 - A", HEADER, "1.1|o|a|l|t|", "", *finished)[-1] == ("A", 1, ["1.1", "1.0"])


def test_a_date_inside_a_milestone_is_no_timeframe():
    plan = plan_of("Milestone|Directorate|Owner|Current Status", "Report by July 2008|CYP|C Gill|Green")
    assert plan.themes[0].rows == (
        WrittenRow("plan, row 2", action="Report by July 2008", lead="C Gill", status="Green"),
    )


def test_a_document_of_endless_lines_is_refused_at_once():
    with pytest.raises(Unreadable, match="more than 50,000 lines"):
        plan_from_blocks((Paragraph("", "here") for _ in range(10**9)), "plan")


@pytest.mark.parametrize("title", ["Key", "RAG key:", "Key to colours", "Legend", "Abbreviations", "Version control"])
@pytest.mark.parametrize("blank", ["", "|"])
def test_a_key_as_wide_as_the_plan_is_passed_over_until_a_row_of_the_plan(title, blank):
    lines = ("Action|Lead|By when", "a|l|t", title + blank, "B|Complete|", "G||On track", "b|l|t")
    assert [row.action for row in plan_of(*lines).themes[0].rows] == ["a", "b"]


@pytest.mark.parametrize("title", ["Key actions", "Keyworkers", "Codes of practice are agreed by all"])
def test_an_action_that_begins_like_a_key_is_an_action(title):
    assert [row.action for row in plan_of("Action|Lead|By when", f"{title}||", "b|l|").themes[0].rows] == [title, "b"]


def test_a_key_ends_where_a_theme_begins():
    lines = ("Action|Lead|By when", "a|l|t", "Key||", "B|Complete|", "Theme 2 - Voice||", "Listen|C Gill|")
    assert [row.action for theme in plan_of(*lines).themes for row in theme.rows] == ["a", "Listen"]
