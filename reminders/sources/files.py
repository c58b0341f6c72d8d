"""Files as bytes: found, small enough and whole; and the reader that each one's name asks for."""

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from reminders.core.directory import Directory
from reminders.core.plan import WrittenPlan
from reminders.sources.base import MAX_BYTES, MayPass, Unreadable, did_you_mean
from reminders.sources.people import read_directory

Reader = Callable[[bytes, str], WrittenPlan]
Bytes = Callable[[Path], bytes]

# Each reader's module is imported when a plan asks for it: some need libraries that take their time.
_READERS: dict[str, tuple[str, str]] = {
    ".yaml": ("plan_yaml", "read"),
    ".yml": ("plan_yaml", "read"),
    ".docx": ("word", "read_word"),
    ".xlsx": ("excel", "read_excel"),
    ".csv": ("delimited", "read_csv"),
    ".tsv": ("delimited", "read_tsv"),
    ".txt": ("text", "read_text"),
    ".md": ("text", "read_markdown"),
}
_BETWEEN_LOOKS = 0.5  # seconds
_LOCK_FILES = ("~$", ".~lock.")  # Word's and Excel's, LibreOffice's


@dataclass(frozen=True, slots=True)
class Look:
    """A file at one moment; two equal looks mean that nobody is writing it."""

    path: Path
    sha256: str
    size: int
    mtime_ns: int


def sha256(data: bytes) -> str:
    """Return the hash by which a reading is known and accepted."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return what a file holds.

    Raises MayPass where it is missing or closed to us, Unreadable where it is no file or larger than `limit`.
    """
    return _read(path, limit)[1]


def whole(paths: Collection[Path], pause: Callable[[float], object]) -> Bytes:
    """Return how to read one of these files once two looks half a second apart agree; `pause` waits.

    One wait does for all of them. Reading raises MayPass where the looks differ: a copy under way reads like a plan
    that shrank.
    """
    looks: dict[Path, Look] = {}  # from before the wait for another file

    def read(path: Path) -> bytes:
        first, (second, data) = looks.pop(path, None), _look(path)
        if first != second:
            looks.update(_looks(each for each in paths if each != path))
            pause(_BETWEEN_LOOKS)
            first, (second, data) = second, _look(path)
        if first != second:
            raise MayPass(f"{path.absolute()}: is being written at this moment; it is looked at again shortly")
        return data

    return read


def read_plan(path: Path, read: Bytes = read_bytes) -> tuple[str, WrittenPlan]:
    """Return a plan file's hash and the plan, read as its ending says; `read` may wait for the file to be whole."""
    if path.name.startswith(_LOCK_FILES):
        raise Unreadable(f"{path.name}: is the lock file of an open document, not the plan; name the document itself")
    named = _READERS.get(path.suffix.casefold())
    if named is None:
        ending = f"ends in {path.suffix}" if path.suffix else "has no ending"
        *most, last = _READERS
        raise Unreadable(f"{path.name}: {ending}; a plan is read from a file ending in {', '.join(most)} or {last}")
    module, function = named
    reader: Reader = getattr(import_module(f"reminders.sources.{module}"), function)
    data = read(path)
    return sha256(data), reader(data, path.name)


def read_directory_file(path: Path, read: Bytes = read_bytes) -> tuple[str, Directory]:
    """Return a directory file's hash and the directory."""
    data = read(path)
    return sha256(data), read_directory(data, path.name)


def _looks(paths: Iterable[Path]) -> Iterator[tuple[Path, Look]]:
    for path in paths:
        with suppress(Unreadable):
            yield path, _look(path)[0]


def _look(path: Path) -> tuple[Look, bytes]:
    facts, data = _read(path, MAX_BYTES)
    return Look(path, sha256(data), facts.st_size, facts.st_mtime_ns), data


def _read(path: Path, limit: int) -> tuple[os.stat_result, bytes]:
    try:
        if not path.is_dir() and not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(f"{path.absolute()}: is a device or a pipe; name a file")  # reading one may never end
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            data = file.read(limit + 1)
    except OSError as error:
        raise MayPass(_in_words(path.absolute(), error)) from error
    if len(data) > limit:
        raise Unreadable(
            f"{path.absolute()}: holds {facts.st_size:,} bytes; at most {limit:,} are read. Shorten or split it"
        )
    return facts, data


def _in_words(path: Path, error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return f"{path}: is a folder; name the file in it"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return _missing(path)
    if isinstance(error, PermissionError):
        return _closed(path)
    return f"{path}: cannot be read ({error.strerror}); check the disk or the share it lies on"


def _missing(path: Path) -> str:
    if not path.parent.is_dir():
        return f"{path}: there is no folder {path.parent}; create it, or correct the path"
    try:
        hint = did_you_mean(path.name, sorted(each.name for each in path.parent.iterdir()))
    except OSError:
        hint = ""
    return f"{path}: there is no such file{hint}; put it there, or correct the path"


def _closed(path: Path) -> str:
    # The file itself, or the first folder on the way that does not let us through.
    seen = next((each for each in (path, *path.parents) if _facts(each)), path)
    facts = _facts(seen)
    rights = f"{seen} belongs to user {facts.st_uid} with mode {stat.S_IMODE(facts.st_mode):04o}, and " if facts else ""
    return f"{path}: may not be read: {rights}this runs as user {os.geteuid()}; give that user the right to read it"


def _facts(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
