"""Plain text and Markdown -> paragraphs and table rows: the form in which the board's own plan came."""

import html
import io
import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise

from reminders.core.plan import WrittenPlan
from reminders.sources.base import MAX_ROWS, Paragraph, TableRow, decode
from reminders.sources.columns import most_headings
from reminders.sources.rows import plan_from_blocks

_SEPARATOR = re.compile(r"[|:\s-]*-[|:\s-]*")
_RULE = re.compile(r"([-=*_])(?:\s*\1){2,}")
_PIPE = re.compile(r"(?<!\\)\|")
_HEADING = re.compile(r"#{1,6}\s+(.*?)(?:\s+#+)?")
_EMPHASIS = re.compile(r"([*_]{1,3})([^*_]+)\1")
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<entity>&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});)|<br\s*/?>",
    re.IGNORECASE,
)


def read_text(data: bytes, name: str) -> WrittenPlan:
    """Return the plan of a text file whose tables are lines with a tab between two cells, or with pipes."""
    text = decode(data, name)
    tabbed = (line.split("\t") for line, _ in _lines(text, name) if "\t" in line)
    blocks = _tabbed if most_headings(islice(tabbed, MAX_ROWS)) else _piped
    return plan_from_blocks(blocks(text, name), name)


def read_markdown(data: bytes, name: str) -> WrittenPlan:
    """Return the plan of a Markdown file with pipe tables."""
    return plan_from_blocks(_piped(decode(data, name), name), name)


def _lines(text: str, name: str) -> Iterator[tuple[str, str]]:
    # Not splitlines(): a vertical tab or U+2028 is a break inside a cell.
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        yield line.rstrip("\r\n"), f"{name}, line {number}"


def _tabbed(text: str, name: str) -> Iterator[Paragraph | TableRow]:
    for line, where in _lines(text, name):
        yield TableRow(tuple(line.split("\t")), where) if "\t" in line else Paragraph(line, where)


def _piped(text: str, name: str) -> Iterator[Paragraph | TableRow]:
    lines = ((line.strip(), where) for line, where in _lines(text, name))
    rows = 0  # of the table in hand
    for (line, where), (below, _) in pairwise(chain(lines, [("", name)])):
        if rows == 1 and _SEPARATOR.fullmatch(line):
            rows += 1
        elif line.startswith("|") or ("|" in line and (rows or _is_separator(below))):
            rows += 1
            yield TableRow(_cells(line), where)
        else:
            rows = 0
            yield Paragraph("" if _RULE.fullmatch(line) else _words(line), where)


def _is_separator(line: str) -> bool:
    return "|" in line and _SEPARATOR.fullmatch(line) is not None


def _cells(line: str) -> tuple[str, ...]:
    inner = line.removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return tuple(_words(cell.strip()) for cell in _PIPE.split(inner))


def _words(marked: str) -> str:
    heading = _HEADING.fullmatch(marked)
    bare = heading.group(1) if heading else marked
    emphasis = _EMPHASIS.fullmatch(bare)
    return _INLINE.sub(_plain, emphasis.group(2) if emphasis else bare)


def _plain(match: re.Match[str]) -> str:
    # A line break is a space in a cell.
    return match["escaped"] or html.unescape(match["entity"] or " ")
