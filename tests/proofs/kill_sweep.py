"""Kill sweep: the program is killed at every call by which it writes to disk or network, and must recover by itself.

One tick with three mails is traced once; then, for each such call, it is run again and killed as it enters that call
(`strace --inject`, no hooks in the code), and one more tick follows once the lease has run out. No mail may be lost,
none may differ from its record, and a copy may exist only where the mail server had taken the mail before the kill;
in the folder, which can be asked (`find`), no file may be written a second time.

    python -m tests.proofs.kill_sweep [--ledger sqlite|postgres] [--transport smtp|folder] [--stride N]
"""

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reminders.ledger.base import LedgerFault, State
from tests.postgres import a_server
from tests.proofs.scene import (
    NAMES,
    CannotProve,
    Scene,
    a_mail_server,
    a_scene,
    as_command,
    hang_up,
    key_of,
    needs,
    report,
    was_uncertain,
)
from tests.transports.smtp_server import ScriptedServer

FIRST, AFTER_THE_LEASE = "2015-01-02T08:00", "2015-01-02T08:10"
CALLS = (
    *("openat", "mkdir", "rename", "unlink", "ftruncate", "write", "pwrite64"),
    *("fsync", "fdatasync", "connect", "sendto"),
)
_LINE = re.compile(r"^\d+ +(\w+)\((.*)$")
_KILLED = (-9, 137)
_FIGURES = ("points", "missed", "lost", "corrupt", "recovered", "copies", "unexplained", "uncertain")


@dataclass(frozen=True)
class Point:
    """The nth time a process enters a call."""

    call: str
    nth: int


@dataclass(frozen=True)
class Met:
    """What became of the three mails of one killed run."""

    point: Point
    killed: bool = True
    lost: int = 0
    corrupt: bool = False
    recovered: bool = False
    copies: int = 0
    unexplained: int = 0  # copies of what the server had not taken before the kill
    uncertain: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ledger", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--transport", choices=["smtp", "folder"], default="smtp")
    parser.add_argument("--stride", type=int, default=1, help="kill at each nth point alone")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args(arguments)
    met = sweep(asked.ledger, asked.transport, asked.stride, asked.jobs)
    figures = {name: value for name, value in figures_of(met).items() if name in _FIGURES}
    return report(f"Kill sweep, ledger {asked.ledger}, mails by {asked.transport}", figures, violations(met))


def sweep(ledger: str, transport: str, stride: int, jobs: int) -> list[Met]:
    strace = needs("strace", "strace")
    with ExitStack() as undo:
        server = undo.enter_context(a_server()) if ledger == "postgres" else None
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory()))
        number = iter(range(1_000_000))

        def a_place() -> tuple[Path, str | None]:
            url = undo.enter_context(server.database()) if server else None
            return folder / str(next(number)), url

        points = [*points_of(strace, *a_place(), transport)][::stride]
        trial = partial(killed_at, strace, transport)
        if jobs == 1:
            return [trial(point, *a_place()) for point in points]
        with ProcessPoolExecutor(jobs) as pool:
            tries = [pool.submit(trial, point, *a_place()) for point in points]
            return [each.result() for each in tries]


def violations(met: Sequence[Met]) -> list[str]:
    wrong = ["not one point was swept"] if not met else []
    for each in met:
        where = f"killed at {each.point.call} no. {each.point.nth}"
        if not each.killed:
            wrong.append(f"the run was not {where}")
        if each.lost or each.corrupt or not each.recovered or each.unexplained:
            wrong.append(f"{where}: {each}")
    return wrong


def figures_of(met: Sequence[Met]) -> dict[str, object]:
    by_call = Counter(each.point.call for each in met)
    return {
        "points": f"{len(met)} ({', '.join(f'{call} {count}' for call, count in sorted(by_call.items()))})",
        "missed": sum(not each.killed for each in met),
        "lost": sum(each.lost for each in met),
        "corrupt": sum(each.corrupt for each in met),
        "recovered": f"{sum(each.recovered for each in met)} of {len(met)}",
        "copies": sum(each.copies for each in met),
        "unexplained": sum(each.unexplained for each in met),
        "uncertain": sum(each.uncertain for each in met),
    }


# The points.


def points_of(strace: str, folder: Path, url: str | None, transport: str) -> Iterator[Point]:
    """Trace one whole run, and give each call that touches the state directory or a socket."""
    log = folder.with_suffix(".log")

    with a_stage(folder, url, transport) as (scene, _):
        done = scene.run(FIRST, strace, "-f", "-y", "-qq", "-o", str(log), "-e", f"trace={','.join(CALLS)}")
    if done.returncode or not log.exists():
        raise CannotProve(f"strace could not follow the program here: {done.stderr.strip()[-300:]}")
    times: Counter[str] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        if match := _LINE.match(line):
            call, rest = match.groups()
            times[call] += 1
            if _is_durable(call, rest, folder / "state"):
                yield Point(call, times[call])


def _is_durable(call: str, rest: str, state: Path) -> bool:
    if call == "openat":
        return "O_CREAT" in rest and str(state) in rest
    return call in {"connect", "sendto"} or str(state) in rest


# One run that is killed, and what follows.


def killed_at(strace: str, transport: str, point: Point, folder: Path, url: str | None) -> Met:
    inject = f"inject={point.call}:signal=KILL:when={point.nth}"
    with a_stage(folder, url, transport) as (scene, server):
        ended = scene.run(FIRST, strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={point.call}", "-e", inject)
        if ended.returncode not in _KILLED:
            return Met(point, killed=False)
        hang_up(server)
        taken, written = {key_of(mail) for mail in server.mails}, _files(scene)
        try:
            code = scene.tick(AFTER_THE_LEASE)
            return _judged(point, scene, server, code=code, taken=taken, written=written)
        except LedgerFault:
            return Met(point, corrupt=True)


@contextmanager
def a_stage(folder: Path, url: str | None, transport: str) -> Iterator[tuple[Scene, ScriptedServer]]:
    with a_mail_server() as server:
        yield a_scene(folder, url=url, port=server.port if transport == "smtp" else None), server


def _files(scene: Scene) -> dict[str, tuple[int, int]]:
    return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in scene.outbox.glob("*.eml")}


def _judged(
    point: Point,
    scene: Scene,
    server: ScriptedServer,
    *,
    code: int,
    taken: set[str],
    written: dict[str, tuple[int, int]],
) -> Met:
    entries = scene.entries()
    arrived = Counter(key_of(mail) for mail in server.mails) + Counter(file.stem for file in scene.outbox.glob("*.eml"))
    rewritten = {Path(name).stem for name, was in written.items() if _files(scene).get(name) != was}
    copied = {key for key, count in arrived.items() if count > 1} | rewritten
    expected = {entry.key for entry, _ in entries}
    whole = {entry.key: entry.new.mime for entry, _ in entries}
    torn = [mail for mail in server.mails if mail.mime != whole.get(key_of(mail))]
    torn_files = [file for file in scene.outbox.glob("*.eml") if file.read_bytes() != whole.get(file.stem)]
    return Met(
        point,
        lost=len(NAMES) - len(expected & arrived.keys()),
        corrupt=bool(torn or torn_files),
        recovered=code == 0 and all(entry.state is State.SENT for entry, _ in entries),
        copies=sum(arrived.values()) - len(arrived) + len(rewritten),
        unexplained=len(copied - (taken - rewritten)) + len([key for key in arrived if arrived[key] > 2]),
        uncertain=sum(was_uncertain(history) for _, history in entries),
    )


if __name__ == "__main__":
    as_command(main)
