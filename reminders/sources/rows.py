"""Paragraphs and table rows -> the plan they hold."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reminders.core.plan import Problem, WrittenPlan, WrittenRow, WrittenTheme
from reminders.sources.base import (
    MAX_CELL,
    MAX_CELLS,
    MAX_ROWS,
    Paragraph,
    TableRow,
    Unreadable,
    did_you_mean,
    quoted,
    tidy,
)
from reminders.sources.columns import Cells, Columns, columns_of, is_plans, joined, roles_of, unread
from reminders.sources.front_page import priorities_of, title_lines, title_of
from reminders.sources.refs import is_ref, theme_of, with_refs
from reminders.sources.theme_headings import Heading, heading, is_legend, loose_heading, sure_heading

_MAX_BLOCKS = 50_000  # rows and lines of text
_MAX_FILLED = 50_000  # cells that are not blank
_WIDEST_LEGEND = 2  # filled cells


def plan_from_blocks(blocks: Iterable[Paragraph | TableRow], name: str) -> WrittenPlan:
    """Find the plan's tables in a document and return their rows, cells as written."""
    reader = _Reader(name)
    for count, block in enumerate(blocks, start=1):
        if count > _MAX_BLOCKS:
            raise Unreadable(f"{name}: holds more than {_MAX_BLOCKS:,} lines; keep the plan in a file of its own")
        if isinstance(block, TableRow):
            reader.row(block)
        else:
            reader.paragraph(tidy(block.text), block.where)
    return reader.plan()


@dataclass(slots=True)
class _Reader:
    """Walks a document from its title to its last row, keeping every mistake until the end."""

    name: str
    front: list[str] = field(default_factory=list)  # the lines above the first table
    columns: Columns | None = None
    themes: list[WrittenTheme] = field(default_factory=list)
    rows: list[list[WrittenRow]] = field(default_factory=list)  # of each theme
    heading: Heading | None = None  # waits for its table
    new_table: bool = False  # a header has come, its first row has not
    parted: bool = False  # something, if only a blank line, stands above this row
    noted: bool = False  # words stand above this row
    elsewhere: bool = False  # in a table that is no part of the plan
    legend: bool = False  # below the heading of a key
    above: Cells = ()  # the row before this one
    inheriting: set[str] = field(default_factory=set)  # rows whose outcome is merged with the one above
    count: int = 0  # rows
    filled: int = 0  # cells
    mapped: dict[str, str] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    def paragraph(self, text: str | None, where: str) -> None:
        self.parted = True
        self.above = ()
        if text is None:
            return
        self.noted = True
        self.legend = is_legend(text)
        if self.columns is None:
            self.front.append(text)
        self._head(heading(text, where))

    def _head(self, found: Heading | None) -> None:
        # "Theme 3 - ..." stays through the lines between it and its table; any other line must stand right above.
        if found and found.sure:
            self.elsewhere = self.legend = False
        elif self.heading and self.heading.sure:
            return
        self.heading = found

    def row(self, row: TableRow) -> None:
        self._check_size(row)
        own = tuple(map(tidy, row.cells))
        self._count(own)
        if not any(own):
            self.parted = self.parted or not row.continued
            return
        # A merged cell speaks for every row that it spans.
        merged = {place: self.above[place] for place in row.continued if place < len(self.above)}
        above, self.above = self.above, tuple(merged.get(place, cell) for place, cell in enumerate(own))
        if not self._is_header(above, row.where):
            self._body(row)

    def _count(self, cells: Cells) -> None:
        self.count += 1
        self.filled += len(cells) - cells.count(None)
        if self.count > MAX_ROWS:
            raise Unreadable(f"{self.name}: holds more than {MAX_ROWS:,} rows; split the plan")
        if self.filled > _MAX_FILLED:
            raise Unreadable(f"{self.name}: holds more than {_MAX_FILLED:,} filled cells; split the plan")

    def _check_size(self, row: TableRow) -> None:
        if len(row.cells) > MAX_CELLS:
            read = f"{row.where}: holds {len(row.cells):,} cells; at most {MAX_CELLS} are read"
            raise Unreadable(f"{read}. Take out what is no part of the plan")
        for cell in row.cells:
            if len(cell) > MAX_CELL:
                read = f"a cell holds {len(cell):,} characters ({quoted(cell)})"
                self.mistakes.append(f"{row.where}: {read}; at most {MAX_CELL:,} are read. Shorten it")

    # Headers

    def _is_header(self, above: Cells, where: str) -> bool:
        first = self.columns is None or self.new_table
        both = joined(above, self.above) if first else None
        for cells in (both, self.above):
            roles = roles_of(cells or ())
            if cells and is_plans(roles):
                self.above = cells
                self._begin_table(columns_of(cells, where))
                return True
        if roles:
            self._leave(self.above, roles, where)
        return bool(roles)

    def _begin_table(self, columns: Columns) -> None:
        self.columns = columns
        self.new_table, self.elsewhere, self.legend = True, False, False
        if self.heading and self.heading.sure:
            self._begin_theme(self.heading)

    def _leave(self, cells: Cells, roles: frozenset[str], where: str) -> None:
        # A risk log is passed over; a table of the plan whose actions stand under another word must not be.
        others = unread(cells)
        like_a_plan = roles >= {"lead", "timeframe"} and roles & {"ref", "outcome", "progress"}
        if like_a_plan or any(did_you_mean(cell, ["action", "actions"]) for cell in others):
            read = f"none of its headings {', '.join(map(quoted, others))} is read as Action"
            cure = "Write Action above the actions, or keep this table in another file"
            self.mistakes.append(f"{where}: this table looks like the plan's, but {read}. {cure}")
        self.elsewhere = True

    # Rows

    def _body(self, row: TableRow) -> None:
        cells = self.above
        alone = cells[0] if cells[0] and not any(cells[1:]) else None
        if self.columns is None:
            self._above_the_plan(cells, row.where)
        elif alone and (found := _heading_row(alone, row.where, self.columns)):
            self.parted = True
            self._head(found)
        elif self.elsewhere or self._in_legend(cells, alone) or self._is_beside(cells, self.columns):
            self._head(None)
        else:
            self._action(row, cells, self.columns)

    def _above_the_plan(self, cells: Cells, where: str) -> None:
        # In a spreadsheet the title and the headings stand in cells, too.
        words = [cell for cell in cells if cell]
        if len(words) == 1:
            above = self.above
            self.paragraph(words[0], where)
            self.above = above
        else:
            self._head(None)

    def _in_legend(self, cells: Cells, alone: str | None) -> bool:
        goes_on = self.legend and len(cells) - cells.count(None) <= _WIDEST_LEGEND
        self.legend = goes_on or (alone is not None and is_legend(alone))
        return self.legend

    def _is_beside(self, cells: Cells, columns: Columns) -> bool:
        # Below a note, a row of another width that begins with words where a ref should be, or is half as wide.
        expected = self.new_table or (self.heading is not None and self.heading.sure)
        ref = columns.cells(cells).get("ref")
        narrow = "ref" not in columns.places and len(cells) * 2 <= columns.width
        no_ref = narrow if ref is None else not is_ref(ref)
        return self.noted and not expected and len(cells) != columns.width and no_ref

    def _action(self, row: TableRow, cells: Cells, columns: Columns) -> None:
        beyond = [cell for cell in cells[columns.width :] if cell]
        if beyond:
            read = f"{len(cells)} cells stand under {columns.width} headings"
            cure = f"{quoted(' '.join(beyond))} has no column. Move it under a heading"
            self.mistakes.append(f"{row.where}: {read}, so {cure}")
        written = WrittenRow(row.where, **columns.cells(cells))
        if written == WrittenRow(row.where):
            return  # only columns that are not read hold anything
        if columns.within("outcome", row.continued):
            self.inheriting.add(row.where)
        if self.new_table:
            self._told_by(columns)
        self._find_theme(written)
        self.rows[-1].append(written)
        self.heading, self.new_table, self.parted, self.noted = None, False, False, False

    def _told_by(self, columns: Columns) -> None:
        self.mapped |= dict(columns.headings)
        for problem in columns.problems:
            self.problems.setdefault(problem.message, problem)

    def _find_theme(self, row: WrittenRow) -> None:
        if self.heading and self.heading.sure:
            self._begin_theme(self.heading)
        elif not self.themes or (self.new_table and self._is_another(row)):
            found = self.heading if self.new_table and not self._is_front(self.heading) else None
            where = f"{self.name}, table before ref {row.ref}" if row.ref else row.where
            self._begin_theme(found or Heading(where, "", None, None, sure=False))

    def _is_another(self, row: WrittenRow) -> bool:
        # A header also comes back on every page of one table: the refs tell, else what stands above it.
        if not self.rows[-1]:
            return False
        above = theme_of(self.rows[-1][-1].ref) or self.themes[-1].number
        here = theme_of(row.ref)
        return self.parted if above is None or here is None else above != here

    def _is_front(self, found: Heading | None) -> bool:
        if found is None or self.themes:
            return False
        return found.text in title_lines(self.front) or found.title in priorities_of(self.front)

    def _begin_theme(self, found: Heading) -> None:
        self.heading = None
        here = (found.title, found.number)
        if found.title and self.themes and here == (self.themes[-1].title, self.themes[-1].number):
            return  # the heading is repeated at the top of a page
        self.themes.append(WrittenTheme(found.where, found.title, found.number, ()))
        self.rows.append([])

    def plan(self) -> WrittenPlan:
        if self.mistakes:
            raise Unreadable(*self.mistakes)
        if self.columns is None:
            found = "no table with the columns Action, Lead and Timeframe was found"
            raise Unreadable(f"{self.name}: {found}; write these headings into the first row of the plan's table")
        if not any(self.rows):
            raise Unreadable(f"{self.name}: the plan's table holds no action; write the actions below its headings")
        read = self.rows if "ref" in self.mapped.values() else with_refs(self.rows)
        rows = [[self._inherited(row) for row in own] for own in read]
        return WrittenPlan(
            title=title_of(self.front),
            priorities=priorities_of(self.front),
            themes=tuple(replace(theme, rows=tuple(own)) for theme, own in zip(self.themes, rows, strict=True)),
            columns=tuple(self.mapped.items()),
            problems=tuple(self.problems.values()),
        )

    def _inherited(self, row: WrittenRow) -> WrittenRow:
        # Blank, so that it is said where the outcome comes from; only a row with a ref inherits.
        return replace(row, outcome=None) if row.ref and row.where in self.inheriting else row


def _heading_row(text: str, where: str, columns: Columns) -> Heading | None:
    # Words alone in the ref column name a theme; "1.7" alone is a row whose other cells are blank.
    sure = sure_heading(text, where)
    if sure or columns.places.get("ref") != (0,) or is_ref(text) or " " not in text:
        return sure
    return replace(loose_heading(text, where), sure=True)
