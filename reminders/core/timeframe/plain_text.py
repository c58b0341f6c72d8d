"""From the cell as somebody typed it to plain text: one kind of hyphen, quote and blank."""

import unicodedata

from reminders.core.timeframe.doubts import LONGEST, CannotTellError

# As escapes, since half of them look alike on a screen.
_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc\uff07"
_SLASHES = "\u2044\u2215\uff0f"
_HYPHENS = "\u2212\u2043"  # minus and hyphen bullet; hyphens and dashes proper are known by their category
_FOOTNOTE_MARKS = "*\u2020\u2021\u00b9\u00b2\u00b3"


def tidy(wording: str) -> str:
    """Return the wording as typed on a plain keyboard, without footnote marks and full stop at its end."""
    if len(wording) > LONGEST:
        raise CannotTellError(f"it is longer than {LONGEST} characters")
    return " ".join("".join(map(plain, wording)).split()).rstrip(f" .{_FOOTNOTE_MARKS}")


def plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # soft hyphens, zero-width characters, marks of direction
        return ""
    if category == "Pd" or character in _HYPHENS:
        return "-"
    return "'" if character in _QUOTES else "/" if character in _SLASHES else character
