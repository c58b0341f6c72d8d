"""The blank progress fields as a spreadsheet, which the business manager passes round to be filled in.

openpyxl makes the book without its rows, once in a process; a digest adds its rows as text and its own properties.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from reminders.core import words
from reminders.core.digest import Digest, Row
from reminders.core.message import Attachment
from reminders.rendering.templates import tidy

NAME = "blank-progress.xlsx"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"Ref": 8, "Theme": 22, "Action": 50, "Lead": 22, "Timeframe": 16, "Due by": 18, "Progress": 50}  # letters
_COLUMNS = tuple(get_column_letter(column) for column in range(1, len(_WIDTHS) + 1))
_TEXT = "@"  # Excel's own name for it: what is typed into such a cell stays as typed, too
_TOP = Alignment(vertical="top", wrap_text=True)
_LONGEST = 32_767  # characters that a cell holds
_HEAD = f"A1:{_COLUMNS[-1]}1"  # the cells of a sheet without rows
_SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True, slots=True)
class _Frame:
    """A book without its rows: the parts that all have in common, the sheet round its rows, the style of a field."""

    parts: bytes
    before: str
    after: str
    style: int


def blank_fields(digest: Digest) -> Attachment:
    """Return an Excel file with a row for each blank field; the same digest gives the same bytes.

    Every cell holds text, so that none of the plan's wording becomes a formula.
    """
    file = BytesIO(_frame().parts)
    with ZipFile(file, "a") as parts:
        _add(parts, _SHEET, _sheet(digest.blank_rows))
        _add(parts, ARC_CORE, _properties(digest))
    return Attachment(NAME, _TYPE, file.getvalue())


def _add(parts: ZipFile, name: str, content: str | bytes) -> None:
    parts.writestr(ZipInfo(name), content, ZIP_DEFLATED)  # a ZipInfo of a name alone says no time of day


def _sheet(rows: Sequence[Row]) -> str:
    frame = _frame()
    before = frame.before.replace(_HEAD, f"{_HEAD[:-1]}{len(rows) + 1}")
    written = "".join(_row(number, _values(row), frame.style) for number, row in enumerate(rows, start=2))
    return f"{before}{written}{frame.after}"


def _values(row: Row) -> Sequence[str]:
    due_by = words.full_date(row.due_by) if row.due_by else ""
    return row.ref, row.theme, row.text, row.leads, row.timeframe, due_by, ""


def _row(number: int, values: Sequence[str], style: int) -> str:
    cells = (_cell(f"{column}{number}", value, style) for column, value in zip(_COLUMNS, values, strict=True))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: str, style: int) -> str:
    if not value:
        return f'<c r="{place}" s="{style}"/>'
    text = escape(tidy(value)[:_LONGEST], quote=False)
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _properties(digest: Digest) -> str | bytes:
    day = datetime.combine(digest.day, time())
    said = DocumentProperties(creator=digest.board, title="Blank progress fields", created=day, modified=day)
    return tostring(said.to_tree())


@cache
def _frame() -> _Frame:
    book, made, common = _book_without_rows(), BytesIO(), BytesIO()
    field = Cell(book.worksheets[0], 2, 1)  # stands in no sheet; it tells the number that a style has in this book
    field.style = "Field"
    style = field.style_id
    book.save(made)
    with ZipFile(made) as parts, ZipFile(common, "w") as kept:
        for name in parts.namelist():
            if name not in {_SHEET, ARC_CORE}:
                _add(kept, name, parts.read(name))
        before, end, after = parts.read(_SHEET).decode().partition("</sheetData>")
    return _Frame(common.getvalue(), before, end + after, style)


def _book_without_rows() -> Workbook:
    book = Workbook()
    grey = PatternFill("solid", fgColor="E4E9EE")
    book.add_named_style(NamedStyle("Head", font=Font(bold=True), fill=grey, alignment=_TOP, number_format=_TEXT))
    book.add_named_style(NamedStyle("Field", alignment=_TOP, number_format=_TEXT))
    sheet = book.worksheets[0]
    sheet.title = "Blank progress"
    for column, (heading, width) in enumerate(_WIDTHS.items(), start=1):
        sheet.cell(1, column, heading).style = "Head"
        sheet.column_dimensions[get_column_letter(column)].width = width
    _set_out_pages(sheet)
    return book


def _set_out_pages(sheet: Worksheet) -> None:
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, each as wide as the table
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
