"""Why a cell cannot be told or believed, as the doubt that a person is to look at."""

from datetime import date

from reminders.core.timeframe.almanac import YEARS, say
from reminders.core.timeframe.values import DateReading, Doubt, Kind, Timeframe

LONGEST = 200  # no cell that names a deadline is longer; the bound keeps every pattern fast
AS_MONTH = "as 'March 2015', or 'On-going'"
AS_YEAR = "as '2015/16', as 'End of 2015', or as a month"
UNCOUNTED = "it names no date to count from"

_FAR = 5  # years outside a declared plan period up to which a date is still believed


class CannotTellError(Exception):
    """The wording gives no deadline; without a reason it is not in the grammar at all."""

    def __init__(self, reason: str = "", *, form: str = "unclear", instead: str = AS_MONTH) -> None:
        super().__init__(reason)
        self.reason = reason
        self.form = form
        self.instead = instead

    def as_timeframe(self, wording: str) -> Timeframe:
        shown = " ".join(wording[:LONGEST].split())
        shown = shown if len(shown) <= 60 else f"{shown[:59]}\N{HORIZONTAL ELLIPSIS}"
        because = f": {self.reason}" if self.reason else ""
        message = f"cannot read a deadline from '{shown}'{because}; write it {self.instead}"
        return Timeframe("", Kind.UNCLEAR, self.form, doubts=(Doubt("unclear-timeframe", message),))


def believable(found: Timeframe, reading: DateReading) -> Timeframe:
    """Return the reading unless a deadline lies where no plan's can."""
    for day in found.deadlines:
        if day.year not in YEARS:
            raise CannotTellError(f"{say(day)} is outside 2000 to 2099")
        if reading.period and _is_far(day, *reading.period):
            raise CannotTellError(f"{say(day)} is more than five years outside the plan's period")
    return found


def _is_far(day: date, first: date, last: date) -> bool:
    # Tuples, since moving a date by years stumbles over 29 February.
    before = (day.year + _FAR, day.month, day.day) < (first.year, first.month, first.day)
    return before or (day.year - _FAR, day.month, day.day) > (last.year, last.month, last.day)
