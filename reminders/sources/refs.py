"""Refs of a plan: what looks like one, which theme it speaks of, and where it stands when no column is its own."""

import re
from collections.abc import Sequence
from dataclasses import replace

from reminders.core.plan import WrittenRow

_REF = re.compile(r"\D{0,12}\d[\d\s.()/-]*\(?[a-z]?\)?", re.IGNORECASE)
_THEME = re.compile(r"(\d{1,4})[.\-)]")
_BEFORE_ACTION = re.compile(
    r"(\d{1,3}(?:\.\d{1,3})+\.?[a-z]?|\d{1,3}[a-z]?(?=[.):]))[.):]* (?=\S)(.+)",
    re.IGNORECASE,
)
_NEARLY_ALL = 0.8


def is_ref(text: str) -> bool:
    """Say whether a text looks like a ref: "1.1", "1.1a", "Rec 3", "2(b)"."""
    return _REF.fullmatch(text) is not None


def theme_of(ref: str | None) -> int | None:
    """Return the number of the theme that a ref such as "2.3" speaks of."""
    match = _THEME.match(ref or "")
    return int(match.group(1)) if match else None


def with_refs(themes: Sequence[Sequence[WrittenRow]]) -> list[list[WrittenRow]]:
    """Return rows with the refs that stand before their actions ("1.1a Agree it"), where nearly all do so."""
    actions = [row.action for rows in themes for row in rows if row.action]
    numbered = sum(_BEFORE_ACTION.fullmatch(action) is not None for action in actions)
    meant = numbered > 0 and numbered >= len(actions) * _NEARLY_ALL
    return [[_with_ref(row) if meant else row for row in rows] for rows in themes]


def _with_ref(row: WrittenRow) -> WrittenRow:
    match = _BEFORE_ACTION.fullmatch(row.action or "")
    return replace(row, ref=match[1].rstrip("."), action=match[2]) if match else row
