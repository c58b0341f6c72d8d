from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from reminders.ledger.opening import open_ledger
from reminders.ledger.sql import SqlLedger
from tests.ledger.builders import BOARD

Opener = Callable[..., SqlLedger]

# Where a ledger is kept; whoever adds a place adds a line.
IN_MEMORY, IN_A_FILE, ON_A_SERVER = "in memory", "in a file", "in PostgreSQL"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


def _url(request: pytest.FixtureRequest, place: str) -> str | None:
    return request.getfixturevalue("database_url") if place == ON_A_SERVER else None


@pytest.fixture(params=[IN_MEMORY, IN_A_FILE, ON_A_SERVER])
def ledger(request, folder) -> Iterator[SqlLedger]:
    url = _url(request, request.param)
    opened = open_ledger(folder, url, board=BOARD, lock=False, scratch=request.param == IN_MEMORY)
    yield opened
    opened.close()


@pytest.fixture(params=[IN_A_FILE, ON_A_SERVER])
def place(request) -> str:
    """Where `opened` keeps what it opens; a test about files names the one it is about."""
    return str(request.param)


@pytest.fixture
def opened(request, folder, place) -> Iterator[Opener]:
    """Open the ledger of the state directory, as often as a test likes, as so many processes would."""
    url = _url(request, place)
    with ExitStack() as undo:

        def open_one(where: Path = folder, **options) -> SqlLedger:
            ledger: SqlLedger = open_ledger(where, url, **{"board": BOARD, "lock": False, **options})
            undo.callback(ledger.close)
            return ledger

        yield open_one
