"""What a timeframe cell of a plan means: a closed grammar of wordings; what is not in it is doubted, never guessed.

A reading is always of the whole cell. Tables carry it, from small to large: `_DAYS` (a calendar day), `_UNITS` and
`_MODIFIED` (a stretch of time, whose last day is the deadline), `_GRAMMAR` (a whole cell) and `_REFUSALS` (a whole cell
that is understood, and known to be no deadline).
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from types import MappingProxyType
from typing import NoReturn, TypeAlias, TypeVar

_LONGEST = 200  # no cell that names a deadline is longer; the bound keeps every pattern fast
_YEARS = range(2000, 2100)
_FAR = 5  # years outside a declared plan period up to which a date is still believed
_AS_MONTH = "as 'March 2015', or 'On-going'"
_AS_YEAR = "as '2015/16', as 'End of 2015', or as a month"
_UNCOUNTED = "it names no date to count from"


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
        start = _month_count(self.first)
        passed = max(0, _month_count(day) - start) // self.months
        for count in range(start + passed * self.months, _month_count(date.max) + 1, self.months):
            occurrence = self._in_month(count // 12, count % 12 + 1)
            if occurrence >= day:
                yield occurrence

    def _in_month(self, year: int, month: int) -> date:
        end = _month_end(year, month)
        at_month_end = self.first == _month_end(self.first.year, self.first.month)
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


_NOTHING_DECLARED = DateReading()


@lru_cache(maxsize=4096)  # a plan is read each tick, and its wordings repeat
def read_timeframe(cell: str | None, reading: DateReading = _NOTHING_DECLARED) -> Timeframe:
    """Return what the cell means; one that cannot be read carries a doubt for a person and never raises."""
    wording = (cell or "").strip()
    try:
        text = _tidy(wording)
        if not text:
            return Timeframe("", Kind.NONE, "missing")
        found = _believable(_read(text, reading), reading)
    except _CannotTellError as why:
        found = why.as_timeframe(wording)
    return replace(found, wording=cell or "")


# --- What cannot be told ----------------------------------------------------------------------------------------------


class _CannotTellError(Exception):
    """The wording gives no deadline; without a reason it is not in the grammar at all."""

    def __init__(self, reason: str = "", *, form: str = "unclear", instead: str = _AS_MONTH) -> None:
        super().__init__(reason)
        self.reason = reason
        self.form = form
        self.instead = instead

    def as_timeframe(self, wording: str) -> Timeframe:
        shown = " ".join(wording[:_LONGEST].split())
        shown = shown if len(shown) <= 60 else f"{shown[:59]}\N{HORIZONTAL ELLIPSIS}"
        because = f": {self.reason}" if self.reason else ""
        message = f"cannot read a deadline from '{shown}'{because}; write it {self.instead}"
        return Timeframe("", Kind.UNCLEAR, self.form, doubts=(Doubt("unclear-timeframe", message),))


def _believable(found: Timeframe, reading: DateReading) -> Timeframe:
    """Return the reading unless a deadline lies where no plan's can."""
    for day in found.deadlines:
        if day.year not in _YEARS:
            raise _CannotTellError(f"{_say(day)} is outside 2000 to 2099")
        if reading.period and _is_far(day, *reading.period):
            raise _CannotTellError(f"{_say(day)} is more than five years outside the plan's period")
    return found


def _is_far(day: date, first: date, last: date) -> bool:
    # Tuples, since moving a date by years stumbles over 29 February.
    before = (day.year + _FAR, day.month, day.day) < (first.year, first.month, first.day)
    return before or (day.year - _FAR, day.month, day.day) > (last.year, last.month, last.day)


# --- From the cell to plain text --------------------------------------------------------------------------------------

# As escapes, since half of them look alike on a screen.
_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc\uff07"
_SLASHES = "\u2044\u2215\uff0f"
_HYPHENS = "\u2212\u2043"  # minus and hyphen bullet; hyphens and dashes proper are known by their category
_FOOTNOTE_MARKS = "*\u2020\u2021\u00b9\u00b2\u00b3"


def _tidy(wording: str) -> str:
    """Return the wording as typed on a plain keyboard, without footnote marks and full stop at its end."""
    if len(wording) > _LONGEST:
        raise _CannotTellError(f"it is longer than {_LONGEST} characters")
    return " ".join("".join(map(_plain, wording)).split()).rstrip(f" .{_FOOTNOTE_MARKS}")


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # soft hyphens, zero-width characters, marks of direction
        return ""
    if category == "Pd" or character in _HYPHENS:
        return "-"
    return "'" if character in _QUOTES else "/" if character in _SLASHES else character


# --- Fragments of the patterns ----------------------------------------------------------------------------------------

# Spelt out here: those of the standard library follow the machine's language.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = ("first", "second", "third", "fourth")

_MONTH = "(?:sept|" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + ")"
_WEEKDAY = "(?:mon|tues?|weds?|wednes|thu(?:rs?)?|fri|sat|satur|sun)(?:day)?"
_DAY = r"\d\d?(?: ?(?:st|nd|rd|th))?"
_YEAR = r"(?:'?\d\d|\d{4})"
_CLOCK = r"(?:1[0-2]|0?[1-9])(?:[:.][0-5]\d)? ?[ap]\.?m\.?|(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_TIME = rf"(?:{_CLOCK}|(?:12 )?noon|close of (?:play|business)|cop|cob)"
_QUARTER = r"(?:q(?:uarter|tr)?\.? ?[1-4]|(?:1st|2nd|3rd|4th|first|second|third|fourth) (?:quarter|qtr))"
_FY = "(?:fy|f/y|financial year|fiscal year)"
_HALVES = r"(?:\d{4}|\d\d) ?[/-] ?(?:\d{4}|\d\d)"
_ANY_FY = rf"(?:(?:{_FY} ?)?{_HALVES}|{_HALVES} {_FY})"
# Alone, "15/16" may be a day and a month, and "2015-2016" two years; "FY" or a slash after four digits settles it.
_SURE_FY = rf"(?:{_FY} ?{_HALVES}|{_HALVES} {_FY}|\d{{4}} ?/ ?(?:\d{{4}}|\d\d)|\d{{4}} ?- ?\d\d)"
_OF_YEAR = rf"(?:,? (?:{_YEAR}|{_ANY_FY}))?"
_DAY_MONTH = rf"(?:(?<!\d){_DAY}(?: of |[ ./-]?))?{_MONTH}(?![a-z])"
_END = "end(?: of)?(?: the)?[ -]"
_PART = rf"(?:{_END}|mid[ -]|middle of |late |before )?"
_YEARLESS = rf"{_PART}(?:on )?(?:the )?(?:{_WEEKDAY},? )?(?:{_DAY_MONTH}|{_MONTH} \d\d?(?:st|nd|rd|th))"
_DUE = "(?:(?:due|deadline|target(?: date)?)(?: ?[:-])?|to be completed|for completion|complete(?= by | no )) "
_BY = "(?:on or before|no later than|not later than|by|in|for|during|within) "
_LEAD = f"(?:{_DUE})?(?:{_BY})?(?:the )?"
_WITHIN = "(?:with)?(?:in )?(?:the )?(?:next )?"
_NUMBER = rf"(?:[1-9]\d?|{'|'.join(_COUNTED)})"
_EACH_YEAR = "(?:annually|yearly|(?:each|every) year)"
_EVERY = (
    rf"(?:{_EACH_YEAR}|half[ -]?yearly|quarterly|monthly|{_NUMBER}[ -]monthly"
    rf"|(?:each|every) (?:quarter|month)|every {_NUMBER} months)"
)
_OFTEN = (
    rf"(?:{_EVERY}|annual|daily|weekly|fortnightly|termly|{_NUMBER}[ -](?:weekly|yearly)"
    rf"|(?:each|every) (?:day|week|fortnight|term|meeting|{_NUMBER} (?:days|weeks|years))"
    rf"|(?:once|twice|{_NUMBER} times) (?:a|per|each|every) (?:week|month|quarter|term|year))"
)
_SEASON = "(?:spring|summer|autumn|winter)"
_ONGOING = "(?:on ?-? ?going|continuous(?:ly)?|continual(?:ly)?|continuing)"
_UNSET = r"(?:t\.?b\.?[acd]|to be (?:confirmed|agreed|advised|announced|decided|determined|arranged))"
_WAS = "(?:was|previously|originally|formerly)"
_REVISED = "(?:revised|extended|moved|changed|deferred|delayed|slipped|put back)"
_NOW = rf"(?:now|{_REVISED} to)"
_NEW = rf"(?:(?:revised|new) (?:date|deadline):? |revised: ?|{_REVISED} to )"
# Before "meeting" these would change what the date after it says.
_TURNING = (
    rf"(?:{_OFTEN}|{_ONGOING}|{_UNSET}|{_MONTH}|{_WAS}|before|after|from|following|since|until|till|prior|not?|or|now"
    r"|cancel\w*|postpone\w*|complete\w*|start\w*|revise\w*)"
)
_WELSH = "(?:ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)"

_FLAGS = re.IGNORECASE | re.ASCII  # ASCII: no digits and letters of other scripts

_Match: TypeAlias = re.Match[str]
_Found = TypeVar("_Found")


def _matches(pattern: str, text: str) -> _Match | None:
    return re.fullmatch(pattern, text, _FLAGS)


def _first_of(
    table: Iterable[tuple[str, Callable[[_Match, DateReading], _Found | None]]], text: str, reading: DateReading
) -> _Found | None:
    """Return what the first row gives that matches the whole text and can make sense of it."""
    for pattern, read in table:
        match = _matches(pattern, text)
        found = read(match, reading) if match else None
        if found is not None:
            return found
    return None


def _number(text: str) -> int:
    """Return the number that digits or a word in the text stand for; "a" is one."""
    if digits := re.search(r"\d+", text):
        return int(digits[0])
    words = re.split("[ -]", text.lower())
    return next((table.index(word) + 1 for table in (_COUNTED, _ORDINALS) for word in words if word in table), 1)


# --- Days and stretches of time ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of time, whose last day is the deadline."""

    form: str
    first: date
    last: date
    doubts: tuple[Doubt, ...] = ()


def _say(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _month_count(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _within(period: tuple[date, date], days: tuple[date, ...]) -> bool:
    return all(period[0] <= day <= period[1] for day in days)


def _year(text: str) -> int:
    digits = text.lstrip("'")
    year = int(digits) + (2000 if len(digits) == 2 else 0)
    if year not in _YEARS:
        raise _CannotTellError(f"the year {year} is outside 2000 to 2099")
    return year


def _month(text: str) -> int:
    if not text.isdigit():
        return [name[:3] for name in _MONTHS].index(text[:3].title()) + 1
    if not 1 <= int(text) <= 12:
        raise _CannotTellError(f"there is no month {text}, and the day stands first")
    return int(text)


_DAYS = (
    rf"(?P<day>{_DAY})(?: of |[ ./-]?)(?P<month>{_MONTH})\.?,? ?[/-]? ?(?P<year>{_YEAR})",
    rf"(?P<month>{_MONTH}) (?P<day>{_DAY}),? (?P<year>\d{{4}})",
    rf"(?P<day>\d\d?) ?(?P<sep>[/.-]) ?(?P<month>\d\d?) ?(?P=sep) ?(?P<year>{_YEAR})",  # never the month first
    r"(?P<year>\d{4})(?P<sep>[/-])(?P<month>\d\d)(?P=sep)(?P<day>\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z?)?",
)


def _calendar_day(text: str) -> date | None:
    match = next(filter(None, (_matches(pattern, text) for pattern in _DAYS)), None)
    if not match:
        return None
    year, month, day = _year(match["year"]), _month(match["month"]), _number(match["day"])
    if not 1 <= day <= monthrange(year, month)[1]:
        named = f"{_MONTHS[month - 1]} {year}"
        raise _CannotTellError(f"there is no such day as {day} {named}", instead=f"as a day there is, or as '{named}'")
    return date(year, month, day)


def _read_day(match: _Match, _: DateReading) -> _Span | None:
    day = _calendar_day(match["day"])
    if not day:
        return None
    weekday = _WEEKDAYS[day.weekday()]
    if not match["weekday"] or match["weekday"][:3].title() == weekday[:3]:
        return _Span("date", day, day)
    message = f"{_say(day)} is a {weekday}, not a {match['weekday']}; the date was used"
    return _Span("date", day, day, (Doubt("wrong-weekday", message),))


def _read_week_ending(match: _Match, reading: DateReading) -> _Span | None:
    return _one_day(match["rest"], reading)


def _read_week_commencing(match: _Match, reading: DateReading) -> _Span | None:
    """Return the working week that starts on the day named: it ends on its Friday."""
    start = _one_day(match["rest"], reading)
    if not start:
        return None
    friday = start.last + timedelta(days=(4 - start.last.weekday()) % 7)
    if start.last.weekday() == 0 or start.doubts:
        return replace(start, last=friday)
    weekday = _WEEKDAYS[start.last.weekday()]
    message = f"the week is said to start on {_say(start.last)}, a {weekday}; Friday {_say(friday)} was used"
    return replace(start, last=friday, doubts=(Doubt("wrong-weekday", message),))


def _read_month(match: _Match, _: DateReading) -> _Span:
    year, month = _year(match["year"]), _month(match["month"])
    end = _month_end(year, month)
    # "Mar 15" is a month, for a day would be "15 Mar"; but "March 31" looks too much like the last day to be sure.
    if _matches(r"[a-z]+[ .,]*\d\d", match[0]) and (28 if month == 2 else 30) <= year - 2000 <= 31:
        day, name = year - 2000, _MONTHS[month - 1]
        instead = f"as '{name} {year}', or the day with its year"
        raise _CannotTellError(f"it may be {day} {name} or {name} {year}", instead=instead)
    return _Span("month", end.replace(day=1), end)


def _financial_year(text: str) -> int:
    """Return the year in which the financial year starts; its two halves must follow each other."""
    first, second = re.findall(r"\d+", text)
    start = _year(first)
    if int(second) not in {start + 1, (start + 1) % 100}:
        raise _CannotTellError(f"{first} and {second} are not one financial year", instead=_AS_YEAR)
    return start


def _read_financial_year(match: _Match, _: DateReading) -> _Span:
    start = _financial_year(match["year"])
    return _Span("year", date(start, 4, 1), date(start + 1, 3, 31))


def _read_calendar_year(match: _Match, _: DateReading) -> _Span:
    year = _year(match["year"])
    return _Span("year", date(year, 1, 1), date(year, 12, 31))


def _quarter_to(year: int, month: int) -> _Span:
    return _Span("quarter", date(year, month - 2, 1), _month_end(year, month))


def _financial_quarter(quarter: int, start: int) -> _Span:
    return _quarter_to(start + quarter // 4, (6, 9, 12, 3)[quarter - 1])


def _read_quarter(match: _Match, _: DateReading) -> _Span:
    return _financial_quarter(_number(match["quarter"]), _financial_year(match["year"]))


def _read_quarter_of_year(match: _Match, reading: DateReading) -> _Span:
    """Return the quarter of a plain year, which only the settings can place."""
    quarter, year = _number(match["quarter"]), _year(match["year"])
    spans = _quarters_meant(quarter, year, reading)
    if len(spans) == 1:
        return spans[0]
    reason = "the quarter may be of the calendar year or of the financial year"
    if reading.quarters == "financial":
        reason = f"the quarter may be January to March of {year} or of {year + 1}"
    raise _CannotTellError(reason, instead=f"as 'Q{quarter} {year}/{(year + 1) % 100:02}', or as the month it ends in")


def _quarters_meant(quarter: int, year: int, reading: DateReading) -> list[_Span]:
    if reading.quarters == "calendar":
        return [_quarter_to(year, quarter * 3)]
    if reading.quarters != "financial":
        return []
    if quarter < 4:
        return [_financial_quarter(quarter, year)]
    # The fourth quarter of 2014/15 lies in 2015, that of 2015/16 belongs to 2015: "Q4 2015" may be either.
    both = [_financial_quarter(4, year - 1), _financial_quarter(4, year)]
    return [span for span in both if reading.period and _within(reading.period, (span.last,))]


def _read_middle(match: _Match, reading: DateReading) -> _Span | None:
    span = _unit(match["rest"], reading)
    return replace(span, last=span.last.replace(day=15)) if span and span.form == "month" else None


def _read_before(match: _Match, reading: DateReading) -> _Span | None:
    span = _unit(match["rest"], reading)
    return span and replace(span, last=span.first - timedelta(days=1))


_SpanReader: TypeAlias = Callable[[_Match, DateReading], _Span | None]


def _only(*forms: str) -> _SpanReader:
    """Return a reader of what follows, which is to have one of these forms."""

    def read(match: _Match, reading: DateReading) -> _Span | None:
        span = _unit(match["rest"], reading)
        return span if span and span.form in forms else None

    return read


_DAY_AND_TIME = (
    rf"(?:{_TIME},? )?(?:on )?(?:the )?(?:(?P<weekday>{_WEEKDAY})[.,]* (?:the )?)?"  # "on March 15" is no month
    rf"(?P<day>.+?)(?:,?(?: at| by)? {_TIME})?"
)
_ONE_DAY: tuple[tuple[str, _SpanReader], ...] = ((_DAY_AND_TIME, _read_day),)
_UNITS: tuple[tuple[str, _SpanReader], ...] = (
    (rf"(?P<month>{_MONTH})\.?,? ?[/-]? ?(?P<year>{_YEAR})", _read_month),
    (rf"(?P<year>\d{{4}})[ -]?(?P<month>{_MONTH})", _read_month),
    (r"(?P<month>\d\d?) ?[/.-] ?(?P<year>\d{4})", _read_month),
    (rf"(?P<quarter>{_QUARTER}),?(?: of)?(?: the)?(?: | ?- ?)\(?(?P<year>{_ANY_FY})\)?", _read_quarter),
    (rf"(?P<year>{_ANY_FY}),?(?: | ?- ?)(?P<quarter>{_QUARTER})", _read_quarter),
    (rf"(?P<quarter>{_QUARTER}),?(?: of)?[ -](?P<year>{_YEAR})", _read_quarter_of_year),
    (rf"(?P<year>{_SURE_FY})", _read_financial_year),
    (r"calendar year (?P<year>\d{4})", _read_calendar_year),
    (r"(?:week ending|w/?e|w\.e\.?):? ?(?P<rest>.+)", _read_week_ending),
    (r"(?:week (?:commencing|beginning|starting)|w/?[cb]|w\.c\.?):? ?(?P<rest>.+)", _read_week_commencing),
    *_ONE_DAY,
)
_MODIFIED: tuple[tuple[str, _SpanReader], ...] = (
    (rf"{_END}(?P<year>\d{{4}})", _read_calendar_year),
    (rf"{_END}(?P<year>\d\d ?[/-] ?\d\d)", _read_financial_year),
    # Its last day is still "before the end" of a month, while "before March" and "before 1 March" leave it out.
    (rf"(?:before |prior to )?(?:the )?{_END}(?P<rest>.+)", _only("month", "quarter", "year")),
    (r"(?:before|prior to) (?:the )?(?P<rest>.+)", _read_before),
    (r"late (?:in )?(?P<rest>.+)", _only("month")),
    (r"(?:mid[ -]|middle of )(?P<rest>.+)", _read_middle),
)


def _one_day(text: str, reading: DateReading) -> _Span | None:
    return _first_of(_ONE_DAY, text, reading)


def _unit(text: str, reading: DateReading) -> _Span | None:
    return _first_of(_UNITS, text, reading)


def _target(text: str, reading: DateReading) -> _Span | None:
    """Return the stretch of time the text names, with words like "by the end of" before it."""
    match = _matches(rf"{_LEAD}(?P<rest>.+?)(?: at the latest| latest)?", text)
    return _first_of((*_MODIFIED, *_UNITS), match["rest"], reading) if match else None


# --- Whole cells with a deadline --------------------------------------------------------------------------------------


def _dated(form: str, *spans: _Span, recurrence: Recurrence | None = None, doubts: tuple[Doubt, ...] = ()) -> Timeframe:
    days = tuple(span.last for span in spans)
    doubts = (*(doubt for span in spans for doubt in span.doubts), *doubts)
    return Timeframe("", Kind.DATED, form, days, recurrence, doubts)


_Reader: TypeAlias = Callable[[_Match, DateReading], Timeframe | None]


def _as(form: str = "") -> _Reader:
    """Return a reader of the one date in a wording, which has the date's own form if none is given."""

    def read(match: _Match, reading: DateReading) -> Timeframe | None:
        span = _target(match["t"], reading)
        return _dated(form or span.form, span) if span else None

    return read


def _read_meeting(match: _Match, reading: DateReading) -> Timeframe | None:
    span = _one_day(match["t"], reading)  # a month would not say when in it
    return _dated("date", span) if span else None


# What the shorter of two dates looks like, and what it stands in for in the longer one.
_SHORT_FOR = (
    (_DAY_MONTH, _DAY_MONTH),
    (_QUARTER, _QUARTER),
    (_DAY, rf"(?<!\d){_DAY}(?=(?: of |[ ./-]?){_MONTH})"),
)


def _completed(short: str, full: str) -> str:
    """Return the shorter of two dates with what it leaves to the other: "Jan" beside "Mar 2015" is "Jan 2015"."""
    for looks, stands_for in _SHORT_FOR:
        if _matches(looks, short):
            longer, changes = re.subn(stands_for, short, full, count=1, flags=_FLAGS)
            return longer if changes else ""
    return ""


def _beside(short: str, full: str, reading: DateReading) -> _Span | None:
    return _target(short, reading) or _target(_completed(short, full), reading)


def _pairs(text: str, separator: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(separator, text, _FLAGS):
        yield text[: found.start()], text[found.end() :]


def _read_range(match: _Match, reading: DateReading) -> Timeframe | None:
    """Return the end of a range; of several hyphens the one that leaves a date on both sides parts it."""
    pairs = _pairs(match["range"], " ?- ?| to | until | till ")
    return next(filter(None, (_range(first, last, reading) for first, last in pairs)), None)


def _read_two_ends(match: _Match, reading: DateReading) -> Timeframe | None:
    return _range(match["a"], match["b"], reading)


def _range(first: str, last: str, reading: DateReading) -> Timeframe | None:
    end = _target(last, reading)
    start = _beside(first, last, reading) if end else None
    if not end or not start:
        return None
    # A month without a year may lie in the year before ("Nov - Feb 2015"); nothing else may start after its end.
    if start.first > end.last and not _matches(_DAY_MONTH, first):
        raise _CannotTellError("it ends before it starts")
    return _dated("range", end, doubts=start.doubts)


def _read_neighbours(match: _Match, reading: DateReading) -> Timeframe | None:
    """Return the end of two months with a slash between, which are one stretch only if they follow each other."""
    start, end = _beside(match["a"], match["b"], reading), _target(match["b"], reading)
    if not start or not end or {start.form, end.form} != {"month"}:
        return None
    if _month_count(end.first) - _month_count(start.first) not in {1, -11}:  # -11: the December before "Jan 2015"
        raise _CannotTellError(
            "it may mean either month or both", instead="as 'March and September 2015', or the later"
        )
    return _range(match["a"], match["b"], reading)


def _read_several(match: _Match, reading: DateReading) -> Timeframe | None:
    *short, full = re.split(", ?and | and | ?& ?|, ?", match["items"], flags=_FLAGS)
    spans = [_beside(item, full, reading) for item in short] + [_target(full, reading)]
    known = [span for span in spans if span]
    if len(known) < len(spans):
        return None
    if any(one.last >= other.last for one, other in pairwise(known)):
        raise _CannotTellError("its dates are not in order", instead="with each date's own year, the earlier one first")
    return _dated("multi", *known)


def _read_then(match: _Match, reading: DateReading) -> Timeframe | None:
    span = _target(match["t"], reading)
    if not span:
        return None
    return _dated("recurring", span, recurrence=Recurrence(_months_of(match["every"]), span.last))


def _months_of(every: str) -> int:
    words = re.sub("^(?:each|every) ", "", every.lower())
    return {"ann": 12, "yea": 12, "hal": 6, "qua": 3, "mon": 1}.get(words[:3]) or _number(words)


def _read_yearly(match: _Match, reading: DateReading) -> Timeframe | None:
    span = _target(f"{match['when']} {_YEARS[0]}", reading)
    if not span or span.doubts:  # a weekday does not come back on the same day each year
        return None
    return _dated("recurring", recurrence=Recurrence(12, span.last))


def _read_revised(match: _Match, reading: DateReading) -> Timeframe | None:
    """Return the later wording, which rules; what it was before must be a date too."""
    new, old = _target(match["t"], reading), match.groupdict().get("old")
    if not new or (old and not _beside(old, match["t"], reading)):
        return None
    message = f"{_say(new.last)} was used, the revised date{f', not {old}' if old else ''}; leave it alone in the cell"
    return _dated("unclear", new, doubts=(Doubt("revised-date", message),))


def _read_quarter_in_months(match: _Match, reading: DateReading) -> Timeframe | None:
    """Return the quarter whose months stand in brackets, as in "Qtr 3 (Oct-Dec 2015)"."""
    months, quarter = _first_of(_GRAMMAR, match["t"], reading), _number(match["quarter"])
    if not months or months.form not in {"range", "month", "date"}:
        return None
    if any(_quarter_of(day, reading) != quarter or day.month % 3 for day in months.deadlines):
        raise _CannotTellError(
            f"the months in brackets do not end with quarter {quarter}", instead="as the month alone"
        )
    return replace(months, form="quarter")


def _quarter_of(day: date, reading: DateReading) -> int:
    quarter = (day.month - 1) // 3 + 1
    return quarter if reading.quarters == "calendar" else (quarter - 2) % 4 + 1


def _read_bracketed(match: _Match, reading: DateReading) -> Timeframe | None:
    """Return the reading before the bracket, unless what stands in it contradicts."""
    base, note = match["base"], match["note"]
    if found := _first_of(_TWO_PARTS, f"{base}, {note}", reading):
        return found
    found = _read(base, reading)
    agrees = _agrees(note, found.deadlines, reading) if found.deadlines else False
    if agrees is False:
        raise _CannotTellError(f"'{note}' may not fit what stands before it", instead="without the brackets")
    if agrees:
        return found
    message = f"the words in brackets, '{note}', were left aside"
    return replace(found, doubts=(*found.doubts, Doubt("timeframe-note", message)))


def _agrees(note: str, days: tuple[date, ...], reading: DateReading) -> bool | None:
    """Say whether a note names the same days; None if it names none."""
    if _matches(_QUARTER, note):
        return all(_quarter_of(day, reading) == _number(note) for day in days)
    if _matches(_MONTH, note):
        return all(day.month == _month(note) for day in days)
    try:
        span = _target(note, reading)
        return _within((span.first, span.last), days) if span else _read(note, reading).deadlines == days
    except _CannotTellError as why:
        return None if not why.reason or why.form in {"term", "season", "event"} else False


# --- Whole cells that the settings may close --------------------------------------------------------------------------


def _read_immediate(_: _Match, reading: DateReading) -> Timeframe:
    if not reading.plan_date:
        raise _CannotTellError(_UNCOUNTED, form="immediate")
    return _dated("immediate", _Span("immediate", reading.plan_date, reading.plan_date))


def _read_relative(match: _Match, reading: DateReading) -> Timeframe:
    if not reading.plan_date:
        raise _CannotTellError(_UNCOUNTED, form="relative")
    end = _later(reading.plan_date, _number(match["number"]), match["unit"].lower())
    return _dated("relative", _Span("relative", reading.plan_date, end))


def _later(day: date, number: int, unit: str) -> date:
    if day.year not in _YEARS:  # from a far year the count may leave the calendar
        raise _CannotTellError(f"the plan's date, {_say(day)}, is outside 2000 to 2099", form="relative")
    if unit in {"day", "week"}:
        return day + timedelta(days=number * (7 if unit == "week" else 1))
    count = _month_count(day) + number * (12 if unit == "year" else 1)
    end = _month_end(count // 12, count % 12 + 1)
    return end.replace(day=min(day.day, end.day))


def _read_term(match: _Match, reading: DateReading) -> Timeframe | None:
    days = {_squeezed(name): day for name, day in reading.terms.items()}
    day = days.get(_squeezed(match[0])) or days.get(_squeezed(match["term"]))
    return _dated("term", _Span("term", day, day)) if day else None


def _squeezed(name: str) -> str:
    return "".join("".join(map(_plain, name)).lower().split())


def _read_yearless(match: _Match, reading: DateReading) -> Timeframe:
    return _only_reading([f"{match[0]} {year}" for year in _years_of(reading)], reading)


def _read_yearless_quarter(match: _Match, reading: DateReading) -> Timeframe:
    texts = [f"{match[0]} {year}/{(year + 1) % 100:02}" for year in _years_of(reading)]
    if reading.quarters == "calendar":
        texts = [f"{match[0]} {year}" for year in _years_of(reading)]
    return _only_reading(texts if reading.quarters else [], reading)


def _years_of(reading: DateReading) -> Iterable[int]:
    """Return the years that a date in the declared period can name, one before and one after included."""
    if not reading.period:
        return ()
    return range(max(_YEARS[0], reading.period[0].year - 1), min(_YEARS[-1], reading.period[1].year + 1) + 1)


def _only_reading(texts: list[str], reading: DateReading) -> Timeframe:
    found = [one for text in texts if (one := _attempt(text, reading))]
    fitting = [one for one in found if reading.period and _within(reading.period, one.deadlines)]
    if len(fitting) != 1:
        raise _CannotTellError("it names no year", instead="with its year, as 'March 2015' or 'Q3 2015/16'")
    return fitting[0]


def _attempt(text: str, reading: DateReading) -> Timeframe | None:
    try:
        return _read(text, reading)
    except _CannotTellError:
        return None


# --- The grammar of whole cells ---------------------------------------------------------------------------------------


def _nothing(form: str, kind: Kind) -> _Reader:
    return lambda _match, _reading: Timeframe("", kind, form)


_REVIEWED = (
    rf"{_ONGOING}(?: ?[-,;:.]| with(?: a)?| and)?(?: next)? (?:to be reviewed|for review|review)(?: date| due)?"
    r"(?: ?[:-])? (?P<t>.+)"
)
_STARTED_ENDED = (
    "(?:start|begin|commence)(?:s|ing)? (?P<a>.+?),?(?: -| and)? (?:complet(?:e|ed|ion)|finish|end)(?: by)? (?P<b>.+)"
)
_FOR_EVER = rf"{_ONGOING}(?: throughout the year)?|throughout the year|all year(?: round)?|rolling"
_NO_DATE = (
    rf"(?:(?:date|deadline|timescale) )?{_UNSET}|no (?:date|deadline|timescale)(?: set)?|none|nil|n ?[/.]? ?a"
    r"|not (?:applicable|(?:yet )?(?:agreed|known|set))|-(?: ?-){0,4}"
)
_AT_ONCE = r"immediate(?:ly)?|with immediate effect|as soon as possible|a\.?s\.?a\.?p"
_COUNTED_FROM_NOW = rf"{_WITHIN}(?P<number>an?|{_NUMBER}) ?(?P<unit>day|week|month|year)s?"
_HEADED_MEETING = rf"{_LEAD}(?:(?!{_TURNING}\b)[a-z&/'-]+ ){{0,4}}meeting(?:,| -|:| on| of)? (?P<t>.+)"

# Wordings of two parts, the second of which may also stand in brackets.
_TWO_PARTS: tuple[tuple[str, _Reader], ...] = (
    (rf"{_WAS} (?P<old>.+?),?(?: -)?(?: but)? {_NOW} (?P<t>.+)", _read_revised),
    (rf"(?P<old>.+?),?(?: -)? {_NOW} (?P<t>.+)", _read_revised),
    (rf"{_REVISED} from (?P<old>.+?) to (?P<t>.+)", _read_revised),
    (rf"{_NEW}?(?P<t>.+?),?(?: -)? (?:{_WAS}|{_REVISED} from) (?P<old>.+)", _read_revised),
    (rf"{_NEW}(?P<t>.+)", _read_revised),
    (rf"(?:{_ONGOING},?(?: -)? )?(?:up )?(?:to|until|till) (?P<t>.+)", _as("range")),
    (_REVIEWED, _as("recurring")),
    (rf"(?P<t>.+?)(?:,?(?: and)? then|,? and|,?(?=.* thereafter)) (?P<every>{_EVERY})(?: thereafter)?", _read_then),
    (rf"{_LEAD}(?P<when>{_YEARLESS}),? {_EACH_YEAR}", _read_yearly),
    (rf"(?:annual|{_EACH_YEAR})[,:]?(?: -)? (?:(?:each|every) )?{_LEAD}(?P<when>{_YEARLESS})", _read_yearly),
    (rf"(?:each|every) (?P<when>{_MONTH})", _read_yearly),
)
_GRAMMAR: tuple[tuple[str, _Reader], ...] = (
    ("(?P<t>.+)", _as()),
    *_TWO_PARTS,
    (rf"{_LEAD}(?:from )?(?P<range>.+(?: ?- ?| to | until | till ).+)", _read_range),
    ("between (?P<a>.+) and (?P<b>.+)", _read_two_ends),
    (_STARTED_ENDED, _read_two_ends),
    (rf"{_LEAD}(?P<a>{_MONTH}.*?) ?/ ?(?P<b>{_MONTH}.+)", _read_neighbours),
    (rf"{_LEAD}(?P<items>.+(?: and | ?& ?).+)", _read_several),
    (_HEADED_MEETING, _read_meeting),
    (rf"{_LEAD}(?P<quarter>{_QUARTER}) ?\((?P<t>.+)\)", _read_quarter_in_months),
    (_FOR_EVER, _nothing("ongoing", Kind.ONGOING)),
    (_NO_DATE, _nothing("missing", Kind.NONE)),
    (_AT_ONCE, _read_immediate),
    (_COUNTED_FROM_NOW, _read_relative),
    (r"(?P<base>.+?) ?\((?P<note>[^()]*\w[^()]*)\)", _read_bracketed),
    (rf"{_LEAD}(?:(?:{_DAY_MONTH}|{_DAY})(?: ?[-/&] ?| to | and ))?{_YEARLESS}", _read_yearless),
    (rf"{_LEAD}(?:{_END}|before )?{_QUARTER}", _read_yearless_quarter),
    (rf"{_LEAD}(?:{_END})?(?P<term>.+)", _read_term),
)


# --- Whole cells known to be no deadline ------------------------------------------------------------------------------

_EARLY = r"(?:the )?(?:early|beginning of|start of)(?: in)? (?P<t>.+)"
_STARTING = (
    rf"(?:{_ONGOING},? )?(?:from|after|since|start(?:s|ing)?|commenc(?:es?|ing)|begin(?:s|ning)?|not before)"
    r" (?P<t>.+?)(?:,? onwards?)?"
)
_DONE = r"(?:completed?|done|closed|achieved|finished|implemented)(?:[,:]?(?: -)? (?P<t>.+))?"
_UNDER_WAY = "(?:not )?started|in progress|under ?way|on track|overdue|outstanding"
_TWICE_OR_SECOND = r"bi[ -]?(?:annual(?:ly)?|monthly|weekly|yearly|ennial(?:ly)?)"
_HOW_OFTEN = rf"{_OFTEN}(?:,? (?:from|starting|commencing|beginning) (?P<t>.+))?"
_COUNTED_FROM = (
    rf"{_WITHIN}(?:{_NUMBER} ?(?:-|to) ?)?(?:an?|{_NUMBER}) ?(?:working )?(?:day|week|month|year)s?"
    r"(?: (?:of|from|after|following|post) .+)?"
)
_TERM = (
    rf"{_LEAD}(?:{_END})?(?:(?:{_SEASON}|{_MONTH}) )?(?:half[ -]?)?term(?: ?[1-6])?{_OF_YEAR}"
    rf"|{_LEAD}(?:{_END})?{_SEASON} [12]{_OF_YEAR}"
    rf"|{_LEAD}(?:{_END})?(?:{_HALVES} )?(?:academic|school) year(?: {_HALVES})?"
)
_IN_SEASON = rf"{_LEAD}(?:early |mid[ -]|late |{_END})?{_SEASON}(?:/{_SEASON})?{_OF_YEAR}"
_FEAST = rf"{_LEAD}(?:before |after |{_END})?(?:easter|christmas|xmas|new year){_OF_YEAR}"
_EVENT = rf"{_LEAD}(?:next|following|after|once|when|upon|pending|subject to|as per|in line with|each|every) .+"
_BARE_YEAR = rf"{_LEAD}(?:mid[ -]|early |late |before )?(?:\d{{4}}|{_FY} ?{_YEAR})"
_FIVE_DIGITS = r".*(?<!\d)20\d{3}(?!\d).*"

_STATUS = ("it is a status, not a deadline", "in the progress column, and the deadline here")
_START = ("it is a start, not an end", "with its end, as 'April 2015 to March 2016', or 'On-going'")
_FIRST = ("it says how often, but not when first", "with the first deadline, as 'June 2015 and then quarterly'")
_TWICE = ("it may be twice in that time or every second time", "as 'June 2015 and then every 6 months'")

# Form, wording, why it gives no deadline, what to write instead. What a wording's group `t` holds must be a date.
_REFUSALS: tuple[tuple[str, str, str, str], ...] = (
    ("unclear", _EARLY, "it does not say until when", _AS_MONTH),
    ("start", _STARTING, *_START),
    ("start", "(?P<t>.+?),? (?:onwards?|on)", *_START),
    ("done", _DONE, *_STATUS),
    ("unclear", _UNDER_WAY, *_STATUS),
    ("recurring", _TWICE_OR_SECOND, *_TWICE),
    ("recurring", _HOW_OFTEN, *_FIRST),
    ("relative", _COUNTED_FROM, _UNCOUNTED, _AS_MONTH),
    ("term", _TERM, "school terms differ from council to council", _AS_MONTH),
    ("season", _IN_SEASON, "it may be a season or a school term, and names no last day", _AS_MONTH),
    ("event", _FEAST, "it names a feast, not the day meant", _AS_MONTH),
    ("event", _EVENT, "it hangs on something without a date", _AS_MONTH),
    ("unclear", _BARE_YEAR, "it may be the calendar year or a financial year", _AS_YEAR),
    ("unclear", r"\d{4}(?: ?- ?| to | and )\d{4}", "it may be a financial year or several calendar years", _AS_YEAR),
    ("unclear", r"\d\d? ?[/.-] ?\d\d?", "it may be a financial year, a day and month, or a month and year", _AS_YEAR),
    ("unclear", _FIVE_DIGITS, "its year has five digits, perhaps a footnote mark glued to it", _AS_MONTH),
    ("unclear", rf"(?:{_DAY} )?{_WELSH} {_YEAR}", "its month is in Welsh", "with the month in English"),
)


def _read(text: str, reading: DateReading) -> Timeframe:
    """Return what the whole text means or raise why it cannot be told."""
    return _first_of(_GRAMMAR, text, reading) or _refuse(text, reading)


def _refuse(text: str, reading: DateReading) -> NoReturn:
    for form, pattern, reason, instead in _REFUSALS:
        match = _matches(pattern, text)
        if match and all(_target(named, reading) for named in match.groupdict().values() if named):
            raise _CannotTellError(reason, form=form, instead=instead)
    pairs = _pairs(text, " ?[,;/&+] ?| or | ")
    if any(_target(first, reading) and _target(second, reading) for first, second in pairs):
        raise _CannotTellError(
            "two dates stand side by side, and one may be struck out", instead="with one of them alone"
        )
    raise _CannotTellError
