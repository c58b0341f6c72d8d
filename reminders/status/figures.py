"""How each board is doing, as JSON for a program: counts and times, and names only for who may see them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from reminders.core.directory import LeadKind
from reminders.core.plan import Plan
from reminders.status import plan_view
from reminders.status.values import AfterTick, PageBoard


def figures(boards: Sequence[PageBoard], *, with_names: bool) -> list[Mapping[str, Any]]:
    """Return one object a board; times are UTC."""
    return [_board(board, with_names=with_names) for board in boards]


def _board(board: PageBoard, *, with_names: bool) -> Mapping[str, Any]:
    ready, after = board.pulse.ready, board.after_tick()
    known: dict[str, Any] = {"board": board.name, "alive": board.pulse.alive, "ready": ready.ready}
    known["why"] = None if ready.ready else ready.why
    return {**known, **(_after(after, with_names=with_names) if after else {})}


def _after(after: AfterTick, *, with_names: bool) -> Mapping[str, Any]:
    result = after.result
    unresolved = _unresolved(after.plan) if after.plan else ()
    known: dict[str, Any] = {
        "paused": after.rules.paused,
        "audience": after.rules.audience,
        "transport": after.service.way.transport.name,
        "last_tick": _utc(result.now),
        "next_tick": _utc(result.now + timedelta(seconds=after.every)),
        "next_mail": _utc(after.next_mail),
        "next_digest": _utc(after.service.next_digest(result.now)),
        "settled": Counter(entry.state for entry in result.settled),
        "waiting": Counter(entry.state for entry in result.waiting),
        "faults": len(result.faults),
        "plan": _plan(after),
        "unresolved_leads": len(unresolved),
    }
    return known | ({"unresolved": unresolved} if with_names else {})


def _plan(after: AfterTick) -> Mapping[str, Any]:
    known: dict[str, Any] = {"outcome": after.result.plan.outcome, "usable": after.result.plan.usable}
    digest = plan_view.in_digest(after)
    if after.plan is None or digest is None:
        return known
    return known | {
        "actions": len(after.plan.actions),
        "blank": digest.blank,
        "overdue": digest.overdue,
        "to_fix": digest.to_fix,
    }


def _unresolved(plan: Plan) -> Sequence[str]:
    leads = (lead for action in plan.actions for lead in action.leads)
    return sorted({lead.name for lead in leads if lead.kind is LeadKind.UNKNOWN})


def _utc(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
