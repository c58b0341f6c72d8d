"""Column headings -> which cell of a row holds what; the only module that knows what boards write above a column."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from reminders.core.plan import Level, Problem
from reminders.sources.base import MAX_CELLS, quoted, tidy

Cells = Sequence[str | None]

LONGEST_HEADING = 150  # characters

# Best first: of two columns with one role the earlier heading is read.
_HEADINGS = {
    "ref": (
        "ref, ref no, ref number, reference, no, number, rec no, recommendation no, action no, action number,"
        " action ref, id, item, item no, #"
    ),
    "outcome": (
        "desired outcome, desired outcomes, outcome, outcomes, expected outcome, expected outcomes, intended outcome,"
        " intended outcomes, outcome required, desired outcome impact, outcome impact, intended impact,"
        " expected impact, impact"
    ),
    "action": (
        "action, actions, action required, actions required, specific action, specific actions, key actions,"
        " agreed action, action to be taken, what we will do, what will we do, what will it do, what, task, tasks,"
        " milestone, milestones, recommendation, recommendations, how will we do this, how will the board do this,"
        " how will the lscb do this, how will the lscp do this, how will the sab do this"
    ),
    "lead": (
        "lead, leads, lead officer, lead officers, lead agency, lead officer agency, lead person, lead name,"
        " named lead, lead partners, lead responsibility, responsible lead, responsible lead group, action owner,"
        " who, who will lead, who is responsible, by who, by whom, owner, owners, responsible, responsible officer,"
        " responsible person, responsible agency, responsible group, person responsible,"
        " officer responsible, responsibility, accountable officer, exec lead, executive lead"
    ),
    "timeframe": (
        "timeframe, timeframes, time frame, timescale, timescales, time scale, time scales, timeline, timescale target,"
        " by when, when, target date, target completion date, due, due date, date due, deadline, completion date,"
        " target resolution, target resolution date, date for completion, expected completion date,"
        " agreed implementation date, implementation date, end date, date"
    ),
    "progress": (
        "progress, progress update, progress to date, progress impact, update, updates, update on progress,"
        " latest update, current position, latest position, commentary, progress comments, comment, comments"
    ),
    "status": (
        "status, current status, rag, rag rating, rag status, brag, brag rating, brag status, bragg,"
        " assessment category, assessment category 1 4"
    ),
}
_ROLES = {
    heading: (role, rank) for role, headings in _HEADINGS.items() for rank, heading in enumerate(headings.split(", "))
}
# A revised date beats every other, an original one none.
_REVISED, _ORIGINAL = -1, 100
_KINDS = dict.fromkeys(("revised", "new", "current", "latest", "extended", "amended"), _REVISED) | dict.fromkeys(
    ("original", "initial", "previous", "first"), _ORIGINAL
)

_PLURAL = re.compile(r"\(e?s\)|['\u2019]s?\b")
_BETWEEN = re.compile(r"(?:[\s/&\-\u2010-\u2015]|\band\b)+")
_MARKS = re.compile(r"[?:*_.,()\[\]\u2020\u2021\u00b9\u00b2\u00b3]+|(?<=[^\W\d_])\d$")  # and a footnote's number
_AS_AT = re.compile(
    r"(progress|update|status|rag)(?: (?:as )?(?:at|of|for|to|since)\b.*| [a-z]+ \d{2,4}| q(?:uarter)?\b.*)"
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A column whose heading speaks for a role; the lowest rank wins."""

    role: str
    rank: int
    place: int
    heading: str
    dated: bool  # "Progress at March 2014": of several the last is the latest

    def order(self) -> tuple[int, int]:
        return self.rank, -self.place if self.dated else self.place


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cells of a row hold what; a role's later columns are read where its first is blank."""

    width: int
    places: dict[str, tuple[int, ...]]
    headings: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]

    def cells(self, row: Cells) -> dict[str, str | None]:
        """Return the cells of a row by their roles."""
        return {
            role: next((row[place] for place in places if place < len(row) and row[place]), None)
            for role, places in self.places.items()
        }

    def within(self, role: str, places: Collection[int]) -> bool:
        """Say whether the first column of a role is among these places."""
        return self.places.get(role, (-1,))[0] in places


def roles_of(cells: Cells) -> frozenset[str]:
    """Return the roles that the headings of a row speak for; none unless it reads like a row of headings."""
    claims = _claims(cells)
    roles = frozenset(claim.role for claim in claims)
    mostly = len(claims) * 2 >= sum(cell is not None for cell in cells)
    of_a_plan = "action" in roles and roles & {"lead", "timeframe"}
    return roles if (of_a_plan and (mostly or len(roles) > 2)) or (mostly and len(roles) > 2) else frozenset()


def is_plans(roles: Collection[str]) -> bool:
    """Say whether a table with these roles is the plan's."""
    return "action" in roles and bool({"lead", "timeframe"} & set(roles))


def most_headings(rows: Iterable[Sequence[str]]) -> int:
    """Return how many roles the plan's headings speak for, if a row of them is among these; else 0."""
    best = 0
    above: Cells = ()
    for row in rows:
        if len(row) > MAX_CELLS:
            break  # nobody's plan, and refused when it is read
        cells = tuple(map(tidy, row))
        found = (roles_of(each) for each in (cells, joined(above, cells)) if each)
        best = max([best, *(len(roles) for roles in found if is_plans(roles))])
        above = cells
    return best


def joined(above: Cells, below: Cells) -> Cells | None:
    """Return the one row of headings that two make ("Lead" over "officer"), or None where the lower one is no part."""
    pairs = list(_under(above, below))
    added = [place for place, (upper, lower) in enumerate(pairs) if lower and lower != upper]
    if not all(_plain(pairs[place][1] or "") for place in added):
        return None  # a dash below a heading is a cell
    both = [lower if upper == lower else " ".join(filter(None, (upper, lower))) or None for upper, lower in pairs]
    return both if added and all(_claim(both[place], place) for place in added) else None


def _under(above: Cells, below: Cells) -> Iterator[tuple[str | None, str | None]]:
    # A heading with nothing to its right stands over those columns, too, as a merged cell does.
    over: str | None = None
    for place in range(max(len(above), len(below))):
        upper = above[place] if place < len(above) else None
        lower = below[place] if place < len(below) else None
        over = upper or over
        yield (over if lower else upper), lower


def unread(cells: Cells) -> tuple[str, ...]:
    """Return the headings that speak for no role."""
    return tuple(cell for cell in cells if cell and not _claims([cell]))


def columns_of(cells: Cells, where: str) -> Columns:
    """Return what the headings of a row say of the rows below; two that claim one role are a problem."""
    claims = _claims(cells)
    places: dict[str, tuple[int, ...]] = {}
    read: list[_Claim] = []
    problems: list[Problem] = []
    for role in dict.fromkeys(claim.role for claim in claims):
        best = sorted((claim for claim in claims if claim.role == role), key=_Claim.order)
        used = _used(best)
        read += used
        places[role] = tuple(claim.place for claim in used)
        if len(best) > 1:
            told = [quoted(cells[claim.place] or "") for claim in best]
            problems.append(_two_columns(role, told, where, falls_back=len(used) > 1))
    read.sort(key=lambda claim: claim.place)
    return Columns(len(cells), places, tuple((claim.heading, claim.role) for claim in read), tuple(problems))


def _used(best: Sequence[_Claim]) -> Sequence[_Claim]:
    # Where it is blank, a revised date falls back on the one before, and the last quarter's progress on the others.
    if best[0].dated:
        return [claim for claim in best if claim.dated]
    return best[: 2 if best[0].rank == _REVISED else 1]


def _two_columns(role: str, headings: Sequence[str], where: str, *, falls_back: bool) -> Problem:
    first, *others = headings
    rest = f", or {others[0]} where it is blank" if falls_back else ""
    message = f"{first} and {' and '.join(others)} both give the {role}; {first} is read{rest}. Keep one of them"
    return Problem("two-columns-one-role", None, where, message, Level.NOTE)


def _claims(cells: Cells) -> list[_Claim]:
    found = (_claim(cell, place) for place, cell in enumerate(cells))
    return [claim for claim in found if claim]


def _claim(cell: str | None, place: int) -> _Claim | None:
    if not cell or len(cell) > LONGEST_HEADING:
        return None
    heading = _plain(cell)
    dateless = _AS_AT.fullmatch(heading)
    heading = dateless.group(1) if dateless else heading
    role, rank = _ROLES.get(heading) or _dated(heading) or ("", 0)
    return _Claim(role, rank, place, heading, dateless is not None) if role else None


def _plain(cell: str) -> str:
    whole = _PLURAL.sub(lambda found: "s" if "s" in found[0] else "", cell.casefold())
    return _MARKS.sub("", _BETWEEN.sub(" ", whole)).strip()


def _dated(heading: str) -> tuple[str, int] | None:
    # "Revised target date" and "Target date (revised)".
    first, _, rest = heading.partition(" ")
    before, _, last = heading.rpartition(" ")
    for kind, date in ((first, rest), (last, before)):
        if kind in _KINDS and _ROLES.get(date, ("", 0))[0] == "timeframe":
            return "timeframe", _KINDS[kind]
    return None
