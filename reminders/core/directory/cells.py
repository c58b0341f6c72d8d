"""A Lead cell -> the names in it, as far as they part into known ones in one way."""

import re
from collections.abc import Callable, Iterator, Sequence

from reminders.core.directory.names import names_nobody
from reminders.core.directory.values import Lead

_WORD = re.compile(r"[,;/+&\u2022]|[^\s,;/+&\u2022]+")
_BETWEEN = re.compile(r"[,;/+&\u2022]|and|[-\u2013\u2014]|\(?[a-z]\)|\(?\d{1,2}[.)]", re.IGNORECASE)
_SURE_BETWEEN = re.compile(r"[/;\u2022]+|(?:^|(?<=\s))(?:\(?[a-z]\)|\(?\d{1,2}[.)])(?=\s)", re.IGNORECASE)
_LONGEST_NAME, _LONGEST_CELL = 12, 60  # words

_Way = tuple[int, int, tuple[Lead, ...]]  # names in it, ways that are as short, the leads
_NO_WAY: _Way = (0, 0, ())


def parted(cell: str, known: Callable[[str], Lead | None]) -> tuple[Lead, ...] | None:
    """Return the leads of a cell that consists of known names alone, whatever stands between them.

    The longest names are taken; None where two ways are as good, or where anything else stands in the cell.
    """
    words = [match.span() for match in _WORD.finditer(cell)]
    if len(words) > _LONGEST_CELL:
        return None
    ways: list[_Way] = [(0, 1, ())]  # of parting what stands after each word, from the last one back
    for place in reversed(range(len(words))):
        ways.insert(0, _best(list(_steps(cell, words[place:], ways, known))))
    _, count, leads = ways[0]
    return leads if count == 1 and leads else None


def _steps(
    cell: str, words: Sequence[tuple[int, int]], after: Sequence[_Way], known: Callable[[str], Lead | None]
) -> Iterator[_Way]:
    if _is_between(cell, words[0]):
        yield after[0]
        return
    for last, (names, count, leads) in zip(words[:_LONGEST_NAME], after, strict=False):
        if not count or _is_between(cell, last):
            continue
        text = cell[words[0][0] : last[1]]
        if lead := known(text):
            yield names + 1, count, (lead, *leads)
        elif names_nobody(text):
            yield names, count, leads


def _best(found: Sequence[_Way]) -> _Way:
    possible = [way for way in found if way[1]]
    fewest = min((names for names, _, _ in possible), default=0)
    best = [way for way in possible if way[0] == fewest]
    return (fewest, sum(count for _, count, _ in best), best[0][2]) if best else _NO_WAY


def _is_between(cell: str, word: tuple[int, int]) -> bool:
    return _BETWEEN.fullmatch(cell, *word) is not None


def words_between(cell: str) -> tuple[str, ...]:
    """Return what stands between anything that may part two names."""
    found = [""]
    for word in _WORD.findall(cell):
        if _BETWEEN.fullmatch(word):
            found.append("")
        else:
            found[-1] = f"{found[-1]} {word}".strip()
    return tuple(filter(None, found))


def pieces(cell: str) -> Iterator[str]:
    """Yield what stands between the marks that no name holds: slashes, semicolons, bullets and numbers of a list."""
    for piece in _SURE_BETWEEN.split(cell):
        if piece.strip():
            yield piece.strip()
