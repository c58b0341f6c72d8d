"""One board's service on a real ledger; plan, directory, clock, templates and mail server are in the test's hands."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from reminders.core.directory import Directory, Group, Person
from reminders.core.notices import Address
from reminders.core.plan import Plan, WrittenPlan, WrittenRow, understand
from reminders.core.policy import Audience
from reminders.core.timeframe import DateReading
from reminders.ledger.base import Entry, Ledger, Settlement, State
from reminders.service.sending import Way
from reminders.service.tick import Service
from reminders.service.values import DirectoryLook, PlanLook, Rules, TickResult
from tests.builders import BOARD, a_directory, a_row
from tests.core.builders import a_policy, a_table, a_written_plan
from tests.fakes import LONDON, Mail, Patience, PlainDraw, ScriptedMailbox, ScriptedTransport, SetClock

MANAGER = Address("business-manager", "Business manager", "business.manager@westberks.example")
DEPUTY_MANAGER = Address("business-manager-2", "Business manager", "second.manager@westberks.example")
OPS = Address("ops", "Operations", "ops@westberks.example")
EVANS, MUNDY, GARNETT = "m.evans@westberks.example", "i.mundy@westberks.example", "g.garnett@westberks.example"


def is_ours(address: str) -> bool:
    return address.endswith("@westberks.example")


def some_rules(*, policy: Mapping[str, Any] | None = None, **known) -> Rules:
    usual = {
        "board": BOARD,
        "audience": Audience.LIVE,
        "zone": LONDON,
        "policy": a_policy(**(policy or {})),
        "allowed": is_ours,
        "managers": (MANAGER,),
        "ops": OPS,
        "mailbox": "reminders@westberks.example",
    }
    return Rules(**{**usual, **known})


def due(day: str, ref: str = "2.3", **cells: str | None) -> WrittenRow:
    """Give a row that is due on a day such as 30 January 2015."""
    return a_row(ref, timeframe=day, **cells)


def local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=LONDON).astimezone(UTC)


class Board:
    """The files as a test has them, and the service that reads them."""

    def __init__(self, open_ledger: Callable[[], Ledger], *rows: WrittenRow, **rules) -> None:
        self.rows: Sequence[WrittenRow] = rows or (a_row(),)
        self.people: Iterable[str | Person] = ("M Evans", "I Mundy", "G Garnett")
        self.groups: Iterable[Group] = ()
        self.title = "Business Plan 2015 - 2017"
        self.plan_mistakes: tuple[str, ...] = ()
        self.passing = False
        self.known_as: str | None = None  # the hash of the file, where it stays whatever is read from it
        self.directory_mistakes: tuple[str, ...] = ()
        self.rules = some_rules(**rules)
        self.clock = SetClock(local("2015-01-02 08:00"))
        self.transport = ScriptedTransport(self.clock)
        self.mailbox: ScriptedMailbox | None = None
        self.patience = Patience(self.clock)
        self.draw = PlainDraw()
        self.beats = 0
        self.jitter = 0.0
        self._open_ledger = open_ledger
        self.ledger = open_ledger()

    # The service.

    @property
    def service(self) -> Service:
        way = Way(self.transport, self.clock, self.patience, self._beat, lambda: self.jitter, self.mailbox)
        return Service(self.rules, self.ledger, way, self.look_at_plan, self.look_at_directory, self.draw)

    def tick(self, at: str | None = None) -> TickResult:
        if at:
            self.clock.set(at)
        return self.service.tick()

    def ticks(self, *moments: str) -> None:
        for moment in moments:
            self.tick(moment)

    def days(self, first: str, last: str, at: str = "08:00") -> None:
        """Tick once on each day from first to last, both included."""
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            self.tick(f"{day} {at}")
            day += timedelta(days=1)

    def restart(self, **rules) -> None:
        """Let go of the ledger as a process does that dies, and start anew with these rules changed."""
        self.ledger.close()
        self.ledger = self._open_ledger()
        self.change(**rules)

    def change(self, *, policy: Mapping[str, Any] | None = None, **rules) -> None:
        if policy:
            rules["policy"] = replace(self.rules.policy, **policy)
        self.rules = replace(self.rules, **rules)

    def close(self) -> None:
        self.ledger.close()  # the one it has now: a restart opens another

    def _beat(self) -> None:
        self.beats += 1

    # Its files.

    @property
    def written(self) -> WrittenPlan:
        return a_written_plan(a_table(*self.rows), title=self.title)

    @property
    def directory(self) -> Directory:
        return a_directory(self.people, self.groups)

    @property
    def plan(self) -> Plan:
        return understand(self.written, self.directory, self.rules.policy, DateReading(), self.rules.allowed)

    @property
    def sha256(self) -> str:
        return self.known_as or hashlib.sha256(repr(self.written).encode()).hexdigest()

    def look_at_plan(self) -> PlanLook:
        if self.plan_mistakes:
            return PlanLook("plan.yaml", mistakes=self.plan_mistakes, passing=self.passing)
        return PlanLook("plan.yaml", self.sha256, self.written)

    def look_at_directory(self) -> DirectoryLook:
        if self.directory_mistakes:
            return DirectoryLook("directory.yaml", mistakes=self.directory_mistakes)
        known = repr((tuple(self.people), tuple(self.groups)))
        return DirectoryLook("directory.yaml", hashlib.sha256(known.encode()).hexdigest(), self.directory)

    def write(self, ref: str, **cells: Any) -> None:
        """Change cells of one row of the plan."""
        self.rows = tuple(replace(row, **cells) if row.ref == ref else row for row in self.rows)

    # What came of it.

    def mails(self, kind: str = "reminder", to: str | None = None) -> list[Mail]:
        return [mail for mail in self.transport.arrived if mail.kind == kind and to in (None, mail.to)]

    def told(self, to: str | None = None) -> list[tuple[str, int, bool]]:
        """The reminders that arrived, in order: ref, offset and whether it is marked late."""
        items = (each for mail in self.mails(to=to) for each in mail.says["items"])
        return [(each["ref"], each["offset"], each["late"]) for each in items]

    def causes(self, to: str | None = None) -> list[str]:
        return [mail.says["cause"] for mail in self.mails("fault", to)]

    def entries(self, kind: str = "reminder") -> list[Entry]:
        return [entry for entry in self.ledger.entries() if entry.new.kind == kind]

    def states(self, kind: str = "reminder") -> list[str]:
        return [str(entry.state) for entry in self.entries(kind)]

    def only(self, kind: str = "reminder") -> Entry:
        (entry,) = self.entries(kind)
        return entry

    def path(self, entry: Entry) -> list[str]:
        return [str(event.after) for event in self.ledger.history(entry.id)]

    # What a person does at the command line.

    def release(self) -> int:
        """Let go of what is held, until the end of the day, as `ledger release` does."""
        held = [entry for entry in self.ledger.open_entries(self.rules.audience) if entry.state is State.HELD]
        end = self.rules.end_of(self.rules.local(self.clock()).date())
        return sum(self.ledger.release(entry, end, self.clock()) for entry in held)

    def resend(self, entry: Entry) -> bool:
        end = self.rules.end_of(self.rules.local(self.clock()).date())
        return self.ledger.settle(entry, Settlement(State.PLANNED, released_until=end), self.clock())
