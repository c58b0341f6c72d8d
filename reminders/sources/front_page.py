"""The lines above the first table -> the plan's title and its priorities."""

import re
from collections.abc import Sequence

from reminders.sources.theme_headings import BULLET, NUMBERED, heading, sure_heading

_FRONT_MATTER = re.compile(r"(version|introduction|foreword|contents|table of contents)\b", re.IGNORECASE)
_LONGEST_TITLE = 4  # lines


def title_of(front: Sequence[str]) -> str:
    """Return the plan's title in one line."""
    lines = " ".join(_in_sentence(line) for line in title_lines(front))
    return re.sub(" [\u2013\u2014] ", " - ", lines) or "Business plan"


def title_lines(front: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of the title.

    Those above "Version 3" or "Introduction"; without such a line, up to one that speaks of a plan, or the first.
    """
    lines: list[str] = []
    for line in front[: _LONGEST_TITLE + 1]:
        if _FRONT_MATTER.match(line) or line in lines:
            return tuple(lines)
        if heading(line, "") is None or sure_heading(line, "") or "priorit" in line.casefold():
            break
        lines.append(line)
    plans = [place for place, line in enumerate(lines, start=1) if re.search(r"\bplan\b", line, re.IGNORECASE)]
    return tuple(lines[: max(plans, default=1)])


def _in_sentence(line: str) -> str:
    return " ".join(_word(word) for word in line.split()) if line.isupper() else line


def _word(word: str) -> str:
    small = word.casefold()
    if small in {"and", "for", "of", "the"}:
        return small
    return word.capitalize() if re.search("[aeiou]", small) else word  # LSCB stays, having no vowel


def priorities_of(front: Sequence[str]) -> tuple[str, ...]:
    """Return the items of the list of priorities: "- 1. Early help" and on, below a line that speaks of priorities."""
    found: list[str] = []
    announced = False
    for line in front:
        announces = heading(line, "") is not None or line.endswith(":")
        announced = announced or (announces and "priorit" in line.casefold())
        match = NUMBERED.fullmatch(BULLET.sub("", line))
        if announced and match and int(match.group(1)) == len(found) + 1:
            found.append(match.group(2))
    return tuple(found)
