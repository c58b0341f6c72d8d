"""What each action is called from one reading of the plan to the next."""

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace

from reminders.core.keys import short_hash
from reminders.core.plan.values import Action, Plan, WrittenRow

_NO_LETTERS = re.compile(r"[^a-z0-9]+")


def own_ids(rows: Sequence[tuple[WrittenRow, int]]) -> Iterator[str]:
    """Yield what rows, each with the number of its theme, are called if nothing is known of an earlier reading."""
    by_ref = Counter(row.ref for row, _ in rows)
    by_theme = Counter((row.ref, number) for row, number in rows)
    counts: Counter[str] = Counter()
    taken: set[str] = set()
    for row, number in rows:
        if row.ref and by_ref[row.ref] == 1:
            name = row.ref
        elif row.ref and by_theme[row.ref, number] == 1:
            name = f"{row.ref}@{number}"
        else:
            name = "~" + short_hash(_letters(row))
        numbered = name
        while numbered in taken:
            counts[name] += 1
            numbered = f"{name}-{counts[name] + 1}"
        taken.add(numbered)
        yield numbered


def _letters(row: WrittenRow) -> str:
    return _NO_LETTERS.sub("", (row.action or "").lower())


def keep_ids(plan: Plan, good: Plan) -> Plan:
    """Give each row the id it had.

    A row that stands as it stood keeps it, whatever became of the rows around it; so does one that was reworded, where
    it is the only new one between the same neighbours.
    """
    then, now = _by_own_id(good), _by_own_id(plan)
    same = {own: own for own in now if own in then} | dict(_no_longer_alone(then, now))
    same |= _reworded(tuple(then), tuple(same.get(own, own) for own in now), frozenset(same.values()))
    kept = {own: then[before].id for own, before in same.items()}
    # A row that has an id by its own right now takes it from one that was only kept under it.
    ids = (kept[own] if own in kept and (kept[own] == own or kept[own] not in now) else own for own in now)
    return with_ids(plan, tuple(ids))


def _by_own_id(plan: Plan) -> dict[str, Action]:
    own = own_ids([(action.row, action.theme.number) for action in plan.actions])
    return dict(zip(own, plan.actions, strict=True))


def _no_longer_alone(then: Mapping[str, Action], now: Mapping[str, Action]) -> Iterator[tuple[str, str]]:
    # A row is still the same when somebody gives its ref to a second one.
    alone = {(own, _letters(action.row)) for own, action in then.items() if own == action.ref}
    for own, action in now.items():
        row = (action.ref or "", _letters(action.row))
        if own != action.ref and row in alone:
            alone.remove(row)
            yield own, row[0]


def _reworded(then: Sequence[str], now: Sequence[str], common: Container[str]) -> dict[str, str]:
    gone = _gaps(then, common)
    return {
        fresh[0]: gone[gap][0]
        for gap, fresh in _gaps(now, common).items()
        if len(fresh) == 1 and len(gone.get(gap, ())) == 1 and fresh[0].startswith("~")
    }


def with_ids(plan: Plan, ids: Sequence[str]) -> Plan:
    """Give a plan's actions, in order, the ids they were kept with."""
    return replace(plan, actions=tuple(replace(each, id=kept) for each, kept in zip(plan.actions, ids, strict=True)))


def _gaps(ids: Sequence[str], common: Container[str]) -> dict[tuple[str, str], list[str]]:
    # What stands between two rows that both plans have, by those two rows.
    gaps: dict[tuple[str, str], list[str]] = {}
    above = ""
    between: list[str] = []
    for identity in [*ids, ""]:
        if identity == "" or identity in common:
            gaps[above, identity] = between
            above, between = identity, []
        else:
            between.append(identity)
    return gaps
