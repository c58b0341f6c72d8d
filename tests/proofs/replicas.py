"""Replicas: one process on an SQLite ledger, any number on PostgreSQL, and none that oversleeps its lease sends.

python -m tests.proofs.replicas [--mails 1500] [--kills 8] [--workers 4]
"""

import argparse
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from reminders.ledger.base import State
from tests.postgres import Server, a_server
from tests.proofs.kill_sweep import AFTER_THE_LEASE, FIRST
from tests.proofs.scene import (
    ROOT,
    Scene,
    a_mail_server,
    a_scene,
    as_command,
    environment,
    hang_up,
    key_of,
    report,
    was_uncertain,
)
from tests.transports.smtp_server import HANG, ScriptedServer

_PATIENCE = 300  # seconds, on a busy machine


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mails", type=int, default=1500)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--workers", type=int, default=4)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name, a_server() as server:
        folder = Path(name)
        codes = refused_on_sqlite(folder / "sqlite", asked.workers)
        sleeper = overslept(folder / "sleeper", server)
        figures, wrong = shared(folder / "shared", server, asked.mails, asked.kills, asked.workers)
    if sorted(codes) != [0] + [75] * (asked.workers - 1):
        wrong.append(f"{asked.workers} processes on one SQLite ledger ended with {sorted(codes)}")
    if sleeper != (3, 3):
        wrong.append(f"one that overslept its lease, and another: {sleeper[0]} mails arrived for 3 leads")
    first = {
        "on SQLite": f"{codes.count(75)} of {len(codes)} processes refused with 75",
        "overslept": f"{sleeper[0]} mails for {sleeper[1]}, the other process's; the sleeper sent nothing",
    }
    return report("Replicas", first | figures, wrong)


def start(scene: Scene, at: str, *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*scene.command(at), *more],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def until(true: Callable[[], object], what: str) -> None:
    for _ in range(_PATIENCE * 20):
        if true():
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"waited in vain until {what}")


# One process on SQLite.


def refused_on_sqlite(folder: Path, workers: int) -> list[int]:
    """Start so many at once, and keep the one that got the ledger at its first mail until the others have ended."""
    with a_mail_server(faults={"MAIL": [HANG]}) as server:
        scene = a_scene(folder, port=server.port)
        processes = [start(scene, FIRST) for _ in range(workers)]
        until(lambda: sum(each.poll() is not None for each in processes) == workers - 1, "all but one have ended")
        ended = [each.returncode for each in processes if each.returncode is not None]
        _end(processes)
    with a_mail_server(port=server.port):
        return [*ended, scene.tick(AFTER_THE_LEASE)]


# One that oversleeps.


def overslept(folder: Path, server: Server) -> tuple[int, int]:
    """Suspend a process with a mail claimed, let another do the work once the lease has run out, and wake the first."""
    with server.database() as url, a_mail_server() as mail_server:
        scene = a_scene(folder, port=mail_server.port, url=url)
        sleeper = start(scene, FIRST, "--suspend")
        until(lambda: _is_stopped(sleeper.pid), "the first has stopped")
        assert scene.tick(AFTER_THE_LEASE) == 0
        sleeper.send_signal(signal.SIGCONT)
        sleeper.wait(_PATIENCE)
        hang_up(mail_server)
        keys = [key_of(mail) for mail in mail_server.mails]
        return len(keys), len(set(keys))


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


# Many on PostgreSQL, one of them killed again and again.


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for each in processes:
        each.kill()
        each.wait()


def _have_arrived(server: ScriptedServer, enough: int) -> bool:
    return len(server.mails) >= enough


def shared(folder: Path, server: Server, mails: int, kills: int, workers: int) -> tuple[dict[str, object], list[str]]:
    leads = [f"Lead {number}" for number in range(1, mails + 1)]
    with server.database() as url, a_mail_server() as mail_server, ExitStack() as undo:
        scene = a_scene(folder, port=mail_server.port, url=url, leads=leads)
        began = time.monotonic()
        processes = [start(scene, FIRST) for _ in range(workers)]
        undo.callback(_end, processes)
        for number in range(1, kills + 1):
            enough = number * mails // (kills + 1)
            until(partial(_have_arrived, mail_server, enough), f"{enough} mails have arrived")
            processes[0].kill()
            processes[0].wait()
            processes[0] = start(scene, FIRST)
        for each in processes:
            each.wait(_PATIENCE)
        took = time.monotonic() - began
        hang_up(mail_server)
        before = Counter(key_of(mail) for mail in mail_server.mails)
        left = mails - len(before)
        scene.tick(AFTER_THE_LEASE)
        hang_up(mail_server)
        arrived = Counter(key_of(mail) for mail in mail_server.mails)
        entries = scene.entries()
    unheard = {entry.key for entry, history in entries if was_uncertain(history)}
    extra = {key for key, count in arrived.items() if count > 1}
    stuck = [entry for entry, _ in entries if entry.state is not State.SENT]
    figures: dict[str, object] = {
        "on PostgreSQL": f"{workers} workers, one killed {kills} times, {mails} mails in {took:.0f} s",
        "missing": mails - len(arrived),
        "extra": f"{len(extra - unheard)}, and {len(extra & unheard)} whose answer was lost with the process",
        "stuck": len(stuck),
        "left for the recovery": left,
        "ended with": ", ".join(str(each.returncode) for each in processes),
    }
    wrong = ["mails are missing"] * (len(arrived) != mails) + ["mails are stuck"] * bool(stuck)
    wrong += ["copies without a lost answer"] * bool(extra - unheard or max(arrived.values()) > 2)
    return figures, wrong


if __name__ == "__main__":
    as_command(main)
