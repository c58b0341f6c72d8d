"""The folder a command writes pages into: empty, or one of its own that it clears first."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reminders.cli.exits import UNWRITABLE, USAGE, Exit


def make_room(out: Path, page: str, suffixes: Collection[str]) -> None:
    """Make the folder, or clear it of earlier files with these suffixes where `page` shows that they are ours.

    Raises Exit with 64 for a folder that holds something else, and with 73 for one that cannot be written.
    """
    with _told_in_words(out):
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = list(out.iterdir())
    if there and not (out / page).is_file():
        raise Exit(USAGE, f"--out: {out} holds something else; name an empty folder, or one with our {page}")
    with _told_in_words(out):
        for old in there:
            if old.suffix in suffixes:
                old.unlink()


def write_files(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files, by name, into the folder; raises Exit with 73 where that cannot be done."""
    with _told_in_words(out):
        for name, content in files.items():
            (out / name).write_bytes(content)


@contextmanager
def _told_in_words(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Exit(UNWRITABLE, f"--out: {out} cannot be written ({error.strerror})") from error
