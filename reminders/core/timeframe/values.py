"""What a reading of a timeframe cell gives, and what a board may declare to help it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice, takewhile
from types import MappingProxyType

from reminders.core.timeframe.almanac import month_count, month_end


class Kind(StrEnum):
    """What a timeframe cell means for reminders."""

    DATED = "dated"  # has a deadline, or a recurrence that gives one
    ONGOING = "ongoing"  # says that it has no end
    NONE = "none"  # blank, or a wording that says there is none yet
    UNCLEAR = "unclear"  # anything else: a person must say what is meant


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A deadline that comes back every so many months, at the end of the month if the first one falls there.

    A yearly rule without a year ("June each year") starts in 2000.
    """

    months: int
    first: date

    def since(self, day: date) -> Iterator[date]:
        """Yield the occurrences from `day` on, in order, until the calendar ends."""
        start = month_count(self.first)
        passed = max(0, month_count(day) - start) // self.months
        for count in range(start + passed * self.months, month_count(date.max) + 1, self.months):
            occurrence = self._in_month(count // 12, count % 12 + 1)
            if occurrence >= day:
                yield occurrence

    def _in_month(self, year: int, month: int) -> date:
        end = month_end(year, month)
        at_month_end = self.first == month_end(self.first.year, self.first.month)
        return end if at_month_end else end.replace(day=min(self.first.day, end.day))


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a person should look at: unclear-timeframe, wrong-weekday, revised-date or timeframe-note (left aside)."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Timeframe:
    """One timeframe cell as understood; `form` is its fine-grained kind (month, quarter, range and so on)."""

    wording: str
    kind: Kind
    form: str
    deadlines: tuple[date, ...] = ()  # ascending
    recurrence: Recurrence | None = None
    doubts: tuple[Doubt, ...] = ()

    def deadline_on(self, today: date) -> date | None:
        """Return the next deadline on or after today, or the last one when all have passed."""
        coming = [day for day in self.deadlines if day >= today]
        if self.recurrence:
            coming += islice(self.recurrence.since(today), 1)
        return min(coming, default=max(self.deadlines, default=None))

    def deadlines_near(self, first: date, last: date) -> tuple[date, ...]:
        """Return every deadline from first to last, both included, in order."""
        once = {day for day in self.deadlines if first <= day <= last}
        again = self.recurrence.since(first) if self.recurrence else ()
        return tuple(sorted(once.union(takewhile(lambda day: day <= last, again))))


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a board declares about its own plan, so that fewer wordings stay in doubt."""

    plan_date: date | None = None  # "Within 6 months" and "Immediate" count from here
    period: tuple[date, date] | None = None  # gives a missing year if exactly one answer lies in it
    quarters: str | None = None  # "financial" or "calendar": what "Q3 2015" means
    terms: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))  # "Spring term 2015": its last day

    def __hash__(self) -> int:
        return hash((self.plan_date, self.period, self.quarters, frozenset(self.terms.items())))
