"""Standard output and standard error as they may be: closed, full, or of few letters."""

import codecs
import errno
import io
import os
import sys
from typing import TextIO

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
_ESCAPE = "reminders.escape"


def make_ready() -> None:
    """Let every text be written, whoever started us: where there is nothing to write to, and beyond its letters."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    codecs.register_error(_ESCAPE, _escape)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_ESCAPE)


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8", closefd=False)


def _escape(error: UnicodeError) -> tuple[str, int]:
    from json import dumps  # as \\u201c, so that what was JSON still is

    if not isinstance(error, UnicodeEncodeError):
        raise error
    return dumps(error.object[error.start : error.end])[1:-1], error.end


def why_unwritable(error: Exception) -> str | None:
    """Say what a person can do where a disk takes nothing more; None for any other error."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"cannot write ({error.strerror}); make room, or write elsewhere"
    return None


def let_go() -> None:
    """Drop what cannot be written, lest it is tried once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
