import ast
import hashlib
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYTHON = getattr(sys, "_base_executable", sys.executable)

CLI = """
import json, os, sys
from importlib.metadata import version
def main(argv):
    print(json.dumps({"argv": argv, "pid": os.getpid(), "prefix": sys.prefix, "soap": version("soap")}))
    return 7
"""
# Stands in for uv, whose answer to a missing network is not ours to test: makes a venv, unpacks the wheels of the lock.
UV = """#!{python}
import os, subprocess, sys, time, zipfile
from pathlib import Path
command, *args = sys.argv[1:]
with open({calls!r}, "a") as calls:
    print(command, file=calls)
if os.environ.get("UV_FAILS"):
    sys.exit("uv says: no route to the index")
chosen = args[args.index("--python") + 1]
if command == "venv":
    subprocess.run([chosen, "-m", "venv", "--without-pip", args[-1]], check=True)
else:
    time.sleep(float(os.environ.get("UV_TAKES", "0")))
    [site] = Path(chosen).parent.parent.glob("lib/python*/site-packages")
    for line in Path(args[args.index("-r") + 1]).read_text().splitlines():
        if "==" in line:
            name = line.split()[0].replace("==", "-")
            zipfile.ZipFile({wheels!r} + "/" + name + "-py3-none-any.whl").extractall(site)
"""


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def told(self):
        """What the command line that was reached tells of itself."""
        return json.loads(self.out)


class House:
    """A copy of run.py in a folder of its own, whose only dependency is `soap` and whose tests are a stand-in."""

    def __init__(self, folder):
        self.root = folder / "house"
        self.venv = self.root / ".venv"
        self.stamp = self.venv / ".lock-sha256"
        self.wheels = folder / "wheels"
        self.uv = folder / "bin" / "uv"
        self.calls = folder / "calls"
        for each in (self.root / "reminders", self.wheels, self.uv.parent):
            each.mkdir(parents=True)
        shutil.copy(ROOT / "run.py", self.root)
        shutil.copy(ROOT / "reminders" / "bootstrap.py", self.root / "reminders")
        (self.root / "reminders" / "__init__.py").touch()
        (self.root / "reminders" / "cli.py").write_text(CLI)
        self.uv.write_text(UV.format(python=PYTHON, calls=str(self.calls), wheels=str(self.wheels)))
        self.uv.chmod(0o755)
        self.pin("1.0")

    def pin(self, version):
        soap = self.wheel("soap", version, {"soap.py": ""})
        stand_in = "import os, sys; print(os.getcwd(), *sys.argv[1:]); sys.exit(3)"
        runner = self.wheel("runner", "1.0", {"pytest/__init__.py": "", "pytest/__main__.py": stand_in})
        (self.root / "requirements.lock").write_text(soap)
        (self.root / "requirements-dev.lock").write_text(soap + runner)

    def wheel(self, name, version, files):
        """Put a wheel into the folder of wheels and return its line in a lock."""
        about = f"{name}-{version}.dist-info"
        files = files | {
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{about}/RECORD": "",
        }
        path = self.wheels / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for inside, text in files.items():
                archive.writestr(inside, text)
        return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"

    def here(self, *names):
        """Unpack wheels into a folder that PYTHONPATH can name: an environment that has them already."""
        folder = self.root.parent / "site"
        for name in names:
            zipfile.ZipFile(self.wheels / f"{name}-1.0-py3-none-any.whl").extractall(folder)
        return str(folder)

    def begin(self, *args, python=PYTHON, **env):
        ours = ("REMINDERS_", "PIP_", "UV_", "PYTHON", "VIRTUAL_ENV")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.Popen(
            [python, str(self.root / "run.py"), *args],
            cwd=self.root.parent,
            env=clean | pip | {"PATH": str(self.uv.parent)} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start(self, *args, **more):
        with self.begin(*args, **more) as process:
            out, err = process.communicate(timeout=40)
        assert "Traceback" not in err
        return Ended(process.returncode, out, err)

    def await_call(self, command):
        while command not in (self.calls.read_text() if self.calls.exists() else ""):
            Event().wait(0.01)

    @property
    def site(self):
        [found] = self.venv.glob("lib/python*/site-packages")
        return found

    @property
    def venv_python(self):
        return str(self.venv / "bin" / "python")


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


needs_pip = pytest.mark.skipif(find_spec("ensurepip") is None, reason="this Python cannot make a venv with pip")


def test_an_environment_that_has_the_dependencies_is_used_as_it_is(house):
    ended = house.start("plan", "--json", PYTHONPATH=house.here("soap"))
    assert ended.told["argv"] == ["plan", "--json"]
    assert ended.told["prefix"] != str(house.venv)
    assert (ended.code, ended.err) == (7, "")
    assert not house.venv.exists()


def test_missing_dependencies_are_installed_once_and_the_command_runs_among_them(house):
    first = house.start("plan")
    assert first.told["prefix"] == str(house.venv)
    assert first.err.splitlines()[0] == "Making .venv from requirements.lock (first start only) ..."
    assert first.err.splitlines()[1].startswith("Made in ")
    assert first.code == 7
    second = house.start("plan", "--json")
    assert second.told["argv"] == ["plan", "--json"]
    assert (second.code, second.err) == (7, "")
    assert house.calls.read_text() == "venv\npip\n"


def test_the_command_is_the_process_that_was_started(house):
    house.start()
    with house.begin() as process:
        out, _ = process.communicate(timeout=40)
    assert json.loads(out)["pid"] == process.pid


@needs_pip
def test_without_uv_pip_installs_what_the_lock_names_by_hash(house):
    house.uv.unlink()
    told = house.start().told
    assert (told["prefix"], told["soap"]) == (str(house.venv), "1.0")


@needs_pip
def test_a_package_that_differs_from_its_hash_is_not_installed(house):
    house.uv.unlink()
    house.wheel("soap", "1.0", {"soap.py": "print('not what was locked')"})
    ended = house.start()
    assert ended.code == 78
    assert "is not what requirements.lock names, so it was not installed" in ended.err
    assert not house.stamp.exists()


@needs_pip
def test_where_uv_and_pip_fail_it_says_what_to_do_and_the_next_start_begins_anew(house):
    ended = house.start(UV_FAILS="1", PIP_FIND_LINKS=str(house.root))
    assert ended.code == 78
    assert ended.out == ""
    assert "Can this machine reach a package index? Behind a proxy set HTTPS_PROXY" in ended.err
    assert "  | ERROR: No matching distribution found for soap==1.0" in ended.err
    assert not house.stamp.exists()
    assert house.start(UV_FAILS="1").told["prefix"] == str(house.venv)  # by pip


def test_a_changed_lock_makes_the_venv_anew(house):
    house.start()
    house.pin("2.0")
    ended = house.start()
    assert ended.told["soap"] == "2.0"
    assert "(the lock has changed)" in ended.err


@pytest.mark.parametrize("begun_with", [PYTHON, None], ids=["with another python", "with its own python"])
def test_a_half_made_venv_is_made_from_nothing(house, begun_with):
    house.start()
    house.stamp.unlink()
    half = house.site / "half.py"
    half.touch()
    ended = house.start(python=begun_with or house.venv_python)
    assert ended.told["prefix"] == str(house.venv)
    assert not half.exists()


def test_a_venv_left_behind_by_an_upgrade_of_python_is_made_anew(house):
    house.start()
    house.stamp.write_text(house.stamp.read_text().replace(str(sys.implementation.cache_tag), "cpython-309"))
    assert house.start().code == 7
    assert str(sys.implementation.cache_tag) in house.stamp.read_text()


def test_a_venv_whose_python_is_gone_is_made_anew(house):
    house.start()
    Path(house.venv_python).unlink()
    assert house.start().code == 7


def test_a_venv_of_someone_elses_is_used_where_it_has_the_dependencies(house):
    house.start()
    (house.venv / ".in-hand").unlink()
    house.stamp.unlink()
    ended = house.start(python=house.venv_python)
    assert ended.told["prefix"] == str(house.venv)
    assert ended.err == ""


def test_an_empty_venv_that_someone_made_and_began_with_is_filled(house):
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", house.venv], check=True)
    ended = house.start(python=house.venv_python)
    assert ended.told["prefix"] == str(house.venv)
    assert "(in place of the one there)" in ended.err


def test_a_folder_that_is_no_venv_is_left_alone(house):
    (house.venv / "photographs").mkdir(parents=True)
    ended = house.start()
    assert ended.code == 78
    assert "is no virtual environment. Move it away" in ended.err
    assert (house.venv / "photographs").exists()


def test_where_nothing_can_be_written_it_says_where_and_ends_with_73(house):
    house.venv.write_text("a file where a folder should be")
    ended = house.start()
    assert ended.code == 73
    assert f"{house.venv}: File exists. The dependencies go into" in ended.err


def test_a_copy_without_its_lock_is_told_so(house):
    (house.root / "requirements.lock").unlink()
    ended = house.start()
    assert ended.code == 78
    assert "this copy of the repository is not whole" in ended.err


def test_where_python_lacks_venv_and_pip_the_package_to_install_is_named(house):
    house.uv.unlink()
    less = house.root.parent / "less"
    less.mkdir()
    (less / "sitecustomize.py").write_text("import sys; sys.modules.update(venv=None, pip=None, ensurepip=None)")
    ended = house.start(PYTHONPATH=str(less))
    assert ended.code == 78
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"apt install python3-venv (or python{version}-venv)" in ended.err


def test_switched_off_it_installs_nothing_and_says_what_is_missing(house):
    ended = house.start(REMINDERS_NO_BOOTSTRAP="1")
    assert ended.code == 78
    assert "lacks soap, and REMINDERS_NO_BOOTSTRAP is set" in ended.err
    assert not house.venv.exists()


def test_switched_off_it_goes_on_with_what_there_is(house):
    ended = house.start(REMINDERS_NO_BOOTSTRAP="1", PYTHONPATH=house.here("soap"))
    assert (ended.code, ended.err) == (7, "")


def test_two_starts_at_once_make_it_once(house):
    with house.begin(UV_TAKES="0.3") as one, house.begin(UV_TAKES="0.3") as other:
        ends = [process.communicate(timeout=40) for process in (one, other)]
    assert [one.returncode, other.returncode] == [7, 7]
    assert house.calls.read_text() == "venv\npip\n"
    assert sorted(err.splitlines()[0] for _, err in ends) == [
        "Another start is making .venv; waiting for it ...",
        "Making .venv from requirements.lock (first start only) ...",
    ]


def test_ctrl_c_while_installing_ends_with_a_word_and_leaves_nothing_that_counts_as_ready(house):
    with house.begin(UV_TAKES="30") as process:
        house.await_call("pip")
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=40)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "Stopped. The next start makes .venv from the beginning."
    assert not house.stamp.exists()
    assert house.start().code == 7


def test_an_installer_that_outlives_a_killed_start_still_holds_the_venv(house):
    with house.begin(UV_TAKES="0.5") as process:
        house.await_call("pip")
        process.kill()
        process.wait()
        after = house.start()
    assert after.code == 7
    assert after.err.splitlines()[0] == "Another start is making .venv; waiting for it ..."


def test_the_tests_run_in_the_repository_with_what_the_development_lock_names(house):
    ended = house.start("test", "-k", "timeframe")
    assert ended.out == f"{house.root} -k timeframe\n"
    assert ended.err.splitlines()[0] == "Making .venv from requirements-dev.lock (once, for the tests) ..."
    assert ended.code == 3
    assert house.start("test").err == ""
    assert house.start("plan").err == ""


def test_what_the_tests_need_is_added_beside_a_running_service(house):
    house.start()
    in_use = house.site / "in_use.py"
    in_use.touch()
    assert house.start("test").code == 3
    assert in_use.exists()


def test_switched_off_the_tests_run_with_what_there_is(house):
    ended = house.start("test", REMINDERS_NO_BOOTSTRAP="1", PYTHONPATH=house.here("soap", "runner"))
    assert (ended.code, ended.out) == (3, f"{house.root}\n")


def test_an_installation_without_tests_says_so(house):
    (house.root / "requirements-dev.lock").unlink()
    ended = house.start("test", REMINDERS_NO_BOOTSTRAP="1")
    assert ended.code == 78
    assert "The tests are no part of this installation" in ended.err


def test_an_old_python_is_told_which_one_to_use(monkeypatch, capsys):
    ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 6))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "run.py"), run_name="__main__")
    assert ended.value.code == 78
    assert capsys.readouterr().err.startswith("This needs Python 3.11 or newer, and ")
