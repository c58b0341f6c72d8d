"""How text looks in Word and which list it is in, by its own properties or by its style's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reminders.sources.word_view import Element, W

_OFF = frozenset({"0", "false", "off", "none"})
_LOOKS = ("vanish", "strike", "dstrike", "vertAlign")
_MOST_STYLES = 20  # that lean on one another


def value(parent: Element | None, tag: str, default: str = "") -> str:
    """Return the w:val of a child element, or the default where there is none."""
    child = None if parent is None else parent.find(f"{W}{tag}")
    return default if child is None else child.get(f"{W}val", default)


def whole(text: str, default: int) -> int:
    """Return a whole number as Word writes it, or the default for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def is_on(parent: Element | None, tag: str) -> bool:
    """Say whether a property that is on or off is on."""
    child = None if parent is None else parent.find(f"{W}{tag}")
    return child is not None and child.get(f"{W}val", "1") not in _OFF


@dataclass(frozen=True, slots=True)
class Look:
    """How a run of text looks, as far as that changes what it says."""

    hidden: bool
    struck: bool
    raised: bool


@dataclass(slots=True)
class Styles:
    """The styles of a document, by id."""

    by_id: Mapping[str, Element]
    looks: dict[str, Look] = field(default_factory=dict)

    def look(self, run: Element) -> Look:
        """Return how a run looks by its own properties, else by its style."""
        own = run.find(f"{W}rPr")
        if own is None:
            return _PLAIN
        style = self._look_of(value(own, "rStyle"))
        return Look(
            hidden=_own_or("vanish", own, otherwise=style.hidden),
            struck=_own_or("strike", own, otherwise=style.struck) or is_on(own, "dstrike"),
            raised=value(own, "vertAlign", "superscript" if style.raised else "") == "superscript",
        )

    def numbering(self, paragraph: Element) -> tuple[str, str]:
        """Return the id of the list that a paragraph is in, "" for none, and the level it has there."""
        own = paragraph.find(f"{W}pPr")
        found = [own, *(style.find(f"{W}pPr") for style in self._chain(value(own, "pStyle")))]
        marks = [mark for each in found if each is not None and (mark := each.find(f"{W}numPr")) is not None]
        number = next((each for mark in marks if (each := value(mark, "numId"))), "")
        level = next((each for mark in marks if (each := value(mark, "ilvl"))), "0")
        return number, level

    def _look_of(self, style: str) -> Look:
        if style not in self.looks:
            found = [each.find(f"{W}rPr") for each in self._chain(style)]
            near = {tag: next((each for each in found if _has(each, tag)), None) for tag in _LOOKS}
            self.looks[style] = Look(
                hidden=is_on(near["vanish"], "vanish"),
                struck=is_on(near["strike"], "strike") or is_on(near["dstrike"], "dstrike"),
                raised=value(near["vertAlign"], "vertAlign") == "superscript",
            )
        return self.looks[style]

    def _chain(self, style: str) -> list[Element]:
        found: list[Element] = []
        while style in self.by_id and len(found) < _MOST_STYLES:
            found.append(self.by_id[style])
            style = value(self.by_id[style], "basedOn")
        return found


_PLAIN = Look(hidden=False, struck=False, raised=False)


def read_styles(tree: Element | None) -> Styles:
    """Return the styles of a document; none where it has no such part."""
    return Styles({} if tree is None else {each.get(f"{W}styleId", ""): each for each in tree.iter(f"{W}style")})


def _has(properties: Element | None, tag: str) -> bool:
    return properties is not None and properties.find(f"{W}{tag}") is not None


def _own_or(tag: str, own: Element, *, otherwise: bool) -> bool:
    return is_on(own, tag) if _has(own, tag) else otherwise
