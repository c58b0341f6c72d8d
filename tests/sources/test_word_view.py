from reminders.core.plan import Level
from reminders.sources.word import read_word
from tests.sources.word_files import cell, deleted, inserted, paragraph, row, run, table, word_file
from tests.sources.word_reading import CHANGE, HEADER, plan_of, rows_of, words_of


def test_the_words_after_pending_changes_are_read_and_the_changes_told():
    change = paragraph("by ", deleted("April"), inserted(run("May")), " 2015")
    plan = plan_of(row("1.1", "", "Audit", "C Gill", cell(change), ""))
    assert plan.themes[0].rows[0].timeframe == "by May 2015"
    assert [(each.code, each.where, each.level) for each in plan.problems if each.ref is None][:1] == [
        ("tracked-changes", "plan.docx", Level.NOTE)
    ]
    assert plan.problems[0].message == (
        "2 changes in this file are not accepted yet; the plan is read as if they were. Accept or reject them in Word"
    )


def test_moved_words_are_read_where_they_went():
    gone = f'<w:moveFrom w:id="1" w:author="C Gill">{run("Audit ")}</w:moveFrom>'
    here = f'<w:moveTo w:id="2" w:author="C Gill">{run(" Audit")}</w:moveTo>'
    assert words_of(gone, "cases:", here) == "cases: Audit"


def test_words_that_were_inserted_and_deleted_again_are_gone():
    assert words_of("Audit", inserted(deleted(" twice"))) == "Audit"


def test_a_deleted_row_is_gone_and_an_inserted_one_is_there():
    read = rows_of(
        row("1.1", "", "Audit", "C Gill", "", "", properties=CHANGE.format("del")),
        row("1.2", "", cell(paragraph(inserted(run("Train")))), "", "", "", properties=CHANGE.format("ins")),
    )
    assert [(each.ref, each.action) for each in read] == [("1.2", "Train")]


def test_a_deleted_cell_is_gone():
    gone = f"<w:tc><w:tcPr>{CHANGE.format('cellDel')}</w:tcPr>{paragraph('gone')}</w:tc>"
    (only,) = rows_of(row("1.1", gone, "", "Audit", "C Gill", "", ""))
    assert (only.action, only.lead) == ("Audit", "C Gill")


def test_paragraphs_whose_parting_is_deleted_are_one():
    ended = paragraph("Theme 1 - Early ", properties=f"<w:rPr>{CHANGE.format('del')}</w:rPr>")
    plan = read_word(word_file(ended, paragraph("help"), table(HEADER, row("1.1", "", "Audit", "", "", ""))), "p")
    assert plan.themes[0].title == "Early help"


def test_a_deleted_line_between_two_halves_of_a_table_leaves_no_gap():
    gone = paragraph(deleted("Page 2"), properties=f"<w:rPr>{CHANGE.format('del')}</w:rPr>")
    upper, lower = table(HEADER, row("", "", "a", "l", "", "")), table(HEADER, row("", "", "b", "l", "", ""))
    assert len(read_word(word_file(upper, gone, lower), "p").themes) == 1
    assert len(read_word(word_file(upper, paragraph(""), lower), "p").themes) == 2
