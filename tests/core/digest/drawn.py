"""Digests of a few rows, on a Monday."""

from datetime import date
from typing import Any

from reminders.core.digest import Digest, History, draw_up_digest
from reminders.core.policy import Audience
from tests.builders import BOARD, MANAGER
from tests.core.builders import a_policy, agenda_on, understood

MONDAY = date(2015, 2, 9)


def digest_of(plan, today=MONDAY, *, policy=None, directory=None, told=None, history=None, **known: Any) -> Digest:
    policy = policy or a_policy()
    given = {"board": BOARD, "audience": Audience.LIVE, "to": MANAGER, "first_day": today, "plan_note": None, **known}
    return draw_up_digest(plan, policy, agenda_on(today, plan, directory, policy, told), history or History(), **given)


def drawn(*rows, **known: Any) -> Digest:
    return digest_of(understood(*rows, directory=known.get("directory"), policy=known.get("policy")), **known)


def refs(rows):
    return [row.ref for row in rows]


def later(digest):
    return [(each.when, refs(each.rows)) for each in digest.later]


def blank_refs(digest):
    return [*refs(digest.overdue_blank), *refs(digest.due_soon), *(ref for _, each in later(digest) for ref in each)]
