"""One tick under a shifted clock on any ledger: what `once` does, which keeps a shifted clock on SQLite.

It can stop itself (SIGSTOP) once it has claimed its first mail, as a machine does that is suspended there; and it can
be careless with the disk, so that the proof of power loss has something to see.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from reminders.cli import reports
from reminders.clock import shifted_clock
from reminders.core.message import FinishedMessage
from reminders.ledger import sqlite
from reminders.ledger.opening import open_ledger
from reminders.settings import load_settings
from reminders.transports.base import Found, Health, Outcome, Transport
from reminders.wiring import Running, build_service
from tests.fakes import LONDON


class Suspended(Transport):
    """Stops this process before its first mail leaves."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._stopped = False
        self.name = transport.name

    def send(self, message: FinishedMessage, key: str, before_transmit: Callable[[], bool]) -> Outcome:
        if not self._stopped:
            self._stopped = True
            os.kill(os.getpid(), signal.SIGSTOP)
        return self._transport.send(message, key, before_transmit)

    def find(self, key: str) -> Found:
        return self._transport.find(key)

    def check(self) -> Health:
        return self._transport.check()

    def close(self) -> None:
        self._transport.close()


def main(arguments: Sequence[str]) -> int:
    asked = _asked(arguments)
    settings = load_settings(Path(asked.config), {}, flags={"state_dir": asked.state})
    clock = shifted_clock(datetime.fromisoformat(asked.as_of).replace(tzinfo=LONDON))
    if asked.careless:
        sqlite._ON_OPENING = ("PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON")
        sqlite.SQLITE = replace(sqlite.SQLITE, as_usual=())
    ledger = open_ledger(Path(asked.state), asked.ledger, board=settings.board, lock=True)
    try:
        service = build_service(settings, ledger, Running(clock, _no_stop, judge_clock=False))
        if asked.suspend:
            service = replace(service, way=replace(service.way, transport=Suspended(service.way.transport)))
        result = service.tick()
        service.way.transport.close()
    finally:
        ledger.close()
    return reports.exit_code(result)


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--config", "--state", "--as-of"):
        parser.add_argument(name, required=True)
    parser.add_argument("--ledger", help="the URL of a PostgreSQL ledger")
    parser.add_argument("--suspend", action="store_true")
    parser.add_argument("--careless", action="store_true", help="SQLite with synchronous NORMAL")
    return parser.parse_args(arguments)


def _no_stop(seconds: float) -> bool:
    return threading.Event().wait(seconds) if seconds > 0 else False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
