"""What a tick did, in sentences for a terminal or a log; counts, never names or addresses."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from reminders.cli import exits
from reminders.core import words
from reminders.core.directory import LeadKind
from reminders.core.notices import Kind
from reminders.core.plan import Plan
from reminders.ledger.base import Entry, State
from reminders.service.values import Rules, TickResult

SEE_ONE = "To see one: python3 run.py --as-of 2015-01-02T07:59"
_NOT_GONE = (State.PLANNED, State.HELD, State.UNCERTAIN, State.TRANSMITTING, State.CLAIMED)


def what_was_read(result: TickResult) -> str:
    """Say what plan and directory hold."""
    plan = result.plan.plan
    return plan_in_counts(plan) if plan else f"No plan to work from: {result.plan.reason}"


def plan_in_counts(plan: Plan) -> str:
    """Say how many rows, blanks and leads a plan has."""
    leads = {lead.id or lead.name: lead.kind for action in plan.actions for lead in action.leads}
    kinds = Counter(leads.values())
    blank = sum(action.blank for action in plan.numbered)
    read = (
        f"Read the plan: {len(plan.actions)} rows, {len(plan.numbered)} numbered actions, {blank} of them blank; "
        f"{len(leads)} leads: {kinds[LeadKind.PERSON]} people and {kinds[LeadKind.GROUP]} groups"
    )
    unknown = kinds[LeadKind.UNKNOWN]
    return f"{read}, {unknown} unknown" if unknown else read


def what_is_wrong(result: TickResult) -> Iterator[str]:
    """Say what keeps the service from doing all of its work."""
    if result.refusal:
        yield f"Nothing is sent: {result.refusal}"
    if result.plan.outcome == "held":
        yield f"The plan is held: {result.plan.reason}. Accept it with: python3 run.py plan accept"
    if result.plan.outcome == "refused" and result.plan.plan is not None:
        yield f"The plan cannot be read: {result.plan.reason}. The last good one is used"
    if result.directory_trouble and result.directory is not None:
        yield last_good_directory(result.directory_trouble)
    for fault in result.faults:
        yield f"{fault.headline}. {fault.lead}"
        yield from (f"  {point}" for point in fault.points)


def last_good_directory(trouble: str) -> str:
    """Say which lead directory is used, and why."""
    return f"The lead directory cannot be read: {trouble}. The last good one is used"


def what_was_done(result: TickResult, where: str) -> str:
    """Say what left, and what did not."""
    if not result.settled:
        return "Nothing is due now."
    sent = [entry for entry in result.settled if entry.state is State.SENT]
    unsent = len(result.settled) - len(sent)
    tail = f"; {words.counted(unsent, 'mail')} not sent" if unsent else ""
    return f"Sent {words.listed(list(_by_kind(sent))) or 'nothing'} to {where}{tail}."


def _by_kind(sent: Sequence[Entry]) -> Iterator[str]:
    kinds = Counter(entry.new.kind for entry in sent)
    reminders = sum(len(entry.new.reminders) for entry in sent)
    if kinds[Kind.REMINDER]:
        yield f"{words.counted(kinds[Kind.REMINDER], 'mail')} to leads ({words.counted(reminders, 'reminder')})"
    if kinds[Kind.DIGEST]:
        yield words.counted(kinds[Kind.DIGEST], "digest")
    if kinds[Kind.FAULT]:
        yield f"{words.counted(kinds[Kind.FAULT], 'mail')} about faults"


def what_would_go(result: TickResult) -> str:
    """Say what a paused service leaves unsent."""
    mails = words.counted(result.would_go, "mail")
    return f"mode is paused: nothing is entered and nothing is sent; {mails} would go now."


def what_waits(result: TickResult) -> Iterator[str]:
    """Say what is owed and has not left."""
    waiting = Counter(entry.state for entry in result.waiting)
    told = {
        State.HELD: "held; see: python3 run.py ledger",
        State.UNCERTAIN: "uncertain: sent, perhaps",
        State.PLANNED: "waiting for the mail server or for their hours",
    }
    for state, meaning in told.items():
        if waiting[state]:
            yield f"{words.sentence(words.counted(waiting[state], 'mail'))} {meaning}."


def what_comes(next_mail: datetime | None, rules: Rules) -> str:
    """Say when the next mail is due, and how to see one."""
    if next_mail is None:
        return f"No further mail is due. {SEE_ONE}"
    local = rules.local(next_mail)
    return f"The next mail is due on {words.weekday_date(local.date())} at {local:%H:%M}. {SEE_ONE}"


def exit_code(result: TickResult) -> int:
    """Return what the tick means for a one-shot command."""
    codes = [exits.OK]
    plan = result.plan
    if plan.plan is None or not plan.usable:
        codes.append(exits.NO_PLAN)
    if result.transport_fault or (result.refusal and "adopt" in result.refusal):
        codes.append(exits.UNREACHABLE)
    if plan.outcome != "ok" or result.directory_trouble or result.refusal or _unsent(result):
        codes.append(exits.UNSENT)
    return exits.gravest(codes)


def _unsent(result: TickResult) -> bool:
    waiting = any(entry.state in _NOT_GONE for entry in result.waiting)
    return waiting or any(entry.state is State.FAILED for entry in result.settled)
