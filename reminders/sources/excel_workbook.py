"""An Excel workbook -> its sheets as lines of text, read by openpyxl."""

import warnings
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reminders.sources.base import TableRow, Unreadable
from reminders.sources.excel_cells import shown
from reminders.sources.excel_parts import MAX_COLUMNS, slim
from reminders.sources.formats import EXCEL
from reminders.sources.package import open_package

_Place = tuple[int, int]  # row and column, from 1


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet that holds text, with what its text does not tell.

    `errors` are cells such as #REF!, each with its text; `unvalued` those whose formula was never worked out.
    """

    number: int
    row: TableRow
    hidden: bool
    struck: tuple[str, ...]
    errors: tuple[tuple[str, str], ...]
    unvalued: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet from its first line that holds text to its last; hidden columns are those that hold text."""

    title: str
    where: str
    hidden: bool
    hidden_columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A cell as its reader sees it."""

    place: str
    text: str
    struck: bool
    error: bool
    unvalued: bool


def read_workbook(data: bytes, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook in their order, charts left out; macros are never run, links never followed.

    Raises Unreadable where it is no workbook, or holds more than any plan.
    """
    cut = slim(open_package(data, name, EXCEL))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl says what it drops, which no plan needs
            return tuple(_sheets(cut, name))
    except Exception as error:  # noqa: BLE001 - a strange file makes openpyxl raise nearly anything
        kind = type(error).__name__
        why = f"is damaged or was not made by Excel ({kind} inside); open it in Excel and save it anew"
        raise Unreadable(f"{name}: {why}") from None  # its own words may quote the plan


def _sheets(data: bytes, name: str) -> Iterator[Sheet]:
    formulas = _load(data, values=False)
    values = _load(data, values=True) if _has_formulas(formulas) else formulas
    for sheet, worked_out in zip(formulas.worksheets, values.worksheets, strict=True):
        yield _sheet(sheet, _cells(worked_out), f"{name}, sheet {sheet.title}")


def _load(data: bytes, *, values: bool) -> Workbook:
    return load_workbook(BytesIO(data), data_only=values, keep_links=False, rich_text=True)


def _has_formulas(workbook: Workbook) -> bool:
    return any(cell.data_type == "f" for sheet in workbook.worksheets for cell in _cells(sheet).values())


def _cells(sheet: Worksheet) -> dict[_Place, Cell]:
    # Its public ways walk every place up to a stray cell in the last corner.
    return {place: cell for place, cell in sorted(sheet._cells.items()) if isinstance(cell, Cell)}  # noqa: SLF001


def _sheet(sheet: Worksheet, values: Mapping[_Place, Cell], where: str) -> Sheet:
    rows: dict[int, dict[int, _Read]] = defaultdict(dict)
    for (number, column), cell in _cells(sheet).items():
        read = _read(cell, values.get((number, column), cell))
        if column <= MAX_COLUMNS and (read.text or read.unvalued):
            rows[number][column] = read
    columns = sorted({column for cells in rows.values() for column in cells})
    continued = _continued(sheet)
    lines = [
        _line(
            number, _table_row(cells, columns[-1], f"{where}, row {number}", continued[number]), cells.values(), sheet
        )
        for number, cells in rows.items()
    ]
    return Sheet(sheet.title, where, sheet.sheet_state != "visible", _hidden(sheet, columns), tuple(lines))


def _table_row(cells: Mapping[int, _Read], width: int, where: str, continued: AbstractSet[int]) -> TableRow:
    texts = tuple(cells[column].text if column in cells else "" for column in range(1, width + 1))
    return TableRow(texts, where, frozenset(column - 1 for column in continued))


def _line(number: int, row: TableRow, cells: Collection[_Read], sheet: Worksheet) -> Line:
    return Line(
        number=number,
        row=row,
        hidden=sheet.row_dimensions[number].hidden,
        struck=tuple(cell.place for cell in cells if cell.struck),
        errors=tuple((cell.place, cell.text) for cell in cells if cell.error),
        unvalued=tuple(cell.place for cell in cells if cell.unvalued),
    )


def _hidden(sheet: Worksheet, columns: Iterable[int]) -> tuple[str, ...]:
    hidden = [(each.min or 0, each.max or 0) for each in sheet.column_dimensions.values() if each.hidden]
    return tuple(get_column_letter(column) for column in columns if any(a <= column <= z for a, z in hidden))


def _continued(sheet: Worksheet) -> Mapping[int, set[int]]:
    # The first column of a merged range stands for all of it.
    continued: dict[int, set[int]] = defaultdict(set)
    for merged in sheet.merged_cells.ranges:
        for number in range(merged.min_row + 1, merged.max_row + 1):
            continued[number].add(merged.min_col)
    return continued


# A cell


def _read(cell: Cell, worked_out: Cell) -> _Read:
    text = shown(_flat(worked_out.value), cell.number_format)
    # A formula that gives an empty text has a value.
    unvalued = cell.data_type == "f" and worked_out.value is None and worked_out.data_type != "str"
    return _Read(cell.coordinate, text, _is_struck(cell), worked_out.data_type == "e", unvalued)


def _flat(value: object) -> object:
    return "".join(map(str, value)) if isinstance(value, CellRichText) else value


def _is_struck(cell: Cell) -> bool:
    runs = cell.value if isinstance(cell.value, CellRichText) else ()
    return bool(cell.font.strike) or any(isinstance(run, TextBlock) and run.font.strike for run in runs)
