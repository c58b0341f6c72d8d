"""What every mail must pass: a mail's bytes -> AssertionError naming what is wrong with it."""

import itertools
import re
from calendar import month_name
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache, cached_property
from typing import Any

import html5lib
import tinycss2

HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "In-Reply-To",
    "Thread-Topic",
    "Thread-Index",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "List-Id",
    "Content-Language",
    "X-Reminder-Key",
)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.replace("\u00a0", " ").casefold()))


_IDS = ("Message-ID", "References", "In-Reply-To", "Thread-Index", "List-Id", "X-Reminder-Key")
# The words of our own that stand in subjects and preheaders; all others there would be the plan's.
_OUR_WORDS = _words(
    "a action actions address all and are at be blank board business by could deputy digest do due each email emails "
    "expected fields fix fixing for from go got has have in is it late lead line more need needs no not nothing of on "
    "one or overdue plan progress read ref reply stand soon test the there these this to today what when where with "
    "you your weekly two three four five six seven eight nine " + " ".join(month_name)
)
_MONTHS = _words(" ".join(month_name))  # tables of the HTML part cut them to three letters
_WORD_SAFE = re.compile(
    r"(color|background-color|font-(family|size|weight)|line-height|text-(align|decoration)|vertical-align|width|height"
    r"|max-width|border(-\w+)*|padding(-\w+)?|margin(-\w+)?|word-break|display|mso-[a-z-]+)"
)
_FORBIDDEN_TAGS = {"img", "script", "form", "link", "iframe", "object", "svg", "input", "video", "audio"}
_FURNITURE = 12  # words the HTML may have beyond the text part
_BLOCK_ENDS = {"p", "td", "th", "h1", "h2", "h3", "h4", "li", "br", "div"}


@dataclass
class Mail:
    """A mail taken apart once, for all the checks."""

    mime: bytes
    plan_words: Collection[str] = field(default=())

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.mime, policy=policy.default)

    @cached_property
    def html(self) -> str:
        return self._part("html")

    @cached_property
    def text(self) -> str:
        return self._part("plain")

    @cached_property
    def parsed(self) -> tuple[Any, list[Any]]:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        return parser.parse(self.html), parser.errors

    @property
    def tree(self) -> Any:
        return self.parsed[0]

    @cached_property
    def parents(self) -> Mapping[Any, Any]:
        return {child: parent for parent in self.tree.iter() for child in parent}

    @cached_property
    def elements(self) -> tuple[Any, ...]:
        return tuple(each for each in self.tree.iter() if isinstance(each.tag, str))

    def above(self, element: Any) -> Iterator[Any]:
        while element is not None:
            yield element
            element = self.parents.get(element)

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        assert part is not None, f"there is no {subtype} part"
        return str(part.get_content()).replace("\r\n", "\n")


def check_mail(mime: bytes, plan_words: Collection[str] = (), *, skip: Collection[str] = ()) -> Mail:
    """Raise AssertionError for the first check a mail does not pass; `skip` names checks by function name."""
    mail = Mail(mime, plan_words)
    for check in CHECKS:
        if check.__name__ not in skip:
            check(mail)
    return mail


def goes_through_smtp(mail: Mail) -> None:
    assert b"\n" not in mail.mime.replace(b"\r\n", b""), "a line feed stands alone"
    assert b"\r" not in mail.mime.replace(b"\r\n", b""), "a carriage return stands alone"
    assert mail.mime.isascii(), "a byte has its eighth bit set"
    assert max(map(len, mail.mime.split(b"\r\n"))) <= 998, "a line is too long"


def has_each_header_once_in_order(mail: Mail) -> None:
    names = [name for name in mail.message if name in HEADERS]
    assert tuple(names) == HEADERS, f"the headers are {names}"
    raw = mail.mime.split(b"\r\n\r\n", 1)[0].decode()
    lines = re.split(r"\r\n(?![ \t])", raw)
    for line in lines:
        name = line.partition(":")[0]
        assert name not in _IDS or ("=?" not in line and "\r\n" not in line), line
    assert len(mail.message["Message-ID"]) < 70


def has_one_recipient(mail: Mail) -> None:
    for header in ("From", "To", "Reply-To"):
        value = mail.message[header]
        assert len(value.addresses) == 1, (header, str(value))
        assert not value.defects, (header, value.defects)
        assert len(value.addresses[0].display_name.encode()) <= 60, str(value)
    assert mail.message["Cc"] is None
    assert mail.message["Bcc"] is None


def subject_is_short_and_says_no_word_of_the_plan(mail: Mail) -> None:
    subject = str(mail.message["Subject"])
    assert subject
    assert len(subject) <= 78, subject
    assert subject == mail.tree.find(".//title").text, "subject and title differ"
    preheader = mail.tree.find(".//div[@class='preheader']").text or ""
    shown = _words(f"{subject} {preheader} {mail.message['Message-ID']}")
    told = {word for word in shown if word.isalpha()} & _words(" ".join(mail.plan_words)) - _OUR_WORDS
    assert not told, f"words of the plan show on lock screens: {told}"


def is_small(mail: Mail) -> None:
    assert len(mail.html.encode()) < 90_000, "mailboxes would cut it"
    too_long = [line for line in mail.text.split("\n") if len(line) > 78]
    assert not too_long, too_long


def fetches_nothing(mail: Mail) -> None:
    tags = {element.tag for element in mail.elements} & _FORBIDDEN_TAGS
    assert not tags, tags
    for element in mail.elements:
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert "url(" not in value or name == "aria-label", value
            assert name not in {"href", "src", "background", "action"} or value.startswith("mailto:"), value
    for style in mail.tree.iter("style"):
        assert not re.search(r"@import|url\(|http", style.text or ""), style.text


def leaves_no_template_behind(mail: Mail) -> None:
    for part in (mail.html, mail.text, str(mail.message["Subject"])):
        found = re.search(r"\{\{|\{%|\{#|\bNone\b|Undefined|\b0 days\b|delivered or read", part)
        assert not found, found


def is_proper_html(mail: Mail) -> None:
    assert not mail.parsed[1], f"not proper HTML: {mail.parsed[1]}"
    assert mail.html.lower().startswith("<!doctype html>")


def has_headings_in_order(mail: Mail) -> None:
    assert mail.tree.get("lang") == "en-GB"
    levels = [int(element.tag[1]) for element in mail.elements if re.fullmatch(r"h[1-6]", element.tag)]
    assert levels[0] == 1 == levels.count(1), f"the headings are {levels}"
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels)), f"the headings are {levels}"


def says_what_its_tables_are(mail: Mail) -> None:
    for table in mail.tree.iter("table"):
        heads = [head for head in table.iter("th") if _table_of(mail, head) is table]
        if table.get("role") == "presentation":
            assert not heads, "a table for layout has headings"
        else:
            assert table.get("aria-label"), "a data table has no name"
            assert heads, "a data table has no headings"
            assert all(head.get("scope") for head in heads), "a heading has no scope"


def _table_of(mail: Mail, element: Any) -> Any:
    return next(each for each in mail.above(element) if each.tag == "table")


def uses_only_what_word_knows(mail: Mail) -> None:
    for element in mail.elements:
        for name, value in _inline(element).items():
            assert _WORD_SAFE.fullmatch(name), name
            assert not name.startswith("padding") or element.tag in {"td", "th"}, (element.tag, name)
            assert name != "max-width" or element.tag == "table", element.tag
            assert name != "font-size" or int(value.removesuffix("px")) >= 14, f"small type: {value}"


def says_the_same_in_its_text(mail: Mail) -> None:
    body = mail.tree.find("body")
    shown = _words(" ".join(text for part in body if part.get("class") != "preheader" for text in _texts(part)))
    told = _words(mail.text)
    only_html = shown - told - {word[:3] for word in told & _MONTHS}
    assert len(only_html) <= _FURNITURE, sorted(only_html)


def can_be_read_by_light_and_dark(mail: Mail) -> None:
    for scheme, rules in (("light", ()), ("dark", _dark_rules(mail))):
        painter = _Painter(mail, rules)
        for element in mail.elements:
            if _is_shown(mail, element) and (element.text or "").strip("\u00a0\n "):
                ink, paper = painter.colour(element, "color"), painter.colour(element, "background-color")
                ratio = contrast(ink, paper)
                assert ratio >= 4.5, f"{scheme}: {ink} on {paper} is {ratio:.1f}:1 in {element.text!r}"


CHECKS: tuple[Callable[[Mail], None], ...] = (
    goes_through_smtp,
    has_each_header_once_in_order,
    has_one_recipient,
    subject_is_short_and_says_no_word_of_the_plan,
    is_small,
    fetches_nothing,
    leaves_no_template_behind,
    is_proper_html,
    has_headings_in_order,
    says_what_its_tables_are,
    uses_only_what_word_knows,
    says_the_same_in_its_text,
    can_be_read_by_light_and_dark,
)


def _texts(element: Any) -> Iterator[str]:
    if isinstance(element.tag, str):
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
        if element.tag in _BLOCK_ENDS:
            yield " "


def _is_shown(mail: Mail, element: Any) -> bool:
    above = list(mail.above(element))
    return any(each.tag == "body" for each in above) and not any(each.get("class") == "preheader" for each in above)


def _inline(element: Any) -> Mapping[str, str]:
    return _declared(element.get("style") or "")


@cache
def _declared(style: str) -> Mapping[str, str]:
    found = tinycss2.parse_declaration_list(style, skip_whitespace=True, skip_comments=True)
    return {each.name: tinycss2.serialize(each.value).strip() for each in found}


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours written as #rrggbb."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True)
class _Rule:
    selector: tuple[str, ...]  # compound selectors, outermost first
    declared: Mapping[str, str]


def _dark_rules(mail: Mail) -> tuple[_Rule, ...]:
    rules: list[_Rule] = []
    for style in mail.tree.iter("style"):
        for rule in tinycss2.parse_stylesheet(style.text or "", skip_whitespace=True, skip_comments=True):
            if rule.type == "at-rule" and "dark" in tinycss2.serialize(rule.prelude):
                rules += _rules_in(rule.content)
    assert rules, "there is nothing for the dark"
    return tuple(rules)


def _rules_in(content: Any) -> Iterator[_Rule]:
    for rule in tinycss2.parse_rule_list(content, skip_whitespace=True, skip_comments=True):
        declared = tinycss2.parse_declaration_list(rule.content, skip_whitespace=True)
        assert all(each.important for each in declared), tinycss2.serialize(rule.prelude)
        values = {each.name: tinycss2.serialize(each.value).strip() for each in declared}
        for selector in tinycss2.serialize(rule.prelude).split(","):
            yield _Rule(tuple(selector.split()), values)


@dataclass
class _Painter:
    """Which colour an element has, by the inline styles and the rules that overrule them."""

    mail: Mail
    rules: tuple[_Rule, ...]

    def colour(self, element: Any, name: str) -> str:
        for each in self.mail.above(element):
            found = self._own(each, name)
            if found:
                return found
        return "#ffffff" if name == "background-color" else "#000000"

    def _own(self, element: Any, name: str) -> str | None:
        fitting = [rule for rule in self.rules if name in rule.declared and self._fits(rule.selector, element)]
        if fitting:
            return max(fitting, key=lambda rule: _weight(rule.selector)).declared[name]
        return _inline(element).get(name) or (element.get("bgcolor") if name == "background-color" else None)

    def _fits(self, selector: tuple[str, ...], element: Any) -> bool:
        *outer, own = selector
        if not _is(element, own):
            return False
        above = self.mail.parents.get(element)
        return all(any(_is(each, part) for each in self.mail.above(above)) for part in outer)


def _is(element: Any, part: str) -> bool:
    if part.startswith("."):
        return part[1:] in (element.get("class") or "").split()
    return bool(element.tag == part)


def _weight(selector: tuple[str, ...]) -> tuple[int, int]:
    classes = sum(part.startswith(".") for part in selector)
    return classes, len(selector) - classes
