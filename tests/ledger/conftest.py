from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from reminders.ledger.opening import open_ledger
from reminders.ledger.sql import SqlLedger
from tests.ledger.builders import BOARD

Opener = Callable[..., SqlLedger]

# How each kind of ledger is opened; whoever adds one adds a line.
KINDS = {
    "in memory": {"scratch": True},
    "in a file": {"scratch": False},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def ledger(request, folder) -> Iterator[SqlLedger]:
    opened = open_ledger(folder, None, board=BOARD, lock=False, **request.param)
    yield opened
    opened.close()


@pytest.fixture
def opened(folder) -> Iterator[Opener]:
    """Open the ledger in the state directory, as often as a test likes, as so many processes would."""
    with ExitStack() as undo:

        def open_one(where: Path = folder, **options) -> SqlLedger:
            ledger: SqlLedger = open_ledger(where, None, **{"board": BOARD, "lock": False, **options})
            undo.callback(ledger.close)
            return ledger

        yield open_one
