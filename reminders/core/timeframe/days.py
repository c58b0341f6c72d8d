"""The smallest parts of a wording: numbers, years, months and calendar days."""

import re
from calendar import monthrange
from datetime import date

from reminders.core.timeframe.almanac import MONTHS, YEARS
from reminders.core.timeframe.doubts import CannotTellError
from reminders.core.timeframe.wordings import COUNTED, DAY, MONTH, ORDINALS, YEAR, matches


def number_of(text: str) -> int:
    """Return the number that digits or a word in the text stand for; "a" is one."""
    if digits := re.search(r"\d+", text):
        return int(digits[0])
    words = re.split("[ -]", text.lower())
    return next((table.index(word) + 1 for table in (COUNTED, ORDINALS) for word in words if word in table), 1)


def year_of(text: str) -> int:
    digits = text.lstrip("'")
    year = int(digits) + (2000 if len(digits) == 2 else 0)
    if year not in YEARS:
        raise CannotTellError(f"the year {year} is outside 2000 to 2099")
    return year


def month_of(text: str) -> int:
    if not text.isdigit():
        return [name[:3] for name in MONTHS].index(text[:3].title()) + 1
    if not 1 <= int(text) <= 12:
        raise CannotTellError(f"there is no month {text}, and the day stands first")
    return int(text)


_DAYS = (
    rf"(?P<day>{DAY})(?: of |[ ./-]?)(?P<month>{MONTH})\.?,? ?[/-]? ?(?P<year>{YEAR})",
    rf"(?P<month>{MONTH}) (?P<day>{DAY}),? (?P<year>\d{{4}})",
    rf"(?P<day>\d\d?) ?(?P<sep>[/.-]) ?(?P<month>\d\d?) ?(?P=sep) ?(?P<year>{YEAR})",  # never the month first
    r"(?P<year>\d{4})(?P<sep>[/-])(?P<month>\d\d)(?P=sep)(?P<day>\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z?)?",
)


def calendar_day(text: str) -> date | None:
    match = next(filter(None, (matches(pattern, text) for pattern in _DAYS)), None)
    if not match:
        return None
    year, month, day = year_of(match["year"]), month_of(match["month"]), number_of(match["day"])
    if not 1 <= day <= monthrange(year, month)[1]:
        named = f"{MONTHS[month - 1]} {year}"
        raise CannotTellError(f"there is no such day as {day} {named}", instead=f"as a day there is, or as '{named}'")
    return date(year, month, day)
