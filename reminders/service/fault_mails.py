"""What is broken becomes mails to those who can mend it; what lasts is told once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from reminders.core import faults as broken
from reminders.core.faults import Fault, draw_up_faults
from reminders.core.notices import Kind
from reminders.ledger.base import ADDRESS_GOOD, Entry, Ledger
from reminders.service.values import Notice, Rules

_LATELY = timedelta(days=14)  # a failure older than this was told, or the service was down for as long


def lasting_faults(ledger: Ledger, rules: Rules, now: datetime) -> Iterator[Fault]:
    """Name each address that refused a mail lately, and each mail nobody heard of; the keys let each be told once."""
    lately = ledger.undelivered(rules.audience, now - _LATELY)
    trusted = {entry.new.address: entry.id for entry in lately if entry.reason == ADDRESS_GOOD}
    for entry in lately:
        if entry.refused and entry.new.address:  # an erased person has none
            yield _not_delivered(entry, rules, trusted.get(entry.new.address))
    if rules.on_uncertain == "hold":
        for entry in ledger.uncertain(rules.audience, now):
            yield broken.uncertain(entry.key, entry.new.kind)


def _not_delivered(entry: Entry, rules: Rules, trusted: int | None) -> Fault:
    new, answer = entry.new, entry.reply or "no answer"
    if new.kind == Kind.REMINDER:
        fault = broken.not_delivered(new.name, new.address, new.refs, answer, came_back=entry.bounced)
    else:
        fault = broken.own_mail_not_delivered(Kind(new.kind), new.name, new.address, answer, came_back=entry.bounced)
    # No mail to an address about that very address.
    others = (reader for reader, to in rules.readers.items() if rules.envelope(to.address) != new.address)
    # Refused though a person stood up for the address: that is news once more.
    cause = f"{fault.cause}:{trusted}" if trusted else fault.cause
    return replace(fault, cause=cause, readers=tuple(others))


def fault_notices(faults: Iterable[Fault], rules: Rules, now: datetime) -> tuple[Notice, ...]:
    """Address faults to those who can mend them."""
    today = rules.local(now).date()
    return draw_up_faults(faults, rules.readers, board=rules.board, audience=rules.audience, today=today)
