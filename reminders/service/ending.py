"""Entries that wait end, are held or set free: by their day, their address, or what is left to say."""

from collections.abc import Sequence
from datetime import date, datetime

from reminders.core.agenda import Reminder, Verdict
from reminders.core.directory import Directory
from reminders.core.notices import Kind, ReminderNotice
from reminders.core.policy import Reason
from reminders.ledger.base import EnteredReminder, Entry, Ledger, State
from reminders.service.sending import may_have_arrived
from reminders.service.values import Rules
from reminders.service.views import Today
from reminders.service.waiting import Waiting, leaves_as_it_is, may_change

HELD_FOR_ADDRESS = (Reason.OFF_ALLOW_LIST, Reason.BAD_ADDRESS)  # a mended address sets these free


def end_what_is_over(ledger: Ledger, waiting: Waiting, rules: Rules, directory: Directory, now: datetime) -> None:
    """End entries whose day has passed, hold those whose address is barred now, and free those whose is no longer."""
    if not waiting.entries:
        return
    bad = ledger.bad_addresses()
    today = rules.local(now).date()
    for entry in waiting.entries:
        if entry.state is State.PLANNED and entry.new.expires <= now:
            _end(ledger, waiting, entry, State.EXPIRED, Reason.DAY_PASSED, now)
        elif entry.state is State.PLANNED and (why := _barred(entry, rules, bad)):
            waiting.end(entry, State.HELD, why, now)
        elif entry.state is State.HELD and _address_mended(entry, rules, directory, bad, today):
            _end(ledger, waiting, entry, State.WITHDRAWN, Reason.ROW_CHANGED, now)
        elif entry.state is State.HELD and not entry.new.reminders and entry.new.expires <= now:
            _end(ledger, waiting, entry, State.WITHDRAWN, Reason.DAY_PASSED, now)


def _end(ledger: Ledger, waiting: Waiting, entry: Entry, state: State, reason: Reason, now: datetime) -> None:
    # What goes once more because nobody knows whether it arrived counts as told: it must not be told in other words.
    if may_have_arrived(entry, ledger):
        state, reason = State.WITHDRAWN, Reason.NOT_RESENT
    waiting.end(entry, state, reason, now)


def _barred(entry: Entry, rules: Rules, bad: frozenset[str]) -> Reason | None:
    if entry.new.kind != Kind.REMINDER:
        return None
    if not rules.may_reach(entry.new.address):
        return Reason.OFF_ALLOW_LIST
    return Reason.BAD_ADDRESS if entry.new.address in bad else None


def _address_mended(entry: Entry, rules: Rules, directory: Directory, bad: frozenset[str], today: date) -> bool:
    if entry.reason not in HELD_FOR_ADDRESS:
        return False
    people = (directory.who(each.person) for each in entry.new.reminders)
    hear = (directory.recipient_of(person, today) for person in people if person)
    return any(recipient and why_barred(recipient.address, rules, bad) is None for recipient in hear)


def why_barred(address: str, rules: Rules, bad: frozenset[str]) -> Reason | None:
    """Say why no reminder may go to an address of the directory, or None."""
    if not rules.allowed(address):
        return Reason.OFF_ALLOW_LIST
    return Reason.BAD_ADDRESS if rules.envelope(address) in bad else None


def settle_overtaken(ledger: Ledger, waiting: Waiting, rules: Rules, view: Today) -> None:
    """Record what later offsets overtook, and end what waits unchanged and has nothing left to say."""
    overtaken = [as_entered(each) for each in view.agenda.superseded]
    ledger.record_superseded(overtaken, rules.audience, view.now)
    as_they_are = [entry for entry in waiting.entries if entry.state is State.HELD or leaves_as_it_is(entry)]
    verdicts = {each.key: each.verdict for each in view.agenda.reminders} if as_they_are else {}
    for entry in as_they_are:
        left = [verdicts.get(each.key) for each in entry.new.reminders]
        if not left or Verdict.WAITING in left:
            continue
        if Verdict.SUPERSEDED in left:
            _end(ledger, waiting, entry, State.SUPERSEDED, Reason.SUPERSEDED, view.now)
        else:
            _end(ledger, waiting, entry, State.WITHDRAWN, _why_unwanted(entry, view), view.now)


def _why_unwanted(entry: Entry, view: Today) -> Reason:
    actions = [view.plan.action(each.action) for each in entry.new.reminders]
    if all(action is None for action in actions):
        return Reason.ROW_GONE
    return Reason.COMPLETED if all(action is None or action.complete for action in actions) else Reason.ROW_CHANGED


def withdraw_unwanted(waiting: Waiting, gathered: Sequence[ReminderNotice], view: Today) -> None:
    """End planned reminder mails that nothing calls for any more; they have certainly not arrived."""
    wanted = {notice.key for notice in gathered}
    for entry in waiting.entries:
        if may_change(entry) and entry.key not in wanted:
            waiting.end(entry, State.WITHDRAWN, _why_unwanted(entry, view), view.now)


def as_entered(reminder: Reminder) -> EnteredReminder:
    """Return a reminder as the ledger keeps it."""
    return EnteredReminder(
        key=reminder.key,
        action=reminder.action.id,
        ref=reminder.action.label,
        person=reminder.person,
        deadline=reminder.deadline,
        offset=reminder.offset,
        late=reminder.late,
    )
