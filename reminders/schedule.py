"""When ticks happen and how they stop; the only module that knows APScheduler."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from types import FrameType

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from reminders.clock import real_clock
from reminders.status.health import Pulse, Ready, Why

logger = logging.getLogger(__name__)

HARD_END = 45.0  # seconds from the first signal: longer than any send may take
_WATCH = 1.0  # seconds between two looks of the watchdog, at most


class Stop:
    """Whether the service is to stop; waits are cut short when it is."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ask(self) -> None:
        """Ask everything to stop."""
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until a stop is asked; say whether it was."""
        return self._event.wait(seconds) if seconds > 0 else self._event.is_set()


@dataclass(slots=True)
class Keeper:
    """One board's ticks: does one, and says how it went; an exception ends the tick, never the service."""

    name: str
    tick: Callable[[], Ready]
    every: float
    pulse: Pulse
    misfired: Callable[[], None] = lambda: None  # told of each tick that came late or not at all
    busy: threading.Lock = field(default_factory=threading.Lock)
    ended: float = field(default_factory=time.monotonic)
    closed: bool = False

    def __call__(self) -> None:
        """Do one tick, unless the keeper is closed."""
        with self.busy:
            if self.closed:
                return  # handed to its thread just before the stop: the ledger may be shut by now
            try:
                self.pulse.report(self.tick())
            except Exception:
                logger.exception("the tick of %s failed", self.name, extra={"event": "tick-failed"})
                self.pulse.report(Ready(ready=False, why=Why.TICK_FAILED))
            finally:
                self.ended = time.monotonic()

    def close(self, seconds: float) -> bool:
        """Let no further tick begin; say whether the one in hand ended within so many seconds."""
        if not self.busy.acquire(timeout=seconds):
            return False
        self.closed = True
        self.busy.release()
        return True

    @property
    def look(self) -> float:
        """Return the seconds between two looks of the watchdog, such that no tick is later than two intervals."""
        return min(_WATCH, self.every / 2)

    @property
    def overslept(self) -> bool:
        """Say whether no tick came when one should have: the wall clock was set back, or the scheduler is dead."""
        return not self.busy.locked() and time.monotonic() - self.ended > self.every + self.look


def keep_time(keepers: Sequence[Keeper], stop: Stop, reread: Callable[[], None] = lambda: None) -> int:
    """Tick at once and then at each keeper's pace until a stop is asked; return the exit code.

    Signals are taken here: the first SIGTERM or SIGINT asks to stop, a second one ends the process with 1. SIGHUP calls
    `reread` and ticks at once.
    """
    hung_up = _take_signals(stop)
    scheduler = _scheduler(keepers)
    for keeper in keepers:
        scheduler.add_job(keeper, "interval", seconds=keeper.every, id=keeper.name, next_run_time=real_clock())
    scheduler.start()
    while not stop.wait(min(keeper.look for keeper in keepers)):
        if hung_up.is_set():
            hung_up.clear()
            reread()
            _tick_now(scheduler, keepers)
        _wake(scheduler, [keeper for keeper in keepers if keeper.overslept])
    return _shut_down(scheduler, keepers)


def _scheduler(keepers: Sequence[Keeper]) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(max(1, len(keepers)))},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    by_name = {keeper.name: keeper for keeper in keepers}

    def skipped(event: JobSubmissionEvent) -> None:
        by_name[event.job_id].misfired()  # the tick before it is still at work

    scheduler.add_listener(skipped, EVENT_JOB_MAX_INSTANCES)
    return scheduler


def _wake(scheduler: BackgroundScheduler, overslept: Sequence[Keeper]) -> None:
    for keeper in overslept:
        logger.warning(
            "no tick of %s came in time; was the clock set back? ticking now", keeper.name, extra={"event": "overslept"}
        )
        keeper.misfired()
    _tick_now(scheduler, overslept)


def _tick_now(scheduler: BackgroundScheduler, keepers: Sequence[Keeper]) -> None:
    for keeper in keepers:
        keeper.ended = time.monotonic()
        scheduler.modify_job(keeper.name, next_run_time=real_clock())


def _take_signals(stop: Stop) -> threading.Event:
    asked, hung_up = False, threading.Event()

    def take(number: int, _: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(1)  # asked twice: at once, whatever is in hand is left to its lease
        asked = True
        os.write(2, f"\n{signal.Signals(number).name}: finishing what is in hand\n".encode() if _terminal() else b"")
        stop.ask()

    signal.signal(signal.SIGTERM, take)
    signal.signal(signal.SIGINT, take)
    signal.signal(signal.SIGHUP, lambda *_: hung_up.set())
    return hung_up


def _terminal() -> bool:
    return os.isatty(2)


def _shut_down(scheduler: BackgroundScheduler, keepers: Sequence[Keeper]) -> int:
    for keeper in keepers:
        keeper.pulse.stop()
    scheduler.shutdown(wait=False)
    end = time.monotonic() + HARD_END
    for keeper in keepers:
        if not keeper.close(max(0.0, end - time.monotonic())):
            logger.error("a mail in hand did not finish in %.0f s; it is left to its lease", HARD_END)
            logging.shutdown()
            os._exit(1)  # the interpreter would wait for the stuck thread
    return 0
