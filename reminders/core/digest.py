"""The weekly digest: what is blank, what is overdue, what is in doubt, what was sent and what goes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from reminders.core import notice_words, words
from reminders.core.agenda import Agenda, Reminder, Verdict
from reminders.core.keys import notice_key, short_hash
from reminders.core.notices import Address, Kind
from reminders.core.plan import Action, Level, Plan, Problem
from reminders.core.policy import Audience, Policy, Reason
from reminders.core.severity import worst_first
from reminders.core.timeframe import Kind as TimeframeKind

_NAMES_ITS_PLACE = frozenset({"missing-theme-heading", "row-without-ref"})
SOON = 60  # days that "due soon" looks ahead


@dataclass(frozen=True, slots=True)
class Row:
    """One action in the digest; `days` is how far its due-by date lies ahead, None without a date."""

    ref: str
    leads: str
    text: str
    timeframe: str
    due_by: date | None
    days: int | None

    @property
    def when(self) -> str:
        """Return its month in short, "Jan 2015", or the plan's wording where that gives no date."""
        return words.short_month(self.due_by) if self.due_by else self.timeframe

    @property
    def due_words(self) -> str:
        """Return "due 30 January 2015" or "was due 30 January 2015", or the plan's wording without a date."""
        return self.timeframe if self.due_by is None else notice_words.due(self.due_by, self.days or 0)

    @property
    def late_by(self) -> str | None:
        """Return "10 days late", or None while it is not."""
        return f"{words.days(-self.days)} late" if self.days is not None and self.days < 0 else None


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """How many of a theme's progress fields are blank."""

    number: int
    title: str
    blank: int
    total: int


@dataclass(frozen=True, slots=True)
class Later:
    """Blank fields that are due after the next weeks, by month."""

    when: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A problem with the refs it stands on, the same one told once."""

    refs: str
    message: str
    mend: bool

    @property
    def what(self) -> str:
        """Return what is wrong."""
        return words.parted(self.message)[0]

    @property
    def remedy(self) -> str:
        """Return what to do about it; empty where the message does not say."""
        return words.parted(self.message)[1]


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of the last week that reached a state worth telling."""

    day: date
    name: str
    refs: str
    result: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What goes out on one day of this week: each mailbox's name with the refs."""

    day: date
    mails: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger says of the time since the last digest; `facts` are that digest's own."""

    sent: tuple[Sent, ...] = ()
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """The weekly digest to one reader."""

    key: str
    board: str
    plan_title: str
    audience: Audience
    day: date
    to: Address
    plan_note: str | None
    total: int
    overdue_blank: tuple[Row, ...]
    overdue_recorded: tuple[Row, ...]
    due_soon: tuple[Row, ...]
    later: tuple[Later, ...]
    by_theme: tuple[ThemeCount, ...]
    doubts: tuple[Doubt, ...]
    closed: tuple[Row, ...]
    sent: tuple[Sent, ...]
    planned: tuple[Planned, ...]
    facts: Mapping[str, Any]

    kind = Kind.DIGEST
    cause = None
    reasons = (Reason.DUE,)

    @property
    def blank(self) -> int:
        """Return how many numbered actions have no progress."""
        return sum(theme.blank for theme in self.by_theme)

    @property
    def overdue(self) -> int:
        """Return how many actions are past their due-by date and not finished."""
        return len(self.overdue_blank) + len(self.overdue_recorded)

    @property
    def refs(self) -> tuple[str, ...]:
        """Return the refs the digest is about: those overdue and those blank."""
        due = [row.ref for rows in (self.overdue_blank, self.overdue_recorded, self.due_soon) for row in rows]
        return tuple(due + [row.ref for later in self.later for row in later.rows])

    @property
    def thread(self) -> tuple[str, date]:
        """Return what a mail program may group digests by."""
        return short_hash(f"digest {self.to.person}", 24), date(2000, 1, 1)

    @property
    def mends(self) -> tuple[Doubt, ...]:
        """Return the problems a person must mend."""
        return tuple(doubt for doubt in self.doubts if doubt.mend)

    @property
    def notes(self) -> tuple[Doubt, ...]:
        """Return the problems worth knowing."""
        return tuple(doubt for doubt in self.doubts if not doubt.mend)

    @property
    def to_fix(self) -> int:
        """Return how many problems a person must mend."""
        return len(self.mends)

    @property
    def subject(self) -> str:
        """Return the subject: counts alone."""
        return notice_words.digest_subject(self)

    @property
    def headline(self) -> str:
        """Return the fact, as the mail's heading."""
        return notice_words.digest_headline(self)

    @property
    def summary(self) -> str:
        """Return the sentence beneath the heading."""
        return notice_words.digest_summary(self)

    @property
    def preheader(self) -> str:
        """Return the line a mailbox shows beside the subject: refs alone."""
        overdue = [row.ref for row in (*self.overdue_blank, *self.overdue_recorded)]
        return notice_words.digest_preheader(self, overdue, [row.ref for row in self.due_soon])

    @property
    def month_rule(self) -> str | None:
        """Return how the plan's months were read, or None when no row shown has a month for its date."""
        later = (row for group in self.later for row in group.rows)
        rows = (*self.overdue_blank, *self.overdue_recorded, *self.due_soon, *later)
        days = (row.due_by for row in rows if row.due_by and row.timeframe == words.month(row.due_by))
        first = next(days, None)
        return notice_words.month_rule(first, first) if first else None


def draw_up_digest(
    plan: Plan,
    policy: Policy,
    agenda: Agenda,
    history: History,
    *,
    board: str,
    audience: Audience,
    to: Address,
    first_day: date,
    plan_note: str | None,
) -> Digest:
    """Draw up the digest of the week that `first_day` lies in, as the plan stands today."""
    rows = _Rows(plan, policy, agenda.today)
    overdue = sorted(rows.overdue, key=lambda action: rows.days(action) or 0)
    blank = [action for action in plan.numbered if action.blank and not action.complete]
    ahead = [action for action in blank if (rows.days(action) or 0) >= 0]
    soon = [action for action in ahead if rows.is_soon(action)]
    monday = first_day - timedelta(days=first_day.weekday())
    return Digest(
        key=notice_key(board=board, audience=audience, kind=Kind.DIGEST, person=to.person, day=monday),
        board=board,
        plan_title=plan.title,
        audience=audience,
        day=agenda.today,
        to=to,
        plan_note=plan_note,
        total=len(plan.numbered),
        overdue_blank=rows.of(action for action in overdue if action.blank),
        overdue_recorded=rows.of(action for action in overdue if not action.blank),
        due_soon=rows.of(sorted(soon, key=lambda action: rows.days(action) or 0)),
        later=rows.later([action for action in ahead if not rows.is_soon(action)]),
        by_theme=_by_theme(plan),
        doubts=_doubts(plan.problems),
        closed=_closed(rows, plan, history),
        sent=history.sent,
        planned=_planned(agenda, policy, agenda.today + timedelta(days=6 - agenda.today.weekday())),
        facts=_facts(plan, overdue, blank),
    )


class _Rows:
    """Actions as rows of the digest, on one day."""

    def __init__(self, plan: Plan, policy: Policy, today: date) -> None:
        self._plan = plan
        self._policy = policy
        self._today = today

    @property
    def overdue(self) -> tuple[Action, ...]:
        past = (action for action in self._plan.numbered if not action.complete)
        return tuple(action for action in past if (self.days(action) or 0) < 0)

    def due_by(self, action: Action) -> date | None:
        deadline = self._deadline(action)
        return self._policy.due_by(deadline) if deadline else None

    def days(self, action: Action) -> int | None:
        due_by = self.due_by(action)
        return (due_by - self._today).days if due_by else None

    def is_soon(self, action: Action) -> bool:
        days = self.days(action)
        return days is not None and 0 <= days <= SOON

    def row(self, action: Action) -> Row:
        leads = words.listed([lead.name for lead in action.leads]) or "Nobody"
        text = action.row.action or action.outcome or ""
        timeframe = action.timeframe.wording or "No date"
        return Row(action.label, leads, text, timeframe, self.due_by(action), self.days(action))

    def of(self, actions: Iterable[Action]) -> tuple[Row, ...]:
        return tuple(self.row(action) for action in actions)

    def later(self, actions: Sequence[Action]) -> tuple[Later, ...]:
        ordered = sorted(actions, key=lambda action: (self._deadline(action) or date.max, self._undated(action)))
        groups = groupby(ordered, key=self._when)
        return tuple(Later(when, self.of(group)) for when, group in groups)

    def _deadline(self, action: Action) -> date | None:
        return action.timeframe.deadline_on(self._today)

    def _when(self, action: Action) -> str:
        deadline = self._deadline(action)
        return words.month(deadline) if deadline else self._undated(action)

    def _undated(self, action: Action) -> str:
        if action.timeframe.kind is TimeframeKind.ONGOING:
            return "On-going"
        return "Unclear date" if action.timeframe.kind is TimeframeKind.UNCLEAR else "No date"


def _by_theme(plan: Plan) -> tuple[ThemeCount, ...]:
    counts = []
    for theme in dict.fromkeys(plan.themes):  # a heading repeated over a second table is one theme
        actions = [action for action in plan.numbered if action.theme == theme]
        blank = sum(action.blank and not action.complete for action in actions)
        if actions:
            counts.append(ThemeCount(theme.number, theme.title, blank, len(actions)))
    return tuple(counts)


def _doubts(problems: Iterable[Problem]) -> tuple[Doubt, ...]:
    # The same words on several rows are told once.
    told: dict[tuple[str, Level], list[str]] = {}
    for problem in worst_first(problems):
        told.setdefault((_message(problem), problem.level), []).append(problem.ref or "")
    return tuple(
        Doubt(", ".join(ref for ref in refs if ref), message, level is Level.MEND)
        for (message, level), refs in told.items()
    )


def _message(problem: Problem) -> str:
    # What the progress says goes to the action's own leads alone: it may carry a case.
    if problem.code == "completion-unconfirmed":
        return "The progress may mean that the action is finished. Begin it with Complete if it is"
    if problem.ref or problem.code in _NAMES_ITS_PLACE:
        return problem.message
    return f"{problem.where}: {problem.message}"


def _closed(rows: _Rows, plan: Plan, history: History) -> tuple[Row, ...]:
    if history.facts is None:
        return ()
    before = set(history.facts.get("complete", ()))
    return rows.of(action for action in plan.actions if action.complete and action.id not in before)


def _planned(agenda: Agenda, policy: Policy, last: date) -> tuple[Planned, ...]:
    now = policy.working_days.on_or_after(agenda.today)  # what is owed at a weekend goes after it
    going = [(now if each.verdict is Verdict.OWED else each.day, each) for each in (*agenda.owed, *agenda.upcoming)]
    this_week = sorted((each for each in going if each[0] <= last), key=lambda each: each[0])
    days = groupby(this_week, key=lambda each: each[0])
    planned = ((day, _mails([reminder for _, reminder in group])) for day, group in days)
    return tuple(Planned(day, mails) for day, mails in planned if mails)


def _mails(reminders: Sequence[Reminder]) -> tuple[tuple[str, str], ...]:
    refs: dict[str, list[str]] = {}
    for each in reminders:
        if each.recipient:
            refs.setdefault(each.recipient.name, []).append(each.action.label)
    return tuple((name, ", ".join(dict.fromkeys(labels))) for name, labels in sorted(refs.items()))


def _facts(plan: Plan, overdue: Iterable[Action], blank: Iterable[Action]) -> dict[str, Any]:
    return {
        "blank": [action.id for action in blank],
        "overdue": [action.id for action in overdue],
        "complete": [action.id for action in plan.actions if action.complete],
    }
