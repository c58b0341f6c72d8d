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


def plural(count: int, one: str, many: str) -> str:
    """Return the form that goes with a count; none takes the plural."""
    return one if count == 1 else many


def counted(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: "one action", "two actions", "no actions"."""
    return f"{number(count)} {plural(count, one, many or one + 's')}"


def sentence(text: str) -> str:
    """Return a text with its first letter capital."""
    return text[:1].upper() + text[1:]


def full_date(day: date) -> str:
    """Write "30 January 2015"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def weekday_date(day: date) -> str:
    """Write "Friday 30 January 2015"."""
    return f"{_WEEKDAYS[day.weekday()]} {full_date(day)}"


def day_month(day: date) -> str:
    """Write "30 January", for tables of one week."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def short_month(day: date) -> str:
    """Write "Jan 2015", for narrow tables."""
    return f"{_MONTHS[day.month - 1][:3]} {day.year}"


def month(day: date) -> str:
    """Write "January 2015"."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def weekday(day: date) -> str:
    """Write "Friday"."""
    return _WEEKDAYS[day.weekday()]


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Write "2.3, 3.1 and 3.2"; with `most`, name only so many: "2.3, 3.1 and four more"."""
    if most is not None and len(names) > most:
        names = [*names[:most], f"{number(len(names) - most)} more"]
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def ahead(days: int) -> str:
    """Write how far a day lies ahead: "today", "tomorrow", "seven days from today"."""
    return {0: "today", 1: "tomorrow"}.get(days) or f"{number(days)} days from today"


def ago(days: int) -> str:
    """Write how long a day has passed: "today", "yesterday", "10 days ago"."""
    return {0: "today", 1: "yesterday"}.get(days) or f"{number(days)} days ago"


def days(count: int) -> str:
    """Write a number of days in figures, for tags and tables: "1 day", "10 days"."""
    return f"{count} {plural(count, 'day', 'days')}"


def progress_shown(blank: int, total: int) -> str:
    """Say in a sentence how many of the actions just named have no progress in the plan; nothing of none."""
    if not total:
        return ""
    if blank and blank == total:
        return f"The plan shows no progress for {_pick(total, 'it', 'either of them', 'any of them')}."
    if blank:
        return f"{sentence(number(blank))} {plural(blank, 'has', 'have')} no progress recorded in the plan."
    return f"The plan shows progress for {_pick(total, 'it', 'both of them', 'all of them')}."


def _pick(total: int, one: str, two: str, many: str) -> str:
    return {1: one, 2: two}.get(total, many)


def cut(text: str, most: int) -> str:
    """Return a text on one line, and no longer than `most` characters: what is cut ends in "…"."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def parted(message: str) -> tuple[str, str]:
    """Part a problem's words into what is wrong and, when its last sentence says so, what to do about it."""
    what, mark, remedy = message.rstrip(". ").rpartition(". ")
    return (what, remedy) if mark else (remedy, "")
