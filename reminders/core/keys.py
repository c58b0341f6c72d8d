"""The names by which the ledger knows a reminder and a notice: hashes, so that they hold no name and no wording."""

import hashlib
from datetime import date


def notice_key(*, board: str, audience: str, kind: str, person: str, day: date | None) -> str:
    """Return the 24 hex digits that stand for one e-mail to one person on one local day.

    A fault told once for good has no day; its cause is part of `kind`.
    """
    return _digest("notice", board, audience, kind, person, day.isoformat() if day else "")


def reminder_key(*, board: str, audience: str, action: str, person: str, deadline: date, offset: int) -> str:
    """Return the 24 hex digits that stand for action x person x offset x deadline."""
    return _digest("reminder", board, audience, action, person, deadline.isoformat(), str(offset))


def short_hash(text: str, digits: int = 12) -> str:
    """Return the first hex digits of a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def _digest(*parts: str) -> str:
    # The unit separator keeps ("ab", "c") and ("a", "bc") apart.
    return short_hash("\x1f".join(parts), 24)
