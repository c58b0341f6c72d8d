"""What goes out in the rest of the week, and whose address keeps it back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from reminders.core.agenda import Agenda, Reminder, Verdict
from reminders.core.digest.values import Doubt, Planned, PlannedMail
from reminders.core.policy import Policy, Reason

Barred = Mapping[str, Reason]  # addresses no reminder may go to


def going_out(agenda: Agenda, policy: Policy, barred: Barred) -> tuple[Planned, ...]:
    """Return the mails to leads until Sunday, by day; what is held for its address stands on the day it would go."""
    last = agenda.today + timedelta(days=6 - agenda.today.weekday())
    dated = [(_day(each, agenda, policy), each) for each in agenda.reminders if _is_to_go(each, barred)]
    this_week = sorted((each for each in dated if each[0] <= last), key=lambda each: each[0])
    days = groupby(this_week, key=lambda each: each[0])
    return tuple(Planned(day, tuple(_mails([each for _, each in group], barred))) for day, group in days)


def _is_to_go(reminder: Reminder, barred: Barred) -> bool:
    if reminder.recipient is None:
        return False
    held = reminder.verdict is Verdict.WAITING and reminder.recipient.address in barred
    return held or reminder.verdict in {Verdict.OWED, Verdict.UPCOMING}


def _day(reminder: Reminder, agenda: Agenda, policy: Policy) -> date:
    if reminder.verdict is Verdict.UPCOMING:
        return reminder.day
    return policy.working_days.on_or_after(agenda.today)  # what is owed at a weekend goes after it


def _mails(reminders: Sequence[Reminder], barred: Barred) -> Iterator[PlannedMail]:
    boxes: dict[tuple[str, str], list[str]] = {}
    for each in reminders:
        if each.recipient:
            boxes.setdefault((each.recipient.name, each.recipient.address), []).append(each.action.label)
    for (name, address), labels in sorted(boxes.items()):
        yield PlannedMail(name, ", ".join(dict.fromkeys(labels)), address in barred)


def refused_addresses(agenda: Agenda, barred: Barred) -> tuple[Doubt, ...]:
    """Return whose address the mail server refuses, with the refs of the actions they do not hear about."""
    refs: dict[str, list[str]] = {}
    for each in agenda.reminders:
        if each.recipient and barred.get(each.recipient.address) is Reason.BAD_ADDRESS:
            refs.setdefault(each.recipient.name, []).append(each.action.label)
    return tuple(
        Doubt(", ".join(dict.fromkeys(labels)), f"Emails to {name} are not delivered. {_MEND_ADDRESS}", mend=True)
        for name, labels in sorted(refs.items())
    )


_MEND_ADDRESS = "Correct the address in the lead directory; until then reminders to it are held"
