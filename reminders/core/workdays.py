"""Working days: which days mails go out, given the bank holidays and closures as data."""

from dataclasses import dataclass, field
from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days on which the board's agencies work: Monday to Friday but for the days off."""

    days_off: frozenset[date] = field(default_factory=frozenset)

    def includes(self, day: date) -> bool:
        """Say whether people are at work that day."""
        return day.weekday() < _SATURDAY and day not in self.days_off

    def on_or_before(self, day: date) -> date:
        """Return the last working day up to and including `day`."""
        while not self.includes(day):
            day -= _DAY
        return day

    def on_or_after(self, day: date) -> date:
        """Return the first working day from `day` on."""
        while not self.includes(day):
            day += _DAY
        return day
