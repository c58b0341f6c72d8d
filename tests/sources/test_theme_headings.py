import pytest

from tests.sources.tables import HEADER, plan_of, themes_of


def test_a_theme_is_named_by_a_row_whose_other_cells_are_blank():
    assert themes_of("Theme 1 Early Help|||||", HEADER, "1.1|o|a|l|t|") == [("Early Help", 1, ["1.1"])]


@pytest.mark.parametrize(
    ("heading", "title", "number"),
    [
        ("Theme 3 - Child Sexual Exploitation (CSE)", "Child Sexual Exploitation (CSE)", 3),
        ("Theme 4 \u2013 Domestic Abuse", "Domestic Abuse", 4),
        ("THEME 5: Effectiveness", "Effectiveness", 5),
        ("Priority 2 (CSE) and missing children", "(CSE) and missing children", 2),
        ("Strategic Priority 2. Voice", "Voice", 2),
        ("Theme 2", None, 2),
        ("Theme 0 - Governance", "Governance", None),
        ("Theme 2:", None, 2),
    ],
)
def test_a_theme_is_named_by_a_paragraph_above_its_header(heading, title, number):
    assert themes_of("Board plan", heading, "", HEADER, "9.1|o|a|l|t|") == [(title, number, ["9.1"])]


def test_a_sure_heading_stays_through_the_sentences_below_it():
    assert themes_of("Theme 1 \u2013 Voice", "", "This theme is led by C Gill.", HEADER, "1.1|o|a|l|t|") == [
        ("Voice", 1, ["1.1"])
    ]


def test_a_header_alone_begins_a_theme_that_is_named_after_its_first_ref():
    plan = plan_of("Theme 1 Early Help|||||", HEADER, "1.1|o|a|l|t|", "", HEADER, "2.1|o|a|l|t|", "2.2|o|a|l|t|")
    assert [(theme.title, theme.number, theme.where) for theme in plan.themes] == [
        ("Early Help", 1, "plan, row 1"),
        (None, None, "plan, table before ref 2.1"),
    ]


def test_a_header_below_a_page_break_begins_no_theme():
    assert themes_of("Theme 1 - Help", HEADER, "1.1|o|a|l|t|", "", "Page header", HEADER, "1.2|o|a|l|t|") == [
        ("Help", 1, ["1.1", "1.2"])
    ]


def test_a_heading_repeated_on_the_next_page_begins_no_theme():
    page = ("Theme 1 - Help", HEADER)
    assert themes_of(*page, "1.1|o|a|l|t|", *page, "1.2|o|a|l|t|") == [("Help", 1, ["1.1", "1.2"])]


def test_without_refs_a_blank_line_above_the_header_tells_two_themes_apart():
    assert themes_of("Action|Lead", "a|l", "Action|Lead", "b|l", "", "Action|Lead", "c|l") == [
        (None, None, [None, None]),
        (None, None, [None]),
    ]


def test_headings_within_one_table_need_no_header():
    assert themes_of(HEADER, "Theme 1: Help|||||", "1.1|o|a|l|t|", "Child's voice|||||", "2.1|o|a|l|t|") == [
        ("Help", 1, ["1.1"]),
        ("Child's voice", None, ["2.1"]),
    ]


def test_a_lone_cell_of_a_plan_without_refs_is_an_action_unless_it_says_theme():
    plan = plan_of("Action|Lead", "Theme 1: Help|", "Audit all cases|", "b|l")
    assert [(theme.title, [row.action for row in theme.rows]) for theme in plan.themes] == [
        ("Help", ["Audit all cases", "b"])
    ]


def test_a_short_line_right_above_a_later_header_names_the_theme():
    assert themes_of("Anytown plan", "", "Early help", HEADER, "1.1|o|a|l|t|", "", "2. Voice", HEADER, "2.1|||l||") == [
        ("Early help", None, ["1.1"]),
        ("Voice", 2, ["2.1"]),
    ]


@pytest.mark.parametrize(
    "line",
    ["- Performance reports", "The board agreed this in May.", "Sources are:", "• 8. Quality framework", "8. Quality"],
)
def test_bullets_sentences_and_priorities_name_no_theme(line):
    priorities = [f"{number}. x" for number in range(1, 8)]
    assert themes_of("Anytown plan", "Priorities:", *priorities, line, HEADER, "1.1|o|a|l|t|")[0][0] is None


def test_a_theme_without_rows_keeps_its_place():
    assert themes_of("Theme 1 - A", HEADER, "Theme 2 - B", HEADER, "2.1|o|a|l|t|") == [("A", 1, []), ("B", 2, ["2.1"])]


@pytest.mark.parametrize(
    "line", ["Lead officers: Nancy Barber/Jill King (BHFT)", "Updated: 3 May 2015", "Approved by the board: May", "Key"]
)
def test_labels_and_keys_name_no_theme(line):
    assert themes_of("Anytown plan", "Early help", line, HEADER, "1.1|o|a|l|t|")[0][0] is None
