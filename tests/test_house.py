"""The house keeps its own rules: modules have tests, and the documents name what the code has."""

import ast
import re
from pathlib import Path

import pytest

from reminders.cli.arguments import COMMANDS
from reminders.cli.exits import BUSY, NO_PLAN, OK, SETTINGS, UNREACHABLE, UNSENT, UNWRITABLE, USAGE
from reminders.core.policy import Reason
from reminders.ledger.base import State

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
MODULES = sorted(path for path in (ROOT / "reminders").rglob("*.py"))

# Packages whose modules are one thing to their users and are tested through it.
TESTED_TOGETHER = {
    "core/agenda": "tests/core/test_agenda.py",
    "settings": "tests/test_settings.py",
    "rendering": "tests/rendering",
    "cli": "tests/journeys",
    "core/timeframe": "tests/core/test_timeframe.py",
}
# Promises, values and makers have no behaviour of their own.
SPOKEN_FOR = {
    "reminders/bootstrap.py": "tests/test_run.py",
    "reminders/core/message.py": "tests/rendering",
    "reminders/core/words.py": "tests/core/test_words.py",
    "reminders/rehearsal.py": "tests/journeys",
    "reminders/service/values.py": "tests/service",
    "reminders/status/values.py": "tests/status",
    "reminders/transports/base.py": "tests/transports/test_promise.py",
}


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [path for path in MODULES if not path.name.startswith("__")], ids=named)
def test_every_module_has_its_test(path):
    inside = path.relative_to(ROOT / "reminders")
    mirror = ROOT / "tests" / inside.with_name(f"test_{inside.name}")
    together = TESTED_TOGETHER.get(inside.parent.as_posix()) or SPOKEN_FOR.get(named(path))
    package = ROOT / "tests" / inside.parts[0] / "test_promise.py"  # a ledger's parts are seen through its promise
    assert mirror.exists() or (together and (ROOT / together).exists()) or package.exists()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_says_in_a_sentence_what_it_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_product_code_asserts_nothing(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)] == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_function_is_longer_than_forty_lines(path):
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 40] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_readme(command):
    assert f"run.py {command}" in README or f"run.py [{command}]" in README


@pytest.mark.parametrize("code", [OK, UNSENT, USAGE, NO_PLAN, UNREACHABLE, UNWRITABLE, BUSY, SETTINGS])
def test_every_exit_code_stands_in_the_reference(code):
    assert f"\n| {code} | " in REFERENCE


@pytest.mark.parametrize("word", [*State, *Reason], ids=str)
def test_every_state_and_reason_stands_in_the_reference(word):
    assert f"\n| {word} | " in REFERENCE


def problem_codes():
    codes = re.compile(r"yield \"([a-z]+(?:-[a-z]+)+)\"|Problem\(\s*\"([a-z]+(?:-[a-z]+)+)\"|Doubt\(\s*\"([a-z-]+)\"")
    text = "".join(path.read_text("utf-8") for path in MODULES)
    return sorted({next(filter(None, match)) for match in codes.findall(text)})


def test_problem_codes_are_found_in_the_code():
    assert {"unknown-lead", "missing-action", "duplicate-ref"} <= set(problem_codes())


@pytest.mark.parametrize("code", problem_codes())
def test_every_problem_stands_in_the_reference(code):
    assert f"\n| {code} | " in REFERENCE


def test_the_readme_shows_a_picture_that_is_there():
    pictures = re.findall(r'src="([^"]+)"', README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_links_between_the_documents_lead_somewhere():
    for document in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        links = re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))
        assert [link for link in links if not (document.parent / link).exists()] == []
