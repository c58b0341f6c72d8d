"""`explain`: who hears what and when, or why not, in plain words."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from zoneinfo import ZoneInfo

from reminders.cli.boards import the_board
from reminders.cli.exits import NO_PLAN, OK, USAGE, Exit
from reminders.cli.reading import Reading, ledger_beside, read_all
from reminders.core import words
from reminders.core.agenda import Agenda, Reminder, Verdict, draw_up_agenda
from reminders.core.directory import Group, LeadKind, Person
from reminders.core.plan import Action, Plan
from reminders.core.policy import Reason
from reminders.core.timeframe import Kind as TimeframeKind
from reminders.ledger.base import Entry, State
from reminders.service.absences import as_learnt
from reminders.service.entering import memory_of


def explain(args: argparse.Namespace) -> int:
    """Say who hears of an action, or of what a lead hears, and when, or why not."""
    board = the_board(args)
    with ledger_beside(board) as ledger:
        reading = read_all(board, ledger)
        plan = reading.judgement.plan or reading.judgement.good_plan
        if plan is None:
            raise Exit(NO_PLAN, "\n".join(reading.judgement.look.mistakes))
        if ledger:
            reading = replace(reading, directory=as_learnt(ledger, reading.rules, reading.directory, board.now()))
        memory = memory_of(ledger, reading.rules, plan, reading.directory, board.today())
        entries = ledger.entries(reading.rules.audience) if ledger else ()
    agenda = draw_up_agenda(plan, reading.directory, reading.rules.policy, board.today(), memory)
    view = _View(reading, plan, agenda, entries, ZoneInfo(board.settings.timezone))
    lines = list(_of_ref(view, args.what) or _of_name(view, args.what))
    if not lines:
        nobody = f"read '{args.what}', which is no ref of the plan and no name of the lead directory"
        raise Exit(USAGE, nobody + _nearest(view, args.what))
    sys.stdout.write("\n".join(lines) + "\n")
    return OK


@dataclass(frozen=True, slots=True)
class _View:
    reading: Reading
    plan: Plan
    agenda: Agenda
    entries: Sequence[Entry]
    zone: ZoneInfo

    def of(self, action: Action) -> tuple[Reminder, ...]:
        return tuple(each for each in self.agenda.reminders if each.action.id == action.id)

    def entry_of(self, reminder: Reminder) -> Entry | None:
        carriers = (each for each in self.entries if any(one.key == reminder.key for one in each.new.reminders))
        return max(carriers, key=lambda each: each.id, default=None)


def _nearest(view: _View, what: str) -> str:
    near = view.reading.directory.resolve(what).nearest
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _of_ref(view: _View, what: str) -> list[str]:
    found = [action for action in view.plan.actions if what in (action.ref, action.id)]
    return [line for action in found for line in _of_action(view, action)]


def _of_action(view: _View, action: Action) -> Iterator[str]:
    yield f"{action.label}: {action.row.action or 'the action is blank'}"
    yield f"  Theme {action.theme.number}, {action.theme.title}. {_when(view, action)}"
    yield f"  {_progress(action)}"
    yield from (f"  {line}" for line in _who(view, action))
    for problem in view.plan.problems:
        if problem.ref and problem.ref == action.ref:
            yield f"  To know: {problem.message}."


def _when(view: _View, action: Action) -> str:
    deadline = action.timeframe.deadline_on(view.agenda.today)
    wording = action.timeframe.wording
    if deadline is None:
        meaning = {
            TimeframeKind.NONE: "There is no timeframe" if not wording else f"The timeframe says only “{wording}”",
            TimeframeKind.ONGOING: f"The timeframe is “{wording}”, which has no deadline",
        }
        return (
            meaning.get(action.timeframe.kind, f"The timeframe “{wording}” cannot be told") + ", so no reminder goes."
        )
    due_by = view.reading.rules.policy.due_by(deadline)
    moved = "" if due_by == deadline else f", so due by {words.weekday_date(due_by)}"
    return f"The timeframe “{wording}” means {words.weekday_date(deadline)}{moved}."


def _progress(action: Action) -> str:
    if action.complete:
        return "It is complete, so nobody is reminded of it any more."
    if action.blank:
        return "Progress is blank, so it stands in the weekly digest."
    return "Progress is recorded, but not that it is finished, so reminders ask whether it is."


def _who(view: _View, action: Action) -> Iterator[str]:
    if action.complete or action.timeframe.deadline_on(view.agenda.today) is None:
        names = words.listed([lead.name for lead in action.leads])
        yield f"Led by {names}: nobody hears of it by reminder." if names else "Nobody leads it."
        return
    if not action.leads:
        yield "Nobody leads it, so nobody hears of it."
    for lead in action.leads:
        if lead.kind is LeadKind.UNKNOWN:
            yield f"“{lead.written}” is not known, so nobody hears for that name."
    for person, group in groupby(view.of(action), key=lambda each: each.person_name):
        yield f"{person}:"
        yield from (f"  {_told(view, each)}" for each in group)


def _told(view: _View, reminder: Reminder) -> str:
    return f"{_offset(reminder)}: {_became(view, reminder)}"


def _offset(reminder: Reminder) -> str:
    days = abs(reminder.offset)
    if reminder.offset == 0:
        return "on the due day"
    return f"{days} days {'before' if reminder.offset < 0 else 'overdue'}"


def _became(view: _View, reminder: Reminder) -> str:
    day = words.weekday_date(reminder.day)
    entry = view.entry_of(reminder)
    if entry:
        return _of_entry(view, entry, reminder)
    meaning = {
        Verdict.UPCOMING: f"goes on {day}{_to_whom(reminder)}",
        Verdict.OWED: f"is owed now{_late(reminder)}{_to_whom(reminder)}",
        Verdict.TOLD: f"counts as told ({day})",
        Verdict.WAITING: "is in hand",
        Verdict.SUPERSEDED: f"was not told: a later one has taken its place ({day})",
        Verdict.LAPSED: f"is not told: its day, {day}, is too long ago",
        Verdict.PAUSED: "waits: the settings pause this action",
        Verdict.UNHEARD: "cannot be told: there is no address for this lead",
    }
    return meaning[reminder.verdict]


def _late(reminder: Reminder) -> str:
    return f", late (its day was {words.full_date(reminder.day)})" if reminder.late else ""


def _to_whom(reminder: Reminder) -> str:
    to = reminder.recipient
    if to is None:
        return ", but there is no address for this lead"
    return f", to {to.name}, the deputy" if to.deputy_for else ""


def _of_entry(view: _View, entry: Entry, reminder: Reminder) -> str:
    day = words.weekday_date((entry.settled or entry.created).astimezone(view.zone).date())
    late = ", late" if any(each.late for each in entry.new.reminders if each.key == reminder.key) else ""
    meaning = {
        State.SENT: f"sent on {day}{late}; the mail server accepted it",
        State.FAILED: f"not delivered on {day}: {entry.reply or 'refused'}",
        State.UNCERTAIN: f"sent on {day}, perhaps: the mail server did not answer",
        State.HELD: f"held since {day}: {_hold(entry)}",
        State.WITHDRAWN: f"withdrawn on {day}",
        State.EXPIRED: f"did not leave on {day}",
    }
    return meaning.get(entry.state, "about to be sent")


def _hold(entry: Entry) -> str:
    return {
        Reason.CAP.value: "more mails than may go in a day; release or withdraw it",
        Reason.OFF_ALLOW_LIST.value: "the address is outside the domains that may be written to",
        Reason.BAD_ADDRESS.value: "the mail server refused this address; correct it in the lead directory",
    }.get(entry.reason or "", entry.reason or "")


def _of_name(view: _View, what: str) -> list[str]:
    lead = view.reading.directory.resolve(what)
    who = view.reading.directory.who(lead.id or "")
    if who is None:
        named = any(what.casefold() == each.name.casefold() for action in view.plan.actions for each in action.leads)
        return list(_unknown(view, what)) if named else []
    return list(_of_lead(view, who))


def _unknown(view: _View, what: str) -> Iterator[str]:
    yield f"“{what}” leads {_refs(view, what)} in the plan but is not in the lead directory, so nobody hears for it."


def _refs(view: _View, name: str) -> str:
    led = [a.label for a in view.plan.actions if any(each.name.casefold() == name.casefold() for each in a.leads)]
    return words.listed(led)


def _of_lead(view: _View, who: Person | Group) -> Iterator[str]:
    recipient = view.reading.directory.recipient_of(who, view.agenda.today)
    yield f"{who.name}{f', {who.email}' if who.email else ''}"
    if isinstance(who, Person) and who.left:
        yield "  Has left, so nobody is mailed."
    elif recipient and recipient.deputy_for:
        until = recipient.away_until
        away = f"away until {words.full_date(until)}" if until else "out of office today"
        yield f"  Is {away}; {recipient.name} hears instead."
    elif not who.email:
        yield "  Has no address in the lead directory."
    led = [action for action in view.plan.actions if _leads(view, action, who)]
    if not led:
        yield "  Leads nothing in this plan."
    for action in led:
        yield from _for_lead(view, action, who)


def _leads(view: _View, action: Action, who: Person | Group) -> bool:
    people = [member.id for lead in action.leads for member in view.reading.directory.members_of(lead)]
    return who.id in people or any(lead.id == who.id for lead in action.leads)


def _for_lead(view: _View, action: Action, who: Person | Group) -> Iterator[str]:
    yield f"  {action.label}: {action.row.action or 'the action is blank'}. {_when(view, action)}"
    if action.complete:
        yield "    It is complete, so no reminder goes."
    for each in view.of(action):
        if each.person == who.id:
            yield f"    {_told(view, each)}"
