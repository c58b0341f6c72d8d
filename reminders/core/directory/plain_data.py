"""A directory as plain data and back, for the ledger's last good copy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from reminders.core.directory.lookup import Directory
from reminders.core.directory.values import Group, Person


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
