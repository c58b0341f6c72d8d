"""`once`: one tick of the live service."""

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reminders.cli import exits, reports
from reminders.cli.boards import Board, the_boards
from reminders.cli.logs import set_up_log
from reminders.ledger.base import Ledger
from reminders.ledger.opening import open_ledger
from reminders.service.tick import Service
from reminders.service.values import TickResult
from reminders.wiring import Running, build_service, ledger_url, outbox_of


def once(args: argparse.Namespace) -> int:
    """Do one tick for each board and say what it did; a fault in one keeps no other from its tick."""
    return exits.gravest([_guarded(board) for board in the_boards(args)])


def _guarded(board: Board) -> int:
    log = board.settings.log
    set_up_log(log.level, log.format, sys.stderr)
    try:
        return _tick(board)
    except Exception as error:
        code = exits.code_for(error)
        if code is None:
            raise
        sys.stderr.write(f"{board.name}: {error}\n")
        return code


def _tick(board: Board) -> int:
    with the_ledger(board) as ledger:
        running = Running(board.clock(), _no_stop, judge_clock=board.as_of is None)
        service = build_service(board.settings, ledger, running)
        try:
            result = service.tick()
        finally:
            service.way.transport.close()
        _print_result(service, result, board)
    return reports.exit_code(result)


@contextmanager
def the_ledger(board: Board) -> Iterator[Ledger]:
    """Open the board's ledger for sending; it is this process's alone as long as it is open."""
    settings = board.settings
    ledger = open_ledger(
        settings.state_dir,
        ledger_url(settings),
        board=settings.board,
        lock=True,
        run_migrations=settings.ledger.run_migrations,
    )
    try:
        yield ledger
    finally:
        ledger.close()


def _no_stop(seconds: float) -> bool:
    return threading.Event().wait(seconds) if seconds > 0 else False


def _print_result(service: Service, result: TickResult, board: Board) -> None:
    lines = [reports.what_was_read(result), *reports.what_is_wrong(result)]
    done = reports.what_would_go(result) if service.rules.paused else reports.what_was_done(result, where(board))
    lines += [done, *reports.what_waits(result)]
    if not result.settled:
        lines.append(reports.what_comes(service.next_mail(result), service.rules))
    sys.stdout.write("\n".join(lines) + "\n")


def where(board: Board) -> str:
    """Say where mails go, without an address."""
    mail = board.settings.mail
    if mail.transport == "folder":
        return _shown(outbox_of(board.settings))
    return f"the mail server, by {mail.transport}" + (" (all to redirect_to)" if mail.redirect_to else "")


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
