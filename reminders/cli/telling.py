"""One board's ticks as `serve` does them: each told to the log, to the metrics and to the watchdog."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from reminders.cli import reports
from reminders.cli.boards import Board
from reminders.cli.measures import counts_of
from reminders.cli.running import where
from reminders.clock import real_clock
from reminders.core.faults import Reader
from reminders.ledger.base import LedgerFault, LedgerUnreachable
from reminders.metrics import BoardMetrics, Outcome
from reminders.service.tick import Service
from reminders.service.values import Rules, TickResult
from reminders.status.health import Ready, Why
from reminders.status.heartbeat import call
from reminders.status.values import AfterTick
from reminders.wiring import page_of

logger = logging.getLogger(__name__)

_SEE_WHY = "To see why: python3 run.py check"

Start = Callable[[Board, BoardMetrics], Service]


class Teller:
    """Does a board's ticks, one at a time, and tells what is new about each."""

    def __init__(self, board: Board, metrics: BoardMetrics, start: Start) -> None:
        self._board = board
        self._metrics = metrics
        self._start = start
        self._service: Service | None = None
        self._renewed: tuple[Board, BoardMetrics] | None = None
        self._said: dict[str, tuple[str, ...]] = {}
        self._show = page_of(board.settings)
        self.seen: AfterTick | None = None

    def begin(self) -> None:
        """Open the ledger; a database that does not answer yet is asked again each tick."""
        with suppress(LedgerUnreachable):
            self._service = self._start(self._board, self._metrics)

    def renew(self, board: Board, metrics: BoardMetrics) -> None:
        """Go by other settings from the next tick on."""
        self._renewed = board, metrics

    def __call__(self) -> Ready:
        """Do one tick and say whether the service could do its work."""
        self._take_over()
        outcome: Outcome = "failed"
        began = time.monotonic()
        try:
            ready = self._tick()
            outcome = "ok" if ready.ready else "not-ready"
        finally:
            self._metrics.ticked(outcome, time.monotonic() - began, real_clock())
            self._metrics.runs_next("tick", real_clock() + timedelta(seconds=self._board.settings.tick))
        return ready

    def _take_over(self) -> None:
        renewed, self._renewed = self._renewed, None
        if renewed:
            self._board, self._metrics = renewed
            self._service = None
            self._show = page_of(self._board.settings)

    def _tick(self) -> Ready:
        try:
            service = self._service = self._service or self._start(self._board, self._metrics)
            result = service.tick()
            self._measure(result, service)
            next_mail = service.next_mail(result)
            self.seen = self._show(service, result, next_mail)
            self._tell(result, service, next_mail)
        except LedgerFault as fault:
            self._metrics.ledger_failed()
            self._once("ledger-fault", [str(fault)], logging.ERROR)
            return Ready(ready=False, why=Why.NO_LEDGER)
        self._once("ledger-fault", ["The ledger can be used again."] if self._said.get("ledger-fault") else [])
        ready = ready_after(result)
        if ready.ready:
            self._call_heartbeat()
        return ready

    def _call_heartbeat(self) -> None:
        url = self._board.settings.heartbeat_url
        trouble = call(url) if url else None
        told = [f"The heartbeat_url was called in vain: {trouble}"] if trouble else []
        self._once("heartbeat", told, logging.WARNING)

    def _measure(self, result: TickResult, service: Service) -> None:
        rules = service.rules
        self._metrics.count(counts_of(result, rules), real_clock())
        if next_digest := service.next_digest(result.now):
            self._metrics.runs_next("digest", next_digest)
        if told := service.ledger.last_facts(rules.audience, "digest"):
            self._metrics.succeeded("digest", rules.at(told[0], rules.policy.digest_at))

    def _tell(self, result: TickResult, service: Service, next_mail: datetime | None) -> None:
        plan = result.plan.plan
        read = reports.plan_in_counts(plan) if plan else f"No plan to work from. {_SEE_WHY}"
        self._once("plan-read", [read], rows=len(plan.actions) if plan else 0)
        self._once("fault", _what_is_wrong(result), logging.WARNING)
        if service.rules.paused:
            self._once("paused", [reports.what_would_go(result)])
        if result.settled:
            logger.info("%s", reports.what_was_done(result, where(self._board)), extra={"event": "sent"})
        self._once("waiting", reports.what_waits(result))
        self._tell_what_comes(result, service.rules, next_mail)

    def _tell_what_comes(self, result: TickResult, rules: Rules, next_mail: datetime | None) -> None:
        every = self._board.settings.tick
        then = rules.local(result.now) + timedelta(seconds=every)
        lines = (
            reports.what_comes(next_mail, rules),
            f"The next tick comes at {then:%H:%M:%S}, and then every {every:g} seconds.",
        )
        if self._news("next", lines[:1]):
            about = {"board": self._board.name, "next_mail": _utc(next_mail), "next_tick": _utc(then)}
            for line in lines:
                logger.info("%s", line, extra={"event": "next", **about})

    def _once(self, event: str, lines: Iterable[str], level: int = logging.INFO, rows: int | None = None) -> None:
        now = tuple(lines)
        if self._news(event, now):
            for line in now:
                logger.log(level, "%s", line, extra={"event": event, "board": self._board.name, "rows": rows})

    def _news(self, event: str, lines: tuple[str, ...]) -> bool:
        # The same sentences each minute would drown what is new.
        new = lines != self._said.get(event)
        self._said[event] = lines
        return new


def ready_after(result: TickResult) -> Ready:
    """Say whether a service could do its work, as one tick showed."""
    if result.refusal:
        return Ready(ready=False, why=Why.NOTHING_IS_SENT)
    if result.plan.plan is None or not result.plan.usable:
        return Ready(ready=False, why=Why.NO_PLAN)
    return Ready(ready=result.transport_fault is None, why=Why.NO_MAIL_SERVER)


def _what_is_wrong(result: TickResult) -> Iterator[str]:
    """Say it without the words of the plan and the lead directory, which mistakes quote: a log is read by many."""
    if result.refusal:
        yield f"Nothing is sent: {result.refusal}"
    if result.plan.outcome == "held":
        yield "The plan is held. To see why: python3 run.py plan. To accept it: python3 run.py plan accept"
    if result.plan.outcome == "refused" and result.plan.plan is not None:
        yield f"The plan cannot be read; the last good one is used. {_SEE_WHY}"
    if result.directory_trouble and result.directory is not None:
        yield f"The lead directory cannot be read; the last good one is used. {_SEE_WHY}"
    for fault in result.faults:
        lead = f" {fault.lead}" if fault.readers == (Reader.OPS,) else ""
        yield f"{fault.headline} ({fault.cause}).{lead}"


def _utc(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
