"""Paragraphs and table rows -> the plan they hold; the only module that knows column headings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from reminders.core.plan import Level, Problem, WrittenPlan, WrittenRow, WrittenTheme
from reminders.sources.base import MAX_CELL, MAX_ROWS, Paragraph, TableRow, Unreadable, did_you_mean, quoted, tidy

# What boards write above a column, best first: of two columns with one role the earlier heading is read.
_HEADINGS = {
    "ref": "ref, ref no, reference, no, number, rec no, action no, id, item",
    "outcome": (
        "desired outcome, desired outcomes, outcome, outcomes, expected outcome, expected outcomes, intended outcome,"
        " intended outcomes, outcome required, desired outcome impact, outcome impact"
    ),
    "action": (
        "action, actions, action required, actions required, specific action, specific actions, what we will do,"
        " what will we do, what will it do, what, task, tasks, milestone, milestones, recommendation, recommendations"
    ),
    "lead": (
        "lead, leads, lead s, lead officer, lead officers, lead agency, lead officer agency, lead person,"
        " responsible lead, responsible lead group, who, who will lead, owner, owners, owner s, responsible,"
        " responsible officer, responsible person, responsibility, exec lead, executive lead"
    ),
    "timeframe": (
        "timeframe, time frame, timescale, timescales, timescale target, by when, when, target date, due, due date,"
        " deadline, completion date, agreed implementation date, implementation date, date"
    ),
    "progress": (
        "progress, progress update, progress to date, update, latest update, current position, commentary, comment,"
        " comments"
    ),
    "status": "status, current status, rag, rag rating, rag status, brag, brag rating, brag status",
}
_ROLES = {
    heading: (role, rank) for role, headings in _HEADINGS.items() for rank, heading in enumerate(headings.split(", "))
}
_REVISED = -1
_KINDS = {"revised": _REVISED, "original": 100}  # a revised date beats every other, an original one none

_NOT_HEADING = re.compile(r"[?:*_.()\[\]]+")
_AS_AT = re.compile(r"(progress|update|status|rag)(?: (?:as )?(?:at|of|for|to|since)\b.*| [a-z]+ \d{2,4})")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015"
_SURE = re.compile(
    r"(?:strategic )?(?:theme|priority|objective|aim|goal) (\d{1,3})\b(?!\.\d)(.*)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{1,3})[.)] (.+)")
_REF = re.compile(r"\D{0,12}\d[\d\s.()/-]*\(?[a-z]?\)?", re.IGNORECASE)
_REF_THEME = re.compile(r"(\d{1,4})[.\-)]")
_BULLET = re.compile(rf"\A[*+\u2022\u00b7\u25aa\uf0b7{re.escape(_DASHES)}] ?")
_FRONT_MATTER = re.compile(r"(version|introduction|foreword|contents|table of contents)\b", re.IGNORECASE)
_SENTENCE = (".", ";", ",")
_SENTENCE_END = (*_SENTENCE, ":")
_LONGEST_HEADING = 150
_LONGEST_TITLE = 4  # lines


def plan_from_blocks(blocks: Iterable[Paragraph | TableRow], name: str) -> WrittenPlan:
    """Find the plan's tables in a document and return their rows, cells as written."""
    reader = _Reader(name)
    for block in blocks:
        if isinstance(block, TableRow):
            reader.row(block)
        else:
            reader.paragraph(tidy(block.text), block.where)
    return reader.plan()


@dataclass(frozen=True, slots=True)
class _Claim:
    """A column whose heading speaks for a role; the lowest rank wins."""

    role: str
    rank: int
    place: int
    heading: str


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which cells of a row hold what; a role's later columns are read where its first is blank."""

    width: int
    places: dict[str, tuple[int, ...]]
    headings: tuple[tuple[str, str], ...]

    def cells(self, row: Sequence[str | None]) -> dict[str, str | None]:
        return {
            role: next((row[place] for place in places if place < len(row) and row[place]), None)
            for role, places in self.places.items()
        }


@dataclass(frozen=True, slots=True)
class _Heading:
    """What may be the name of the next table; a sure one says so itself ("Theme 3 - ...")."""

    where: str
    text: str
    title: str | None
    number: int | None
    sure: bool


@dataclass(slots=True)
class _Reader:
    """Walks a document from its title to its last row, keeping every mistake until the end."""

    name: str
    front: list[str] = field(default_factory=list)  # the lines above the first table
    columns: _Columns | None = None
    themes: list[WrittenTheme] = field(default_factory=list)
    rows: list[list[WrittenRow]] = field(default_factory=list)  # of each theme
    heading: _Heading | None = None  # waits for its table
    new_table: bool = False  # a header has come, its first row has not
    parted: bool = False  # something, if only a blank line, stands above this row
    noted: bool = False  # words stand above this row
    elsewhere: bool = False  # in a table that is no part of the plan
    count: int = 0
    mapped: dict[str, str] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    def paragraph(self, text: str | None, where: str) -> None:
        self.parted = True
        if text is None:
            return
        self.noted = True
        if self.columns is None:
            self.front.append(text)
        self._head(_heading(text, where))

    def _head(self, found: _Heading | None) -> None:
        # "Theme 3 - ..." stays through the lines between it and its table; any other line must stand right above.
        if found and found.sure:
            self.elsewhere = False
        elif self.heading and self.heading.sure:
            return
        self.heading = found

    def row(self, row: TableRow) -> None:
        self.count += 1
        if self.count > MAX_ROWS:
            raise Unreadable(f"{self.name}: holds more than {MAX_ROWS:,} rows; split the plan")
        self._check_size(row)
        cells = tuple(tidy(cell) for cell in row.cells)
        if not any(cells):
            self.parted = True
        elif not self._is_header(cells, row.where):
            self._body(cells, row.where)

    def _check_size(self, row: TableRow) -> None:
        for cell in row.cells:
            if len(cell) > MAX_CELL:
                read = f"a cell holds {len(cell):,} characters ({quoted(cell)})"
                self.mistakes.append(f"{row.where}: {read}; at most {MAX_CELL:,} are read. Shorten it")

    # Headers

    def _is_header(self, cells: Sequence[str | None], where: str) -> bool:
        claims = _claims(cells)
        roles = {claim.role for claim in claims}
        mostly = len(claims) * 2 >= sum(cell is not None for cell in cells)
        if "action" in roles and roles & {"lead", "timeframe"} and (mostly or len(roles) > 2):
            self._begin_table(cells, claims, where)
            return True
        if mostly and len(roles) > 2:
            self._leave(cells, roles, where)
            return True
        return False

    def _begin_table(self, cells: Sequence[str | None], claims: Sequence[_Claim], where: str) -> None:
        self.columns = self._columns(cells, claims, where)
        self.mapped |= dict(self.columns.headings)
        self.new_table, self.elsewhere = True, False
        if self.heading and self.heading.sure:
            self._begin_theme(self.heading)

    def _leave(self, cells: Sequence[str | None], roles: set[str], where: str) -> None:
        # A risk log is passed over; a table of the plan whose actions stand under another word must not be.
        unread = [cell for cell in cells if cell and not _claims([cell])]
        like_a_plan = roles >= {"lead", "timeframe"} and roles & {"ref", "outcome", "progress"}
        if like_a_plan or any(did_you_mean(cell, ["action", "actions"]) for cell in unread):
            read = f"none of its headings {', '.join(map(quoted, unread))} is read as Action"
            cure = "Write Action above the actions, or keep this table in another file"
            self.mistakes.append(f"{where}: this table looks like the plan's, but {read}. {cure}")
        self.elsewhere = True

    def _columns(self, cells: Sequence[str | None], claims: Sequence[_Claim], where: str) -> _Columns:
        read: list[_Claim] = []
        places: dict[str, tuple[int, ...]] = {}
        for role in dict.fromkeys(claim.role for claim in claims):
            rivals = [claim for claim in claims if claim.role == role]
            best = sorted(rivals, key=lambda claim: (claim.rank, claim.place))
            used = best[: 2 if best[0].rank == _REVISED else 1]
            read += used
            places[role] = tuple(claim.place for claim in used)
            if len(best) > 1:
                self._note_two(role, [cells[claim.place] or "" for claim in best], where, falls_back=len(used) > 1)
        read.sort(key=lambda claim: claim.place)
        return _Columns(len(cells), places, tuple((claim.heading, claim.role) for claim in read))

    def _note_two(self, role: str, best: Sequence[str], where: str, *, falls_back: bool) -> None:
        first, *others = (quoted(heading) for heading in best)
        rest = f", or {others[0]} where it is blank" if falls_back else ""
        message = f"{first} and {' and '.join(others)} both give the {role}; {first} is read{rest}. Keep one of them"
        self.problems.setdefault(message, Problem("two-columns-one-role", None, where, message, Level.NOTE))

    # Rows

    def _body(self, cells: Sequence[str | None], where: str) -> None:
        alone = cells[0] if cells[0] and not any(cells[1:]) else None
        if self.columns is None:
            self._above_the_plan(cells, where)
        elif alone and (found := _heading_row(alone, where, self.columns)):
            self.parted = True
            self._head(found)
        elif self.elsewhere or self._is_legend(cells, self.columns):
            self._head(None)
        else:
            self._action(cells, where, self.columns)

    def _above_the_plan(self, cells: Sequence[str | None], where: str) -> None:
        # In a spreadsheet the title and the headings stand in cells, too.
        words = [cell for cell in cells if cell]
        if len(words) == 1:
            self.paragraph(words[0], where)
        else:
            self._head(None)

    def _is_legend(self, cells: Sequence[str | None], columns: _Columns) -> bool:
        # Below a note, a row of another width that begins with words where a ref should be.
        expected = self.new_table or (self.heading is not None and self.heading.sure)
        ref = columns.cells(cells).get("ref")
        no_ref = ref is not None and _REF.fullmatch(ref) is None
        return self.noted and not expected and len(cells) != columns.width and no_ref

    def _action(self, cells: Sequence[str | None], where: str, columns: _Columns) -> None:
        beyond = [cell for cell in cells[columns.width :] if cell]
        if beyond:
            read = f"{len(cells)} cells stand under {columns.width} headings"
            cure = f"{quoted(' '.join(beyond))} has no column. Move it under a heading"
            self.mistakes.append(f"{where}: {read}, so {cure}")
        row = WrittenRow(where, **columns.cells(cells))
        if row == WrittenRow(where):
            return  # only columns that are not read hold anything
        self._find_theme(row)
        self.rows[-1].append(row)
        self.heading, self.new_table, self.parted, self.noted = None, False, False, False

    def _find_theme(self, row: WrittenRow) -> None:
        if self.heading and self.heading.sure:
            self._begin_theme(self.heading)
        elif not self.themes or (self.new_table and self._is_another(row)):
            heading = self.heading if self.new_table and not self._is_front(self.heading) else None
            where = f"{self.name}, table before ref {row.ref}" if row.ref else row.where
            self._begin_theme(heading or _Heading(where, "", None, None, sure=False))

    def _is_another(self, row: WrittenRow) -> bool:
        # A header also comes back on every page of one table: the refs tell, else what stands above it.
        if not self.rows[-1]:
            return False
        above = _number(self.rows[-1][-1].ref) or self.themes[-1].number
        here = _number(row.ref)
        return self.parted if above is None or here is None else above != here

    def _is_front(self, heading: _Heading | None) -> bool:
        if heading is None or self.themes:
            return False
        return heading.text in _title_lines(self.front) or heading.title in _priorities(self.front)

    def _begin_theme(self, heading: _Heading) -> None:
        self.heading = None
        here = (heading.title, heading.number)
        if heading.title and self.themes and here == (self.themes[-1].title, self.themes[-1].number):
            return  # the heading is repeated at the top of a page
        self.themes.append(WrittenTheme(heading.where, heading.title, heading.number, ()))
        self.rows.append([])

    def plan(self) -> WrittenPlan:
        if self.mistakes:
            raise Unreadable(*self.mistakes)
        if self.columns is None:
            found = "no table with the columns Action, Lead and Timeframe was found"
            raise Unreadable(f"{self.name}: {found}; write these headings into the first row of the plan's table")
        if not any(self.rows):
            raise Unreadable(f"{self.name}: the plan's table holds no action; write the actions below its headings")
        tables = zip(self.themes, self.rows, strict=True)
        return WrittenPlan(
            title=_title(self.front),
            priorities=_priorities(self.front),
            themes=tuple(replace(theme, rows=tuple(rows)) for theme, rows in tables),
            columns=tuple(self.mapped.items()),
            problems=tuple(self.problems.values()),
        )


# Column headings


def _claims(cells: Sequence[str | None]) -> list[_Claim]:
    found = (_claim(cell, place) for place, cell in enumerate(cells) if cell and len(cell) <= _LONGEST_HEADING)
    return [claim for claim in found if claim]


def _claim(cell: str, place: int) -> _Claim | None:
    heading = " ".join(_NOT_HEADING.sub("", cell.casefold().replace("/", " ")).split())
    kind, _, rest = heading.partition(" ")
    if kind in _KINDS and _ROLES.get(rest, ("", 0))[0] == "timeframe":
        return _Claim("timeframe", _KINDS[kind], place, heading)
    dateless = _AS_AT.fullmatch(heading)
    heading = dateless.group(1) if dateless else heading
    return _Claim(*_ROLES[heading], place, heading) if heading in _ROLES else None


# Headings of themes


def _heading(text: str, where: str) -> _Heading | None:
    sure = _sure_heading(text, where)
    if sure or len(text) > _LONGEST_HEADING or text.endswith(_SENTENCE_END) or _BULLET.match(text):
        return sure
    return _loose_heading(text, where)


def _sure_heading(text: str, where: str) -> _Heading | None:
    match = _SURE.fullmatch(text.rstrip(": "))
    if match is None or len(text) > _LONGEST_HEADING or text.endswith(_SENTENCE):
        return None
    title = match.group(2).strip(f" :.{_DASHES}")
    return _Heading(where, text, title or None, int(match.group(1)) or None, sure=True)


def _loose_heading(text: str, where: str) -> _Heading:
    match = _NUMBERED.fullmatch(text)
    title, number = (match.group(2), int(match.group(1)) or None) if match else (text, None)
    return _Heading(where, text, title, number, sure=False)


def _heading_row(text: str, where: str, columns: _Columns) -> _Heading | None:
    # Words alone in the ref column name a theme; "1.7" alone is a row whose other cells are blank.
    sure = _sure_heading(text, where)
    if sure or columns.places.get("ref") != (0,) or _REF.fullmatch(text) or " " not in text:
        return sure
    return replace(_loose_heading(text, where), sure=True)


def _number(ref: str | None) -> int | None:
    match = _REF_THEME.match(ref or "")
    return int(match.group(1)) if match else None


# The front page


def _title(front: Sequence[str]) -> str:
    lines = " ".join(_in_sentence(line) for line in _title_lines(front))
    return re.sub(" [\u2013\u2014] ", " - ", lines) or "Business plan"


def _title_lines(front: Sequence[str]) -> tuple[str, ...]:
    # The lines above "Version 3" or "Introduction"; without such a line, up to one that speaks of a plan, or the first.
    lines: list[str] = []
    for line in front[: _LONGEST_TITLE + 1]:
        if _FRONT_MATTER.match(line) or line in lines:
            return tuple(lines)
        if _heading(line, "") is None or _sure_heading(line, "") or "priorit" in line.casefold():
            break
        lines.append(line)
    plans = [place for place, line in enumerate(lines, start=1) if re.search(r"\bplan\b", line, re.IGNORECASE)]
    return tuple(lines[: max(plans, default=1)])


def _in_sentence(line: str) -> str:
    return " ".join(_word(word) for word in line.split()) if line.isupper() else line


def _word(word: str) -> str:
    small = word.casefold()
    if small in {"and", "for", "of", "the"}:
        return small
    return word.capitalize() if re.search("[aeiou]", small) else word  # LSCB stays, having no vowel


def _priorities(front: Sequence[str]) -> tuple[str, ...]:
    # "- 1. Early help" and on, in order, below a heading or an "... are:" that speaks of priorities.
    found: list[str] = []
    announced = False
    for line in front:
        announces = _heading(line, "") is not None or line.endswith(":")
        announced = announced or (announces and "priorit" in line.casefold())
        match = _NUMBERED.fullmatch(_BULLET.sub("", line))
        if announced and match and int(match.group(1)) == len(found) + 1:
            found.append(match.group(2))
    return tuple(found)
