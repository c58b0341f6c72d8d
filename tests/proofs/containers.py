"""Two containers of the image share one PostgreSQL; one is killed, paused or stopped, or the database restarted, while
mails go out: each mail leaves once. Before that the image sends its example's mails, digest and spreadsheet included.

A round may take five minutes more: a mail in hand when the database or its container goes waits for its lease.

    python -m tests.proofs.containers [--image reminders:latest] [--docker docker] [--blow killed] [--rounds 1]

By hand only, and on a working day: it needs a container engine (DOCKER_HOST says which), the built image, and port 5432
of the host's network.
"""

import argparse
import os
import random
import shlex
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import cast

import psycopg

from reminders.clock import real_clock
from tests.postgres import Server, a_server
from tests.transports.smtp_server import ScriptedServer, an_smtp_server

LEADS = 240
PER_MINUTE = 600  # so that a round takes some time, and every blow falls in the middle of it
PATIENCE = 480  # seconds for all mails of a round to arrive: longer than the lease of one in a lost hand

LOCKED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--ulimit", "nofile=1024")


@dataclass
class Replica:
    """One container, by the engine's own command line."""

    docker: Sequence[str]
    name: str

    def call(self, *words: str) -> str:
        done = subprocess.run([*self.docker, *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def do(self, verb: str, *words: str) -> None:
        self.call(verb, *words, self.name)

    def run(self, image: str, settings: dict[str, str], config: Path) -> None:
        """Start it as compose.yaml does; the settings are copied in, since the engine may not see our folders."""
        environment = [word for name, value in settings.items() for word in ("-e", f"REMINDERS_{name}={value}")]
        flags = ["--name", self.name, "--network", "host", "-v", "/etc/reminders"]
        self.call("create", *flags, *LOCKED, *environment, image)
        packed = subprocess.run(["tar", "-C", str(config), "-cf", "-", "."], capture_output=True, check=True).stdout
        subprocess.run([*self.docker, "cp", "-", f"{self.name}:/etc/reminders"], input=packed, check=True)
        self.do("start")

    def once(self, image: str) -> bool:
        """Say whether the image as it is sends what its example owes on a Monday morning."""
        flags = ["--rm", "--name", self.name, "--network", "host", *LOCKED]
        words = ["run", *flags, image, "once", "--as-of", "2015-01-05T08:00"]
        return subprocess.run([*self.docker, *words], capture_output=True, check=False).returncode == 0

    def remove(self) -> None:
        subprocess.run([*self.docker, "rm", "--force", "--volumes", self.name], capture_output=True, check=False)


def a_board(folder: Path) -> Path:
    """Write settings, a directory and a plan whose every lead hears today, whatever day it is."""
    due = f"{real_clock() + timedelta(days=1):%-d %B %Y}"
    numbers = range(1, LEADS + 1)
    rows = "".join(
        f"  - {{ref: '1.{n}', action: Do the {n}th thing, lead: Lead {n}, timeframe: {due}}}\n" for n in numbers
    )
    people = "".join(f"  Lead {n}: lead.{n}@westberks.example\n" for n in numbers)
    (folder / "plan.yaml").write_text(f"title: A plan\nthemes:\n- title: All\n  actions:\n{rows}")
    (folder / "directory.yaml").write_text(f"people:\n{people}")
    (folder / "reminders.yaml").write_text(
        'send_at: "00:00"\nsend_until: "23:59"\noffsets: [-1, 0]\ndue_by: calendar\nmax_mails_per_run: 10000\ntick: 1\n'
        "digest: {at: '23:58'}\nworking_days: {country: GB}\n"
    )
    folder.chmod(0o755)
    return folder


def settings_of(url: str, mail_port: int, page_port: int) -> dict[str, str]:
    return {
        "LEDGER_URL": url,
        "MAIL_TRANSPORT": "smtp",
        "MAIL_SMTP_HOST": "127.0.0.1",
        "MAIL_SMTP_PORT": str(mail_port),
        "MAIL_SMTP_TLS": "none",
        "MAIL_RATE_PER_MINUTE": str(PER_MINUTE),
        "STATUS_ADDRESS": f"127.0.0.1:{page_port}",
    }


def until(ready: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    for _ in range(int(seconds * 10)):
        if ready():
            return True
        Event().wait(0.1)
    return False


@dataclass
class Database:
    """A PostgreSQL that the engine's containers reach on loopback, and that can be restarted."""

    server: Server

    def restart(self) -> None:
        process = self.server.process
        self.stop()
        owner = self.server.folder.stat().st_uid
        command = [word or "127.0.0.1" for word in cast("list[str]", process.args)]  # it listened nowhere
        with (self.server.folder / "log").open("ab") as log:
            self.server.process = subprocess.Popen(command, stdout=log, stderr=log, user=owner, cwd="/")
        if not until(self.answers, 30):
            raise SystemExit((self.server.folder / "log").read_text())

    def stop(self) -> None:
        self.server.process.send_signal(signal.SIGINT)
        self.server.process.wait(30)

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect("postgresql://postgres@127.0.0.1/postgres", connect_timeout=2).close()
            return True
        return False


@contextmanager
def a_database_on_loopback() -> Iterator[Database]:
    with a_server() as server:
        database = Database(server)
        database.restart()
        try:
            yield database
        finally:
            database.stop()


def kill(one: Replica, _: Database) -> None:
    one.do("kill", "--signal", "KILL")
    one.do("start")


def pause(one: Replica, _: Database) -> None:
    one.do("pause")
    Event().wait(5)
    one.do("unpause")


def stop(one: Replica, _: Database) -> None:
    one.do("stop", "--time", "50")
    one.do("start")


def restart_database(_: Replica, database: Database) -> None:
    database.restart()


BLOWS: dict[str, Callable[[Replica, Database], None]] = {
    "killed": kill,
    "paused": pause,
    "stopped": stop,
    "database restarted": restart_database,
}


def one_round(blow: str, image: str, docker: Sequence[str], database: Database, chance: random.Random) -> Counter[str]:
    """Return how often each lead was mailed while a blow falls at three moments of one morning."""
    with ExitStack() as undo:
        post = undo.enter_context(an_smtp_server())
        name = undo.enter_context(database.server.database()).partition("?")[0].rpartition("/")[2]
        config = a_board(Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="board-"))))
        replicas = [Replica(docker, f"reminders-proof-{number}") for number in (1, 2)]
        for number, replica in enumerate(replicas):
            replica.remove()
            undo.callback(replica.remove)
            settings = settings_of(f"postgresql://postgres@127.0.0.1/{name}", post.port, 18080 + number)
            replica.run(image, settings, config)
        for share in (0.2, 0.45, 0.7):
            until(partial(sent, post, share * LEADS))
            BLOWS[blow](chance.choice(replicas), database)
        if not until(partial(sent, post, LEADS)):
            sys.stderr.write("".join(replica.call("logs", "--tail", "5", replica.name) for replica in replicas))
        Event().wait(3)  # for a mail too many
        return to_leads(post)


def to_leads(post: ScriptedServer) -> Counter[str]:
    return Counter(mail.recipient for mail in post.mails if mail.recipient.startswith("lead."))


def sent(post: ScriptedServer, number: float) -> bool:
    return len(to_leads(post)) >= number


def main() -> int:
    """Let each blow fall so often and print what became of the mails; 1 when one was lost or came twice."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--image", default="reminders:latest")
    asked.add_argument("--docker", default=os.environ.get("DOCKER", "docker"), help="the engine's command line")
    asked.add_argument("--blow", action="append", choices=BLOWS, help="only this one; else each in turn")
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--seed", type=int, default=1)
    args = asked.parse_args()
    chance, wrong = random.Random(args.seed), 0
    if not Replica(shlex.split(args.docker), "reminders-proof").once(args.image):
        sys.exit("the image does not send what its example owes")
    with a_database_on_loopback() as database:
        for blow in (args.blow or list(BLOWS)) * args.rounds:
            counts = one_round(blow, args.image, shlex.split(args.docker), database, chance)
            lost, twice = LEADS - len(counts), sum(count > 1 for count in counts.values())
            wrong += lost + twice
            sys.stdout.write(f"{blow:20} {LEADS} mails: {lost} lost, {twice} twice\n")
            sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
