"""Sheets -> paragraphs and table rows: what is a title, what names a theme, and what is no part of the plan."""

import re
from collections.abc import Callable, Iterator, Sequence

from reminders.sources.base import Paragraph, TableRow, tidy
from reminders.sources.columns import Cells, is_plans, joined, roles_of
from reminders.sources.excel_workbook import Line, Sheet
from reminders.sources.theme_headings import sure_heading

_NAMES_NOTHING = re.compile(
    r"(?:sheet|tabelle|feuil|blad|hoja|foglio)\s*\d*|[\d\W]+"
    r"|(?:.*\b)?(?:plans?|actions?|milestones?|trackers?|logs?|registers?)(?:\b.*)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{1,3})[.):\s_-]+(.+)")
_GLUED = re.compile(r"(?<=[a-z])(?=\d)")  # Theme1
_KEY = re.compile(
    r"(?:(?:b?rag|colour|status)(?: rating)? )?(?:key|legend|abbreviations|glossary)\b.{0,40}", re.IGNORECASE
)
_NESTED_REF = re.compile(r"\d{1,3}\.\d{1,3}[a-z]?")


def blocks_of(sheets: Sequence[Sheet]) -> Iterator[Paragraph | TableRow]:
    """Return the sheets that hold the plan's tables, below what stands on the sheets before them.

    Where no sheet holds one, those are returned that hold a table like it, so that it can be named.
    """
    begun = False
    wanted = is_plans if any(map(holds_plan, sheets)) else bool
    for sheet in sheets:
        lines = tuple(_without_keys(sheet.lines))
        if _table(lines, wanted) is not None:
            begun = True
            yield from _sheet(sheet, lines)
        elif not begun:
            yield from _front(lines)


def holds_plan(sheet: Sheet) -> bool:
    """Say whether a table of the plan stands on a sheet."""
    return _table(sheet.lines, is_plans) is not None


def holds_table(sheet: Sheet) -> bool:
    """Say whether a table stands on a sheet whose headings are some of a plan's."""
    return _table(sheet.lines, bool) is not None


def holds_refs(sheet: Sheet) -> bool:
    """Say whether rows stand on a sheet that begin with a ref, as a plan's do."""
    return any(len(words) > 2 and _NESTED_REF.fullmatch(words[0]) for words in map(_words, sheet.lines))


def _sheet(sheet: Sheet, lines: Sequence[Line]) -> Iterator[Paragraph | TableRow]:
    start = _table(lines, bool) or 0
    yield Paragraph("", sheet.where)
    yield from _front(lines[:start])
    yield from _theme(sheet, lines, start)
    yield from _with_gaps(lines[start:])


def _without_keys(lines: Sequence[Line]) -> Iterator[Line]:
    # "Key", and below it what each letter or colour stands for.
    key = False
    for line in lines:
        words = _words(line)
        key = any(map(_KEY.fullmatch, words[:1])) or (key and len(words) <= 2)
        if not key:
            yield line


def _table(lines: Sequence[Line], headings: Callable[[frozenset[str]], bool]) -> int | None:
    # Where the first row of such headings stands among the lines.
    return next((place for place in range(len(lines)) if headings(_roles(lines, place))), None)


def _roles(lines: Sequence[Line], place: int) -> frozenset[str]:
    # Of the headings in this line, or in this and the next.
    cells, *below = map(_tidied, lines[place : place + 2])
    return roles_of(cells) or (roles_of(joined(cells, below[0]) or ()) if below else frozenset())


def _front(lines: Sequence[Line]) -> Iterator[Paragraph]:
    # Only what stands alone in its row can be a title or a heading.
    for line in lines:
        yield Paragraph(_alone(line) or "", line.row.where)


def _with_gaps(lines: Sequence[Line]) -> Iterator[Paragraph | TableRow]:
    last = lines[0].number
    for line in lines:
        if line.number > last + 1:
            yield Paragraph("", line.row.where)
        yield line.row
        last = line.number


def _tidied(line: Line) -> Cells:
    return [tidy(cell) for cell in line.row.cells]


def _words(line: Line) -> list[str]:
    return [cell for cell in _tidied(line) if cell]


def _alone(line: Line) -> str | None:
    words = _words(line)
    return words[0] if len(words) == 1 else None


# Themes


def _theme(sheet: Sheet, lines: Sequence[Line], start: int) -> Iterator[Paragraph]:
    # A sheet's title as a line that is sure to be read as a heading; nought is no number.
    title = _GLUED.sub(" ", tidy(sheet.title) or "")
    if not _NAMES_NOTHING.fullmatch(title) and not _names_its_themes(lines, start):
        numbered = _NUMBERED.fullmatch(title)
        number, words = numbered.groups() if numbered else ("0", title)
        yield Paragraph(title if sure_heading(title, "") else f"Theme {number} - {words}", sheet.where)


def _names_its_themes(lines: Sequence[Line], start: int) -> bool:
    alone = [text for line in lines if (text := _alone(line))]
    below = lines[start + 1 : start + 2]
    return any(sure_heading(text, "") for text in alone) or any(map(_alone, below))
