from datetime import date
from pathlib import Path

import pytest
import yaml

from reminders.core.plan import understand
from reminders.core.policy import Policy
from reminders.core.timeframe import DateReading
from reminders.sources.files import read_directory_file, read_plan

ROOT = Path(__file__).parent.parent.parent
EXPECTED = yaml.safe_load((ROOT / "tests/samples/expected.yaml").read_text(encoding="utf-8"))
KINDS = {"month": "dated", "ongoing": "ongoing", "missing": "none"}


@pytest.fixture(scope="module", params=["tests/samples/business-plan.txt", "config/plan.yaml"])
def plan(request):
    _, written = read_plan(ROOT / request.param)
    _, directory = read_directory_file(ROOT / "config/directory.yaml")
    return understand(written, directory, Policy(), DateReading(), lambda _: True)


def seen(action):
    (deadline,) = action.timeframe.deadlines or (None,)
    return {
        "ref": action.ref,
        "theme": {
            "number": action.theme.number,
            "title": action.theme.title,
            "title_inferred": action.theme.inferred,
        },
        "desired_outcome": action.outcome,
        "desired_outcome_inherited_from": action.outcome_from,
        "action": action.row.action,
        "lead_cell": action.row.lead,
        "leads": [{"name": lead.name, "kind": lead.kind.value} for lead in action.leads],
        "timeframe": action.row.timeframe,
        "deadline": deadline and deadline.isoformat(),
        "timeframe_kind": action.timeframe.kind.value,
        "progress": action.row.progress,
        "progress_blank": action.blank,
        "complete": action.complete,
        "completion_unconfirmed": action.ask,
    }


def test_every_action_is_understood_as_it_was_read_by_hand(plan):
    by_hand = [{**action, "timeframe_kind": KINDS[action["timeframe_kind"]]} for action in EXPECTED["actions"]]
    keys = seen(plan.actions[0]).keys()
    assert [seen(action) for action in plan.actions] == [{key: action[key] for key in keys} for action in by_hand]


def test_title_and_themes_are_understood(plan):
    assert plan.title == EXPECTED["title"]
    assert [(theme.number, theme.title, theme.inferred) for theme in plan.themes] == [
        (theme["number"], theme["title"], theme["source"].startswith("INFERRED")) for theme in EXPECTED["themes"]
    ]


def test_the_counts_are_those_counted_by_hand(plan):
    counts = EXPECTED["counts"]
    blank = [action for action in plan.actions if action.blank]
    assert len(plan.actions) == counts["rows_total"]
    assert len(plan.numbered) == counts["actions_with_ref"]
    assert len(blank) == counts["progress_blank_all_rows"]
    assert len([action for action in blank if action.ref]) == counts["progress_blank_with_ref"]
    assert len([action for action in plan.actions if action.timeframe.deadlines]) == counts["with_deadline"]
    assert sum(len(action.leads) for action in plan.actions) == counts["lead_assignments"]


def test_the_deadlines_are_those_read_by_hand(plan):
    for day, expected in EXPECTED["counts"]["deadlines"].items():
        falling = [a.ref for a in plan.actions if date.fromisoformat(day) in a.timeframe.deadlines]
        assert falling == expected["refs"], day


def test_what_a_person_must_settle_is_told(plan):
    last = plan.actions[-1]
    assert last.id.startswith("~")
    assert sorted((problem.code, problem.ref) for problem in plan.problems if problem.ref) == [
        ("completion-unconfirmed", "3.2"),
        ("group-lead-only", "3.5"),
        ("lead-spelling", "2.3"),
        ("lead-spelling", "2.4"),
        ("missing-action", "2.7"),
        ("missing-timeframe", "2.7"),
        ("no-deadline-ongoing", "5.2"),
    ]
    assert sorted(problem.code for problem in plan.problems if not problem.ref) == [
        "missing-lead",
        "missing-theme-heading",
        "missing-timeframe",
        "row-without-ref",
    ]


def test_every_code_expected_by_hand_is_told(plan):
    told = {(problem.code, problem.ref) for problem in plan.problems}
    refs = {action["ref"] for action in EXPECTED["actions"]}
    for each in EXPECTED["report_to_business_manager"]:
        for where in each["where"].split(", "):
            assert (each["code"], where if where in refs else None) in told
