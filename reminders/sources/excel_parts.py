"""An Excel file cut down to what a plan is read from, before openpyxl opens it.

openpyxl gives up over drawings, fonts and filters that it does not know, writes a link's address into a blank cell,
and makes a cell for every place of a merged range: a million for a whole column.
"""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from io import BytesIO
from zipfile import ZipFile

from lxml import etree
from openpyxl.utils import column_index_from_string, get_column_letter

from reminders.sources.base import Unreadable
from reminders.sources.package import Package

MAX_COLUMNS = 100
_MAX_SHEETS = 100
_MAX_CELLS = 100_000
_MAX_MERGED = 100_000  # cells

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STYLES = "xl/styles.xml"  # where openpyxl looks for them
_STRINGS = "xl/sharedStrings.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/{{}}" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{_STRINGS}" ContentType="{_TYPE}.sharedStrings+xml"/></Types>'
)
_ROW = re.compile(r"\d{1,7}", re.ASCII)
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})", re.ASCII)


def slim(package: Package) -> bytes:
    """Return the workbook with its cells, their number formats and strikes, merged ranges, and what is hidden.

    Raises Unreadable where it holds more than any plan.
    """
    sheets = {path: package.xml(path) for path in package.every_related(package.main, "worksheet")}
    there = {path: tree for path, tree in sheets.items() if tree is not None}
    if len(there) > _MAX_SHEETS:
        raise Unreadable(f"{package.name}: holds {len(there):,} sheets; at most {_MAX_SHEETS} are read. Split it")
    for tree in there.values():
        _slim_sheet(tree)
    _refuse_large(there.values(), package.name)
    return _zipped(dict(_common_parts(package)) | {path: etree.tostring(tree) for path, tree in there.items()})


def _zipped(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as made:
        for path, data in parts.items():
            made.writestr(path, data)
    return file.getvalue()


def _common_parts(package: Package) -> Iterator[tuple[str, bytes]]:
    folder, file = posixpath.split(package.main)
    relations = posixpath.join(folder, "_rels", f"{file}.rels")
    yield "[Content_Types].xml", _TYPES.format(package.main).encode()
    yield relations, package.part(relations) or b""
    workbook = package.xml(package.main)
    if workbook is not None:
        _keep_children(workbook, "workbookPr", "sheets")
        _keep_attributes(workbook.findall(f"{_MAIN}workbookPr"), "date1904")
        yield package.main, etree.tostring(workbook)
    styles = package.related(package.main, "styles")
    tree = package.xml(styles) if styles else None
    if tree is not None:
        _slim_styles(tree)
        yield _STYLES, etree.tostring(tree)
    strings = package.related(package.main, "sharedStrings")
    yield _STRINGS, (strings and package.part(strings)) or f'<sst xmlns="{_MAIN[1:-1]}"/>'.encode()


def _slim_styles(tree: etree._Element) -> None:
    _keep_children(tree, "numFmts", "fonts", "cellXfs")
    for font in tree.iterfind(f"{_MAIN}fonts/{_MAIN}font"):
        _keep_children(font, "strike")
    for style in tree.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf"):
        _keep_children(style)
        _keep_attributes([style], "numFmtId", "fontId")


# A sheet


def _slim_sheet(tree: etree._Element) -> None:
    _keep_children(tree, "cols", "sheetData", "mergeCells")
    for columns in tree.findall(f"{_MAIN}cols"):
        _keep_attributes(columns, "min", "max", "hidden")
    rows = tree.findall(f"{_MAIN}sheetData/{_MAIN}row")
    for row in rows:
        _drop_blank_cells(row)
    _keep_attributes(rows, "r", "hidden")
    last = max([len(rows), *(int(row.get("r", "")) for row in rows if _ROW.fullmatch(row.get("r", "")))])
    for merged in tree.findall(f"{_MAIN}mergeCells"):
        _clip(merged, last)


def _drop_blank_cells(row: etree._Element) -> None:
    # A cell without a place of its own stands right of the one before it.
    if all(cell.get("r") for cell in row):
        _drop(row, [cell for cell in row if not len(cell)])


def _clip(merged: etree._Element, last: int) -> None:
    # To the rows that there are and the columns that are read.
    for each in list(merged):
        left, top, right, bottom = _bounds(each)
        right, bottom = min(right, MAX_COLUMNS), min(bottom, last)
        if left <= right and 0 < top <= bottom:
            each.set("ref", f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")
        else:
            merged.remove(each)


def _bounds(merged: etree._Element) -> tuple[int, int, int, int]:
    # Left, top, right and bottom, from 1.
    found = _RANGE.fullmatch(merged.get("ref", ""))
    if found is None:
        return 1, 1, 0, 0
    return column_index_from_string(found[1]), int(found[2]), column_index_from_string(found[3]), int(found[4])


def _area(merged: etree._Element) -> int:
    left, top, right, bottom = _bounds(merged)
    return (right - left + 1) * (bottom - top + 1)


def _refuse_large(trees: Collection[etree._Element], name: str) -> None:
    cells = sum(len(row) for tree in trees for row in tree.iterfind(f"{_MAIN}sheetData/{_MAIN}row"))
    if cells > _MAX_CELLS:
        raise Unreadable(f"{name}: holds {cells:,} filled cells; at most {_MAX_CELLS:,} are read. Split the plan")
    merged = sum(_area(each) for tree in trees for each in tree.iterfind(f"{_MAIN}mergeCells/{_MAIN}mergeCell"))
    if merged > _MAX_MERGED:
        raise Unreadable(f"{name}: merges {merged:,} cells; at most {_MAX_MERGED:,} are read. Unmerge some")


def _keep_children(parent: etree._Element, *names: str) -> None:
    kept = {f"{_MAIN}{name}" for name in names}
    _drop(parent, [child for child in parent if child.tag not in kept])


def _drop(parent: etree._Element, children: Iterable[etree._Element]) -> None:
    for child in children:
        parent.remove(child)


def _keep_attributes(elements: Iterable[etree._Element], *names: str) -> None:
    for element in elements:
        for name in set(element.attrib) - set(names):
            del element.attrib[name]
