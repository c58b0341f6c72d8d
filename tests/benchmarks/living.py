"""A live service in this very process, as `serve` builds it, on a clock of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from reminders.cli.arguments import parse
from reminders.cli.boards import the_board
from reminders.cli.running import the_ledger
from reminders.service.tick import Service
from reminders.wiring import Running, build_service

LONDON = ZoneInfo("Europe/London")


@contextmanager
def a_service(config: Path, state: Path, moment: str) -> Iterator[Service]:
    """Build the service of a board at this moment; its clock stands still."""
    words = ["once", "--config", str(config), "--state", str(state), "--as-of", moment]
    board = the_board(parse(words, lambda: ""))
    with the_ledger(board) as ledger:
        yield build_service(board.settings, ledger, Running(board.now, lambda _: False, judge_clock=False))
