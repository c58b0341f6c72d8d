"""Kinds of values: how a node of the file becomes a value, how the value is shown, and what to write instead.

A kind notes a fault and refuses; it never stops at the first, so that one report can hold them all.
"""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from reminders.yamltext import Mapping, Node, Scalar, Sequence

T = TypeVar("T")
U = TypeVar("U")
Word = TypeVar("Word", bound=str)

NOT_SET = "not set"
_LONGEST_ECHO = 60


class Refused(Exception):  # noqa: N818 - no error of the program: the fault has been noted, the value is left out
    """A value that cannot be used; its fault has been noted already."""


class UnfitError(ValueError):
    """A value of the right form that will not do; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the value of a key; line 0 where no line is to blame."""

    line: int
    key: str
    text: str


class Faults:
    """Collects faults; `under` gives a view that stands at a key further down."""

    def __init__(self, key: str = "", noted: list[Fault] | None = None) -> None:
        self.key = key
        self.noted: list[Fault] = [] if noted is None else noted

    def under(self, key: str) -> "Faults":
        key = key if key and key.isprintable() else repr(key)
        return Faults(f"{self.key}.{key}" if self.key else key, self.noted)

    def note(self, line: int, text: str) -> None:
        self.noted.append(Fault(line, self.key, text))

    def refuse(self, node: Node, wanted: str) -> Refused:
        """Note that the node does not hold what is wanted; raise what this returns."""
        self.note(node.line, f"read {shown(node)}; write {wanted}")
        return Refused()


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How values of one kind are read and shown; `structured` ones are written as YAML in the environment."""

    read: Callable[[Node, Faults], T]
    show: Callable[[T], str]
    structured: bool = False


def shown(node: Node) -> str:
    """Return what stands in the file, short enough for a report."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    if node.value is None:
        return "nothing"
    return repr(node.value if len(node.value) <= _LONGEST_ECHO else node.value[:_LONGEST_ECHO] + "...")


def scalar(
    wanted: str,
    parse: Callable[[str], T],
    show: Callable[[T], str] = str,
    echo: Callable[[str], str] = str,
) -> Kind[T]:
    """Make a kind of one text; `parse` raises ValueError, and `echo` takes secrets out of what the report repeats."""

    def read(node: Node, faults: Faults) -> T:
        if not isinstance(node, Scalar) or node.value is None:
            raise faults.refuse(node, wanted)
        try:
            return parse(node.value.strip())
        except ValueError as error:
            cure = str(error) if isinstance(error, UnfitError) else wanted
            raise faults.refuse(Scalar(echo(node.value), node.line), cure) from error

    return Kind(read, show)


def choice(*words: Word) -> Kind[Word]:
    """Make a kind of a few words, read in any case."""
    known = {word.lower(): word for word in words}

    def parse(text: str) -> Word:
        if text.lower() not in known:
            raise ValueError
        return known[text.lower()]

    return scalar(f"{', '.join(words[:-1])} or {words[-1]}", parse)


def optional(kind: Kind[T]) -> Kind[T | None]:
    """Make a kind whose value may be left out."""

    def read(node: Node, faults: Faults) -> T | None:
        left_out = isinstance(node, Scalar) and node.value is None
        return None if left_out else kind.read(node, faults)

    return Kind(read, lambda value: NOT_SET if value is None else kind.show(value), kind.structured)


def list_of(kind: Kind[T], example: str, least: int = 0) -> Kind[tuple[T, ...]]:
    """Make a kind of a list; every item that will not do is reported on its own line."""

    def read(node: Node, faults: Faults) -> tuple[T, ...]:
        if not isinstance(node, Sequence) or len(node.items) < least:
            raise faults.refuse(node, f"a list, such as {example}")
        items: list[T] = []
        for item in node.items:
            with suppress(Refused):
                items.append(kind.read(item, faults))
        if len(items) < len(node.items):
            raise Refused
        return tuple(items)

    return Kind(read, lambda items: show_list(map(kind.show, items)), structured=True)


def mapping_of(kind: Kind[T], example: str) -> Kind[MappingOf[str, T]]:
    """Make a kind of a mapping whose keys a board chooses."""

    def read(node: Node, faults: Faults) -> MappingOf[str, T]:
        if not isinstance(node, Mapping):
            raise faults.refuse(node, f"a mapping, such as {example}")
        values: dict[str, T] = {}
        for name, item in node:
            with suppress(Refused):
                values[_plain_name(name, node, faults)] = kind.read(item, faults.under(name))
        if len(values) < len(node.entries):
            raise Refused
        return values

    def show(values: MappingOf[str, T]) -> str:
        return "{" + ", ".join(f"{name}: {kind.show(value)}" for name, value in values.items()) + "}"

    return Kind(read, show, structured=True)


def _plain_name(name: str, node: Node, faults: Faults) -> str:
    if not name.strip() or not name.isprintable():
        faults.note(node.line, f"read {name!r} before a colon; write a name there, without invisible characters")
        raise Refused
    return name


def converted(kind: Kind[T], convert: Callable[[T], U], show: Callable[[U], str]) -> Kind[U]:
    """Make a kind that goes on from another's values; `convert` raises UnfitError, whose message is the whole fault."""

    def read(node: Node, faults: Faults) -> U:
        value = kind.read(node, faults)
        try:
            return convert(value)
        except UnfitError as error:
            faults.note(node.line, str(error))
            raise Refused from error

    return Kind(read, show, kind.structured)


def show_list(items: Iterable[object]) -> str:
    """Return items as a file would hold them."""
    return f"[{', '.join(map(str, items))}]"
