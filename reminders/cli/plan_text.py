"""The plan in words for a terminal: its tables as the board knows them, and what a person must settle."""

import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from prettytable import HRuleStyle, PrettyTable, TableStyle

from reminders.core import words
from reminders.core.plan import Action, Level, Plan, Problem, Theme
from reminders.core.policy import Policy
from reminders.core.severity import worst_first

_NO_TERMINAL = (140, 24)
_NARROWEST = 100  # six columns do not fit into less
_FIXED = {"Ref": 6, "Lead": 18, "Timeframe": 20}
_SHARES = {"Outcome": 0.3, "Action": 0.4, "Progress": 0.3}  # of the width that is left
_BORDER = 3  # characters a column costs besides its words
_LEVELS = {Level.MEND: "to mend", Level.NOTE: "good to know"}


def plan_lines(plan: Plan, policy: Policy, today: date) -> Iterator[str]:
    """Yield the plan as the table it came as, theme by theme, each timeframe with the day it means."""
    yield printable(plan.title)
    for theme, actions in groupby(plan.actions, key=lambda action: action.theme):
        yield ""
        yield from _theme(theme, [_row(action, policy, today) for action in actions])


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield what a person must settle, worst first, each with its place and its mend."""
    ordered = worst_first(problems)
    if not ordered:
        yield "No problems."
    for level, same in groupby(ordered, key=lambda problem: problem.level):
        listed = list(same)
        yield f"{words.sentence(words.counted(len(listed), 'point'))} {_LEVELS[level]}:"
        for problem in listed:
            yield f"  {_place(problem)}"
            yield f"      {printable(problem.message)}. [{problem.code}]"


def printable(text: str) -> str:
    """Return a text without the characters that turn a terminal's lines about or set its colours."""
    return "".join(each for each in text if unicodedata.category(each) not in {"Cc", "Cf"} or each == "\n")


def _place(problem: Problem) -> str:
    return printable(f"{problem.ref} ({problem.where})" if problem.ref else problem.where)


def _theme(theme: Theme, rows: Sequence[dict[str, str]]) -> Iterator[str]:
    yield printable(f"Theme {theme.number}: {theme.title}{' (title inferred)' if theme.inferred else ''}")
    table = PrettyTable(list(rows[0]), align="l")
    table.set_style(TableStyle.SINGLE_BORDER)
    table.hrules = HRuleStyle.ALL
    table.min_width = table.max_width = _widths(shutil.get_terminal_size(_NO_TERMINAL).columns)
    table.add_rows([list(row.values()) for row in rows])
    yield table.get_string()


def _widths(terminal: int) -> dict[str, int]:
    columns = len(_FIXED) + len(_SHARES)
    free = max(terminal, _NARROWEST) - sum(_FIXED.values()) - columns * _BORDER - 1
    return _FIXED | {column: int(free * share) for column, share in _SHARES.items()}


def _row(action: Action, policy: Policy, today: date) -> dict[str, str]:
    cells = {
        "Ref": action.ref,
        "Outcome": f"(as {action.outcome_from})" if action.outcome_from else action.outcome,
        "Action": action.row.action,
        "Lead": "\n".join(lead.name for lead in action.leads) or action.row.lead,
        "Timeframe": _timeframe(action, policy, today),
        "Progress": "\n".join(cell for cell in (action.row.status, action.row.progress, _closed(action)) if cell),
    }
    return {column: printable(cell or "") for column, cell in cells.items()}


def _timeframe(action: Action, policy: Policy, today: date) -> str | None:
    deadline = action.timeframe.deadline_on(today)
    if deadline is None:
        return action.row.timeframe
    return f"{action.row.timeframe}\n(due by {words.full_date(policy.due_by(deadline))})"


def _closed(action: Action) -> str | None:
    return "(counts as complete)" if action.complete else None
