"""What a digest remembers for the next one, and what has changed since the last."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from reminders.core.digest.values import Change
from reminders.core.plan import Action, Plan
from reminders.core.tenure import tenures


def facts_of(
    before: Mapping[str, Any] | None, day: date, plan: Plan, overdue: Iterable[Action], blank: Iterable[Action]
) -> dict[str, Any]:
    """Return the ids by which the next digest knows how things stood, and since when each action is whose."""
    return {
        "day": day.isoformat(),
        "blank": [action.id for action in blank],
        "overdue": [action.id for action in overdue],
        "complete": [action.id for action in plan.actions if action.complete],
        "leads": tenures(plan, before),
    }


def changes_since(
    before: Mapping[str, Any] | None, plan: Plan, overdue: Collection[Action], blank: Collection[Action]
) -> tuple[Change, ...] | None:
    """Return what was filled in, what became blank and what became overdue; None where there was no digest before."""
    if before is None:
        return None
    were_blank, were_overdue = set(before.get("blank", ())), set(before.get("overdue", ()))
    still_blank = {action.id for action in blank}
    found = (
        ("Progress filled in", [each for each in plan.numbered if each.id in were_blank - still_blank]),
        ("Newly blank", [each for each in blank if each.id not in were_blank]),
        ("Newly overdue", [each for each in overdue if each.id not in were_overdue]),
    )
    return tuple(Change(what, tuple(each.label for each in actions)) for what, actions in found if actions)


def closed_since(before: Mapping[str, Any] | None, plan: Plan) -> Sequence[Action]:
    """Return the actions that the plan has called complete since the last digest."""
    if before is None:
        return ()
    known = set(before.get("complete", ()))
    return [action for action in plan.actions if action.complete and action.id not in known]
