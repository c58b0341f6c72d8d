"""The ledger as the page shows it: what is looked for, one page of it, and one entry in full."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reminders.core.keys import short_hash
from reminders.ledger.base import Entry, Ledger, Search, State

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for, as the address bar may show it: a hash for a person, and no name."""

    person: str = ""
    action: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """Return what a query asks for; what is no number asks for the first page."""
        page = query.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(query.get("person", ""), query.get("action", ""), query.get("state", ""), max(1, number))


@dataclass(frozen=True, slots=True)
class Known:
    """Whom and what the ledger knows: names and refs by their ids, in order."""

    people: Mapping[str, str]
    actions: Mapping[str, str]

    @property
    def choices(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return what the form offers: hashes, each with the name or the ref that people read."""
        people = {_hidden(person): name for person, name in self.people.items()}
        return people, {_hidden(action): ref for action, ref in self.actions.items()}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of what was found."""

    total: int
    page: int
    pages: int
    entries: tuple[Entry, ...]


def known_to(ledger: Ledger) -> Known:
    """Return whom and what the ledger knows."""
    people, actions = ledger.people().items(), ledger.actions().items()
    return Known(
        dict(sorted(people, key=lambda each: each[1].casefold())),
        dict(sorted(actions, key=lambda each: _in_order(each[1]))),
    )


def _in_order(ref: str) -> tuple[tuple[int, str], ...]:
    # 1.2 comes before 1.10
    return tuple((int(part) if part.isdecimal() else -1, part) for part in re.split(r"(\d{1,9})", ref))


def listed(ledger: Ledger, known: Known, asked: Asked) -> Listed:
    """Return one page of what is asked for, newest first."""
    search = Search(
        person=_meant(asked.person, known.people),
        action=_meant(asked.action, known.actions),
        state=next((state for state in State if state == asked.state), None),
    )
    found = ledger.find(search, (asked.page - 1) * PAGE, PAGE)
    return Listed(found.total, asked.page, max(1, -(-found.total // PAGE)), found.entries)


def _meant(hidden: str, known: Mapping[str, str]) -> str | None:
    """Return whom a hash stands for: None where nothing was asked, nobody's id where it stands for nobody."""
    return next((each for each in known if _hidden(each) == hidden), "") if hidden else None


def _hidden(identity: str) -> str:
    return short_hash(identity)
