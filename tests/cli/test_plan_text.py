"""The plan on a terminal: a table its authors would know again, and what to mend beneath it."""

from datetime import date

import pytest

from reminders.cli.plan_text import plan_lines, printable, problem_lines
from reminders.core.plan import Level, Problem
from reminders.core.policy import Policy
from tests.builders import a_plan, a_row


@pytest.fixture
def shown(monkeypatch):
    def show(*rows, columns=120):
        monkeypatch.setenv("COLUMNS", str(columns))
        return list("\n".join(plan_lines(a_plan(*rows), Policy(), date(2015, 1, 2))).splitlines())

    return show


def row_of(ref, lines):
    return next([cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith(f"│ {ref}"))


def test_the_columns_are_those_of_the_plan(shown):
    assert row_of("Ref", shown(a_row())) == ["Ref", "Outcome", "Action", "Lead", "Timeframe", "Progress"]


def test_every_row_stands_with_its_cells(shown):
    lines = shown(a_row("2.3", action="Benchmark", lead="M Evans", timeframe="May 2015", progress="Begun"))

    assert row_of("2.3", lines)[2:] == ["Benchmark", "M Evans", "May 2015", "Begun"]


def test_the_timeframe_is_followed_by_the_day_it_means(shown):
    assert any("(due by 29 May 2015)" in line for line in shown(a_row(timeframe="May 2015"), columns=160))


def test_a_wording_without_a_day_stands_as_written(shown):
    assert row_of("2.3", shown(a_row(timeframe="On-going")))[4] == "On-going"


def test_an_inherited_outcome_names_where_it_comes_from(shown):
    lines = shown(a_row("2.3", outcome="Safer"), a_row("2.4", outcome=None))

    assert row_of("2.4", lines)[1] == "(as 2.3)"


def test_a_row_that_counts_as_complete_says_so(shown):
    assert any("(counts as complete)" in line for line in shown(a_row(progress="Complete"), columns=160))


@pytest.mark.parametrize("columns", [100, 140, 200])
def test_no_line_is_wider_than_the_terminal(shown, columns):
    assert max(map(len, shown(a_row(action="Carry out a multi-agency audit " * 9), columns=columns))) <= columns


def test_a_cell_cannot_turn_the_line_about_or_colour_the_terminal(shown):
    assert not {"\u202e", "\x1b"} & set("".join(shown(a_row(action="a\u202eb\x1b[31mc"))))


def test_a_line_break_within_a_text_stays():
    assert printable("M Evans\nI Mundy\u200f") == "M Evans\nI Mundy"


def test_problems_are_counted_and_stand_with_their_place_and_code():
    problem = Problem("missing-lead", "2.3", "plan.docx, table 2, row 4", "The lead is blank. Name a lead", Level.MEND)

    assert list(problem_lines([problem])) == [
        "One point to mend:",
        "  2.3 (plan.docx, table 2, row 4)",
        "      The lead is blank. Name a lead. [missing-lead]",
    ]


def test_no_problems_are_a_line_too():
    assert list(problem_lines([])) == ["No problems."]
