"""A digest is drawn up: from the plan as it stands, today's agenda, and what the ledger says of the last days."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby

from reminders.core import words
from reminders.core.agenda import Agenda
from reminders.core.digest.changes import changes_since, closed_since, facts_of
from reminders.core.digest.values import SOON, Digest, Doubt, History, Later, Row, ThemeCount
from reminders.core.digest.week import going_out, refused_addresses
from reminders.core.keys import notice_key
from reminders.core.notices import Address, Kind
from reminders.core.plan import Action, Level, Plan, Problem
from reminders.core.policy import Audience, Policy
from reminders.core.severity import worst_first
from reminders.core.timeframe import Kind as TimeframeKind

_NAMES_ITS_PLACE = frozenset({"missing-theme-heading", "row-without-ref"})


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
    return Digest(
        key=digest_key(board, audience, to, first_day),
        board=board,
        plan_title=plan.title,
        audience=audience,
        day=agenda.today,
        to=to,
        plan_note=plan_note,
        total=len(plan.numbered),
        overdue_blank=rows.of(action for action in overdue if action.blank),
        overdue_recorded=rows.of(action for action in overdue if not action.blank),
        due_soon=rows.of(rows.soon(ahead)),
        later=rows.later([action for action in ahead if not rows.is_soon(action)]),
        blank_rows=rows.of(blank),
        by_theme=_by_theme(plan),
        doubts=(*refused_addresses(agenda, history.barred), *_doubts(plan.problems)),
        changes=changes_since(history.facts, plan, overdue, blank),
        closed=rows.of(closed_since(history.facts, plan)),
        sent=history.sent,
        planned=going_out(agenda, policy, history.barred),
        facts=facts_of(history.facts, agenda.today, plan, overdue, blank),
    )


def digest_key(board: str, audience: Audience, to: Address, first_day: date) -> str:
    """Return the key of a reader's digest: one for each ISO week, the one that `first_day` lies in."""
    monday = first_day - timedelta(days=first_day.weekday())
    return notice_key(board=board, audience=audience, kind=Kind.DIGEST, person=to.person, day=monday)


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

    def soon(self, actions: Iterable[Action]) -> list[Action]:
        return sorted(filter(self.is_soon, actions), key=lambda action: self.days(action) or 0)

    def row(self, action: Action) -> Row:
        leads = words.listed([lead.name for lead in action.leads]) or "Nobody"
        text = action.row.action or action.outcome or ""
        timeframe = action.timeframe.wording or "No date"
        return Row(action.label, leads, text, timeframe, self.due_by(action), self.days(action), action.theme.title)

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
