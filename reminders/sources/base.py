"""What every reader of a file shares: what it yields, how it refuses, and how much it reads."""

import codecs
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from reminders.yamltext import Mapping, Node, Scalar, Sequence, YamlMistake, read_yaml

MAX_BYTES = 10_000_000
MAX_ROWS = 5_000
MAX_CELLS = 100  # in a row
MAX_CELL = 10_000  # characters
_MAX_MISTAKES = 100  # nobody mends more in one go

_UNSEEN = re.compile("[\u200b\u2060\ufeff]+")  # zero-width characters that Word and Excel leave behind
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_BINARY = {
    b"PK\x03\x04": "a Word or Excel file (or another zip)",
    b"\xd0\xcf\x11\xe0": "an old or password-protected Office file",
    b"%PDF": "a PDF",
    b"{\\rtf": "an RTF file",
}


class Unreadable(Exception):  # noqa: N818 - named after what the caller decides on
    """A file that cannot be read as it is; each mistake says where, what was read and what to write instead."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__(*mistakes)
        self.mistakes: tuple[str, ...] = mistakes

    def __str__(self) -> str:
        return "\n".join(self.mistakes)


class MayPass(Unreadable):
    """Trouble that may pass by itself: a file being saved, a share that is away. It is looked at again first."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of running text; a blank one parts two tables."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table, as many cells as the document has.

    `continued` names, by place, the cells that are merged with the one above; their own text is "".
    """

    cells: tuple[str, ...]
    where: str
    continued: frozenset[int] = frozenset()


def tidy(text: str | None) -> str | None:
    """Return a cell's words with outer spaces trimmed and inner ones collapsed; None for a blank cell."""
    if not text:
        return None
    if not (text.isascii() and text.isprintable()):
        text = _CONTROLS.sub(" ", _UNSEEN.sub("", text))
    return " ".join(text.split()) or None


def quoted(text: str, length: int = 60) -> str:
    """Return a text in quotes, shortened, for a message."""
    words = tidy(text) or ""
    return f"“{words if len(words) <= length else words[: length - 1].rstrip() + '…'}”"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest of the known words, or nothing."""
    near = difflib.get_close_matches(word.casefold(), list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def refuse_large(data: bytes, name: str) -> None:
    """Refuse a file that is larger than any plan."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{name}: holds {len(data):,} bytes; at most {MAX_BYTES:,} are read. Split or shorten it")


def binary_format(data: bytes) -> str | None:
    """Return what a file is that begins as no text does."""
    return next((what for start, what in _BINARY.items() if data.startswith(start)), None)


def decode(data: bytes, name: str) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, else Windows-1252, as Notepad and Excel save it."""
    refuse_large(data, name)
    binary = binary_format(data)
    if binary:
        raise Unreadable(f"{name}: is {binary} inside, not text; save it as text under this name")
    text = _decoded(data, name)
    if "\0" in text:
        raise Unreadable(f"{name}: holds zero bytes, so it is not text; save it as text in UTF-8")
    return text


def _decoded(data: bytes, name: str) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{name}: is text in no known encoding; save it as text in UTF-8")


def read_tree(data: bytes, name: str) -> Node:
    """Return the tree of a YAML file."""
    try:
        return read_yaml(decode(data, name))
    except YamlMistake as error:
        raise Unreadable(f"{name}, {error}") from error


@dataclass(slots=True)
class Report:
    """The mistakes of one YAML file, gathered while it is walked, so that a person mends them in one go."""

    name: str
    mistakes: list[tuple[int, str]] = field(default_factory=list)  # by line

    def where(self, node: Node) -> str:
        """Say where a node stands."""
        return f"{self.name}, line {node.line}"

    def add(self, node: Node, message: str) -> None:
        """Note a mistake at a node."""
        self.mistakes.append((node.line, f"{self.where(node)}: {message}"))

    def end(self) -> None:
        """Refuse the file if it holds a mistake."""
        told = [message for _, message in sorted(self.mistakes, key=lambda mistake: mistake[0])]
        over = len(told) - _MAX_MISTAKES
        if over > 0:
            told[_MAX_MISTAKES:] = [f"{self.name}: and {over:,} more mistakes"]
        if told:
            raise Unreadable(*told)

    def root(self, data: bytes, what: str, known: Iterable[str]) -> Mapping:
        """Return the mapping that the whole file is; what is no mapping has no other mistakes worth telling."""
        tree = read_tree(data, self.name)
        found = self.mapping(tree, what, known)
        if tree is not found:
            self.end()
        return found

    def text(self, node: Node | None, what: str) -> str | None:
        """Return a tidied text; None for a blank, left-out or wrongly shaped one."""
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.add(node, f"{what} is a {_shape(node)}; write one text")
            return None
        if len(node.value or "") > MAX_CELL:
            self.add(
                node, f"{what} holds {len(node.value or ''):,} characters; at most {MAX_CELL:,} are read. Shorten it"
            )
            return None
        return tidy(node.value)

    def items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """Return the items of a list; none for a left-out or wrongly shaped one."""
        if isinstance(node, Sequence):
            return node.items
        if node is not None and not is_blank(node):
            self.add(node, f"{what} is a {_shape(node)}; write a list, each item on a line that begins with “- ”")
        return ()

    def texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        """Return a list of texts; one text alone is a list of one."""
        alone = isinstance(node, Scalar) and node.value is not None
        found = []
        for item in (node,) if alone else self.items(node, what):
            text = self.text(item, what)
            if text is not None:
                found.append(text)
            elif item is not None and is_blank(item):
                self.add(item, f"an item of {what} is blank; write it, or take its line out")
        return tuple(found)

    def mapping(self, node: Node | None, what: str, known: Iterable[str] | None = None) -> Mapping:
        """Return a mapping whose keys are known; an empty one for a left-out or wrongly shaped node."""
        if not isinstance(node, Mapping):
            if node is not None and not is_blank(node):
                self.add(node, f"{what} is a {_shape(node)}; write “key: value” lines")
            return Mapping((), node.line if node else 1)
        for key, _ in node.entries if known is not None else ():
            self._known(key, what, tuple(known or ()))
        return node

    def _known(self, key: Scalar, what: str, known: tuple[str, ...]) -> None:
        if key.value not in known:
            word = key.value or ""
            hint = did_you_mean(word, known) or f"; known are {', '.join(known)}"
            self.add(key, f"{what} has no key {quoted(word)}{hint}")


def _shape(node: Node) -> str:
    if isinstance(node, Scalar):
        return f"text, {quoted(node.value or '')}"
    return "list" if isinstance(node, Sequence) else "mapping (“key: value” lines)"


def is_blank(node: Node) -> bool:
    """Say whether the file leaves this value out."""
    return isinstance(node, Scalar) and tidy(node.value) is None
