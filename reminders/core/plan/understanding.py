"""Cells as written -> actions: themes, inherited outcomes, leads, deadlines."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from reminders.core.directory import Directory
from reminders.core.plan.identity import own_ids
from reminders.core.plan.problems import problems_of
from reminders.core.plan.values import Action, Plan, Theme, WrittenPlan, WrittenTheme
from reminders.core.policy import Policy
from reminders.core.timeframe import DateReading, Doubt, Kind, Timeframe, read_timeframe

_FAR_AWAY = 3653  # days: a deadline ten years from the plan's others is a slip of the pen
_REF_THEME = re.compile(r"(\d{1,4})[.\-)]")


def understand(
    written: WrittenPlan,
    directory: Directory,
    policy: Policy,
    reading: DateReading,
    allowed: Callable[[str], bool],
) -> Plan:
    """Turn cells into actions, with every doubt as a problem; nothing is guessed and no row is dropped."""
    themes = _themes(written)
    actions = tuple(_actions(written, themes, directory, policy, _timeframes(written, reading)))
    problems = tuple(problems_of(written, themes, actions, directory, allowed))
    return Plan(written.title, themes, actions, problems, written.columns)


def _themes(written: WrittenPlan) -> tuple[Theme, ...]:
    return tuple(_theme(theme, place, written.priorities) for place, theme in enumerate(written.themes, start=1))


def _theme(theme: WrittenTheme, place: int, priorities: Sequence[str]) -> Theme:
    number = theme.number or _number_from_refs(theme) or place
    if theme.title:
        return Theme(number, theme.title, inferred=False)
    title = priorities[number - 1] if 0 < number <= len(priorities) else f"Theme {number}"
    return Theme(number, title, inferred=True)


def _number_from_refs(theme: WrittenTheme) -> int | None:
    leading = (_REF_THEME.match(row.ref or "") for row in theme.rows)
    counts = Counter(int(match.group(1)) for match in leading if match)
    return counts.most_common(1)[0][0] if counts else None


def _actions(
    written: WrittenPlan,
    themes: Sequence[Theme],
    directory: Directory,
    policy: Policy,
    timeframes: Mapping[str | None, Timeframe],
) -> Iterator[Action]:
    ids = own_ids(
        [(row, drawn.number) for table, drawn in zip(written.themes, themes, strict=True) for row in table.rows]
    )
    for theme, drawn in zip(written.themes, themes, strict=True):
        above: tuple[str | None, str | None] = (None, None)
        for row in theme.rows:
            inherits = row.outcome is None and row.ref is not None
            outcome, source = above if inherits else (row.outcome, None)
            if row.outcome is not None:
                above = (row.outcome, row.ref)
            complete = policy.is_complete(row.status, row.progress)
            yield Action(
                id=next(ids),
                ref=row.ref,
                theme=drawn,
                row=row,
                outcome=outcome,
                outcome_from=source,
                leads=directory.resolve_cell(row.lead),
                timeframe=timeframes[row.timeframe],
                complete=complete,
                ask=not complete and _mentions(row.progress, policy.completion_words),
            )


def _mentions(progress: str | None, words: Sequence[str]) -> bool:
    text = (progress or "").casefold()
    return text != "" and any(re.search(rf"\b{re.escape(word.casefold())}\b", text) for word in words)


def _timeframes(written: WrittenPlan, reading: DateReading) -> Mapping[str | None, Timeframe]:
    """Return what each wording means; one far from the plan's other dates is doubted."""
    cells = [row.timeframe for theme in written.themes for row in theme.rows]
    read = {cell: read_timeframe(cell, reading) for cell in cells}
    deadlines = sorted(day for cell in cells for day in read[cell].deadlines)  # by rows, so that most of them decide
    middle = (deadlines[(len(deadlines) - 1) // 2], deadlines[len(deadlines) // 2]) if deadlines else ()
    return {cell: _doubted(each) if _is_far(each, middle) else each for cell, each in read.items()}


def _is_far(timeframe: Timeframe, middle: Sequence[date]) -> bool:
    # Where as many rows say one decade as another, which is the slip cannot be told: both are doubted.
    return any(abs((day - each).days) > _FAR_AWAY for day in timeframe.deadlines for each in middle)


def _doubted(timeframe: Timeframe) -> Timeframe:
    message = f"'{timeframe.wording}' lies more than ten years from the plan's other dates; check the year"
    return Timeframe(timeframe.wording, Kind.UNCLEAR, "unclear", doubts=(Doubt("unclear-timeframe", message),))
