"""The values a board may write: times, dates, addresses, colours; each with the words that mend a wrong one."""

import ipaddress
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from reminders.settings.kinds import Kind, UnfitError, converted, list_of, scalar, show_list

T = TypeVar("T")
Number = TypeVar("Number", int, float)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
READABLE_CONTRAST = 4.5  # WCAG 2, level AA, for text of any size
LONGEST_CLOSURE = 366
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}\.)+{_LABEL}"
_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"


class Listen(NamedTuple):
    """Where the status page listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def matching(pattern: str, wanted: str, convert: Callable[[str], T], show: Callable[[T], str] = str) -> Kind[T]:
    """Make a kind of texts of one form; `convert` may still raise ValueError."""

    def parse(text: str) -> T:
        if re.fullmatch(pattern, text, re.ASCII) is None:
            raise ValueError
        return convert(text)

    return scalar(wanted, parse, show)


def whole(least: int, most: int) -> Kind[int]:
    """Make a kind of whole numbers."""

    def convert(text: str) -> int:
        return _within(int(text), least, most)

    return matching(r"[+-]?\d{1,9}", f"a whole number from {least} to {most}", convert)


def seconds(least: float, most: float, wanted: str) -> Kind[float]:
    """Make a kind of lengths of time."""

    def convert(text: str) -> float:
        return _within(float(text), least, most)

    return matching(r"\d{1,9}(\.\d{1,9})?", wanted, convert, "{:g}".format)


def line(most: int = 200) -> Kind[str]:
    """Make a kind of texts of one line, their inner spaces made plain ones."""

    def parse(text: str) -> str:
        plain = " ".join(text.split())
        if not plain or len(plain) > most or not plain.isprintable():
            raise ValueError
        return plain

    return scalar(f"one line of at most {most} letters, without invisible characters", parse)


def _within(value: Number, least: float, most: float) -> Number:
    if not least <= value <= most:
        raise ValueError
    return value


def _paragraph(text: str) -> str:
    lines = [part.rstrip() for part in text.splitlines()]
    if not text or len(text) > 1000 or not all(part.isprintable() for part in lines):
        raise ValueError
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return text.replace("\n", " / ")


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("true", "false", "yes", "no"):
        raise ValueError
    return text.lower() in ("true", "yes")


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _days(text: str) -> tuple[date, date]:
    first, last = (date.fromisoformat(part) for part in re.split(r"\s+to\s+", text))
    if last < first:
        raise UnfitError("the earlier date first")
    return first, last


def _closure(text: str) -> tuple[date, date]:
    first, last = _days(text) if "to" in text else (date.fromisoformat(text),) * 2
    if (last - first).days >= LONGEST_CLOSURE:
        raise UnfitError("a closure of at most a year")
    return first, last


def _every_day(closures: tuple[tuple[date, date], ...]) -> tuple[date, ...]:
    days = {first + timedelta(days) for first, last in closures for days in range((last - first).days + 1)}
    return tuple(sorted(days))


def _weekday(text: str) -> int:
    return WEEKDAYS.index(text.lower())


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (LookupError, OSError, ValueError) as error:
        near = get_close_matches(text, available_timezones(), 1)
        raise UnfitError(f"a time zone such as {near[0] if near else 'Europe/London'}") from error
    return text


def _address(text: str) -> str:
    if len(text) > 254 or text.index("@") > 64:
        raise ValueError
    return text


def is_address(text: str) -> bool:
    """Say whether a text is one e-mail address, as settings have them."""
    return re.fullmatch(_ADDRESS, text, re.ASCII) is not None


def _host(text: str) -> str:
    if ":" in text:
        return str(ipaddress.IPv6Address(text))
    if re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", text) is None:
        raise ValueError
    return text


def _listen(text: str) -> Listen:
    host, _, port = text.rpartition(":")
    return Listen(_host(host.strip("[]")), _within(int(port), 0, 65535))


def _path(text: str) -> Path:
    if not text or not text.isprintable():
        raise ValueError
    return Path(text)


def _colour(text: str) -> str:
    contrast = contrast_with_white(text)
    if contrast < READABLE_CONTRAST:
        raise UnfitError(
            f"a darker colour: white text on it has a contrast of {contrast:.1f}, and needs {READABLE_CONTRAST}"
        )
    return text.lower()


def contrast_with_white(colour: str) -> float:
    """Return the contrast of white text on a colour #rrggbb, as WCAG 2 counts it."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    luminance = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


def _url(text: str, *schemes: str) -> SplitResult:
    parts = urlsplit(text)
    if parts.scheme not in schemes or not text.isprintable() or " " in text:
        raise ValueError
    if parts.password is not None or re.search(r"password=", parts.query, re.IGNORECASE):
        raise UnfitError("it without the password, which has a setting of its own")
    _ = parts.port  # raises where it is no port
    return parts


def _web_url(text: str) -> str:
    if not _url(text, "http", "https").hostname:
        raise ValueError
    return text


def _ledger_url(text: str) -> str:
    _url(text, "postgresql", "postgresql+psycopg")
    return text


def _masked(text: str) -> str:
    without_user = re.sub(r"(?s)[^/]*@", "***@", text)
    return re.sub(r"(?is)(password=)[^&]*", r"\1***", without_user)


def _in_order(offsets: tuple[int, ...]) -> tuple[int, ...]:
    twice = sorted({offset for offset in offsets if offsets.count(offset) > 1})
    if twice:
        raise UnfitError(f"read {', '.join(map(str, twice))} twice; write each day once")
    return tuple(sorted(offsets))


def _show_period(period: tuple[date, date]) -> str:
    return f"{period[0]} to {period[1]}"


_A_DATE = "a date such as 2015-03-31"
_ISO = r"\d{4}-\d{2}-\d{2}"
LINE = line()
PARAGRAPH = scalar("a text of at most 1000 letters, without invisible characters", _paragraph, _one_line)
YES_OR_NO = scalar("true or false", _yes_or_no, lambda value: "true" if value else "false")
TIME = matching(r"\d{1,2}:\d{2}", "a time of day such as 08:00", _time, lambda value: f"{value:%H:%M}")
DATE = matching(_ISO, _A_DATE, date.fromisoformat)
PERIOD = matching(rf"{_ISO}\s+to\s+{_ISO}", "two dates such as 2015-04-01 to 2017-03-31", _days, _show_period)
WEEKDAY = scalar(f"{', '.join(WEEKDAYS[:-1])} or {WEEKDAYS[-1]}", _weekday, WEEKDAYS.__getitem__)
ZONE = scalar("a time zone such as Europe/London", _zone)
_ADDRESS = rf"{_LOCAL_PART}@{_DOMAIN}"
ADDRESS = matching(_ADDRESS, "one e-mail address such as m.evans@westberks.example", _address)
DOMAIN = matching(_DOMAIN, "a domain such as westberks.example", str.lower)
HOST = scalar("the name of a server such as mail.westberks.example, without a port", _host)
PORT = whole(1, 65535)
LISTEN = matching(
    r"(\[[0-9A-Fa-f:.]+\]|[^:\s\[\]]+):\d{1,5}", "an address and port such as 127.0.0.1:8080 or [::1]:8080", _listen
)
PATH = scalar("the path of a file or folder", _path)
COLOUR = matching(r"#[0-9A-Fa-f]{6}", "a colour such as #17406d", _colour)
SENDER_NAME = matching(r"[ -~]{1,60}", "at most 60 plain letters, without accents", str)
COUNTRY = matching(r"[A-Za-z]{2,3}", "the letters of a country, such as GB", str.upper)
SUBDIVISION = matching(r"[A-Za-z0-9 -]{1,40}", "a part of the country, such as ENG", str)
WEB_URL = scalar("an address such as https://example.org/", _web_url, echo=_masked)
LEDGER_URL = scalar("null, or a database such as postgresql://reminders@db/reminders", _ledger_url, echo=_masked)
OFFSETS = converted(list_of(whole(-365, 365), "[-7, 0, 7]"), _in_order, show_list)
CLOSURES = converted(
    list_of(
        matching(rf"{_ISO}(\s+to\s+{_ISO})?", f"{_A_DATE}, or two such as 2015-12-24 to 2015-12-31", _closure), "[]"
    ),
    _every_day,
    show_list,
)
