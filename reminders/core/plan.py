"""The plan: cells as written -> actions with their leads, deadlines and doubts."""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from reminders.core.directory import Directory, Group, Lead, LeadKind, Person
from reminders.core.keys import short_hash
from reminders.core.policy import Policy
from reminders.core.timeframe import DateReading, Doubt, Kind, Timeframe, read_timeframe

_FAR_AWAY = 3653  # days: a deadline ten years from the plan's others is a slip of the pen
_REF_THEME = re.compile(r"(\d{1,4})[.\-)]")
_NO_WORDS = re.compile(r"[\W_]*")
_LETTERS = re.compile(r"[^a-z0-9]+")


class Level(StrEnum):
    """Whether a person must act on a problem."""

    MEND = "mend"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person must settle, or should know, about one row of the plan."""

    code: str
    ref: str | None
    where: str
    message: str
    level: Level


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """One row of the plan's table, cells as written; None for a blank one."""

    where: str
    ref: str | None = None
    outcome: str | None = None
    action: str | None = None
    lead: str | None = None
    timeframe: str | None = None
    progress: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenTheme:
    """A table of the plan under its heading; title and number are None where the plan gives none."""

    where: str
    title: str | None
    number: int | None
    rows: tuple[WrittenRow, ...]


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """A plan as its authors wrote it; `columns` are the headings that were read, each with its role."""

    title: str
    priorities: tuple[str, ...]
    themes: tuple[WrittenTheme, ...]
    columns: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of the plan; `inferred` when its title comes from the list of priorities."""

    number: int
    title: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the plan, understood."""

    id: str
    ref: str | None
    theme: Theme
    row: WrittenRow
    outcome: str | None
    outcome_from: str | None
    leads: tuple[Lead, ...]
    timeframe: Timeframe
    complete: bool
    ask: bool

    @property
    def label(self) -> str:
        """Return what people call it: its ref, or the start of its wording."""
        words = (self.row.action or self.row.outcome or "").split()
        return self.ref or ("“" + " ".join(words[:6]) + "”" if words else "a row without a ref")

    @property
    def blank(self) -> bool:
        """Say whether the progress cell says nothing."""
        return _NO_WORDS.fullmatch(self.row.progress or "") is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """The board's plan on one reading."""

    title: str
    themes: tuple[Theme, ...]
    actions: tuple[Action, ...]
    problems: tuple[Problem, ...]
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def numbered(self) -> tuple[Action, ...]:
        """Return the actions with a ref: those that "27 of 30" counts."""
        return tuple(action for action in self.actions if action.ref)

    def action(self, identity: str) -> Action | None:
        """Return the action with this id."""
        return next((action for action in self.actions if action.id == identity), None)


def understand(
    written: WrittenPlan,
    directory: Directory,
    policy: Policy,
    reading: DateReading,
    allowed: Callable[[str], bool],
) -> Plan:
    """Turn cells into actions, with every doubt as a problem; nothing is guessed and no row is dropped."""
    themes = _themes(written)
    actions = tuple(_actions(written, themes, directory, policy, _timeframes(written, reading)))
    problems = [*written.problems, *_theme_problems(written, themes)]
    for action in actions:
        problems += _row_problems(action, _People(directory, allowed))
    problems += _duplicate_refs(actions)
    return Plan(written.title, themes, actions, tuple(problems), written.columns)


def _themes(written: WrittenPlan) -> tuple[Theme, ...]:
    return tuple(_theme(theme, place, written.priorities) for place, theme in enumerate(written.themes, start=1))


def _theme(theme: WrittenTheme, place: int, priorities: Sequence[str]) -> Theme:
    number = theme.number or _number_from_refs(theme) or place
    if theme.title:
        return Theme(number, theme.title, inferred=False)
    title = priorities[number - 1] if 0 < number <= len(priorities) else f"Theme {number}"
    return Theme(number, title, inferred=True)


def _number_from_refs(theme: WrittenTheme) -> int | None:
    leading = (_REF_THEME.match(row.ref or "") for row in theme.rows)
    counts = Counter(int(match.group(1)) for match in leading if match)
    return counts.most_common(1)[0][0] if counts else None


def _actions(
    written: WrittenPlan,
    themes: Sequence[Theme],
    directory: Directory,
    policy: Policy,
    timeframes: Mapping[str | None, Timeframe],
) -> Iterator[Action]:
    ids = _ids([(row, drawn.number) for table, drawn in zip(written.themes, themes, strict=True) for row in table.rows])
    for theme, drawn in zip(written.themes, themes, strict=True):
        above: tuple[str | None, str | None] = (None, None)
        for row in theme.rows:
            inherits = row.outcome is None and row.ref is not None
            outcome, source = above if inherits else (row.outcome, None)
            if row.outcome is not None:
                above = (row.outcome, row.ref)
            complete = policy.is_complete(row.status, row.progress)
            yield Action(
                id=next(ids),
                ref=row.ref,
                theme=drawn,
                row=row,
                outcome=outcome,
                outcome_from=source,
                leads=directory.resolve_cell(row.lead),
                timeframe=timeframes[row.timeframe],
                complete=complete,
                ask=not complete and _mentions(row.progress, policy.completion_words),
            )


def _mentions(progress: str | None, words: Sequence[str]) -> bool:
    text = (progress or "").casefold()
    return any(re.search(rf"\b{re.escape(word.casefold())}\b", text) for word in words)


def _ids(rows: Sequence[tuple[WrittenRow, int]]) -> Iterator[str]:
    # Of rows with the number of their theme: what each is called if nothing is known of an earlier reading.
    by_ref = Counter(row.ref for row, _ in rows)
    by_theme = Counter((row.ref, number) for row, number in rows)
    counts: Counter[str] = Counter()
    taken: set[str] = set()
    for row, number in rows:
        if row.ref and by_ref[row.ref] == 1:
            name = row.ref
        elif row.ref and by_theme[row.ref, number] == 1:
            name = f"{row.ref}@{number}"
        else:
            name = "~" + short_hash(_letters(row))
        numbered = name
        while numbered in taken:
            counts[name] += 1
            numbered = f"{name}-{counts[name] + 1}"
        taken.add(numbered)
        yield numbered


def _letters(row: WrittenRow) -> str:
    return _LETTERS.sub("", (row.action or "").lower())


def keep_ids(plan: Plan, good: Plan) -> Plan:
    """Give each row the id it had.

    A row that stands as it stood keeps it, whatever became of the rows around it; so does one that was reworded, where
    it is the only new one between the same neighbours.
    """
    then, now = _by_own_id(good), _by_own_id(plan)
    same = {own: own for own in now if own in then} | dict(_no_longer_alone(then, now))
    same |= _reworded(tuple(then), tuple(same.get(own, own) for own in now), frozenset(same.values()))
    kept = {own: then[before].id for own, before in same.items()}
    # A row that has an id by its own right now takes it from one that was only kept under it.
    ids = (kept[own] if own in kept and (kept[own] == own or kept[own] not in now) else own for own in now)
    return with_ids(plan, tuple(ids))


def _by_own_id(plan: Plan) -> dict[str, Action]:
    own = _ids([(action.row, action.theme.number) for action in plan.actions])
    return dict(zip(own, plan.actions, strict=True))


def _no_longer_alone(then: Mapping[str, Action], now: Mapping[str, Action]) -> Iterator[tuple[str, str]]:
    # A row is still the same when somebody gives its ref to a second one.
    alone = {(own, _letters(action.row)) for own, action in then.items() if own == action.ref}
    for own, action in now.items():
        row = (action.ref or "", _letters(action.row))
        if own != action.ref and row in alone:
            alone.remove(row)
            yield own, row[0]


def _reworded(then: Sequence[str], now: Sequence[str], common: Container[str]) -> dict[str, str]:
    gone = _gaps(then, common)
    return {
        fresh[0]: gone[gap][0]
        for gap, fresh in _gaps(now, common).items()
        if len(fresh) == 1 and len(gone.get(gap, ())) == 1 and fresh[0].startswith("~")
    }


def with_ids(plan: Plan, ids: Sequence[str]) -> Plan:
    """Give a plan's actions, in order, the ids they were kept with."""
    return replace(plan, actions=tuple(replace(each, id=kept) for each, kept in zip(plan.actions, ids, strict=True)))


def _gaps(ids: Sequence[str], common: Container[str]) -> dict[tuple[str, str], list[str]]:
    # What stands between two rows that both plans have, by those two rows.
    gaps: dict[tuple[str, str], list[str]] = {}
    above = ""
    between: list[str] = []
    for identity in [*ids, ""]:
        if identity == "" or identity in common:
            gaps[above, identity] = between
            above, between = identity, []
        else:
            between.append(identity)
    return gaps


def _timeframes(written: WrittenPlan, reading: DateReading) -> Mapping[str | None, Timeframe]:
    """Return what each wording means; one far from the plan's other dates is doubted."""
    cells = [row.timeframe for theme in written.themes for row in theme.rows]
    read = {cell: read_timeframe(cell, reading) for cell in cells}
    deadlines = sorted(day for cell in cells for day in read[cell].deadlines)  # by rows, so that most of them decide
    middle = (deadlines[(len(deadlines) - 1) // 2], deadlines[len(deadlines) // 2]) if deadlines else ()
    return {cell: _doubted(each) if _is_far(each, middle) else each for cell, each in read.items()}


def _is_far(timeframe: Timeframe, middle: Sequence[date]) -> bool:
    # Where as many rows say one decade as another, which is the slip cannot be told: both are doubted.
    return any(abs((day - each).days) > _FAR_AWAY for day in timeframe.deadlines for each in middle)


def _doubted(timeframe: Timeframe) -> Timeframe:
    message = f"'{timeframe.wording}' lies more than ten years from the plan's other dates; check the year"
    return Timeframe(timeframe.wording, Kind.UNCLEAR, "unclear", doubts=(Doubt("unclear-timeframe", message),))


# Problems, in the words a business manager acts on.


@dataclass(frozen=True, slots=True)
class _People:
    directory: Directory
    allowed: Callable[[str], bool]

    def mailboxes(self, leads: Sequence[Lead]) -> Iterator[Person | Group]:
        for lead in leads:
            yield from self.directory.members_of(lead)


def _theme_problems(written: WrittenPlan, themes: Sequence[Theme]) -> Iterator[Problem]:
    for table, theme in zip(written.themes, themes, strict=True):
        if theme.inferred:
            shown = f"Theme {theme.number} has no heading; it is shown as “{theme.title}”"
            message = f"{shown}. Write the heading above its table"
            yield Problem("missing-theme-heading", None, table.where, message, Level.NOTE)


def _row_problems(action: Action, people: _People) -> Iterator[Problem]:
    found = [*_cell_problems(action), *_timeframe_problems(action), *_lead_problems(action, people)]
    if action.complete:
        return  # nobody needs to mend a finished row
    for code, message, level in found:
        yield Problem(code, action.ref, action.row.where, message, level)


_Finding = tuple[str, str, Level]


def _cell_problems(action: Action) -> Iterator[_Finding]:
    row = action.row
    if not row.ref:
        yield "row-without-ref", f"The row {action.label} has no ref. Give it a ref, or remove the row", Level.MEND
    if not row.action:
        yield "missing-action", "The action is blank. Write what is to be done", Level.MEND
    if not row.lead:
        yield "missing-lead", "The lead is blank, so nobody is reminded. Name a lead", Level.MEND
    if action.ask:
        message = f"Progress reads “{_cut(row.progress)}”, which may mean finished. Begin it with Complete if it is"
        yield "completion-unconfirmed", message, Level.NOTE


def _timeframe_problems(action: Action) -> Iterator[_Finding]:
    timeframe = action.timeframe
    if timeframe.kind is Kind.NONE:
        read = f"The timeframe reads “{timeframe.wording}”" if timeframe.wording else "The timeframe is blank"
        yield "missing-timeframe", f"{read}, so no reminder will go. Give a month or a date", Level.MEND
    if timeframe.kind is Kind.ONGOING:
        message = f"The timeframe is “{timeframe.wording}”, so no reminder will go. Give a review date if one is wanted"
        yield "no-deadline-ongoing", message, Level.NOTE
    for doubt in timeframe.doubts:
        level = Level.MEND if doubt.code == "unclear-timeframe" else Level.NOTE
        yield doubt.code, doubt.message[:1].upper() + doubt.message[1:], level


def _lead_problems(action: Action, people: _People) -> Iterator[_Finding]:
    leads = action.leads
    yield from _spelling_problems([lead for lead in leads if lead.repaired])
    yield from _unknown_problems([lead for lead in leads if lead.kind is LeadKind.UNKNOWN])
    if leads and all(lead.kind is LeadKind.GROUP for lead in leads):
        yield "group-lead-only", f"Only a group leads: {leads[0].name}. Name a person who answers for it", Level.NOTE
    yield from _mailbox_problems(tuple(people.mailboxes(leads)), people.allowed)


def _spelling_problems(leads: Sequence[Lead]) -> Iterator[_Finding]:
    if leads:
        read = ", ".join(f"“{lead.written}” is read as {lead.name}" for lead in leads)
        yield "lead-spelling", f"{read}. Correct the spelling in the plan", Level.NOTE


def _unknown_problems(leads: Sequence[Lead]) -> Iterator[_Finding]:
    ambiguous = [lead for lead in leads if lead.candidates]
    unknown = [lead for lead in leads if not lead.candidates]
    if ambiguous:
        named = "; ".join(f"“{lead.written}” could be {' or '.join(lead.candidates)}" for lead in ambiguous)
        yield "ambiguous-lead", f"{named}. Write the name as the lead directory has it", Level.MEND
    if unknown:
        named = "; ".join(_no_one_called(lead) for lead in unknown)
        yield "unknown-lead", f"{named}. Correct the name, or add it to the lead directory", Level.MEND


def _no_one_called(lead: Lead) -> str:
    hint = f" (did you mean {' or '.join(lead.nearest)}?)" if lead.nearest else ""
    return f"No one is called “{lead.written}”{hint}"


def _mailbox_problems(who: Sequence[Person | Group], allowed: Callable[[str], bool]) -> Iterator[_Finding]:
    gone = [each.name for each in who if isinstance(each, Person) and each.left]
    if gone:
        yield "lead-left", f"{_names(gone)} has left, so nobody is reminded there. Name another lead", Level.MEND
    missing = [each.name for each in who if not each.email and each.name not in gone]
    if missing:
        yield "no-address", f"No email address for {_names(missing)}. Add one to the lead directory", Level.MEND
    outside = [each.name for each in who if each.email and each.name not in gone and not allowed(each.email)]
    if outside:
        read = f"The address of {_names(outside)} is outside the domains that may be written to"
        mend = "Correct the address in the lead directory, or add its domain to allow_domains"
        yield "off-allow-list", f"{read}. {mend}", Level.MEND


def _duplicate_refs(actions: Sequence[Action]) -> Iterator[Problem]:
    counts = Counter(action.ref for action in actions if action.ref)
    for ref, count in counts.items():
        if count > 1:
            where = next(action.row.where for action in actions if action.ref == ref)
            message = f"The ref {ref} stands on {count} rows. Give each row a ref of its own"
            yield Problem("duplicate-ref", ref, where, message, Level.NOTE)


def _names(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    return unique[0] if len(unique) == 1 else ", ".join(unique[:-1]) + " and " + unique[-1]


def _cut(text: str | None, length: int = 60) -> str:
    words = " ".join((text or "").split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


# A plan as plain data and back, for the ledger's last good copy.


def as_data(written: WrittenPlan) -> dict[str, Any]:
    """Return a written plan as lists and mappings of text; `from_data` gives it back."""
    return {
        "title": written.title,
        "priorities": list(written.priorities),
        "columns": [list(column) for column in written.columns],
        "themes": [
            {
                "where": theme.where,
                "title": theme.title,
                "number": theme.number,
                "rows": [_cells(row) for row in theme.rows],
            }
            for theme in written.themes
        ],
        "problems": [
            {"code": each.code, "ref": each.ref, "where": each.where, "message": each.message, "level": each.level}
            for each in written.problems
        ],
    }


def from_data(data: Mapping[str, Any]) -> WrittenPlan:
    """Return the written plan that `as_data` was given."""
    return WrittenPlan(
        title=data["title"],
        priorities=tuple(data["priorities"]),
        columns=tuple((heading, role) for heading, role in data["columns"]),
        themes=tuple(
            WrittenTheme(
                theme["where"], theme["title"], theme["number"], tuple(WrittenRow(**row) for row in theme["rows"])
            )
            for theme in data["themes"]
        ),
        problems=tuple(Problem(**{**each, "level": Level(each["level"])}) for each in data["problems"]),
    )


def _cells(row: WrittenRow) -> dict[str, str | None]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}
