"""What wordings are made of, as fragments of patterns, and how a whole text is held against a table of them."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

from reminders.core.timeframe.almanac import MONTHS
from reminders.core.timeframe.values import DateReading

COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third", "fourth")

MONTH = "(?:sept|" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS) + ")"
WEEKDAY = "(?:mon|tues?|weds?|wednes|thu(?:rs?)?|fri|sat|satur|sun)(?:day)?"
DAY = r"\d\d?(?: ?(?:st|nd|rd|th))?"
YEAR = r"(?:'?\d\d|\d{4})"
_CLOCK = r"(?:1[0-2]|0?[1-9])(?:[:.][0-5]\d)? ?[ap]\.?m\.?|(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
TIME = rf"(?:{_CLOCK}|(?:12 )?noon|close of (?:play|business)|cop|cob)"
QUARTER = r"(?:q(?:uarter|tr)?\.? ?[1-4]|(?:1st|2nd|3rd|4th|first|second|third|fourth) (?:quarter|qtr))"
FY = "(?:fy|f/y|financial year|fiscal year)"
HALVES = r"(?:\d{4}|\d\d) ?[/-] ?(?:\d{4}|\d\d)"
ANY_FY = rf"(?:(?:{FY} ?)?{HALVES}|{HALVES} {FY})"
# Alone, "15/16" may be a day and a month, and "2015-2016" two years; "FY" or a slash after four digits settles it.
SURE_FY = rf"(?:{FY} ?{HALVES}|{HALVES} {FY}|\d{{4}} ?/ ?(?:\d{{4}}|\d\d)|\d{{4}} ?- ?\d\d)"
OF_YEAR = rf"(?:,? (?:{YEAR}|{ANY_FY}))?"
DAY_MONTH = rf"(?:(?<!\d){DAY}(?: of |[ ./-]?))?{MONTH}(?![a-z])"
END = "end(?: of)?(?: the)?[ -]"
_PART = rf"(?:{END}|mid[ -]|middle of |late |before )?"
YEARLESS = rf"{_PART}(?:on )?(?:the )?(?:{WEEKDAY},? )?(?:{DAY_MONTH}|{MONTH} \d\d?(?:st|nd|rd|th))"
_DUE = "(?:(?:due|deadline|target(?: date)?)(?: ?[:-])?|to be completed|for completion|complete(?= by | no )) "
_BY = "(?:on or before|no later than|not later than|by|in|for|during|within) "
LEAD = f"(?:{_DUE})?(?:{_BY})?(?:the )?"
WITHIN = "(?:with)?(?:in )?(?:the )?(?:next )?"
NUMBER = rf"(?:[1-9]\d?|{'|'.join(COUNTED)})"
EACH_YEAR = "(?:annually|yearly|(?:each|every) year)"
EVERY = (
    rf"(?:{EACH_YEAR}|half[ -]?yearly|quarterly|monthly|{NUMBER}[ -]monthly"
    rf"|(?:each|every) (?:quarter|month)|every {NUMBER} months)"
)
OFTEN = (
    rf"(?:{EVERY}|annual|daily|weekly|fortnightly|termly|{NUMBER}[ -](?:weekly|yearly)"
    rf"|(?:each|every) (?:day|week|fortnight|term|meeting|{NUMBER} (?:days|weeks|years))"
    rf"|(?:once|twice|{NUMBER} times) (?:a|per|each|every) (?:week|month|quarter|term|year))"
)
SEASON = "(?:spring|summer|autumn|winter)"
ONGOING = "(?:on ?-? ?going|continuous(?:ly)?|continual(?:ly)?|continuing)"
UNSET = r"(?:t\.?b\.?[acd]|to be (?:confirmed|agreed|advised|announced|decided|determined|arranged))"
WAS = "(?:was|previously|originally|formerly)"
REVISED = "(?:revised|extended|moved|changed|deferred|delayed|slipped|put back)"
NOW = rf"(?:now|{REVISED} to)"
NEW = rf"(?:(?:revised|new) (?:date|deadline):? |revised: ?|{REVISED} to )"
# Before "meeting" these would change what the date after it says.
TURNING = (
    rf"(?:{OFTEN}|{ONGOING}|{UNSET}|{MONTH}|{WAS}|before|after|from|following|since|until|till|prior|not?|or|now"
    r"|cancel\w*|postpone\w*|complete\w*|start\w*|revise\w*)"
)
WELSH = "(?:ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)"

FLAGS = re.IGNORECASE | re.ASCII  # ASCII: no digits and letters of other scripts

Match: TypeAlias = re.Match[str]
_Found = TypeVar("_Found")


def matches(pattern: str, text: str) -> Match | None:
    return re.fullmatch(pattern, text, FLAGS)


def first_of(
    table: Iterable[tuple[str, Callable[[Match, DateReading], _Found | None]]], text: str, reading: DateReading
) -> _Found | None:
    """Return what the first row gives that matches the whole text and can make sense of it."""
    for pattern, read in table:
        match = matches(pattern, text)
        found = read(match, reading) if match else None
        if found is not None:
            return found
    return None


def pairs(text: str, separator: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(separator, text, FLAGS):
        yield text[: found.start()], text[found.end() :]
