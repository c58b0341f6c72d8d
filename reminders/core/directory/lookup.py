"""Names as written -> who is meant -> which mailbox hears."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date

from reminders.core.directory import cells
from reminders.core.directory.names import names_nobody
from reminders.core.directory.naming import Naming
from reminders.core.directory.values import Group, Lead, LeadKind, Person, Recipient


class Directory:
    """Who is who, for one board; built once, asked often."""

    def __init__(self, people: Iterable[Person], groups: Iterable[Group]) -> None:
        self.people = tuple(people)
        self.groups = tuple(groups)
        self._members: dict[str, Person | Group] = {who.id: who for who in self.groups}
        self._members.update({who.id: who for who in self.people})
        self._naming = Naming(self.people, self.groups)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Directory) and (self.people, self.groups) == (other.people, other.groups)

    __hash__ = None  # type: ignore[assignment]  # nothing keys on a directory

    def who(self, identity: str) -> Person | Group | None:
        """Return the person or group with this id."""
        return self._members.get(identity)

    def resolve(self, written: str) -> Lead:
        """Say who is meant by one name.

        Exact, then normalised, then other spellings, then with a slip mended or a title, agency or remark beside it
        left aside, where that gives exactly one person.
        """
        name = " ".join(written.split())
        found = self._naming.known(name) or self._naming.remarked_on(name)
        return found or Lead(name, LeadKind.UNKNOWN, written=name, nearest=self._naming.nearest(name))

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
            stand_in = self.stand_in(person, today) if person.is_away(today) else None
            if stand_in:
                return stand_in
        return Recipient(person.id, person.name, person.email, person.detail) if person.email else None

    def stand_in(self, person: Person, today: date) -> Recipient | None:
        """Return the mailbox that hears for a person who is away today; None where no deputy is there."""
        deputy = self._member(person.deputy) if person.deputy else None
        if not deputy or deputy.left or not deputy.email or deputy.is_away(today):
            return None
        return Recipient(deputy.id, deputy.name, deputy.email, deputy.detail, person.name, person.away_until(today))

    def with_absent(self, absent: Collection[str], today: date) -> "Directory":
        """Return the directory of a day on which these people, by id, are out of office."""
        people = (replace(who, absent_on=today) if who.id in absent else who for who in self.people)
        return Directory(people, self.groups)

    def members_of(self, lead: Lead) -> tuple[Person | Group, ...]:
        """Return whose action it is: the person, the group as one mailbox, or each member of the group."""
        who = self._members.get(lead.id or "")
        if isinstance(who, Group) and who.members:
            return tuple(member for member in map(self._member, who.members) if member)
        return (who,) if who else ()

    def lost_members(self) -> tuple[tuple[str, str], ...]:
        """Return (whose entry, name) for each member and deputy that names nobody of the directory."""
        named = [(group.name, member) for group in self.groups for member in group.members]
        named += [(person.name, person.deputy) for person in self.people if person.deputy]
        return tuple((where, name) for where, name in named if self._member(name) is None)

    def _member(self, name: str) -> Person | None:
        lead = self.resolve(name)
        who = self._members.get(lead.id or "")
        return who if isinstance(who, Person) else None

    def _leads(self, cell: str) -> Iterator[Lead]:
        text = " ".join(cell.split())
        whole = self._naming.known(text)
        together = (whole,) if whole else cells.parted(cell, self._naming.known)
        if together or names_nobody(text):
            yield from together or ()
            return
        for piece in cells.pieces(cell):
            if not names_nobody(piece):
                yield from cells.parted(piece, self._naming.known) or (self.resolve(piece),)
