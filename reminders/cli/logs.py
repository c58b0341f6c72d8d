"""The log: JSON lines for machines, readable lines on a terminal; no plan text and no address in either."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

_FIELDS = ("event", "board", "entry", "verdict", "code", "next_tick")


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
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up_log(level: str, form: str, stream: TextIO) -> None:
    """Log to a stream: as `form` says, or for `auto` as JSON where stdout is no terminal."""
    handler = logging.StreamHandler(stream)
    as_json = form == "json" or (form == "auto" and not sys.stdout.isatty())
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonLines() if as_json else plain)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
