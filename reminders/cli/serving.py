"""`serve`: the service that keeps time, with its endpoints, until a signal comes."""

import argparse
import logging
import os
import platform
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from reminders.cli import exits, release
from reminders.cli.boards import Board, the_boards
from reminders.cli.exits import SETTINGS, Exit
from reminders.cli.logs import set_up_log
from reminders.cli.measures import mode_of
from reminders.cli.running import the_ledger, where
from reminders.cli.telling import Teller
from reminders.ledger.base import Ledger
from reminders.metrics import BoardMetrics, Metrics
from reminders.schedule import Keeper, Stop, keep_time
from reminders.service.tick import Service
from reminders.settings import SettingsError
from reminders.sources.base import Unreadable
from reminders.sources.files import read_bytes, sha256
from reminders.status.health import Pulse
from reminders.status.page import listen, make_app, serve_pages
from reminders.status.pages import add_pages
from reminders.status.values import PageBoard
from reminders.wiring import Running, build_service

logger = logging.getLogger(__name__)

ADDRESS_FILE = "status.address"
AT_RESTART = ("board", "state_dir", "ledger", "tick", "status", "log")  # what a re-reading of the settings leaves alone


def serve(args: argparse.Namespace) -> int:
    """Keep time until a signal comes; no plan and no mail server do not end it, they show in /readyz."""
    boards = the_boards(args)
    log = boards[0].settings.log
    set_up_log(log.level, log.format, sys.stdout)
    try:
        return _serve(args, boards)
    except Exception as error:
        code = exits.code_for(error)
        if code is None:
            logger.exception("a mistake of ours ended the service", extra={"event": "failed"})
            return exits.UNSENT
        logger.error("%s", error, extra={"event": "refused"})  # noqa: TRY400 - a person's to mend, not a bug
        return code


def _serve(args: argparse.Namespace, boards: Sequence[Board]) -> int:
    stop = Stop()
    metrics = Metrics(release.version(), release.revision(), platform.python_version())
    with ExitStack() as open_things:
        sittings = [_Sitting(board, metrics, stop, open_things) for board in boards]
        open_things.enter_context(_pages(boards, [each.page for each in sittings], metrics))
        code = keep_time([each.keeper for each in sittings], stop, lambda: _reread(args, sittings))
    logger.info("Stopped; nothing is left half done.", extra={"event": "stopped"})
    return code


class _Sitting:
    """What of a board outlasts new settings: its clock, its ledger, its signs of life."""

    def __init__(self, board: Board, metrics: Metrics, stop: Stop, open_things: ExitStack) -> None:
        self.settings = board.settings
        self._metrics = metrics
        self._stop = stop
        self._open_things = open_things
        self._clock = board.clock()
        self._pulse = Pulse(board.settings.tick)
        self._ledger: Ledger | None = None
        _say_start(board)
        self.told = self._told_of(board)
        self._teller = Teller(board, self.told, self._start)
        self._teller.begin()
        self.keeper = Keeper(board.name, self._teller, board.settings.tick, self._pulse, self.told.misfired)
        self.page = PageBoard(board.name, self._pulse, lambda: self._teller.seen)

    def renew(self, board: Board) -> None:
        """Go by other settings from the next tick on."""
        self.settings = board.settings
        self.told = self._told_of(board)
        self._teller.renew(board, self.told)

    def _told_of(self, board: Board) -> BoardMetrics:
        settings = board.settings
        told = BoardMetrics(self._metrics, board.name, settings.mail.transport, mode_of(settings))
        told.settings_loaded(well=True)
        return told

    def _start(self, board: Board, told: BoardMetrics) -> Service:
        if self._ledger is None:
            self._ledger = self._open_things.enter_context(the_ledger(board))
        judge_clock = board.as_of is None
        running = Running(self._clock, self._stop.wait, self._pulse.beat, judge_clock=judge_clock, took=told.sent_in)
        service = build_service(board.settings, self._ledger, running)
        self._open_things.callback(service.way.transport.close)
        return service


def _reread(args: argparse.Namespace, sittings: Sequence[_Sitting]) -> None:
    """Put the settings as they are now in force; where they cannot be, those from before stay."""
    try:
        boards = the_boards(args)
        _refuse_what_needs_a_restart(boards, sittings)
    except (SettingsError, Exit) as mistakes:
        logger.error("The settings from before stay in force: %s", mistakes, extra={"event": "settings-refused"})  # noqa: TRY400 - a person's to mend
        for sitting in sittings:
            sitting.told.settings_loaded(well=False)
        return
    for board, sitting in zip(boards, sittings, strict=True):
        sitting.renew(board)
    logger.info("The settings were read again; they are in force from the next tick on.", extra={"event": "settings"})


def _refuse_what_needs_a_restart(boards: Sequence[Board], sittings: Sequence[_Sitting]) -> None:
    if len(boards) != len(sittings):
        raise Exit(SETTINGS, f"there are {len(boards)} boards now, and there were {len(sittings)}; restart the service")
    for board, sitting in zip(boards, sittings, strict=True):
        changed = [name for name in AT_RESTART if getattr(board.settings, name) != getattr(sitting.settings, name)]
        if changed:
            raise Exit(SETTINGS, f"{board.name}: a change of {' and '.join(changed)} needs a restart of the service")


def _say_start(board: Board) -> None:
    settings = board.settings
    about = {
        "version": release.version(),
        "revision": release.revision() or "unknown",
        "python": platform.python_version(),
        "mode": mode_of(settings),
        "ledger": "PostgreSQL" if settings.ledger.url else "SQLite",
        "transport": settings.mail.transport,
        "timezone": settings.timezone,
        "local_time": f"{board.now().astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}",
        "tick_seconds": f"{settings.tick:g}",
        "plan_sha256": _hash_of(settings.plan),
    }
    line = (
        f"reminders {about['version']} (revision {about['revision']}) on Python {about['python']}: {board.name}, "
        f"{about['mode']}, ledger {about['ledger']}, mails to {where(board)}, plan {about['plan_sha256']}, "
        f"a tick each {about['tick_seconds']} s, time zone {about['timezone']} (now {about['local_time']})"
    )
    logger.info("%s", line, extra={"event": "start", "board": board.name, **about})
    if os.environ.get("TZ", settings.timezone) != settings.timezone:
        logger.info(
            "TZ says otherwise; the board's times go by the setting timezone: %s",
            settings.timezone,
            extra={"event": "time-zone"},
        )


def _hash_of(plan: Path) -> str:
    try:
        return sha256(read_bytes(plan))[:12]
    except Unreadable:
        return "unreadable"


@contextmanager
def _pages(boards: Sequence[Board], pages: Sequence[PageBoard], metrics: Metrics) -> Iterator[None]:
    listener = _listener(boards[0])
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    files = [board.settings.state_dir / ADDRESS_FILE for board in boards]
    for file in files:
        file.write_text(f"{shown}\n", encoding="ascii")
    logger.info("Status page: http://%s/ (health: /healthz)", shown, extra={"event": "listening"})
    app = make_app([page.pulse for page in pages], metrics.exposition)
    add_pages(app, pages, boards[0].settings.status.token, host)
    close = serve_pages(app, listener)
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
