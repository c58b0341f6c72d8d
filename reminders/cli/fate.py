"""What became of one reminder, or will, and what a person can do where nobody hears of it; in plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from reminders.core import words
from reminders.core.agenda import Reminder, Verdict
from reminders.core.directory import Directory, Person, Recipient
from reminders.core.policy import Reason
from reminders.ledger.base import Entry, State
from reminders.service.ending import why_barred
from reminders.service.values import Rules


@dataclass(frozen=True, slots=True)
class Known:
    """What the fate of a reminder hangs on, besides the agenda."""

    rules: Rules
    domains: Iterable[str]  # those that may be written to
    directory: Directory
    entries: Sequence[Entry]
    bad_addresses: frozenset[str]

    @property
    def zone(self) -> ZoneInfo:
        """Return the board's time zone."""
        return self.rules.zone

    def entry_of(self, reminder: Reminder) -> Entry | None:
        """Return the latest mail that carries a reminder."""
        carriers = (each for each in self.entries if any(one.key == reminder.key for one in each.new.reminders))
        return max(carriers, key=lambda each: each.id, default=None)


def fate(reminder: Reminder, known: Known) -> str:
    """Say of one offset what became of it, or will."""
    return f"{_offset(reminder)}: {_became(reminder, known)}"


def _offset(reminder: Reminder) -> str:
    days = abs(reminder.offset)
    if reminder.offset == 0:
        return "on the due day"
    return f"{days} days {'before' if reminder.offset < 0 else 'overdue'}"


def _became(reminder: Reminder, known: Known) -> str:
    entry = known.entry_of(reminder)
    if entry:
        return _of_entry(entry, reminder, known.zone)
    day = words.weekday_date(reminder.day)
    meaning = {
        Verdict.TOLD: f"counts as told ({day})",
        Verdict.WAITING: "is in hand",
        Verdict.SUPERSEDED: f"was not told: a later one has taken its place ({day})",
        Verdict.LAPSED: f"is not told: its day, {day}, is too long ago",
        Verdict.PAUSED: "waits: the settings pause this action",
    }
    return meaning.get(reminder.verdict) or _to_come(reminder, known)


def _to_come(reminder: Reminder, known: Known) -> str:
    is_owed = reminder.verdict is not Verdict.UPCOMING
    day = words.weekday_date(reminder.day)
    to = reminder.recipient
    if to is None:
        return f"nobody hears {'now' if is_owed else f'on {day}'}: {_why_unheard(reminder, known.directory)}"
    if hold := _why_held(to, known):
        return f"{'is owed now, but held' if is_owed else f'is held on {day}'}: {hold}"
    when = f"is owed now{_late(reminder)}" if is_owed else f"goes on {day}"
    return f"{when}, to {to.name}, the deputy" if to.deputy_for else when


def _late(reminder: Reminder) -> str:
    return f", late (its day was {words.full_date(reminder.day)})" if reminder.late else ""


def _why_unheard(reminder: Reminder, directory: Directory) -> str:
    who = directory.who(reminder.person)
    if isinstance(who, Person) and who.left:
        return f"{who.name} has left; name who leads it now in the plan"
    return f"there is no address for {reminder.person_name}; write one in the lead directory"


def _why_held(to: Recipient, known: Known) -> str | None:
    match why_barred(to.address, known.rules, known.bad_addresses):
        case Reason.OFF_ALLOW_LIST:
            domains = words.listed(sorted(known.domains))
            return (
                f"mail goes to {domains} only, and the address is {to.address}; correct it in the lead directory, or "
                f"add {to.address.rpartition('@')[2]} to allow_domains in the settings"
            )
        case Reason.BAD_ADDRESS:
            return (
                f"the mail server refused {to.address}; correct it in the lead directory, or if it is good, see how to "
                "send there again: python3 run.py ledger"
            )
    return None


def _of_entry(entry: Entry, reminder: Reminder, zone: ZoneInfo) -> str:
    day = words.weekday_date((entry.settled or entry.created).astimezone(zone).date())
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
        Reason.BAD_ADDRESS.value: "the mail server refused this address; correct it in the lead directory, or if it is "
        f"good: python3 run.py ledger resend {entry.id}",
    }.get(entry.reason or "", entry.reason or "")
