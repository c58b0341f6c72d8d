"""The lead directory: config/directory.yaml -> who is who."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from reminders.core.directory import Directory, Group, Person
from reminders.sources.base import Report, did_you_mean, is_blank, quoted, tidy
from reminders.yamltext import Mapping, Node, Scalar, Sequence

_ENTRY = ("email", "id", "also", "detail")
_PERSON = (*_ENTRY, "agency", "deputy", "away", "left")
_GROUP = (*_ENTRY, "members")
_DETAIL = ("full", "refs")

# Plain ASCII without quotes or spaces: whatever is written here ends up in an envelope and a header.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
_LONGEST_ADDRESS = 254
_DAYS = re.compile(r"(?P<first>\d{4}-\d{2}-\d{2})(?: to (?P<last>\d{4}-\d{2}-\d{2}))?")
_SAME = re.compile(r"[\W_]+")


def read_directory(data: bytes, name: str) -> Directory:
    """Return the directory of a YAML file.

    Raises Unreadable with every mistake of the file.
    """
    report = Report(name)
    root = report.root(data, "the directory", ("people", "groups"))
    entries = _Entries(report)
    people = tuple(_people(root, entries))
    groups = tuple(_groups(root, entries))
    directory = Directory(people, groups)
    if not report.mistakes and not any(who.email for who in people) and not any(group.email for group in groups):
        report.add(root, "no one here has an address; write “M Evans: m.evans@…” below “people:”")
    entries.check_names(directory)
    report.end()
    return directory


@dataclass(slots=True)
class _Entries:
    """The entries of the file under their names, and where each stands."""

    report: Report
    nodes: dict[str, Node] = field(default_factory=dict)  # by name
    names: dict[str, str] = field(default_factory=dict)  # by name, loosely
    ids: dict[str, str] = field(default_factory=dict)  # name by id

    def of(self, root: Mapping, section: str, known: tuple[str, ...]) -> Iterator[tuple[str, Mapping]]:
        for key, value in self.report.mapping(root.get(section), section).entries:
            name = tidy(key.value)
            if name is None:
                self.report.add(key, f"a name below {section} is blank")
                continue
            self._once(key, name)
            yield name, self._entry(name, value, known)

    def _entry(self, name: str, value: Node, known: tuple[str, ...]) -> Mapping:
        self.nodes[name] = value
        if isinstance(value, Scalar):
            return Mapping((((Scalar("email", value.line)), value),), value.line)
        return self.report.mapping(value, name, known)

    def _once(self, key: Scalar, name: str) -> None:
        first = self.names.setdefault(_loosely(name), name)
        if first != name or name in self.nodes:
            self.report.add(key, f"{quoted(name)} and {quoted(first)} are one name; keep one, or tell them apart")

    def identity(self, name: str, entry: Mapping) -> str:
        node = entry.get("id")
        identity = self.text(name, entry, "id") or name
        first = self.ids.setdefault(_loosely(identity), name)
        if _loosely(first) != _loosely(name):
            message = f"the id {quoted(identity)} of {name} is also that of {first}; give each its own"
            self.report.add(node or self.nodes[name], message)
        return identity

    def text(self, name: str, entry: Mapping, key: str) -> str | None:
        return self.report.text(entry.get(key), f"{key} of {name}")

    def texts(self, name: str, entry: Mapping, key: str) -> tuple[str, ...]:
        return self.report.texts(entry.get(key), f"{key} of {name}")

    def email(self, name: str, entry: Mapping) -> str | None:
        node, address = entry.get("email"), self.text(name, entry, "email")
        if node is None or address is None:
            return None
        if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address) or address != _raw(node):
            self.report.add(
                node, f"{quoted(address)} is no address for {name}; write one address, like m.evans@westberks.example"
            )
            return None
        return address

    def detail(self, name: str, entry: Mapping) -> str:
        return self.choice(name, entry, "detail", _DETAIL)

    def choice(self, name: str, entry: Mapping, key: str, known: tuple[str, ...]) -> str:
        """Return one of the known words, the first when none is written."""
        node, word = entry.get(key), self.text(name, entry, key)
        if node is None or word is None:
            return known[0]
        if word.casefold() not in known:
            hint = did_you_mean(word, known)
            self.report.add(node, f"{key} of {name} is {quoted(word)}{hint}; write {' or '.join(known)}")
            return known[0]
        return word.casefold()

    def check_names(self, directory: Directory) -> None:
        """Report spellings that are another's name, and members and deputies that are nobody."""
        everyone: tuple[Person | Group, ...] = (*directory.people, *directory.groups)
        spellings = [(who.name, spelling) for who in everyone for spelling in who.also]
        for name, spelling in spellings:
            other = self.names.get(_loosely(spelling), name)
            if other != name:
                message = f"{quoted(spelling)} cannot also stand for {name}: it is the name of {other}; take it out"
                self.report.add(self._place(name, "also"), message)
        for name, lost in directory.lost_members():
            message = (
                f"{quoted(lost)}, named at {name}, is no one person here; write a name as it stands below “people:”"
            )
            self.report.add(self._place(name, "members", "deputy"), message)

    def _place(self, name: str, *keys: str) -> Node:
        entry = self.nodes[name]
        found = (entry.get(key) for key in keys) if isinstance(entry, Mapping) else ()
        return next((node for node in found if node), entry)


def _people(root: Mapping, entries: _Entries) -> Iterator[Person]:
    for name, entry in entries.of(root, "people", _PERSON):
        yield Person(
            name=name,
            id=entries.identity(name, entry),
            email=entries.email(name, entry),
            also=entries.texts(name, entry, "also"),
            agency=entries.text(name, entry, "agency"),
            detail=entries.detail(name, entry),
            deputy=_deputy(name, entry, entries),
            away=_away(name, entry, entries.report),
            left=entries.choice(name, entry, "left", ("false", "true")) == "true",
        )


def _deputy(name: str, entry: Mapping, entries: _Entries) -> str | None:
    deputy = entries.text(name, entry, "deputy")
    if deputy and _loosely(deputy) == _loosely(name):
        entries.report.add(entry, f"{name} cannot be their own deputy; name another person, or take the line out")
    return deputy


def _away(name: str, entry: Mapping, report: Report) -> tuple[tuple[date, date], ...]:
    node = entry.get("away")
    if node is None or is_blank(node):
        return ()
    ranges = (
        _range(item, name, report) for item in ((node,) if isinstance(node, Scalar) else report.items(node, "away"))
    )
    return tuple(days for days in ranges if days)


def _range(node: Node, name: str, report: Report) -> tuple[date, date] | None:
    text = report.text(node, f"away of {name}") or ""
    days = _DAYS.fullmatch(text)
    try:
        first, last = (date.fromisoformat(days[each] or days["first"]) for each in ("first", "last"))  # type: ignore[index]
    except (TypeError, ValueError):
        report.add(node, f"away of {name} is {quoted(text)}; write two days, like 2015-02-01 to 2015-02-14, or one")
        return None
    if last < first:
        report.add(node, f"away of {name} ends ({last}) before it begins ({first}); turn the days round")
        return None
    return first, last


def _groups(root: Mapping, entries: _Entries) -> Iterator[Group]:
    for name, entry in entries.of(root, "groups", _GROUP):
        group = Group(
            name=name,
            id=entries.identity(name, entry),
            email=entries.email(name, entry),
            members=entries.texts(name, entry, "members"),
            also=entries.texts(name, entry, "also"),
            detail=entries.detail(name, entry),
        )
        _heard_once(group, entry, entries.report)
        yield group


def _heard_once(group: Group, entry: Mapping, report: Report) -> None:
    mailbox, members = (_says_something(entry.get(key)) for key in ("email", "members"))
    if mailbox and members:
        report.add(entry, f"{group.name} has an email and members; keep one, or it is not clear who hears")
    if not mailbox and not members:
        report.add(entry, f"{group.name} has neither email nor members; write one of them")


def _says_something(node: Node | None) -> bool:
    return node is not None and not is_blank(node) and not (isinstance(node, Sequence) and not node.items)


def _raw(node: Node) -> str | None:
    return node.value if isinstance(node, Scalar) else None


def _loosely(name: str) -> str:
    # Stricter than how a lead is looked up, so that no two entries can answer to one name.
    return _SAME.sub("", name.casefold()) or name
