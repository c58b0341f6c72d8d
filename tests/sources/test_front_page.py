import pytest

from tests.sources.tables import HEADER, plan_of


def test_title_and_priorities_stand_above_the_first_table():
    plan = plan_of(
        *(
            "",
            "Anytown Local Safeguarding Children Board",
            "",
            "LSCB BUSINESS PLAN 2015 \u2013 2017",
            "Version 3",
            "Introduction",
        ),
        *("Strategic Priorities", "In setting its priorities the board met.", "The following were agreed:"),
        *(
            "- 1. Early help",
            "- 2.  The child\u2019s voice",
            "Other key priorities include:",
            "- 3. Mental health",
            "- 9. No",
        ),
        *("Theme 1 - A", HEADER, "1.1|o|a|l|t|"),
    )
    assert plan.title == "Anytown Local Safeguarding Children Board LSCB Business Plan 2015 - 2017"
    assert plan.priorities == ("Early help", "The child\u2019s voice", "Mental health")


def test_a_numbered_list_of_something_else_is_not_the_priorities():
    assert plan_of("Plan", "Aims:", "1. To help", "2. To heed", HEADER, "1.1|o|a|l|t|").priorities == ()


@pytest.mark.parametrize(
    ("front", "title"),
    [
        pytest.param(("Anytown Plan 2015",), "Anytown Plan 2015", id="the only line"),
        pytest.param(
            ("Anytown Board", "Business Plan", "Early help"), "Anytown Board Business Plan", id="up to the plan"
        ),
        pytest.param(("Anytown Board", "Some words"), "Anytown Board", id="no line speaks of a plan"),
        pytest.param(("Theme 1 - A",), "Business plan", id="no title at all"),
        pytest.param(("This is what we do.", "Plan"), "Business plan", id="a sentence first"),
        pytest.param(("ACTION PLAN OF THE LSCB",), "Action Plan of the LSCB", id="capitals"),
    ],
)
def test_the_title_is_what_stands_first(front, title):
    assert plan_of(*front, HEADER, "1.1|o|a|l|t|").title == title


def test_in_a_spreadsheet_the_front_page_stands_in_cells():
    plan = plan_of("Anytown Plan||", "Priorities||", "1. Help||", "|Theme 1 - A|", "Action|Lead|By when", "a|l|t")
    assert (plan.title, plan.priorities, plan.themes[0].title) == ("Anytown Plan", ("Help",), "A")
