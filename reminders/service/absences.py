"""Who is out of office today: their own mailboxes are asked once a day, and a deputy who is there hears instead."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from reminders.core.agenda import Reminder
from reminders.core.directory import Directory, Person
from reminders.core.plan import Plan
from reminders.ledger.base import Ledger
from reminders.service.ending import why_barred
from reminders.service.sending import Way, in_trouble
from reminders.service.values import Rules
from reminders.service.views import SeriesOf, draw_up

logger = logging.getLogger(__name__)


def directory_today(
    ledger: Ledger,
    rules: Rules,
    way: Way,
    plan: Plan,
    directory: Directory,
    now: datetime,
    *,
    series_of: SeriesOf,
) -> Directory:
    """Return the directory in which those are away who are out of office today, where their deputy can hear.

    Who has a deputy and is owed a reminder is asked before it is entered, once a day and all in one call. The ledger
    keeps the answers, so that later ticks and other replicas decide alike.
    """
    known = as_learnt(ledger, rules, directory, now)
    if way.mailbox is None or not _deputies_could_hear(directory, rules, now) or in_trouble(ledger, way):
        return known
    today = rules.local(now).date()
    owed = draw_up(ledger, rules, plan, known, now, series_of=series_of).agenda.owed
    addresses = _to_ask(owed, known, today, ledger.absences(today))
    if not addresses:
        return known
    absent = way.mailbox.absent([*addresses.values()])
    ledger.note_absences(today, {person: address in absent for person, address in addresses.items()})
    logger.info("%d asked about, %d out of office", len(addresses), len(absent), extra={"event": "absences"})
    return as_learnt(ledger, rules, directory, now)


def as_learnt(ledger: Ledger, rules: Rules, directory: Directory, now: datetime) -> Directory:
    """Return the directory with what is known today of who is out of office, asking nobody.

    Whose deputy cannot be written to hears themselves, and counts as there; also for those whose deputy they are.
    """
    today = rules.local(now).date()
    absent = {person for person, is_absent in ledger.absences(today).items() if is_absent}
    if not absent:
        return directory
    learnt, bad = directory.with_absent(absent, today), ledger.bad_addresses()
    while unheard := absent & _unheard(learnt, rules, bad, today):
        absent -= unheard
        learnt = directory.with_absent(absent, today)
    return learnt


def _unheard(directory: Directory, rules: Rules, bad: frozenset[str], today: date) -> set[str]:
    hear = ((who.id, directory.recipient_of(who, today)) for who in directory.people)
    return {person for person, hears in hear if hears and why_barred(hears.address, rules, bad)}


def _deputies_could_hear(directory: Directory, rules: Rules, now: datetime) -> bool:
    return rules.policy.leads_may_hear(rules.local(now)) and any(person.deputy for person in directory.people)


def _to_ask(
    owed: Iterable[Reminder], directory: Directory, today: date, known: Mapping[str, bool]
) -> Mapping[str, str]:
    """Return leads and their deputies, who may be out of office too: each by id, with the address."""
    addresses: dict[str, str] = {}
    for person in {each.person for each in owed}:
        who = directory.who(person)
        if isinstance(who, Person) and who.email and not who.is_away(today):
            deputy = directory.stand_in(who, today)
            addresses |= {who.id: who.email, deputy.person: deputy.address} if deputy else {}
    return {person: addresses[person] for person in sorted(addresses.keys() - known.keys())}
