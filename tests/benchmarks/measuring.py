"""What something costs: CPU, wall and memory of a whole process, or CPU of a call; always the median of several."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figure:
    """One line of the table; `ratio` is over what is measured beside it, and does not hang on the machine."""

    group: str
    name: str
    value: float
    unit: str
    target: float | None = None
    ratio: float | None = None

    @property
    def met(self) -> bool:
        return self.target is None or self.value <= self.target


@dataclass(frozen=True)
class Cost:
    cpu: float  # seconds, of the process and its children
    wall: float
    memory: float  # MiB at most


def cost_of_process(*command: str, code: int = 0) -> Cost:
    """Run a command of this project's Python to its end; the kernel says what it took."""
    began = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REMINDERS_NO_BOOTSTRAP": "1"}
    child = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == code, f"{command} ended with {child.returncode}"
    return Cost(used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / 1024)


def cpu_of(do: Callable[[], Any]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began


def median_cpu(do: Callable[[], Any], runs: int) -> float:
    return statistics.median(cpu_of(do) for _ in range(runs))


def median_cost(measure: Callable[[], Cost], runs: int) -> Cost:
    costs = [measure() for _ in range(runs)]
    return Cost(*(statistics.median(getattr(each, part) for each in costs) for part in ("cpu", "wall", "memory")))


def yardstick() -> float:
    """CPU seconds of plain Python work that is the same for ever: what ratios without a better neighbour are over."""

    def work() -> int:
        words = [f"{number:x}" for number in range(60_000)]
        return len({word: sorted(word) for word in words}) + sum(map(len, words))

    return median_cpu(work, 5)


def over(figures: Sequence[Figure], yard: float) -> list[Figure]:
    """Give each figure in a unit of time that has no ratio yet its ratio over the yardstick."""
    seconds = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
    return [
        replace(each, ratio=each.value * seconds[each.unit] / yard)
        if each.ratio is None and each.unit in seconds
        else each
        for each in figures
    ]
