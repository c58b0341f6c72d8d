"""How the service is doing, as its threads tell and its pages show."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_LEAST_PATIENCE = 60.0  # seconds without a sign of life before anybody worries


class Why(StrEnum):
    """What keeps a service from its work; docs/hosting.md says of each what to do."""

    STARTING = "starting"
    STOPPING = "stopping"
    NOTHING_IS_SENT = "nothing is sent, see the log"
    NO_PLAN = "no plan to work from"
    NO_MAIL_SERVER = "the mail server does not take mail"
    NO_LEDGER = "the ledger cannot be used, see the log"
    TICK_FAILED = "the last tick failed, see the log"


@dataclass(frozen=True, slots=True)
class Ready:
    """Whether the service could do its work now, and if not, why."""

    ready: bool
    why: str = ""


class Pulse:
    """One board's signs of life on the monotonic clock, so that a changed wall clock does not look like death."""

    def __init__(self, tick: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._patience = max(3 * tick, _LEAST_PATIENCE)
        self._lock = threading.Lock()
        self._last = monotonic()
        self._ready = Ready(ready=False, why=Why.STARTING)
        self._stopping = False

    def beat(self) -> None:
        """Say that something moved: a tick, or a mail."""
        with self._lock:
            self._last = self._monotonic()

    def report(self, ready: Ready) -> None:
        """Say how the last tick left things."""
        with self._lock:
            self._ready = ready
            self._last = self._monotonic()

    def stop(self) -> None:
        """Say that the service is going down."""
        with self._lock:
            self._stopping = True

    @property
    def silent_for(self) -> float:
        """Return the seconds since anything moved."""
        with self._lock:
            return self._monotonic() - self._last

    @property
    def alive(self) -> bool:
        """Say whether something moved lately."""
        return self.silent_for <= self._patience

    @property
    def ready(self) -> Ready:
        """Say whether the service could do its work now."""
        with self._lock:
            return Ready(ready=False, why=Why.STOPPING) if self._stopping else self._ready
