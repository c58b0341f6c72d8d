"""The blank progress fields as a spreadsheet, which the business manager passes round to be filled in."""

from datetime import datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from reminders.core import words
from reminders.core.digest import Digest, Row
from reminders.core.message import Attachment
from reminders.rendering.templates import tidy

NAME = "blank-progress.xlsx"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"Ref": 8, "Theme": 22, "Action": 50, "Lead": 22, "Timeframe": 16, "Due by": 18, "Progress": 50}  # letters
_TEXT = "@"  # Excel's own name for it: what is typed into such a cell stays as typed, too
_TOP = Alignment(vertical="top", wrap_text=True)


def blank_fields(digest: Digest) -> Attachment:
    """Return an Excel file with a row for each blank field; the same digest gives the same bytes.

    Every cell holds text, so that none of the plan's wording becomes a formula.
    """
    book = Workbook()
    book.properties.creator = digest.board
    book.properties.title = "Blank progress fields"
    book.properties.created = book.properties.modified = datetime.combine(digest.day, time())
    for style in _styles():
        book.add_named_style(style)
    sheet = book.worksheets[0]
    sheet.title = "Blank progress"
    _write(sheet, 1, "Head", tuple(_WIDTHS))
    for number, row in enumerate(digest.blank_rows, start=2):
        _write(sheet, number, "Field", _cells(row))
    _set_out(sheet)
    return Attachment(NAME, _TYPE, _saved(book))


def _styles() -> tuple[NamedStyle, NamedStyle]:
    grey = PatternFill("solid", fgColor="E4E9EE")
    head = NamedStyle("Head", font=Font(bold=True), fill=grey, alignment=_TOP, number_format=_TEXT)
    return head, NamedStyle("Field", alignment=_TOP, number_format=_TEXT)


def _cells(row: Row) -> tuple[str, ...]:
    due_by = words.full_date(row.due_by) if row.due_by else ""
    return row.ref, row.theme, row.text, row.leads, row.timeframe, due_by, ""


def _write(sheet: Worksheet, number: int, style: str, values: tuple[str, ...]) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(number, column)
        cell.value = tidy(value) or None
        cell.data_type = "s"
        cell.style = style


def _set_out(sheet: Worksheet) -> None:
    for column, width in enumerate(_WIDTHS.values(), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, each as wide as the table
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _saved(book: Workbook) -> bytes:
    # Workbook.save would write the time of day into the file; here no part says when it was made.
    made, file = BytesIO(), BytesIO()
    ExcelWriter(book, ZipFile(made, "w")).save()
    with ZipFile(made) as parts, ZipFile(file, "w") as undated:
        for name in parts.namelist():
            undated.writestr(ZipInfo(name), parts.read(name), ZIP_DEFLATED)
    return file.getvalue()
