"""What a tick asks of the ledger costs the same after ten years as in the first week."""

import hashlib
import re
from datetime import timedelta

import pytest

from reminders.ledger.base import Settlement, State
from reminders.ledger.opening import open_ledger
from tests.ledger.builders import (
    BOARD,
    DAY,
    KINDS,
    LEASE,
    NOW,
    TODAY,
    a_new_entry,
    a_reminder,
    claim,
    entered,
    held,
    settled,
    uncertain,
)

LONG_AGO = NOW - 100 * DAY
KINDS_IN_TURN = ("reminder", "reminder", "reminder", "digest", "fault")


# Of a table that grows: all of it, or all of a board's rows.
THROUGH_ALL = re.compile(
    r"(SCAN|SEARCH) (entries|reminders|events|adopted)\b(?!.*\((?:.* AND )?(?!board|audience)\w+[=<>])"
)
# No further than to the first.
NEWEST = {"SEARCH events USING COVERING INDEX events_by_time (board=?)", "SEARCH events"}


def an_old_entry(number):
    at = LONG_AGO - number * timedelta(minutes=10)
    new = a_new_entry(number)
    return {
        **{name: getattr(new, name) for name in ("claim_until", "expires", "message_id", "sender")},
        "id": number,
        "board": BOARD,
        "key": hashlib.sha256(str(number).encode()).hexdigest()[:24],
        "kind": KINDS_IN_TURN[number % 5],
        "cause": None,
        "audience": "live",
        "person": f"Person {number % 20}",
        "name": "D Daly",
        "address": "d.daly@westberks.example",
        "day": at.date(),
        "reasons": "[]",
        "refs": "[]",
        "subject": "",
        "sha256": "",
        "facts": "{}" if number % 5 == 3 else None,
        "state": State.SENT,
        "bounced": False,
        "released": False,
        "attempts": 1,
        "claim": 1,
        "created": at,
        "settled": at,
    }


def an_old_reminder(number):
    at = LONG_AGO - number * timedelta(minutes=10)
    told = {"board": BOARD, "audience": "live", "key": f"old{number:021x}", "entry_id": number, "since": at}
    return told | {"person": f"Person {number % 20}", "action": "2.3", "ref": "2.3", "deadline": at.date(), "offset": 0}


def an_old_event(number):
    at = LONG_AGO - number * timedelta(minutes=10)
    return {"board": BOARD, "entry_id": number, "at": at, "after": State.SENT, "actor": "service", "claim": 1}


@pytest.fixture
def ledger_of(tmp_path):
    """Build a ledger of so many settled entries, and a few of every kind that are of today."""
    opened = []

    def build(size):
        ledger = open_ledger(tmp_path / str(size), None, board=BOARD, lock=False)
        opened.append(ledger)
        with ledger._database.writing() as connection:
            for table, row in (("entries", an_old_entry), ("reminders", an_old_reminder), ("events", an_old_event)):
                names, values = ", ".join(f'"{each}"' for each in row(1)), ", ".join(f":{each}" for each in row(1))
                write = f"INSERT INTO {table} ({names}) VALUES ({values})"
                connection.change_each(write, [row(number) for number in range(1, size + 1)])
        settled(ledger, 1, to=State.FAILED, reason="bad-address")
        ledger.bounce(settled(ledger, 2), "550", NOW)
        settled(ledger, 3, kind="digest", facts={})
        uncertain(ledger, 4)
        held(ledger, 5)
        entered(ledger, 6)
        ledger.forget(NOW)
        return ledger

    yield build
    for ledger in opened:
        ledger.close()


def send_one(ledger):
    entry = claim(ledger)
    ledger.transmitting(entry, NOW)
    ledger.settle(entry, Settlement(State.SENT), NOW)


ASKED = {
    "standings": lambda ledger: ledger.standings("live", [a_reminder(number).key for number in range(300)]),
    "open_entries": lambda ledger: ledger.open_entries("live"),
    "entries of the last days": lambda ledger: ledger.entries("live", NOW - 14 * DAY),
    "undelivered of the last days": lambda ledger: ledger.undelivered("live", NOW - 14 * DAY),
    "count_for_day": lambda ledger: ledger.count_for_day("live", "reminder", TODAY),
    "bad_addresses": lambda ledger: ledger.bad_addresses(),
    "last_facts": lambda ledger: ledger.last_facts("live", "digest"),
    "latest_event": lambda ledger: ledger.latest_event(),
    "uncertain": lambda ledger: ledger.uncertain("live", LEASE + DAY),
    "keys_present": lambda ledger: ledger.keys_present([a_new_entry(number).key for number in range(300)]),
    "recover": lambda ledger: ledger.recover(NOW),
    "anything_due": lambda ledger: ledger.anything_due("live", KINDS, NOW),
    "a mail from claim to answer": send_one,
    "lost": lambda ledger: ledger.lost(),
    "enter": lambda ledger: ledger.enter([a_new_entry(9)], NOW),
    "record_superseded": lambda ledger: ledger.record_superseded([a_reminder(9)], "live", NOW),
    "forget, once more that day": lambda ledger: ledger.forget(NOW),
    "history": lambda ledger: ledger.history(3),
    "good_reading": lambda ledger: ledger.good_reading("plan"),
    "absences": lambda ledger: ledger.absences(TODAY),
}


def idle(ledger):
    """The one connection that everything goes through, as long as nothing is at work."""
    (driver,) = ledger._database._idle
    return driver


@pytest.mark.parametrize("ask", ASKED.values(), ids=list(ASKED))
def test_a_tick_walks_through_no_table(ledger_of, ask):
    ledger = ledger_of(500)
    said: list[str] = []
    idle(ledger).set_trace_callback(said.append)  # with the values in their places
    ask(ledger)
    idle(ledger).set_trace_callback(None)
    statements = [each for each in said if each.lstrip().startswith(("SELECT", "UPDATE", "DELETE"))]
    assert statements
    with ledger._database.reading() as connection:
        plans = [connection.rows(f"EXPLAIN QUERY PLAN {each}") for each in statements]
    assert [step for plan in plans for *_, step in plan if THROUGH_ALL.match(step) and step not in NEWEST] == []


def steps(ledger, ask):
    """Count what SQLite's machine has to do, which no other load of this machine changes."""
    done = 0

    def count():
        nonlocal done
        done += 1

    idle(ledger).set_progress_handler(count, 10)
    ask(ledger)
    return done


def test_a_tick_costs_the_same_whatever_was_settled_long_ago(ledger_of):
    young, old = ledger_of(100), ledger_of(5000)
    costs = {name: (steps(young, ask), steps(old, ask)) for name, ask in ASKED.items()}
    assert {name: cost for name, cost in costs.items() if cost[1] > 1.2 * cost[0] + 20} == {}
    assert costs["standings"][0] > 100  # it is counted at all
