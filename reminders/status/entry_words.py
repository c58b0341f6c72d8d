"""How pages and terminal speak of a ledger's entry: its state in a word, why it waits, and what a person can do."""

from collections.abc import Mapping

from reminders.core.notices import Kind
from reminders.core.policy import Reason
from reminders.ledger.base import Entry, State

STATES: Mapping[State, str] = {
    State.PLANNED: "Waiting",
    State.CLAIMED: "In hand",
    State.TRANSMITTING: "Leaving",
    State.UNCERTAIN: "Uncertain",
    State.SENT: "Accepted",
    State.FAILED: "Not delivered",
    State.WITHDRAWN: "Withdrawn",
    State.EXPIRED: "Did not leave",
    State.SUPERSEDED: "Overtaken",
    State.HELD: "Held",
}
_BAD = (State.UNCERTAIN, State.FAILED)
_WAITS = (State.HELD, State.PLANNED, State.EXPIRED)
_WHY: Mapping[str, str] = {
    Reason.CAP: "more emails than may go in a day",
    Reason.PLAN_HELD: "the change of the plan waits to be accepted",
    Reason.OFF_ALLOW_LIST: "the address is outside the domains that may be written to",
    Reason.BAD_ADDRESS: "the mail server refused this address",
    Reason.NOT_RESENT: "not sent again",
    Reason.DAY_PASSED: "its day passed",
    Reason.COMPLETED: "the plan says that it is complete",
    Reason.ROW_GONE: "the action is no longer in the plan",
    Reason.ROW_CHANGED: "its date, its leads or an address are others now",
    Reason.SUPERSEDED: "a later reminder took its place",
    Reason.UNCERTAIN: "the mail server did not answer",
    Reason.LATE: "late",
}
_IF_GOOD = "If it is good as it is, `{run} resend {id}` has what is owed sent there again."


def state_of(entry: Entry) -> str:
    """Return in a word or two where an entry stands."""
    return "Bounced" if entry.bounced else STATES[entry.state]


def tone_of(entry: Entry) -> str:
    """Return the colour of that word: bad, waits or plain; the word says the same."""
    if entry.bounced or entry.state in _BAD:
        return "bad"
    return "waits" if entry.state in _WAITS else "plain"


def why(entry: Entry) -> str:
    """Return why it stands there, where that says more than its state; empty where not."""
    return _WHY.get(entry.reason or "", "") if entry.state is not State.SENT else ""


def to_do(entry: Entry) -> tuple[str, ...]:
    """Return what a person can do about an entry that waits for one, or was refused; commands are in backticks."""
    run = "python3 run.py ledger"
    if entry.state is State.UNCERTAIN:
        return (f"`{run} resend {entry.id}` sends it once more, `{run} hold {entry.id}` never again.",)
    if entry.refused and entry.new.kind == Kind.REMINDER:
        return ("Correct the address in the lead directory.", _IF_GOOD.format(run=run, id=entry.id))
    if entry.state is not State.HELD:
        return ()
    end = f"`{run} withdraw {entry.id}` ends it unsent."
    if entry.reason == Reason.BAD_ADDRESS:
        return ("Correct the address in the lead directory.", _IF_GOOD.format(run=run, id=entry.id), end)
    if entry.reason == Reason.OFF_ALLOW_LIST:
        return ("Correct the address in the lead directory.", end)
    return (f"`{run} release {entry.id}` lets it go, {end}",)
