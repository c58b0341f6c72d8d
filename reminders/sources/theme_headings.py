"""A line above a table -> the theme it names, if it names one."""

import re
from dataclasses import dataclass

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015"
BULLET = re.compile(rf"\A[*+\u2022\u00b7\u25aa\uf0b7{re.escape(DASHES)}] ?")
NUMBERED = re.compile(r"(\d{1,3})[.)] (.+)")
_SURE = re.compile(
    r"(?:strategic )?(?:theme|priority|objective|aim|goal) (\d{1,3})\b(?!\.\d)(.*)",
    re.IGNORECASE,
)
_SENTENCE = (".", ";", ",")
_SENTENCE_END = (*_SENTENCE, ":")
_LONGEST = 150  # characters
_LEGEND = re.compile(
    r"(?:(?:colour|rag|brag|bragg|status|progress) )*(?:(?:key|legend)(?: (?:to|for|of) .{1,40})?"
    r"|abbreviations?(?: used)?|glossary(?: of terms)?|(?:version|document) (?:control|history))",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:(?:responsible |strategic |joint )?(?:leads?|owners?|officers?)|author|chair|contact|date|version|status"
    r"|(?:last )?updated|(?:prepared|approved|agreed|monitored) by)\b[^:]{0,20}: ?.+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What may be the name of the next table; a sure one says so itself ("Theme 3 - ...")."""

    where: str
    text: str
    title: str | None
    number: int | None
    sure: bool


def heading(text: str, where: str) -> Heading | None:
    """Return the heading that a line may be; None for a sentence, an item of a list, a label or a legend."""
    sure = sure_heading(text, where)
    no_heading = text.endswith(_SENTENCE_END) or BULLET.match(text) or _LABEL.fullmatch(text) or is_legend(text)
    if sure or len(text) > _LONGEST or no_heading:
        return sure
    return loose_heading(text, where)


def sure_heading(text: str, where: str) -> Heading | None:
    """Return the heading of a line that says itself that it is one."""
    match = _SURE.fullmatch(text.rstrip(": "))
    if match is None or len(text) > _LONGEST or text.endswith(_SENTENCE):
        return None
    title = match.group(2).strip(f" :.{DASHES}")
    return Heading(where, text, title or None, int(match.group(1)) or None, sure=True)


def loose_heading(text: str, where: str) -> Heading:
    """Return the heading that a line is if it stands where one should."""
    match = NUMBERED.fullmatch(text)
    title, number = (match.group(2), int(match.group(1)) or None) if match else (text, None)
    return Heading(where, text, title, number, sure=False)


def is_legend(text: str) -> bool:
    """Say whether a line stands above the key of the plan's colours or another list beside it."""
    return _LEGEND.fullmatch(text.rstrip(": ")) is not None
