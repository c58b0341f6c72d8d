"""One tick: the only module that knows the order of the steps."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from reminders.core.agenda import series_of
from reminders.core.directory import Directory
from reminders.core.faults import Fault
from reminders.core.plan import Plan
from reminders.ledger.base import Entry, Ledger
from reminders.service import absences, bounces, digests, ending, entering, fault_mails, readings, sending, views
from reminders.service.last import Last
from reminders.service.sending import Sending, Way
from reminders.service.values import DirectoryLook, Draw, Notice, PlanInForce, PlanLook, Rules, TickResult
from reminders.service.waiting import Waiting

logger = logging.getLogger(__name__)

_CLOCK_MAY_LAG = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Service:
    """One board's service: files in, mails out, everything in between recorded."""

    rules: Rules
    ledger: Ledger
    way: Way
    look_at_plan: Callable[[], PlanLook]
    look_at_directory: Callable[[], DirectoryLook]
    draw: Draw
    publish: Callable[[Plan, Directory, datetime], tuple[Fault, ...]] = lambda *_: ()
    drawn: dict[str, entering.Drawn] = field(default_factory=dict, repr=False, compare=False)
    plan_of: readings.PlanOf = field(default_factory=lambda: Last(readings.plan_from), repr=False, compare=False)
    series_of: views.SeriesOf = field(default_factory=lambda: Last(series_of), repr=False, compare=False)

    def tick(self) -> TickResult:
        """Send whatever is owed now and not told yet; a missed tick is caught up by the next."""
        now = self.way.clock()
        found = readings.directory_in_force(self.look_at_directory(), self.ledger, now, remember=not self.rules.paused)
        directory = found.directory
        plan = self._plan(directory, now)
        faults = (*plan.faults, *found.faults)
        lost, wrong = self.ledger.lost(), self._clock_wrong(now)
        refusal, waiting = lost or wrong, Waiting(self.ledger, self.rules.audience)
        if refusal or self.rules.paused:
            would_go = 0 if refusal else self._would_go(plan, directory, waiting, now)
            result = TickResult(now, plan, directory, faults=faults, refusal=refusal, would_go=would_go)
            return replace(result, directory_trouble=found.trouble, waiting=waiting.entries)
        self.ledger.recover(now)
        self.ledger.forget(now)
        sending.settle_uncertain(self.ledger, self.rules, self.way)
        bounces.read_bounces(self.ledger, self.rules, self.way)
        if plan.outcome == "ok" and plan.plan and directory:
            faults = (*faults, *self.publish(plan.plan, directory, now))
        entered = self._enter(plan, directory, faults, waiting, now)
        sent, untold = self._send(entered, waiting)
        return TickResult(
            now,
            plan,
            directory,
            directory_trouble=found.trouble,
            settled=sent.settled,
            waiting=waiting.entries,
            faults=(*faults, *entered.faults, *sent.faults, *untold),
            transport_fault=sent.faults[0].lead if sent.faults else self._why_resting(),
        )

    def _plan(self, directory: Directory | None, now: datetime) -> PlanInForce:
        if directory is None:
            return PlanInForce("refused", None, "the lead directory cannot be read", usable=False)
        judgement = readings.judge(self.look_at_plan(), directory, self.rules, self.ledger, self.plan_of)
        if not self.rules.paused:
            readings.keep(judgement, self.ledger, now)
        return readings.in_force(judgement, self.rules, now)

    def _would_go(self, plan: PlanInForce, directory: Directory | None, waiting: Waiting, now: datetime) -> int:
        """Count the mails to leads and the digests that are owed now, entering none."""
        if plan.plan is None or directory is None:
            return 0
        view = self._view(plan.plan, directory, now, waiting.entries)
        gathered = entering.gather(self.ledger, waiting, self.rules, view) if plan.usable else ()
        reminders = entering.may_go_now(gathered, waiting, self.rules, now)
        return len((*reminders, *digests.owed_now(self.ledger, waiting, self.rules, view, plan.note)))

    def _view(
        self, plan: Plan, directory: Directory, now: datetime, waiting: Sequence[Entry] | None = None
    ) -> views.Today:
        return views.draw_up(self.ledger, self.rules, plan, directory, now, waiting=waiting, series_of=self.series_of)

    def _clock_wrong(self, now: datetime) -> str | None:
        if self.rules.released is None:
            return None
        if self.rules.local(now).date() < self.rules.released:
            return f"the clock says {now:%d %B %Y}, which is before this release was made"
        latest = self.ledger.latest_event()
        if latest and latest - now > _CLOCK_MAY_LAG:
            return (
                f"the clock says {now:%d %B %Y}, more than a day before the ledger's latest entry, of "
                f"{latest:%d %B %Y}; set the clock right, or where it is right now, let `ledger adopt` forget that one"
            )
        return None

    def _enter(
        self,
        plan: PlanInForce,
        directory: Directory | None,
        faults: Sequence[Fault],
        waiting: Waiting,
        now: datetime,
    ) -> entering.Entered:
        ledger, rules = self.ledger, self.rules
        all_faults = [*faults, *fault_mails.lasting_faults(ledger, rules, now)]
        if plan.plan is None or directory is None:
            return self._record(fault_mails.fault_notices(all_faults, rules, now), waiting, now)
        if plan.usable:
            directory = absences.directory_today(
                ledger, rules, self.way, plan.plan, directory, now, series_of=self.series_of
            )
        ending.end_what_is_over(ledger, waiting, rules, directory, now)
        view = self._view(plan.plan, directory, now, waiting.entries)
        ending.settle_overtaken(ledger, waiting, rules, view)
        gathered = entering.gather(ledger, waiting, rules, view) if plan.usable else ()
        if plan.usable:
            ending.withdraw_unwanted(waiting, gathered, view)
        reminders = entering.may_go_now(gathered, waiting, rules, now)
        weekly = digests.owed_now(ledger, waiting, rules, view, plan.note)
        notices = (*fault_mails.fault_notices(all_faults, rules, now), *weekly, *reminders)
        return self._record(notices, waiting, now)

    def _record(self, notices: Sequence[Notice], waiting: Waiting, now: datetime) -> entering.Entered:
        return entering.enter(self.ledger, waiting, self.rules, notices, self.draw, now, self.drawn)

    def _send(self, entered: entering.Entered, waiting: Waiting) -> tuple[Sending, tuple[Fault, ...]]:
        """Send, then tell of what broke on the way; return also what keeps that from being told."""
        sent = self._send_all(waiting) if entered.new or waiting.entries else Sending(())
        if not (entered.faults or sent.settled or sent.faults):
            return sent, ()
        now = self.way.clock()
        late = [*entered.faults, *sent.faults, *fault_mails.lasting_faults(self.ledger, self.rules, now)]
        told = self._record(fault_mails.fault_notices(late, self.rules, now), waiting, now)
        if not told.new:
            return sent, told.faults
        again = self._send_all(waiting)
        return Sending((*sent.settled, *again.settled), (*sent.faults, *again.faults)), told.faults

    def _send_all(self, waiting: Waiting) -> Sending:
        sent = sending.send_all(self.ledger, self.rules, self.way)
        waiting.changed()
        return sent

    def _why_resting(self) -> str | None:
        until = sending.resting_until(self.ledger, self.way)
        if until is None:
            return None
        return f"{self.way.transport.name} took no mail; it is tried again at {self.rules.local(until):%H:%M}."

    def next_mail(self, result: TickResult) -> datetime | None:
        """Return when the next mail is due after a tick, or None when nothing more will ever be."""
        plan, directory = result.plan.plan, result.directory
        if plan is None or directory is None:
            return None
        view = self._view(plan, directory, result.now)
        days = [each.day for each in view.agenda.upcoming[:1]]
        if view.agenda.owed:
            days.append(self._next_working_day(result.now))
        moments = [self.rules.at(day, self.rules.policy.send_at) for day in days]
        return min(filter(None, [*moments, self.next_digest(result.now)]), default=None)

    def _next_working_day(self, now: datetime) -> date:
        local = self.rules.local(now)
        early = local.time() < self.rules.policy.send_at
        return self.rules.policy.working_days.on_or_after(local.date() + timedelta(days=0 if early else 1))

    def next_digest(self, now: datetime) -> datetime | None:
        """Return when the next digest is due, or None where no week of the next three has a day for it."""
        policy, local = self.rules.policy, self.rules.local(now)
        for week in range(3):
            first = policy.digest_first_day(local.date() + timedelta(weeks=week))
            moment = self.rules.at(first, policy.digest_at) if first else None
            if moment and moment > now:
                return moment
        return None
