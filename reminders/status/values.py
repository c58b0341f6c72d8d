"""What the pages are given: each board with its signs of life, and what its last tick left to look at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from reminders.core.directory import Directory
from reminders.core.plan import Plan
from reminders.ledger.base import Ledger
from reminders.rehearsal import RehearsedMail
from reminders.service.tick import Service
from reminders.service.values import DirectoryLook, Draw, PlanLook, Rules, TickResult
from reminders.status.health import Pulse

# Every mail between two days, of this plan (None: the file's) and directory; on a ledger of its own, to nobody.
Rehearse = Callable[[PlanLook | None, DirectoryLook, date, date], Iterable[RehearsedMail]]


@dataclass(frozen=True, slots=True)
class AfterTick:
    """What the last tick left: the service that did it, and what it found and did."""

    service: Service
    result: TickResult
    next_mail: datetime | None
    every: float  # seconds from one tick to the next
    rehearse: Rehearse
    draw: Draw  # the pages' own: the service draws in another thread

    @property
    def rules(self) -> Rules:
        """Return what the board goes by."""
        return self.service.rules

    @property
    def ledger(self) -> Ledger:
        """Return the board's ledger, for looking alone."""
        return self.service.ledger

    @property
    def plan(self) -> Plan | None:
        """Return the plan in force."""
        return self.result.plan.plan

    @property
    def directory(self) -> Directory | None:
        """Return the lead directory in force."""
        return self.result.directory

    @property
    def today(self) -> date:
        """Return the board's local day."""
        return self.local(self.now()).date()

    def now(self) -> datetime:
        """Return this moment on the service's clock, which may be shifted."""
        return self.service.way.clock()

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the board's time zone."""
        return self.rules.local(moment)


@dataclass(frozen=True, slots=True)
class PageBoard:
    """One board as the pages find it; before its first tick there is nothing to show."""

    name: str
    pulse: Pulse
    after_tick: Callable[[], AfterTick | None]
