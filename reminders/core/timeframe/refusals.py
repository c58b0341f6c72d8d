"""Whole cells that are understood, and known to be no deadline."""

from typing import NoReturn

from reminders.core.timeframe.doubts import AS_MONTH, AS_YEAR, UNCOUNTED, CannotTellError
from reminders.core.timeframe.spans import target
from reminders.core.timeframe.values import DateReading
from reminders.core.timeframe.wordings import (
    DAY,
    END,
    FY,
    HALVES,
    LEAD,
    MONTH,
    NUMBER,
    OF_YEAR,
    OFTEN,
    ONGOING,
    SEASON,
    WELSH,
    WITHIN,
    YEAR,
    matches,
    pairs,
)

_EARLY = r"(?:the )?(?:early|beginning of|start of)(?: in)? (?P<t>.+)"
_STARTING = (
    rf"(?:{ONGOING},? )?(?:from|after|since|start(?:s|ing)?|commenc(?:es?|ing)|begin(?:s|ning)?|not before)"
    r" (?P<t>.+?)(?:,? onwards?)?"
)
_DONE = r"(?:completed?|done|closed|achieved|finished|implemented)(?:[,:]?(?: -)? (?P<t>.+))?"
_UNDER_WAY = "(?:not )?started|in progress|under ?way|on track|overdue|outstanding"
_TWICE_OR_SECOND = r"bi[ -]?(?:annual(?:ly)?|monthly|weekly|yearly|ennial(?:ly)?)"
_HOW_OFTEN = rf"{OFTEN}(?:,? (?:from|starting|commencing|beginning) (?P<t>.+))?"
_COUNTED_FROM = (
    rf"{WITHIN}(?:{NUMBER} ?(?:-|to) ?)?(?:an?|{NUMBER}) ?(?:working )?(?:day|week|month|year)s?"
    r"(?: (?:of|from|after|following|post) .+)?"
)
_TERM = (
    rf"{LEAD}(?:{END})?(?:(?:{SEASON}|{MONTH}) )?(?:half[ -]?)?term(?: ?[1-6])?{OF_YEAR}"
    rf"|{LEAD}(?:{END})?{SEASON} [12]{OF_YEAR}"
    rf"|{LEAD}(?:{END})?(?:{HALVES} )?(?:academic|school) year(?: {HALVES})?"
)
_IN_SEASON = rf"{LEAD}(?:early |mid[ -]|late |{END})?{SEASON}(?:/{SEASON})?{OF_YEAR}"
_FEAST = rf"{LEAD}(?:before |after |{END})?(?:easter|christmas|xmas|new year){OF_YEAR}"
_EVENT = rf"{LEAD}(?:next|following|after|once|when|upon|pending|subject to|as per|in line with|each|every) .+"
_BARE_YEAR = rf"{LEAD}(?:mid[ -]|early |late |before )?(?:\d{{4}}|{FY} ?{YEAR})"
_FIVE_DIGITS = r".*(?<!\d)20\d{3}(?!\d).*"

_STATUS = ("it is a status, not a deadline", "in the progress column, and the deadline here")
_START = ("it is a start, not an end", "with its end, as 'April 2015 to March 2016', or 'On-going'")
_FIRST = ("it says how often, but not when first", "with the first deadline, as 'June 2015 and then quarterly'")
_TWICE = ("it may be twice in that time or every second time", "as 'June 2015 and then every 6 months'")

# Form, wording, why it gives no deadline, what to write instead. What a wording's group `t` holds must be a date.
_REFUSALS: tuple[tuple[str, str, str, str], ...] = (
    ("unclear", _EARLY, "it does not say until when", AS_MONTH),
    ("start", _STARTING, *_START),
    ("start", "(?P<t>.+?),? (?:onwards?|on)", *_START),
    ("done", _DONE, *_STATUS),
    ("unclear", _UNDER_WAY, *_STATUS),
    ("recurring", _TWICE_OR_SECOND, *_TWICE),
    ("recurring", _HOW_OFTEN, *_FIRST),
    ("relative", _COUNTED_FROM, UNCOUNTED, AS_MONTH),
    ("term", _TERM, "school terms differ from council to council", AS_MONTH),
    ("season", _IN_SEASON, "it may be a season or a school term, and names no last day", AS_MONTH),
    ("event", _FEAST, "it names a feast, not the day meant", AS_MONTH),
    ("event", _EVENT, "it hangs on something without a date", AS_MONTH),
    ("unclear", _BARE_YEAR, "it may be the calendar year or a financial year", AS_YEAR),
    ("unclear", r"\d{4}(?: ?- ?| to | and )\d{4}", "it may be a financial year or several calendar years", AS_YEAR),
    ("unclear", r"\d\d? ?[/.-] ?\d\d?", "it may be a financial year, a day and month, or a month and year", AS_YEAR),
    ("unclear", _FIVE_DIGITS, "its year has five digits, perhaps a footnote mark glued to it", AS_MONTH),
    ("unclear", rf"(?:{DAY} )?{WELSH} {YEAR}", "its month is in Welsh", "with the month in English"),
)


def refuse(text: str, reading: DateReading) -> NoReturn:
    for form, pattern, reason, instead in _REFUSALS:
        match = matches(pattern, text)
        if match and all(target(named, reading) for named in match.groupdict().values() if named):
            raise CannotTellError(reason, form=form, instead=instead)
    halves = pairs(text, " ?[,;/&+] ?| or | ")
    if any(target(first, reading) and target(second, reading) for first, second in halves):
        raise CannotTellError(
            "two dates stand side by side, and one may be struck out", instead="with one of them alone"
        )
    raise CannotTellError
