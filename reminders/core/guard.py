"""When a new reading of the plan must wait for a person's word: it shrank, changed its columns, or is another plan."""

import re

from reminders.core.plan import Plan

_SHRINKING = 5  # one open row in five may go from one reading to the next
_NOT_TITLE = re.compile(
    r"\d+(?:st|nd|rd|th)?|version|[\W_]+|(?<![a-z])"
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)


def why_held(plan: Plan, good: Plan | None) -> str | None:
    """Return what a person must confirm before `plan` replaces the last good one, or None when nothing.

    The first reading ever is never held.
    """
    if good is None:
        return None
    return _another_title(plan, good) or _other_columns(plan, good) or _shrunk(plan, good)


def _another_title(plan: Plan, good: Plan) -> str | None:
    if _bare(plan.title) == _bare(good.title):
        return None
    return f"its title was “{good.title}” and is now “{plan.title}”"


def _bare(title: str) -> str:
    return _NOT_TITLE.sub("", title.casefold())


def _other_columns(plan: Plan, good: Plan) -> str | None:
    now = dict(plan.columns)
    if not now:
        return None  # a form without headings, such as YAML
    for heading, role in good.columns:
        if heading not in now:
            return f"the column “{heading}” is missing"
        if now[heading] != role:
            return f"the column “{heading}” was read as {role} and is now read as {now[heading]}"
    return None


def _shrunk(plan: Plan, good: Plan) -> str | None:
    here = {action.id for action in plan.actions}
    open_rows = [action for action in good.actions if not action.complete]
    gone = [action.label for action in open_rows if action.id not in here]
    if len(gone) * _SHRINKING <= len(open_rows):
        return None
    named = ", ".join(gone[:5]) + (" and others" if len(gone) > 5 else "")
    return f"{len(gone)} of its {len(open_rows)} unfinished actions are gone ({named})"
