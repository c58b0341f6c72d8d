"""Entries leave, one at a time: claimed, handed to the transport, settled by its answer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reminders.core import faults
from reminders.core.faults import Fault
from reminders.core.message import FinishedMessage
from reminders.core.notices import Kind
from reminders.core.policy import Reason
from reminders.ledger.base import OPEN, Entry, Event, Ledger, Settlement, State
from reminders.service.values import Rules
from reminders.transports.base import Found, Outcome, ReadableMailbox, Scope, Transport, Verdict

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than any send may take
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_PUT_OFF = "put-off"  # the server said: not this mail, not now


@dataclass(frozen=True, slots=True)
class Way:
    """What sending needs besides the ledger: the way out, the clock, patience, and how to be stopped."""

    transport: Transport
    clock: Callable[[], datetime]
    wait: Callable[[float], bool]  # waits up to so many seconds; True once the service is to stop
    beat: Callable[[], None]  # tells the watchdog that something moved
    jitter: Callable[[], float]  # between 0 and 1
    mailbox: ReadableMailbox | None = None  # where the transport's mailbox can also be asked
    quiet: bool = False  # a rehearsal's sends are no news for the log


@dataclass(frozen=True, slots=True)
class Sending:
    """What a run of sending did."""

    settled: tuple[Entry, ...]
    faults: tuple[Fault, ...] = ()


def send_all(ledger: Ledger, rules: Rules, way: Way) -> Sending:
    """Send whatever may leave now; a stop, or a fault that every message would meet, ends the run."""
    if resting_until(ledger, way):
        return Sending(())
    settled: list[Entry] = []
    troubled = in_trouble(ledger, way)
    entry = _next(ledger, rules, way)
    while entry:
        outcome = _hand_over(entry, ledger, rules, way)
        ended, following = _settled(entry, outcome, ledger, rules, way)
        settled += ended
        way.beat()
        if outcome and _stops_all(outcome):
            return Sending(tuple(settled), (_rest(outcome, ledger, way),))
        if outcome and troubled:  # this one got through: the trouble is over
            ledger.pause(way.transport.name, None, 0)
            troubled = False
        entry = following or _next(ledger, rules, way)
    return Sending(tuple(settled))


def _next(ledger: Ledger, rules: Rules, way: Way) -> Entry | None:
    if way.wait(0) or not _slot_came(ledger, rules, way):
        return None
    now = way.clock()
    return ledger.claim(rules.audience, _kinds(rules, now), now, now + LEASE)


def _kinds(rules: Rules, now: datetime) -> tuple[Kind, ...]:
    # An entry knows when its hours end; that they have begun is asked of the clock, which may have been set back.
    return tuple(kind for kind in Kind if kind is not Kind.REMINDER or rules.policy.leads_may_hear(rules.local(now)))


def _stops_all(outcome: Outcome) -> bool:
    return outcome.scope is Scope.TRANSPORT and outcome.verdict is not Verdict.ACCEPTED


def resting_until(ledger: Ledger, way: Way) -> datetime | None:
    """Return until when no mail can leave, after a fault that every message would meet; None while mails may leave."""
    until = ledger.paused_until(way.transport.name)
    return until if until and way.clock() < until else None


def in_trouble(ledger: Ledger, way: Way) -> bool:
    """Say whether the last try met a fault that every message would meet: then one mail alone tries again."""
    return ledger.failures(way.transport.name) > 0


def _slot_came(ledger: Ledger, rules: Rules, way: Way) -> bool:
    if not rules.seconds_per_mail:
        return True
    # Asked anew after each wait: another replica may have met a fault, or taken the last mail; no slot goes to waste.
    while not resting_until(ledger, way) and ledger.anything_due(
        rules.audience, _kinds(rules, now := way.clock()), now
    ):
        slot = ledger.take_slot(rules.mailbox, rules.seconds_per_mail, now)
        if slot <= now:
            return True
        way.beat()
        if way.wait(min(1.0, (slot - now).total_seconds())):
            return False
    return False


def _hand_over(entry: Entry, ledger: Ledger, rules: Rules, way: Way) -> Outcome | None:
    """Hand one mail to the transport; None where the rules now in force keep it from its address."""
    if not rules.may_reach(entry.new.address):
        return None
    message = FinishedMessage(entry.new.sender, entry.new.address, entry.new.mime)
    outcome = way.transport.send(message, entry.key, lambda: ledger.transmitting(entry, way.clock()))
    if not way.quiet:
        _tell(entry, outcome)
    return outcome


def _tell(entry: Entry, outcome: Outcome) -> None:
    logger.info(
        "%s %s: %s (%s)",
        entry.new.kind,
        entry.key,
        outcome.verdict,
        outcome.code,
        extra={"event": "send", "entry": entry.id, "verdict": str(outcome.verdict), "code": outcome.code},
    )


def _settled(
    entry: Entry, outcome: Outcome | None, ledger: Ledger, rules: Rules, way: Way
) -> tuple[tuple[Entry, ...], Entry | None]:
    """Settle a mail, and claim the next along with it where that may leave at once."""
    settlement, now = _settlement(entry, outcome, ledger, way), way.clock()
    if rules.seconds_per_mail or (outcome and _stops_all(outcome)) or way.wait(0):
        done, following = ledger.settle(entry, settlement, now), None
    else:
        done, following = ledger.settle_and_claim(entry, settlement, _kinds(rules, now), now, now + LEASE)
    if not done:
        return (), following
    ended = None if settlement.state in OPEN else now
    after = replace(entry, state=settlement.state, reason=settlement.reason, reply=settlement.reply, settled=ended)
    return (after,), following


def _settlement(entry: Entry, outcome: Outcome | None, ledger: Ledger, way: Way) -> Settlement:
    if outcome is None:
        return Settlement(State.HELD, Reason.OFF_ALLOW_LIST)
    reply = outcome.reply
    match outcome.verdict, outcome.scope:
        case Verdict.ACCEPTED, _:
            return Settlement(State.SENT, reply=reply)
        case Verdict.REJECTED, Scope.MESSAGE:
            return Settlement(State.FAILED, Reason.BAD_ADDRESS, reply)
        case Verdict.UNKNOWN, _:
            return Settlement(State.UNCERTAIN, Reason.UNCERTAIN, reply)
        case Verdict.LATER, Scope.MESSAGE:
            until = way.clock() + _patience(outcome, _times_put_off(entry, ledger) + 1, way)
            return Settlement(State.PLANNED, _PUT_OFF, reply, until)
        case _:
            return Settlement(State.PLANNED, reply=reply)


def _times_put_off(entry: Entry, ledger: Ledger) -> int:
    # Not its attempts: those that an outage met say nothing of this mail.
    return sum(event.reason == _PUT_OFF for event in ledger.history(entry.id))


def _patience(outcome: Outcome, times: int, way: Way) -> timedelta:
    if outcome.retry_after is not None:
        return timedelta(seconds=outcome.retry_after)
    pause = min(_FIRST_PAUSE * (1 << min(max(times - 1, 0), 10)), _LONGEST_PAUSE)
    return pause * (1 + way.jitter() / 4)


def _rest(outcome: Outcome, ledger: Ledger, way: Way) -> Fault:
    name = way.transport.name
    failures = ledger.failures(name) + 1
    ledger.pause(name, way.clock() + _patience(outcome, failures, way), failures)
    logger.error(
        "%s does not take mail: %s", name, outcome.code, extra={"event": "transport-down", "code": outcome.code}
    )
    return faults.transport_down(name, outcome.code, outcome.detail)


def settle_uncertain(ledger: Ledger, rules: Rules, way: Way) -> None:
    """Ask what became of mails nobody heard of, once their lease has run out; else do as the policy says.

    A transport that rests is not asked: with a wrong password each question would be one more failed log-in.
    """
    for entry in ledger.uncertain(rules.audience, way.clock()):
        if way.wait(0) or resting_until(ledger, way):
            return
        found, now = way.transport.find(entry.key), way.clock()
        settlement = _after_asking(found, entry, ledger, rules, now)
        if settlement:
            ledger.settle(entry, settlement, now)
        way.beat()


def _after_asking(found: Found, entry: Entry, ledger: Ledger, rules: Rules, now: datetime) -> Settlement | None:
    match found:
        case Found.SENT:
            return Settlement(State.SENT, reply="found with the mail server")
        case Found.ABSENT:
            return Settlement(State.PLANNED, Found.ABSENT, "not found with the mail server")
        case Found.CANNOT_TELL if rules.on_uncertain == "resend" and _may_go_again(entry, ledger, rules, now):
            # The same bytes, also when the day of a reminder has passed meanwhile.
            is_reminder = entry.new.kind == Kind.REMINDER
            until = rules.end_of(rules.local(now).date() + timedelta(days=rules.policy.catch_up))
            reply = "sent once more: the server cannot be asked"
            return Settlement(State.PLANNED, reply=reply, released_until=until if is_reminder else None)
        case _:
            return None


def _may_go_again(entry: Entry, ledger: Ledger, rules: Rules, now: datetime) -> bool:
    if any(event.reason != Found.ABSENT for event in _second_goes(entry, ledger)):
        return False  # once is enough: from here on a person decides
    if entry.new.kind == Kind.REMINDER:
        return rules.policy.leads_may_hear(rules.local(now))
    return now < entry.new.expires


def may_have_arrived(entry: Entry, ledger: Ledger) -> bool:
    """Say whether an entry that is to go once more may have arrived before; then it must never be told otherwise."""
    goes = _second_goes(entry, ledger) if entry.frozen else []
    return bool(goes) and goes[-1].reason != Found.ABSENT


def _second_goes(entry: Entry, ledger: Ledger) -> list[Event]:
    history = ledger.history(entry.id)
    return [event for event in history if event.before is State.UNCERTAIN and event.after is State.PLANNED]
