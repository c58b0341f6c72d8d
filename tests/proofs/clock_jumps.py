"""Clock jumps: `serve` ticks within two intervals of any jump of the clock, forward, back or asleep.

The daemon runs under libfaketime; it calls the watchdog (`heartbeat_url`) after each tick, and that is how its ticks
are seen from outside.

    python -m tests.proofs.clock_jumps [--interval 5]
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.proofs.scene import ROOT, CannotProve, Scene, a_scene, as_command, environment, report

_LIBRARY = ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime")
_START = "2027-01-04 09:00:00"  # a Monday after any release, so that no clock of this machine matters
_WATCH = 1.0  # a busy machine takes its time to do the tick
_PATIENCE = 60.0


class Watchdog:
    """Hears of each tick that went well, and remembers when, by a clock that does not jump."""

    def __init__(self) -> None:
        self.heard: list[float] = []
        self._news = threading.Condition()
        watchdog = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                watchdog.hear()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def hear(self) -> None:
        with self._news:
            self.heard.append(time.monotonic())
            self._news.notify_all()

    def seconds_until_next(self) -> float:
        """Wait for the next tick; how long it took."""
        began, known = time.monotonic(), len(self.heard)
        with self._news:
            self._news.wait_for(lambda: len(self.heard) > known, _PATIENCE)
        return time.monotonic() - began


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--interval", type=float, default=5.0, help="seconds between two ticks")
    interval = parser.parse_args(arguments).interval
    took = jumps(interval)
    wrong = [
        f"after {jump}, the next tick came after {took[jump]:.1f} s" for jump in took if took[jump] > limit(interval)
    ]
    figures = {jump: f"the next tick after {seconds:.1f} s" for jump, seconds in took.items()}
    title = f"Clock jumps, a tick each {interval:g} s; at most two intervals, and {_WATCH:g} s for a busy machine"
    return report(title, figures, wrong)


def limit(interval: float) -> float:
    return 2 * interval + _WATCH


def jumps(interval: float) -> Mapping[str, float]:
    """Let the clock jump in each way right after a tick; how long the next tick took, in real seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder, watchdog = Path(name), Watchdog()
        port = watchdog.server.server_address[1]
        more = f"tick: {interval:g}\nheartbeat_url: http://127.0.0.1:{port}/\nstatus: {{address: '127.0.0.1:0'}}"
        scene, clock = a_scene(folder, more=more), folder / "clock"
        set_clock = _setter(clock)
        set_clock(0)
        with served(scene, clock) as process:
            if watchdog.seconds_until_next() >= _PATIENCE:
                raise CannotProve(f"the daemon did not tick under libfaketime: {_said(process)}")
            ways: Mapping[str, Callable[[], object]] = {
                "no jump": lambda: None,
                "a day forward": lambda: set_clock(24),
                "an hour back": lambda: set_clock(23),
                "an hour forward": lambda: set_clock(24),
                "asleep for three intervals": lambda: _sleep(process, 3 * interval),
            }
            found = {}
            for way, jump in ways.items():
                watchdog.seconds_until_next()
                jump()
                found[way] = watchdog.seconds_until_next()
        watchdog.server.shutdown()
        watchdog.server.server_close()
        return found


def _setter(clock: Path) -> Callable[[float], None]:
    """Return how to set the daemon's clock to so many hours ahead of where it would be."""
    began = time.time() - _seconds(_START)  # noqa: TID251 - a shift against this machine's clock

    def set_to(hours: float) -> None:
        clock.write_text(f"{hours * 3600 - began:+.0f}\n")

    return set_to


def _seconds(moment: str) -> float:
    return time.mktime(time.strptime(moment, "%Y-%m-%d %H:%M:%S"))


def _sleep(process: subprocess.Popen[bytes], seconds: float) -> None:
    process.send_signal(signal.SIGSTOP)
    threading.Event().wait(seconds)
    process.send_signal(signal.SIGCONT)


@contextmanager
def served(scene: Scene, clock: Path) -> Iterator[subprocess.Popen[bytes]]:
    library = next((f"{place}/libfaketime.so.1" for place in _LIBRARY if Path(place).exists()), None)
    if library is None:
        raise CannotProve("libfaketime is not installed; on Debian: apt-get install faketime")
    settings = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    env = environment(**settings, FAKETIME_DONT_FAKE_MONOTONIC="1", DONT_FAKE_MONOTONIC="1")
    command = [sys.executable, "-m", "reminders", "serve"]
    command += ["--config", str(scene.folder / "config"), "--state", str(scene.state)]
    with (scene.folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _said(process: subprocess.Popen[bytes]) -> str:
    return f"it ended with {process.poll()}" if process.poll() is not None else "no word came"


if __name__ == "__main__":
    as_command(main)
