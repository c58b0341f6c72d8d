"""YAML text -> strings with file, line and key; the only module that knows PyYAML.

Every scalar is text: `NO` stays "NO" and `1.10` stays "1.10". Aliases, tags and duplicate keys are refused, so that
a file means what it shows and cannot grow when it is walked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

MAX_DEPTH = 20


class YamlMistake(Exception):  # noqa: N818 - a person's mistake, in the words of this house
    """Text that is no YAML, or YAML that says something else than it shows; the message names line and cure."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; None where the file leaves the value out."""

    value: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys, each with the line it stands on and its node, in the file's order."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int

    def get(self, key: str) -> "Node | None":
        """Return the node of a key, or None where the file does not have it."""
        return next((node for name, node in self.entries if name.value == key), None)

    def __iter__(self) -> Iterator[tuple[str, "Node"]]:
        """Go through the keys as text, with their nodes."""
        return ((name.value or "", node) for name, node in self.entries)


Node = Scalar | Sequence | Mapping


def read_yaml(text: str) -> Node:
    """Return the tree of a YAML text; an empty text is an empty scalar.

    Raises YamlMistake with the line.
    """
    try:
        return _document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise YamlMistake(_in_words(error)) from error
    except yaml.reader.ReaderError as error:
        raise YamlMistake(_unprintable(text, error.character)) from error
    except UnicodeEncodeError as error:
        raise YamlMistake(_unprintable(text, ord(text[error.start]))) from error


def dump_yaml(value: object) -> str:
    """Return plain data as YAML text that read_yaml reads back the same."""
    if value is None:
        return ""  # PyYAML writes a lone end mark, which nobody reads
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=False)


# libyaml's parser where the wheel carries it: ten times as fast.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


_ODD_BREAKS = frozenset("\x85\u2028\u2029")


class _Dumper(yaml.SafeDumper):
    """Quotes every text that another reader would take for a number, a date or a truth value."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class asks per value
        return True


def _represent_none(dumper: yaml.SafeDumper, _: None) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "")


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Line breaks of Word and of old mainframes would be read back as spaces unless they are escaped.
    style = '"' if _ODD_BREAKS.intersection(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(type(None), _represent_none)
_Dumper.add_representer(str, _represent_text)


# The tree is built from the parser's events, so that a mistake is met before anything is nested too deep to walk:
# PyYAML's own composer ends the whole process (stack overflow in C) on a hundred thousand opening brackets.
_Events = Iterator[yaml.Event]


def _document(events: _Events) -> Node:
    root: Node | None = None
    for event in events:
        if not isinstance(event, yaml.DocumentStartEvent):
            continue
        if root is not None:
            raise YamlMistake(f"line {_line(event)}: a second document begins here; keep one and take the --- out")
        root = _node(next(events), events, 0)
    return Scalar(None, 1) if root is None else root


def _node(event: yaml.Event, events: _Events, depth: int) -> Node:
    line = _line(event)
    _refuse(event, line)
    if depth > MAX_DEPTH:
        raise YamlMistake(f"line {line}: nested more than {MAX_DEPTH} deep")
    if isinstance(event, yaml.SequenceStartEvent):
        return Sequence(tuple(_items(events, depth)), line)
    if isinstance(event, yaml.MappingStartEvent):
        return Mapping(_entries(events, depth), line)
    return Scalar(_text(event), line)


def _items(events: _Events, depth: int) -> Iterator[Node]:
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        yield _node(event, events, depth + 1)


def _entries(events: _Events, depth: int) -> tuple[tuple[Scalar, Node], ...]:
    entries: dict[str, tuple[Scalar, Node]] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _key(event)
        if key.value in entries:
            raise YamlMistake(f"line {key.line}: {key.value!r} stands here a second time; keep one")
        entries[key.value or ""] = key, _node(next(events), events, depth + 1)
    return tuple(entries.values())


def _key(event: yaml.Event) -> Scalar:
    line = _line(event)
    _refuse(event, line)
    if not isinstance(event, yaml.ScalarEvent):
        raise YamlMistake(f"line {line}: a key must be a word")
    return Scalar(str(event.value), line)


def _text(event: Any) -> str | None:
    # An empty plain scalar, `~` and `null` all leave the value out; in quotes they are text.
    plain = event.style in (None, "")
    text = str(event.value)
    return None if plain and text in ("", "~", "null") else text


def _refuse(event: Any, line: int) -> None:
    if event.anchor is None and event.tag is None:
        return
    if isinstance(event, yaml.AliasEvent):
        raise YamlMistake(f"line {line}: an alias (*name) is not read; write the value out, or put it in quotes")
    if event.anchor is not None:
        raise YamlMistake(f"line {line}: an anchor (&name) is not read; write the value out, or put it in quotes")
    if event.tag is not None:
        raise YamlMistake(f"line {line}: a tag (!name) is not read; put the value in quotes")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _in_words(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    cure = "check the indentation, and put values with ':' or '#' in quotes"
    return f"{where}cannot be read as YAML ({error.problem or error.context}); {cure}"


def _unprintable(text: str, character: int) -> str:
    line = text.count("\n", 0, text.find(chr(character))) + 1
    return f"line {line}: holds a character (U+{character:04X}) that text cannot hold; take it out"
