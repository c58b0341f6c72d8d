"""The state directory: made for us alone, on a local disk, held by one process, and never written to in the dark."""

import errno
import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from reminders.ledger.base import LedgerBusy, LedgerRefused, LedgerUnwritable

LOCK = "service.lock"
_MOUNTINFO = Path("/proc/self/mountinfo")
# On these SQLite's locks lie and its WAL is silently corrupted.
_NETWORK = re.compile(
    r"(nfs|cifs|smb|ncp|afs|ceph|lustre|gpfs|beegfs|glusterfs|ocfs|gfs|davfs|fuse\.(sshfs|s3|goofys|rclone|glusterfs|ceph|"
    r"davfs|gvfsd|moosefs|juicefs|curlftpfs|smbnetfs))"
)
RESERVE = 1 << 20  # bytes that must be free before a mail leaves, so that what becomes of it can be recorded
_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file stands where the folder should be",
}


def make_state_dir(folder: Path) -> None:
    """Make the directory for its owner alone where there is none; one that is there is left as it is."""
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_dir(folder.parent)
    except OSError as error:
        raise unwritable(folder, error) from error
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
        raise unwritable(folder, OSError(errno.EROFS if read_only else errno.EACCES, ""))


def open_file(path: Path, flags: int) -> int:
    """Open a file of the state directory for its owner alone; return its descriptor."""
    try:
        return os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(path, error) from error


def sync_dir(folder: Path) -> None:
    """Make the names in a directory outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(path: Path, error: OSError) -> LedgerUnwritable:
    """Say why a path cannot be written, and what a person needs to know to mend it."""
    if error.errno in {errno.EACCES, errno.EPERM}:
        return LedgerUnwritable(f"cannot write to {path}: {_whose(path)}, and this service runs as uid {os.geteuid()}")
    return LedgerUnwritable(f"cannot write to {path}: {_CAUSES.get(error.errno or 0, error.strerror or str(error))}")


def _whose(path: Path) -> str:
    for place in (path, *path.parents):
        with suppress(OSError):
            status = place.stat()
            return f"{place} belongs to uid {status.st_uid} with mode {status.st_mode & 0o7777:04o}"
    return "it cannot be looked at"


def keep_reserve(folder: Path, reserve: int = RESERVE) -> None:
    """Refuse to go on where the disk has too little room left to record what becomes of a mail."""
    try:
        disk = os.statvfs(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    free = disk.f_bavail * disk.f_frsize
    if disk.f_blocks and free < reserve:  # some file systems do not count
        raise LedgerUnwritable(
            f"the disk of {folder} has {free // 1024} kB left, and at least {reserve // 1024} kB are needed; make room"
        )


class Lock:
    """An exclusive lock on a state directory: it frees itself however its process ends, which a pid file does not."""

    def __init__(self, folder: Path) -> None:
        """Take it, or raise LedgerBusy."""
        self._file = os.fdopen(open_file(folder / LOCK, os.O_RDWR), "rb")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.release()
            raise _not_locked(folder, error) from error

    def release(self) -> None:
        """Let the next process in."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _not_locked(folder: Path, error: OSError) -> Exception:
    if error.errno in {errno.EAGAIN, errno.EACCES}:
        return LedgerBusy(
            f"another process holds the ledger in {folder}; stop it first, or give this one a directory of its own "
            "with --state (several processes can share a PostgreSQL ledger)"
        )
    return unwritable(folder / LOCK, error)


# Where the directory lies.


def refuse_network_drive(folder: Path, mountinfo: str | None = None) -> None:
    """Refuse an SQLite ledger on a network drive; `mountinfo` is what Linux says of its mounts."""
    if mountinfo is None:
        mountinfo = _mounts()
    kind = file_system_of(folder.resolve(), mountinfo)
    if kind and _NETWORK.match(kind):
        raise LedgerRefused(
            f"{folder} lies on a network drive ({kind}), where SQLite loses what it wrote; "
            "put state_dir on a local disk, or keep the ledger in PostgreSQL (ledger.url)"
        )


def _mounts() -> str:
    try:
        return _MOUNTINFO.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""  # not Linux, or hidden from us


def file_system_of(path: Path, mountinfo: str) -> str | None:
    """Return the type of the file system a path lies on, as /proc/self/mountinfo has it, or None."""
    best, kind = -1, None
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, types = before.split(" "), after.split(" ")
        if len(fields) < 5 or not types[0]:
            continue
        point = Path(_unescaped(fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= best:  # of two on one point, the later covers the earlier
            best, kind = len(point.parts), types[0]
    return kind


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
