"""`serve` as a process of its own, whose log is read line by line."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Served:
    """A running service whose log is read line by line."""

    def __init__(self, house, *args, **settings):
        self.house = house
        env = {name: value for name, value in os.environ.items() if not name.startswith("REMINDERS_")}
        env |= {f"REMINDERS_{name.upper()}": value for name, value in settings.items()}
        command = [sys.executable, "-W", "error", "-m", "reminders", *args]
        command += ["--config", str(house.config), "--state", str(house.state)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines = []
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout or ():
            self._said.put(line)
        self._said.put("")

    def until(self, words, seconds=30):
        """Read the log until a line holds these words."""
        while line := self._said.get(timeout=seconds):
            self.lines.append(json.loads(line))
            if words in self.lines[-1]["msg"]:
                return self.lines[-1]
        raise AssertionError(f"nobody said '{words}', but: {[line['msg'] for line in self.lines]}")

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.wait()
        while line := self._said.get(timeout=5):
            self.lines.append(json.loads(line))
        return code

    def asked(self, path):
        """Return what an endpoint answers, well or not."""
        address = next(self.house.state.rglob("status.address")).read_text("ascii").strip()
        try:
            with urllib.request.urlopen(f"http://{address}{path}", timeout=5) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.read().decode()

    def ended_within(self, seconds):
        """Say whether it ended of itself before so many seconds were over."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
            return True
        return False

    def wait(self):
        code = self.process.wait(timeout=15)
        self._reader.join(5)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def rest(self):
        """Return what was said and is no log line."""
        return "".join(iter(lambda: self._said.get(timeout=5), ""))


def readiness(house):
    """Ask until the first tick has been reported, which comes just after it was logged."""
    for _ in range(200):
        ready = house.run("health", "--ready")
        if "starting" not in ready.out:
            return ready
    raise AssertionError("it is starting for ever")
