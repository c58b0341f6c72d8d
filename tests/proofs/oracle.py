"""What is owed, worked out a second time: from the words of the policy alone, by none of the program's own code.

It knows the few wordings that the proofs use: a day, a month, two names with a slash, a progress that says Complete.
"""

import calendar
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

OFFSETS = (-28, -14, -7, 0, 7, 14, 28)
CATCH_UP = 14
_DAY = timedelta(days=1)


def _dates(*texts: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(text) for text in texts)


# Of England, as gov.uk/bank-holidays gave them.
BANK_HOLIDAYS = (
    _dates("2014-12-25", "2014-12-26", "2015-01-01", "2015-04-03", "2015-04-06", "2015-05-04", "2015-05-25")
    | _dates("2015-08-31", "2015-12-25", "2015-12-28", "2016-01-01", "2016-03-25", "2016-03-28", "2016-05-02")
    | _dates("2016-05-30", "2016-08-29", "2016-12-26", "2016-12-27", "2017-01-02", "2017-04-14", "2017-04-17")
    | _dates("2017-05-01", "2017-05-29", "2017-08-28", "2017-12-25", "2017-12-26")
)


@dataclass(frozen=True)
class Row:
    """What the oracle needs of one row of the plan."""

    ref: str
    leads: tuple[str, ...]  # people, groups already taken apart
    timeframe: str | None
    complete: bool = False


@dataclass(frozen=True)
class Owed:
    """One reminder: whose, of what, for when; `day` is the one it goes on."""

    ref: str
    person: str
    deadline: date
    offset: int
    day: date


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def back(day: date) -> date:
    return day if works(day) else back(day - _DAY)


def on(day: date) -> date:
    return day if works(day) else on(day + _DAY)


def deadline_of(timeframe: str | None) -> date | None:
    """Read "30 January 2015", or "January 2015" as its last day; anything else has none."""
    for form in ("%d %B %Y", "%B %Y"):
        try:
            read = datetime.strptime(timeframe or "", form).date()  # noqa: DTZ007 - a day, without a clock
        except ValueError:
            continue
        return read if form.startswith("%d") else read.replace(day=calendar.monthrange(read.year, read.month)[1])
    return None


def day_of(deadline: date, offset: int) -> date:
    """Say on which day an offset's reminder goes: a working day, before its day up to the due-by and after it then."""
    meant = back(deadline) + offset * _DAY
    return back(meant) if offset <= 0 else on(meant)


def reminders(rows: Iterable[Row]) -> Iterator[Owed]:
    """Give every reminder there will ever be of a plan that does not change."""
    for row in rows:
        deadline = deadline_of(row.timeframe)
        if deadline and not row.complete:
            for person in dict.fromkeys(row.leads):
                for offset in OFFSETS:
                    yield Owed(row.ref, person, deadline, offset, day_of(deadline, offset))


def owed(rows: Collection[Row], today: date) -> Collection[Owed]:
    """Give what is owed today if nothing was told: of each series the newest whose day has come, unless it lapsed."""
    newest: Mapping[tuple[str, str, date], Owed] = {
        (each.ref, each.person, each.deadline): each
        for each in sorted(reminders(rows), key=lambda each: each.offset)
        if each.day <= today
    }
    return [each for each in newest.values() if (today - each.day).days <= CATCH_UP]
