"""What a person must settle or should know about a plan, in the words a business manager acts on."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from reminders.core.directory import Directory, Group, Lead, LeadKind, Person
from reminders.core.plan.values import Action, Level, Problem, Theme, WrittenPlan
from reminders.core.timeframe import Kind

_MARKS = re.compile(r"(?:\A|(?<=\s))(?:\(?[a-z]\)|\(?\d{1,2}[.)]|\(?i{1,3}\)|\u2022)(?=\s)", re.IGNORECASE)
_Finding = tuple[str, str, Level]
_BEGINNINGS = (["1", "2"], ["a", "b"], ["i", "ii"], ["\u2022", "\u2022"])


def problems_of(
    written: WrittenPlan,
    themes: Sequence[Theme],
    actions: Sequence[Action],
    directory: Directory,
    allowed: Callable[[str], bool],
) -> Iterator[Problem]:
    """Yield every doubt: what the reader found, then of the themes, of each row, and of refs used twice."""
    yield from written.problems
    yield from _theme_problems(written, themes)
    has_refs = any(action.ref for action in actions)
    if not has_refs:
        yield from _plan_without_refs(actions)
    people = _People(directory, allowed)
    for action in actions:
        if has_refs:
            yield from _row_without_ref(action)
        yield from _row_problems(action, people)
    yield from _duplicate_refs(actions)


@dataclass(frozen=True, slots=True)
class _People:
    directory: Directory
    allowed: Callable[[str], bool]
    known: dict[str | None, Sequence[_Finding]] = field(default_factory=dict)  # by how the lead is written

    def findings(self, action: Action) -> Sequence[_Finding]:
        if action.row.lead not in self.known:
            self.known[action.row.lead] = tuple(_lead_problems(action.leads, self))
        return self.known[action.row.lead]

    def mailboxes(self, leads: Sequence[Lead]) -> Iterator[Person | Group]:
        for lead in leads:
            yield from self.directory.members_of(lead)


def _theme_problems(written: WrittenPlan, themes: Sequence[Theme]) -> Iterator[Problem]:
    for table, theme in zip(written.themes, themes, strict=True):
        if theme.inferred:
            shown = f"Theme {theme.number} has no heading; it is shown as “{theme.title}”"
            message = f"{shown}. Write the heading above its table"
            yield Problem("missing-theme-heading", None, table.where, message, Level.NOTE)


def _row_without_ref(action: Action) -> Iterator[Problem]:
    if not action.ref and not action.complete:
        message = f"The row {action.label} has no ref. Give it a ref, or remove the row"
        yield Problem("row-without-ref", None, action.row.where, message, Level.MEND)


def _plan_without_refs(actions: Sequence[Action]) -> Iterator[Problem]:
    # Then it is how this board writes: told once, not on every row.
    for action in actions[:1]:
        message = "No row of this plan has a ref, so mails name actions by their first words. Refs such as 1.1 help"
        yield Problem("row-without-ref", None, action.row.where, message, Level.NOTE)


def _row_problems(action: Action, people: _People) -> Iterator[Problem]:
    found = [*_cell_problems(action), *_timeframe_problems(action), *people.findings(action)]
    if action.complete:
        return  # nobody needs to mend a finished row
    for code, message, level in found:
        yield Problem(code, action.ref, action.row.where, message, level)


def _cell_problems(action: Action) -> Iterator[_Finding]:
    row = action.row
    if not row.action:
        yield "missing-action", "The action is blank. Write what is to be done", Level.MEND
    if not action.leads:
        read = f"The lead reads “{_cut(row.lead)}”" if row.lead else "The lead is blank"
        yield "missing-lead", f"{read}, so nobody is reminded. Name a lead", Level.MEND
    if _holds_several(action):
        message = "This row lists several actions, and which lead and date go with which cannot be told"
        yield "several-in-one-row", f"{message}. Give each action a row of its own", Level.NOTE
    if action.ask:
        message = f"Progress reads “{_cut(row.progress)}”, which may mean finished. Begin it with Complete if it is"
        yield "completion-unconfirmed", message, Level.NOTE


def _holds_several(action: Action) -> bool:
    row = action.row
    dates_apart = _is_list(row.action) and len(action.timeframe.deadlines) > 1
    return dates_apart or _is_list(row.lead) or _is_list(row.timeframe)


def _is_list(cell: str | None) -> bool:
    # "a) ... b) ...", "1. ... 2. ...", bullets: from its first word on, for a list may also stand inside an action.
    if not cell or not _MARKS.match(cell):
        return False
    return [found.strip("(). ").casefold() for found in _MARKS.findall(cell)][:2] in _BEGINNINGS


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


def _lead_problems(leads: Sequence[Lead], people: _People) -> Iterator[_Finding]:
    yield from _spelling_problems([lead for lead in leads if lead.repaired])
    yield from _unknown_problems([lead for lead in leads if lead.kind is LeadKind.UNKNOWN])
    if leads and all(lead.kind is LeadKind.GROUP for lead in leads):
        yield "group-lead-only", f"Only a group leads: {leads[0].name}. Name a person who answers for it", Level.NOTE
    yield from _mailbox_problems(tuple(people.mailboxes(leads)), people.allowed)


def _spelling_problems(leads: Sequence[Lead]) -> Iterator[_Finding]:
    if leads:
        read = ", ".join(f"“{lead.written}” is read as {lead.name}" for lead in leads)
        yield "lead-spelling", f"{read}. Write the name so, or add this spelling to the lead directory", Level.NOTE


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
