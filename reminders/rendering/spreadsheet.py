"""The blank progress fields as a spreadsheet, which the business manager passes round to be filled in.

`frame.xlsx` beside this module is the book without its rows, made ahead by `python -m tests.rendering.frame`: a digest
adds its rows as text and its own properties, and needs no library of spreadsheets in memory for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reminders.core import words
from reminders.core.digest import Digest, Row
from reminders.core.message import Attachment
from reminders.rendering.templates import tidy

NAME = "blank-progress.xlsx"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FRAME = Path(__file__).with_name("frame.xlsx")
SHEET, PROPERTIES = "xl/worksheets/sheet1.xml", "docProps/core.xml"
MAKER, MADE_ON = "THE BOARD", date(2000, 1, 1)  # what stands in the frame where a digest says its own
_COLUMNS = "ABCDEFG"
FIELD = 1  # the number of the style of a field
_HEAD = "A1:G1"  # the cells of a sheet without rows
_LONGEST = 32_767  # characters that a cell holds


@dataclass(frozen=True, slots=True)
class _Frame:
    """A book without its rows: the parts that all have in common, the sheet round its rows, and the properties."""

    parts: bytes
    before: str
    after: str
    properties: str


def blank_fields(digest: Digest) -> Attachment:
    """Return an Excel file with a row for each blank field; the same digest gives the same bytes.

    Every cell holds text, so that none of the plan's wording becomes a formula.
    """
    file = BytesIO(_frame().parts)
    with ZipFile(file, "a") as parts:
        add(parts, SHEET, _sheet(digest.blank_rows))
        add(parts, PROPERTIES, _properties(digest))
    return Attachment(NAME, _TYPE, file.getvalue())


def add(parts: ZipFile, name: str, content: str | bytes) -> None:
    """Put a part into a file, the same bytes whenever that is done."""
    parts.writestr(ZipInfo(name), content, ZIP_DEFLATED)  # a ZipInfo of a name alone says no time of day


def _sheet(rows: Sequence[Row]) -> str:
    frame = _frame()
    before = frame.before.replace(_HEAD, f"{_HEAD[:-1]}{len(rows) + 1}")
    written = "".join(_row(number, _values(row)) for number, row in enumerate(rows, start=2))
    return f"{before}{written}{frame.after}"


def _values(row: Row) -> Sequence[str]:
    due_by = words.full_date(row.due_by) if row.due_by else ""
    return row.ref, row.theme, row.text, row.leads, row.timeframe, due_by, ""


def _row(number: int, values: Sequence[str]) -> str:
    cells = (_cell(f"{column}{number}", value) for column, value in zip(_COLUMNS, values, strict=True))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: str) -> str:
    if not value:
        return f'<c r="{place}" s="{FIELD}"/>'
    text = escape(tidy(value)[:_LONGEST], quote=False)
    return f'<c r="{place}" s="{FIELD}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _properties(digest: Digest) -> str:
    said = _frame().properties.replace(MAKER, escape(tidy(digest.board), quote=False))
    return said.replace(MADE_ON.isoformat(), digest.day.isoformat())


@cache
def _frame() -> _Frame:
    common = BytesIO()
    with ZipFile(FRAME) as parts, ZipFile(common, "w") as kept:
        for name in parts.namelist():
            if name not in {SHEET, PROPERTIES}:
                add(kept, name, parts.read(name))
        before, end, after = parts.read(SHEET).decode().partition("</sheetData>")
        properties = parts.read(PROPERTIES).decode()
    return _Frame(common.getvalue(), before, end + after, properties)
