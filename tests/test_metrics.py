"""What Prometheus reads: that it parses, keeps the conventions of names, and counts what happened."""

import re
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reminders.metrics import BoardMetrics, Counts, Metrics

NOW = datetime(2015, 1, 2, 8, tzinfo=UTC)
UNITS = ("_seconds", "_bytes", "_info", "_total")
# Counts of things have no unit, nor has a yes or no.
WITHOUT_A_UNIT = {
    "reminders_mode",
    "reminders_notices_held",
    "reminders_notices_uncertain",
    "reminders_outbox_pending",
    "reminders_plan_blank_progress",
    "reminders_plan_items",
    "reminders_plan_last_load_successful",
    "reminders_plan_unresolved_leads",
    "reminders_settings_last_load_successful",
}


@pytest.fixture
def metrics():
    return Metrics("0.1.0", "abc1234", "3.13.5")


@pytest.fixture
def board(metrics):
    return BoardMetrics(metrics, "west-berkshire", "smtp", "live")


@pytest.fixture
def read(metrics, board):  # noqa: ARG001 - the board's series are there with it
    def number(name, **labels):
        text, kind = metrics.exposition()
        assert kind.startswith("text/plain")
        samples = [sample for family in text_string_to_metric_families(text.decode()) for sample in family.samples]
        (value,) = [
            sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return value

    return number


def families(metrics):
    text = metrics.exposition()[0].decode()
    return [family for family in text_string_to_metric_families(text) if family.name.startswith("reminders_")]


def test_every_metric_says_what_it_is(metrics, board):  # noqa: ARG001
    for family in families(metrics):
        assert family.documentation.endswith(".") or family.documentation.endswith("not."), family.name
        assert family.type in {"gauge", "counter", "histogram"}, family.name


def test_names_end_with_their_unit_and_counters_with_total(metrics, board):  # noqa: ARG001
    text = metrics.exposition()[0].decode()
    for name, kind in re.findall(r"^# TYPE (reminders_\S+) (\S+)$", text, re.MULTILINE):
        assert (kind == "counter") == name.endswith("_total"), name
        assert name.endswith(UNITS) or name in WITHOUT_A_UNIT, name
        assert not name.endswith("_created"), name


def test_a_counter_stands_at_nought_before_its_first_count(read):
    assert read("reminders_notifications_failed_total", kind="digest", reason="outage") == 0
    assert read("reminders_job_runs_total", outcome="failed") == 0


def test_the_release_is_told(read):
    assert read("reminders_build_info", version="0.1.0", revision="abc1234", python="3.13.5") == 1


def test_a_tick_that_went_well_is_counted_and_timed(read, board):
    board.ticked("ok", 0.3, NOW)
    assert read("reminders_job_runs_total", job="tick", outcome="ok") == 1
    assert read("reminders_job_duration_seconds_sum", job="tick") == 0.3
    assert read("reminders_scheduler_last_tick_timestamp_seconds") == NOW.timestamp()
    assert read("reminders_job_last_success_timestamp_seconds", job="tick") == NOW.timestamp()


def test_a_tick_that_failed_is_no_success(metrics, read, board):
    board.ticked("failed", 0.3, NOW)
    assert read("reminders_scheduler_last_tick_timestamp_seconds") == NOW.timestamp()
    assert "reminders_job_last_success_timestamp_seconds{" not in metrics.exposition()[0].decode()


def test_what_a_tick_did_is_added_and_how_it_left_things_is_set(read, board):
    for _ in range(2):
        board.count(
            Counts(
                planned={"reminder": 12},
                tried={"reminder": 12},
                failed={("reminder", "bad-address"): 1},
                pending={"digest": 1},
                oldest_pending=90,
                plan_loaded=True,
                plan_items={"overdue": 3},
                unresolved_leads=2,
                blank_progress=27,
            ),
            NOW,
        )
    assert read("reminders_notices_planned_total", kind="reminder") == 24
    assert read("reminders_notifications_total", kind="reminder", transport="smtp") == 24
    assert read("reminders_notifications_failed_total", kind="reminder", reason="bad-address") == 2
    assert read("reminders_outbox_pending", kind="digest") == 1
    assert read("reminders_outbox_oldest_pending_age_seconds") == 90
    assert read("reminders_plan_items", state="overdue") == 3
    assert read("reminders_plan_unresolved_leads") == 2
    assert read("reminders_plan_blank_progress") == 27
    assert read("reminders_plan_last_load_success_timestamp_seconds") == NOW.timestamp()


def test_a_plan_that_cannot_be_read_keeps_the_time_of_the_last_good_one(read, board):
    board.count(Counts(plan_loaded=True), NOW)
    board.count(Counts(plan_loaded=False), datetime(2015, 1, 3, tzinfo=UTC))
    assert read("reminders_plan_last_load_successful") == 0
    assert read("reminders_plan_last_load_success_timestamp_seconds") == NOW.timestamp()


def test_one_mode_is_on(metrics, read, board):  # noqa: ARG001
    BoardMetrics(metrics, "west-berkshire", "smtp", "paused")
    assert [read("reminders_mode", mode=mode) for mode in ("live", "trial", "paused")] == [0, 0, 1]


def test_the_rest_is_told_as_it_comes(read, board):
    board.sent_in(0.2)
    board.misfired()
    board.ledger_failed()
    board.settings_loaded(well=False)
    board.runs_next("digest", NOW)
    assert read("reminders_notification_send_duration_seconds_count", transport="smtp") == 1
    assert read("reminders_job_misfires_total", job="tick") == 1
    assert read("reminders_ledger_errors_total") == 1
    assert read("reminders_settings_last_load_successful") == 0
    assert read("reminders_job_next_run_timestamp_seconds", job="digest") == NOW.timestamp()


def test_two_boards_are_told_apart(metrics, read, board):
    other = BoardMetrics(metrics, "reading", "smtp", "trial")
    other.ledger_failed()
    board.ledger_failed()
    other.ledger_failed()
    assert read("reminders_ledger_errors_total", board="reading") == 2
    assert read("reminders_ledger_errors_total", board="west-berkshire") == 1
