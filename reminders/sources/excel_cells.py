"""A cell's value and number format -> the text that a reader of the sheet sees."""

import math
import re
from datetime import date, datetime, time, timedelta

from reminders.core.words import full_date, month

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how Excel writes a control character
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])+', re.DOTALL)
_PIECE = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|([0#?][0#?,.]*)', re.DOTALL)
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', re.DOTALL)
_EXACT = 1e15  # whole numbers up to here are exact


def shown(value: object, number_format: str) -> str:
    """Return what Excel shows for a value; a date in words, without a day where its format shows none.

    So "Mar-15" is "March 2015", the month's end, though the cell holds the first of March.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    if isinstance(value, time):
        return _time(value, number_format)
    if isinstance(value, date):
        return _date(value, number_format)
    return _duration(value) if isinstance(value, timedelta) else _ESCAPED.sub(_character, str(value))


def _character(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return match[0] if "\ud800" <= character <= "\udfff" else character  # half a character is none


def _sections(number_format: str) -> list[str]:
    # For positive numbers; for negative ones; for nought; for text.
    return _SECTION.findall(number_format) or ["General"]


def _codes(section: str) -> str:
    return _NOT_SHOWN.sub("", section).casefold()


# Dates and times


def _date(value: date, number_format: str) -> str:
    codes = set(_codes(_sections(number_format)[0]))
    if "d" in codes:
        return full_date(value)
    if "m" in codes and ("y" in codes or not codes & {"h", "s"}):
        return month(value)
    if "y" in codes:
        return str(value.year)
    return f"{value:%H:%M}" if isinstance(value, datetime) else full_date(value)


def _time(value: time, number_format: str) -> str:
    # A formula that points at a blank cell shows day nought in a column of dates.
    shows_date = set(_codes(_sections(number_format)[0])) & {"d", "y"}
    return "0 January 1900" if shows_date and value == time() else f"{value:%H:%M}"


def _duration(value: timedelta) -> str:
    minutes = round(abs(value.total_seconds()) / 60)
    return f"{'-' if value < timedelta() else ''}{minutes // 60}:{minutes % 60:02}"


# Numbers


def _number(value: float, number_format: str) -> str:
    if not math.isfinite(value):
        return "#NUM!"
    section, signed = _section_for(value, _sections(number_format))
    codes = _codes(section)
    digits = _PIECE.search(codes)
    if digits is None or set(codes) & {"e", "/"}:  # General, 1.5E+03, 1 1/2
        return _general(value)
    filled = iter([_digits(abs(value) * (100 if "%" in codes else 1), digits[0])])
    text = _PIECE.sub(lambda piece: next(filled, "") if piece[3] else piece[1] or (piece[2] or ""), section)
    return f"-{text}" if signed else text


def _section_for(value: float, sections: list[str]) -> tuple[str, bool]:
    # And whether the minus is ours to write.
    if value < 0 and len(sections) > 1:
        return sections[1], False
    return sections[2] if value == 0 and len(sections) > 2 else sections[0], value < 0


def _digits(value: float, placeholders: str) -> str:
    whole, _, fraction = placeholders.partition(".")
    before, point, after = f"{value:{',' if ',' in whole else ''}.{len(fraction)}f}".partition(".")
    return before.zfill(whole.count("0")) + point + after


def _general(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < _EXACT else f"{value:.10g}"
