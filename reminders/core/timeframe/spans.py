"""Stretches of time (a day, a week, a month, a quarter, a year), the last day of which is the deadline."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

from reminders.core.timeframe.almanac import MONTHS, WEEKDAYS, month_end, say, within
from reminders.core.timeframe.days import calendar_day, month_of, number_of, year_of
from reminders.core.timeframe.doubts import AS_YEAR, CannotTellError
from reminders.core.timeframe.values import DateReading, Doubt
from reminders.core.timeframe.wordings import (
    ANY_FY,
    END,
    LEAD,
    MONTH,
    QUARTER,
    SURE_FY,
    TIME,
    WEEKDAY,
    YEAR,
    Match,
    first_of,
    matches,
)


class Span(NamedTuple):
    """A stretch of time, whose last day is the deadline."""

    form: str
    first: date
    last: date
    doubts: tuple[Doubt, ...] = ()


def _read_day(match: Match, _: DateReading) -> Span | None:
    day = calendar_day(match["day"])
    if not day:
        return None
    weekday = WEEKDAYS[day.weekday()]
    if not match["weekday"] or match["weekday"][:3].title() == weekday[:3]:
        return Span("date", day, day)
    message = f"{say(day)} is a {weekday}, not a {match['weekday']}; the date was used"
    return Span("date", day, day, (Doubt("wrong-weekday", message),))


def _read_week_ending(match: Match, reading: DateReading) -> Span | None:
    return one_day(match["rest"], reading)


def _read_week_commencing(match: Match, reading: DateReading) -> Span | None:
    """Return the working week that starts on the day named: it ends on its Friday."""
    start = one_day(match["rest"], reading)
    if not start:
        return None
    friday = start.last + timedelta(days=(4 - start.last.weekday()) % 7)
    if start.last.weekday() == 0 or start.doubts:
        return start._replace(last=friday)
    weekday = WEEKDAYS[start.last.weekday()]
    message = f"the week is said to start on {say(start.last)}, a {weekday}; Friday {say(friday)} was used"
    return start._replace(last=friday, doubts=(Doubt("wrong-weekday", message),))


def _read_month(match: Match, _: DateReading) -> Span:
    year, month = year_of(match["year"]), month_of(match["month"])
    end = month_end(year, month)
    # "Mar 15" is a month, for a day would be "15 Mar"; but "March 31" looks too much like the last day to be sure.
    if matches(r"[a-z]+[ .,]*\d\d", match[0]) and (28 if month == 2 else 30) <= year - 2000 <= 31:
        day, name = year - 2000, MONTHS[month - 1]
        instead = f"as '{name} {year}', or the day with its year"
        raise CannotTellError(f"it may be {day} {name} or {name} {year}", instead=instead)
    return Span("month", end.replace(day=1), end)


def _financial_year(text: str) -> int:
    """Return the year in which the financial year starts; its two halves must follow each other."""
    first, second = re.findall(r"\d+", text)
    start = year_of(first)
    if int(second) not in {start + 1, (start + 1) % 100}:
        raise CannotTellError(f"{first} and {second} are not one financial year", instead=AS_YEAR)
    return start


def _read_financial_year(match: Match, _: DateReading) -> Span:
    start = _financial_year(match["year"])
    return Span("year", date(start, 4, 1), date(start + 1, 3, 31))


def _read_calendar_year(match: Match, _: DateReading) -> Span:
    year = year_of(match["year"])
    return Span("year", date(year, 1, 1), date(year, 12, 31))


def _quarter_to(year: int, month: int) -> Span:
    return Span("quarter", date(year, month - 2, 1), month_end(year, month))


def _financial_quarter(quarter: int, start: int) -> Span:
    return _quarter_to(start + quarter // 4, (6, 9, 12, 3)[quarter - 1])


def _read_quarter(match: Match, _: DateReading) -> Span:
    return _financial_quarter(number_of(match["quarter"]), _financial_year(match["year"]))


def _read_quarter_of_year(match: Match, reading: DateReading) -> Span:
    """Return the quarter of a plain year, which only the settings can place."""
    quarter, year = number_of(match["quarter"]), year_of(match["year"])
    spans = _quarters_meant(quarter, year, reading)
    if len(spans) == 1:
        return spans[0]
    reason = "the quarter may be of the calendar year or of the financial year"
    if reading.quarters == "financial":
        reason = f"the quarter may be January to March of {year} or of {year + 1}"
    raise CannotTellError(reason, instead=f"as 'Q{quarter} {year}/{(year + 1) % 100:02}', or as the month it ends in")


def _quarters_meant(quarter: int, year: int, reading: DateReading) -> list[Span]:
    if reading.quarters == "calendar":
        return [_quarter_to(year, quarter * 3)]
    if reading.quarters != "financial":
        return []
    if quarter < 4:
        return [_financial_quarter(quarter, year)]
    # The fourth quarter of 2014/15 lies in 2015, that of 2015/16 belongs to 2015: "Q4 2015" may be either.
    both = [_financial_quarter(4, year - 1), _financial_quarter(4, year)]
    return [span for span in both if reading.period and within(reading.period, (span.last,))]


def _read_middle(match: Match, reading: DateReading) -> Span | None:
    span = _unit(match["rest"], reading)
    return span._replace(last=span.last.replace(day=15)) if span and span.form == "month" else None


def _read_before(match: Match, reading: DateReading) -> Span | None:
    span = _unit(match["rest"], reading)
    return span and span._replace(last=span.first - timedelta(days=1))


_SpanReader: TypeAlias = Callable[[Match, DateReading], Span | None]


def _only(*forms: str) -> _SpanReader:
    """Return a reader of what follows, which is to have one of these forms."""

    def read(match: Match, reading: DateReading) -> Span | None:
        span = _unit(match["rest"], reading)
        return span if span and span.form in forms else None

    return read


_DAY_AND_TIME = (
    rf"(?:{TIME},? )?(?:on )?(?:the )?(?:(?P<weekday>{WEEKDAY})[.,]* (?:the )?)?"  # "on March 15" is no month
    rf"(?P<day>.+?)(?:,?(?: at| by)? {TIME})?"
)
_ONE_DAY: tuple[tuple[str, _SpanReader], ...] = ((_DAY_AND_TIME, _read_day),)
_UNITS: tuple[tuple[str, _SpanReader], ...] = (
    (rf"(?P<month>{MONTH})\.?,? ?[/-]? ?(?P<year>{YEAR})", _read_month),
    (rf"(?P<year>\d{{4}})[ -]?(?P<month>{MONTH})", _read_month),
    (r"(?P<month>\d\d?) ?[/.-] ?(?P<year>\d{4})", _read_month),
    (rf"(?P<quarter>{QUARTER}),?(?: of)?(?: the)?(?: | ?- ?)\(?(?P<year>{ANY_FY})\)?", _read_quarter),
    (rf"(?P<year>{ANY_FY}),?(?: | ?- ?)(?P<quarter>{QUARTER})", _read_quarter),
    (rf"(?P<quarter>{QUARTER}),?(?: of)?[ -](?P<year>{YEAR})", _read_quarter_of_year),
    (rf"(?P<year>{SURE_FY})", _read_financial_year),
    (r"calendar year (?P<year>\d{4})", _read_calendar_year),
    (r"(?:week ending|w/?e|w\.e\.?):? ?(?P<rest>.+)", _read_week_ending),
    (r"(?:week (?:commencing|beginning|starting)|w/?[cb]|w\.c\.?):? ?(?P<rest>.+)", _read_week_commencing),
    *_ONE_DAY,
)
_MODIFIED: tuple[tuple[str, _SpanReader], ...] = (
    (rf"{END}(?P<year>\d{{4}})", _read_calendar_year),
    (rf"{END}(?P<year>\d\d ?[/-] ?\d\d)", _read_financial_year),
    # Its last day is still "before the end" of a month, while "before March" and "before 1 March" leave it out.
    (rf"(?:before |prior to )?(?:the )?{END}(?P<rest>.+)", _only("month", "quarter", "year")),
    (r"(?:before|prior to) (?:the )?(?P<rest>.+)", _read_before),
    (r"late (?:in )?(?P<rest>.+)", _only("month")),
    (r"(?:mid[ -]|middle of )(?P<rest>.+)", _read_middle),
)


def one_day(text: str, reading: DateReading) -> Span | None:
    return first_of(_ONE_DAY, text, reading)


def _unit(text: str, reading: DateReading) -> Span | None:
    return first_of(_UNITS, text, reading)


def target(text: str, reading: DateReading) -> Span | None:
    """Return the stretch of time the text names, with words like "by the end of" before it."""
    match = matches(rf"{LEAD}(?P<rest>.+?)(?: at the latest| latest)?", text)
    return first_of((*_MODIFIED, *_UNITS), match["rest"], reading) if match else None
