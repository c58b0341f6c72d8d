"""Soak: two years of days in one process, after two to fill its caches; memory and open files stay flat.

Files, templates and ledger are real ones. With three ticks and at most a mail a day, SQLite's page cache and the
statements that are kept take two years to fill.

python -m tests.proofs.soak [--days 1460]
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reminders.ledger.opening import open_ledger
from reminders.settings import load_settings
from reminders.wiring import Running, build_service
from tests.fakes import LONDON, SetClock
from tests.proofs.calendar import a_calendar_of
from tests.proofs.scene import NAMES, Scene, a_scene, as_command, report

_FIRST = datetime(2015, 9, 1, 8, tzinfo=LONDON)
_TICKS = (timedelta(0), timedelta(minutes=1), timedelta(hours=9, minutes=59))  # of a day, from 08:00 on
_MAY_GROW = 4 << 10  # kB in two years: the journal's keys are kept, about 0.4 kB a mail


@dataclass(frozen=True)
class Size:
    """What the process holds."""

    memory: int  # kB
    files: int


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=int, default=1460, help="half of them to fill the caches")
    days = parser.parse_args(arguments).days
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        timeframes = a_calendar_of(_FIRST.date(), _FIRST.date() + timedelta(days=days))
        leads = [NAMES[number % len(NAMES)] for number in range(len(timeframes))]
        scene = a_scene(Path(folder), leads=leads, due=timeframes)
        sizes = live(scene, days)
        mails = len([*scene.outbox.glob("*.eml")])
    first, warm, end = sizes[0], sizes[days // 2], sizes[-1]
    wrong = [f"memory grew by {end.memory - warm.memory} kB"] * (end.memory - warm.memory > _MAY_GROW)
    wrong += [f"open files went from {warm.files} to {end.files}"] * (end.files > warm.files)
    wrong += ["hardly a mail was sent"] * (mails < days // 7)
    figures = {
        "days": f"{days}, {len(_TICKS)} ticks each, in {time.monotonic() - began:.0f} s",
        "mails": mails,
        "memory": f"{first.memory} kB after a day, {warm.memory} kB half way, {end.memory} kB at the end",
        "peak": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss} kB",
        "open files": f"{warm.files}, {end.files} at the end",
    }
    return report("Soak", figures, wrong)


def live(scene: Scene, days: int) -> list[Size]:
    """Tick through the days and measure after each."""
    settings = load_settings(scene.folder / "config", {}, flags={"state_dir": str(scene.state)})
    ledger = open_ledger(scene.state, None, board=settings.board, lock=True)
    clock = SetClock(_FIRST.astimezone(UTC))
    try:
        service = build_service(settings, ledger, Running(clock, lambda _: False, judge_clock=False))
        sizes = []
        for day in range(days):
            for tick in _TICKS:
                clock.now = (_FIRST + timedelta(days=day) + tick).astimezone(UTC)
                service.tick()
            sizes.append(_size())
        return sizes
    finally:
        ledger.close()


def _size() -> Size:
    status = Path("/proc/self/status").read_text()
    memory = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return Size(int(memory), len([*Path("/proc/self/fd").iterdir()]))


if __name__ == "__main__":
    as_command(main)
