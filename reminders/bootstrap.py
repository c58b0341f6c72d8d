"""Make `.venv` from the hashed lock where the dependencies are missing, and go on inside it.

Deciding is cheap and imports nothing heavy. A `.venv` counts as ready only by its stamp, which is written last.
REMINDERS_NO_BOOTSTRAP switches all of it off.
"""
# ruff: noqa: PLC0415 - what only making needs is imported there, so that each start stays quick

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"  # every pin of LOCK, and what the tests need
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / ".lock-sha256"  # the Python and the locks that .venv was made for
IN_HAND = VENV / ".in-hand"  # locked by the start that is making .venv; its presence tells that we made it
PYTHON = str(sys.implementation.cache_tag)

CANNOT_WRITE, NOT_SET_UP, INTERRUPTED = 73, 78, 130


def settle_in(lock: Path) -> None:
    """Return where this interpreter has what the lock pins; else become the one of .venv, made first where need be."""
    if os.environ.get("REMINDERS_NO_BOOTSTRAP"):
        refuse_to_miss(lock)
        return
    if not lock.exists():
        stop(NOT_SET_UP, f"{lock} is not there: this copy of the repository is not whole.")
    try:
        find_or_make(lock)
    except OSError as problem:
        stop(
            CANNOT_WRITE,
            f"{problem.filename or VENV}: {problem.strerror}. The dependencies go into {VENV}: start as a user who may"
            " write there, or from a copy of this folder that you own.",
        )


def find_or_make(lock: Path) -> None:
    again = sys.orig_argv[1:]
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        ours = IN_HAND.exists()
        if (ours and not (fits(lock) and PYTHON in stamped())) or (not ours and missing(lock)):
            os.environ["RUN_PY_SENT_BACK"] = "1"
            become([base_python(), *again])  # .venv is made anew from outside it
    elif fits(lock):
        become([str(VENV_PYTHON), *again])
    elif missing(lock):
        make(lock)
        become([str(VENV_PYTHON), *again])


def fits(lock: Path) -> bool:
    """Tell whether .venv was finished, and for this very lock."""
    return VENV_PYTHON.exists() and (VENV / "pyvenv.cfg").exists() and digest(lock) in stamped()


def stamped() -> list[str]:
    return STAMP.read_text(encoding="ascii").split() if STAMP.exists() else []


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def missing(lock: Path) -> list[str]:
    """Name the distributions that the lock pins for every platform and this interpreter has in no version."""
    here = {
        file.name.partition("-")[0].lower().replace("_", "-").replace(".", "-")
        for folder in map(Path, sys.path)
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith((".dist-info", ".egg-info"))
    }
    pins = [line for line in lock.read_text(encoding="utf-8").splitlines() if line[:1].isalnum() and ";" not in line]
    return [name for name in (pin.partition("==")[0] for pin in pins) if name not in here]


def refuse_to_miss(lock: Path) -> None:
    if lock == DEV_LOCK and not lock.exists():
        stop(NOT_SET_UP, "The tests are no part of this installation; run them in a copy of the repository.")
    lacking = missing(lock) if lock.exists() else []
    if lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        stop(
            NOT_SET_UP,
            f"{sys.executable} lacks {', '.join(lacking[:3])}{more}, and REMINDERS_NO_BOOTSTRAP is set. Unset it, or:"
            f"\n  {sys.executable} -m pip install --require-hashes -r {lock.name}",
        )


def base_python() -> str:
    """Name the Python that .venv was made with; after an upgrade of it the stamp no longer holds and is taken away."""
    if PYTHON not in stamped():
        STAMP.unlink(missing_ok=True)
    base = str(getattr(sys, "_base_executable", sys.executable))
    if base == sys.executable:
        stop(NOT_SET_UP, f"{VENV} no longer fits. Remove it and start again with a Python outside it.")
    return base


def become_pytest(args: list[str]) -> NoReturn:
    os.chdir(ROOT)
    if args[:1] == ["--benchmarks"]:
        become([sys.executable, "-m", "tests.benchmarks", *args[1:]])
    become([sys.executable, "-m", "pytest", *args])


def become(command: list[str]) -> NoReturn:
    """Go on as another program in this very process, so that signals and the exit code are its own."""
    os.environ.pop("PYTHONHOME", None)  # it would hide .venv from its own python
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - there is no shell to want
    import subprocess

    child = subprocess.Popen(command)  # noqa: S603 - Windows has no exec that keeps the console
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # the child hears it too
            sys.exit(child.wait())


def make(lock: Path) -> None:
    import time

    VENV.mkdir(exist_ok=True)
    if any(VENV.iterdir()) and not (IN_HAND.exists() or (VENV / "pyvenv.cfg").exists()):
        stop(NOT_SET_UP, f"{VENV} is there, but it is no virtual environment. Move it away and start again.")
    began = time.monotonic()
    try:
        with alone() as hold:
            if fits(lock):  # another start made it while this one waited
                return
            say(f"Making .venv from {lock.name} ({occasion(lock)}) ...")
            fill(lock, hold)
    except KeyboardInterrupt:
        stop(INTERRUPTED, "Stopped. The next start makes .venv from the beginning.")
    say(f"Made in {time.monotonic() - began:.0f} s.")


@contextlib.contextmanager
def alone() -> Iterator[int]:
    """Hold .venv against a second start, until this process and the installer it began have both ended, however."""
    with IN_HAND.open("a") as hold:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # each call tries for ten seconds
                    msvcrt.locking(hold.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another start is making .venv; waiting for it ...")
                fcntl.flock(hold, fcntl.LOCK_EX)
        yield hold.fileno()


def occasion(lock: Path) -> str:
    if lock == DEV_LOCK:
        return "once, for the tests"
    if stamped():
        return "the lock has changed"
    return "in place of the one there" if VENV_PYTHON.exists() else "first start only"


def fill(lock: Path, hold: int) -> None:
    """What the tests need is added beside what a running service may be using; anything else starts from nothing."""
    add = lock == DEV_LOCK and fits(LOCK) and PYTHON in stamped()
    STAMP.unlink(missing_ok=True)
    if not add:
        clear()
    said = ""
    for way in ways(lock):
        said = attempt(way, hold)
        if not said:
            break
    if said:
        explain(lock, said)
    compile_ahead()
    STAMP.write_text(" ".join([PYTHON, *{digest(LOCK), digest(lock)}]) + "\n", encoding="ascii")


def clear() -> None:
    import shutil

    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != IN_HAND:
            entry.unlink()


def ways(lock: Path) -> Iterator[list[list[str]]]:
    """Each way to install the lock, the quickest first, is a list of commands."""
    import shutil
    from importlib.util import find_spec

    uv = shutil.which("uv")
    venv = [sys.executable, "-m", "venv", str(VENV)]
    what = ["--quiet", "--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", str(lock)]
    pip = ["install", "--no-input", "--no-compile", "--disable-pip-version-check", *what]
    if uv:
        yield [
            [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(VENV)],
            [uv, "pip", "install", "--python", str(VENV_PYTHON), *what],
        ]
    if find_spec("venv") and find_spec("pip"):
        yield [[*venv, "--without-pip"], [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON), *pip]]
    elif find_spec("venv") and find_spec("ensurepip"):
        yield [venv, [str(VENV_PYTHON), "-m", "pip", *pip]]
    elif not uv:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        stop(
            NOT_SET_UP,
            f"{sys.executable} cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv (or"
            f" {package}); elsewhere install Python's venv and pip, or uv. Then start again.",
        )


def attempt(way: list[list[str]], hold: int) -> str:
    """Return what the first command that failed had to say, or nothing."""
    import subprocess

    for command in way:
        done = subprocess.run(  # noqa: S603 - the words are our own
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=[] if os.name == "nt" else [hold],
        )
        if done.returncode:
            return done.stdout or f"{command[0]} ended with {done.returncode}"
    return ""


def compile_ahead() -> None:
    """Make each start quick, also where Python is told to keep no bytecode; what cannot be compiled is left."""
    import subprocess

    ahead = [str(VENV_PYTHON), "-m", "compileall", "-q", "-j", "0", str(VENV), str(ROOT / "reminders")]
    subprocess.run(ahead, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own


def explain(lock: Path, said: str) -> NoReturn:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = "".join(f"\n  | {line[:400]}" for line in lines[-3:])
    if "No space left" in said:
        stop(CANNOT_WRITE, f"The disk is full. Make room for .venv and start again.{last}")
    if "do not match the hashes" in said.lower() or "hash mismatch" in said.lower():
        stop(
            NOT_SET_UP,
            f"What came over the network is not what {lock.name} names, so it was not installed. Ask who runs the"
            f" package index or proxy that this machine uses.{last}",
        )
    stop(
        NOT_SET_UP,
        f"The packages of {lock.name} could not be installed. Can this machine reach a package index? Behind a proxy"
        " set HTTPS_PROXY; for an index of your own set PIP_INDEX_URL (for uv UV_DEFAULT_INDEX). Then start again."
        f" The installer's last lines:{last}",
    )


def say(words: str) -> None:
    sys.stderr.write(words + "\n")  # stdout is the command's
    sys.stderr.flush()


def stop(code: int, words: str) -> NoReturn:
    say(words)
    sys.exit(code)
