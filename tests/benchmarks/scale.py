"""Scale: a step of cost that is steeper than linear, or a tick that feels old entries, shows here."""

import shutil
import sqlite3
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.boards import DUE, QUIET, write_board
from tests.benchmarks.living import a_service
from tests.benchmarks.measuring import Figure, cost_of_process, cpu_of

GROUP = "scale"
TICKS = 20


def measure(*, small: bool, runs: int) -> Sequence[Figure]:
    del runs
    with tempfile.TemporaryDirectory() as place:
        return [*_steps(Path(place), small=small), *_old_entries(Path(place), small=small)]


def _steps(place: Path, *, small: bool) -> Sequence[Figure]:
    sizes = [(500, 100), (500, 400)] if small else [(1_250, 100), (5_000, 100), (5_000, 400), (5_000, 1_600)]
    figures = []
    for actions, people in sizes:
        config = write_board(place / f"{actions}-{people}", actions, people)
        state = place / "state"
        cost = cost_of_process("run.py", "once", "--config", str(config), "--state", str(state), "--as-of", DUE)
        shutil.rmtree(state)
        figures.append(Figure(GROUP, f"{actions} actions, {people} people, all due, into a folder", cost.cpu, "s"))
    return figures


def _old_entries(place: Path, *, small: bool) -> Sequence[Figure]:
    config = write_board(place / "old", 31, 20)
    medians = {}
    for size in (1_000, 20_000 if small else 1_000_000):
        state = place / f"state-{size}"
        with a_service(config, state, QUIET) as service:
            service.tick()
        _settle_long_ago(state, size)
        with a_service(config, state, QUIET) as service:
            service.tick()
            medians[size] = statistics.median(cpu_of(service.tick) for _ in range(TICKS))
    young, old = medians.values()
    return [
        Figure(GROUP, f"a tick with nothing to do over {size} settled entries", cost * 1000, "ms", ratio=cost / young)
        for size, cost in medians.items()
    ] + [Figure(GROUP, "the larger ledger's tick over the smaller's", old / young, "times", 1.25, old / young)]


def _settle_long_ago(state: Path, entries: int) -> None:
    """Write as many sent mails with two reminders and five events each, in bulk: half a year old and older."""
    with sqlite3.connect(state / "ledger.sqlite") as ledger:
        ledger.execute("PRAGMA synchronous = OFF")
        board = ledger.execute("SELECT board FROM meta WHERE name = 'ledger-id'").fetchone()[0]
        ledger.executescript(_BULK.replace("{board}", board).replace("{entries}", str(entries)))


_BULK = """
CREATE TEMP TABLE numbers AS
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {entries}) SELECT i FROM n;
INSERT INTO entries (id, board, key, kind, audience, person, name, address, day, claim_until, expires, reasons, refs,
    subject, message_id, sender, sha256, state, bounced, released, created, first_attempt, settled, attempts,
    claim)
  SELECT 1000000 + i, '{board}', printf('%024x', i), 'reminder', 'trial', 'Lead ' || (i % 20 + 1), 'A lead',
    'lead@westberks.example', date('2014-06-30', '-' || (i % 3000) || ' days'), '2014-06-30 17:00:00.000000',
    '2014-06-30 23:00:00.000000', '["due"]', '["1.1"]', '', '<n>', 'reminders@westberks.example', '', 'sent', 0, 0,
    datetime('2014-06-30', '-' || (i % 3000) || ' days') || '.000000', '2014-06-30 08:00:00.000000',
    datetime('2014-06-30', '-' || (i % 3000) || ' days') || '.000000', 1, 1 FROM numbers;
INSERT INTO reminders (board, audience, key, entry_id, action, ref, person, deadline, "offset", late, since)
  SELECT '{board}', 'trial', printf('old%021x', 2 * i + two), 1000000 + i, '1.1', '1.1', 'Lead 1', '2014-07-30', -28, 0,
    '2014-06-30 08:00:00.000000' FROM numbers, (SELECT 0 AS two UNION SELECT 1);
INSERT INTO events (board, entry_id, at, before, after, actor, claim)
  SELECT '{board}', 1000000 + i, datetime('2014-06-30', '-' || (i % 3000) || ' days') || '.000000', 'claimed', 'sent',
    'service', 1 FROM numbers, (SELECT 0 UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4);
DROP TABLE numbers;
"""
