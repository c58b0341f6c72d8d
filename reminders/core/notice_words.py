"""What the mails say: subject, heading, facts, ask and next steps, worded from counts and dates alone.

The subject and the preheader show on lock screens, so they hold counts, dates and refs, never a cell's wording.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from reminders.core import words

LEAD_SUBJECT = 60  # characters a lead's subject may have, so that a telephone shows it whole
SUBJECT = 78  # characters any subject may have
_REFS_SHOWN = 9
_NOUNS = ("business plan action", "plan action", "action")  # the longest that fits is used
_SATURDAY = 5


class Due(Protocol):
    """An action that a reminder mail is about."""

    @property
    def days(self) -> int: ...
    @property
    def due_by(self) -> date: ...
    @property
    def progress(self) -> str | None: ...
    @property
    def short_ref(self) -> str: ...


class Side(Protocol):
    """The reader's own actions, or those of a lead they stand in for."""

    @property
    def deputy_for(self) -> str | None: ...


class Reminding(Protocol):
    """A reminder mail, as far as its words need it."""

    @property
    def plan_title(self) -> str: ...
    @property
    def sections(self) -> Sequence[Side]: ...
    @property
    def overdue(self) -> Sequence[Due]: ...
    @property
    def due_today(self) -> Sequence[Due]: ...
    @property
    def approaching(self) -> Sequence[Due]: ...
    @property
    def items(self) -> Sequence[Due]: ...
    @property
    def next_day(self) -> date | None: ...
    @property
    def reminders_left(self) -> int: ...


class Counting(Protocol):
    """A digest, as far as its words need it."""

    @property
    def day(self) -> date: ...
    @property
    def overdue(self) -> int: ...
    @property
    def blank(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def to_fix(self) -> int: ...
    @property
    def due_soon(self) -> Sequence[object]: ...


# A reminder mail.


def subject(notice: Reminding) -> str:
    """Return the subject of a reminder mail: counts and dates, at most 60 characters."""
    return _first_short(_subjects(notice), LEAD_SUBJECT)


def _subjects(notice: Reminding) -> Iterator[str]:
    groups = [group for group in (notice.overdue, notice.due_today, notice.approaching) if group]
    for noun in _NOUNS:
        yield f"{_state(notice)}: {_which(notice, len(groups[0]), noun)}{_rest(notice, groups)}"


def _state(notice: Reminding) -> str:
    if notice.overdue:
        return "Overdue"
    if notice.due_today:
        return "Due today"
    dates = _dates(notice.approaching)
    return f"Due {'by' if len(dates) == 1 else 'from'} {words.full_date(dates[0])}"


def _which(notice: Reminding, count: int, noun: str) -> str:
    mixed = count < len(notice.items)
    if not (mixed or _stands_in(notice)):
        return f"{words.number(count)} of your {noun}s"
    if not (mixed or _has_own(notice)):
        return f"{words.counted(count, noun)} you stand in for"
    return words.counted(count, noun)


def _rest(notice: Reminding, groups: Sequence[Sequence[Due]]) -> str:
    if len(groups) == 3:
        return f"; {words.number(len(groups[1]))} due today, {words.number(len(groups[2]))} soon"
    if len(groups) == 2:
        return f"; {words.number(len(groups[1]))} more due {'soon' if notice.approaching else 'today'}"
    return ""


def headline(notice: Reminding) -> str:
    """Return the heading of a reminder mail: the fact."""
    first, *others = _clauses(notice)
    count, state = first
    told = [f"{_whose(notice, count)} {_is(count)} {state}"]
    told += [f"{words.number(count)} {_is(count)} {state}" for count, state in others]
    return words.sentence(words.listed(told))


def _clauses(notice: Reminding) -> list[tuple[int, str]]:
    clauses = [
        (len(notice.overdue), "overdue"),
        (len(notice.due_today), "due today"),
        (len(notice.approaching), _when_due(notice.approaching)),
    ]
    return [clause for clause in clauses if clause[0]]


def _whose(notice: Reminding, count: int) -> str:
    if not _stands_in(notice):
        return f"{words.number(count)} of your actions"
    return words.counted(count, "action") + ("" if _has_own(notice) else " you stand in for")


def _when_due(items: Sequence[Due]) -> str:
    dates = _dates(items)
    if not dates:
        return ""
    by = f"by {words.weekday_date(dates[0])}"
    return f"due {by}" if len(dates) == 1 else f"due soon, the first {by}"


def facts(notice: Reminding) -> str:
    """Return the sentences beneath the heading: how long ago, how far ahead, and what has no progress."""
    alone = len(_clauses(notice)) == 1
    blank = sum(item.progress is None for item in notice.items)
    told = (
        _since_when(notice.overdue, alone=alone),
        _how_far(notice.approaching, alone=alone),
        words.progress_shown(blank, len(notice.items)),
    )
    return " ".join(each for each in told if each)


def _since_when(items: Sequence[Due], *, alone: bool) -> str:
    dates = _dates(items)
    if not dates:
        return ""
    ago = words.ago(-min(item.days for item in items))
    by = f"due by {words.weekday_date(dates[0])}, {ago}."
    if len(dates) > 1:
        return f"The longest overdue was {by}"
    who = words.plural(len(items), "It was", "They were") if alone else _the_overdue(len(items))
    return f"{who} {by}"


def _the_overdue(count: int) -> str:
    return words.plural(count, "The overdue action was", "The overdue actions were")


def _how_far(items: Sequence[Due], *, alone: bool) -> str:
    dates = _dates(items)
    if not dates:
        return ""
    far = sorted(item.days for item in items)
    if not alone:
        return f"{words.weekday_date(dates[0])} is {words.ahead(far[0])}."
    if len(dates) == 1:
        return f"That is {words.ahead(far[0])}."
    return f"The first is due {words.ahead(far[0])}, the last {words.ahead(far[-1])}."


def ask(notice: Reminding) -> str:
    """Return the one thing the mail asks for."""
    one = len(notice.items) == 1
    if notice.overdue:
        each = "Tell us where it has got to" if one else "For each action, tell us where it has got to"
        return f"Reply to this email today. {each}, or give the date when you expect to finish."
    if notice.due_today and notice.approaching:
        told = "For each action, say whether it is finished. If not, give a line of progress or the date you expect."
        return f"Reply to this email today. {told}"
    if notice.due_today:
        which = "it is" if one else "each is"
        return f"Reply today to say whether {which} finished. If not, give the date you expect."
    if one:
        line = "Reply to this email with a line or two of progress. If the action is finished, say so"
        return f"{line} and the reminders for it will stop."
    line = "Reply to this email with a line or two of progress for each action. If an action is finished, say so"
    return f"{line} and the reminders for it will stop."


def preheader(notice: Reminding) -> str:
    """Return the line a mailbox shows beside the subject: refs and the ask."""
    refs = words.listed(list(dict.fromkeys(item.short_ref for item in notice.items)), _REFS_SHOWN)
    one = len(notice.items) == 1
    if notice.overdue or notice.due_today:
        return f"{refs}. Reply today with where {'it' if one else 'each'} has got to."
    return f"{refs}. Reply with a line of progress{'' if one else ' for each'}."


def why(notice: Reminding) -> str:
    """Return why the reader got a reminder mail."""
    names = f"the {words.cut(notice.plan_title, 120)} names"
    absent = _absent(notice)
    if not absent:
        return f"{names} you as a lead."
    if _has_own(notice):
        return f"{names} you as a lead. It also names {absent}, and you are the deputy."
    return f"{names} {absent} as a lead, and you are the deputy."


def what_next(notice: Reminding) -> str:
    """Return when the next reminder comes and how many follow it, or that the digest alone goes on."""
    digest = "in the weekly digest to the business manager"
    if not notice.reminders_left or notice.next_day is None:
        stays = words.plural(len(notice.items), "the action stays", "the actions stay")
        return f"{_after_the_last(notice)}. Until the plan says Complete, {stays} {digest}."
    overdue = f"{_listed_in(notice)} listed {digest}. " if notice.overdue else ""
    on, more = words.full_date(notice.next_day), words.counted(notice.reminders_left, "more reminder")
    when = f"{more}, on {on}" if notice.reminders_left == 1 else f"{more}, the next on {on}"
    return f"{overdue}{'You' if overdue else 'you'} will get {when}, unless the plan says Complete by then."


def _after_the_last(notice: Reminding) -> str:
    if not _stands_in(notice):
        return "this was the last reminder"
    return f"any later reminders go to {_absent(notice)} again, unless they are still away"


def _listed_in(notice: Reminding) -> str:
    count = len(notice.overdue)
    if count == len(notice.items):
        return words.plural(count, "this action is", "these actions are")
    return words.plural(count, "the overdue action is", "the overdue actions are")


def deputy_heading(absent: str, away_until: date | None) -> str:
    """Return the heading over the actions of a lead who is away."""
    until = f" until {words.full_date(away_until)}" if away_until else ""
    return f"For {absent}, who is away{until}; you are the deputy"


def group_heading(state: str, *, recorded: bool, count: int, plain: bool) -> str:
    """Return the heading over the actions that stand alike; `plain` where all are still ahead."""
    asks = f" \u2013 {words.plural(count, 'is this', 'are these')} finished?" if recorded else ""
    if plain:
        return f"Progress recorded{asks}" if recorded else "No progress recorded"
    return f"{state}, with {'' if recorded else 'no '}progress recorded{asks}"


def due(day: date, days: int) -> str:
    """Return when an action is due, beside its ref: "due 30 January 2015", "was due ...", "due today, ..."."""
    if days == 0:
        return f"due today, {words.full_date(day)}"
    return f"{'was due' if days < 0 else 'due'} {words.full_date(day)}"


def month_rule(deadline: date, due_by: date) -> str:
    """Return how a plan's month is read; only a board that counts calendar days is due at a weekend."""
    last = "last day" if due_by.weekday() >= _SATURDAY else "last working day"
    return f"the plan gives a month, such as {words.month(deadline)}. We treat that as the {last} of the month."


def _dates(items: Sequence[Due]) -> list[date]:
    return sorted({item.due_by for item in items})


def _is(count: int) -> str:
    return words.plural(count, "is", "are")


def _stands_in(notice: Reminding) -> bool:
    return any(side.deputy_for for side in notice.sections)


def _absent(notice: Reminding) -> str:
    return words.listed([side.deputy_for for side in notice.sections if side.deputy_for])


def _has_own(notice: Reminding) -> bool:
    return any(not side.deputy_for for side in notice.sections)


def _first_short(candidates: Iterator[str], most: int) -> str:
    found = ""
    for found in candidates:
        if len(found) <= most:
            return found
    return found[:most]


# The digest.


def digest_subject(digest: Counting) -> str:
    """Return the subject of a digest: counts alone, at most 78 characters."""
    return _first_short(_digest_subjects(digest), SUBJECT)


def _digest_subjects(digest: Counting) -> Iterator[str]:
    told = [f"{digest.overdue} overdue"] if digest.overdue else []
    for fields in ("progress fields blank", "fields blank", "blank"):
        blank = f"{digest.blank} of {digest.total} {fields}" if digest.blank else "nothing blank"
        yield f"Weekly digest {words.full_date(digest.day)}: {', '.join([*told, blank])}"


def digest_headline(digest: Counting) -> str:
    """Return the heading of a digest: the fact."""
    overdue = f"{words.counted(digest.overdue, 'action')} {_is(digest.overdue)} overdue"
    told = [overdue, _how_blank(digest)] if digest.overdue else [_how_blank(digest)]
    return words.sentence(" and ".join(told))


def _how_blank(digest: Counting) -> str:
    if digest.blank:
        return f"{digest.blank} of {digest.total} progress fields {_is(digest.blank)} blank"
    if not digest.total:
        return "the plan has no numbered actions"
    return words.plural(digest.total, "the one progress field has", f"all {digest.total} progress fields have") + (
        " progress"
    )


def digest_summary(digest: Counting) -> str:
    """Return the sentence beneath the heading of a digest."""
    soon = len(digest.due_soon)
    if not (digest.overdue or digest.blank):
        return _to_fix(digest.to_fix) if digest.to_fix else "Nothing for you to do."
    first = words.plural(digest.overdue, "The overdue action comes first.", "The overdue actions come first.")
    more = f"{words.sentence(words.number(soon))}{' more' if digest.overdue else ''} with no progress"
    told = [first if digest.overdue else "Nothing is overdue."]
    told += [f"{more} {_is(soon)} due in the next 60 days."] if soon else []
    return " ".join(told)


def _to_fix(count: int) -> str:
    return f"{words.sentence(words.counted(count, 'problem'))} {words.plural(count, 'needs', 'need')} fixing."


def digest_preheader(digest: Counting, overdue: Sequence[str], soon: Sequence[str]) -> str:
    """Return the line a mailbox shows beside the subject of a digest: refs alone."""
    told = [f"Overdue: {words.listed(overdue, _REFS_SHOWN)}."] if overdue else []
    told += [f"Due soon: {words.listed(soon, _REFS_SHOWN)}."] if soon and not overdue else []
    if digest.to_fix:
        told.append(_to_fix(digest.to_fix))
    return " ".join(told) or "Nothing is overdue, and there is nothing to fix."


def who_and_refs(name: str, refs: str) -> str:
    """Return who hears of what, for a list of mails: "M Evans (2.3, 3.1)"."""
    return f"{words.cut(name, 120)} ({words.cut(refs, 200)})" if refs else words.cut(name, 120)
