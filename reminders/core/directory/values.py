"""Who is in the directory, whom a name of the plan means, and which mailbox hears."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Person:
    """One lead with a mailbox; `id` outlives a change of name."""

    name: str
    id: str
    email: str | None = None
    also: tuple[str, ...] = ()
    agency: str | None = None
    detail: str = "full"
    deputy: str | None = None
    away: tuple[tuple[date, date], ...] = ()
    left: bool = False
    absent_on: date | None = None  # the day on which their own mailbox says that they are out of office

    def is_away(self, today: date) -> bool:
        """Say whether the directory or their own mailbox says that they are away today."""
        return self.absent_on == today or self.away_until(today) is not None

    def away_until(self, today: date) -> date | None:
        """Return the last day of the absence that covers `today`, back-to-back ones taken together."""
        until = None
        day = today
        for first, last in sorted(self.away):
            if first <= day <= last:
                until = last
                day = last + timedelta(days=1)
        return until


@dataclass(frozen=True, slots=True)
class Group:
    """A body that leads: heard through its own mailbox or through its members."""

    name: str
    id: str
    email: str | None = None
    members: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    detail: str = "full"


class LeadKind(StrEnum):
    """What a lead's name turned out to be."""

    PERSON = "person"
    GROUP = "group"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Lead:
    """A name of the Lead column and who is meant; an unknown one carries what comes nearest."""

    name: str
    kind: LeadKind
    id: str | None = None
    written: str = ""
    repaired: bool = False
    candidates: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """One mailbox and whose it is; `deputy_for` names the absent lead it stands in for."""

    person: str
    name: str
    address: str
    detail: str = "full"
    deputy_for: str | None = None
    away_until: date | None = None
