"""The numbers that Word shows before a paragraph without writing them into its text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reminders.sources.word_styles import Styles, value, whole
from reminders.sources.word_view import Element, W

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LONGEST = 40  # characters round the numbers of a list
_LARGEST = 399  # beyond it, letters and Roman numerals are shown as digits
_BULLET = "\u2022"


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int
    legal: bool
    restarts: bool


_NO_LEVEL = _Level("none", "", 1, legal=False, restarts=True)


@dataclass(slots=True)
class Numbers:
    """Counts the lists of a document from its first paragraph to its last."""

    styles: Styles
    lists: Mapping[str, str]  # the list of each id, which ids may share
    levels: Mapping[tuple[str, int], _Level]  # of each list
    restarts: Mapping[tuple[str, int], int]  # what an id begins anew with
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    def before(self, paragraph: Element) -> str:
        """Return what stands before the next paragraph, such as "1.2", "b)" or a bullet; "" where nothing does."""
        identity, depth = self.styles.numbering(paragraph)
        listed = self.lists.get(identity)
        if listed is None:
            return ""
        level = min(whole(depth, 0), _LEVELS - 1)
        self._count(identity, listed, level)
        shape = self._level(listed, level)
        if shape.form == "bullet":
            return _BULLET
        return _PLACE.sub(lambda place: self._shown(listed, int(place.group(1)) - 1, legal=shape.legal), shape.text)

    def _count(self, identity: str, listed: str, level: int) -> None:
        above = self.counts.get((listed, level))
        count = self._level(listed, level).start if above is None else above + 1
        if (identity, level) in self.restarts and (identity, level) not in self.begun:
            count = self.restarts[identity, level]
        self.begun.add((identity, level))
        self.counts[listed, level] = count
        for deeper in range(level + 1, _LEVELS):
            if self._level(listed, deeper).restarts:
                self.counts.pop((listed, deeper), None)

    def _shown(self, listed: str, level: int, *, legal: bool) -> str:
        shape = self._level(listed, level)
        count = self.counts.get((listed, level), shape.start)
        return _in_form(count, "decimal" if legal else shape.form)

    def _level(self, listed: str, level: int) -> _Level:
        return self.levels.get((listed, level), _NO_LEVEL)


def read_numbers(tree: Element | None, styles: Styles) -> Numbers:
    """Return the lists of a document, not yet counted; none where it has no such part."""
    if tree is None:
        return Numbers(styles, {}, {}, {})
    shapes = {each.get(f"{W}abstractNumId", ""): each for each in tree.iter(f"{W}abstractNum")}
    linked = {link: identity for identity, each in shapes.items() if (link := value(each, "styleLink"))}
    levels = {(each, level): shape for each, tree in shapes.items() for level, shape in _levels(tree)}
    lists: dict[str, str] = {}
    restarts: dict[tuple[str, int], int] = {}
    for number in tree.iter(f"{W}num"):
        identity, shape = number.get(f"{W}numId", ""), value(number, "abstractNumId")
        lists[identity] = linked.get(value(shapes.get(shape), "numStyleLink"), shape)
        for override in number.iter(f"{W}lvlOverride"):
            level = whole(override.get(f"{W}ilvl", ""), 0)
            start = value(override, "startOverride")
            if start:
                restarts[identity, level] = whole(start, 1)
    return Numbers(styles, lists, levels, restarts)


def _levels(shape: Element) -> list[tuple[int, _Level]]:
    return [(whole(each.get(f"{W}ilvl", ""), 0), _level(each)) for each in shape.iter(f"{W}lvl")]


def _level(element: Element) -> _Level:
    return _Level(
        form=value(element, "numFmt", "decimal"),
        text=value(element, "lvlText")[:_LONGEST],
        start=whole(value(element, "start"), 0),
        legal=element.find(f"{W}isLgl") is not None,
        restarts=value(element, "lvlRestart") != "0",
    )


def _in_form(count: int, form: str) -> str:
    forms = {"lowerLetter": _letters, "lowerRoman": _roman}
    lower = form.replace("upper", "lower")
    if lower in forms and 0 < count <= _LARGEST:
        text = forms[lower](count)
        return text.upper() if form.startswith("upper") else text
    if form == "none":
        return ""
    return f"{count:02}" if form == "decimalZero" else str(count)


def _letters(count: int) -> str:
    # After z come aa, bb, cc.
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def _roman(count: int) -> str:
    text = ""
    for number, letters in _ROMAN:
        text += letters * (count // number)
        count %= number
    return text
