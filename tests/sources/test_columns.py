import pytest

from reminders.core.plan import Level, WrittenRow
from tests.sources.tables import HEADER, plan_of, roles_of


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("ref", "Ref|No.|No|Rec No|ID|Item|REF:"),
        ("lead", "Lead|Lead officer/agency|Who?|Who|Who will lead|Owner|Owners|Responsible|Responsible officer"),
        ("lead", "Responsible (officer)|Responsibility|Exec lead|Lead(s)|LEAD:"),
        ("timeframe", "Timeframe|Timescale|By when|When?|When|Target date|Due|Due date|Due (date)|Deadline"),
        ("timeframe", "Completion date|Agreed implementation date|Revised date|Original target date"),
        ("progress", "Progress|Update|Latest update|Current position|Commentary|Comments|PROGRESS at MARCH 2014"),
        ("status", "RAG|BRAG|Status|RAG rating|Assessment category 1-4"),
        ("outcome", "Desired outcome|Outcome|Outcomes|Expected Outcome|Desired outcome / impact|Impact"),
        ("timeframe", "Target date (revised)|New target date|Extended deadline|Timescale/Target|By-when|Time scales"),
        (
            "lead",
            "Owner(s)|Responsible lead/group|Lead officer(s)\u00b9|By whom|Action owner|Lead*|Lead2|Lead & partners",
        ),
        ("ref", "Action No|Rec. No.|#|Recommendation No"),
    ],
)
def test_headings_that_boards_write_are_known(role, headings):
    partner = "By when" if role == "lead" else "Lead"
    for heading in headings.split("|"):
        assert roles_of(f"Action|{partner}|{heading}", "a|b|c").get(role) == "c", heading


@pytest.mark.parametrize(
    "heading",
    [
        *("Action", "Actions", "Action(s)", "ACTION(s) REQUIRED", "Action required", "What we will do", "Task"),
        *(
            "What will it do?",
            "How will the LSCB do this?",
            "What?",
            "Recommendation",
            "Milestone",
            "Specific Actions",
            "**Action**",
        ),
    ],
)
def test_headings_of_the_action_are_known(heading):
    assert roles_of(f"{heading}|Lead", "do it|C Gill") == {"action": "do it", "lead": "C Gill"}


@pytest.mark.parametrize(
    "heading",
    [
        *("Raised", "Date closed", "Monitored by", "Raised by", "Evidence", "Directorate", "Output", "Evaluation"),
        *("Date identified", "Start date", "Date completed", "Priority", "Cost", "Developmental objective"),
    ],
)
def test_columns_of_no_meaning_to_us_are_not_read(heading):
    plan = plan_of(f"Action|Lead|{heading}", "a|b|c")
    assert plan.columns == (("action", "action"), ("lead", "lead"))
    assert plan.themes[0].rows == (WrittenRow("plan, row 2", action="a", lead="b"),)


def test_columns_may_stand_in_any_order_and_some_may_be_missing():
    assert roles_of("By when?|Who|Action", "May 2015|C Gill|Audit") == {
        "timeframe": "May 2015",
        "lead": "C Gill",
        "action": "Audit",
    }


def test_few_known_headings_among_many_unknown_still_make_the_plan():
    header = "Priority area|Success measure|Evidence|Cost|Risk|Action|Lead|Monitored by|Timescale"
    assert roles_of(header, "p|s|e|c|r|Audit|C Gill|m|May 2015") == {
        "action": "Audit",
        "lead": "C Gill",
        "timeframe": "May 2015",
    }


def test_the_columns_that_were_read_are_told_with_their_roles():
    assert plan_of(HEADER, "1.1|o|a|l|t|p").columns == (
        ("ref", "ref"),
        ("desired outcome", "outcome"),
        ("action", "action"),
        ("lead", "lead"),
        ("timeframe", "timeframe"),
        ("progress", "progress"),
    )


def test_a_progress_column_keeps_its_name_when_its_date_moves_on():
    march = plan_of("Action|Lead|Progress at March 2014", "a|b|c").columns
    assert march == plan_of("Action|Lead|Progress (June 2014)", "a|b|c").columns


def test_of_two_columns_with_one_role_the_better_heading_is_read_and_the_manager_told_once():
    plan = plan_of("Action|Owner|Lead|Due", "a|o|l|May 2015", "", "Action|Owner|Lead|Due", "b|o|l|May 2015")
    assert [row.lead for theme in plan.themes for row in theme.rows] == ["l", "l"]
    assert [(each.code, each.ref, each.level, each.where) for each in plan.problems] == [
        ("two-columns-one-role", None, Level.NOTE, "plan, row 1")
    ]
    assert plan.problems[0].message == "“Lead” and “Owner” both give the lead; “Lead” is read. Keep one of them"


def test_a_revised_date_beats_the_original_and_a_blank_one_leaves_it():
    plan = plan_of(
        "Action|Lead|Original target date|Target date|Revised target date",
        "a|l|March 2015|May 2015|July 2015",
        "b|l|March 2015|May 2015|",
    )
    assert [row.timeframe for row in plan.themes[0].rows] == ["July 2015", "May 2015"]
    assert [each.code for each in plan.problems] == ["two-columns-one-role"]


def test_a_blank_lead_is_not_filled_from_another_column():
    assert roles_of("Action|Lead|Owner|When", "a||Chair|May 2015") == {"action": "a", "timeframe": "May 2015"}


# Headings over two rows


def test_headings_that_go_on_in_the_row_below_are_one():
    plan = plan_of("Ref|Action|Lead|By", "||officer|when?", "1.1|Audit|C Gill|May 2015")
    assert plan.columns[2:] == (("lead officer", "lead"), ("by when", "timeframe"))
    assert plan.themes[0].rows == (WrittenRow("plan, row 3", "1.1", None, "Audit", "C Gill", "May 2015"),)


def test_headings_that_say_nothing_in_their_first_row_are_read_with_the_second():
    plan = plan_of("Anytown plan", "Rec|Specific|Exec|Completion", "No|actions|lead|date", "1|Audit|C Gill|May 2015")
    assert [role for _, role in plan.columns] == ["ref", "action", "lead", "timeframe"]


def test_a_heading_over_two_columns_belongs_to_both():
    plan = plan_of("Action|Lead|Timescale|", "||Original|Revised", "Audit|C Gill|March 2015|May 2015")
    assert plan.themes[0].rows[0].timeframe == "May 2015"
    assert [each.code for each in plan.problems] == ["two-columns-one-role"]


def test_a_first_row_of_the_plan_is_no_second_row_of_headings():
    plan = plan_of("Action|Lead|Status", "Update the protocol|C Gill|Current", "-|-|-")
    assert [row.action for row in plan.themes[0].rows] == ["Update the protocol", "-"]


@pytest.mark.parametrize("row", ["Audit|C Gill|B|Blue", "Audit|C Gill||Complete"])
def test_a_colour_is_kept_as_written_and_means_what_the_settings_say(row):
    (read,) = plan_of("Action|Lead|RAG|Status", row).themes[0].rows
    assert read.status == (row.split("|")[3])


def test_of_status_and_rag_the_status_is_read_and_both_are_told():
    plan = plan_of("Action|Lead|RAG|Status", "Audit|C Gill|B|Complete")
    assert plan.problems[0].message == "“Status” and “RAG” both give the status; “Status” is read. Keep one of them"
