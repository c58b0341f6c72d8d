"""What the service tells Prometheus: counts, times and states of each board, never a name or an address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from reminders.core.notices import Kind

Job = Literal["tick", "digest"]
Outcome = Literal["ok", "not-ready", "failed"]
Mode = Literal["live", "trial", "paused"]

OUTCOMES: tuple[Outcome, ...] = ("ok", "not-ready", "failed")
MODES: tuple[Mode, ...] = ("live", "trial", "paused")
PLAN_STATES = ("complete", "overdue", "upcoming", "undated")
FAILURES = ("bad-address", "uncertain", "put-off", "outage")
_TICK_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_SEND_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Counts:
    """What one tick did and how it left its board; counts are by kind of mail, times in seconds."""

    planned: Mapping[str, int] = field(default_factory=dict)
    tried: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by kind and reason
    pending: Mapping[str, int] = field(default_factory=dict)
    oldest_pending: float = 0.0
    uncertain: int = 0
    held: int = 0
    plan_loaded: bool = False
    plan_items: Mapping[str, int] = field(default_factory=dict)
    unresolved_leads: int = 0
    blank_progress: int = 0


class Metrics:
    """One process's metrics, in a registry of their own."""

    def __init__(self, version: str, revision: str, python: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series a counter, which nobody asks for
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        build = Info("reminders_build", "The release that runs.", registry=self._registry)
        build.info({"version": version, "revision": revision, "python": python})
        self._make_job_metrics()
        self._make_mail_metrics()
        self._make_plan_metrics()

    def exposition(self) -> tuple[bytes, str]:
        """Return all metrics as text, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def _make_job_metrics(self) -> None:
        self.last_tick = self._gauge("reminders_scheduler_last_tick_timestamp_seconds", "When the last tick ended.")
        self.last_success = self._gauge(
            "reminders_job_last_success_timestamp_seconds", "When a job last did all of its work.", "job"
        )
        self.next_run = self._gauge("reminders_job_next_run_timestamp_seconds", "When a job runs next.", "job")
        self.runs = self._counter("reminders_job_runs_total", "Runs of a job.", "job", "outcome")
        self.misfires = self._counter("reminders_job_misfires_total", "Runs of a job that came late or not.", "job")
        self.duration = self._histogram("reminders_job_duration_seconds", "How long a job ran.", _TICK_SECONDS, "job")
        self.settings = self._gauge(
            "reminders_settings_last_load_successful", "Whether the settings last asked for are in force (1) or not."
        )
        self.mode = self._gauge("reminders_mode", "1 for the mode the service is in.", "mode")

    def _make_mail_metrics(self) -> None:
        by_way = ("kind", "transport")
        self.planned = self._counter("reminders_notices_planned_total", "Mails entered into the ledger.", "kind")
        self.tried = self._counter("reminders_notifications_total", "Mails handed to the transport.", *by_way)
        self.failed = self._counter(
            "reminders_notifications_failed_total", "Mails that the transport did not take.", *by_way, "reason"
        )
        self.send_duration = self._histogram(
            "reminders_notification_send_duration_seconds", "How long one hand-over took.", _SEND_SECONDS, "transport"
        )
        self.pending = self._gauge("reminders_outbox_pending", "Mails that wait to leave.", "kind")
        self.oldest = self._gauge(
            "reminders_outbox_oldest_pending_age_seconds", "How long the oldest waiting mail has waited."
        )
        self.uncertain = self._gauge("reminders_notices_uncertain", "Mails that left, perhaps; a person must look.")
        self.held = self._gauge("reminders_notices_held", "Mails that wait for a person, or for a mended address.")
        self.ledger_errors = self._counter("reminders_ledger_errors_total", "Times the ledger could not be used.")

    def _make_plan_metrics(self) -> None:
        self.plan_loaded = self._gauge(
            "reminders_plan_last_load_successful", "Whether the plan, as its file has it now, is in force (1) or not."
        )
        self.plan_loaded_at = self._gauge(
            "reminders_plan_last_load_success_timestamp_seconds", "When the plan was last read well."
        )
        self.plan_items = self._gauge("reminders_plan_items", "Rows of the plan in force.", "state")
        self.unresolved = self._gauge("reminders_plan_unresolved_leads", "Leads whom the lead directory does not know.")
        self.blank = self._gauge("reminders_plan_blank_progress", "Numbered actions with nothing under progress.")

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, ("board", *labels), registry=self._registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, ("board", *labels), registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, text, ("board", *labels), buckets=buckets, registry=self._registry)


class BoardMetrics:
    """What is told of one board; its name is a label of every series, also where there is only one board."""

    def __init__(self, metrics: Metrics, board: str, transport: str, mode: Mode) -> None:
        self._all = metrics
        self._board = board
        self._transport = transport
        self._begin_at_nought()
        for each in MODES:
            metrics.mode.labels(board, each).set(each == mode)

    def _begin_at_nought(self) -> None:
        """Make every series, since a counter that appears with its first count looks as if it had not moved."""
        self._all.misfires.labels(self._board, "tick")
        self._all.ledger_errors.labels(self._board)
        self._all.send_duration.labels(self._board, self._transport)
        for outcome in OUTCOMES:
            self._all.runs.labels(self._board, "tick", outcome)
        for kind in Kind:
            self._all.planned.labels(self._board, kind)
            self._all.tried.labels(self._board, kind, self._transport)
            for reason in FAILURES:
                self._all.failed.labels(self._board, kind, self._transport, reason)

    def ticked(self, outcome: Outcome, seconds: float, at: datetime) -> None:
        """Count one tick, which took so long and ended then."""
        self._all.runs.labels(self._board, "tick", outcome).inc()
        self._all.duration.labels(self._board, "tick").observe(seconds)
        self._all.last_tick.labels(self._board).set(at.timestamp())
        if outcome == "ok":
            self.succeeded("tick", at)

    def succeeded(self, job: Job, at: datetime) -> None:
        """Say when a job last did all of its work."""
        self._all.last_success.labels(self._board, job).set(at.timestamp())

    def runs_next(self, job: Job, at: datetime) -> None:
        """Say when a job runs next."""
        self._all.next_run.labels(self._board, job).set(at.timestamp())

    def misfired(self) -> None:
        """Count a tick that came late or not at all."""
        self._all.misfires.labels(self._board, "tick").inc()

    def sent_in(self, seconds: float) -> None:
        """Say how long the transport took for one mail."""
        self._all.send_duration.labels(self._board, self._transport).observe(seconds)

    def ledger_failed(self) -> None:
        """Count one time that the ledger could not be used."""
        self._all.ledger_errors.labels(self._board).inc()

    def settings_loaded(self, *, well: bool) -> None:
        """Say whether the settings that were last asked for are in force."""
        self._all.settings.labels(self._board).set(well)

    def count(self, counts: Counts, at: datetime) -> None:
        """Take over what a tick did and how it left the board."""
        self._count_mails(counts)
        self._set(self._all.pending, counts.pending, Kind)
        self._all.oldest.labels(self._board).set(counts.oldest_pending)
        self._all.uncertain.labels(self._board).set(counts.uncertain)
        self._all.held.labels(self._board).set(counts.held)
        self._all.plan_loaded.labels(self._board).set(counts.plan_loaded)
        if counts.plan_loaded:
            self._all.plan_loaded_at.labels(self._board).set(at.timestamp())
        self._set(self._all.plan_items, counts.plan_items, PLAN_STATES)
        self._all.unresolved.labels(self._board).set(counts.unresolved_leads)
        self._all.blank.labels(self._board).set(counts.blank_progress)

    def _count_mails(self, counts: Counts) -> None:
        for kind, number in counts.planned.items():
            self._all.planned.labels(self._board, kind).inc(number)
        for kind, number in counts.tried.items():
            self._all.tried.labels(self._board, kind, self._transport).inc(number)
        for (kind, reason), number in counts.failed.items():
            self._all.failed.labels(self._board, kind, self._transport, reason).inc(number)

    def _set(self, gauge: Gauge, numbers: Mapping[str, int], names: Iterable[str]) -> None:
        for name in names:
            gauge.labels(self._board, name).set(numbers.get(name, 0))
