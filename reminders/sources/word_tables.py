"""A Word table -> rows whose cells stand under the headings they belong to, however their borders are drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from reminders.sources.base import TableRow, Unreadable, tidy
from reminders.sources.columns import is_plans, roles_of
from reminders.sources.word_styles import value, whole
from reminders.sources.word_text import Prose
from reminders.sources.word_view import Element, W

_LONGEST_HEADING = 1_000
_MOST_CELLS = 100  # in a row; Word itself stops at 63

Grid = tuple[tuple[int, int], ...]  # where each column begins and ends, in twentieths of a point


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell between its borders; of cells merged with one another only the first has a text."""

    start: int
    end: int
    text: str
    merges: bool
    continues: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row as they stand in the document."""

    cells: tuple[Cell, ...]
    where: str

    @property
    def is_header(self) -> bool:
        """Say whether the cells name the columns of a plan."""
        return is_plans(roles_of(tuple(tidy(cell.text[:_LONGEST_HEADING]) for cell in self.cells)))


def read_row(row: Element, borders: Sequence[int], prose: Prose, above: Row | None, where: str) -> Row:
    """Return the cells of a row that stands below another one."""
    elements = list(row.iterchildren(f"{W}tc"))
    if len(elements) > _MOST_CELLS:
        raise Unreadable(f"{where}: holds {len(elements):,} cells; at most {_MOST_CELLS} are read. Split the table")
    merging = {cell.start for cell in above.cells if cell.merges} if above else set()
    column = _number(row.find(f"{W}trPr"), "gridBefore", 0)
    cells: list[Cell] = []
    for element in elements:
        form = element.find(f"{W}tcPr")
        after = column + max(1, _number(form, "gridSpan", 1))
        start, end = _border(borders, column), _border(borders, after)
        continues = start in merging and _goes_on(form, "vMerge")
        merges = continues or (_has(form, "vMerge") and not _goes_on(form, "vMerge"))
        text = "" if continues or _goes_on(form, "hMerge") else prose.cell(element.iter(f"{W}p"), where)
        cells.append(Cell(start, end, text, merges, continues))
        column = after
    return Row(tuple(cells), where)


def borders_of(table: Element) -> tuple[int, ...]:
    """Return where the columns of a table's grid begin, and where the last one ends."""
    columns = table.iterfind(f"{W}tblGrid/{W}gridCol")
    widths = [max(1, whole(each.get(f"{W}w", ""), 1)) for each in columns]
    return tuple(accumulate(widths, initial=0))


def grid_of(rows: Sequence[Row], above: Grid) -> Grid:
    """Return the columns under which a table begins: none where it has headings or a shape of its own."""
    goes_on = any(len(row.cells) == len(above) for row in rows) and not any(row.is_header for row in rows)
    return above if goes_on else ()


def in_columns(rows: Sequence[Row], grid: Grid) -> Iterator[tuple[TableRow, Grid]]:
    """Return each row with its cells in the columns of the headings above it, and those columns."""
    for place, row in enumerate(rows):
        if row.is_header:
            grid = _columns_below(row, rows[place + 1 : place + 2])
        yield _in_columns(row, grid), grid


def _columns_below(header: Row, below: Sequence[Row]) -> Grid:
    # Where headings are merged with the row below, that row parts the wide ones: "Timescale" into original, revised.
    parted = [row for row in below if any(cell.continues for cell in row.cells)]
    row = parted[0] if parted else header
    return tuple((cell.start, cell.end) for cell in row.cells)


def _in_columns(row: Row, grid: Grid) -> TableRow:
    cells = row.cells
    as_above = len(cells) == len(grid) and cells[0].start == grid[0][0]
    places = [_place(cell, grid) if grid and not as_above else place for place, cell in enumerate(cells)]
    texts = [""] * max(len(grid), *(place + 1 for place in places), 0)
    for place, cell in zip(places, cells, strict=True):
        texts[place] = " ".join(filter(None, (texts[place], cell.text)))
    continued = {place for place, cell in zip(places, cells, strict=True) if cell.continues and not texts[place]}
    return TableRow(tuple(texts), row.where, frozenset(continued))


def _place(cell: Cell, grid: Grid) -> int:
    # The first column that shares half of the narrower one of the two: borders are drawn by hand.
    for place, (start, end) in enumerate(grid):
        shared = min(cell.end, end) - max(cell.start, start)
        if shared * 2 >= min(cell.end - cell.start, end - start):
            return place
    return len(grid)


def _has(form: Element | None, tag: str) -> bool:
    return form is not None and form.find(f"{W}{tag}") is not None


def _goes_on(form: Element | None, tag: str) -> bool:
    # Without a value it goes on from the cell before.
    return _has(form, tag) and value(form, tag) != "restart"


def _border(borders: Sequence[int], column: int) -> int:
    # A table whose grid is too short goes on in columns of one unit.
    last = len(borders) - 1
    return borders[min(column, last)] + max(0, column - last)


def _number(form: Element | None, tag: str, default: int) -> int:
    return min(whole(value(form, tag), default), _MOST_CELLS)
