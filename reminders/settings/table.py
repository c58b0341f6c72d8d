"""A dataclass as a table of settings: each field carries its key, its kind and its default."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import partial
from typing import Any, TypeVar, cast

from reminders.settings.kinds import NOT_SET, Faults, Kind, Refused
from reminders.yamltext import Mapping, Node, Scalar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the table says of one key; a section's `kind` reads the table it names."""

    key: str
    kind: Kind[Any]
    name: str = ""
    section: type[Any] | None = None
    secret: bool = False


def setting(kind: Kind[T], default: T, *, key: str = "") -> T:
    """Declare a setting; its key is the field's name unless one is given."""
    metadata = {"setting": Setting(key, kind)}
    if isinstance(default, dict):
        return cast("T", field(default_factory=default.copy, metadata=metadata))
    return field(default=default, metadata=metadata)


def section(cls: type[T]) -> T:
    """Declare a table of settings below a key."""
    return field(default_factory=cls, metadata={"setting": Setting("", kind_of(cls), section=cls)})


def secret() -> str | None:
    """Declare a secret: its key, with `_file` added, names a file; its value is never shown."""
    return field(default=None, repr=False, metadata={"setting": Setting("", _SECRET, secret=True)})


def settings_of(cls: type[Any]) -> tuple[Setting, ...]:
    """Return the settings of a table in the order in which they are declared."""
    return tuple(_named(f.name, f.metadata["setting"]) for f in fields(cls) if "setting" in f.metadata)


def every_setting(cls: type[Any], above: str = "") -> Iterator[tuple[str, Setting]]:
    """Yield every setting with its full key, a section before what it holds."""
    for each in settings_of(cls):
        yield above + each.key, each
        if each.section is not None:
            yield from every_setting(each.section, f"{above}{each.key}.")


def kind_of(cls: type[T]) -> Kind[T]:
    """Return the kind whose values are tables."""
    return Kind(partial(read_table, cls), _show_table, structured=True)


def read_table(cls: type[T], node: Node, faults: Faults) -> T:
    """Return the table a mapping holds; what is faulty or left out keeps its default."""
    known = {each.key: each for each in settings_of(cls)}
    values: dict[str, Any] = {}
    for name, item in _entries(node, known, faults):
        here = faults.under(name.value or "")
        each = known.get(name.value or "")
        if each is None:
            here.note(name.line, _unknown(here.key, known))
            continue
        with suppress(Refused):
            values[each.name] = each.kind.read(item, here)
    return cls(**values)


def values_in(table: object, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key with its value as a file would hold it."""
    for each in settings_of(type(table)):
        value = getattr(table, each.name)
        if each.section is None:
            yield above + each.key, each.kind.show(value)
        else:
            yield from values_in(value, f"{above}{each.key}.")


def _named(name: str, each: Setting) -> Setting:
    key = f"{name}_file" if each.secret else each.key or name
    return Setting(key, each.kind, name, each.section, each.secret)


def _entries(node: Node, known: Iterable[str], faults: Faults) -> tuple[tuple[Scalar, Node], ...]:
    if isinstance(node, Mapping):
        return node.entries
    if isinstance(node, Scalar) and node.value is None:
        return ()
    raise faults.refuse(node, f"a mapping with {', '.join(known)}")


def _unknown(key: str, known: Iterable[str]) -> str:
    above, _, name = key.rpartition(".")
    if f"{name}_file" in known:
        return f"a secret is never written here; write it into a file and the file's path as {name}_file"
    near = get_close_matches(name, known, 1)
    if near:
        return f"no such setting; did you mean {above}{'.' if above else ''}{near[0]}?"
    return f"no such setting; there are {', '.join(known)}"


def _show_table(table: object) -> str:
    given = ((key, value) for key, value in values_in(table) if value != NOT_SET)
    return "{" + ", ".join(f"{key}: {value}" for key, value in given) + "}"


def _read_secret(node: Node, _: Faults) -> str | None:
    return node.value if isinstance(node, Scalar) else None


# Secrets stand in the tree as their text by the time it is read, see secret_files.
_SECRET: Kind[str | None] = Kind(_read_secret, lambda value: NOT_SET if value is None else "set (hidden)")
