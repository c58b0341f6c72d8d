"""What a tick did and how it left its board -> the numbers that are told to Prometheus."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from reminders.core.directory import LeadKind
from reminders.core.plan import Action, Plan
from reminders.core.policy import Audience
from reminders.ledger.base import Entry, State
from reminders.metrics import Counts, Mode
from reminders.service.values import Rules, TickResult
from reminders.settings import Settings
from reminders.wiring import audience_of

_PENDING = (State.PLANNED, State.CLAIMED, State.TRANSMITTING)


def counts_of(result: TickResult, rules: Rules) -> Counts:
    """Return the numbers of one tick."""
    pending = [entry for entry in result.waiting if entry.state in _PENDING]
    tried = [entry for entry in result.settled if entry.state is not State.HELD]
    states = Counter(entry.state for entry in result.waiting)
    plan, today = result.plan.plan, rules.local(result.now).date()
    return Counts(
        planned=_by_kind(_new(result)),
        tried=_by_kind(tried),
        failed=Counter((entry.new.kind, entry.reason or "outage") for entry in tried if entry.state is not State.SENT),
        pending=_by_kind(pending),
        oldest_pending=max(((result.now - entry.created).total_seconds() for entry in pending), default=0.0),
        uncertain=states[State.UNCERTAIN],
        held=states[State.HELD],
        plan_loaded=result.plan.outcome == "ok",
        plan_items=Counter(_state(action, today) for action in plan.actions) if plan else {},
        unresolved_leads=len(_unresolved(plan)) if plan else 0,
        blank_progress=sum(action.blank for action in plan.numbered) if plan else 0,
    )


def mode_of(settings: Settings) -> Mode:
    """Return whether mails reach the people of the plan, or are tried out, or do not go at all."""
    if settings.mode == "paused":
        return "paused"
    return "live" if audience_of(settings) is Audience.LIVE else "trial"


def _by_kind(entries: Sequence[Entry]) -> Counter[str]:
    return Counter(entry.new.kind for entry in entries)


def _new(result: TickResult) -> list[Entry]:
    known = {entry.id: entry for entry in (*result.settled, *result.waiting)}
    return [entry for entry in known.values() if entry.created >= result.now]


def _state(action: Action, today: date) -> str:
    deadline = action.timeframe.deadline_on(today)
    if action.complete:
        return "complete"
    if deadline is None:
        return "undated"
    return "overdue" if deadline < today else "upcoming"


def _unresolved(plan: Plan) -> set[str]:
    return {lead.name for action in plan.actions for lead in action.leads if lead.kind is LeadKind.UNKNOWN}
