"""A Word paragraph -> the words that a reader sees, and a count of what was left out of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from reminders.sources.word_numbers import Numbers
from reminders.sources.word_styles import Styles, value
from reminders.sources.word_view import Element, W

_TEXT = f"{W}t"
_FIELD = f"{W}fldChar"
_PLAIN = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_REFERENCES = frozenset({f"{W}footnoteReference", f"{W}endnoteReference"})
_MARK = re.compile(r"[\d*,\u2020\u2021\u00a7\s]*[\d*\u2020\u2021\u00a7][\d*,\u2020\u2021\u00a7\s]*")
_SOFT_HYPHEN = "\u00ad"
_BULLET = "\u2022"

# Of the fonts that show pictures for letters: what a person would type instead.
_PICTURES = {
    **dict.fromkeys(("f0fc", "f0fe", "f050", "f052"), "\u2713"),  # ticks
    **dict.fromkeys(("f0fb", "f0fd", "f04f", "f051"), "\u2717"),  # crosses
    **dict.fromkeys(("f0a8", "f06f", "f0a3"), "\u2610"),  # empty boxes
    **dict.fromkeys(("f0b7", "f0a7"), _BULLET),
    "f02d": "-",
}
_UNKNOWN_PICTURE = "\u25a1"


@dataclass(slots=True)
class Findings:
    """Where a document held what is left out, once for each find, and which places have words struck out or not."""

    marks: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    struck: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Prose:
    """Reads paragraphs in the order in which they stand, since their numbers go on from one to the next."""

    styles: Styles
    numbers: Numbers
    findings: Findings = field(default_factory=Findings)

    def line(self, paragraph: Element, where: str) -> str:
        """Return the words of a paragraph of running text, after its number or bullet."""
        number, words = self.numbers.before(paragraph), self._words(paragraph, where)
        return f"{number} {words}".strip() if words.strip() else ""

    def cell(self, paragraphs: Iterable[Element], where: str) -> str:
        """Return the words of a cell, a paragraph a line; a number may be all that a cell shows."""
        return "\n".join(line for line in (self._cell_line(each, where) for each in paragraphs) if line)

    def _cell_line(self, paragraph: Element, where: str) -> str:
        number = self.numbers.before(paragraph).replace(_BULLET, "")
        words = self._words(paragraph, where)
        return f"{number} {words}".strip() if words.strip() else number.rstrip(".) ")

    def _words(self, paragraph: Element, where: str) -> str:
        said: list[str] = []
        spoken = False
        fields: list[bool] = []  # of each field that has begun: whether its code has ended
        for run in paragraph.iterchildren(f"{W}r"):
            words = self._kept("".join(_piece(each, fields) for each in run), run, where, spoken=spoken)
            said.append(words)
            spoken = spoken or bool(words.strip())
        return "".join(said)

    def _kept(self, words: str, run: Element, where: str, *, spoken: bool) -> str:
        self.findings.marks += [where for each in run if each.tag in _REFERENCES]
        if words == "":
            return ""
        look = self.styles.look(run)
        if look.hidden:
            self.findings.hidden.append(where)
            return ""
        if look.raised and spoken and _MARK.fullmatch(words):
            self.findings.marks.append(where)
            return ""
        if words.strip():
            (self.findings.struck if look.struck else self.findings.plain).add(where)
        return words


def _piece(child: Element, fields: list[bool]) -> str:
    if child.tag == _FIELD:
        return _follow(child, fields)
    if not all(fields):
        return ""
    if child.tag == _TEXT:
        return (child.text or "").replace(_SOFT_HYPHEN, "")
    return _picture(child) if child.tag == f"{W}sym" else _PLAIN.get(str(child.tag), "")


def _follow(mark: Element, fields: list[bool]) -> str:
    # A field is its code, a separator and its result; what is between the first two is not shown.
    kind = mark.get(f"{W}fldCharType")
    if kind == "begin":
        fields.append(False)
        return _chosen(mark)
    if fields and kind == "separate":
        fields[-1] = True
    elif fields and kind == "end":
        fields.pop()
    return ""


def _chosen(field_begin: Element) -> str:
    # The drop-down lists of old forms name their choice by its place.
    for listed in field_begin.iter(f"{W}ddList"):
        entries = [each.get(f"{W}val", "") for each in listed.iterchildren(f"{W}listEntry")]
        place = value(listed, "result", "0")
        return next((each for at, each in enumerate(entries) if str(at) == place), "")
    return ""


def _picture(symbol: Element) -> str:
    code = symbol.get(f"{W}char", "").casefold()
    return _PICTURES.get(code, _UNKNOWN_PICTURE)
