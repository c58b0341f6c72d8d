"""`explain`: who hears what and when, or why not, in plain words."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from reminders.cli.boards import Board, the_board
from reminders.cli.exits import NO_PLAN, OK, USAGE, Exit
from reminders.cli.fate import Known, fate
from reminders.cli.reading import Reading, ledger_beside, read_all
from reminders.cli.reports import last_good_directory
from reminders.core import words
from reminders.core.agenda import Agenda, Reminder, draw_up_agenda
from reminders.core.directory import Group, LeadKind, Person
from reminders.core.plan import Action, Plan
from reminders.core.timeframe import Kind as TimeframeKind
from reminders.ledger.base import Ledger
from reminders.service.absences import as_learnt
from reminders.service.readings import in_force
from reminders.service.values import PlanInForce
from reminders.service.views import memory_of


def explain(args: argparse.Namespace) -> int:
    """Say who hears of an action, or of what a lead hears, and when, or why not."""
    board = the_board(args)
    with ledger_beside(board) as ledger:
        view = _look(board, ledger)
    lines = list(_of_ref(view, args.what) or _of_name(view, args.what))
    if not lines:
        nobody = f"read '{args.what}', which is no ref of the plan and no name of the lead directory"
        raise Exit(USAGE, nobody + _nearest(view, args.what))
    sys.stdout.write("\n".join([*view.doubts, *lines]) + "\n")
    return OK


@dataclass(frozen=True, slots=True)
class _View:
    reading: Reading
    doubts: tuple[str, ...]  # about plan and directory
    plan: Plan
    agenda: Agenda
    known: Known

    def of(self, action: Action) -> tuple[Reminder, ...]:
        return tuple(each for each in self.agenda.reminders if each.action.id == action.id)


def _look(board: Board, ledger: Ledger | None) -> _View:
    reading, now, today = read_all(board, ledger), board.now(), board.today()
    rules, found = reading.rules, in_force(reading.judgement, reading.rules, now)
    if found.plan is None:
        raise Exit(NO_PLAN, "\n".join(reading.judgement.look.mistakes))
    directory = as_learnt(ledger, rules, reading.directory, now) if ledger else reading.directory
    memory = memory_of(ledger, rules, found.plan, directory, today)
    agenda = draw_up_agenda(found.plan, directory, rules.policy, today, memory)
    entries = ledger.entries(rules.audience) if ledger else ()
    bad = ledger.bad_addresses() if ledger else frozenset()
    known = Known(rules, board.settings.allowed_domains, directory, entries, bad)
    return _View(replace(reading, directory=directory), tuple(_doubts(reading, found)), found.plan, agenda, known)


def _doubts(reading: Reading, found: PlanInForce) -> Iterator[str]:
    if reading.directory_trouble:
        yield f"{last_good_directory(reading.directory_trouble)}."
    if found.note:
        yield found.note
    if not found.usable:
        yield "That is too long ago to go on from: until the plan is put right, no reminder goes."


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
        yield from (f"  {fate(each, view.known)}" for each in group)


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
            yield f"    {fate(each, view.known)}"
