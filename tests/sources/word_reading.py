"""Reads the Word files of the tests."""

import pytest

from reminders.sources.base import Unreadable
from reminders.sources.word import read_word
from tests.sources.word_files import cell, paragraph, row, run, table, word_file

HEADER = row("Ref", "Outcome", "Action", "Lead", "Timeframe", "Progress")
BREAK = "<w:r><w:br/></w:r>"
RAISED = '<w:vertAlign w:val="superscript"/>'
CHANGE = '<w:{} w:id="5" w:author="C Gill"/>'


def plan_of(*rows, **parts):
    return read_word(word_file(table(HEADER, *rows), **parts), "plan.docx")


def rows_of(*rows, **parts):
    return [each for theme in plan_of(*rows, **parts).themes for each in theme.rows]


def words_of(*inside, **parts):
    """Return what a cell with these runs in one paragraph holds."""
    (only,) = rows_of(row("1.1", "", cell(paragraph(*inside)), "C Gill", "", ""), **parts)
    return only.action


def notes_of(plan):
    return [(problem.code, problem.ref, problem.where) for problem in plan.problems]


def refusal(data):
    with pytest.raises(Unreadable) as refused:
        read_word(data, "plan.docx")
    return str(refused.value)


def box(text):
    return f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"


def field_of(code, result):
    def mark(kind):
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return f"{mark('begin')}{code}{mark('separate')}{run(result)}{mark('end')}"


def refs_of(numbering, *paragraphs, styles=""):
    rows = (row(cell(each), "", "Audit", "C Gill", "", "") for each in paragraphs)
    return [each.ref for each in rows_of(*rows, numbering=numbering, styles=styles)]
