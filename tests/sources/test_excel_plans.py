"""Whole plans as workbooks; what is expected of each was written down by hand from the sheet."""

import re
from datetime import date

import pytest

from reminders.core.plan import Level, understand
from reminders.core.policy import Policy
from reminders.core.timeframe import DateReading
from reminders.sources.excel import read_excel
from reminders.sources.files import read_directory_file, read_plan
from tests.sources.excel_files import STRUCK, book_of, saved
from tests.sources.test_seed import EXPECTED, KINDS, ROOT, seen

SEED = (ROOT / "tests/samples/business-plan.txt").read_text(encoding="utf-8").split("\n")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def rows_of(plan):
    return [(r.ref, r.action, r.lead, r.timeframe, r.progress, r.status) for theme in plan.themes for r in theme.rows]


def themes_of(plan):
    return [(theme.title, theme.number, [row.ref for row in theme.rows]) for theme in plan.themes]


# The board's plan


def put(sheet, lines):
    """Lay lines of the board's text file into a sheet, months as dates and an outcome of two rows merged."""
    for line in lines:
        sheet.append([cell or None for cell in line.split("\t")] if line else [""])
        last = sheet.max_row
        for cell in sheet[last]:
            as_date(cell)
        if re.match(r"3\.4|4\.4|5\.3", line):
            sheet.merge_cells(start_row=last - 1, end_row=last, start_column=2, end_column=2)


def as_date(cell):
    found = re.fullmatch(r"(\w+) (\d{4})", str(cell.value))
    if found and found[1] in MONTHS:
        cell.value = date(int(found[2]), MONTHS.index(found[1]) + 1, 1)
        cell.number_format = "mmm-yy"


def in_one_sheet():
    book = book_of(Sheet1=[])
    put(book["Sheet1"], SEED)
    return saved(book)


def a_sheet_for_each_theme():
    headers = [place for place, line in enumerate(SEED) if line.startswith("Ref\t")]
    headings = [place for place, line in enumerate(SEED) if line.startswith("Theme ")]
    starts = [headings[0], headers[1], *headings[1:]]
    book = book_of(Title=[], **{"Theme 1 - Early Help": []}, Sheet2=[], Theme3=[], Theme4=[], Theme5=[])
    put(book["Title"], SEED[: starts[0]])
    for sheet, start, end in zip(book.worksheets[1:], starts, [*starts[1:], len(SEED)], strict=True):
        put(sheet, SEED[start:end])
    book["Theme 1 - Early Help"].delete_rows(1)  # its heading: the sheet's title says it
    return saved(book)


@pytest.fixture(scope="module", params=[in_one_sheet, a_sheet_for_each_theme])
def board_plan(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("board") / "plan.xlsx"
    path.write_bytes(request.param())
    _, written = read_plan(path)
    _, directory = read_directory_file(ROOT / "config/directory.yaml")
    return understand(written, directory, Policy(), DateReading(), lambda _: True)


def test_every_action_of_the_boards_plan_is_understood_as_it_was_read_by_hand(board_plan):
    by_hand = [{**action, "timeframe_kind": KINDS[action["timeframe_kind"]]} for action in EXPECTED["actions"]]
    keys = seen(board_plan.actions[0]).keys()
    assert [seen(action) for action in board_plan.actions] == [{key: action[key] for key in keys} for action in by_hand]


def test_title_and_themes_of_the_boards_plan_are_understood(board_plan):
    assert board_plan.title == EXPECTED["title"]
    assert [(theme.number, theme.title, theme.inferred) for theme in board_plan.themes] == [
        (theme["number"], theme["title"], theme["source"].startswith("INFERRED")) for theme in EXPECTED["themes"]
    ]


def test_a_workbook_adds_no_problem_of_its_own_to_the_boards_plan(board_plan):
    assert not {problem.code for problem in board_plan.problems} & {"hidden-rows", "excel-error", "sheet-not-read"}


# Other shapes


def test_an_audit_tracker_with_original_and_revised_dates_below_one_heading():
    book = book_of(
        Tracker=[
            ["Anytown Audit Board: recommendations tracker"],
            [],
            ["Ref", "Recommendation", "Responsible Officer", "Target date", None, "RAG", "Comments"],
            [None, None, None, "Original", "Revised", None, None],
            [1.1, "Adopt the protocol", "C Gill", date(2008, 12, 31), date(2009, 3, 31), "G", "COMPLETE - adopted"],
            [1.2, "Review the fees", "D Daly", date(2008, 12, 1), None, "B", "SUSPENDED pending the review"],
            [1.3, "Train all staff", "C Gill", "May 2009", "Sept 2009", "A", "REPROGRAMMED after the merger"],
            [1.1, "Publish the findings", None, None, None, None, None],
            [],
            ["Key"],
            ["G", "On target or complete"],
            ["B", "Suspended"],
        ]
    )
    sheet = book["Tracker"]
    for merged in ("A1:G1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4", "G3:G4"):
        sheet.merge_cells(merged)
    for place, code in {"D5": "dd/mm/yyyy", "E5": "dd/mm/yyyy", "D6": "mmm-yy", "A8": "0.00"}.items():
        sheet[place].number_format = code
    plan = read_excel(saved(book), "tracker.xlsx")
    assert plan.title == "Anytown Audit Board: recommendations tracker"
    assert rows_of(plan) == [
        ("1.1", "Adopt the protocol", "C Gill", "31 March 2009", "COMPLETE - adopted", "G"),
        ("1.2", "Review the fees", "D Daly", "December 2008", "SUSPENDED pending the review", "B"),
        ("1.3", "Train all staff", "C Gill", "Sept 2009", "REPROGRAMMED after the merger", "A"),
        ("1.10", "Publish the findings", None, None, None, None),
    ]
    assert plan.themes[0].rows[0].where == "tracker.xlsx, sheet Tracker, row 5"


def test_of_a_raid_log_the_actions_are_read_and_the_risks_are_not():
    book = book_of(
        **{"Read me": [["RAID log of the Anytown Safeguarding Board"]]},
        Risks=[
            ["ID", "Description", "Owner", "Status", "Date identified", "Target resolution"],
            ["R1", "Funding may end", "M Evans", "Open", date(2015, 1, 5), date(2015, 6, 30)],
        ],
        Actions=[
            ["ID", "Action", "Owner", "Status", "Date identified", "Target resolution"],
            ["A1", "Ask the CCG for funds", "M Evans", "Open", date(2015, 1, 5), date(2015, 6, 30)],
            ["A2", "Appoint a chair", "I Mundy", "Closed", date(2015, 1, 5), date(2015, 2, 27)],
        ],
        Dependencies=[["ID", "Description"], ["D1", "The police review"]],
    )
    plan = read_excel(saved(book), "raid.xlsx")
    assert rows_of(plan) == [
        ("A1", "Ask the CCG for funds", "M Evans", "30 June 2015", None, "Open"),
        ("A2", "Appoint a chair", "I Mundy", "27 February 2015", None, "Closed"),
    ]
    assert themes_of(plan) == [(None, None, ["A1", "A2"])]
    assert [(problem.code, problem.where, problem.level) for problem in plan.problems] == [
        ("sheet-not-read", "raid.xlsx, sheet Risks", Level.NOTE)
    ]


def test_a_list_of_milestones_whose_dates_stand_in_the_wording():
    book = book_of(
        Milestones=[
            ["Corporate Plan 2008: milestones", None, None, None, None],
            ["Milestone", "Directorate", "Owner", "Current Status", "Commentary"],
            ["Adopt the strategy by July 2008", "Children", "D Daly", "On track", "Draft went to Cabinet"],
            ["Open two centres by March 2009", "Adults", "L York", "Completed", None],
        ]
    )
    assert rows_of(read_excel(saved(book), "plan.xlsx")) == [
        (None, "Adopt the strategy by July 2008", "D Daly", None, "Draft went to Cabinet", "On track"),
        (None, "Open two centres by March 2009", "L York", None, None, "Completed"),
    ]


def test_a_plan_numbered_on_from_year_to_year_with_its_finished_actions_below():
    book = book_of(
        **{
            "Action Plan": [
                ["Anytown Management Plan"],
                ["No.", "Action", "Who", "By when", "Progress"],
                ["Conserving cultural heritage"],
                [139, "Survey the barrows", "A Luke", date(2015, 3, 1), None],
                [140, "Mend the walls", "L Campion / A Luke", "2015/16", 0.5],
                ["Access and recreation"],
                [141, "Renew the signs", "L York", "Ongoing", None],
                [],
                ["Completed actions"],
                ["No.", "Action", "Who", "By when", "Progress"],
                [101, "Print the map", "L York", date(2013, 3, 1), "Done"],
            ]
        }
    )
    sheet = book["Action Plan"]
    for merged in ("A1:E1", "A3:E3", "A6:E6", "A9:E9"):
        sheet.merge_cells(merged)
    sheet["D4"].number_format, sheet["D11"].number_format, sheet["E5"].number_format = "mmmm yyyy", "mmm-yy", "0%"
    sheet["B11"].font = STRUCK
    plan = read_excel(saved(book), "plan.xlsx")
    assert rows_of(plan) == [
        ("139", "Survey the barrows", "A Luke", "March 2015", None, None),
        ("140", "Mend the walls", "L Campion / A Luke", "2015/16", "50%", None),
        ("141", "Renew the signs", "L York", "Ongoing", None, None),
        ("101", "Print the map", "L York", "March 2013", "Done", None),
    ]
    assert themes_of(plan) == [
        ("Conserving cultural heritage", None, ["139", "140"]),
        ("Access and recreation", None, ["141"]),
        ("Completed actions", None, ["101"]),
    ]
    assert [(problem.code, problem.ref, problem.where) for problem in plan.problems] == [
        ("struck-out", "101", "plan.xlsx, sheet Action Plan, row 11")
    ]
