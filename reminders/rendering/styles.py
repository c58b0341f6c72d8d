"""A mail's looks: the rules of its first <style> are written into its tags, for mail programs that drop the sheet.

Each tag is styled once and remembered, so that a mail costs one search for its tags. That works because a rule names
one tag or one class, and what surrounds a tag changes nothing.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_PLAIN = re.compile(r"\.?[a-zA-Z][\w-]*")
_TAG = re.compile(r"(<[a-z][^<>]*>)")
_ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"')
_TAGS_KEPT = 1_000  # a mail has some fifty different ones
_SIZED = frozenset({"table", "td", "th"})  # what Word sizes by attribute alone

_Rules = Mapping[str, Mapping[str, str]]


class StyleError(Exception):
    """A sheet that cannot be written into tags; says which rule."""


def inlined(html: str) -> str:
    """Return a mail with its first <style> written into its tags; other sheets stay. Raises StyleError."""
    before, opening, rest = html.partition("<style>")
    sheet, closing, after = rest.partition("</style>")
    if not (opening and closing):
        return html
    parts = _TAG.split(before + after.removeprefix("\n"))
    parts[1::2] = map(_styler(sheet), parts[1::2])
    return "".join(parts)


@lru_cache(maxsize=8)  # one of each board's
def _styler(sheet: str) -> Callable[[str], str]:
    rules = _rules(sheet)

    @lru_cache(maxsize=_TAGS_KEPT)
    def styled(tag: str) -> str:
        return _styled(tag, rules)

    return styled


def _rules(sheet: str) -> _Rules:
    rules: dict[str, dict[str, str]] = {}
    for selectors, declared in _RULE.findall(sheet):
        for selector in selectors.split(","):
            rules.setdefault(_plain(selector.strip()), {}).update(_declarations(declared))
    if _RULE.sub("", sheet).strip():
        raise StyleError("its first <style> holds more than rules")
    return {name: rules[name] for name in sorted(rules, key=lambda name: name.startswith("."))}


def _plain(selector: str) -> str:
    if not _PLAIN.fullmatch(selector):
        raise StyleError(f"a rule of the first <style> names one tag or one class, and not '{selector}'")
    return selector


def _declarations(text: str) -> dict[str, str]:
    pairs = [each.partition(":") for each in text.split(";") if each.strip()]
    if not all(colon and value.strip() for _, colon, value in pairs):
        raise StyleError(f"a style reads '{text.strip()}'; write it as 'name: value;'")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _styled(tag: str, rules: _Rules) -> str:
    name = re.split(r"[\s/>]", tag[1:], maxsplit=1)[0]
    attributes = dict(_ATTRIBUTE.findall(tag))
    names = {name, *(f".{each}" for each in attributes.get("class", "").split())}
    style: dict[str, str] = {}
    for declared in (*(rules[each] for each in rules if each in names), _declarations(attributes.get("style", ""))):
        for each in declared:
            style.pop(each, None)  # the later one stands later: "padding" would undo "padding-right"
        style.update(declared)
    if not style:
        return tag
    written = f' style="{"; ".join(f"{each}: {value}" for each, value in style.items())}"'
    if name in _SIZED and "width" in style and "width" not in attributes:
        written += f' width="{style["width"].removesuffix("px")}"'
    opening = f"<{name}"
    return opening + written + re.sub(r'\sstyle="[^"]*"', "", tag[len(opening) :])
