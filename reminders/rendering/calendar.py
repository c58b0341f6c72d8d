"""Calendars to subscribe to: one of the whole plan and one for each lead; refs and dates, and no wording of the plan.

Written by hand after RFC 5545, with the three names for it that calendar programs read: what is needed of it is whole
days, escapes and folded lines.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import NAMESPACE_URL, uuid5

from reminders.core.agenda import people_of
from reminders.core.directory import Directory, Group, Person
from reminders.core.plan import Action, Plan
from reminders.core.policy import Policy
from reminders.rendering.mime import one_line

_LONGEST_LINE = 75  # bytes, RFC 5545, 3.1
_PRODUCT = "PRODID:-//reminders//business plan//EN"
_IDENTITY = re.compile(rf"{_PRODUCT}\r\n[^\r]*\r\nX-WR-RELCALID:([0-9a-f-]{{36}})\r\n")
_EVENT = re.compile(
    r"BEGIN:VEVENT\r\nUID:(?P<uid>[0-9a-f-]{36})\r\nDTSTAMP:(?P<stamp>[0-9TZ]{16})\r\nSEQUENCE:(?P<sequence>\d{1,9})\r\n"
    r".*?END:VEVENT\r\n",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """An action as a calendar shows it: its ref, on the day it is due by; `uid` is the action's for life."""

    uid: str
    ref: str
    due_by: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """The deadlines of one lead, or of the whole plan; `identity` tells whose it is without a name."""

    identity: str
    name: str
    title: str
    deadlines: tuple[Deadline, ...] = ()


def draw_up_calendars(
    plan: Plan, directory: Directory, policy: Policy, *, board: str, today: date
) -> tuple[Calendar, ...]:
    """Return the plan's calendar and one for each lead who has a deadline; what is complete is in none.

    An action with several deadlines stands on the next one, or on the last when all have passed.
    """
    dated = [(action, _deadline(action, policy, board, today)) for action in plan.actions if not action.complete]
    due = [(action, deadline) for action, deadline in dated if deadline]
    led: dict[str, list[Deadline]] = {}
    for action, deadline in due:
        for who in people_of(action, directory):
            led.setdefault(who.id, []).append(deadline)
    whole = Calendar(_uid(board, "plan", ""), "plan", "Business plan", tuple(deadline for _, deadline in due))
    leads = (who for who in _everybody(directory) if who.id in led)
    own = (
        Calendar(_uid(board, "lead", who.id), who.name, f"Business plan: {who.name}", tuple(led[who.id]))
        for who in leads
    )
    return (whole, *own)


def _everybody(directory: Directory) -> tuple[Person | Group, ...]:
    return (*(person for person in directory.people if not person.left), *directory.groups)


def _deadline(action: Action, policy: Policy, board: str, today: date) -> Deadline | None:
    deadline = action.timeframe.deadline_on(today)
    if deadline is None:
        return None
    return Deadline(_uid(board, "action", action.id), action.ref or "without a ref", policy.due_by(deadline))


def _uid(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "\x1f".join(parts)))


def identity_of(text: str) -> str | None:
    """Return whose calendar a file of ours is, or None for any other text."""
    found = _IDENTITY.search(text)
    return found[1] if found else None


def emptied(text: str) -> str:
    """Return a calendar without its events, for who has no deadline left but may still be subscribed."""
    return _EVENT.sub("", text)


def calendar_text(calendar: Calendar, before: str, now: datetime) -> str:
    """Return a calendar as iCalendar text.

    `before` is the text it replaces, or "": what is unchanged keeps its stamp; a date that moved raises the sequence.
    """
    known = {found["uid"]: found for found in _EVENT.finditer(before)}
    events = (_event(deadline, known.get(deadline.uid), now) for deadline in calendar.deadlines)
    return _lines(_head(calendar)) + "".join(events) + _lines(["END:VCALENDAR"])


def _head(calendar: Calendar) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield _PRODUCT
    yield "CALSCALE:GREGORIAN"
    yield f"X-WR-RELCALID:{calendar.identity}"
    yield f"X-WR-CALNAME:{_escaped(calendar.title)}"
    yield f"NAME:{_escaped(calendar.title)}"  # RFC 7986; the one before it is what most programs read
    yield "REFRESH-INTERVAL;VALUE=DURATION:P1D"
    yield "X-PUBLISHED-TTL:P1D"  # the same for Outlook


def _event(deadline: Deadline, known: re.Match[str] | None, now: datetime) -> str:
    if known is None:
        return _event_text(deadline, _stamp(now), 0)
    same = _event_text(deadline, known["stamp"], int(known["sequence"]))
    return same if same == known[0] else _event_text(deadline, _stamp(now), int(known["sequence"]) + 1)


def _stamp(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _event_text(deadline: Deadline, stamp: str, sequence: int) -> str:
    return _lines(
        (
            "BEGIN:VEVENT",
            f"UID:{deadline.uid}",
            f"DTSTAMP:{stamp}",
            f"SEQUENCE:{sequence}",
            f"DTSTART;VALUE=DATE:{deadline.due_by:%Y%m%d}",
            f"SUMMARY:{_escaped(f'Business plan action {deadline.ref} due')}",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        )
    )


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", one_line(text))


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    rows, room = [""], _LONGEST_LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            rows.append(" ")
            room = _LONGEST_LINE - 1
        rows[-1] += letter
        room -= size
    return "\r\n".join(rows)
