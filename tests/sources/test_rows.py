import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.plan import Level, WrittenRow
from reminders.sources.base import MAX_CELL, MAX_ROWS, Paragraph, TableRow, Unreadable
from reminders.sources.rows import plan_from_blocks

HEADER = "Ref|Desired outcome|Action|Lead|Timeframe|Progress"


def blocks_of(text):
    for number, line in enumerate(text.split("\n"), start=1):
        where = f"plan, row {number}"
        yield TableRow(tuple(line.split("|")), where) if "|" in line else Paragraph(line, where)


def plan_of(*lines):
    return plan_from_blocks(blocks_of("\n".join(lines)), "plan")


def themes_of(*lines):
    return [(theme.title, theme.number, [row.ref for row in theme.rows]) for theme in plan_of(*lines).themes]


def roles_of(header, row):
    read = plan_of(header, row).themes[0].rows[0]
    return {name: getattr(read, name) for name in read.__dataclass_fields__ if name != "where" and getattr(read, name)}


# Columns


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("ref", "Ref|No.|No|Rec No|ID|Item|REF:"),
        ("lead", "Lead|Lead officer/agency|Who?|Who|Who will lead|Owner|Owners|Responsible|Responsible officer"),
        ("lead", "Responsible (officer)|Responsibility|Exec lead|Lead(s)|LEAD:"),
        ("timeframe", "Timeframe|Timescale|By when|When?|When|Target date|Due|Due date|Due (date)|Deadline"),
        ("timeframe", "Completion date|Agreed implementation date|Revised date|Original target date"),
        ("progress", "Progress|Update|Latest update|Current position|Commentary|Comments|PROGRESS at MARCH 2014"),
        ("status", "RAG|BRAG|Status|RAG rating"),
        ("outcome", "Desired outcome|Outcome|Outcomes|Expected Outcome|Desired outcome / impact"),
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
        *("What will it do?", "What?", "Recommendation", "Milestone", "Specific Actions", "**Action**"),
    ],
)
def test_headings_of_the_action_are_known(heading):
    assert roles_of(f"{heading}|Lead", "do it|C Gill") == {"action": "do it", "lead": "C Gill"}


@pytest.mark.parametrize("heading", ["Raised", "Date closed", "Monitored by", "Raised by", "Evidence"])
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


# Themes


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


# The front page


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
