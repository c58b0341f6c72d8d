"""What a tick is given and what it gives back: rules, looks at files, letters and results, all plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from reminders.core.digest import Digest
from reminders.core.directory import Directory
from reminders.core.faults import Fault, FaultNotice, Reader, TestNotice
from reminders.core.message import FinishedMessage
from reminders.core.notices import Address, ReminderNotice
from reminders.core.plan import Plan, WrittenPlan
from reminders.core.policy import Audience, Policy
from reminders.core.timeframe import DateReading
from reminders.ledger.base import Entry

Notice = ReminderNotice | Digest | FaultNotice | TestNotice


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything the settings say that a tick goes by."""

    board: str
    audience: Audience
    zone: ZoneInfo
    policy: Policy
    allowed: Callable[[str], bool]
    managers: tuple[Address, ...]
    ops: Address
    date_reading: DateReading = field(default_factory=DateReading)
    redirect_to: str | None = None
    hold_changes: bool = True
    on_uncertain: Literal["resend", "hold"] = "resend"
    paused: bool = False
    seconds_per_mail: float | None = None
    mailbox: str = ""
    since: date | None = None  # a rehearsal's first day: what was due before counts as told
    released: date | None = None  # the release's build date; None for a shifted clock, which nobody judges

    def local(self, now: datetime) -> datetime:
        """Return a moment in the board's time zone."""
        return now.astimezone(self.zone)

    def at(self, day: date, clock_time: time) -> datetime:
        """Return the moment, in UTC, of a local day and time."""
        return datetime.combine(day, clock_time, tzinfo=self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the moment, in UTC, at which a local day is over."""
        return self.at(day + timedelta(days=1), time(0))

    def envelope(self, address: str) -> str:
        """Return where a mail to this address really goes."""
        return self.redirect_to or address

    def may_reach(self, envelope: str) -> bool:
        """Say whether a mail may leave for this address: only the one all go to, or one on the allow-list."""
        return envelope == self.redirect_to if self.redirect_to else self.allowed(envelope)

    @property
    def readers(self) -> Mapping[Reader, Address]:
        """Return who hears of faults."""
        return {Reader.MANAGER: self.managers[0], Reader.OPS: self.ops}


@dataclass(frozen=True, slots=True)
class PlanLook:
    """One look at the plan's file: what was written there, or why it cannot be read.

    `passing` is trouble that may pass by itself, such as a file being saved: not worth a word unless it stays.
    """

    source: str
    sha256: str = ""
    written: WrittenPlan | None = None
    mistakes: tuple[str, ...] = ()
    passing: bool = False


@dataclass(frozen=True, slots=True)
class DirectoryLook:
    """One look at the lead directory's file."""

    source: str
    sha256: str = ""
    directory: Directory | None = None
    mistakes: tuple[str, ...] = ()
    passing: bool = False


@dataclass(frozen=True, slots=True)
class PlanInForce:
    """The plan a tick works from, how the file was taken, and what people must hear of that."""

    outcome: Literal["ok", "held", "refused"]
    plan: Plan | None
    reason: str | None = None
    usable: bool = True  # False once the last good plan is too old to mail leads from
    note: str | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectoryInForce:
    """The lead directory a tick works from: the file's, or the last good one, with the trouble that made it that."""

    directory: Directory | None
    trouble: str | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice drawn as a mail; `faults` name a board's own templates that had to be replaced."""

    subject: str
    message_id: str
    finished: FinishedMessage
    faults: tuple[Fault, ...] = ()


Draw = Callable[[Notice, datetime], Letter | Fault]


@dataclass(frozen=True, slots=True)
class TickResult:
    """What one tick did, and what stays to be done."""

    now: datetime
    plan: PlanInForce
    directory: Directory | None
    directory_trouble: str | None = None  # why the file cannot be read, also while nobody is told of it yet
    settled: tuple[Entry, ...] = ()
    waiting: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()
    transport_fault: str | None = None
    refusal: str | None = None  # why nothing may be sent at all: a lost ledger, a wrong clock
    would_go: int = 0  # while paused: the mails that are owed now
