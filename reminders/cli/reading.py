"""Plan and directory as a command finds them, beside a running service: read, judged, nothing kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from reminders.cli.boards import Board
from reminders.cli.exits import NO_PLAN, Exit
from reminders.core.directory import Directory
from reminders.ledger.base import Ledger
from reminders.ledger.opening import open_ledger
from reminders.service.readings import Judgement, directory_in_force, judge
from reminders.service.values import Rules
from reminders.sources.files import whole
from reminders.wiring import ledger_url, look_at_directory, look_at_plan, rules_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What a command works from."""

    rules: Rules
    directory: Directory
    directory_trouble: str | None  # why the last good one had to be used
    judgement: Judgement


@contextmanager
def ledger_beside(board: Board) -> Iterator[Ledger | None]:
    """Open the board's ledger for looking, or None where there is none yet; nothing is created or locked."""
    settings = board.settings
    ledger = open_ledger(settings.state_dir, ledger_url(settings), board=settings.board, lock=False, create=False)
    try:
        yield ledger
    finally:
        if ledger:
            ledger.close()


def read_all(board: Board, ledger: Ledger | None) -> Reading:
    """Return plan and directory as they stand, or the last good directory; raises Exit with 65 where there is none."""
    rules = rules_of(board.settings, judge_clock=False)
    look = look_at_directory(board.settings.directory)()
    found = directory_in_force(look, ledger, board.now(), remember=False)
    if found.directory is None:
        raise Exit(NO_PLAN, "\n".join(look.mistakes))
    good = ledger.good_reading("plan") if ledger else None
    plan_look = look_at_plan(
        board.settings.plan,
        whole((board.settings.plan,), lambda seconds: Event().wait(seconds)),
        lambda sha256: good is not None and good.sha256 == sha256,
    )
    judgement = judge(plan_look(), found.directory, rules, ledger)
    return Reading(rules, found.directory, found.trouble, judgement)
