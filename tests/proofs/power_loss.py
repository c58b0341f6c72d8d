"""Power loss: whenever a mail begins to leave, all that the ledger wrote before is on disk.

A kill cannot show this, since the kernel keeps what was written; the order of the calls can. One tick with three mails
is traced: at each `sendto` to the mail server no line of the journal may still wait for its fsync; at DATA and at what
follows it, no page of the ledger's log either; and a mail's content follows an fsync made after the server took its
address. What only names sender and recipient may go while a claim waits: undone by a power cut, it has sent nothing.

    python -m tests.proofs.power_loss [--careless]      (--careless: with synchronous NORMAL, which must be seen)
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reminders.ledger.witness import JOURNAL
from tests.proofs.kill_sweep import FIRST, a_stage
from tests.proofs.scene import ROOT, CannotProve, as_command, environment, needs, report

_CALL = re.compile(r"^\d+ +(\w+)\(\d+<([^>]*)>(.*)$")
_KEPT = ("ledger.sqlite-wal", JOURNAL)
_SENDS = ("sendto", "write")
_NOTHING_OF_A_MAIL = re.compile(r'"(ehlo|helo|mail from|rcpt to|rset|noop|quit)\b', re.IGNORECASE)


@dataclass
class Order:
    """What the trace says of the order of writes, fsyncs and sends."""

    sends: int = 0
    contents: int = 0
    syncs: int = 0
    waiting: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    synced_since_rcpt: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--careless", action="store_true")
    found = order_of_calls(careless=parser.parse_args(arguments).careless)
    figures = {"sends": found.sends, "mails": found.contents, "fsyncs of the ledger": found.syncs}
    return report("Power loss, ledger sqlite, mails by smtp", figures, found.wrong)


def order_of_calls(*, careless: bool = False) -> Order:
    strace = needs("strace", "strace")
    with tempfile.TemporaryDirectory() as name:
        log = Path(name) / "log"
        calls = "trace=write,pwrite64,fsync,fdatasync,sendto"
        with a_stage(Path(name) / "board", None, "smtp") as (scene, _):
            program = [sys.executable, "-m", "tests.proofs.one_tick", *scene.arguments(FIRST)]
            program += ["--careless"] if careless else []
            command = [strace, "-f", "-yy", "-qq", "-s", "40", "-o", str(log), "-e", calls, *program]
            done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
        if done.returncode or not log.exists():
            raise CannotProve(f"strace could not follow the program here: {done.stderr.strip()[-300:]}")
        return judged(log.read_text(errors="replace").splitlines())


def judged(lines: Iterable[str]) -> Order:
    order = Order()
    for line in lines:
        if match := _CALL.match(line):
            _heed(order, *match.groups())
    if order.contents != 3:
        order.wrong.append(f"{order.contents} mails were seen to leave, not 3")
    return order


def _heed(order: Order, call: str, what: str, rest: str) -> None:
    kept = next((name for name in _KEPT if what.endswith(name)), None)
    if kept and call in {"write", "pwrite64"}:
        order.waiting.add(kept)
    elif kept:
        order.syncs += 1
        order.synced_since_rcpt = True
        order.waiting.discard(kept)
    elif call in _SENDS and what.startswith("TCP:"):
        _heed_send(order, rest)


def _heed_send(order: Order, rest: str) -> None:
    order.sends += 1
    early = order.waiting & {JOURNAL} if _NOTHING_OF_A_MAIL.search(rest) else order.waiting
    if early:
        order.wrong.append(f"send no. {order.sends} left while {' and '.join(sorted(early))} was not on disk")
    if '"rcpt to' in rest.lower():
        order.synced_since_rcpt = False
    if '"data' in rest.lower():
        order.contents += 1
        if not order.synced_since_rcpt:
            order.wrong.append(f"send no. {order.sends}: a mail began to leave, and nothing on disk says so")


if __name__ == "__main__":
    as_command(main)
