"""Stand-ins at the seams of the service: a transport that does as it is told, a clock that is set, a plain draw."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reminders.core.digest import Digest
from reminders.core.faults import Fault, FaultNotice, template_failed
from reminders.core.message import FinishedMessage
from reminders.core.notices import Kind, ReminderNotice
from reminders.service.values import Letter, Notice
from reminders.transports.base import Bounce, Found, Health, Outcome, ReadableMailbox, Scope, Transport, Verdict

LONDON = ZoneInfo("Europe/London")
SENDER = "reminders@westberks.example"

ACCEPTED = Outcome(Verdict.ACCEPTED, Scope.MESSAGE, "250", "250 queued")
REJECTED = Outcome(Verdict.REJECTED, Scope.MESSAGE, "550", "550 no such mailbox")
LATER = Outcome(Verdict.LATER, Scope.MESSAGE, "451", "451 greylisted")
DOWN = Outcome(Verdict.LATER, Scope.TRANSPORT, "refused", "connection refused")
LOCKED_OUT = Outcome(Verdict.REJECTED, Scope.TRANSPORT, "535", "535 wrong password")
UNKNOWN = Outcome(Verdict.UNKNOWN, Scope.MESSAGE, "reset", "the connection was reset")


class Killed(BaseException):
    """The process dies here: nothing after it runs."""


@dataclass(frozen=True)
class Step:
    """What one send meets; `arrives` says whether the reader gets the mail, `dies` where the process is killed."""

    outcome: Outcome
    arrives: bool = False
    dies: str = ""  # "before" or "after" it transmits
    begins: bool = False  # it begins to leave, also where it does not arrive

    @property
    def transmits(self) -> bool:
        return self.arrives or self.begins or self.outcome.verdict is Verdict.UNKNOWN


TAKEN = Step(ACCEPTED, arrives=True)
REFUSED = Step(REJECTED)
NOT_YET = Step(LATER)
NOT_YET_AFTER_ALL = Step(LATER, begins=True)
UNREACHABLE = Step(DOWN)
LOST_ANSWER = Step(UNKNOWN, arrives=True)
LOST_MAIL = Step(UNKNOWN)
DIES_FIRST = Step(ACCEPTED, dies="before")
DIES_AFTER = Step(ACCEPTED, arrives=True, dies="after")


@dataclass(frozen=True)
class Mail:
    """One mail that arrived."""

    at: datetime
    key: str
    to: str
    mime: bytes

    @property
    def says(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.mime)
        return said

    @property
    def kind(self) -> str:
        return str(self.says["kind"])


class ScriptedTransport(Transport):
    """Meets each send with the next step of its script, and with `otherwise` when the script is over."""

    name = "scripted"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.script: list[Step] = []
        self.otherwise: Callable[[FinishedMessage], Step] = lambda _: TAKEN
        self.found: Callable[[str], Found] = lambda _: Found.CANNOT_TELL
        self.arrived: list[Mail] = []
        self.tried: list[Mail] = []
        self.asked: list[str] = []

    def send(self, message: FinishedMessage, key: str, before_transmit: Callable[[], bool]) -> Outcome:
        step = self.script.pop(0) if self.script else self.otherwise(message)
        mail = Mail(self._clock(), key, message.recipient, message.mime)
        self.tried.append(mail)
        if step.dies == "before":
            raise Killed
        if step.transmits and not before_transmit():
            return Outcome(Verdict.LATER, Scope.MESSAGE, "fence-lost", "another worker has this mail")
        if step.arrives:
            self.arrived.append(mail)
        if step.dies == "after":
            raise Killed
        return step.outcome

    def find(self, key: str) -> Found:
        self.asked.append(key)
        return self.found(key)

    def check(self) -> Health:
        return Health(well=True, detail="scripted")

    def close(self) -> None:
        """Nothing is held open."""


class ScriptedMailbox(ReadableMailbox):
    """Holds the reports that a test puts there, and knows who is out of office; it remembers what it was asked."""

    def __init__(self) -> None:
        self.reports: list[Bounce] = []
        self.out_of_office: set[str] = set()
        self.looks: list[datetime] = []
        self.asked: list[tuple[str, ...]] = []

    def bounces(self, since: datetime) -> tuple[Bounce, ...]:
        self.looks.append(since)
        return tuple(report for report in self.reports if report.at >= since)

    def absent(self, addresses: Sequence[str]) -> frozenset[str]:
        self.asked.append(tuple(addresses))
        return frozenset(addresses) & self.out_of_office

    def arrived(self, key: str) -> Mapping[str, str] | None:  # noqa: ARG002
        return None


class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, local: str) -> None:
        """Set it to a moment in London, such as 2015-01-02 08:00."""
        self.now = datetime.fromisoformat(local).replace(tzinfo=LONDON).astimezone(UTC)

    def forward(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)


@dataclass
class Patience:
    """A wait that moves the clock and never sleeps; `stops` says after which call a stop is asked."""

    clock: SetClock
    stops: Callable[[], bool] = lambda: False
    waited: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> bool:
        if seconds > 0:
            self.waited.append(seconds)
            self.clock.forward(seconds=seconds)
        return self.stops()


@dataclass
class PlainDraw:
    """Draws a notice as JSON of what it says; a kind in `failing` fails as a packaged template does."""

    failing: set[str] = field(default_factory=set)
    replaced: tuple[Fault, ...] = ()  # what a board's own templates did wrong
    drawn: list[str] = field(default_factory=list)

    def __call__(self, notice: Notice, at: datetime) -> Letter | Fault:
        self.drawn.append(notice.key)
        if notice.kind in self.failing:
            return template_failed(f"{notice.kind}.txt", "line 3: undefined name", replaced=False)
        said = {"kind": notice.kind, "key": notice.key, "to": notice.to.address, "date": at.isoformat()}
        mime = json.dumps(said | dict(_says(notice)), sort_keys=True).encode()
        finished = FinishedMessage(SENDER, notice.to.address, mime)
        message_id = f"<n.{notice.key}@westberks.example>"
        return Letter(notice.subject, message_id, finished, self.replaced if notice.kind is Kind.REMINDER else ())


def _says(notice: Notice) -> Iterator[tuple[str, Any]]:
    yield "day", notice.day.isoformat()
    if isinstance(notice, ReminderNotice):
        yield "items", [_item(section.deputy_for, item) for section in notice.sections for item in section.items]
    if isinstance(notice, Digest):
        yield "note", notice.plan_note
        yield "planned", [[mail.name, mail.refs] for day in notice.planned for mail in day.mails]
        yield "held", [mail.name for day in notice.planned for mail in day.mails if mail.held]
        yield "closed", [row.ref for row in notice.closed]
        yield "sent", [[each.name, each.refs, each.result] for each in notice.sent]
        yield "blank", notice.blank
    if isinstance(notice, FaultNotice):
        yield "cause", notice.fault.cause
        yield "lead", notice.fault.lead
        yield "unsent", notice.fault.unsent


def _item(deputy_for: str | None, item: Any) -> dict[str, Any]:
    reminder = item.reminder
    return {
        "key": reminder.key,
        "ref": item.ref,
        "offset": reminder.offset,
        "late": reminder.late,
        "due": reminder.due_by.isoformat(),
        "for": deputy_for,
    }
