"""One name as written -> whom it means: the spellings that count, and the few liberties that are taken with them."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from reminders.core.directory import cells, names
from reminders.core.directory.names import is_part_played, same_agency
from reminders.core.directory.values import Group, Lead, LeadKind, Person

_SMALL_L = re.compile(r"\bl\b")
_MOST_INITIALS = 4
_LONGEST_ASIDE = 12  # words

_Found = Sequence[Person | Group]
_Who = TypeVar("_Who", bound=Person | Group)


class Naming:
    """The spellings of everybody in a directory."""

    def __init__(self, people: Sequence[Person], groups: Sequence[Group]) -> None:
        self._people = people
        everybody: tuple[Person | Group, ...] = (*people, *groups)
        self._exact = _by_spelling(everybody, lambda who: (who.name,))
        self._loose = _by_spelling(everybody, lambda who: (names.loosely(who.name),))
        self._also = _by_spelling(everybody, lambda who: map(names.loosely, who.also))
        self._untitled = _by_spelling(people, _without_titles)
        self._agencies = frozenset(names.loosely(person.agency) for person in people if person.agency)

    def known(self, written: str) -> Lead | None:
        """Return who is meant by one name, or between whom it leaves a doubt; None for a name unlike any."""
        found = self._called(written)
        return _lead(found, written) if found else self._mended(written) or self._beside(written)

    def _called(self, written: str) -> _Found:
        for name in filter(None, (written, names.surname_last(written))):
            loose = names.loosely(name)
            found = self._exact.get(name) or self._loose.get(loose) or self._also.get(loose)
            if found:
                return found
        return ()

    def _mended(self, written: str) -> Lead | None:
        people = self._meant(written)
        return _lead(people, written, repaired=True) if people else None

    def _meant(self, written: str) -> list[Person]:
        capital = names.loosely(_SMALL_L.sub("I", written))
        plain = names.loosely(names.untitled(written))
        for found in (self._loose.get(capital), self._also.get(capital), self._untitled.get(plain)):
            if found:
                return [who for who in found if isinstance(who, Person)] if len(found) == 1 else []
        return []

    def remarked_on(self, written: str) -> Lead | None:
        """Return who is meant by a name with words behind a dash, which part nothing but a whole piece of a cell."""
        return self._apart(names.with_remark(written), written)

    def _beside(self, written: str) -> Lead | None:
        prefixed = names.with_prefix(written)
        if prefixed and (names.is_part_played(prefixed[1]) or names.loosely(prefixed[1]) in self._agencies):
            return self._apart(prefixed, written)
        return self._apart(names.with_brackets(written), written)

    def _apart(self, parts: names.NameAndAside | None, written: str) -> Lead | None:
        if parts is None:
            return None
        name, aside = parts
        people = [who for who in self._called(name) if isinstance(who, Person)] or self._meant(name)
        if not people or self._speaks_of_somebody(aside):
            return None
        of_agency = [person for person in people if same_agency(aside, person.agency)]
        if of_agency:
            return _lead(of_agency, written, repaired=not self._called(name))
        if is_part_played(aside) or all(person.agency is None for person in people):
            return _lead(people, written, repaired=True)
        return _doubtful(people, written)  # somebody of the same name in another agency may be meant

    def _speaks_of_somebody(self, aside: str) -> bool:
        words = aside.split()
        runs = (" ".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, len(words) + 1))
        return len(words) > _LONGEST_ASIDE or any(self._called(run) or self._meant(run) for run in runs)

    def nearest(self, name: str) -> tuple[str, ...]:
        """Return the names that come nearest to one that is unknown, or to what it seems to be made of."""
        parts = [part for part in cells.words_between(name) if not self.known(part)]
        near = self._near(name) or tuple(each for part in parts for each in self._near(part))
        return tuple(dict.fromkeys(near))

    def _near(self, name: str) -> tuple[str, ...]:
        letters = names.loosely(name)
        if len(letters) <= _MOST_INITIALS and name.isupper():
            return tuple(person.name for person in self._people if names.initials(person.name) == letters)
        loose = {key: who[0].name for key, who in (*self._loose.items(), *self._also.items())}
        return tuple(loose[key] for key in difflib.get_close_matches(letters, loose, n=3, cutoff=0.75))


def _by_spelling(everybody: Iterable[_Who], spellings: Callable[[_Who], Iterable[str]]) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for who in everybody:
        for spelling in dict.fromkeys(spellings(who)):
            found[spelling] = (*found.get(spelling, ()), who)
    return found


def _without_titles(person: Person) -> Iterator[str]:
    for spelling in (person.name, *person.also):
        yield names.loosely(names.untitled(spelling))


def _lead(found: _Found, written: str, *, repaired: bool = False) -> Lead:
    if len(found) > 1:
        return _doubtful(found, written)
    who = found[0]
    kind = LeadKind.GROUP if isinstance(who, Group) else LeadKind.PERSON
    return Lead(who.name, kind, who.id, written, repaired=repaired)


def _doubtful(found: _Found, written: str) -> Lead:
    return Lead(written, LeadKind.UNKNOWN, written=written, candidates=tuple(who.name for who in found))
