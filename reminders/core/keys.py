"""The names by which the ledger knows a reminder and a notice: hashes, so that they hold no name and no wording."""

import hashlib
from collections.abc import Callable
from datetime import date

_DIGITS = 24


def notice_key(*, board: str, audience: str, kind: str, person: str, day: date | None) -> str:
    """Return the 24 hex digits that stand for one e-mail to one person on one local day.

    A fault told once for good has no day; its cause is part of `kind`.
    """
    return short_hash(_joined("notice", board, audience, kind, person, day.isoformat() if day else ""), _DIGITS)


def reminder_keys(*, board: str, audience: str, action: str, person: str, deadline: date) -> Callable[[int], str]:
    """Return what gives, for an offset, the 24 hex digits that stand for action x person x offset x deadline."""
    begun = hashlib.sha256(_joined("reminder", board, audience, action, person, deadline.isoformat(), "").encode())

    def key(offset: int) -> str:
        whole = begun.copy()
        whole.update(str(offset).encode())
        return whole.hexdigest()[:_DIGITS]

    return key


def short_hash(text: str, digits: int = 12) -> str:
    """Return the first hex digits of a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def _joined(*parts: str) -> str:
    return "\x1f".join(parts)  # the unit separator keeps ("ab", "c") and ("a", "bc") apart
