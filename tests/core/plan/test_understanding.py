from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given

from reminders.core.directory import LeadKind
from reminders.core.plan import Level, Problem, Theme, understand
from reminders.core.timeframe import DateReading, Kind
from tests.builders import a_row
from tests.core.builders import (
    PLANS,
    a_policy,
    a_table,
    a_written_plan,
    the_boards_directory,
    the_boards_plan,
    understood,
)

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "samples/expected.yaml").read_text(encoding="utf-8"))


# The board's own plan


def test_the_boards_plan_gives_exactly_the_problems_read_by_hand():
    refs = {action["ref"] for action in EXPECTED["actions"]}
    by_hand = {
        (each["code"], where if where in refs else None)
        for each in EXPECTED["report_to_business_manager"]
        for where in each["where"].split(", ")
    }
    found = Counter((problem.code, problem.ref) for problem in the_boards_plan().problems)
    assert found == Counter(by_hand)
    assert len(by_hand) == 11


def test_the_boards_plan_has_as_many_of_each_kind_as_were_counted_by_hand():
    counts = EXPECTED["counts"]
    plan = the_boards_plan()
    kinds = Counter(action.timeframe.kind for action in plan.actions)
    assert (kinds[Kind.DATED], kinds[Kind.ONGOING], kinds[Kind.NONE]) == (counts["with_deadline"], 1, 2)
    assert (len(plan.actions), len(plan.numbered)) == (counts["rows_total"], counts["actions_with_ref"])
    assert sum(action.blank for action in plan.numbered) == counts["progress_blank_with_ref"]
    assert sum(len(action.leads) for action in plan.numbered) == counts["lead_assignments"]
    assert not any(action.complete for action in plan.actions)
    assert [action.ref for action in plan.actions if action.ask] == ["3.2"]


def test_the_boards_plan_inherits_three_outcomes():
    inherited = {action.ref: action.outcome_from for action in the_boards_plan().actions if action.outcome_from}
    assert inherited == EXPECTED["counts"]["outcome_inherited"]


def test_every_action_of_the_boards_plan_is_found_by_its_id():
    plan = the_boards_plan()
    assert [plan.action(action.id) for action in plan.actions] == list(plan.actions)
    assert [action.id for action in plan.numbered] == [action.ref for action in plan.numbered]
    assert plan.action("9.9") is None


def test_the_boards_plan_means_the_same_on_every_reading():
    assert the_boards_plan() == the_boards_plan()


# Themes


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(a_table(a_row("3.1"), title="CSE", number=7), Theme(7, "CSE", inferred=False), id="as written"),
        pytest.param(
            a_table(a_row("3.1"), title="CSE"), Theme(3, "CSE", inferred=False), id="its number from the refs"
        ),
        pytest.param(a_table(a_row("A"), title="CSE"), Theme(1, "CSE", inferred=False), id="its number from its place"),
        pytest.param(a_table(a_row("2.1"), title=None), Theme(2, "Journey", inferred=True), id="a priority's title"),
        pytest.param(a_table(a_row("3.1"), title=None), Theme(3, "Theme 3", inferred=True), id="no priority so far"),
        pytest.param(a_table(a_row("0.1"), title=None), Theme(1, "Early help", inferred=True), id="theme nought"),
        pytest.param(
            a_table(a_row("2.1"), a_row("3.1"), a_row("3.2"), a_row(None), title="CSE"),
            Theme(3, "CSE", inferred=False),
            id="what most refs say",
        ),
        pytest.param(a_table(a_row("2-1"), title="CSE"), Theme(2, "CSE", inferred=False), id="a hyphen in the ref"),
        pytest.param(a_table(a_row("20155.1"), title="CSE"), Theme(1, "CSE", inferred=False), id="too long for one"),
        pytest.param(a_table(title="CSE"), Theme(1, "CSE", inferred=False), id="no rows"),
    ],
)
def test_a_theme_has_its_number_and_title_from_the_best_there_is(table, expected):
    assert understood(a_written_plan(table, priorities=("Early help", "Journey"))).themes == (expected,)


def test_a_theme_without_a_heading_is_told():
    plan = understood(a_written_plan(a_table(a_row("1.1"), title=None), priorities=("Early help",)))
    message = "Theme 1 has no heading; it is shown as “Early help”. Write the heading above its table"
    assert plan.problems == (Problem("missing-theme-heading", None, "table 1", message, Level.NOTE),)


# Outcomes


def test_a_blank_outcome_is_inherited_from_the_row_above_in_its_theme():
    rows = [
        a_row("1.1", outcome="A"),
        a_row("1.2", outcome=None),
        a_row("1.3", outcome=None),
        a_row("1.4", outcome="B"),
    ]
    plan = understood(a_written_plan(a_table(*rows), a_table(a_row("2.1", outcome=None))))
    assert [(action.outcome, action.outcome_from) for action in plan.actions] == [
        ("A", None),
        ("A", "1.1"),
        ("A", "1.1"),
        ("B", None),
        (None, None),
    ]


def test_a_row_without_a_ref_inherits_no_outcome():
    plan = understood(a_row("1.1", outcome="A"), a_row(None, outcome=None), a_row("1.2", outcome=None))
    assert [(action.outcome, action.outcome_from) for action in plan.actions] == [
        ("A", None),
        (None, None),
        ("A", "1.1"),
    ]


# Complete, or to be asked


@pytest.mark.parametrize(
    ("cells", "complete", "ask"),
    [
        pytest.param({"progress": "Completed 3 March - signed off"}, True, False, id="finished"),
        pytest.param({"progress": "Audit completed by D Pearson"}, False, True, id="perhaps"),
        pytest.param({"progress": "Completed in part"}, False, True, id="in part"),
        pytest.param({"progress": "Incomplete"}, False, False, id="the opposite"),
        pytest.param({"progress": "To tie in with item 5.1"}, False, False, id="on the way"),
        pytest.param({}, False, False, id="blank"),
        pytest.param({"status": "Complete", "progress": "Nearly done"}, True, False, id="by its status"),
    ],
)
def test_progress_that_mentions_a_completion_word_is_asked_about(cells, complete, ask):
    action = understood(a_row(**cells)).actions[0]
    assert (action.complete, action.ask) == (complete, ask)


# Dates far from the rest


def timeframes(*wordings):
    rows = (a_row(f"1.{place}", timeframe=wording) for place, wording in enumerate(wordings, start=1))
    return [action.timeframe.kind.value for action in understood(a_table(*rows)).actions]


def test_a_date_more_than_ten_years_from_the_others_is_doubted():
    assert timeframes("March 2015", "May 2015", "May 2026") == ["dated", "dated", "unclear"]
    assert timeframes("March 2026", "May 2026", "May 2015") == ["dated", "dated", "unclear"]


def test_ten_years_are_not_too_far():
    assert timeframes("31 March 2015", "31 March 2015", "31 March 2025") == ["dated", "dated", "dated"]
    assert timeframes("31 March 2015", "31 March 2015", "1 April 2025") == ["dated", "dated", "unclear"]


def test_one_slip_against_many_rows_of_one_month_leaves_those_alone():
    assert timeframes("May 2051", *["January 2015"] * 9) == ["unclear", *["dated"] * 9]


def test_where_as_many_rows_say_one_year_as_another_both_are_doubted():
    assert timeframes("January 2015", "January 2051") == ["unclear", "unclear"]


def test_a_doubted_date_is_told_with_its_wording():
    plan = understood(a_row("1.1"), a_row("1.2"), a_row("1.3", timeframe="May 2051"))
    (problem,) = plan.problems
    assert (problem.code, problem.ref, problem.level) == ("unclear-timeframe", "1.3", Level.MEND)
    assert problem.message == "'May 2051' lies more than ten years from the plan's other dates; check the year"
    assert plan.actions[2].timeframe.wording == "May 2051"
    assert plan.actions[2].timeframe.deadlines == ()


def test_a_plan_without_dates_has_none_far_from_the_rest():
    assert timeframes("On-going", None) == ["ongoing", "none"]


def test_what_the_board_declares_of_its_dates_is_used():
    reading = DateReading(quarters="calendar")
    (action,) = understood(a_row(timeframe="Q1 2015"), reading=reading).actions
    assert action.timeframe.deadlines == (date(2015, 3, 31),)


@given(PLANS)
def test_no_row_is_dropped_and_no_plan_is_too_odd(written):
    plan = understand(written, the_boards_directory(), a_policy(), DateReading(), lambda _: True)
    assert [action.row for action in plan.actions] == [row for theme in written.themes for row in theme.rows]
    assert len({action.id for action in plan.actions}) == len(plan.actions)
    assert plan == understand(written, the_boards_directory(), a_policy(), DateReading(), lambda _: True)


def test_leads_of_the_boards_plan_are_people_and_groups():
    kinds = Counter(lead.kind for action in the_boards_plan().actions for lead in action.leads)
    assert set(kinds) == {LeadKind.PERSON, LeadKind.GROUP}
