"""CSV and TSV -> table rows: plans that left Excel as text."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice

from reminders.core.plan import WrittenPlan
from reminders.sources.base import MAX_CELLS, Paragraph, TableRow, Unreadable, decode
from reminders.sources.columns import most_headings
from reminders.sources.rows import plan_from_blocks

_HEADER_WITHIN = 200  # rows
_LONGEST_LINE = 1_000_000  # characters
_NAMED = re.compile(r"sep=(.)\s*")  # Excel's own first line
_MARKUP = re.compile(r"\s*<(?:!doctype|\?xml|html|head|meta|body|table)\b", re.IGNORECASE)
# What keeps Excel from taking a cell for a formula or a number: '=SUM and ="1.10".
_GUARDED = re.compile(r"'(?P<formula>[=+\-@].*)|=\"(?P<text>[^\"]*)\"", re.DOTALL)
_FAULTS = {
    "unexpected end of data": "a quotation mark is opened in this row and never closed. Close it, or take it out",
    "expected after": "a quotation mark stands inside a cell in quotation marks. Write it twice, or take it out",
    "field larger": "a cell never seems to end; perhaps a quotation mark is not closed. Close it, or shorten the cell",
}

_Row = tuple[int, list[str]]  # the line on which it begins, its cells
_Shape = Callable[[str, str, str], Iterator[_Row]]


def read_csv(data: bytes, name: str) -> WrittenPlan:
    """Return the plan of a file of delimited cells; its headings show what stands between two cells."""
    return _read(decode(data, name), name, ",;\t|")


def read_tsv(data: bytes, name: str) -> WrittenPlan:
    """Return the plan of a file with a tab between two cells, or with what its headings show."""
    return _read(decode(data, name), name, "\t,;|")


def _read(text: str, name: str, delimiters: str) -> WrittenPlan:
    if _MARKUP.match(text):
        raise Unreadable(f"{name}: is a web page or XML inside; open it in Excel and save it as CSV")
    first, _, rest = text.partition("\n")
    named = _NAMED.fullmatch(first)
    if named:
        text, delimiters = f"\n{rest}", named[1]
    shape, delimiter = _shape(text, name, delimiters)
    return plan_from_blocks(_blocks(shape(text, delimiter, name), name), name)


def _shape(text: str, name: str, delimiters: str) -> tuple[_Shape, str]:
    # The delimiter is the one that makes headings of the plan appear: commas abound in every action.
    shapes: list[tuple[_Shape, str]] = [(shape, each) for shape in (_rows, _wrapped_rows) for each in delimiters]
    return max(shapes, key=lambda each: most_headings(_first_cells(each[0](text, each[1], name))))


def _first_cells(rows: Iterator[_Row]) -> Iterator[list[str]]:
    try:
        for _, cells in islice(rows, _HEADER_WITHIN):
            yield cells
    except Unreadable:
        return  # told when the file is read in the shape that fits best


def _rows(text: str, delimiter: str, name: str) -> Iterator[_Row]:
    reader = csv.reader(_lines(text, name), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, _within_reason(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(f"{name}, line {line}: {_in_words(error)}") from error


def _lines(text: str, name: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > _LONGEST_LINE:
            read = f"holds {len(line):,} characters; at most {_LONGEST_LINE:,} are read in one line"
            raise Unreadable(f"{name}, line {number}: {read}. Save the file again as CSV")
        yield line


def _within_reason(cells: list[str]) -> list[str]:
    # Excel writes a comma for each column that was ever coloured.
    return cells if any(cells[MAX_CELLS:]) else cells[:MAX_CELLS]


def _wrapped_rows(text: str, delimiter: str, name: str) -> Iterator[_Row]:
    # Some exports put each whole row into quotation marks.
    for line, cells in _rows(text, delimiter, name):
        inner = _rows(cells[0], delimiter, name) if len(cells) == 1 else iter(())
        yield next(((line, unwrapped) for _, unwrapped in inner), (line, cells))


def _in_words(error: csv.Error) -> str:
    known = (words for sign, words in _FAULTS.items() if sign in str(error))
    return next(known, "this row cannot be read; save the file again as CSV in UTF-8")


def _blocks(rows: Iterator[_Row], name: str) -> Iterator[Paragraph | TableRow]:
    for line, cells in rows:
        where = f"{name}, line {line}"
        yield TableRow(tuple(map(_unguarded, cells)), where) if cells else Paragraph("", where)


def _unguarded(cell: str) -> str:
    match = _GUARDED.fullmatch(cell)
    return (match["formula"] or match["text"] or "") if match else cell
