"""Reminders gathered into mails: one per person and day, own actions and stood-in ones together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from reminders.core import words
from reminders.core.agenda import Agenda, Reminder
from reminders.core.directory import Recipient
from reminders.core.keys import notice_key, short_hash
from reminders.core.plan import Action, Plan
from reminders.core.policy import Audience, Reason


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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class LaterAction:
    """An action of the reader's that asks for nothing yet."""

    ref: str
    text: str
    timeframe: str


@dataclass(frozen=True, slots=True)
class ReminderNotice:
    """One reminder mail."""

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

    @property
    def items(self) -> tuple[Item, ...]:
        """Return all actions of the mail, soonest due first within each section."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def overdue(self) -> tuple[Item, ...]:
        """Return the actions whose due-by date has passed."""
        return tuple(item for item in self.items if item.days < 0)

    @property
    def due_today(self) -> tuple[Item, ...]:
        """Return the actions due today."""
        return tuple(item for item in self.items if item.days == 0)

    @property
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

    @property
    def headline(self) -> str:
        """Return the fact, as the mail's heading."""
        return _headline(self)

    @property
    def subject(self) -> str:
        """Return the subject: counts and dates, never a theme or an action's wording."""
        return _subject(self)


def gather_notices(
    agenda: Agenda,
    plan: Plan,
    *,
    board: str,
    audience: Audience,
    keys: Mapping[str, str],
) -> tuple[ReminderNotice, ...]:
    """Put what is owed into one notice for each mailbox's person; no reminder is lost on the way.

    `keys` names, by person, the entry that a release has set free today: what is owed to that person joins it.
    """
    owed = sorted(agenda.owed, key=lambda each: _recipient(each).person)
    notices = []
    for person, group in groupby(owed, key=lambda each: _recipient(each).person):
        reminders = tuple(group)
        key = keys.get(person) or notice_key(
            board=board, audience=audience, kind=Kind.REMINDER, person=person, day=agenda.today
        )
        notices.append(_notice(key, reminders, agenda, plan, board, audience))
    return tuple(notices)


def _notice(
    key: str,
    reminders: Sequence[Reminder],
    agenda: Agenda,
    plan: Plan,
    board: str,
    audience: Audience,
) -> ReminderNotice:
    to = _recipient(next((each for each in reminders if not _recipient(each).deputy_for), reminders[0]))
    ahead = [each for each in agenda.upcoming if _recipient_person(each) == to.person]
    told = {each.action.id for each in reminders}
    same = [each for each in ahead if each.action.id in told]
    return ReminderNotice(
        key=key,
        board=board,
        plan_title=plan.title,
        audience=audience,
        day=agenda.today,
        to=Address(to.person, to.name, to.address),
        detail=to.detail,
        sections=_sections(reminders, agenda.today),
        later=_later(ahead, told, plan),
        next_day=same[0].day if same else None,
        reminders_left=len({each.day for each in same}),
    )


def _recipient(reminder: Reminder) -> Recipient:
    if reminder.recipient is None:
        raise ValueError("an owed reminder has a recipient")
    return reminder.recipient


def _recipient_person(reminder: Reminder) -> str | None:
    return reminder.recipient.person if reminder.recipient else None


def _sections(reminders: Iterable[Reminder], today: date) -> tuple[Section, ...]:
    stood_in: dict[str, list[Reminder]] = {}
    for each in reminders:
        stood_in.setdefault(_recipient(each).deputy_for or "", []).append(each)
    return tuple(
        Section(name or None, _recipient(group[0]).away_until, _items(group, today))
        for name, group in sorted(stood_in.items())
    )


def _items(reminders: Iterable[Reminder], today: date) -> tuple[Item, ...]:
    ordered = sorted(reminders, key=lambda each: (each.due_by, _natural(each.action.label), each.offset))
    return tuple(Item(each, (each.due_by - today).days, _shared_with(each)) for each in ordered)


def _natural(ref: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in ref.split("."))


def _shared_with(reminder: Reminder) -> tuple[str, ...]:
    return tuple(lead.name for lead in reminder.action.leads if lead.id != reminder.person)


def _later(ahead: Iterable[Reminder], told: set[str], plan: Plan) -> tuple[LaterAction, ...]:
    actions: dict[str, Action] = {each.action.id: each.action for each in ahead if each.action.id not in told}
    return tuple(
        LaterAction(action.label, action.row.action or action.outcome or "", action.timeframe.wording)
        for action in plan.actions
        if action.id in actions
    )


# The words of subject and heading; mails use no inline plural.


def _subject(notice: ReminderNotice) -> str:
    overdue, today, ahead = len(notice.overdue), len(notice.due_today), len(notice.approaching)
    if overdue and today + ahead:
        return f"Overdue: {words.counted(overdue, 'business plan action')}; {_more(today, ahead)}"
    if overdue:
        return f"Overdue: {_of_your(overdue, 'business plan actions')}"
    if today and ahead:
        return f"Due today: {words.counted(today, 'business plan action')}; {_more(0, ahead)}"
    if today:
        return f"Due today: {_of_your(today, 'business plan actions')}"
    first = words.full_date(notice.approaching[0].due_by if notice.approaching else notice.day)
    if len({item.due_by for item in notice.approaching}) > 1:
        return f"Due from {_first_due(notice)}: {_of_your(ahead, 'business plan actions')}"
    return f"Due by {first}: {_of_your(ahead, 'business plan actions')}"


def _more(today: int, ahead: int) -> str:
    if today and ahead:
        return f"{words.number(today + ahead)} more due now or soon"
    return f"{words.number(today or ahead)} more due {'today' if today else 'soon'}"


def _of_your(count: int, noun: str) -> str:
    return f"{words.number(count)} of your {noun}"


def _first_due(notice: ReminderNotice) -> str:
    return words.full_date(min(item.due_by for item in notice.approaching))


def _headline(notice: ReminderNotice) -> str:
    parts = [
        _clause(len(notice.overdue), "overdue"),
        _clause(len(notice.due_today), "due today"),
        _clause(len(notice.approaching), _when_due(notice)),
    ]
    told = [part for part in parts if part]
    first = told[0].replace(" ", " of your actions ", 1) if told else ""
    return words.sentence(words.listed([first, *told[1:]]))


def _clause(count: int, state: str) -> str:
    return f"{words.number(count)} {'is' if count == 1 else 'are'} {state}" if count else ""


def _when_due(notice: ReminderNotice) -> str:
    days = sorted({item.due_by for item in notice.approaching})
    if not days:
        return ""
    by = f"due by {words.weekday_date(days[0])}"
    return by if len(days) == 1 else f"due soon, the first by {words.weekday_date(days[0])}"
