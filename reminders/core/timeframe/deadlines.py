"""Readers of whole cells with a deadline: a date, a range, several, one that comes back, one counted or declared."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

from reminders.core.timeframe.almanac import YEARS, month_count, month_end, say
from reminders.core.timeframe.days import number_of
from reminders.core.timeframe.doubts import UNCOUNTED, CannotTellError
from reminders.core.timeframe.plain_text import plain
from reminders.core.timeframe.spans import Span, one_day, target
from reminders.core.timeframe.values import DateReading, Doubt, Kind, Recurrence, Timeframe
from reminders.core.timeframe.wordings import DAY, DAY_MONTH, FLAGS, MONTH, QUARTER, Match, matches, pairs


def _dated(form: str, *spans: Span, recurrence: Recurrence | None = None, doubts: tuple[Doubt, ...] = ()) -> Timeframe:
    days = tuple(span.last for span in spans)
    doubts = (*(doubt for span in spans for doubt in span.doubts), *doubts)
    return Timeframe("", Kind.DATED, form, days, recurrence, doubts)


Reader: TypeAlias = Callable[[Match, DateReading], Timeframe | None]


def read_as(form: str = "") -> Reader:
    """Return a reader of the one date in a wording, which has the date's own form if none is given."""

    def read(match: Match, reading: DateReading) -> Timeframe | None:
        span = target(match["t"], reading)
        return _dated(form or span.form, span) if span else None

    return read


def read_meeting(match: Match, reading: DateReading) -> Timeframe | None:
    span = one_day(match["t"], reading)  # a month would not say when in it
    return _dated("date", span) if span else None


# What the shorter of two dates looks like, and what it stands in for in the longer one.
_SHORT_FOR = (
    (DAY_MONTH, DAY_MONTH),
    (QUARTER, QUARTER),
    (DAY, rf"(?<!\d){DAY}(?=(?: of |[ ./-]?){MONTH})"),
)


def _completed(short: str, full: str) -> str:
    """Return the shorter of two dates with what it leaves to the other: "Jan" beside "Mar 2015" is "Jan 2015"."""
    for looks, stands_for in _SHORT_FOR:
        if matches(looks, short):
            longer, changes = re.subn(stands_for, short, full, count=1, flags=FLAGS)
            return longer if changes else ""
    return ""


def _beside(short: str, full: str, reading: DateReading) -> Span | None:
    return target(short, reading) or target(_completed(short, full), reading)


def read_range(match: Match, reading: DateReading) -> Timeframe | None:
    """Return the end of a range; of several hyphens the one that leaves a date on both sides parts it."""
    halves = pairs(match["range"], " ?- ?| to | until | till ")
    return next(filter(None, (_range(first, last, reading) for first, last in halves)), None)


def read_two_ends(match: Match, reading: DateReading) -> Timeframe | None:
    return _range(match["a"], match["b"], reading)


def _range(first: str, last: str, reading: DateReading) -> Timeframe | None:
    end = target(last, reading)
    start = _beside(first, last, reading) if end else None
    if not end or not start:
        return None
    # A month without a year may lie in the year before ("Nov - Feb 2015"); nothing else may start after its end.
    if start.first > end.last and not matches(DAY_MONTH, first):
        raise CannotTellError("it ends before it starts")
    return _dated("range", end, doubts=start.doubts)


def read_neighbours(match: Match, reading: DateReading) -> Timeframe | None:
    """Return the end of two months with a slash between, which are one stretch only if they follow each other."""
    start, end = _beside(match["a"], match["b"], reading), target(match["b"], reading)
    if not start or not end or {start.form, end.form} != {"month"}:
        return None
    if month_count(end.first) - month_count(start.first) not in {1, -11}:  # -11: the December before "Jan 2015"
        raise CannotTellError("it may mean either month or both", instead="as 'March and September 2015', or the later")
    return _range(match["a"], match["b"], reading)


def read_several(match: Match, reading: DateReading) -> Timeframe | None:
    *short, full = re.split(", ?and | and | ?& ?|, ?", match["items"], flags=FLAGS)
    spans = [_beside(item, full, reading) for item in short] + [target(full, reading)]
    known = [span for span in spans if span]
    if len(known) < len(spans):
        return None
    if any(one.last >= other.last for one, other in pairwise(known)):
        raise CannotTellError("its dates are not in order", instead="with each date's own year, the earlier one first")
    return _dated("multi", *known)


def read_then(match: Match, reading: DateReading) -> Timeframe | None:
    span = target(match["t"], reading)
    if not span:
        return None
    return _dated("recurring", span, recurrence=Recurrence(_months_of(match["every"]), span.last))


def _months_of(every: str) -> int:
    words = re.sub("^(?:each|every) ", "", every.lower())
    return {"ann": 12, "yea": 12, "hal": 6, "qua": 3, "mon": 1}.get(words[:3]) or number_of(words)


def read_yearly(match: Match, reading: DateReading) -> Timeframe | None:
    span = target(f"{match['when']} {YEARS[0]}", reading)
    if not span or span.doubts:  # a weekday does not come back on the same day each year
        return None
    return _dated("recurring", recurrence=Recurrence(12, span.last))


def read_revised(match: Match, reading: DateReading) -> Timeframe | None:
    """Return the later wording, which rules; what it was before must be a date too."""
    new, old = target(match["t"], reading), match.groupdict().get("old")
    if not new or (old and not _beside(old, match["t"], reading)):
        return None
    message = f"{say(new.last)} was used, the revised date{f', not {old}' if old else ''}; leave it alone in the cell"
    return _dated("unclear", new, doubts=(Doubt("revised-date", message),))


def read_immediate(_: Match, reading: DateReading) -> Timeframe:
    if not reading.plan_date:
        raise CannotTellError(UNCOUNTED, form="immediate")
    return _dated("immediate", Span("immediate", reading.plan_date, reading.plan_date))


def read_relative(match: Match, reading: DateReading) -> Timeframe:
    if not reading.plan_date:
        raise CannotTellError(UNCOUNTED, form="relative")
    end = _later(reading.plan_date, number_of(match["number"]), match["unit"].lower())
    return _dated("relative", Span("relative", reading.plan_date, end))


def _later(day: date, number: int, unit: str) -> date:
    if day.year not in YEARS:  # from a far year the count may leave the calendar
        raise CannotTellError(f"the plan's date, {say(day)}, is outside 2000 to 2099", form="relative")
    if unit in {"day", "week"}:
        return day + timedelta(days=number * (7 if unit == "week" else 1))
    count = month_count(day) + number * (12 if unit == "year" else 1)
    end = month_end(count // 12, count % 12 + 1)
    return end.replace(day=min(day.day, end.day))


def read_term(match: Match, reading: DateReading) -> Timeframe | None:
    days = {_squeezed(name): day for name, day in reading.terms.items()}
    day = days.get(_squeezed(match[0])) or days.get(_squeezed(match["term"]))
    return _dated("term", Span("term", day, day)) if day else None


def _squeezed(name: str) -> str:
    return "".join("".join(map(plain, name)).lower().split())
