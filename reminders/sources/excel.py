"""Excel workbooks -> the plan, and what a person should know of the cells behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from reminders.core.plan import Level, Problem, WrittenPlan, WrittenRow
from reminders.core.words import listed
from reminders.sources.base import Unreadable
from reminders.sources.excel_sheets import blocks_of, holds_plan, holds_refs, holds_table
from reminders.sources.excel_workbook import Line, Sheet, read_workbook
from reminders.sources.rows import plan_from_blocks


def read_excel(data: bytes, name: str) -> WrittenPlan:
    """Return the plan of a workbook.

    Raises Unreadable where it is none, or holds no plan.
    """
    sheets = read_workbook(data, name)
    plan = _plan(sheets, name)
    rows = {row.where: row for theme in plan.themes for row in theme.rows}
    found = [problem for sheet in sheets for problem in _problems(sheet, rows)]
    return replace(plan, problems=(*plan.problems, *found))


def _plan(sheets: Sequence[Sheet], name: str) -> WrittenPlan:
    try:
        return plan_from_blocks(blocks_of(sheets), name)
    except Unreadable as error:
        unvalued = [place for sheet in sheets for line in sheet.lines for place in line.unvalued]
        if not unvalued:
            raise
        why = "formulas in it were never worked out, so their cells are blank; open it in Excel and save it"
        raise Unreadable(*error.mistakes, f"{name}: {why}") from error


# What a person should know


def _problems(sheet: Sheet, rows: Mapping[str, WrittenRow]) -> Iterator[Problem]:
    read = [line for line in sheet.lines if line.row.where in rows]
    if read:
        yield from _hidden(sheet, read)
    elif not holds_plan(sheet):
        yield from _passed_over(sheet)
    for line in read:
        yield from _doubts(line, rows[line.row.where])


def _passed_over(sheet: Sheet) -> Iterator[Problem]:
    if holds_refs(sheet) or holds_table(sheet):
        message = "this sheet looks like a plan's, but is not read. If it is, write Action, Lead and Timeframe above it"
        level = Level.MEND if holds_refs(sheet) else Level.NOTE
        yield Problem("sheet-not-read", None, sheet.where, message, level)


def _hidden(sheet: Sheet, read: Sequence[Line]) -> Iterator[Problem]:
    rows = _runs([line.number for line in read if line.hidden])
    columns = sheet.hidden_columns
    if sheet.hidden:
        message = "this sheet is hidden in Excel, but is read. Delete it if it is no part of the plan"
        yield Problem("hidden-sheet", None, sheet.where, message, Level.NOTE)
    if rows:
        message = f"{_are_hidden('row', rows)}. Delete what is no part of the plan"
        yield Problem("hidden-rows", None, sheet.where, message, Level.NOTE)
    if columns:
        message = f"{_are_hidden('column', columns)}. Show them, so that nobody overlooks them"
        yield Problem("hidden-columns", None, sheet.where, message, Level.NOTE)


def _are_hidden(noun: str, names: Sequence[str]) -> str:
    many = len(names) > 1 or " to " in names[0]
    return f"{noun}{'s' if many else ''} {listed(names)} {'are' if many else 'is'} hidden in Excel, but read"


def _runs(numbers: Sequence[int]) -> list[str]:
    # 5, 6, 7, 9 -> "5 to 7", "9".
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda each: each[1] - each[0])]
    return [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]


def _doubts(line: Line, row: WrittenRow) -> Iterator[Problem]:
    where = line.row.where
    for place, text in line.errors:
        if text in (row.ref, row.outcome, row.action, row.lead, row.timeframe, row.progress, row.status):
            message = f"cell {place} shows the error {text}; mend its formula, or write the words themselves"
            yield Problem("excel-error", row.ref, where, message, Level.MEND)
    if line.unvalued:
        message = f"the formula in {listed(line.unvalued)} was never worked out, so nothing is read there"
        cure = "Open the file in Excel and save it"
        yield Problem("formula-without-value", row.ref, where, f"{message}. {cure}", Level.MEND)
    if line.struck:
        message = f"words in {listed(line.struck)} are struck out, but are read. Delete them if they no longer hold"
        yield Problem("struck-out", row.ref, where, message, Level.NOTE)
