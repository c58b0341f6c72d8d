"""Footprint: what a start costs, and what a service that waits keeps in memory."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from tests.benchmarks.measuring import ROOT, Figure, cost_of_process, median_cost

GROUP = "footprint"


def measure(*, small: bool, runs: int) -> Sequence[Figure]:
    with tempfile.TemporaryDirectory() as place:
        house = Path(place)
        shutil.copytree(ROOT / "config", house / "config")
        flags = ("--config", str(house / "config"), "--state", str(house / "state"))
        bare = median_cost(lambda: cost_of_process("-c", ""), runs)
        once = median_cost(lambda: cost_of_process("run.py", "once", *flags, "--as-of", "2015-01-06T07:00"), runs)
        imports = median_cost(lambda: cost_of_process("-c", "import reminders.cli.running"), runs)
        memory, health = _serve(flags, runs)
    figures = [
        Figure(GROUP, "bare Python", bare.cpu, "s", ratio=1.0),
        Figure(GROUP, "once, cold, nothing due: CPU", once.cpu, "s", 0.5, once.cpu / bare.cpu),
        Figure(GROUP, "imports of once: CPU", imports.cpu, "s", ratio=imports.cpu / bare.cpu),
        Figure(GROUP, "health: CPU", health, "s", 0.15, health / bare.cpu),
        Figure(GROUP, "serve, idle: memory", memory, "MiB", 64.0),
    ]
    return figures[1:4] if small else figures


def _serve(flags: Sequence[str], runs: int) -> tuple[float, float]:
    environment = {**os.environ, "REMINDERS_NO_BOOTSTRAP": "1", "REMINDERS_STATUS_ADDRESS": "127.0.0.1:0"}
    running = subprocess.Popen(
        [sys.executable, "run.py", "serve", *flags], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    address = Path(flags[-1]) / "status.address"
    try:
        for _ in range(300):
            if address.exists():
                break
            Event().wait(0.1)
        Event().wait(3)  # the first tick
        health = median_cost(lambda: cost_of_process("run.py", "health", *flags), runs)
        return _resident(running.pid), health.cpu
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait()


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
