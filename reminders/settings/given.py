"""What a board gives: reminders.yaml, over it the environment, over that the flags; and where each value came from."""

from collections.abc import Iterator

from reminders import yamltext
from reminders.settings.kinds import Fault
from reminders.yamltext import Node, Scalar

Key = tuple[str, ...]


class Given:
    """A tree of settings that remembers who gave what."""

    def __init__(self, file: yamltext.Mapping, file_name: str) -> None:
        self.tree = file
        self._file_name = file_name
        self._origins: dict[str, str] = {}

    def lay_over(self, key: Key, node: Node, origin: str | None = None) -> None:
        """Put a node in the place of whatever was given for a key."""
        self.tree = _laid_over(self.tree, key, node)
        if origin is not None:
            self._origins[".".join(key)] = origin

    def node(self, key: str) -> Node | None:
        """Return what is given for a key."""
        node: Node | None = self.tree
        for part in key.split("."):
            node = node.get(part) if isinstance(node, yamltext.Mapping) else None
        return node

    def origin(self, key: str) -> str | None:
        """Return the variable or flag that gave a key; None for the file and for defaults."""
        return next((self._origins[part] for part in _upwards(key) if part in self._origins), None)

    def report(self, fault: Fault) -> str:
        """Say where a fault is, and what."""
        for above in _upwards(fault.key):
            if above in self._origins:
                below = fault.key[len(above) + 1 :]
                return f"{self._origins[above]}{', ' if below else ''}{below}: {fault.text}"
        node = self.node(fault.key)
        line = fault.line or (node.line if node else 0)
        return f"{self._file_name}, {f'line {line}, ' if line else ''}{fault.key}: {fault.text}"


def _upwards(key: str) -> Iterator[str]:
    parts = key.split(".")
    return (".".join(parts[:length]) for length in range(len(parts), 0, -1))


def _laid_over(tree: yamltext.Mapping, key: Key, node: Node) -> yamltext.Mapping:
    first, *rest = key
    below = tree.get(first)
    if rest and (below is None or (isinstance(below, Scalar) and below.value is None)):
        below = yamltext.Mapping((), node.line)
    if rest and not isinstance(below, yamltext.Mapping):
        return tree  # a section that is no mapping is a fault of its own
    new = _laid_over(below, tuple(rest), node) if rest and isinstance(below, yamltext.Mapping) else node
    entries = {name.value: (name, item) for name, item in tree.entries}
    name = entries[first][0] if first in entries else Scalar(first, node.line)
    entries[first] = (name, new)
    return yamltext.Mapping(tuple(entries.values()), tree.line)
