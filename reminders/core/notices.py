"""Reminders gathered into mails: one per person and day, own actions and stood-in ones together."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import Any

from reminders.core import notice_words, words
from reminders.core.agenda import Agenda, Reminder
from reminders.core.directory import Recipient
from reminders.core.keys import notice_key, short_hash
from reminders.core.plan import Plan
from reminders.core.policy import Audience, Reason
from reminders.core.tenure import new_since

_REF_PARTS = re.compile(r"(\d{1,9})|[^\d.]+")


class Kind(StrEnum):
    """The kinds of mail."""

    REMINDER = "reminder"
    DIGEST = "digest"
    FAULT = "fault"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a notice goes: the entry's person, whom it is for, and the mailbox."""

    person: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Item:
    """One action in a reminder mail, as its reader needs it."""

    reminder: Reminder
    days: int  # from today to the due-by date; negative when it has passed
    shared_with: tuple[str, ...]
    new_since: date | None = None  # the last digest that named other leads; None for who has led it for long

    @property
    def ref(self) -> str:
        """Return what to call the action."""
        return self.reminder.action.label

    @property
    def due_by(self) -> date:
        """Return the date the mail names."""
        return self.reminder.due_by

    @property
    def text(self) -> str:
        """Return the action's wording, or its outcome where the plan gives no action."""
        return self.reminder.action.row.action or self.reminder.action.outcome or ""

    @property
    def outcome(self) -> str | None:
        """Return the desired outcome, where the text is not that already."""
        return self.reminder.action.outcome if self.reminder.action.row.action else None

    @property
    def progress(self) -> str | None:
        """Return what the plan records, or None when that is blank."""
        return None if self.reminder.action.blank else self.reminder.action.row.progress

    @property
    def timeframe(self) -> str:
        """Return the plan's own wording of the date."""
        return self.reminder.action.timeframe.wording

    @property
    def late(self) -> bool:
        """Say whether the reminder goes after its day."""
        return self.reminder.late

    @property
    def short_ref(self) -> str:
        """Return its ref, or "no ref": what may stand where the plan's wording must not."""
        return self.reminder.action.ref or "no ref"

    @property
    def due_words(self) -> str:
        """Return "due 30 January 2015", "was due 30 January 2015" or "due today, 30 January 2015"."""
        return notice_words.due(self.due_by, self.days)

    @property
    def overdue_by(self) -> str | None:
        """Return "10 days overdue", or None while it is not."""
        return f"{words.days(-self.days)} overdue" if self.days < 0 else None

    @property
    def late_words(self) -> str | None:
        """Return that the reminder is late and which day it was meant for, or None when it is not."""
        if not self.late:
            return None
        return f"This reminder is late: it was meant for {words.full_date(self.reminder.day)}."

    @property
    def new_words(self) -> str | None:
        """Return since when the action is the reader's, or None where that is no news."""
        return f"This action became yours after {words.full_date(self.new_since)}." if self.new_since else None

    @property
    def co_leads(self) -> str:
        """Return the other leads of the action, as a list in words."""
        return words.listed(self.shared_with)


@dataclass(frozen=True, slots=True)
class Group:
    """Actions of a section that stand alike: `state` is overdue, today or ahead; `recorded` those with progress."""

    heading: str
    state: str
    recorded: bool
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Section:
    """The reader's own actions, or those of a lead they stand in for."""

    deputy_for: str | None
    away_until: date | None
    items: tuple[Item, ...]

    @property
    def blank(self) -> tuple[Item, ...]:
        """Return the items without progress."""
        return tuple(item for item in self.items if item.progress is None)

    @property
    def recorded(self) -> tuple[Item, ...]:
        """Return the items with progress, which the mail asks about."""
        return tuple(item for item in self.items if item.progress is not None)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Return the items as the mail groups them: overdue, due today, ahead; in each those without progress first."""
        return tuple(_groups(self.items))

    @property
    def heading(self) -> str | None:
        """Return whom the reader stands in for and until when, or None over their own actions."""
        return notice_words.deputy_heading(self.deputy_for, self.away_until) if self.deputy_for else None


@dataclass(frozen=True, slots=True)
class LaterAction:
    """An action of the reader's that asks for nothing yet."""

    ref: str
    text: str
    timeframe: str


@dataclass(frozen=True)
class ReminderNotice:
    """One reminder mail; what all its words are made of is worked out once."""

    key: str
    board: str
    plan_title: str
    audience: Audience
    day: date
    to: Address
    detail: str
    sections: tuple[Section, ...]
    later: tuple[LaterAction, ...]
    next_day: date | None
    reminders_left: int

    kind = Kind.REMINDER
    cause = None

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Return all actions of the mail, soonest due first within each section."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def overdue(self) -> tuple[Item, ...]:
        """Return the actions whose due-by date has passed."""
        return tuple(item for item in self.items if item.days < 0)

    @cached_property
    def due_today(self) -> tuple[Item, ...]:
        """Return the actions due today."""
        return tuple(item for item in self.items if item.days == 0)

    @cached_property
    def approaching(self) -> tuple[Item, ...]:
        """Return the actions due on a later day."""
        return tuple(item for item in self.items if item.days > 0)

    @property
    def refs(self) -> tuple[str, ...]:
        """Return the refs of its actions, each once."""
        return tuple(dict.fromkeys(item.ref for item in self.items))

    @property
    def late(self) -> bool:
        """Say whether any of its reminders goes after its day."""
        return any(item.late for item in self.items)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why it goes."""
        reasons = [item.reminder.reason for item in self.items]
        if any(section.deputy_for for section in self.sections):
            reasons.append(Reason.DEPUTY)
        return tuple(dict.fromkeys(reasons))

    @property
    def thread(self) -> tuple[str, date]:
        """Return what a mail program may group it by: the person and the earliest deadline."""
        return short_hash(self.to.person, 24), min(item.reminder.deadline for item in self.items)

    @cached_property
    def headline(self) -> str:
        """Return the fact, as the mail's heading."""
        return notice_words.headline(self)

    @property
    def subject(self) -> str:
        """Return the subject: counts and dates, never a theme or an action's wording."""
        return notice_words.subject(self)

    @property
    def preheader(self) -> str:
        """Return the line a mailbox shows beside the subject: refs and the ask."""
        return notice_words.preheader(self)

    @cached_property
    def facts(self) -> str:
        """Return the sentences beneath the heading."""
        return notice_words.facts(self)

    @cached_property
    def ask(self) -> str:
        """Return the one thing the mail asks for."""
        return notice_words.ask(self)

    @cached_property
    def late_words(self) -> str | None:
        """Return that the whole mail is late, or None where its reminders differ in that."""
        meant = {item.reminder.day if item.late else None for item in self.items}
        day = meant.pop() if len(meant) == 1 else None
        return f"This email is late: it was meant for {words.full_date(day)}." if day else None

    @property
    def reply_lines(self) -> tuple[str, ...]:
        """Return what the reply begins its lines with: each ref once."""
        return tuple(dict.fromkeys(item.short_ref for item in self.items))

    @cached_property
    def why(self) -> str:
        """Return why the reader got the mail."""
        return notice_words.why(self)

    @cached_property
    def what_next(self) -> str:
        """Return when the next reminder comes and how many follow."""
        return notice_words.what_next(self)

    @property
    def month_rule(self) -> str | None:
        """Return how the plan's month was read, or None when no action of the mail has a month for its date."""
        months = (item.reminder for item in self.items if item.reminder.action.timeframe.form == "month")
        first = next(months, None)
        return notice_words.month_rule(first.deadline, first.due_by) if first else None

    @property
    def refs_only(self) -> bool:
        """Say whether the mail must hold refs and dates alone: no wording of the plan, no names of others."""
        return self.detail == "refs"


def gather_notices(
    agenda: Agenda,
    plan: Plan,
    *,
    board: str,
    audience: Audience,
    keys: Mapping[str, str],
    facts: Mapping[str, Any] | None = None,
) -> tuple[ReminderNotice, ...]:
    """Put what is owed into one notice for each mailbox's person; no reminder is lost on the way.

    `keys` names, by person, the entry that a release has set free today: what is owed to that person joins it.
    `facts` are those of the last digest; who leads an action only since then is told so.
    """
    owed = sorted(agenda.owed, key=lambda each: _recipient(each).person)
    if not owed:
        return ()
    upcoming, places = agenda.upcoming, {action.id: place for place, action in enumerate(plan.actions)}
    heard, led = _grouped(upcoming, _recipient_person), _grouped(upcoming, lambda each: each.person)
    notices = []
    for person, group in groupby(owed, key=lambda each: _recipient(each).person):
        reminders = tuple(group)
        key = keys.get(person) or notice_key(
            board=board, audience=audience, kind=Kind.REMINDER, person=person, day=agenda.today
        )
        ahead = _Ahead(heard.get(person, ()), led.get(person, ()), places)
        sections = _sections(reminders, agenda.today, facts)
        notices.append(_notice(key, reminders, sections, ahead, plan, board, audience, agenda.today))
    return tuple(notices)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What comes for one person, soonest first: what will reach their mailbox, and what is about their own actions."""

    heard: Sequence[Reminder]
    own: Sequence[Reminder]
    places: Mapping[str, int]  # where in the plan an action stands, by its id


def _grouped(
    reminders: Iterable[Reminder], key: Callable[[Reminder], str | None]
) -> Mapping[str | None, Sequence[Reminder]]:
    groups: dict[str | None, list[Reminder]] = {}
    for each in reminders:
        groups.setdefault(key(each), []).append(each)
    return groups


def _notice(
    key: str,
    reminders: Sequence[Reminder],
    sections: tuple[Section, ...],
    ahead: _Ahead,
    plan: Plan,
    board: str,
    audience: Audience,
    today: date,
) -> ReminderNotice:
    to = _recipient(reminders[0])
    told = {each.action.id for each in reminders}
    same = [each for each in ahead.heard if each.action.id in told]
    return ReminderNotice(
        key=key,
        board=board,
        plan_title=plan.title,
        audience=audience,
        day=today,
        to=Address(to.person, to.name, to.address),
        detail=to.detail,
        sections=sections,
        later=_later([each for each in ahead.own if each.action.id not in told], ahead.places, to),
        next_day=same[0].day if same else None,
        reminders_left=len({each.day for each in same}),
    )


def _recipient(reminder: Reminder) -> Recipient:
    if reminder.recipient is None:
        raise ValueError("an owed reminder has a recipient")
    return reminder.recipient


def _recipient_person(reminder: Reminder) -> str | None:
    return reminder.recipient.person if reminder.recipient else None


def _sections(reminders: Iterable[Reminder], today: date, facts: Mapping[str, Any] | None) -> tuple[Section, ...]:
    stood_in: dict[str, list[Reminder]] = {}
    for each in reminders:
        stood_in.setdefault(_recipient(each).deputy_for or "", []).append(each)
    return tuple(
        Section(name or None, _recipient(group[0]).away_until, _items(group, today, facts))
        for name, group in sorted(stood_in.items())
    )


def _items(reminders: Iterable[Reminder], today: date, facts: Mapping[str, Any] | None) -> tuple[Item, ...]:
    ordered = sorted(reminders, key=lambda each: (each.due_by, _natural(each.action.label), each.offset))
    return tuple(
        Item(each, (each.due_by - today).days, _shared_with(each), _new_since(each, facts)) for each in ordered
    )


def _new_since(reminder: Reminder, facts: Mapping[str, Any] | None) -> date | None:
    if _recipient(reminder).deputy_for:
        return None  # the mail is another's to answer, and the news that lead's
    return new_since(reminder.action, reminder.person, facts)


def _natural(ref: str) -> tuple[tuple[int, str], ...]:
    # 1.2, 1.2a, 1.10
    return tuple((int(part[1]), "") if part[1] else (0, part[0]) for part in _REF_PARTS.finditer(ref))


def _shared_with(reminder: Reminder) -> tuple[str, ...]:
    return tuple(lead.name for lead in reminder.action.leads if lead.id != reminder.person)


def _later(own: Sequence[Reminder], places: Mapping[str, int], to: Recipient) -> tuple[LaterAction, ...]:
    # The reader's own alone: those of a lead they stand in for may be that lead's again by then.
    soonest = {each.action.id: each for each in reversed(own)}
    coming = sorted(soonest.values(), key=lambda each: places[each.action.id])
    return tuple(_later_action(each, to) for each in coming)


def _later_action(reminder: Reminder, to: Recipient) -> LaterAction:
    action = reminder.action
    if to.detail == "refs":
        return LaterAction(action.ref or "no ref", "", words.full_date(reminder.due_by))
    return LaterAction(action.label, action.row.action or action.outcome or "", action.timeframe.wording)


def _groups(items: Sequence[Item]) -> Iterator[Group]:
    plain = all(item.days > 0 for item in items)
    for state, title in (("overdue", "Overdue"), ("today", "Due today"), ("ahead", "Due soon")):
        alike = [item for item in items if _state(item) == state]
        for recorded in (False, True):
            group = tuple(item for item in alike if (item.progress is not None) is recorded)
            if group:
                heading = notice_words.group_heading(title, recorded=recorded, count=len(group), plain=plain)
                yield Group(heading, state, recorded, group)


def _state(item: Item) -> str:
    if item.days < 0:
        return "overdue"
    return "ahead" if item.days else "today"
