"""What templates write with, besides what Jinja2 brings: dates and counts in words, lines, bars and links."""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from reminders.core import words

WIDTH = 72  # columns of the text part
_BAR = 96  # pixels of a whole bar
_GAP = 2  # pixels between its parts
_SEEN = 4  # pixels of the smallest part
_KEPT = 256  # texts; the mails of one day say much alike
# What stays on one line: "30 January 2015", "10 days", "M Evans".
_FIRM = re.compile(r" (?:(?<=\d )(?=[A-Z][a-z]|days?\b)|(?<=[a-z] )(?=\d{4}\b)|(?<=\b[A-Z] )(?=[A-Z][a-z]))")


@lru_cache(maxsize=_KEPT, typed=True)  # what is escaped already is never mistaken for what is not
def firm(text: str) -> str:
    """Keep dates, numbers of days and names with an initial on one line."""
    return _FIRM.sub("\u00a0", text)


def wrap(text: str, indent: str = "", first: str | None = None) -> str:
    """Break a text into lines of the text part."""
    line = " ".join(text.split())
    opening = indent if first is None else first
    if line and len(opening) + len(line) <= WIDTH:
        return f"{opening}{line}"
    return _broken(line, opening, indent)


@lru_cache(maxsize=_KEPT)
def _broken(line: str, opening: str, indent: str) -> str:
    lines = textwrap.wrap(firm(line), WIDTH, initial_indent=opening, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(lines).replace("\u00a0", " ")


def rule(text: str) -> str:
    """Return the rule beneath a heading of the text part."""
    return "-" * max(map(len, wrap(text).split("\n")))


def bar(blank: int, total: int) -> tuple[int, int]:
    """Return the pixels of a bar that are blank and recorded; a part that is not nothing can be seen."""
    if blank in {0, total}:
        return (_BAR, 0) if blank else (0, _BAR)
    first = min(max(round(_BAR * blank / total), _SEEN), _BAR - _GAP - _SEEN)
    return first, _BAR - _GAP - first


def joined(mails: Iterable[Any], most: int = 60) -> str:
    """Write who hears of what, from mails sent or planned: "M Evans (2.3, 3.1); L Finch (3.1)"."""
    told = [mail.told for mail in mails]
    more = [f"{words.number(len(told) - most)} more"] if len(told) > most else []
    return "; ".join([*told[:most], *more])


def reply_link(address: str, subject: str, lines: Iterable[str]) -> str:
    """Return the mailto link that answers a mail, with a line for each action."""
    body = "\r\n".join(f"{line}: " for line in lines)
    return f"mailto:{quote(address, safe='@')}?subject={quote(f'Re: {subject}', safe='')}&body={quote(body, safe='')}"


def runs(rows: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
    """Gather neighbours of one day and one result: what the table of mails sent shows on one line."""
    ordered = list(rows)
    cuts = [at + 1 for at, (one, two) in enumerate(pairwise(ordered)) if (one.day, one.result) != (two.day, two.result)]
    bounds = [0, *cuts, len(ordered)]
    return [(ordered[start], ordered[start:end]) for start, end in pairwise(bounds) if start < end]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "number": words.number,
    "counted": words.counted,
    "plural": words.plural,
    "sentence": words.sentence,
    "listed": words.listed,
    "full_date": words.full_date,
    "weekday_date": words.weekday_date,
    "weekday": words.weekday,
    "month": words.month,
    "short_month": words.short_month,
    "day_month": words.day_month,
    "cut": words.cut,
    "firm": firm,
    "wrap": wrap,
    "rule": rule,
    "bar": bar,
    "joined": joined,
    "reply_link": reply_link,
    "runs": runs,
}
