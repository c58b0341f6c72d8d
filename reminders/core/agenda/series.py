"""The reminders that the calendar alone gives: for each action, person and deadline one for every offset."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial

from reminders.core.agenda.values import Reminder, Verdict
from reminders.core.directory import Directory, Group, Person, Recipient
from reminders.core.keys import reminder_keys
from reminders.core.plan import Action, Plan
from reminders.core.policy import Policy

_RECURRENCES_AHEAD = timedelta(days=400)

_Offsets = tuple[int, ...]
_Hears = Callable[[date], Recipient | None]


@dataclass(frozen=True, slots=True)
class Series:
    """The reminders of one action, person and deadline, first to last; nobody has asked yet which were told."""

    passed: tuple[Reminder, ...]  # their day has come
    ahead: tuple[Reminder, ...]
    paused: bool  # nothing of this action is told today


@dataclass(frozen=True, slots=True)
class _Day:
    """What the series of one day share; what many of them ask is worked out once."""

    directory: Directory
    policy: Policy
    today: date
    board: str
    audience: str
    send_days: dict[tuple[date, _Offsets], Sequence[tuple[int, date]]] = field(default_factory=dict)
    mailboxes: dict[str, _Hears] = field(default_factory=dict)

    def offsets(self, deadline: date, offsets: _Offsets) -> Sequence[tuple[int, date]]:
        """Return the offsets, first to last, each with the day it is sent."""
        asked = (deadline, offsets)
        if asked not in self.send_days:
            self.send_days[asked] = [(each, self.policy.send_day(deadline, each)) for each in sorted(offsets)]
        return self.send_days[asked]

    def hears(self, who: Person | Group) -> _Hears:
        """Return who hears for a person on a day; without a deputy it is the same one every day."""
        if who.id not in self.mailboxes:
            self.mailboxes[who.id] = _hearing(who, self.directory, self.today)
        return self.mailboxes[who.id]


def _hearing(who: Person | Group, directory: Directory, today: date) -> _Hears:
    if isinstance(who, Person) and who.deputy:
        return cache(partial(directory.recipient_of, who))
    same = directory.recipient_of(who, today)
    return lambda _: same


def series_of(
    plan: Plan, directory: Directory, policy: Policy, today: date, *, board: str, audience: str
) -> tuple[Series, ...]:
    """Return every series of the plan's open actions as it stands today."""
    day = _Day(directory, policy, today, board, audience)
    return tuple(series for action in plan.actions if not action.complete for series in _of_action(action, day))


def _of_action(action: Action, day: _Day) -> Iterator[Series]:
    override = day.policy.override_for(action.ref, action.theme.number)
    offsets = day.policy.offsets if override.offsets is None else override.offsets
    deadlines = _deadlines(action, offsets, day)
    for person in people_of(action, day.directory):
        for deadline in deadlines:
            yield _series(action, person, deadline, offsets, override.pause_until, day)


def people_of(action: Action, directory: Directory) -> tuple[Person | Group, ...]:
    """Return everybody whose action it is, each once, also who leads alone and through a group."""
    people = {who.id: who for lead in action.leads for who in directory.members_of(lead)}
    return tuple(people.values())


def _deadlines(action: Action, offsets: _Offsets, day: _Day) -> Sequence[date]:
    if action.timeframe.recurrence is None:
        return action.timeframe.deadlines
    behind = timedelta(days=max((0, *offsets)) + day.policy.catch_up + 31)
    near = action.timeframe.deadlines_near(day.today - behind, day.today + _RECURRENCES_AHEAD)
    return sorted({*action.timeframe.deadlines, *near})


def _series(
    action: Action, person: Person | Group, deadline: date, offsets: _Offsets, pause: date | None, day: _Day
) -> Series:
    due_by, hears = day.policy.due_by(deadline), day.hears(person)
    key_of = reminder_keys(
        board=day.board, audience=day.audience, action=action.id, person=person.id, deadline=deadline
    )
    passed: list[Reminder] = []
    ahead: list[Reminder] = []
    for offset, sent_on in day.offsets(deadline, offsets):
        has_come = sent_on <= day.today
        reminder = Reminder(
            key=key_of(offset),
            action=action,
            person=person.id,
            person_name=person.name,
            deadline=deadline,
            due_by=due_by,
            offset=offset,
            day=sent_on,
            verdict=Verdict.PAUSED if pause and day.today < sent_on < pause else Verdict.UPCOMING,
            recipient=hears(day.today if has_come else sent_on),
        )
        (passed if has_come else ahead).append(reminder)
    return Series(tuple(passed), tuple(ahead), pause is not None and day.today < pause)
