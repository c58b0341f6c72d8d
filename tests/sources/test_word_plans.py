"""Whole plans as boards lay them out in Word, each against a reading made by hand."""

from pathlib import Path

import pytest

from reminders.core.plan import understand
from reminders.core.policy import Policy
from reminders.core.timeframe import DateReading
from reminders.sources.base import tidy
from reminders.sources.files import read_directory_file
from reminders.sources.word import read_word
from tests.sources.test_seed import EXPECTED, KINDS, seen
from tests.sources.word_files import (
    cell,
    control,
    deleted,
    inserted,
    level,
    lists,
    numbered,
    paragraph,
    row,
    run,
    smart_tag,
    table,
    word_file,
)

ROOT = Path(__file__).parent.parent.parent
SEED = (ROOT / "tests/samples/business-plan.txt").read_text(encoding="utf-8").split("\n")
MERGED = {"3.3": "restart", "3.4": "continue", "4.3": "restart", "4.4": "continue", "5.2": "restart", "5.3": "continue"}
HEADER_ROW = "<w:tblHeader/>"
WIDTHS = (700, 3000, 3000, 1700, 1500, 2600)
BREAK, HYPHEN = "<w:r><w:br/></w:r>", "<w:r><w:noBreakHyphen/></w:r>"


# The board's plan


def lead_of(written):
    """Lay leads out one below the other, in smart tags, their hyphens unbroken."""
    names = []
    for name in written.split("/ "):
        parts = [smart_tag(run(part)) for part in name.split("-")]
        names.append(HYPHEN.join(parts))
    return paragraph((run("/") + BREAK).join(names))


def timeframe_of(ref, written):
    if ref == "1.1":
        return paragraph(deleted("April 2015"), inserted(smart_tag(run(written))))
    if written == "On-going":
        return paragraph(run("On"), HYPHEN, run("going"))
    return paragraph(smart_tag(run(written)) if written else "")


def action_of(ref, written):
    if ref != "4.6":
        return paragraph(written)
    moved = f'<w:moveTo w:id="7" w:author="C Gill">{run(written[:5])}</w:moveTo>'
    gone = f'<w:moveFrom w:id="8" w:author="C Gill">{run(written[:5])}</w:moveFrom>'
    return paragraph(moved, run(written[5:]), gone)


def action_row(line):
    ref, outcome, action, lead, timeframe, progress = line.split("\t")
    progress_cell = cell(control(paragraph(progress))) if progress else cell("")
    return row(
        ref,
        cell(outcome, merge=MERGED.get(ref, "")),
        cell(action_of(ref, action)),
        cell(lead_of(lead)),
        cell(timeframe_of(ref, timeframe)),
        progress_cell,
        properties='<w:ins w:id="9" w:author="C Gill"/>' if ref == "5.4" else "",
    )


def row_of(line):
    if line.startswith("Theme 1"):
        return row(cell(line.rstrip("\t"), span=6))
    if line.startswith("Ref\t"):
        return row(*line.split("\t"), properties=HEADER_ROW)
    return action_row(line)


def gone_row():
    cells = [cell(paragraph(deleted(text))) for text in ("4.7", "", "Gone", "C Gill", "May 2015", "")]
    return row(*cells, properties='<w:del w:id="3" w:author="C Gill"/>')


def paragraph_of(line):
    if line.startswith("- ") and line[2].isdigit():
        return numbered(line.split(". ", 1)[1])
    return numbered(line[2:], number=2) if line.startswith("- ") else paragraph(line)


def in_five_tables():
    blocks: list[str] = []
    rows: list[str] = []
    for line in [*SEED, ""]:
        ends = "\t" not in line or (line.startswith("Ref\t") and len(rows) > 1)
        if rows and ends:
            blocks.append(table(*rows, *([gone_row()] if "4.6" in rows[-1] else []), widths=WIDTHS))
            rows = []
        if "\t" in line:
            rows.append(row_of(line))
        else:
            blocks.append(paragraph_of(line))
    return blocks


def in_one_table():
    front = next(place for place, line in enumerate(SEED) if "\t" in line)
    rows = []
    for line in SEED[front:]:
        if "\t" in line:
            rows.append(row_of(line))
        elif line:
            rows.append(row(cell(line, span=6)))
    return [*map(paragraph_of, SEED[:front]), table(*rows, widths=WIDTHS)]


@pytest.fixture(scope="module", params=[in_five_tables, in_one_table])
def plan(request):
    data = word_file(*request.param(), numbering=lists(level(0, "%1."), level(0, "\uf0b7", "bullet")))
    _, directory = read_directory_file(ROOT / "config/directory.yaml")
    return understand(read_word(data, "plan.docx"), directory, Policy(), DateReading(), lambda _: True)


def test_the_boards_plan_in_word_is_understood_as_it_was_read_by_hand(plan):
    by_hand = [{**action, "timeframe_kind": KINDS[action["timeframe_kind"]]} for action in EXPECTED["actions"]]
    keys = seen(plan.actions[0]).keys()
    assert [seen(action) for action in plan.actions] == [{key: action[key] for key in keys} for action in by_hand]


def test_the_boards_plan_in_word_keeps_its_title_and_themes(plan):
    assert plan.title == EXPECTED["title"]
    assert [(theme.number, theme.title, theme.inferred) for theme in plan.themes] == [
        (theme["number"], theme["title"], theme["source"].startswith("INFERRED")) for theme in EXPECTED["themes"]
    ]


def test_the_pending_changes_of_the_boards_plan_are_told(plan):
    (told,) = [problem for problem in plan.problems if problem.code == "tracked-changes"]
    assert told.where == "plan.docx"
    codes = {problem.code for problem in plan.problems}
    assert codes - {each["code"] for each in EXPECTED["report_to_business_manager"]} <= {
        "tracked-changes",
        "missing-lead",
    }


# Other boards' plans. Each expectation was written before the code was run.


def cells_of(data):
    return [
        tuple(tidy(each) for each in (r.ref, r.outcome, r.action, r.lead, r.timeframe, r.progress, r.status))
        for theme in read_word(data, "plan.docx").themes
        for r in theme.rows
    ]


def themes_of(data):
    return [(theme.title, theme.number) for theme in read_word(data, "plan.docx").themes]


def test_refs_that_word_counts_before_the_action_are_read():
    # As Brighton & Hove had it: 1.1, 1.1a and 1.1b are list numbers before the action, outcomes span their actions.
    numbering = lists(
        level(0, "Priority %1:") + level(1, "%1.%2") + level(2, "%1.%2%3", "lowerLetter"),
    )
    header = row("ACTION", "OUTCOME", "LEAD", "TIMESCALE", "PROGRESS", properties=HEADER_ROW)

    def action(depth, text, *cells):
        return row(cell(numbered(text, level=depth)), *cells)

    data = word_file(
        paragraph("Anytown LSCB Business Plan 2014-15"),
        numbered("Early help"),
        table(
            header,
            action(
                1, "Agree the threshold document", cell("One threshold", merge="restart"), "C Gill", "June 2014", ""
            ),
            action(2, "Print it", cell("", merge="continue"), "M Evans", "July 2014", "Printed"),
            action(2, "Send it to schools", cell("", merge="continue"), "C Burnham", "July 2014", ""),
            action(1, "Audit its use", "Consistent use", "M Evans", "March 2015", ""),
        ),
        numbered("Neglect"),
        table(header, action(1, "Train staff", "Skilled staff", "C Gill", "May 2015", "")),
        numbering=numbering,
    )
    assert themes_of(data) == [("Early help", 1), ("Neglect", 2)]
    assert cells_of(data) == [
        ("1.1", "One threshold", "Agree the threshold document", "C Gill", "June 2014", None, None),
        ("1.1a", None, "Print it", "M Evans", "July 2014", "Printed", None),
        ("1.1b", None, "Send it to schools", "C Burnham", "July 2014", None, None),
        ("1.2", "Consistent use", "Audit its use", "M Evans", "March 2015", None, None),
        ("2.1", "Skilled staff", "Train staff", "C Gill", "May 2015", None, None),
    ]


def test_names_stacked_in_a_cell_and_several_dates_stay_in_their_row():
    # As Pan Dorset had it: a line a name, a paragraph a date, progress as at a month.
    header = (
        "DEVELOPMENTAL OBJECTIVE",
        "ACTION(s) REQUIRED",
        "EXPECTED OUTCOME",
        "WHEN",
        "LEAD",
        "PROGRESS at MARCH 2014",
    )
    data = word_file(
        paragraph("Pan Anyshire CSE Action Plan"),
        table(
            row(*header),
            row(
                cell("Understand the problem", merge="restart"),
                cell(paragraph("Profile the area"), paragraph("Share the profile")),
                "Shared picture",
                cell("September 2014", "December 2014"),
                cell(paragraph(run("C Gill"), BREAK, run("M Evans"))),
                "Drafted",
            ),
            row(cell("", merge="continue"), "Audit cases", "", "September 2014 (website permitting)", "L York", ""),
        ),
    )
    assert cells_of(data) == [
        (
            *(None, "Shared picture", "Profile the area Share the profile", "C Gill M Evans"),
            *("September 2014 December 2014", "Drafted", None),
        ),
        (None, None, "Audit cases", "L York", "September 2014 (website permitting)", None, None),
    ]


def test_leads_named_above_a_table_are_not_its_cells():
    # As Slough had it: a paragraph with leads above the table, a legend below it.
    data = word_file(
        paragraph("Anytown Safeguarding Board Business Plan"),
        paragraph("Priority 1 \u2013 Neglect"),
        paragraph("Lead: D Daly/ L York (BHFT)"),
        table(
            row("Specific Actions", "Timescale/Target", "Lead", "Output", "RAG rating", "Evaluation"),
            row("Write a strategy", "March 2015 as per training strategy", "C Gill", "Strategy", "Green", ""),
            row("Agree a toolkit", "By March 2015", "", "Toolkit", "", ""),
        ),
        paragraph("Key to the ratings"),
        table(row("Red", "Not begun"), row("Green", "Over 75% done")),
    )
    assert themes_of(data) == [("Neglect", 1)]
    assert cells_of(data) == [
        (None, None, "Write a strategy", "C Gill", "March 2015 as per training strategy", None, "Green"),
        (None, None, "Agree a toolkit", None, "By March 2015", None, None),
    ]


def test_recommendations_that_word_numbers_are_read():
    # As Stockton had it: the No. column holds nothing but list numbers; one date and lead span two recommendations.
    header = row("No.", "Recommendation", "Responsibility", "Date", "Progress", "Assessment of progress (1-4)")

    def recommended(text, lead, date, progress="", grade=""):
        return row(cell(numbered()), text, lead, date, progress, grade)

    data = word_file(
        paragraph("Action plan of the scrutiny review"),
        table(
            header,
            recommended("Publish the pathway", cell("M Evans", merge="restart"), cell("June 2015", merge="restart")),
            recommended("Train schools", cell("", merge="continue"), cell("", merge="continue"), "Begun", "2"),
            recommended("Report to the board", "C Gill", "October 2015", "Completed", "1"),
        ),
        numbering=lists(level(0, "%1.")),
    )
    assert cells_of(data) == [
        ("1", None, "Publish the pathway", "M Evans", "June 2015", None, None),
        ("2", None, "Train schools", "M Evans", "June 2015", "Begun", None),
        ("3", None, "Report to the board", "C Gill", "October 2015", "Completed", None),
    ]


def test_a_revised_date_under_a_merged_heading_beats_the_original():
    # As Bromsgrove had it: two rows of headings, statuses in words, a comment that begins with one.
    def tall(text):
        return cell(text, merge="restart")

    below = cell("", merge="continue")
    data = word_file(
        paragraph("Improvement Plan"),
        table(
            row(
                tall("Ref"), tall("Action"), tall("Lead"), cell("Target date", span=2), tall("Status"), tall("Comments")
            ),
            row(below, below, below, "Original", "Revised", below, below),
            row("1.1", "Review policy", "M Evans", "March 2009", "July 2009", "Amber", "REPROGRAMMED: staff left"),
            row("1.2", "Train staff", "C Gill", "May 2009", "", "Green", "COMPLETE"),
            row("1.3", "Buy software", "L York", "May 2009", "", "", "SUSPENDED"),
            widths=(500, 3000, 1200, 1000, 1000, 800, 3000),
        ),
    )
    assert cells_of(data) == [
        ("1.1", None, "Review policy", "M Evans", "July 2009", "REPROGRAMMED: staff left", "Amber"),
        ("1.2", None, "Train staff", "C Gill", "May 2009", "COMPLETE", "Green"),
        ("1.3", None, "Buy software", "L York", "May 2009", "SUSPENDED", None),
    ]
