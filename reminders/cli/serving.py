"""`serve`: the service that keeps time, with its endpoints, until a signal comes."""

import argparse
import logging
import platform
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from reminders import cli
from reminders.cli import reports
from reminders.cli.boards import Board, the_boards
from reminders.cli.exits import SETTINGS, Exit
from reminders.cli.logs import set_up_log
from reminders.cli.running import the_ledger, where
from reminders.ledger.base import LedgerFault, LedgerUnreachable
from reminders.schedule import Keeper, Stop, keep_time
from reminders.service.tick import Service
from reminders.service.values import TickResult
from reminders.status.health import Pulse, Ready
from reminders.status.heartbeat import call
from reminders.status.page import listen, make_app, serve_pages
from reminders.wiring import Running, build_service

logger = logging.getLogger(__name__)

ADDRESS_FILE = "status.address"


def serve(args: argparse.Namespace) -> int:
    """Keep time until a signal comes; no plan and no mail server do not end it, they show in /readyz."""
    boards = the_boards(args)
    log = boards[0].settings.log
    set_up_log(log.level, log.format, sys.stdout)
    stop = Stop()
    with ExitStack() as open_things:
        keepers = [_keeper(board, stop, open_things) for board in boards]
        open_things.enter_context(_pages(boards, [keeper.pulse for keeper in keepers]))
        code = keep_time(keepers, stop)
    logger.info("Stopped; nothing is left half done.", extra={"event": "stopped"})
    return code


def _keeper(board: Board, stop: Stop, open_things: ExitStack) -> Keeper:
    settings = board.settings
    pulse = Pulse(settings.tick)

    def start() -> Service:
        ledger = open_things.enter_context(the_ledger(board))
        running = Running(board.clock(), stop.wait, pulse.beat, judge_clock=board.as_of is None)
        service = build_service(settings, ledger, running)
        open_things.callback(service.way.transport.close)
        return service

    teller = _Teller(board, start)
    teller.begin()
    _say_start(board)
    return Keeper(board.name, teller, settings.tick, pulse)


def _say_start(board: Board) -> None:
    settings = board.settings
    logger.info(
        "reminders %s on Python %s: %s, ledger %s, mails to %s, a tick each %g s, time zone %s (now %s)",
        cli.version(),
        platform.python_version(),
        settings.board,
        "PostgreSQL" if settings.ledger.url else "SQLite",
        where(board),
        settings.tick,
        settings.timezone,
        f"{board.now().astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}",
        extra={"event": "start"},
    )


class _Teller:
    """Does a board's ticks and logs what is new about each."""

    def __init__(self, board: Board, start: Callable[[], Service]) -> None:
        self._board = board
        self._start = start
        self._service: Service | None = None
        self._said: dict[str, tuple[str, ...]] = {}

    def begin(self) -> None:
        """Open the ledger; a database that does not answer yet is asked again each tick."""
        with suppress(LedgerUnreachable):
            self._service = self._start()

    def __call__(self) -> Ready:
        """Do one tick and say whether the service could do its work."""
        try:
            self._service = self._service or self._start()
            result = self._service.tick()
            self._tell(result, self._service)
        except LedgerFault as fault:
            self._once("ledger-fault", [str(fault)], logging.ERROR)
            return Ready(ready=False, why="the ledger cannot be used, see the log")
        self._once("ledger-fault", ["The ledger can be used again."] if self._said.get("ledger-fault") else [])
        ready = _ready(result)
        if ready.ready:
            self._call_heartbeat()
        return ready

    def _call_heartbeat(self) -> None:
        url = self._board.settings.heartbeat_url
        trouble = call(url) if url else None
        self._once(
            "heartbeat", [f"The heartbeat_url was called in vain: {trouble}"] if trouble else [], logging.WARNING
        )

    def _tell(self, result: TickResult, service: Service) -> None:
        self._once("plan-read", [reports.what_was_read(result)])
        self._once("fault", reports.what_is_wrong(result), logging.WARNING)
        if service.rules.paused:
            self._once("paused", [reports.what_would_go(result)])
        if result.settled:
            logger.info("%s", reports.what_was_done(result, where(self._board)), extra={"event": "sent"})
        self._once("waiting", reports.what_waits(result))
        self._tell_what_comes(result, service)

    def _tell_what_comes(self, result: TickResult, service: Service) -> None:
        rules, every = service.rules, self._board.settings.tick
        comes = reports.what_comes(service.next_mail(result), rules)
        then = rules.local(result.now) + timedelta(seconds=every)
        if self._news("next", (comes,)):
            logger.info("%s", comes, extra={"event": "next", "board": self._board.name})
            ticks = "The next tick comes at %s, and then every %g seconds."
            logger.info(ticks, f"{then:%H:%M:%S}", every, extra={"event": "next-tick"})

    def _once(self, event: str, lines: Iterable[str], level: int = logging.INFO) -> None:
        now = tuple(lines)
        if self._news(event, now):
            for line in now:
                logger.log(level, "%s", line, extra={"event": event, "board": self._board.name})

    def _news(self, event: str, lines: tuple[str, ...]) -> bool:
        # The same sentences each minute would drown what is new.
        new = lines != self._said.get(event)
        self._said[event] = lines
        return new


def _ready(result: TickResult) -> Ready:
    if result.refusal:
        return Ready(ready=False, why="nothing is sent, see the log")
    if result.plan.plan is None or not result.plan.usable:
        return Ready(ready=False, why="no plan to work from")
    return Ready(ready=result.transport_fault is None, why="the mail server does not take mail")


@contextmanager
def _pages(boards: Sequence[Board], pulses: Sequence[Pulse]) -> Iterator[None]:
    listener = _listener(boards[0])
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    files = [board.settings.state_dir / ADDRESS_FILE for board in boards]
    for file in files:
        file.write_text(f"{shown}\n", encoding="ascii")
    logger.info("Health: http://%s/healthz", shown, extra={"event": "listening"})
    close = serve_pages(make_app(pulses), listener)
    try:
        yield
    finally:
        close()
        _remove(files)


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink()


def _listener(board: Board) -> socket.socket:
    status = board.settings.status
    try:
        return listen(status.host, status.port)
    except OSError as error:
        if status.set_by_person:
            message = f"status.address: read '{status.host}:{status.port}', which cannot be used ({error.strerror})"
            raise Exit(SETTINGS, f"{message}; write an address of this machine with a free port") from error
        logger.info("Port %d is taken; taking another", status.port, extra={"event": "port-taken"})
        return listen(status.host, 0)
