"""A copy of an SQLite ledger, whole and consistent, made beside a running service."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote

from reminders.ledger.base import LedgerUnwritable
from reminders.ledger.recovery import COPY
from reminders.ledger.sqlite import damaged, sqlite_fault
from reminders.ledger.state_dir import sync_dir, unwritable
from reminders.ledger.tables import EVERY_BOARD

_MARK = "INSERT OR REPLACE INTO meta (board, name, value) VALUES (?, ?, ?)"


def back_up(ledger: Path, copy: Path, today: date) -> None:
    """Copy a ledger into one new file for its owner alone, look it through, and put it on disk before this returns.

    The copy is marked as one: put in the ledger's place, it sends nothing until `adopt`. Raises LedgerUnwritable for a
    file that is there already or cannot be written, and LedgerRefused for a ledger that is damaged.
    """
    _make_new(copy)
    try:
        with _faults_in_words(ledger):
            _copy(ledger, copy, today)
        _sync(copy)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


def _make_new(copy: Path) -> None:
    try:
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise LedgerUnwritable(f"{copy} is there already and is left as it is; name a new file") from None
    except OSError as error:
        raise unwritable(copy, error) from error


def _copy(ledger: Path, copy: Path, today: date) -> None:
    source = sqlite3.connect(f"file:{quote(str(ledger))}?mode=rw", uri=True)
    with closing(source), closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE").close()  # one file, without a log beside it
        target.execute(_MARK, (EVERY_BOARD, COPY, today.isoformat()))
        target.commit()
        (verdict,) = target.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(str(ledger), str(verdict))


@contextmanager
def _faults_in_words(ledger: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise sqlite_fault(error, f"the copy of {ledger}") from None


def _sync(copy: Path) -> None:
    try:
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        sync_dir(copy.absolute().parent)
    except OSError as error:
        raise unwritable(copy, error) from error
