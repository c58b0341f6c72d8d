from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.directory import Directory
from reminders.core.plan import WrittenPlan, WrittenRow, WrittenTheme, understand
from reminders.core.policy import Policy
from reminders.core.timeframe import DateReading
from reminders.sources.base import MAX_CELL, MAX_ROWS, Unreadable, tidy
from reminders.sources.plan_yaml import read, write
from reminders.sources.text import read_text

ROOT = Path(__file__).parent.parent.parent
SEED = (ROOT / "tests/samples/business-plan.txt").read_bytes()
EXAMPLE = (ROOT / "config/plan.yaml").read_bytes()

SMALL = b"""\
title: Anytown plan
priorities: [Early help, The child's voice]
themes:
- title: Early help
  actions:
  - {ref: 1.10, outcome: Met, action: "Audit: all", lead: NO, timeframe: 2015-05-31, progress: , status: yes}
  - {ref: "1.2"}
- actions:
  - action: |
      Listen,
      then act
    progress: ~
"""


def read_back(plan):
    return read(write(plan).encode(), "plan.yaml")


def without_places(plan):
    themes = (
        replace(theme, where="", rows=tuple(replace(row, where="") for row in theme.rows)) for theme in plan.themes
    )
    return replace(plan, themes=tuple(themes), columns=(), problems=())


def understood(plan):
    drawn = understand(plan, Directory((), ()), Policy(), DateReading(), lambda _: True)
    return [(action.id, action.theme, action.outcome_from) for action in drawn.actions]


def mistakes_of(text):
    with pytest.raises(Unreadable) as refused:
        read(text.encode() if isinstance(text, str) else text, "plan.yaml")
    return refused.value.mistakes


def test_every_cell_is_text_and_a_blank_or_left_out_one_is_none():
    assert read(SMALL, "plan.yaml") == WrittenPlan(
        title="Anytown plan",
        priorities=("Early help", "The child's voice"),
        themes=(
            WrittenTheme(
                "plan.yaml, line 4",
                "Early help",
                None,
                (
                    WrittenRow("plan.yaml, line 6", "1.10", "Met", "Audit: all", "NO", "2015-05-31", None, "yes"),
                    WrittenRow("plan.yaml, line 7", "1.2"),
                ),
            ),
            WrittenTheme(
                "plan.yaml, line 8", None, None, (WrittenRow("plan.yaml, line 9", action="Listen, then act"),)
            ),
        ),
    )


def test_blank_actions_are_dropped_and_a_theme_may_be_empty():
    plan = read(b"title: t\nthemes:\n- actions: [{ref: }, {}, {ref: '1'}]\n- {title: B, actions: }", "plan.yaml")
    assert [len(theme.rows) for theme in plan.themes] == [1, 0]


def test_the_example_is_the_boards_plan_cell_by_cell():
    written = without_places(read_text(SEED, "business-plan.txt"))
    example = read(EXAMPLE, "plan.yaml")
    assert without_places(example) == replace(
        written, themes=tuple(replace(theme, number=None) for theme in written.themes)
    )
    assert understood(example) == understood(written)


def test_the_example_is_what_the_writer_writes_below_its_comment():
    comment, title, rest = EXAMPLE.decode().partition("title:")
    assert all(line.startswith("#") for line in comment.strip().splitlines())
    assert title + rest == write(read_text(SEED, "business-plan.txt"))


def test_the_example_reads_as_plain_text_in_any_yaml_reader():
    plain = yaml.safe_load(EXAMPLE)
    rows = [row for theme in plain["themes"] for row in theme["actions"]]
    assert len(rows) == 31
    assert {type(cell) for row in rows for cell in row.values()} == {str, type(None)}


def test_a_plan_that_is_written_is_readable_by_people():
    plan = WrittenPlan("Anytown: plan", ("Help",), (WrittenTheme("", None, None, (WrittenRow("", "1.1", "o", "a"),)),))
    assert write(plan) == (
        "title: 'Anytown: plan'\npriorities:\n- Help\nthemes:\n- actions:\n"
        "  - ref: '1.1'\n    outcome: o\n    action: a\n    lead:\n    timeframe:\n    progress:\n"
    )


@pytest.mark.parametrize(
    ("number", "ref", "written"),
    [
        pytest.param(1, "1.1", None, id="the refs give it"),
        pytest.param(1, None, None, id="the place gives it"),
        pytest.param(7, "1.1", 7, id="the refs give another"),
        pytest.param(7, None, 7, id="the place gives another"),
        pytest.param(None, "3.1", None, id="none was written"),
    ],
)
def test_a_number_is_written_only_where_nothing_else_gives_it(number, ref, written):
    plan = WrittenPlan("t", (), (WrittenTheme("", "A", number, (WrittenRow("", ref, action="a"),)),))
    assert read_back(plan).themes[0].number == written
    assert understood(read_back(plan)) == understood(plan)


HOSTILE = st.sampled_from(
    [
        *("NO", "1.10", "~", "null", "- a", "a: b", "a #b", "*x", "&x", "!x", "{a", "[a", "'", '"', "%", "@", "`", "?"),
        *("=", "<<", "0x1F", "2015-01-01", "1_000", "|", ">", "---", "...", "\u2028a", "\U0001f600", "a\\nb", ": "),
    ]
)
WORDS = st.one_of(HOSTILE, st.text(), st.text("ab:#-'\" ,{}[]&*!|>%@`?\n\t")).map(lambda text: tidy(text) or "x")
CELL = st.one_of(st.none(), WORDS)
ROW = st.builds(WrittenRow, st.just(""), CELL, CELL, CELL, CELL, CELL, CELL, CELL)
FULL = st.builds(lambda row, action: replace(row, action=action), ROW, WORDS)
THEME = st.builds(
    WrittenTheme,
    st.just(""),
    CELL,
    st.one_of(st.none(), st.integers(1, 999)),
    st.lists(FULL, min_size=1, max_size=3).map(tuple),
)
PLAN = st.builds(
    WrittenPlan,
    WORDS,
    st.lists(WORDS, max_size=3).map(tuple),
    st.lists(THEME, min_size=1, max_size=3).map(tuple),
)


@given(PLAN)
def test_a_plan_comes_back_as_it_was_written(plan):
    back = without_places(read_back(plan))
    numbers = [theme.number for theme in back.themes]
    themes = (replace(theme, number=number) for theme, number in zip(plan.themes, numbers, strict=True))
    assert back == replace(plan, themes=tuple(themes))
    assert understood(back) == understood(plan)
    assert without_places(read_back(back)) == back


@given(st.text(alphabet="abtile:hms[]{}-, \n'\"|", max_size=80))
def test_any_text_is_read_or_refused_in_words(text):
    assert all(mistake.startswith("plan.yaml") for mistake in mistakes_of(text))


LIST = "write a list, each item on a line that begins with “- ”"


def test_all_mistakes_are_told_in_one_go():
    assert mistakes_of(
        "tilte: Anytown plan\n"
        "priorities: {a: b}\n"
        "themes:\n"
        "- title: [Early help]\n"
        "  number: one\n"
        "  actions:\n"
        "  - {ref: 1.1, outcome: [x], timefarme: May 2015}\n"
        "  - just text\n"
        "- Early help\n"
        "- {title: Voice, colour: red}\n"
    ) == (
        "plan.yaml, line 1: the plan has no key “tilte” (did you mean title?)",
        "plan.yaml, line 1: the plan has no title; write “title: ” and its name at the top",
        f"plan.yaml, line 2: priorities is a mapping (“key: value” lines); {LIST}",
        "plan.yaml, line 4: title is a list; write one text",
        "plan.yaml, line 5: number is “one”; write a whole number from 1, or leave it out",
        "plan.yaml, line 7: an action has no key “timefarme” (did you mean timeframe?)",
        "plan.yaml, line 7: outcome is a list; write one text",
        "plan.yaml, line 8: an action is a text, “just text”; write “key: value” lines",
        "plan.yaml, line 9: a theme is a text, “Early help”; write “key: value” lines",
        "plan.yaml, line 10: a theme has no key “colour”; known are title, number, actions",
        "plan.yaml, line 10: the theme has no actions; write “actions:” and below it a list of actions",
    )


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        pytest.param(
            "",
            (
                "plan.yaml, line 1: the plan has no title; write “title: ” and its name at the top",
                "plan.yaml, line 1: the plan has no themes; write “themes:” and below it a list of title and actions",
            ),
            id="empty file",
        ),
        pytest.param(
            "- a", ("plan.yaml, line 1: the plan is a list; write “key: value” lines",), id="a list at the top"
        ),
        pytest.param(
            "title: t\nthemes: [{title: A, actions: []}]",
            ("plan.yaml: the plan holds no action; write the actions of each theme below “actions:”",),
            id="no action",
        ),
        pytest.param(
            "title: t\npriorities: [A, , B]\nthemes: [{actions: [{ref: 1}]}]",
            None,
            id="YAML that is none",
        ),
        pytest.param(
            "title: t\npriorities:\n- A\n-\nthemes: [{actions: [{ref: 1}]}]",
            ("plan.yaml, line 4: an item of priorities is blank; write it, or take its line out",),
            id="a blank priority",
        ),
        pytest.param(
            "title: t\nthemes: [{actions: [{ref: 1}], number: 0}]",
            ("plan.yaml, line 2: number is “0”; write a whole number from 1, or leave it out",),
            id="number nought",
        ),
        pytest.param("title: t\ntitle: u", None, id="a key twice"),
        pytest.param("title: &a t\nthemes: *a", None, id="an alias"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_line(text, mistakes):
    assert mistakes_of(text) == (mistakes or mistakes_of(text)[:1])


def test_limits_are_kept():
    rows = "title: t\nthemes:\n- actions:\n" + "  - {ref: 1}\n" * (MAX_ROWS + 1)
    assert mistakes_of(rows) == ("plan.yaml, line 1: the plan holds 5,001 actions; at most 5,000 are read. Split it",)
    cell = f"title: t\nthemes:\n- actions:\n  - {{ref: 1, action: {'x' * (MAX_CELL + 1)}}}\n"
    assert mistakes_of(cell) == (
        "plan.yaml, line 4: action holds 10,001 characters; at most 10,000 are read. Shorten it",
    )
    assert mistakes_of(b" " * 10_000_001) == (
        "plan.yaml: holds 10,000,001 bytes; at most 10,000,000 are read. Split or shorten it",
    )
