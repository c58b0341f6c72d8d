"""Since when an action is its lead's, as far as the digests have seen: kept with each digest, told in reminders."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from reminders.core.keys import short_hash
from reminders.core.plan import Action, Plan

_LETTERS = 12  # of a lead's hash: no name outlives an erasure in what a digest keeps


def tenures(plan: Plan, before: Mapping[str, Any] | None) -> dict[str, dict[str, str | None]]:
    """Return, for the next digest, the leads of each action with the day of the last digest that did not name them."""
    return {
        action.id: {_known_as(each.id): _iso(new_since(action, each.id, before)) for each in action.leads if each.id}
        for action in plan.actions
    }


def new_since(action: Action, person: str, before: Mapping[str, Any] | None) -> date | None:
    """Return the day of the last digest that did not name somebody as a lead of an action, by its facts.

    None for whom no lead of that action is, who has led it since digests are kept, or whose action is new as well.
    """
    known = (before or {}).get("leads", {}).get(action.id)
    if before is None or known is None or all(lead.id != person for lead in action.leads):
        return None
    day = known.get(_known_as(person), before["day"])
    return date.fromisoformat(day) if day else None


def _known_as(person: str) -> str:
    return short_hash(person, _LETTERS)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
