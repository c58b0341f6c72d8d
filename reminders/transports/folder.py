"""Mails become files in a folder, one `<key>.eml` each: for trials, rehearsals and a first look."""

import contextlib
import errno
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from reminders.core.message import FinishedMessage
from reminders.transports.base import Found, Health, Outcome, Scope, Transport, Verdict

_KEY = re.compile(r"[0-9a-f]{24}")
_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file stands where the folder should be",
    errno.ENOENT: "the folder has gone",
}


class FolderTransport(Transport):
    """Writes each mail whole or not at all; the file's name is the key, so nothing is ever written twice."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when the first mail comes."""
        self._folder = folder

    def send(self, message: FinishedMessage, key: str, before_transmit: Callable[[], bool]) -> Outcome:
        """Write the mail under a hidden name, ask `before_transmit`, and only then let it be seen."""
        target = self._file(key)
        try:
            if _exists(target):
                _sync(self._folder)  # whoever wrote it may have died before this
                return _accepted(target)
            _make_folder(self._folder)
            hidden = _write_hidden(self._folder, key, message.mime)
        except OSError as error:
            return self._later(error)
        try:
            if not before_transmit():
                return Outcome(Verdict.LATER, Scope.MESSAGE, "fence-lost", "another worker has this mail")
            return self._show(hidden, target)
        finally:
            _remove(hidden)

    def find(self, key: str) -> Found:
        """Look for the file; a folder that was never made holds nothing."""
        try:
            return Found.SENT if _exists(self._file(key)) else Found.ABSENT
        except OSError:
            return Found.CANNOT_TELL

    def check(self) -> Health:
        """Write a hidden file as a mail would be written, and take it away again."""
        try:
            _make_folder(self._folder)
            _remove(_write_hidden(self._folder, "check", b"check\r\n"))
            _sync(self._folder)
        except OSError as error:
            return Health(well=False, detail=_in_words(error, self._folder))
        return Health(well=True, detail=f"mails are written to {self._folder}")

    def close(self) -> None:
        """Nothing is held open."""

    def _file(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"a key is 24 hex digits in lower case, not {key!r}")
        return self._folder / f"{key}.eml"

    def _show(self, hidden: Path, target: Path) -> Outcome:
        try:
            hidden.rename(target)
        except OSError as error:
            return self._later(error)
        try:
            _sync(self._folder)
        except OSError as error:
            # The file is there, but whether it outlives a power cut nobody knows.
            return Outcome(Verdict.UNKNOWN, Scope.MESSAGE, _name(error), _in_words(error, self._folder))
        return _accepted(target)

    def _later(self, error: OSError) -> Outcome:
        return Outcome(Verdict.LATER, Scope.TRANSPORT, _name(error), _in_words(error, self._folder))


def _accepted(target: Path) -> Outcome:
    return Outcome(Verdict.ACCEPTED, Scope.MESSAGE, "written", f"written as {target.name}")


def _exists(file: Path) -> bool:
    # Path.exists says False where it was forbidden to look; then we must not claim to know.
    try:
        file.lstat()
    except FileNotFoundError:
        return False
    return True


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync(folder.parent)


def _write_hidden(folder: Path, key: str, content: bytes) -> Path:
    handle, path = tempfile.mkstemp(prefix=f".{key}.", suffix=".tmp", dir=folder)  # mode 0600
    hidden = Path(path)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        _remove(hidden)
        raise
    return hidden


def _remove(hidden: Path) -> None:
    # After a rename it is gone already; and a leftover that cannot go must not hide the outcome.
    with contextlib.suppress(OSError):
        hidden.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)


def _in_words(error: OSError, folder: Path) -> str:
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"cannot write to {folder}: {_whose(folder)}, and this service runs as uid {os.geteuid()}"
    return f"cannot write to {folder}: {_CAUSES.get(error.errno or 0, error.strerror or _name(error))}"


def _whose(folder: Path) -> str:
    for place in (folder, *folder.parents):
        with contextlib.suppress(OSError):
            status = place.stat()
            return f"{place} belongs to uid {status.st_uid} with mode {status.st_mode & 0o7777:04o}"
    return "it cannot be looked at"
