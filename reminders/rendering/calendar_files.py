"""Calendars as files in a folder that a web server may publish; whose file is whose is told by what is in them."""

import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from reminders.rendering.calendar import Calendar, calendar_text, emptied, identity_of

_NOT_IN_FILE_NAMES = re.compile(r"[^a-z0-9]+")


def write_calendars(
    calendars: Iterable[Calendar],
    folder: Path,
    now: datetime,
    unguessable: Callable[[], str] = lambda: secrets.token_hex(8),
) -> None:
    """Bring a folder's calendar files up to date; a file that says the same is not touched.

    A new file's name ends in 16 hex digits that nobody can guess and is kept from then on; a deleted file comes back
    under another name. Who has no deadline left keeps an empty file. Files of others are left alone. Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = {calendar.identity: calendar for calendar in calendars}
    there = _files(folder)
    for path, text, identity in there:
        calendar = wanted.get(identity)
        _replace(path, text, calendar_text(calendar, text, now) if calendar else emptied(text))
    for missing in wanted.keys() - {identity for _, _, identity in there}:
        calendar = wanted[missing]
        _replace(folder / f"{_slug(calendar.name)}-{unguessable()}.ics", "", calendar_text(calendar, "", now))


def _files(folder: Path) -> list[tuple[Path, str, str]]:
    files = [(path, path.read_bytes().decode(errors="replace")) for path in sorted(folder.glob("*.ics"))]
    return [(path, text, identity) for path, text in files if (identity := identity_of(text))]


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_FILE_NAMES.sub("-", plain).strip("-")[:40] or "lead"


def _replace(path: Path, before: str, after: str) -> None:
    if before == after:
        return
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(after.encode())
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
