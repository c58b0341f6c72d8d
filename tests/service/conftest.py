from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from reminders.ledger.opening import open_ledger
from tests.builders import BOARD
from tests.service.builders import Board


@pytest.fixture
def a_board() -> Iterator[Callable[..., Board]]:
    """Build a board's service on a ledger in memory."""
    with ExitStack() as undo:

        def build(*rows, **rules) -> Board:
            board = Board(partial(open_ledger, Path(), None, board=BOARD, lock=False, scratch=True), *rows, **rules)
            undo.callback(board.close)
            return board

        yield build


@pytest.fixture
def a_kept_board(tmp_path) -> Iterator[Callable[..., Board]]:
    """Build a board's service on a ledger in a file, which outlives it."""
    with ExitStack() as undo:

        def build(*rows, **rules) -> Board:
            board = Board(partial(open_ledger, tmp_path / "state", None, board=BOARD, lock=True), *rows, **rules)
            undo.callback(board.close)
            return board

        yield build
