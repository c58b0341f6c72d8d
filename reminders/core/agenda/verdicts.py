"""What has been told before decides which reminders of a series are owed today."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from reminders.core.agenda.series import Series, series_of
from reminders.core.agenda.values import Agenda, Memory, Reminder, Standing, Told, Verdict
from reminders.core.directory import Directory, Recipient
from reminders.core.plan import Plan
from reminders.core.policy import Policy


def draw_up_agenda(plan: Plan, directory: Directory, policy: Policy, today: date, memory: Memory) -> Agenda:
    """Decide for every reminder of the plan whether it is owed today; the same inputs give the same agenda."""
    series = series_of(plan, directory, policy, today, board=memory.board, audience=memory.audience)
    return decide(series, policy, today, memory)


def decide(series: Sequence[Series], policy: Policy, today: date, memory: Memory) -> Agenda:
    """Decide for every reminder of these series whether it is owed today."""
    decided = ((*_decided(each, policy, today, memory), *each.ahead) for each in series)
    return Agenda(today, tuple(chain.from_iterable(decided)))


def _decided(series: Series, policy: Policy, today: date, memory: Memory) -> Iterator[Reminder]:
    *earlier, latest = series.passed or (None,)
    for each in earlier:
        yield each._replace(verdict=_verdict_on_earlier(each, policy, today, memory))
    if latest:
        verdict = _verdict_on_latest(latest, policy, today, memory, paused=series.paused)
        yield latest._replace(verdict=verdict, late=latest.day < today)


def _verdict_on_latest(latest: Reminder, policy: Policy, today: date, memory: Memory, *, paused: bool) -> Verdict:
    told = memory.told.get(latest.key)
    settled = _verdict_of_ledger(told, latest.recipient) or _verdict_of_calendar(latest, policy, today, memory)
    if settled or paused:
        return settled or Verdict.PAUSED
    return Verdict.OWED if latest.recipient else Verdict.UNHEARD


def _verdict_of_ledger(told: Told | None, recipient: Recipient | None) -> Verdict | None:
    if told is None or told.standing is Standing.PLANNED:
        return None
    if told.standing is Standing.WAITING:
        return Verdict.WAITING
    elsewhere = recipient is not None and recipient.address != told.address
    return None if told.standing is Standing.FAILED and elsewhere else Verdict.TOLD


def _verdict_of_calendar(reminder: Reminder, policy: Policy, today: date, memory: Memory) -> Verdict | None:
    if policy.has_lapsed(reminder.day, today):
        return Verdict.LAPSED
    return Verdict.TOLD if memory.since and reminder.day < memory.since else None


def _verdict_on_earlier(earlier: Reminder, policy: Policy, today: date, memory: Memory) -> Verdict:
    told = memory.told.get(earlier.key)
    if told and told.standing is Standing.TOLD:
        return Verdict.TOLD
    return _verdict_of_calendar(earlier, policy, today, memory) or Verdict.SUPERSEDED
