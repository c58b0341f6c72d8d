"""How people write names: what may differ between two spellings of one name, and what is no name at all."""

import re

NameAndAside = tuple[str, str]

_LOOSE = re.compile(r"[\s.\-\u00ad\u2010-\u2015\u200b]+")
_TITLE = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|prof|professor|rev|revd|reverend|canon|sir|dame|lord|lady|cllr|councillor|judge"
    r"|pc|ds|di|dci|dsupt|sgt|insp|inspector|supt|superintendent|acc|dcc|cc)\b\.? ?(?=\S)",
    re.IGNORECASE,
)
_SURNAME_FIRST = re.compile(r"([^,]+), ?([^,]+)")
_DASH = "[-\u2013\u2014]"
_IN_BRACKETS = re.compile(r"(?P<name>[^()]+?) ?\((?P<aside>[^()]+)\)")
_AFTER = re.compile(rf"(?P<name>.+?) {_DASH} (?P<aside>.+)")
_BEFORE = re.compile(rf"(?P<aside>[^:]+?)(?:: ?| {_DASH} )(?P<name>.+)")
_PART = re.compile(
    r"(?:(?:joint|co|vice|deputy|acting|interim|independent|lead)[ -]?)*(?:chair(?:man|woman|person)?|lead|deputy"
    r"|officer|acting|interim|tb[acd])",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:lead )?tb[acd]|to be (?:confirmed|agreed|decided|determined|identified|appointed|advised|allocated)"
    r"|n ?[/.]? ?a|not (?:applicable|known|yet known|yet agreed)|unknown|none|nobody|no one|no lead"
    r"|vacant|vacant post|vacancy|various|everyone|everybody"
    r"|all(?: (?:board |partner )?(?:agencies|partners|members|leads|organisations|staff))?"
    r"|as above|see above|ditto|[\W_]+",
    re.IGNORECASE,
)


def loosely(name: str) -> str:
    """Return what two spellings of one name share: case, spaces, hyphens and dots are left out."""
    return _LOOSE.sub("", name.casefold())


def surname_last(name: str) -> str | None:
    """Return "M Evans" for "Evans, M"."""
    match = _SURNAME_FIRST.fullmatch(name)
    return f"{match[2]} {match[1]}" if match else None


def untitled(name: str) -> str:
    """Return a name without "Mrs", "Dr" or "DCI"."""
    return _TITLE.sub("", name, count=1) if _TITLE.match(name) else name


def initials(name: str) -> str:
    """Return the first letters of a name's words, hyphened ones apart, in small letters."""
    return "".join(word[0] for word in re.findall(r"[^\W\d_]+", name.casefold()))


def names_nobody(words: str) -> bool:
    """Say whether words stand for a name that is yet to come ("TBC", "vacant") or for no one alone ("All")."""
    return _NOBODY.fullmatch(words.strip().rstrip(".")) is not None


def with_brackets(name: str) -> NameAndAside | None:
    """Return the name and what stands in brackets behind it: "M Evans (BHFT)"."""
    return _two(_IN_BRACKETS.fullmatch(name))


def with_remark(name: str) -> NameAndAside | None:
    """Return the name and what stands behind a dash: "M Evans - tbc"."""
    return _two(_AFTER.fullmatch(name))


def with_prefix(name: str) -> NameAndAside | None:
    """Return the name and what stands before it: "Police: M Evans", "Lead - M Evans"."""
    return _two(_BEFORE.fullmatch(name))


def _two(match: re.Match[str] | None) -> NameAndAside | None:
    return (match["name"], match["aside"]) if match else None


def is_part_played(aside: str) -> bool:
    """Say whether words beside a name tell a part in the work ("Chair", "lead"), not another person or agency."""
    return _PART.fullmatch(aside.strip()) is not None


def same_agency(aside: str, agency: str | None) -> bool:
    """Say whether words beside a name are this agency, in full or by its initials."""
    if not agency:
        return False
    return loosely(aside) in {loosely(agency), initials(agency)} or initials(aside) == loosely(agency)
