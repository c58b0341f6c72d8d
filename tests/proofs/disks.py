"""Disks: with no room left, or read-only, nothing is sent that cannot be recorded; with room again all is made good.

A small tmpfs is filled so that a little less is left each time, down to nothing: wherever the disk runs full, `once`
ends with 73 or has done its work, and once there is room the same command makes up for it. Needs the right to mount.

    python -m tests.proofs.disks [--steps 40]
"""

import argparse
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reminders.ledger.base import State
from tests.proofs.kill_sweep import AFTER_THE_LEASE, FIRST
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
)

_SIZE = 4 << 20  # bytes of the small disk
_UNWRITABLE = 73


@dataclass(frozen=True)
class Full:
    """What became of one run on a disk with so much room."""

    room: int
    code: int
    sent_before: int
    arrived: int
    copies: int
    recovered: bool


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=40, help="how many sizes of what is left are tried")
    steps = parser.parse_args(arguments).steps
    found, words = full(steps), read_only()
    wrong = [f"{each}" for each in found if not _well(each)]
    if not any(each.code == _UNWRITABLE for each in found):
        wrong.append("the disk was never full")
    wrong += [f"read-only: {words}"] * (words != (_UNWRITABLE, 0, "the disk is read-only"))
    figures = {
        "full": f"{len(found)} runs with {_kb(found[0].room)} down to {_kb(found[-1].room)} left",
        "ended": ", ".join(f"{count} with {code}" for code, count in Counter(each.code for each in found).items()),
        "lost": sum(len(NAMES) - each.arrived for each in found),
        "copies": sum(each.copies for each in found),
        "recovered": f"{sum(each.recovered for each in found)} of {len(found)}",
        "read-only": f"{words[0]}, {words[1]} connections to the mail server, “{words[2]}”",
    }
    return report("Disks", figures, wrong)


def _well(each: Full) -> bool:
    if each.code not in {0, _UNWRITABLE}:
        return False
    return each.arrived == len(NAMES) and not each.copies and each.recovered


def _kb(size: int) -> str:
    return f"{size // 1024} kB"


def full(steps: int) -> list[Full]:
    return [_with_room(_SIZE - number * _SIZE // steps) for number in range(steps + 1)]


def _with_room(room: int) -> Full:
    with a_small_disk() as disk, a_mail_server() as server:
        scene = _on(disk, server.port)
        ballast = disk / "ballast"
        _fill(ballast, _SIZE - room)
        code = scene.run(FIRST).returncode
        hang_up(server)
        sent_before = len(server.mails)
        ballast.unlink()
        again = scene.tick(AFTER_THE_LEASE)
        hang_up(server)
        keys = [key_of(mail) for mail in server.mails]
        recovered = again == 0 and all(entry.state is State.SENT for entry, _ in scene.entries())
        return Full(room, code, sent_before, len(set(keys)), len(keys) - len(set(keys)), recovered)


def _fill(ballast: Path, size: int) -> None:
    """Take so much room; the last of it as far as it goes."""
    with ballast.open("wb", buffering=0) as file:
        try:
            for _ in range(size // 4096):
                file.write(b"\0" * 4096)
        except OSError:
            return


def read_only() -> tuple[int, int, str]:
    """Try on a disk that has become read-only: the exit code, the connections made, and what was said."""
    with a_small_disk() as disk, a_mail_server() as server:
        scene = _on(disk, server.port)
        scene.state.mkdir()
        _mount("-o", "remount,ro", str(disk))
        done = scene.run(FIRST)
        said = "the disk is read-only"
        return done.returncode, server.connections, said if said in done.stderr else done.stderr


def _on(disk: Path, port: int) -> Scene:
    """Put the state on the small disk, and the settings beside it."""
    return a_scene(disk.with_name("board"), port=port, state=disk / "state")


@contextmanager
def a_small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        disk = Path(folder) / "disk"
        disk.mkdir()
        _mount("-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(disk))
        try:
            yield disk
        finally:
            subprocess.run([needs("umount", "mount"), str(disk)], check=True)


def _mount(*arguments: str) -> None:
    done = subprocess.run([needs("mount", "mount"), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotProve(f"no right to mount here ({done.stderr.strip()}); run it as root, outside a container")


if __name__ == "__main__":
    as_command(main)
