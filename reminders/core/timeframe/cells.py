"""The grammar of whole cells, and the readers of those that hold another cell or lack only its year."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from reminders.core.timeframe.almanac import YEARS, within
from reminders.core.timeframe.days import month_of, number_of
from reminders.core.timeframe.deadlines import (
    Reader,
    read_as,
    read_immediate,
    read_meeting,
    read_neighbours,
    read_range,
    read_relative,
    read_revised,
    read_several,
    read_term,
    read_then,
    read_two_ends,
    read_yearly,
)
from reminders.core.timeframe.doubts import CannotTellError, believable
from reminders.core.timeframe.plain_text import tidy
from reminders.core.timeframe.refusals import refuse
from reminders.core.timeframe.spans import target
from reminders.core.timeframe.values import DateReading, Doubt, Kind, Timeframe
from reminders.core.timeframe.wordings import (
    DAY,
    DAY_MONTH,
    EACH_YEAR,
    END,
    EVERY,
    LEAD,
    MONTH,
    NEW,
    NOW,
    NUMBER,
    ONGOING,
    QUARTER,
    REVISED,
    TURNING,
    UNSET,
    WAS,
    WITHIN,
    YEARLESS,
    Match,
    first_of,
    matches,
)

_NOTHING_DECLARED = DateReading()


@lru_cache(maxsize=4096)  # a plan is read each tick, and its wordings repeat
def read_timeframe(cell: str | None, reading: DateReading = _NOTHING_DECLARED) -> Timeframe:
    """Return what the cell means; one that cannot be read carries a doubt for a person and never raises."""
    wording = (cell or "").strip()
    try:
        text = tidy(wording)
        if not text:
            return Timeframe("", Kind.NONE, "missing")
        found = believable(_read(text, reading), reading)
    except CannotTellError as why:
        found = why.as_timeframe(wording)
    return replace(found, wording=cell or "")


def _read(text: str, reading: DateReading) -> Timeframe:
    """Return what the whole text means or raise why it cannot be told."""
    return first_of(_GRAMMAR, text, reading) or refuse(text, reading)


def _read_quarter_in_months(match: Match, reading: DateReading) -> Timeframe | None:
    """Return the quarter whose months stand in brackets, as in "Qtr 3 (Oct-Dec 2015)"."""
    months, quarter = first_of(_GRAMMAR, match["t"], reading), number_of(match["quarter"])
    if not months or months.form not in {"range", "month", "date"}:
        return None
    if any(_quarter_of(day, reading) != quarter or day.month % 3 for day in months.deadlines):
        raise CannotTellError(f"the months in brackets do not end with quarter {quarter}", instead="as the month alone")
    return replace(months, form="quarter")


def _quarter_of(day: date, reading: DateReading) -> int:
    quarter = (day.month - 1) // 3 + 1
    return quarter if reading.quarters == "calendar" else (quarter - 2) % 4 + 1


def _read_bracketed(match: Match, reading: DateReading) -> Timeframe | None:
    """Return the reading before the bracket, unless what stands in it contradicts."""
    base, note = match["base"], match["note"]
    if found := first_of(_TWO_PARTS, f"{base}, {note}", reading):
        return found
    found = _read(base, reading)
    agrees = _agrees(note, found.deadlines, reading) if found.deadlines else False
    if agrees is False:
        raise CannotTellError(f"'{note}' may not fit what stands before it", instead="without the brackets")
    if agrees:
        return found
    message = f"the words in brackets, '{note}', were left aside"
    return replace(found, doubts=(*found.doubts, Doubt("timeframe-note", message)))


def _agrees(note: str, days: tuple[date, ...], reading: DateReading) -> bool | None:
    """Say whether a note names the same days; None if it names none."""
    if matches(QUARTER, note):
        return all(_quarter_of(day, reading) == number_of(note) for day in days)
    if matches(MONTH, note):
        return all(day.month == month_of(note) for day in days)
    try:
        span = target(note, reading)
        return within((span.first, span.last), days) if span else _read(note, reading).deadlines == days
    except CannotTellError as why:
        return None if not why.reason or why.form in {"term", "season", "event"} else False


def _read_yearless(match: Match, reading: DateReading) -> Timeframe:
    return _only_reading([f"{match[0]} {year}" for year in _years_of(reading)], reading)


def _read_yearless_quarter(match: Match, reading: DateReading) -> Timeframe:
    texts = [f"{match[0]} {year}/{(year + 1) % 100:02}" for year in _years_of(reading)]
    if reading.quarters == "calendar":
        texts = [f"{match[0]} {year}" for year in _years_of(reading)]
    return _only_reading(texts if reading.quarters else [], reading)


def _years_of(reading: DateReading) -> Iterable[int]:
    """Return the years that a date in the declared period can name, one before and one after included."""
    if not reading.period:
        return ()
    return range(max(YEARS[0], reading.period[0].year - 1), min(YEARS[-1], reading.period[1].year + 1) + 1)


def _only_reading(texts: list[str], reading: DateReading) -> Timeframe:
    found = [one for text in texts if (one := _attempt(text, reading))]
    fitting = [one for one in found if reading.period and within(reading.period, one.deadlines)]
    if len(fitting) != 1:
        raise CannotTellError("it names no year", instead="with its year, as 'March 2015' or 'Q3 2015/16'")
    return fitting[0]


def _attempt(text: str, reading: DateReading) -> Timeframe | None:
    try:
        return _read(text, reading)
    except CannotTellError:
        return None


def _nothing(form: str, kind: Kind) -> Reader:
    return lambda _match, _reading: Timeframe("", kind, form)


_REVIEWED = (
    rf"{ONGOING}(?: ?[-,;:.]| with(?: a)?| and)?(?: next)? (?:to be reviewed|for review|review)(?: date| due)?"
    r"(?: ?[:-])? (?P<t>.+)"
)
_STARTED_ENDED = (
    "(?:start|begin|commence)(?:s|ing)? (?P<a>.+?),?(?: -| and)? (?:complet(?:e|ed|ion)|finish|end)(?: by)? (?P<b>.+)"
)
_FOR_EVER = rf"{ONGOING}(?: throughout the year)?|throughout the year|all year(?: round)?|rolling"
_NO_DATE = (
    rf"(?:(?:date|deadline|timescale) )?{UNSET}|no (?:date|deadline|timescale)(?: set)?|none|nil|n ?[/.]? ?a"
    r"|not (?:applicable|(?:yet )?(?:agreed|known|set))|-(?: ?-){0,4}"
)
_AT_ONCE = r"immediate(?:ly)?|with immediate effect|as soon as possible|a\.?s\.?a\.?p"
_COUNTED_FROM_NOW = rf"{WITHIN}(?P<number>an?|{NUMBER}) ?(?P<unit>day|week|month|year)s?"
_HEADED_MEETING = rf"{LEAD}(?:(?!{TURNING}\b)[a-z&/'-]+ ){{0,4}}meeting(?:,| -|:| on| of)? (?P<t>.+)"

# Wordings of two parts, the second of which may also stand in brackets.
_TWO_PARTS: tuple[tuple[str, Reader], ...] = (
    (rf"{WAS} (?P<old>.+?),?(?: -)?(?: but)? {NOW} (?P<t>.+)", read_revised),
    (rf"(?P<old>.+?),?(?: -)? {NOW} (?P<t>.+)", read_revised),
    (rf"{REVISED} from (?P<old>.+?) to (?P<t>.+)", read_revised),
    (rf"{NEW}?(?P<t>.+?),?(?: -)? (?:{WAS}|{REVISED} from) (?P<old>.+)", read_revised),
    (rf"{NEW}(?P<t>.+)", read_revised),
    (rf"(?:{ONGOING},?(?: -)? )?(?:up )?(?:to|until|till) (?P<t>.+)", read_as("range")),
    (_REVIEWED, read_as("recurring")),
    (rf"(?P<t>.+?)(?:,?(?: and)? then|,? and|,?(?=.* thereafter)) (?P<every>{EVERY})(?: thereafter)?", read_then),
    (rf"{LEAD}(?P<when>{YEARLESS}),? {EACH_YEAR}", read_yearly),
    (rf"(?:annual|{EACH_YEAR})[,:]?(?: -)? (?:(?:each|every) )?{LEAD}(?P<when>{YEARLESS})", read_yearly),
    (rf"(?:each|every) (?P<when>{MONTH})", read_yearly),
)
_GRAMMAR: tuple[tuple[str, Reader], ...] = (
    ("(?P<t>.+)", read_as()),
    *_TWO_PARTS,
    (rf"{LEAD}(?:from )?(?P<range>.+(?: ?- ?| to | until | till ).+)", read_range),
    ("between (?P<a>.+) and (?P<b>.+)", read_two_ends),
    (_STARTED_ENDED, read_two_ends),
    (rf"{LEAD}(?P<a>{MONTH}.*?) ?/ ?(?P<b>{MONTH}.+)", read_neighbours),
    (rf"{LEAD}(?P<items>.+(?: and | ?& ?).+)", read_several),
    (_HEADED_MEETING, read_meeting),
    (rf"{LEAD}(?P<quarter>{QUARTER}) ?\((?P<t>.+)\)", _read_quarter_in_months),
    (_FOR_EVER, _nothing("ongoing", Kind.ONGOING)),
    (_NO_DATE, _nothing("missing", Kind.NONE)),
    (_AT_ONCE, read_immediate),
    (_COUNTED_FROM_NOW, read_relative),
    (r"(?P<base>.+?) ?\((?P<note>[^()]*\w[^()]*)\)", _read_bracketed),
    (rf"{LEAD}(?:(?:{DAY_MONTH}|{DAY})(?: ?[-/&] ?| to | and ))?{YEARLESS}", _read_yearless),
    (rf"{LEAD}(?:{END}|before )?{QUARTER}", _read_yearless_quarter),
    (rf"{LEAD}(?:{END})?(?P<term>.+)", read_term),
)
