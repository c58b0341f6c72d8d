"""What the proofs share: a small board in a folder, the program as a process of its own, and figures in a table."""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from reminders.cli import main as command_line
from reminders.ledger.base import Entry, Event, State
from reminders.ledger.opening import open_ledger
from tests.transports.smtp_server import Mail, ScriptedServer, running

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("M Evans", "I Mundy", "C Gill")
BOARD = "West Berkshire Local Safeguarding Children Board"

_SETTINGS = """
board: {board}
plan: plan.yaml
directory: directory.yaml
state_dir: ../state
business_manager: {{name: Business manager, email: business.manager@westberks.example}}
ops: {{email: ops@westberks.example}}
max_mails_per_run: 5000
{more}
mail:
  from: reminders@westberks.example
  {mail}
"""
_AS_REAL_ONES_DO = ("PIPELINING", "SIZE 20000000", "8BITMIME")
_KEY = re.compile(rb"^X-Reminder-Key: (\w+)", re.MULTILINE)


class CannotProve(Exception):  # noqa: N818 - said to a person, in words
    """This machine lacks what the proof needs."""


@dataclass(frozen=True)
class Scene:
    """A board in a folder, and its state; `url` is that of a PostgreSQL ledger."""

    folder: Path
    state: Path
    url: str | None = None

    @property
    def outbox(self) -> Path:
        return self.state / "outbox"

    def arguments(self, at: str) -> list[str]:
        told = ["--config", str(self.folder / "config"), "--state", str(self.state), "--as-of", at]
        return [*told, "--ledger", self.url] if self.url else told

    def command(self, at: str) -> list[str]:
        """One tick as a process: `once`, which with a shifted clock is always on SQLite; else a driver like it."""
        what = ["tests.proofs.one_tick"] if self.url else ["reminders", "once"]
        return [sys.executable, "-m", *what, *self.arguments(at)]

    def tick(self, at: str) -> int:
        """Do one tick in this process and return the exit code."""
        from tests.proofs import one_tick

        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            return one_tick.main(self.arguments(at)) if self.url else command_line(["once", *self.arguments(at)])

    def run(self, at: str, *before: str) -> subprocess.CompletedProcess[str]:
        """Do one tick in a process of its own, under the program named before it, if any."""
        return subprocess.run(
            [*before, *self.command(at)], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
        )

    def entries(self) -> list[tuple[Entry, tuple[Event, ...]]]:
        """Read what the ledger holds, as a command beside the service does; a damaged one raises LedgerFault."""
        ledger = open_ledger(self.state, self.url, board=BOARD, lock=False, create=False)
        if ledger is None:
            return []
        try:
            assert ledger.lost() is None
            return [(entry, ledger.history(entry.id)) for entry in ledger.entries()]
        finally:
            ledger.close()


def a_scene(
    folder: Path,
    *,
    port: int | None = None,
    url: str | None = None,
    state: Path | None = None,
    leads: Sequence[str] = NAMES,
    due: Sequence[str] = ("30 January 2015",),
    more: str = "",
) -> Scene:
    """Write a board with one action for each lead, due in turn on these days; mails go to a port, else to a folder."""
    mail = "transport: folder"
    if port:
        mail = f"transport: smtp\n  smtp: {{host: 127.0.0.1, port: {port}, tls: none}}"
    rows = [
        f'  - {{ref: "1.{number}", outcome: Needs are met, action: Work together on {number}, lead: {lead}, '
        f"timeframe: {due[number % len(due)]}}}"
        for number, lead in enumerate(leads, 1)
    ]
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "reminders.yaml").write_text(_SETTINGS.format(board=BOARD, mail=mail, more=more))
    people = dict.fromkeys(leads)
    (config / "directory.yaml").write_text("people:\n" + "".join(f"  {name}: {address(name)}\n" for name in people))
    head = "title: Business Plan 2015 - 2017\nthemes:\n- title: Early Help\n  actions:\n"
    (config / "plan.yaml").write_text(head + "\n".join(rows) + "\n")
    return Scene(folder, state or folder / "state", url)


def address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@westberks.example"


def environment(**more: str) -> Mapping[str, str]:
    """The environment without settings of this machine."""
    return {name: value for name, value in os.environ.items() if not name.startswith("REMINDERS_")} | more


def key_of(mail: Mail) -> str:
    found = _KEY.search(mail.mime.replace(b"\r\n", b"\n"))
    assert found
    return found[1].decode()


@contextmanager
def a_mail_server(**changes) -> Iterator[ScriptedServer]:
    with running(ScriptedServer(**{"extensions": _AS_REAL_ONES_DO, **changes})) as server:
        yield server


def hang_up(server: ScriptedServer) -> None:
    """Wait until the server has noticed that every client has gone, and queued what had reached it whole."""
    for session in server._threads[1:]:
        session.join(10)


def was_uncertain(history: Sequence[Event]) -> bool:
    return any(event.after is State.UNCERTAIN for event in history)


def needs(tool: str, package: str) -> str:
    """Return where a tool lies."""
    found = shutil.which(tool)
    if found is None:
        raise CannotProve(f"{tool} is not installed; on Debian: apt-get install {package}")
    return found


def report(title: str, figures: Mapping[str, object], wrong: Sequence[str]) -> int:
    """Print what was found; return the exit code."""
    width = max(len(name) for name in figures)
    lines = [title, *(f"  {name:<{width}}  {value}" for name, value in figures.items())]
    lines += [f"  VIOLATED: {each}" for each in wrong[:20]]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong else 0


def as_command(prove: Callable[[], int]) -> None:
    """Run a proof as the program."""
    try:
        sys.exit(prove())
    except CannotProve as why:
        sys.stderr.write(f"not proven: {why}\n")
        sys.exit(1)
