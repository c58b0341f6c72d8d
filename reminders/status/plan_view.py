"""The plan as the page shows it: each action with its date and how it stands, by theme, and what a person must mend."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reminders.core import words
from reminders.core.agenda import Agenda
from reminders.core.digest import Digest
from reminders.core.plan import Action, Plan, Theme
from reminders.core.policy import Policy
from reminders.service import digests
from reminders.service.views import Today
from reminders.status.values import AfterTick


class Look(StrEnum):
    """How an action stands, as its mark shows it."""

    COMPLETE = "complete"
    RECORDED = "recorded"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class ShownAction:
    """One action; of its progress only whether there is any, since the text may carry a case."""

    ref: str
    text: str
    leads: str
    timeframe: str
    due_by: date | None
    look: Look
    days: int | None  # from today to its due-by date

    @property
    def overdue(self) -> bool:
        """Say whether its due-by date has passed and it is not complete."""
        return self.look is not Look.COMPLETE and self.days is not None and self.days < 0

    @property
    def due(self) -> str:
        """Return its due-by date, or the plan's wording where that gives none."""
        return words.full_date(self.due_by) if self.due_by else self.timeframe

    @property
    def state(self) -> str:
        """Return how it stands, in words."""
        return {Look.COMPLETE: "Complete", Look.RECORDED: "Progress recorded", Look.BLANK: "Progress blank"}[self.look]

    @property
    def late_by(self) -> str | None:
        """Return "10 days overdue", or None while it is not."""
        return f"{words.days(-self.days)} overdue" if self.overdue and self.days is not None else None


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """A theme and its actions, in the plan's order."""

    number: int
    title: str
    actions: tuple[ShownAction, ...]


def themes_of(plan: Plan, policy: Policy, today: date) -> tuple[ShownTheme, ...]:
    """Return the plan by theme; a heading repeated over a second table is one theme."""
    by_theme: dict[Theme, list[ShownAction]] = {}
    for action in plan.actions:
        by_theme.setdefault(action.theme, []).append(_shown(action, policy, today))
    return tuple(ShownTheme(theme.number, theme.title, tuple(own)) for theme, own in by_theme.items())


def _shown(action: Action, policy: Policy, today: date) -> ShownAction:
    deadline = action.timeframe.deadline_on(today)
    due_by = policy.due_by(deadline) if deadline else None
    return ShownAction(
        ref=action.ref or "no ref",
        text=action.row.action or action.outcome or "",
        leads=words.listed([lead.name for lead in action.leads]) or "Nobody",
        timeframe=action.timeframe.wording or "No date",
        due_by=due_by,
        look=_look(action),
        days=(due_by - today).days if due_by else None,
    )


def _look(action: Action) -> Look:
    if action.complete:
        return Look.COMPLETE
    return Look.BLANK if action.blank else Look.RECORDED


def overdue(themes: Iterable[ShownTheme]) -> tuple[ShownAction, ...]:
    """Return what is overdue, the longest first."""
    late = (action for theme in themes for action in theme.actions if action.overdue)
    return tuple(sorted(late, key=lambda action: action.days or 0))


def in_digest(after: AfterTick) -> Digest | None:
    """Return the plan's counts and doubts as the digest words them, without what the ledger would add."""
    plan = after.plan
    if plan is None:
        return None
    nothing_told = Today(after.now(), after.today, plan, Agenda(after.today, ()))
    return digests.draw_up(None, after.rules, nothing_told, after.today, after.result.plan.note)[0]
