"""What outlives a lost ledger: a file with the ledger's id, and a journal of every mail that was sent."""

import json
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp
from threading import Lock
from typing import Any

from reminders.ledger.base import Entry
from reminders.ledger.state_dir import open_file, sync_dir, unwritable

logger = logging.getLogger(__name__)

IDENTITY = "ledger.id"
JOURNAL = "sent.journal"


@dataclass(frozen=True, slots=True)
class SentNotice:
    """One line of the journal."""

    key: str
    audience: str
    reminders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the journal: in which of the files that stood there, and after how many of its lines."""

    file: int = 0
    lines: int = 0


class Journal:
    """An append-only file of one JSON line for every mail a server took; it is read once, and then only its new end."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is made with the first mail."""
        self._path = path
        self._notices: dict[str, SentNotice] = {}
        self._keys: list[str] = []  # in the order of the lines
        self._file = 1
        self._read_to = 0
        self._named = False  # whether its name in the directory is surely on disk
        self._lock = Lock()

    def append(self, entry: Entry, now: datetime) -> None:
        """Put a sent mail on disk before anything else is done; a torn last line is left behind, on a line alone."""
        keys = [each.key for each in entry.new.reminders]
        at = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        line = json.dumps({"key": entry.key, "audience": entry.new.audience, "reminders": keys, "at": at})
        handle = open_file(self._path, os.O_RDWR | os.O_APPEND)
        try:
            with self._lock:
                self._put(handle, line.encode() + b"\n", SentNotice(entry.key, entry.new.audience, tuple(keys)))
        except OSError as error:
            raise unwritable(self._path, error) from error
        finally:
            os.close(handle)
        if not self._named:
            sync_dir(self._path.parent)
            self._named = True

    def _put(self, handle: int, line: bytes, notice: SentNotice) -> None:
        begun = os.fstat(handle).st_size
        _write(handle, line)
        ended = os.fstat(handle).st_size
        if begun == self._read_to and ended == begun + len(line):  # nobody else wrote: what it says is known
            self._take_in(ended, [notice])

    def notices(self) -> Mapping[str, SentNotice]:
        """Return every mail it names, by the notice's key; what is read later joins them."""
        with self._lock:
            self._look()
            return self._notices

    def after(self, mark: Mark) -> tuple[Sequence[str], Mark]:
        """Return the keys of the lines after a mark, of all where another file stands there now; and the new mark."""
        with self._lock:
            self._look()
            start = mark.lines if mark.file == self._file else 0
            return self._keys[start:], Mark(self._file, len(self._keys))

    def past(self, mark: Mark, key: str) -> Mark:
        """Return the mark after the line of this key, where that is the only one after the mark; else the mark."""
        with self._lock:
            alone = mark.file == self._file and self._keys[mark.lines :] == [key]
            return Mark(mark.file, mark.lines + 1) if alone else mark

    def _look(self) -> None:
        try:
            self._read_on()
        except FileNotFoundError:
            self._begin_anew()
        except OSError as error:
            raise unwritable(self._path, error) from error

    def _read_on(self) -> None:
        size = self._path.stat().st_size
        if size == self._read_to:
            return
        if size < self._read_to:  # somebody put another file in its place
            self._begin_anew()
        with self._path.open("rb") as file:
            file.seek(self._read_to)
            whole, _, _ = file.read().rpartition(b"\n")  # what follows is torn, or being written at this moment
        if whole:
            new = [notice for line in whole.splitlines() if (notice := _notice(line))]
            self._take_in(self._read_to + len(whole) + 1, new)

    def _take_in(self, read_to: int, new: Iterable[SentNotice]) -> None:
        self._read_to = read_to
        for notice in new:
            self._notices[notice.key] = notice
            self._keys.append(notice.key)

    def _begin_anew(self) -> None:
        if self._read_to:
            self._notices, self._keys, self._file, self._read_to = {}, [], self._file + 1, 0


def _write(handle: int, line: bytes) -> None:
    size = os.fstat(handle).st_size
    torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
    left = (b"\n" if torn else b"") + line
    while left:
        left = left[os.write(handle, left) :]
    os.fsync(handle)


def _notice(line: bytes) -> SentNotice | None:
    try:
        read: dict[str, Any] = json.loads(line)
        return SentNotice(str(read["key"]), str(read["audience"]), tuple(map(str, read["reminders"])))
    except (ValueError, KeyError, TypeError):
        if line.strip():
            logger.warning("the journal of sent mails has a torn line", extra={"event": "journal-torn"})
        return None


_Version = tuple[int, int, int, int]


def _version(path: Path) -> _Version:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


class Witness:
    """The id file and the journal of one state directory."""

    def __init__(self, folder: Path) -> None:
        """Name the files; nothing is read or made yet."""
        self.folder = folder
        self.journal = Journal(folder / JOURNAL)
        self._read: tuple[_Version, str] | None = None

    @property
    def path(self) -> Path:
        """Return the file with the ledger's id."""
        return self.folder / IDENTITY

    def identity(self) -> str | None:
        """Return the id of the ledger that was here last, or None where there never was one."""
        try:
            version = _version(self.path)
            if self._read is None or self._read[0] != version:
                self._read = version, self.path.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unwritable(self.path, error) from error
        return self._read[1]

    def testify(self, ledger_id: str) -> None:
        """Write the ledger's id, whole or not at all, whoever else may be writing it."""
        try:
            handle, name = mkstemp(prefix=f".{IDENTITY}.", dir=self.folder)  # mode 0600
        except OSError as error:
            raise unwritable(self.path, error) from error
        hidden = Path(name)
        try:
            _write(handle, ledger_id.encode() + b"\n")
            hidden.rename(self.path)
            sync_dir(self.folder)
        except OSError as error:
            raise unwritable(self.path, error) from error
        finally:
            os.close(handle)
            hidden.unlink(missing_ok=True)
