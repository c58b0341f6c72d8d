"""The digests owed now: from the plan, today's agenda, and what the ledger says of the last days."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from reminders.core.digest import Digest, History, Sent, digest_key, draw_up_digest
from reminders.core.notices import Address, Kind
from reminders.core.policy import Reason
from reminders.ledger.base import ADDRESS_GOOD, Entry, Ledger, State
from reminders.service.ending import HELD_FOR_ADDRESS, why_barred
from reminders.service.entering import may_be_drawn
from reminders.service.values import Rules
from reminders.service.views import Today
from reminders.service.waiting import Waiting

_LOOKS_BACK = timedelta(days=7)
_DIGESTS_GO_BACK = timedelta(weeks=8)  # where the last one of an earlier week is looked for


def owed_now(ledger: Ledger, waiting: Waiting, rules: Rules, view: Today, plan_note: str | None) -> tuple[Digest, ...]:
    """Draw up the digest owed now, one for each of its readers who has not been sent it."""
    first_day = rules.policy.digest_week(rules.local(view.now))
    if first_day is None or (rules.since and first_day < rules.since):
        return ()
    readers = _still_to_hear(ledger, waiting, rules, first_day)
    return _drawn_up(ledger, rules, view, first_day, plan_note, readers) if readers else ()


def _still_to_hear(ledger: Ledger, waiting: Waiting, rules: Rules, first_day: date) -> Sequence[Address]:
    keys = {digest_key(rules.board, rules.audience, to, first_day): to for to in rules.managers}
    known, there = ledger.keys_present(keys), {entry.key: entry for entry in waiting.entries}
    return [to for key, to in keys.items() if may_be_drawn(there.get(key), is_known=key in known)]


def draw_up(
    ledger: Ledger | None, rules: Rules, view: Today, first_day: date, plan_note: str | None
) -> tuple[Digest, ...]:
    """Draw up the digest first owed on `first_day` as things stand now, one for each of its readers."""
    return _drawn_up(ledger, rules, view, first_day, plan_note, rules.managers)


def _drawn_up(
    ledger: Ledger | None,
    rules: Rules,
    view: Today,
    first_day: date,
    plan_note: str | None,
    readers: Sequence[Address],
) -> tuple[Digest, ...]:
    history = _history(ledger, rules, view, first_day) if ledger else History()
    return tuple(
        draw_up_digest(
            view.plan,
            rules.policy,
            view.agenda,
            history,
            board=rules.board,
            audience=rules.audience,
            to=to,
            first_day=first_day,
            plan_note=plan_note,
        )
        for to in readers
    )


def _history(ledger: Ledger, rules: Rules, view: Today, first_day: date) -> History:
    entries = ledger.entries(rules.audience, view.now - _LOOKS_BACK)
    told = (entry for entry in entries if entry.new.kind == Kind.REMINDER and entry.state in _RESULTS)
    sent = tuple(_sent(entry, rules) for entry in told)
    return History(sent, _facts_before(ledger, rules, view, first_day), _barred(ledger, rules, view))


def _barred(ledger: Ledger, rules: Rules, view: Today) -> Mapping[str, Reason]:
    bad = ledger.bad_addresses()
    addresses = {each.recipient.address for each in view.agenda.reminders if each.recipient}
    return {address: why for address in addresses if (why := why_barred(address, rules, bad))}


def _facts_before(ledger: Ledger, rules: Rules, view: Today, first_day: date) -> Mapping[str, Any] | None:
    last = ledger.last_facts(rules.audience, Kind.DIGEST)
    if last is None or last[0] < first_day:
        return last and last[1]
    # Another reader has this week's already; what closed since the one before is still news to this one.
    entries = ledger.entries(rules.audience, view.now - _DIGESTS_GO_BACK)
    sent = (each.new for each in entries if each.new.kind == Kind.DIGEST and each.state is State.SENT)
    return next((each.facts for each in reversed([*sent]) if each.day < first_day), None)


_NOT_DELIVERED = "not delivered: correct the address"
_PERHAPS = "sent, perhaps: the server did not answer"
_RESULTS: Mapping[State, str] = {
    State.SENT: "accepted",
    State.FAILED: _NOT_DELIVERED,
    State.UNCERTAIN: _PERHAPS,
    State.HELD: "held",
    State.EXPIRED: "did not leave that day",
}


def _sent(entry: Entry, rules: Rules) -> Sent:
    day = rules.local(entry.settled or entry.created).date()
    return Sent(day, entry.new.name, ", ".join(entry.new.refs), _result(entry))


def _result(entry: Entry) -> str:
    if entry.reason == ADDRESS_GOOD:
        return "not delivered; it goes again"
    if entry.bounced:
        return _NOT_DELIVERED
    if entry.reason == Reason.NOT_RESENT:
        return _PERHAPS
    if entry.state is State.HELD and entry.reason in HELD_FOR_ADDRESS:
        return "held: correct the address"
    return _RESULTS[entry.state]
