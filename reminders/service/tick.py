"""One tick: the only module that knows the order of the steps."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from reminders.core.directory import Directory
from reminders.core.faults import Fault
from reminders.core.plan import Plan
from reminders.ledger.base import Ledger
from reminders.service import absences, bounces, digests, entering, fault_mails, readings, sending
from reminders.service.sending import Sending, Way
from reminders.service.values import DirectoryLook, Draw, Notice, PlanInForce, PlanLook, Rules, TickResult

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

    def tick(self) -> TickResult:
        """Send whatever is owed now and not told yet; a missed tick is caught up by the next."""
        now = self.way.clock()
        directory, directory_faults = readings.directory_in_force(
            self.look_at_directory(), self.ledger, now, remember=not self.rules.paused
        )
        plan = self._plan(directory, now)
        faults = (*plan.faults, *directory_faults)
        lost, wrong = self.ledger.lost(), self._clock_wrong(now)
        refusal = lost or wrong
        if refusal or self.rules.paused:
            would_go = 0 if refusal else self._would_go(plan, directory, now)
            return self._result(TickResult(now, plan, directory, faults=faults, refusal=refusal, would_go=would_go))
        self.ledger.recover(now)
        self.ledger.forget(now)
        sending.settle_uncertain(self.ledger, self.rules, self.way)
        bounces.read_bounces(self.ledger, self.rules, self.way)
        if plan.outcome == "ok" and plan.plan and directory:
            faults = (*faults, *self.publish(plan.plan, directory, now))
        entered = self._enter(plan, directory, faults, now)
        sent, untold = self._send(entered.faults)
        return self._result(
            TickResult(
                now,
                plan,
                directory,
                settled=sent.settled,
                faults=(*faults, *entered.faults, *sent.faults, *untold),
                transport_fault=sent.faults[0].lead if sent.faults else self._why_resting(),
            )
        )

    def _plan(self, directory: Directory | None, now: datetime) -> PlanInForce:
        if directory is None:
            return PlanInForce("refused", None, "the lead directory cannot be read", usable=False)
        judgement = readings.judge(self.look_at_plan(), directory, self.rules, self.ledger)
        if not self.rules.paused:
            readings.keep(judgement, self.ledger, now)
        return readings.in_force(judgement, self.rules, now)

    def _would_go(self, plan: PlanInForce, directory: Directory | None, now: datetime) -> int:
        """Count the mails to leads and the digests that are owed now, entering none."""
        if plan.plan is None or directory is None:
            return 0
        view = entering.draw_up(self.ledger, self.rules, plan.plan, directory, now)
        gathered = entering.gather(self.ledger, self.rules, view) if plan.usable else ()
        reminders = entering.may_go_now(gathered, self.ledger, self.rules, now)
        return len((*reminders, *digests.owed_now(self.ledger, self.rules, view, plan.note)))

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
        self, plan: PlanInForce, directory: Directory | None, faults: Sequence[Fault], now: datetime
    ) -> entering.Entered:
        ledger, rules = self.ledger, self.rules
        all_faults = [*faults, *fault_mails.lasting_faults(ledger, rules, now)]
        if plan.plan is None or directory is None:
            return self._record(fault_mails.fault_notices(all_faults, rules, now), now)
        if plan.usable:
            directory = absences.directory_today(ledger, rules, self.way, plan.plan, directory, now)
        entering.end_what_is_over(ledger, rules, directory, now)
        view = entering.draw_up(ledger, rules, plan.plan, directory, now)
        entering.settle_overtaken(ledger, rules, view)
        gathered = entering.gather(ledger, rules, view) if plan.usable else ()
        if plan.usable:
            entering.withdraw_unwanted(ledger, rules, gathered, view)
        reminders = entering.may_go_now(gathered, ledger, rules, now)
        weekly = digests.owed_now(ledger, rules, view, plan.note)
        notices = (*fault_mails.fault_notices(all_faults, rules, now), *weekly, *reminders)
        return self._record(notices, now)

    def _record(self, notices: Sequence[Notice], now: datetime) -> entering.Entered:
        return entering.enter(self.ledger, self.rules, notices, self.draw, now, self.drawn)

    def _send(self, faults: Sequence[Fault]) -> tuple[Sending, tuple[Fault, ...]]:
        """Send, then tell of what broke on the way; return also what keeps that from being told."""
        sent = sending.send_all(self.ledger, self.rules, self.way)
        now = self.way.clock()
        late = [*faults, *sent.faults, *fault_mails.lasting_faults(self.ledger, self.rules, now)]
        told = self._record(fault_mails.fault_notices(late, self.rules, now), now)
        if not told.new:
            return sent, told.faults
        again = sending.send_all(self.ledger, self.rules, self.way)
        return Sending((*sent.settled, *again.settled), (*sent.faults, *again.faults)), told.faults

    def _why_resting(self) -> str | None:
        until = sending.resting_until(self.ledger, self.way)
        if until is None:
            return None
        return f"{self.way.transport.name} took no mail; it is tried again at {self.rules.local(until):%H:%M}."

    def _result(self, result: TickResult) -> TickResult:
        return replace(result, waiting=self.ledger.open_entries(self.rules.audience))

    def next_mail(self, result: TickResult) -> datetime | None:
        """Return when the next mail is due after a tick, or None when nothing more will ever be."""
        plan, directory = result.plan.plan, result.directory
        if plan is None or directory is None:
            return None
        view = entering.draw_up(self.ledger, self.rules, plan, directory, result.now)
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
