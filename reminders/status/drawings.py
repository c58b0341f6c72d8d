"""The plan as a picture: a column a month, a band a theme, a box an action; a template draws the shapes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reminders.core import words
from reminders.status.plan_view import Look, ShownAction, ShownTheme

_COLUMN, _BOX, _ROW = 68, 60, 26  # pixels: a column, a box in it, the height of a box with its gap
_HEAD, _TITLE, _BELOW = 28, 30, 10  # the months above, a theme's title, the gap beneath its boxes
_MOST_COLUMNS = 24
_STEPS = (1, 3, 6, 12)  # months that one column stands for; no plan's dates lie further than ten years apart
_LONGEST_REF = 7


@dataclass(frozen=True, slots=True)
class Box:
    """One action: filled with progress, hollow without; `late` ones have a heavy edge and a mark."""

    x: int
    y: int
    width: int
    text: str
    look: Look
    late: bool


@dataclass(frozen=True, slots=True)
class Band:
    """One theme."""

    y: int
    title: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One span of months, or the actions without a date."""

    x: int
    title: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture, in pixels; `today` is where the line of today stands, None where it lies outside."""

    width: int
    height: int
    columns: tuple[Column, ...]
    bands: tuple[Band, ...]
    today: int | None


def timeline(themes: Sequence[ShownTheme], today: date) -> Timeline:
    """Lay out the deadlines of a plan by theme."""
    axis = _Axis([action.due_by for theme in themes for action in theme.actions if action.due_by])
    bands, bottom = [], _HEAD
    for theme in themes:
        boxes = tuple(_boxes(theme.actions, axis, bottom + _TITLE))
        bands.append(Band(bottom, f"{theme.number}. {theme.title}", boxes))
        bottom = max((box.y + _ROW for box in boxes), default=bottom + _TITLE) + _BELOW
    undated = any(action.due_by is None for theme in themes for action in theme.actions)
    columns = (*axis.columns(), *([Column(axis.width, "No date")] if undated else []))
    return Timeline(len(columns) * _COLUMN, bottom, columns, tuple(bands), axis.place(today))


def _boxes(actions: Iterable[ShownAction], axis: "_Axis", top: int) -> Iterator[Box]:
    filled: dict[int, int] = {}
    for action in sorted(actions, key=lambda each: each.due_by or date.max):
        x = axis.column(action.due_by) * _COLUMN
        row = filled[x] = filled.get(x, -1) + 1
        text = words.cut(action.ref, _LONGEST_REF)
        yield Box(x + (_COLUMN - _BOX) // 2, top + row * _ROW, _BOX, text, action.look, action.overdue)


class _Axis:
    """The months from the first deadline to the last, in as many columns as fit."""

    def __init__(self, days: Sequence[date]) -> None:
        months = [_month(day) for day in days]
        span = max(months) - min(months) + 1 if months else 0
        self._step = next((step for step in _STEPS if span / step <= _MOST_COLUMNS), _STEPS[-1])
        self._first = min(months) // self._step * self._step if months else 0
        self._count = (max(months) - self._first) // self._step + 1 if months else 0

    @property
    def width(self) -> int:
        return self._count * _COLUMN

    def column(self, day: date | None) -> int:
        return self._count if day is None else (_month(day) - self._first) // self._step

    def columns(self) -> Iterator[Column]:
        for number in range(self._count):
            yield Column(number * _COLUMN, self._title(self._first + number * self._step))

    def place(self, today: date) -> int | None:
        months = _month(today) - self._first + (today.day - 1) / 31
        place = round(months / self._step * _COLUMN)
        return place if 0 <= place < self.width else None

    def _title(self, month: int) -> str:
        year, number = divmod(month, 12)
        return words.short_month(date(year, number + 1, 1)) if self._step < 12 else str(year)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
