"""YAML text -> strings with file, line and key; the only module that knows PyYAML.

Every scalar is text: `NO` stays "NO" and `1.10` stays "1.10". Aliases, tags and duplicate keys are refused, so that
a file means what it shows and cannot grow when it is walked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

MAX_DEPTH = 20


class YamlMistake(Exception):
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
        for event in yaml.parse(text, Loader=_LOADER):
            _refuse(event)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise YamlMistake(_in_words(error)) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise YamlMistake(f"cannot be read as YAML: {error}") from error
    return Scalar(None, 1) if root is None else _node(root, 0)


def dump_yaml(value: object) -> str:
    """Return plain data as YAML text that read_yaml reads back the same."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=False)


# libyaml's parser where the wheel carries it: ten times as fast.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Dumper(yaml.SafeDumper):
    """Quotes every text that another reader would take for a number, a date or a truth value."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class asks per value
        return True


def _represent_none(dumper: yaml.SafeDumper, _: None) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "")


_Dumper.add_representer(type(None), _represent_none)


def _refuse(event: yaml.Event) -> None:
    line = event.start_mark.line + 1 if event.start_mark else 0
    if isinstance(event, yaml.AliasEvent):
        raise YamlMistake(f"line {line}: an alias (*name) is not read; write the value out")
    if getattr(event, "anchor", None):
        raise YamlMistake(f"line {line}: an anchor (&name) is not read; write the value out, or put it in quotes")
    if getattr(event, "tag", None) not in (None, "!"):
        raise YamlMistake(f"line {line}: a tag (!name) is not read; put the value in quotes")


def _node(raw: yaml.Node, depth: int) -> Node:
    line = raw.start_mark.line + 1
    if depth > MAX_DEPTH:
        raise YamlMistake(f"line {line}: nested more than {MAX_DEPTH} deep")
    if isinstance(raw, yaml.SequenceNode):
        return Sequence(tuple(_node(item, depth + 1) for item in raw.value), line)
    if isinstance(raw, yaml.MappingNode):
        return Mapping(_entries(raw, depth), line)
    return Scalar(_text(raw), line)


def _text(raw: yaml.Node) -> str | None:
    # An empty plain scalar, `~` and `null` all leave the value out; in quotes they are text.
    plain = raw.style in (None, "")
    text = str(raw.value)
    return None if plain and text in ("", "~", "null") else text


def _entries(raw: yaml.MappingNode, depth: int) -> tuple[tuple[Scalar, Node], ...]:
    entries: dict[str, tuple[Scalar, Node]] = {}
    for key, value in raw.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YamlMistake(f"line {line}: a key must be a word")
        if key.value in entries:
            raise YamlMistake(f"line {line}: '{key.value}' stands here a second time; keep one")
        entries[key.value] = (Scalar(str(key.value), line), _node(value, depth + 1))
    return tuple(entries.values())


def _in_words(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}cannot be read as YAML ({error.problem or error.context}); check the indentation, and put values with ':' or '#' in quotes"
