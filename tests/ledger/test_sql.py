"""Many hands on one ledger: threads that race for it, and a machine that does everything in every order."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from reminders.ledger import recovery
from reminders.ledger.base import MOVES, Entry, LedgerRefused, Settlement, State
from reminders.ledger.migrations import migrate
from reminders.ledger.sql import SqlLedger
from reminders.ledger.sqlite import memory_database
from reminders.ledger.witness import Witness
from tests.ledger.builders import (
    BOARD,
    DAY,
    HOUR,
    KINDS,
    LEASE,
    MINUTE,
    NOW,
    TODAY,
    a_new_entry,
    a_reminder,
    again,
    claimed,
    entered,
    leaving,
)

WORKERS = 4


def in_parallel(opened, work):
    """Let every worker do the same at once, each on a ledger of its own, as processes would."""
    together = Barrier(WORKERS)

    def one(ledger):
        together.wait()
        return work(ledger)

    ledgers = [opened() for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, ledgers))


def claim_all(ledger):
    taken = []
    while entry := ledger.claim("live", KINDS, NOW, LEASE):
        taken.append(entry.id)
    return taken


def test_workers_that_race_claim_every_entry_once(opened):
    ledger = opened()
    ledger.enter([a_new_entry(number) for number in range(60)], NOW)
    taken = in_parallel(opened, claim_all)
    assert sorted(entry for worker in taken for entry in worker) == [entry.id for entry in ledger.entries()]
    assert {entry.claim for entry in ledger.entries()} == {1}


def test_workers_that_race_enter_every_notice_once(opened):
    entries = [a_new_entry(number) for number in range(30)]
    new = in_parallel(opened, lambda ledger: [key for each in entries for key in ledger.enter([each], NOW)])
    assert sorted(key for worker in new for key in worker) == sorted(entry.key for entry in entries)
    assert len(opened().entries()) == 30


def test_workers_that_race_record_an_overtaken_reminder_once(opened):
    in_parallel(opened, lambda ledger: ledger.record_superseded([a_reminder(1)], "live", NOW))
    with opened()._database.reading() as connection:
        assert connection.value("SELECT count(*) FROM reminders") == 1


def test_workers_that_race_for_a_slot_take_one_each_interval(opened):
    moments = [NOW + timedelta(seconds=second) for second in range(30)]
    answers = in_parallel(opened, lambda ledger: [ledger.take_slot("a", 3, now) == now for now in moments])
    assert sum(taken for worker in answers for taken in worker) <= 10


def test_workers_that_race_settle_an_attempt_once(opened):
    entry = leaving(opened())
    answers = in_parallel(opened, lambda ledger: ledger.settle(entry, Settlement(State.SENT), NOW))
    assert sorted(answers) == [False] * (WORKERS - 1) + [True]


def test_workers_that_race_give_a_claim_back_once(opened):
    ledger = opened()
    entry = claimed(ledger)
    assert sum(in_parallel(opened, lambda one: one.recover(LEASE))) == 1
    assert len(ledger.history(entry.id)) == 3


def test_processes_that_start_at_once_make_one_ledger(opened):
    together = Barrier(WORKERS)

    def start(_):
        together.wait()
        return opened().lost()

    with ThreadPoolExecutor(WORKERS) as pool:
        assert list(pool.map(start, range(WORKERS))) == [None] * WORKERS


class Watched:
    """A driver's connection that says when it is about to commit."""

    def __init__(self, driver, at_commit):
        self.driver = driver
        self.at_commit = at_commit

    def execute(self, statement, *values):
        if statement == "COMMIT":
            self.at_commit(self.driver)
        return self.driver.execute(statement, *values)

    def __getattr__(self, name):
        return getattr(self.driver, name)


def before_commit(ledger, at_commit):
    ledger._database._idle[:] = [Watched(driver, at_commit) for driver in ledger._database._idle]


def test_the_journal_is_on_disk_when_the_ledger_commits(opened, folder):
    ledger = opened()
    entry = leaving(ledger)
    seen = []
    before_commit(ledger, lambda _: seen.append((folder / "sent.journal").read_text()))
    ledger.settle(entry, Settlement(State.SENT), NOW)
    assert [entry.key in text for text in seen] == [True]


def test_a_commit_that_fails_leaves_the_mail_in_the_journal(opened, folder):
    ledger = opened()
    entry = leaving(ledger)

    before_commit(ledger, lambda driver: driver.execute("INSERT INTO nowhere VALUES (1)", {}))
    with pytest.raises(LedgerRefused):
        ledger.settle(entry, Settlement(State.SENT), NOW)
    ledger.close()
    found = opened()
    assert again(found, entry).state is State.TRANSMITTING
    assert entry.key in (folder / "sent.journal").read_text()
    found.recover(LEASE)
    assert again(found, entry).state is State.SENT


def test_an_entry_number_is_never_used_again(opened):
    ledger = opened()
    first = entered(ledger, 1)
    with ledger._database.writing() as connection:
        for table in ("reminders", "events", "texts", "entries"):
            connection.change(f"DELETE FROM {table}")
    assert entered(ledger, 2).id > first.id


# Everything in every order.

ENDS = st.sampled_from([State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED, State.HELD])
OUTCOMES = st.sampled_from([State.SENT, State.FAILED, State.PLANNED, State.UNCERTAIN, State.HELD])


class LedgerMachine(RuleBasedStateMachine):
    """Services that send, crash, wake too late and race; and a person who withdraws and releases."""

    hands = Bundle("hands")  # what some process believes to hold, rightly or not

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        database = memory_database()
        migrate(database)
        self.ledger = SqlLedger(database, BOARD, Witness(Path(self.folder.name)))
        with database.alone() as connection:
            recovery.establish(connection, BOARD)
        self.now = NOW
        self.numbers = count()
        self.leases: dict[int, tuple[int, datetime]] = {}  # entry -> the newest claim and its lease, while it lasts
        self.leaving: dict[int, int] = {}  # entry -> the claim by which it is leaving, until that is settled
        self.frozen: dict[int, str] = {}  # entry -> its bytes when it first left
        self.arrived: set[int] = set()

    def teardown(self):
        self.ledger.close()
        self.folder.cleanup()

    @rule(held=st.booleans(), reminder=st.integers(1, 3))
    def enter(self, held, reminder):
        state = State.HELD if held else State.PLANNED
        number = next(self.numbers)
        new = a_new_entry(number, reminders=(a_reminder(reminder),), state=state, expires=self.now + DAY)
        new_one = self.ledger.enter([new, new], self.now)
        assert new_one == (new.key,)
        assert self.ledger.enter([new], self.now) == ()

    @rule(minutes=st.integers(1, 8))
    def time_passes(self, minutes):
        self.now += minutes * MINUTE

    @rule(target=hands)
    def claim(self):
        entry = self.ledger.claim("live", ("reminder",), self.now, self.now + 5 * MINUTE)
        if entry is None:
            return multiple()
        if entry.id in self.leases:
            _, lease = self.leases[entry.id]
            assert lease <= self.now, "claimed while another claim was alive"
        assert entry.id not in self.leaving, "claimed while it was leaving"
        assert entry.id not in self.arrived
        self.leases[entry.id] = (entry.claim, self.now + 5 * MINUTE)
        return entry

    @rule(entry=hands)
    def transmit(self, entry):
        if self.ledger.transmitting(entry, self.now):
            claim, lease = self.leases[entry.id]
            assert (entry.claim, self.now < lease) == (claim, True)
            assert entry.id not in self.leaving
            self.leaving[entry.id] = entry.claim
            self.frozen.setdefault(entry.id, again(self.ledger, entry).sha256)

    @rule(entry=hands, state=OUTCOMES)
    def settle(self, entry, state):
        before = again(self.ledger, entry)
        try:
            done = self.ledger.settle(entry, Settlement(state), self.now)
        except ValueError:
            assert state not in MOVES[before.state]
            return
        assert done or again(self.ledger, entry) == before
        if done:
            self._settled(entry, state)

    def _settled(self, entry, state):
        assert entry.id not in self.arrived
        assert self.leases[entry.id][0] == entry.claim, "settled by a claim that had been overtaken"
        if state is not State.UNCERTAIN:
            self.leaving.pop(entry.id, None)
            self.leases.pop(entry.id)
        if state is State.SENT:
            self.arrived.add(entry.id)
        if again(self.ledger, entry).frozen:
            self.frozen.setdefault(entry.id, again(self.ledger, entry).sha256)

    @rule(entry=consumes(hands))
    def crash(self, entry):
        """The process has gone; nobody settles this."""

    @rule()
    def recover(self):
        self.ledger.recover(self.now)
        for entry in self.ledger.entries():
            if entry.state is State.SENT:  # by the journal, where a process was overtaken after its mail had left
                self.arrived.add(entry.id)
                self.leaving.pop(entry.id, None)
                self.frozen.setdefault(entry.id, entry.sha256)

    @rule(state=st.sampled_from([State.SENT, State.FAILED, State.PLANNED]))
    def ask_about_uncertain_ones(self, state):
        for entry in self.ledger.uncertain("live", self.now):
            assert self.leases[entry.id][1] <= self.now, "asked while its sender may still be at it"
            assert self.ledger.settle(entry, Settlement(state, released_until=self.now + DAY), self.now)
            self._settled(entry, state)

    @rule(data=st.data(), state=ENDS)
    def end(self, data, state):
        entry = self._any(data)
        if entry is None:
            return
        try:
            done = self.ledger.end(entry, state, "why", self.now)
        except ValueError:
            assert state not in MOVES[entry.state]
            return
        assert done == (entry.state in {State.PLANNED, State.HELD})

    @rule(data=st.data())
    def release(self, data):
        entry = self._any(data)
        if entry is not None:
            assert self.ledger.release(entry, self.now + HOUR, self.now) == (entry.state is State.HELD)

    @rule(data=st.data(), mime=st.binary(max_size=8), held=st.booleans())
    def redraw(self, data, mime, held):
        entry = self._any(data)
        if entry is None:
            return
        state = State.HELD if held else State.PLANNED
        new = a_new_entry(0, key=entry.key, reminders=entry.new.reminders, mime=mime, state=state)
        assert self.ledger.redraw(entry, new, self.now) == (entry.state is State.PLANNED and not entry.frozen)

    def _any(self, data) -> Entry | None:
        entries = self.ledger.entries()
        return data.draw(st.sampled_from(entries)) if entries else None

    @invariant()
    def states_move_only_along_the_diagram(self):
        for entry in self.ledger.entries():
            history = self.ledger.history(entry.id)
            assert history[0].before is None
            assert history[-1].after is entry.state
            for earlier, later in pairwise(history):
                assert later.before is earlier.after
                assert later.after in MOVES[later.before] or later.reason == "redrawn"
                assert later.claim >= earlier.claim

    @invariant()
    def keys_are_unique(self):
        keys = [entry.key for entry in self.ledger.entries()]
        assert len(keys) == len(set(keys))

    @invariant()
    def bytes_never_change_once_they_have_left(self):
        for entry in self.ledger.entries():
            assert entry.sha256 == hashlib.sha256(entry.new.mime).hexdigest()
            assert entry.frozen == (entry.id in self.frozen)
            assert self.frozen.get(entry.id, entry.sha256) == entry.sha256

    @invariant()
    def nothing_is_lost(self):
        assert self.ledger.lost() is None
        assert self.ledger.count_for_day("live", "reminder", TODAY) <= len(self.ledger.entries())


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
