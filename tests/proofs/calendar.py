"""Calendar: 18 months of days, with both clock changes and a 29 February, go as the oracle says they should.

Every mail of `rehearse` (the real settings, files, bank holidays, templates; a tick at each send time) is compared with
the oracle's: its local time, the person and the refs. The container's zone must change nothing.

    python -m tests.proofs.calendar [--from 2015-09-01] [--to 2017-02-28] [--zones UTC,Pacific/Auckland,...]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from tests.proofs import oracle
from tests.proofs.scene import NAMES, ROOT, Scene, a_scene, address, as_command, environment, report

FIRST, LAST = date(2015, 9, 1), date(2017, 2, 28)
ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles")
MANAGER = "business.manager@westberks.example"
Mails = Mapping[tuple[str, str], tuple[str, ...]]
"""The moment with its offset, and the address -> the refs, in order."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--from", type=date.fromisoformat, default=FIRST, dest="first")
    parser.add_argument("--to", type=date.fromisoformat, default=LAST, dest="last")
    parser.add_argument("--zones", type=lambda text: text.split(","), default=ZONES)
    asked = parser.parse_args(arguments)
    timeframes = a_calendar_of(asked.first, asked.last)
    expected = expected_mails(timeframes, asked.first, asked.last)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        scene = a_scene(Path(folder), leads=_leads(timeframes), due=_due(timeframes))
        for zone in asked.zones:
            wrong += differences(zone, rehearsed(scene, zone, asked.first, asked.last), expected)
    figures = {
        "days": f"{(asked.last - asked.first).days + 1}, {asked.first} to {asked.last}",
        "container zones": ", ".join(asked.zones),
        "actions": len(timeframes),
        "mails": f"{len(expected)} in each zone",
        "differences": len(wrong),
    }
    return report("Calendar, the whole program against the oracle", figures, wrong)


# The plan: deadlines at every weekday, at month ends, on the leap day, beside the clock changes.


def a_calendar_of(first: date, last: date) -> list[str]:
    """Give a timeframe for each month, and a day every 17 days."""
    months = sorted({day.replace(day=1) for day in _days(first, last)})
    some_days = [day for day in _days(first, last) if (day - first).days % 17 == 0]
    special = [day for day in _days(first, last) if (day.month, day.day) in {(2, 29), (12, 25), (1, 1)}]
    return [f"{month:%B %Y}" for month in months] + [f"{day.day} {day:%B %Y}" for day in (*some_days, *special)]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _leads(timeframes: Sequence[str]) -> list[str]:
    return [NAMES[number % len(NAMES)] for number in range(len(timeframes))]


def _due(timeframes: Sequence[str]) -> list[str]:
    return [timeframes[-1], *timeframes[:-1]]  # `a_scene` counts from 1


def expected_mails(timeframes: Sequence[str], first: date, last: date) -> Mails:
    """Ask the oracle: each reminder on its day; a digest on the first working day of each week from Monday on."""
    mails: dict[tuple[str, str], list[str]] = defaultdict(list)
    rows = [
        oracle.Row(f"1.{number}", (lead,), timeframe)
        for number, (timeframe, lead) in enumerate(zip(timeframes, _leads(timeframes), strict=True), 1)
    ]
    for today in filter(oracle.works, _days(first, last)):
        at = f"{today}T08:00:00{_offset(today)}"
        for each in oracle.owed(rows, today):
            if each.day == today:
                mails[at, address(each.person)].append(each.ref)
        monday = today - timedelta(days=today.weekday())
        if oracle.on(monday) == today and monday >= first - timedelta(days=first.weekday()):
            mails[at, MANAGER] = []
    return {which: tuple(sorted(refs)) for which, refs in mails.items()}


def _offset(day: date) -> str:
    """British summer time runs from the last Sunday of March to the last Sunday of October; at 08:00 it has changed."""
    begins, ends = (_last_sunday(day.year, month) for month in (3, 10))
    return "+01:00" if begins <= day < ends else "+00:00"


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


# What the program does.


def rehearsed(scene: Scene, zone: str, first: date, last: date) -> Mails:
    out = scene.folder / zone.replace("/", "-")
    command = [sys.executable, "-m", "reminders", "rehearse", "--config", str(scene.folder / "config")]
    command += ["--state", str(scene.state), "--from", str(first), "--to", str(last), "--out", str(out), "--json"]
    env = environment(TZ=zone)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return {(mail["at"], mail["to"]): tuple(sorted(mail["refs"])) for mail in json.loads(done.stdout)}


def differences(zone: str, found: Mails, expected: Mails) -> Iterator[str]:
    for which in sorted(found.keys() | expected.keys()):
        told, owed = found.get(which), expected.get(which)
        if told is None or owed is None or (told != owed and which[1] != MANAGER):
            yield f"{zone}: {which}: the program says {told}, the oracle {owed}"


if __name__ == "__main__":
    as_command(main)
