"""Word documents -> paragraphs and table rows, as they would read on paper."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from reminders.core.plan import Level, Problem, WrittenPlan
from reminders.sources.base import MAX_ROWS, Paragraph, TableRow, Unreadable, tidy
from reminders.sources.columns import is_plans, roles_of
from reminders.sources.formats import WORD
from reminders.sources.package import Package, open_package
from reminders.sources.rows import plan_from_blocks
from reminders.sources.word_numbers import read_numbers
from reminders.sources.word_styles import read_styles
from reminders.sources.word_tables import Grid, Row, borders_of, grid_of, in_columns, read_row
from reminders.sources.word_text import Findings, Prose
from reminders.sources.word_view import Element, W, final_view

_CELLS = f"{W}tr/{W}tc"
_MOST_PIECES = 100_000
_MOST_TEXT = 5_000_000  # characters
_TOO_DEEP = "/".join([f"{W}tbl/{_CELLS}"] * 8)  # tables within tables


def read_word(data: bytes, name: str) -> WrittenPlan:
    """Return the plan of a .docx file, its pending changes taken as accepted and every doubt noted.

    Raises Unreadable where the file is no Word document, or more than any plan is.
    """
    package = open_package(data, name, WORD)
    document = package.xml(package.main)
    body = None if document is None else document.find(f"{W}body")
    if document is None or body is None:
        raise Unreadable(f"{name}: holds no text that Word wrote; open it in Word and save it anew")
    changes = final_view(document)
    _refuse_monsters(body, name)
    reader = _Reader(name, _prose(package))
    plan = plan_from_blocks(reader.blocks(body), name)
    return replace(plan, problems=(*plan.problems, *_notes(plan, name, changes, reader.prose.findings)))


def _refuse_monsters(body: Element, name: str) -> None:
    if body.find(_TOO_DEEP) is not None:
        raise Unreadable(f"{name}: holds tables within tables within tables; take the plan's table out of them")
    pieces = sum(1 for _ in body.iter(f"{W}p", f"{W}r", f"{W}tr", f"{W}tc"))
    if pieces > _MOST_PIECES:
        read = f"holds {pieces:,} paragraphs, cells and pieces of text; at most {_MOST_PIECES:,} are read"
        raise Unreadable(f"{name}: {read}. Split the plan, or take out empty rows and paragraphs")
    length = sum(len(text.text or "") for text in body.iter(f"{W}t"))
    if length > _MOST_TEXT:
        raise Unreadable(f"{name}: holds {length:,} characters; at most {_MOST_TEXT:,} are read. Split the plan")


def _prose(package: Package) -> Prose:
    styles = read_styles(_related(package, "styles"))
    return Prose(styles, read_numbers(_related(package, "numbering"), styles))


def _related(package: Package, kind: str) -> Element | None:
    path = package.related(package.main, kind)
    return None if path is None else package.xml(path)


@dataclass(slots=True)
class _Reader:
    """Walks a document, counting its paragraphs and tables as a person would."""

    name: str
    prose: Prose
    paragraphs: int = 0
    tables: int = 0
    grid: Grid = ()  # the columns of the last plan's table

    def blocks(self, parent: Element) -> Iterator[Paragraph | TableRow]:
        """Yield what stands in a document, or in a cell round a whole plan."""
        for element in parent:
            if element.tag == f"{W}p":
                yield from self._lines(element)
            elif element.tag == f"{W}tbl":
                yield from self._table(element)

    def _lines(self, paragraph: Element) -> Iterator[Paragraph]:
        # A text box hangs on the paragraph beside it, with paragraphs of its own.
        self.paragraphs += 1
        where = f"{self.name}, paragraph {self.paragraphs}"
        for each in paragraph.iter(f"{W}p"):
            yield Paragraph(self.prose.line(each, where), where)

    def _table(self, table: Element) -> Iterator[Paragraph | TableRow]:
        self.tables += 1
        if any(_is_plan(inner) for inner in table.iterdescendants(f"{W}tbl")):
            for cell in table.iterfind(_CELLS):
                yield from self.blocks(cell)
        else:
            yield from self._rows(table)

    def _rows(self, table: Element) -> Iterator[TableRow]:
        borders, rows = borders_of(table), list[Row]()
        for count, element in enumerate(islice(table.iterchildren(f"{W}tr"), MAX_ROWS + 1), start=1):
            where = f"{self.name}, table {self.tables}, row {count}"
            rows.append(read_row(element, borders, self.prose, rows[-1] if rows else None, where))
        for row, grid in in_columns(rows, grid_of(rows, self.grid)):
            self.grid = grid
            yield row


def _is_plan(table: Element) -> bool:
    rows = (tuple(map(_heading_of, row.iterchildren(f"{W}tc"))) for row in table.iterchildren(f"{W}tr"))
    return any(is_plans(roles_of(cells)) for cells in rows)


def _heading_of(cell: Element) -> str | None:
    return tidy("".join(text.text or "" for text in cell.iterfind(f"{W}p/{W}r/{W}t")))


def _notes(plan: WrittenPlan, name: str, changes: int, findings: Findings) -> Iterator[Problem]:
    rows = {row.where: row.ref for theme in plan.themes for row in theme.rows}
    marks = [where for where in findings.marks if where in rows]
    if changes:
        read = "1 change in this file is" if changes == 1 else f"{changes:,} changes in this file are"
        cure = "the plan is read as if they were. Accept or reject them in Word"
        yield _note("tracked-changes", f"{read} not accepted yet; {cure}", name)
    if marks:
        read = f"{_count(len(marks), 'footnote mark')} left out of the plan's words, first in this row"
        yield _note("note-marks", f"{read}. Check that the cell reads right without it", marks[0])
    if findings.hidden:
        read = f"{_count(len(findings.hidden), 'hidden text')} left out, first here"
        yield _note(
            "hidden-text", f"{read}. Show hidden text in Word, then delete it or make it visible", findings.hidden[0]
        )
    for where, ref in rows.items():
        if where in findings.struck:
            yield _note("struck-out", _struck_out(where, findings.plain), where, ref)


def _struck_out(where: str, plain: Container[str]) -> str:
    if where in plain:
        return "some words of this row are struck out, but are read. Delete them if they no longer hold"
    return "all of this row is struck out, but it is read. Delete the row, or write Completed into its progress"


def _count(number: int, what: str) -> str:
    return f"1 {what} is" if number == 1 else f"{number:,} {what}s are"


def _note(code: str, message: str, where: str, ref: str | None = None) -> Problem:
    return Problem(code, ref, where, message, Level.NOTE)
