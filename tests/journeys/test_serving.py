"""`serve` as a process of its own: it ticks, says so, answers for its health, and ends when asked."""

import json
import signal
import socket
import time

import pytest

from tests.journeys.served import readiness


def test_it_says_what_it_read_what_it_sent_and_when_it_ticks_next(serve, house):
    served = serve("--as-of", "2015-01-02T08:00", status_address="127.0.0.1:0")
    served.until("31 rows, 30 numbered actions, 27 of them blank; 24 leads: 20 people and 4 groups")
    served.until("Sent 12 mails to leads (17 reminders)")
    served.until("The next tick comes at 08:01:0")
    assert served.end() == 0
    assert len(house.outbox()) == 12


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_ends_it_cleanly_and_quickly(serve, house, number):
    served = serve("--as-of", "2026-11-27T08:00", status_address="127.0.0.1:0")
    served.until("The next tick comes")
    began = time.monotonic()
    assert served.end(number) == 0
    assert time.monotonic() - began < 5
    assert not (house.state / "status.address").exists()


def test_eight_o_clock_comes_under_a_shifted_clock(serve):
    served = serve("--as-of", "2015-01-02T07:59:58", status_address="127.0.0.1:0", tick="1")
    served.until("The next mail is due on Friday 2 January 2015 at 08:00")
    served.until("Sent 12 mails to leads")
    assert served.end() == 0


def test_health_is_asked_on_the_address_it_took(serve, house):
    served = serve("--as-of", "2026-11-27T08:00", status_address="127.0.0.1:0")
    served.until("The next tick comes")
    address = (house.state / "status.address").read_text("ascii").strip()
    assert not address.endswith(":0")
    well = house.run("health")
    assert (well.code, well.out) == (0, '{"alive":true}\n')
    assert readiness(house).code == 0
    served.end()
    gone = house.run("health")
    assert gone.code == 1
    assert "nothing answers" in gone.err


def test_a_set_address_that_is_taken_ends_with_78(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        served = serve("--as-of", "2026-11-27", status_address=f"127.0.0.1:{taken.getsockname()[1]}")
        assert served.wait() == 78
    out = served.rest()
    assert "status.address" in out
    assert "Traceback" not in out


def test_a_broken_plan_keeps_it_running_and_shows_in_readiness(serve, house):
    (house.config / "plan.yaml").unlink()
    served = serve("--as-of", "2015-01-02T08:00", status_address="127.0.0.1:0")
    served.until("No plan to work from")
    ready = readiness(house)
    assert ready.code == 1
    assert "no plan to work from" in ready.out
    assert house.run("health").code == 0
    assert served.end() == 0


def test_no_line_of_the_log_holds_an_address_or_the_plans_wording(serve):
    served = serve("--as-of", "2015-01-02T08:00", status_address="127.0.0.1:0")
    served.until("Sent 12 mails to leads")
    served.end()
    log = json.dumps(served.lines)
    assert "@" not in log
    assert "M Evans" not in log
    assert "multi-agency audit" not in log


def test_a_tick_that_went_well_calls_the_watchdog_and_one_that_cannot_says_so_once(serve):
    served = serve(
        "--as-of", "2026-11-27T08:00", status_address="127.0.0.1:0", tick="1", heartbeat_url="http://127.0.0.1:1/"
    )
    served.until("The heartbeat_url was called in vain: it could not be reached")
    assert served.end() == 0
    assert sum("heartbeat_url" in line["msg"] for line in served.lines) == 1


def test_it_waits_for_its_database_and_goes_on_when_that_answers(serve, house, server, database_url):
    name = database_url.partition("?")[0].rpartition("/")[2]
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    settings = {"ledger_url": database_url.replace("postgres:@", "postgres@"), "tick": "1"}
    running = serve(status_address="127.0.0.1:0", **settings)
    running.until("does not answer at present")
    assert readiness(house).code == 1
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    running.until("The ledger can be used again")
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    running.until("does not answer at present")
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    running.until("The ledger can be used again")
    assert running.end() == 0
    assert not any("Traceback" in json.dumps(line) for line in running.lines)


def test_without_its_database_one_tick_ends_with_69(house, monkeypatch):
    monkeypatch.setenv("REMINDERS_LEDGER_URL", f"postgresql://reminders@/ledger?host={house.root}")
    done = house.run("once")
    assert done.code == 69
    assert "does not answer at present" in done.err
