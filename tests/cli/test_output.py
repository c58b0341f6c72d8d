"""What cannot be written: a full disk, a closed output, and letters that the terminal does not have."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(redirection, *args, **environ):
    command = f'exec "$0" -W error -m reminders "$@" {redirection}'
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *args],
        cwd=ROOT,
        env={"LC_ALL": "C.UTF-8", **environ},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("args", [("plan",), ("plan", "--json"), ("--version",)], ids=" ".join)
def test_a_full_disk_ends_with_73_in_words(tmp_path, args):
    state = () if args == ("--version",) else ("--state", str(tmp_path))
    ran = run(">/dev/full", *args, *state)
    assert ran.returncode == 73
    assert ran.stderr == b"cannot write (No space left on device); make room, or write elsewhere\n"


@pytest.mark.parametrize("redirection", [">&-", ">&- 2>&-"])
def test_a_closed_output_is_no_trouble(tmp_path, redirection):
    ran = run(redirection, "plan", "--state", str(tmp_path))
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_whoever_stops_reading_stops_us_without_a_word(tmp_path):
    ran = run("| head -1", "plan", "--state", str(tmp_path))
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_letters_that_the_terminal_lacks_are_written_so_that_json_stays_json(tmp_path):
    ran = run("", "explain", "1.1", "--state", str(tmp_path), PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"\\u201c" in ran.stdout
    ran = run("", "plan", "--json", "--state", str(tmp_path), PYTHONIOENCODING="latin-1")
    plain = run("", "plan", "--json", "--state", str(tmp_path))
    assert json.loads(ran.stdout) == json.loads(plain.stdout)
