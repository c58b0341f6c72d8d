"""The log: JSON lines for machines, readable lines on a terminal; no plan text and no address in either."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

# What may stand in a line besides the message; all else that libraries attach to a record is left out.
_FIELDS = (
    *("event", "board", "entry", "key", "kind", "verdict", "code", "transport"),
    *("version", "revision", "python", "mode", "ledger", "timezone", "local_time", "tick_seconds", "plan_sha256"),
    *("rows", "next_mail", "next_tick"),
)
# Lines at each tick, or the address of a request, which names a mailbox.
_QUIET = {
    "apscheduler": logging.ERROR,
    "exchangelib": logging.WARNING,
    "msal": logging.WARNING,
    "urllib3": logging.WARNING,
    "waitress": logging.WARNING,
    "waitress.queue": logging.ERROR,
}

_written = json.JSONEncoder(ensure_ascii=False).encode

_Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Lines(logging.Formatter):
    """For a terminal: the time of day, the level, the message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def formatException(self, ei: _Fault) -> str:  # noqa: N802 - logging's own name
        """Return where it went wrong, without the words of the exception."""
        return _trace(ei[1])


class JsonLines(logging.Formatter):
    """One event a line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "msg": record.getMessage(),
        }
        line |= {name: value for name in _FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            line["traceback"] = _trace(record.exc_info[1])
        return _written(line)


def _trace(error: BaseException | None) -> str:
    """Write the way to an error and its type; its words may quote a plan or a directory, so they are left out."""
    parts: list[str] = []
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.insert(0, f"{frames}{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(parts)


def set_up_log(level: str, form: str, stream: TextIO) -> None:
    """Log to a stream: as `form` says, or for `auto` as JSON where stdout is no terminal."""
    handler = logging.StreamHandler(stream)
    as_json = form == "json" or (form == "auto" and not sys.stdout.isatty())
    handler.setFormatter(JsonLines() if as_json else Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
