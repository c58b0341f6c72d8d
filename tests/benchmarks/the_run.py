"""The run: every action of a large plan is due at once, one mail a person, the ledger on disk before each leaves."""

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.boards import DUE, smtp_to, write_board
from tests.benchmarks.measuring import Cost, Figure, cost_of_process, median_cost
from tests.benchmarks.sink import a_sink

GROUP = "the run"


def measure(*, small: bool, runs: int) -> Sequence[Figure]:
    actions, people = (500, 100) if small else (5_000, 1_000)
    with tempfile.TemporaryDirectory() as place, a_sink() as port:
        folder, state = Path(place), Path(place) / "state"
        config = write_board(folder / "config", actions, people, mail=smtp_to(port))

        def once() -> Cost:
            shutil.rmtree(state, ignore_errors=True)
            cost = cost_of_process("run.py", "once", "--config", str(config), "--state", str(state), "--as-of", DUE)
            assert _sent(state) == people
            return cost

        ours = median_cost(once, runs)
        floor = median_cost(
            lambda: cost_of_process("-m", "tests.benchmarks.floor", str(state / "ledger.sqlite"), str(port)), runs
        )
    size = f"{actions} actions due, {people} mails"
    targets = (None, None, None) if small else (2.0, 3.0, 150.0)
    return [
        Figure(GROUP, f"{size}: CPU", ours.cpu, "s", targets[0], ours.cpu / floor.cpu),
        Figure(GROUP, f"{size}: wall", ours.wall, "s", targets[1], ours.wall / floor.wall),
        Figure(GROUP, f"{size}: memory", ours.memory, "MiB", targets[2]),
        Figure(GROUP, "the floor, the same bytes over one connection: CPU", floor.cpu, "s", ratio=1.0),
        Figure(GROUP, "the floor: wall", floor.wall, "s", ratio=1.0),
    ]


def _sent(state: Path) -> int:
    with sqlite3.connect(state / "ledger.sqlite") as ledger:
        count: int = ledger.execute("SELECT count(*) FROM entries WHERE state = 'sent'").fetchone()[0]
    return count
