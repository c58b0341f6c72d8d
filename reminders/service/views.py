"""One tick's view of the world: the plan in force, and what is owed of it by what the ledger remembers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reminders.core.agenda import Agenda, Memory, Series, Told, decide, series_of
from reminders.core.agenda import Standing as Known
from reminders.core.directory import Directory
from reminders.core.plan import Plan
from reminders.core.policy import Reason
from reminders.ledger.base import ADDRESS_GOOD, Entry, Ledger, Standing, State
from reminders.service.values import Rules
from reminders.service.waiting import leaves_as_it_is

SeriesOf = Callable[..., tuple[Series, ...]]


@dataclass(frozen=True, slots=True)
class Today:
    """One tick's view of the world: the plan in force, and what is owed."""

    now: datetime
    today: date
    plan: Plan
    agenda: Agenda


def memory_of(ledger: Ledger | None, rules: Rules, plan: Plan, directory: Directory, today: date) -> Memory:
    """Return what has been told of a plan before, in the agenda's words."""
    series = series_of(plan, directory, rules.policy, today, board=rules.board, audience=rules.audience)
    return _memory(ledger, rules, series, ledger.open_entries(rules.audience) if ledger else ())


def _memory(ledger: Ledger | None, rules: Rules, series: Iterable[Series], waiting: Iterable[Entry]) -> Memory:
    if ledger is None:
        return Memory(rules.board, rules.audience, {}, rules.since)
    # Of what is still to come nobody asks, and the ledger holds years that no plan speaks of any more.
    standings = ledger.standings(rules.audience, [reminder.key for each in series for reminder in each.passed])
    told = {key: known for key, each in standings.items() if (known := _told(each, rules)) is not None}
    told |= {
        each.key: Told(Known.WAITING, entry.new.address)
        for entry in waiting
        if leaves_as_it_is(entry)
        for each in entry.new.reminders
    }
    days = [day for day in (rules.since, ledger.told_before(rules.audience)) if day]
    return Memory(rules.board, rules.audience, told, max(days, default=None))


def _told(standing: Standing, rules: Rules) -> Told | None:
    by_hand = standing.reason == Reason.NOT_RESENT
    ended_untold = standing.state is State.EXPIRED or (standing.state is State.WITHDRAWN and not by_hand)
    if ended_untold or standing.reason == ADDRESS_GOOD:
        return None
    if standing.bounced or (standing.state is State.FAILED and not by_hand):
        # Under redirect_to the address says nothing about the lead's own.
        known = Known.TOLD if standing.address == rules.redirect_to else Known.FAILED
    else:
        known = _KNOWN.get(standing.state, Known.TOLD) if standing.state else Known.TOLD
    return Told(known, standing.address)


_KNOWN: Mapping[State, Known] = {
    State.PLANNED: Known.PLANNED,
    State.HELD: Known.WAITING,
    State.CLAIMED: Known.WAITING,
    State.TRANSMITTING: Known.WAITING,
    State.UNCERTAIN: Known.WAITING,
}


def draw_up(
    ledger: Ledger | None,
    rules: Rules,
    plan: Plan,
    directory: Directory,
    now: datetime,
    *,
    waiting: Sequence[Entry] | None = None,
    series_of: SeriesOf = series_of,
) -> Today:
    """Work out what is owed today; the ledger is asked what waits in it where that is not given."""
    today = rules.local(now).date()
    series = series_of(plan, directory, rules.policy, today, board=rules.board, audience=rules.audience)
    if waiting is None:
        waiting = ledger.open_entries(rules.audience) if ledger else ()
    agenda = decide(series, rules.policy, today, _memory(ledger, rules, series, waiting))
    return Today(now, today, plan, agenda)
