"""Plans of other boards' shapes, each with its reading written by hand."""

from pathlib import Path

import pytest

from reminders.core.plan import understand
from reminders.core.policy import Policy
from reminders.core.timeframe import DateReading
from reminders.sources.files import read_directory_file, read_plan

ROOT = Path(__file__).parent.parent.parent

# Refs inside the action, the outcome after it, a priority above each table; remarks beside dates.
BRIGHTON = """\
Anytown LSCB Business Plan 2014-15,,,,
,,,,
Priority 1: Early help,,,,
ACTION,OUTCOME,LEAD,TIMESCALE,PROGRESS
1.1 Agree the early help offer,Children are helped early,M Evans,September 2014 (website permitting),
1.1a Publish the offer,,"M Evans, C Gill",March 2015 as per training strategy,On the website
"1.1b Train staff,
then managers",,CSE Sub-Group,To be confirmed,COMPLETE
Priority 2: Sexual exploitation,,,,
ACTION,OUTCOME,LEAD,TIMESCALE,PROGRESS
2.1 Audit ten cases by May 2014,Lessons are learnt,C Gill & Quality & Performance Group,March 2015.,
""".encode("utf-16")

# Leads named above the table, several actions in one row, letters for colours, a key below; no refs.
SLOUGH = """\
sep=;
Anytown Safeguarding \u2013 Domestic Abuse Action Plan 2015;;;;;
Lead officers: Nancy Barber/Jill King (BHFT);;;;;
;;;;;
Specific Actions;Timescale/Target;Lead;Output;RAG rating;Evaluation
Map the services;Q1 2015/16;l Mundy/ M Evans;A map;G;
a) Write a guide b) Print it;a) May 2015 b) June 2015;a) C Gill b) D Daly;A guide;A;
Train schools;03/04/2015;Head of Safeguarding;;B;
;;;;;
Key;;;;;
B;Complete;;;;
G;On track;;;;
""".encode("cp1252")

# Recommendations, roles as leads, a category that the settings explain, a table of versions before it.
STOCKTON = b"""\
# Anytown Serious Case Review

## Version control

| Version | Date | Author |
|---|---|---|
| 1 | May 2015 | D Daly |

## Recommendations

| No. | Recommendation | Responsibility | Date | Progress | Assessment category 1-4 |
|---|---|---|---|---|---|
| 1 | Share the review | Chair / DCS | 31/03/15 | Shared with all | 1 |
| 2 | Audit the files | M Evans (Chair) | financial year 2015/16 | | 3 |
| 3 | Train new staff | TBC | Ongoing | | |
"""

# Headings that are questions, a group as lead, an impact beside the outcome, a school term; no refs.
STRATEGIC = b"""\
Anytown LSCB Strategic Business Plan 2014-5

Strategic Priority 1: Voice of the child

| How will the LSCB do this? | What will it do? | Responsible lead/group | By when | Desired outcome | Impact |
|---|---|---|---|---|---|
| Ask children | Survey the schools | Quality & Performance Group | Mar-15 | Children are heard | |
| Meet them | Visit the youth council | C Gill and Z Quill | Summer term 2015 | | |
"""


@pytest.fixture(scope="module")
def directory():
    return read_directory_file(ROOT / "config/directory.yaml")[1]


@pytest.fixture
def read(tmp_path, directory):
    def understood(name, data, **status_key):
        (tmp_path / name).write_bytes(data)
        _, written = read_plan(tmp_path / name)
        return understand(written, directory, Policy(status_key=status_key), DateReading(), lambda _: True)

    return understood


def seen(plan):
    return [
        (
            *(action.ref, action.theme.number, action.row.action, action.outcome, action.outcome_from),
            *([lead.name for lead in action.leads], [day.isoformat() for day in action.timeframe.deadlines]),
            "complete" if action.complete else action.timeframe.kind.value,
            sorted(problem.code for problem in plan.problems if problem.where == action.row.where),
        )
        for action in plan.actions
    ]


def test_refs_inside_the_actions(read):
    plan = read("plan.csv", BRIGHTON)
    assert plan.title == "Anytown LSCB Business Plan 2014-15"
    assert [theme.title for theme in plan.themes] == ["Early help", "Sexual exploitation"]
    helped, learnt, together = "Children are helped early", "Lessons are learnt", "Quality & Performance Group"
    assert seen(plan) == [
        *(
            (
                "1.1",
                1,
                "Agree the early help offer",
                helped,
                None,
                ["M Evans"],
                ["2014-09-30"],
                "dated",
                ["timeframe-note"],
            ),
            (
                "1.1a",
                1,
                "Publish the offer",
                helped,
                "1.1",
                ["M Evans", "C Gill"],
                [],
                "unclear",
                ["unclear-timeframe"],
            ),
            ("1.1b", 1, "Train staff, then managers", helped, "1.1", ["CSE Sub-Group"], [], "complete", []),
            ("2.1", 2, "Audit ten cases by May 2014", learnt, None, ["C Gill", together], ["2015-03-31"], "dated", []),
        )
    ]


def test_leads_above_the_table_lists_in_a_row_and_a_key_below(read):
    plan = read("plan.csv", SLOUGH, B="complete")
    assert plan.title == "Anytown Safeguarding - Domestic Abuse Action Plan 2015"
    several = ["several-in-one-row", "unclear-timeframe"]
    assert seen(plan) == [
        *(
            (
                None,
                1,
                "Map the services",
                None,
                None,
                ["I Mundy", "M Evans"],
                ["2015-06-30"],
                "dated",
                ["lead-spelling", "missing-theme-heading", "row-without-ref"],
            ),
            (None, 1, "a) Write a guide b) Print it", None, None, ["C Gill", "D Daly"], [], "unclear", several),
            (None, 1, "Train schools", None, None, ["Head of Safeguarding"], ["2015-04-03"], "complete", []),
        )
    ]


def test_recommendations_with_roles_as_leads_and_a_category(read):
    plan = read("plan.md", STOCKTON, **{"1": "Complete"})
    assert (plan.title, plan.themes[0].title) == ("Anytown Serious Case Review", "Recommendations")
    assert seen(plan) == [
        ("1", 1, "Share the review", None, None, ["Chair", "DCS"], ["2015-03-31"], "complete", []),
        ("2", 1, "Audit the files", None, None, ["M Evans"], ["2016-03-31"], "dated", ["lead-spelling"]),
        ("3", 1, "Train new staff", None, None, [], [], "ongoing", ["missing-lead", "no-deadline-ongoing"]),
    ]


def test_headings_that_are_questions(read):
    plan = read("plan.txt", STRATEGIC)
    assert (plan.title, plan.themes[0].title) == ("Anytown LSCB Strategic Business Plan 2014-5", "Voice of the child")
    assert [problem.code for problem in plan.problems[:2]] == ["two-columns-one-role"] * 2
    doubts = ["unclear-timeframe", "unknown-lead"]
    group = (["Quality & Performance Group"], ["2015-03-31"], "dated", ["group-lead-only", "row-without-ref"])
    assert seen(plan) == [
        (None, 1, "Survey the schools", "Children are heard", None, *group),
        (None, 1, "Visit the youth council", None, None, ["C Gill and Z Quill"], [], "unclear", doubts),
    ]
