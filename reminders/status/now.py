"""How a board is doing now: whether all is well, what needs a person, and when things happen."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from reminders.core import words
from reminders.core.digest import Digest
from reminders.core.directory import Group, Person
from reminders.core.faults import Fault
from reminders.core.policy import Audience
from reminders.ledger.base import Entry, Found, Ledger, Search, State
from reminders.status.entry_words import to_do, why
from reminders.status.health import Pulse
from reminders.status.values import AfterTick

_WAYS = {"folder": "A folder", "smtp": "SMTP", "ews": "Exchange, by EWS", "graph": "Microsoft 365, by Graph"}
_SHOWN = 50  # held or uncertain mails that are looked at one by one


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a person must do; `grave` where mails do not go until then."""

    headline: str
    lead: str = ""
    points: tuple[str, ...] = ()
    grave: bool = False
    page: str = ""  # where more is told, and what is shown there
    shows: str = ""


def headline(after: AfterTick | None, needs: tuple[Need, ...], pulse: Pulse) -> str:
    """Return how things are, as the heading of the page."""
    if not pulse.alive:
        return f"Nothing has moved for {words.counted(int(pulse.silent_for // 60), 'minute')}"
    if after is None:
        return words.sentence(pulse.ready.why or "starting")
    if not needs:
        return "All is well"
    return f"{words.sentence(words.counted(len(needs), 'thing'))} {words.plural(len(needs), 'needs', 'need')} a person"


def needs_of(after: AfterTick, digest: Digest | None, pulse: Pulse) -> tuple[Need, ...]:
    """Return what needs a person, what keeps mails from going first."""
    found = (*_of_tick(after, pulse), *_of_ledger(after), *_of_plan(digest))
    return tuple(sorted(found, key=lambda need: not need.grave))


def _of_tick(after: AfterTick, pulse: Pulse) -> Iterator[Need]:
    result = after.result
    if result.refusal:
        yield Need("Nothing is sent", f"{words.sentence(result.refusal)}.", grave=True)
    for fault in result.faults:
        yield _of_fault(fault, grave=not result.plan.usable)
    if result.transport_fault and result.transport_fault not in [fault.lead for fault in result.faults]:
        yield Need("The mail server takes no mail", result.transport_fault, grave=True)
    if not pulse.ready.ready and not result.refusal and not result.faults and not result.transport_fault:
        yield Need("The service cannot do its work", f"{words.sentence(pulse.ready.why)}.", grave=True)


def _of_fault(fault: Fault, *, grave: bool) -> Need:
    rest = filter(None, (fault.unsent, fault.mend))
    return Need(fault.headline, fault.lead, (*fault.points, *rest), grave)


def _of_ledger(after: AfterTick) -> Iterator[Need]:
    held = after.ledger.find(Search(state=State.HELD), 0, _SHOWN)
    if held.total:
        reasons = Counter(why(entry) for entry in held.entries)
        points = tuple(f"{words.sentence(words.counted(count, 'email'))}: {each}." for each, count in reasons.items())
        yield Need(
            f"{words.sentence(words.counted(held.total, 'email'))} held",
            _how(held),
            points,
            page="sent?state=held",
            shows="what is held",
        )
    uncertain = after.ledger.find(Search(state=State.UNCERTAIN), 0, 1)
    if uncertain.total:
        count = words.sentence(words.counted(uncertain.total, "email"))
        yield Need(
            f"{count} may or may not have arrived",
            _how(uncertain),
            page="sent?state=uncertain",
            shows="what is uncertain",
        )
    if refused := _refused(after):
        lead = "Correct the address in the lead directory; the reminders then go on the next working day."
        yield Need(f"No email reaches {words.listed(refused)}", lead)


def _how(found: Found) -> str:
    first = " ".join(to_do(found.entries[0]))
    return first if found.total == 1 else f"For the newest of them: {first}"


def _refused(after: AfterTick) -> list[str]:
    if after.directory is None:
        return []
    bad = after.ledger.bad_addresses()
    members: tuple[Person | Group, ...] = (*after.directory.people, *after.directory.groups)
    return sorted(who.name for who in members if who.email and after.rules.envelope(who.email) in bad)


def _of_plan(digest: Digest | None) -> Iterator[Need]:
    if digest and digest.to_fix:
        count = words.sentence(words.counted(digest.to_fix, "problem"))
        yield Need(f"{count} of the plan to fix", page="plan#problems", shows="each, and how to fix it")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of how things are set and when they happen."""

    what: str
    value: str


def facts_of(after: AfterTick) -> tuple[Fact, ...]:
    """Return how the service is set, and when it looked and looks next."""
    following = after.local(after.result.now + timedelta(seconds=after.every))
    plan = after.plan
    rows = words.counted(len(plan.actions), "row") if plan else "none"
    return (
        Fact("Emails", _emails(after)),
        Fact("Way out", _WAYS.get(after.service.way.transport.name, after.service.way.transport.name)),
        Fact("Last look at the plan", _moment(after, after.result.now)),
        Fact("Next look", f"{following:%H:%M:%S}, and then every {after.every:g} seconds"),
        Fact("Next email", _moment(after, after.next_mail) if after.next_mail else "None is due any more"),
        Fact("Plan in force", f"{plan.title} ({rows})" if plan else "None"),
    )


def _moment(after: AfterTick, moment: datetime) -> str:
    local = after.local(moment)
    return f"{words.weekday_date(local.date())}, {local:%H:%M}"


def _emails(after: AfterTick) -> str:
    rules = after.rules
    if rules.paused:
        return "Paused: nothing is sent"
    if rules.redirect_to:
        return "Trial: every email goes to the one address the settings name"
    if rules.audience is Audience.TRIAL:
        return "Trial: every email is written into a folder, and nobody is sent anything"
    return "Live: they go to the leads"


def last_mails(ledger: Ledger, most: int) -> tuple[Entry, ...]:
    """Return the entries that came last."""
    return ledger.find(Search(), 0, most).entries
