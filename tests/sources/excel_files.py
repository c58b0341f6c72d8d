"""Makes workbooks for the tests: with openpyxl, and by editing the XML inside."""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.styles import Font

from reminders.sources.excel import read_excel

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHARED = (
    '<Relationship Id="shared" Target="sharedStrings.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
)
_INLINE = re.compile(r'(<c [^>]*?)t="inlineStr"([^>]*)><is>(.*?)</is></c>', re.DOTALL)

STRUCK = Font(strike=True)
HEADER = ("Ref", "Outcome", "Action", "Lead", "Timeframe", "Progress")
ROW = ("1.1", "Audit", "C Gill", "May 2015", None)
SHEET = "xl/worksheets/sheet1.xml"


def saved(book):
    """Return a workbook as bytes, its texts in a table of their own, as Excel keeps them and openpyxl does not."""
    file = BytesIO()
    book.save(file)
    texts = []

    def shared(match):
        texts.append(match[3])
        return f'{match[1]}t="s"{match[2]}><v>{len(texts) - 1}</v></c>'

    parts = unzipped(file.getvalue())
    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = _INLINE.sub(shared, parts[name].decode())
    items = "".join(f"<si>{text}</si>" for text in texts)
    parts[_RELATIONS] = parts[_RELATIONS].replace(b"</Relationships>", _SHARED.encode())
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{items}</sst>'
    return zipped(parts)


def zipped(parts):
    """Return a zip of these parts."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name, held in parts.items():
            new.writestr(name, held)
    return file.getvalue()


def book_of(**sheets):
    """Return a workbook; each sheet is given by its title and its rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def plan_of(*rows, header=("Ref", "Action", "Lead", "Timeframe", "Progress")):
    """Return a workbook of one sheet with a plan in it, ready to be made strange."""
    return book_of(Sheet1=[header, *rows])


def edited(data, part, *changes):
    """Return an Office file with texts of one part replaced; each must be there."""
    parts = unzipped(data)
    for before, after in changes:
        assert before.encode() in parts[part], before
        parts[part] = parts[part].replace(before.encode(), after.encode())
    return zipped(parts)


def unzipped(data):
    """Return the parts of a zip by their names."""
    with ZipFile(BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def read(book):
    """Return the plan of a workbook."""
    return read_excel(saved(book), "plan.xlsx")


def only(plan):
    """Return the one row of a plan."""
    (row,) = [row for theme in plan.themes for row in theme.rows]
    return row


def rows_of(plan, *fields):
    """Return some fields of each row of a plan."""
    return [tuple(getattr(row, field) for field in fields) for theme in plan.themes for row in theme.rows]


def told(plan):
    """Return a plan's problems without their words."""
    return [(problem.code, problem.ref, problem.where, problem.level) for problem in plan.problems]
