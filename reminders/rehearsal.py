"""Days -> ticks of a Service on a scratch ledger and no mailbox: every mail there would be, for people to look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from reminders.core.message import FinishedMessage
from reminders.ledger.base import Entry
from reminders.service.tick import Service
from reminders.service.values import Rules
from reminders.transports.base import Found, Health, Outcome, Scope, Verdict


class SetClock:
    """A clock that stands where the rehearsal puts it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment it was set to."""
        return self.now


class Nowhere:
    """A transport that takes every message and sends none."""

    name = "rehearsal"

    def send(self, message: FinishedMessage, key: str, before_transmit: Callable[[], bool]) -> Outcome:  # noqa: ARG002
        """Take the message; it goes nowhere."""
        before_transmit()
        return Outcome(Verdict.ACCEPTED, Scope.MESSAGE, "rehearsed", "")

    def find(self, key: str) -> Found:  # noqa: ARG002
        """Say that nothing was ever sent."""
        return Found.ABSENT

    def check(self) -> Health:
        """Say that nothing can go wrong."""
        return Health(well=True, detail="sends nothing")

    def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class RehearsedMail:
    """One mail of a rehearsal, at the local moment it would go."""

    at: datetime
    entry: Entry


def rehearse(build: Callable[[SetClock], Service], first: date, last: date) -> Iterator[RehearsedMail]:
    """Go through a tick at every send and digest time from the start of `first` to the end of `last`."""
    clock = SetClock(datetime.combine(first, time(), tzinfo=UTC))
    service = build(clock)
    for moment in _moments(service.rules, first, last):
        clock.now = moment
        for entry in service.tick().settled:
            yield RehearsedMail(service.rules.local(moment), entry)


def _moments(rules: Rules, first: date, last: date) -> Iterator[datetime]:
    times = sorted({rules.policy.send_at, rules.policy.digest_at})
    for number in range((last - first).days + 1):
        for clock_time in times:
            yield rules.at(first + timedelta(days=number), clock_time)
