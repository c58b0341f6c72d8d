"""What an agenda is made of, and what it must remember of the days before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from reminders.core.directory import Recipient
from reminders.core.plan import Action
from reminders.core.policy import Audience, Reason


class Standing(StrEnum):
    """What the ledger knows of a reminder."""

    TOLD = "told"  # told, or counted as told for good
    WAITING = "waiting"  # in a mail that is held, in hand or uncertain
    PLANNED = "planned"  # in a mail that has not left and may still be redrawn
    FAILED = "failed"  # certainly did not arrive at the address it was sent to


@dataclass(frozen=True, slots=True)
class Told:
    """A reminder the ledger holds: how it stands, and the address it went to."""

    standing: Standing
    address: str = ""


class Verdict(StrEnum):
    """What the agenda says of one reminder today."""

    OWED = "owed"
    UPCOMING = "upcoming"
    TOLD = "told"
    WAITING = "waiting"
    SUPERSEDED = "superseded"
    LAPSED = "lapsed"
    PAUSED = "paused"
    UNHEARD = "unheard"  # owed, but there is no mailbox to send it to


class Reminder(NamedTuple):  # a plan has seven times as many as actions, and a dataclass takes thrice as long to make
    """Action x person x offset x deadline, with the day it goes and what became of it."""

    key: str
    action: Action
    person: str
    person_name: str
    deadline: date
    due_by: date
    offset: int
    day: date
    verdict: Verdict = Verdict.UPCOMING
    late: bool = False
    recipient: Recipient | None = None

    @property
    def reason(self) -> Reason:
        """Return why it is told."""
        return Reason.LATE if self.late else Reason.DUE


@dataclass(frozen=True)
class Agenda:
    """Every reminder of the plan as it stands today."""

    today: date
    reminders: tuple[Reminder, ...]

    @cached_property
    def owed(self) -> tuple[Reminder, ...]:
        """Return what is to be told now."""
        return tuple(each for each in self.reminders if each.verdict is Verdict.OWED)

    @cached_property
    def superseded(self) -> tuple[Reminder, ...]:
        """Return what a later offset overtook."""
        return tuple(each for each in self.reminders if each.verdict is Verdict.SUPERSEDED)

    @cached_property
    def upcoming(self) -> tuple[Reminder, ...]:
        """Return what is still to come, soonest first."""
        return tuple(
            sorted((each for each in self.reminders if each.verdict is Verdict.UPCOMING), key=lambda each: each.day)
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What has been told before: the ledger's reminders, and the day before which everything counts as told."""

    board: str
    audience: Audience
    told: Mapping[str, Told]
    since: date | None = None
