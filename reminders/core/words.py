"""How mails and pages write counts, dates and lists; GOV.UK style, with the plural made in one place."""

from collections.abc import Sequence
from datetime import date

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def number(count: int) -> str:
    """Write one to nine in words, more in figures, none as "no"."""
    return _COUNTS[count] if 0 <= count < len(_COUNTS) else str(count)


def counted(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: "one action", "two actions", "no actions"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """Return a text with its first letter capital."""
    return text[:1].upper() + text[1:]


def full_date(day: date) -> str:
    """Write "30 January 2015"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def weekday_date(day: date) -> str:
    """Write "Friday 30 January 2015"."""
    return f"{_WEEKDAYS[day.weekday()]} {full_date(day)}"


def short_month(day: date) -> str:
    """Write "Jan 2015", for narrow tables."""
    return f"{_MONTHS[day.month - 1][:3]} {day.year}"


def month(day: date) -> str:
    """Write "January 2015"."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def weekday(day: date) -> str:
    """Write "Friday"."""
    return _WEEKDAYS[day.weekday()]


def listed(names: Sequence[str]) -> str:
    """Write "2.3, 3.1 and 3.2"."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]
