from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.plan import WrittenRow
from reminders.sources.base import Unreadable
from reminders.sources.text import read_markdown, read_text

SAMPLES = Path(__file__).parent.parent / "samples"
SEED = (SAMPLES / "business-plan.txt").read_bytes()
EXPECTED = yaml.safe_load((SAMPLES / "expected.yaml").read_text(encoding="utf-8"))


def cells_of(plan):
    return [
        (r.ref, r.outcome, r.action, r.lead, r.timeframe, r.progress, r.status) for t in plan.themes for r in t.rows
    ]


def test_the_boards_plan_is_read_cell_by_cell():
    inherited = "desired_outcome_inherited_from"
    assert cells_of(read_text(SEED, "business-plan.txt")) == [
        (
            row["ref"],
            None if row[inherited] else row["desired_outcome"],
            row["action"],
            row["lead_cell"],
            row["timeframe"],
            row["progress"],
            None,
        )
        for row in EXPECTED["actions"]
    ]


def test_the_boards_plan_keeps_its_title_its_priorities_and_its_themes():
    plan = read_text(SEED, "business-plan.txt")
    assert plan.title == EXPECTED["title"]
    assert len(plan.priorities) == 8
    assert plan.priorities[0] == "Early help"
    assert plan.priorities[1] == EXPECTED["themes"][1]["title"]
    assert [(theme.title, theme.number) for theme in plan.themes] == [
        ("Early Help", 1),
        (None, None),
        ("Child Sexual Exploitation (CSE)", 3),
        ("Domestic Abuse and Vulnerable Groups", 4),
        ("Effectiveness and impact of the LSCB", 5),
    ]
    assert plan.problems == ()


def test_every_row_of_the_boards_plan_is_where_it_says():
    lines = SEED.decode().split("\n")
    for theme in read_text(SEED, "business-plan.txt").themes:
        for row in theme.rows:
            line = int(row.where.removeprefix("business-plan.txt, line "))
            assert (row.action or row.outcome or "?") in lines[line - 1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_boards_plan_reads_the_same_in_other_encodings_and_line_ends(encoding):
    saved = SEED.decode().replace("\n", "\r\n").encode(encoding)
    assert read_text(saved, "business-plan.txt") == read_text(SEED, "business-plan.txt")


def test_a_line_break_inside_a_cell_ends_no_row():
    plan = read_text("Action\tLead\nread\u2028on\tC Gill/\vM Evans\x85\n".encode(), "plan.txt")
    assert plan.themes[0].rows == (WrittenRow("plan.txt, line 2", action="read on", lead="C Gill/ M Evans"),)


def test_trailing_tabs_that_an_editor_took_away_are_blank_cells():
    stripped = b"\n".join(line.rstrip() for line in SEED.split(b"\n"))
    assert cells_of(read_text(stripped, "p")) == cells_of(read_text(SEED, "p"))


def test_a_word_file_under_a_text_name_is_refused():
    with pytest.raises(Unreadable, match="Word or Excel"):
        read_text(b"PK\x03\x04\0\0", "plan.txt")


@given(st.binary())
def test_any_bytes_are_read_or_refused_in_words(data):
    for read in (read_text, read_markdown):
        with pytest.raises(Unreadable, match=r"^plan: "):
            read(data, "plan")


def test_a_text_file_may_hold_pipe_tables():
    piped = b"Anytown plan\n\nAction | Lead\n-|-\nAudit\tall | C Gill\n"
    assert read_text(piped, "plan.txt").themes[0].rows == (
        WrittenRow("plan.txt, line 5", action="Audit all", lead="C Gill"),
    )


def test_where_tabs_make_the_table_pipes_are_words():
    assert read_text(b"Action\tLead\nread | write\tC Gill\n", "p").themes[0].rows[0].action == "read | write"


# Markdown

MARKDOWN = r"""
# Anytown Business Plan

Strategic priorities:

1. Early help
2. The child's voice

## Theme 1 - Early help

| Ref  | **Desired outcome** | Action           | Lead            | By when? | Progress |
|------|:--------------------|------------------|----------------:|:--------:|----------|
| 1.1  | Met                 | Read \| write    | C Gill/<br>M Evans | May 2015 |        |
| 1.10 | ~                   | Q&amp;A & \*more | **C Gill**      | \- |       Done<br/>so |
|      |                     | Audit programme  |                 |          |          |

**Theme 2 - Voice**

Ref | Action | Lead
--- | --- | ---
2.1 | Listen | M Evans
"""


def test_pipe_tables_are_read():
    plan = read_markdown(MARKDOWN.encode(), "plan.md")
    assert (plan.title, plan.priorities) == ("Anytown Business Plan", ("Early help", "The child's voice"))
    assert [(theme.title, theme.number) for theme in plan.themes] == [("Early help", 1), ("Voice", 2)]
    assert cells_of(plan) == [
        ("1.1", "Met", "Read | write", "C Gill/ M Evans", "May 2015", None, None),
        ("1.10", "~", "Q&A & *more", "C Gill", "-", "Done so", None),
        (None, None, "Audit programme", None, None, None, None),
        ("2.1", None, "Listen", "M Evans", None, None, None),
    ]
    assert plan.themes[1].rows[0].where == "plan.md, line 21"


def test_a_table_without_outer_pipes_ends_where_its_pipes_end():
    plan = read_markdown(b"Plan\n\nAction | Lead\n-|-\na | l\nread a | b here.\nThe end.\n", "plan.md")
    assert cells_of(plan) == [
        (None, None, "a", "l", None, None, None),
        (None, None, "read a", "b here.", None, None, None),
    ]


def test_a_pipe_in_running_text_makes_no_table():
    with pytest.raises(Unreadable, match="no table"):
        read_markdown(b"Action | Lead\n\na | l\n", "plan.md")


def test_rules_and_underlines_are_no_headings():
    plan = read_markdown(b"Anytown plan\n===\n\nEarly help\n---\n\n| Action | Lead |\n|-|-|\n| a | l |\n", "plan.md")
    assert (plan.title, plan.themes[0].title) == ("Anytown plan", "Early help")


def test_a_row_of_dashes_below_the_first_is_a_row():
    plan = read_markdown(b"| Action | Lead |\n|---|---|\n| - | - |\n", "plan.md")
    assert cells_of(plan) == [(None, None, "-", "-", None, None, None)]


def test_the_boards_plan_reads_the_same_as_a_pipe_table():
    def piped(line):
        return "| " + line.replace("|", r"\|").replace("\t", " | ") + " |" if "\t" in line else line

    markdown = "\n".join(piped(line) for line in SEED.decode().split("\n"))
    assert cells_of(read_markdown(markdown.encode(), "p.md")) == cells_of(read_text(SEED, "p.txt"))


CELL = st.text(alphabet="ab|\\*_ <br>&amp;-é", max_size=12)


@given(st.lists(st.tuples(CELL, CELL), min_size=1))
def test_a_pipe_table_of_any_cells_comes_back_as_written(rows):
    def escaped(cell):
        return "".join("\\" + mark if mark in "|\\*_<&-" else mark for mark in cell)

    lines = ["| Ref | Action | Lead |", "|---|---|---|"]
    lines += [f"| {place} | {escaped(one)} | {other and escaped(other)} |" for place, (one, other) in enumerate(rows)]
    plan = read_markdown("\n".join(lines).encode(), "plan.md")
    collapsed = [(str(place), *(" ".join(cell.split()) or None for cell in row)) for place, row in enumerate(rows)]
    assert [(row.ref, row.action, row.lead) for theme in plan.themes for row in theme.rows] == collapsed
