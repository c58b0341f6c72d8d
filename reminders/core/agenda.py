"""What is owed today: for each action, lead and deadline, which offset is told now and which are not, and why."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from reminders.core.directory import Directory, Group, Person, Recipient
from reminders.core.keys import reminder_key
from reminders.core.plan import Action, Plan
from reminders.core.policy import Audience, Policy, Reason

_RECURRENCES_AHEAD = timedelta(days=400)


class Standing(StrEnum):
    """What the ledger knows of a reminder."""

    TOLD = "told"  # told, or counted as told for good
    WAITING = "waiting"  # in a mail that is held, in hand or uncertain
    PLANNED = "planned"  # in a mail that has not left and may still be redrawn
    FAILED = "failed"  # certainly did not arrive at the address it was sent to


@dataclass(frozen=True, slots=True)
class Told:
    """A reminder the ledger holds: how it stands, and the address it went to."""

    standing: Standing
    address: str = ""


class Verdict(StrEnum):
    """What the agenda says of one reminder today."""

    OWED = "owed"
    UPCOMING = "upcoming"
    TOLD = "told"
    WAITING = "waiting"
    SUPERSEDED = "superseded"
    LAPSED = "lapsed"
    PAUSED = "paused"
    UNHEARD = "unheard"  # owed, but there is no mailbox to send it to


@dataclass(frozen=True, slots=True)
class Reminder:
    """Action x person x offset x deadline, with the day it goes and what became of it."""

    key: str
    action: Action
    person: str
    person_name: str
    deadline: date
    due_by: date
    offset: int
    day: date
    verdict: Verdict = Verdict.UPCOMING
    late: bool = False
    recipient: Recipient | None = None

    @property
    def reason(self) -> Reason:
        """Return why it is told."""
        return Reason.LATE if self.late else Reason.DUE


@dataclass(frozen=True, slots=True)
class Agenda:
    """Every reminder of the plan as it stands today."""

    today: date
    reminders: tuple[Reminder, ...]

    @property
    def owed(self) -> tuple[Reminder, ...]:
        """Return what is to be told now."""
        return tuple(each for each in self.reminders if each.verdict is Verdict.OWED)

    @property
    def superseded(self) -> tuple[Reminder, ...]:
        """Return what a later offset overtook."""
        return tuple(each for each in self.reminders if each.verdict is Verdict.SUPERSEDED)

    @property
    def upcoming(self) -> tuple[Reminder, ...]:
        """Return what is still to come, soonest first."""
        return tuple(
            sorted((each for each in self.reminders if each.verdict is Verdict.UPCOMING), key=lambda each: each.day)
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What has been told before: the ledger's reminders, and the day before which everything counts as told."""

    board: str
    audience: Audience
    told: Mapping[str, Told]
    since: date | None = None


def draw_up_agenda(plan: Plan, directory: Directory, policy: Policy, today: date, memory: Memory) -> Agenda:
    """Decide for every reminder of the plan whether it is owed today; the same inputs give the same agenda."""
    return Agenda(today, tuple(_reminders(plan, directory, policy, today, memory)))


def _reminders(plan: Plan, directory: Directory, policy: Policy, today: date, memory: Memory) -> Iterator[Reminder]:
    for action in plan.actions:
        if action.complete:
            continue  # only completion stops reminders
        override = policy.override_for(action.ref, action.theme.number)
        rules = policy if override.offsets is None else replace(policy, offsets=override.offsets)
        deadlines = _deadlines(action, rules, today)
        for person in people_of(action, directory):
            hears = partial(directory.recipient_of, person)
            for deadline in deadlines:
                series = _series(action, person, deadline, rules, today, hears, memory)
                yield from _decided(series, rules, today, memory, override.pause_until)


def people_of(action: Action, directory: Directory) -> tuple[Person | Group, ...]:
    """Return everybody whose action it is, each once, also who leads alone and through a group."""
    people = {who.id: who for lead in action.leads for who in directory.members_of(lead)}
    return tuple(people.values())


def _deadlines(action: Action, policy: Policy, today: date) -> Sequence[date]:
    behind = timedelta(days=max((0, *policy.offsets)) + policy.catch_up + 31)
    near = action.timeframe.deadlines_near(today - behind, today + _RECURRENCES_AHEAD)
    return sorted({*action.timeframe.deadlines, *near})


def _series(
    action: Action,
    person: Person | Group,
    deadline: date,
    policy: Policy,
    today: date,
    hears: Callable[[date], Recipient | None],
    memory: Memory,
) -> list[Reminder]:
    due_by, hears_today = policy.due_by(deadline), hears(today)
    days = ((offset, policy.send_day(deadline, offset)) for offset in sorted(policy.offsets))
    return [
        Reminder(
            key=reminder_key(
                board=memory.board,
                audience=memory.audience,
                action=action.id,
                person=person.id,
                deadline=deadline,
                offset=offset,
            ),
            action=action,
            person=person.id,
            person_name=person.name,
            deadline=deadline,
            due_by=due_by,
            offset=offset,
            day=day,
            recipient=hears(day) if day > today else hears_today,
        )
        for offset, day in days
    ]


def _decided(
    series: Sequence[Reminder],
    policy: Policy,
    today: date,
    memory: Memory,
    pause: date | None,
) -> Iterator[Reminder]:
    passed = [each for each in series if each.day <= today]
    latest = passed[-1] if passed else None
    for each in series:
        if each.day > today:
            yield replace(each, verdict=Verdict.PAUSED) if pause and each.day < pause else each
        elif each is latest:
            paused = pause is not None and today < pause
            verdict = _verdict_on_latest(each, policy, today, memory, paused=paused)
            yield replace(each, verdict=verdict, late=each.day < today)
        else:
            yield replace(each, verdict=_verdict_on_earlier(each, policy, today, memory))


def _verdict_on_latest(latest: Reminder, policy: Policy, today: date, memory: Memory, *, paused: bool) -> Verdict:
    told = memory.told.get(latest.key)
    settled = _verdict_of_ledger(told, latest.recipient) or _verdict_of_calendar(latest, policy, today, memory)
    if settled or paused:
        return settled or Verdict.PAUSED
    return Verdict.OWED if latest.recipient else Verdict.UNHEARD


def _verdict_of_ledger(told: Told | None, recipient: Recipient | None) -> Verdict | None:
    if told is None or told.standing is Standing.PLANNED:
        return None
    if told.standing is Standing.WAITING:
        return Verdict.WAITING
    elsewhere = recipient is not None and recipient.address != told.address
    return None if told.standing is Standing.FAILED and elsewhere else Verdict.TOLD


def _verdict_of_calendar(reminder: Reminder, policy: Policy, today: date, memory: Memory) -> Verdict | None:
    if policy.has_lapsed(reminder.day, today):
        return Verdict.LAPSED
    return Verdict.TOLD if memory.since and reminder.day < memory.since else None


def _verdict_on_earlier(earlier: Reminder, policy: Policy, today: date, memory: Memory) -> Verdict:
    told = memory.told.get(earlier.key)
    if told and told.standing is Standing.TOLD:
        return Verdict.TOLD
    return _verdict_of_calendar(earlier, policy, today, memory) or Verdict.SUPERSEDED
