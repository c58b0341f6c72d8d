"""Settings in the environment: `a: {b: }` is REMINDERS_A_B, and a secret X is REMINDERS_X or REMINDERS_X_FILE."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from reminders import yamltext
from reminders.settings.given import Given, Key
from reminders.settings.model import Settings
from reminders.settings.table import Setting, every_setting
from reminders.yamltext import Node, Scalar, YamlMistake, read_yaml

PREFIX = "REMINDERS_"
_WITHOUT_A_KEY = ("REMINDERS_CONFIG", "REMINDERS_NO_BOOTSTRAP", "REMINDERS_REVISION")
# Kubernetes makes these for a service that is named "reminders".
_NOT_OURS = ("REMINDERS_SERVICE_", "REMINDERS_PORT_")


def environment_names() -> tuple[str, ...]:
    """Return every name that is read."""
    return (
        *_WITHOUT_A_KEY,
        *_names(),
        *(name.removesuffix("_FILE") for name, key in _names().items() if key[1].secret),
    )


def environment_name(key: str) -> str:
    """Return the name of a key in the environment."""
    return PREFIX + key.upper().replace(".", "_")


def lay_environment_over(given: Given, environ: Mapping[str, str]) -> list[str]:
    """Lay what the environment gives over the file; return the mistakes in names and in YAML.

    An empty variable counts as not set: compose files write them. A secret's text is left to the caller.
    """
    mistakes = _unknown_names(environ)
    for name, (key, setting) in _names().items():
        text = environ.get(name, "")
        if not text:
            continue
        try:
            node = _node(setting, text)
        except YamlMistake as mistake:
            mistakes.append(f"{name}, {mistake}")
            continue
        above = tuple(key.split("."))
        for path, part in _spread(above, node):
            below = ".".join(path[len(above) :])
            given.lay_over(path, part, f"{name}, {below}" if below else name)
    return mistakes


@cache
def _names() -> dict[str, tuple[str, Setting]]:
    """Return key and setting of each name, sections first, so that REMINDERS_DIGEST_DAY wins over REMINDERS_DIGEST."""
    return {environment_name(key): (key, setting) for key, setting in every_setting(Settings)}


def _node(setting: Setting, text: str) -> Node:
    if setting.kind.structured:
        return read_yaml(text)
    return Scalar(None if text in ("~", "null") else text, 0)


def _spread(path: Key, node: Node) -> Iterator[tuple[Key, Node]]:
    """Take a section that is given whole apart, so that what it leaves out stays as the file has it."""
    if ".".join(path) in _sections() and isinstance(node, yamltext.Mapping):
        for name, part in node:
            yield from _spread((*path, name), part)
    else:
        yield path, node


@cache
def _sections() -> frozenset[str]:
    return frozenset(key for key, setting in every_setting(Settings) if setting.section is not None)


def _unknown_names(environ: Mapping[str, str]) -> list[str]:
    known = environment_names()
    unknown = sorted(
        name for name in environ if name.startswith(PREFIX) and name not in known and not _is_foreign(name)
    )
    return [f"{_plain(name)}: no such setting{_nearest(name, known)}" for name in unknown]


def _plain(name: str) -> str:
    return name if name.isprintable() else repr(name)


def _is_foreign(name: str) -> bool:
    return name == "REMINDERS_PORT" or name.startswith(_NOT_OURS)


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in known], 1)
    return f"; did you mean {PREFIX}{near[0]}?" if near else "; unset it"
