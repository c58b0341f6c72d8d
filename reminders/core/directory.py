"""The lead directory: names as written -> who is meant -> which mailbox hears."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

_NO_SPLIT = (" and ", " & ", ",")  # also stand inside names, so they part a cell only when every part is known
_SPLIT = re.compile(r"[/;\n\r]+")
_LOOSE = re.compile(r"[\s.\-\u00ad\u2010-\u2015\u200b]+")
_SMALL_L = re.compile(r"\bl\b")


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


class Directory:
    """Who is who, for one board; built once, asked often."""

    def __init__(self, people: Iterable[Person], groups: Iterable[Group]) -> None:
        self.people = tuple(people)
        self.groups = tuple(groups)
        self._members: dict[str, Person | Group] = {who.id: who for who in self.groups}
        self._members.update({who.id: who for who in self.people})
        self._exact: dict[str, list[Person | Group]] = {}
        self._loose: dict[str, list[Person | Group]] = {}
        self._also: dict[str, list[Person | Group]] = {}
        everybody: tuple[Person | Group, ...] = (*self.people, *self.groups)
        for who in everybody:
            self._exact.setdefault(who.name, []).append(who)
            self._loose.setdefault(_loosely(who.name), []).append(who)
            for spelling in dict.fromkeys(map(_loosely, who.also)):
                self._also.setdefault(spelling, []).append(who)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Directory) and (self.people, self.groups) == (other.people, other.groups)

    __hash__ = None  # type: ignore[assignment]  # nothing keys on a directory

    def who(self, identity: str) -> Person | Group | None:
        """Return the person or group with this id."""
        return self._members.get(identity)

    def resolve(self, written: str) -> Lead:
        """Say who is meant by one name: exact, then normalised, then other spellings, then the one known repair."""
        name = " ".join(written.split())
        for found in (self._exact.get(name), self._loose.get(_loosely(name)), self._also.get(_loosely(name))):
            if found:
                return self._lead(found, name)
        return self._repaired(name) or Lead(name, LeadKind.UNKNOWN, written=name, nearest=self._nearest(name))

    def resolve_cell(self, cell: str | None) -> tuple[Lead, ...]:
        """Say who is meant by a whole Lead cell, each once, in the order written."""
        seen: dict[str, Lead] = {}
        for lead in self._leads(cell or ""):
            seen.setdefault(lead.id or lead.name, lead)
        return tuple(seen.values())

    def recipient_of(self, person: Person | Group, today: date) -> Recipient | None:
        """Return the mailbox that hears for a person today: their deputy's while they are away, else their own."""
        if isinstance(person, Person):
            if person.left:
                return None
            stand_in = self._stand_in(person, today)
            if stand_in:
                return stand_in
        return Recipient(person.id, person.name, person.email, person.detail) if person.email else None

    def members_of(self, lead: Lead) -> tuple[Person | Group, ...]:
        """Return whose action it is: the person, the group as one mailbox, or each member of the group."""
        who = self._members.get(lead.id or "")
        if isinstance(who, Group) and who.members:
            return tuple(member for member in map(self._member, who.members) if member)
        return (who,) if who else ()

    def lost_members(self) -> tuple[tuple[str, str], ...]:
        """Return (whose entry, name) for each member and deputy that names nobody of the directory."""
        names = [(group.name, member) for group in self.groups for member in group.members]
        names += [(person.name, person.deputy) for person in self.people if person.deputy]
        return tuple((where, name) for where, name in names if self._member(name) is None)

    def _member(self, name: str) -> Person | None:
        lead = self.resolve(name)
        who = self._members.get(lead.id or "")
        return who if isinstance(who, Person) else None

    def _stand_in(self, person: Person, today: date) -> Recipient | None:
        until = person.away_until(today)
        deputy = self._member(person.deputy) if until and person.deputy else None
        if not deputy or deputy.left or not deputy.email or deputy.away_until(today):
            return None
        return Recipient(deputy.id, deputy.name, deputy.email, deputy.detail, person.name, until)

    def _leads(self, cell: str) -> Iterator[Lead]:
        whole = self.resolve(cell) if cell.strip() else None
        if whole is None:
            return
        if whole.kind is not LeadKind.UNKNOWN or whole.candidates:
            yield whole
            return
        parts = [part.strip() for part in _SPLIT.split(cell) if part.strip()]
        for part in parts:
            yield from self._parted(part)

    def _parted(self, part: str) -> tuple[Lead, ...]:
        lead = self.resolve(part)
        if lead.kind is not LeadKind.UNKNOWN or lead.candidates:
            return (lead,)
        for mark in _NO_SPLIT:
            pieces = [piece.strip() for piece in part.split(mark) if piece.strip()]
            found = tuple(self.resolve(piece) for piece in pieces)
            if len(found) > 1 and all(each.kind is not LeadKind.UNKNOWN for each in found):
                return found
        return (lead,)

    def _lead(self, found: list[Person | Group], written: str) -> Lead:
        if len(found) > 1:
            return Lead(written, LeadKind.UNKNOWN, written=written, candidates=tuple(who.name for who in found))
        who = found[0]
        return Lead(who.name, LeadKind.GROUP if isinstance(who, Group) else LeadKind.PERSON, who.id, written)

    def _repaired(self, name: str) -> Lead | None:
        mended = _loosely(_SMALL_L.sub("I", name))
        found = self._loose.get(mended) or self._also.get(mended) or []
        if len(found) != 1 or isinstance(found[0], Group):
            return None
        return Lead(found[0].name, LeadKind.PERSON, found[0].id, name, repaired=True)

    def _nearest(self, name: str) -> tuple[str, ...]:
        loose = {key: who[0].name for key, who in (*self._loose.items(), *self._also.items())}
        close = difflib.get_close_matches(_loosely(name), loose, n=3, cutoff=0.75)
        return tuple(dict.fromkeys(loose[key] for key in close))


def _loosely(name: str) -> str:
    return _LOOSE.sub("", name.casefold())


# A directory as plain data and back, for the ledger's last good copy.


def directory_as_data(directory: Directory) -> dict[str, Any]:
    """Return a directory as lists and mappings; `directory_from_data` gives it back."""
    people = [
        {**_fields(person), "away": [[day.isoformat() for day in away] for away in person.away]}
        for person in directory.people
    ]
    return {"people": people, "groups": [_fields(group) for group in directory.groups]}


def directory_from_data(data: Mapping[str, Any]) -> Directory:
    """Return the directory that `directory_as_data` was given."""
    people = [Person(**{**_tuples(each), "away": _away(each["away"])}) for each in data["people"]]
    return Directory(people, [Group(**_tuples(each)) for each in data["groups"]])


def _fields(who: Person | Group) -> dict[str, Any]:
    return {name: getattr(who, name) for name in who.__dataclass_fields__}


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _away(ranges: Iterable[Sequence[str]]) -> tuple[tuple[date, date], ...]:
    return tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in ranges)
