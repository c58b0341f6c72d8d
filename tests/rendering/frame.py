"""The book of blank progress fields without its rows, as openpyxl makes it.

python -m tests.rendering.frame      writes it where the service reads it
"""

from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from reminders.rendering.spreadsheet import FIELD, FRAME, MADE_ON, MAKER, PROPERTIES, add

_WIDTHS = {"Ref": 8, "Theme": 22, "Action": 50, "Lead": 22, "Timeframe": 16, "Due by": 18, "Progress": 50}  # letters
_TEXT = "@"  # Excel's own name for it: what is typed into such a cell stays as typed, too
_TOP = Alignment(vertical="top", wrap_text=True)


def write_frame(path: Path) -> None:
    made = BytesIO()
    _book().save(made)
    with ZipFile(made) as parts, ZipFile(path, "w") as kept:
        for name in parts.namelist():
            add(kept, name, _properties() if name == PROPERTIES else parts.read(name))


def _properties() -> str:
    on = datetime.combine(MADE_ON, time())
    said = DocumentProperties(creator=MAKER, title="Blank progress fields", created=on, modified=on)
    return tostring(said.to_tree())


def _book() -> Workbook:
    book = Workbook()
    grey = PatternFill("solid", fgColor="E4E9EE")
    book.add_named_style(NamedStyle("Head", font=Font(bold=True), fill=grey, alignment=_TOP, number_format=_TEXT))
    book.add_named_style(NamedStyle("Field", alignment=_TOP, number_format=_TEXT))
    sheet = book.worksheets[0]
    sheet.title = "Blank progress"
    for column, (heading, width) in enumerate(_WIDTHS.items(), start=1):
        sheet.cell(1, column, heading).style = "Head"
        sheet.column_dimensions[get_column_letter(column)].width = width
    _number_the_field_style(sheet)
    _set_out_pages(sheet)
    return book


def _number_the_field_style(sheet: Worksheet) -> None:
    field = Cell(sheet, 2, 1)  # stands in no sheet: a style has no number before one asks a cell for it
    field.style = "Field"
    assert field.style_id == FIELD


def _set_out_pages(sheet: Worksheet) -> None:
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, each as wide as the table
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


if __name__ == "__main__":
    write_frame(FRAME)
