"""What those who run the service can meet stands in the docs: endpoints, metrics, codes, states, alerts, settings."""

import re
from pathlib import Path

import pytest
import yaml

from reminders.cli import exits
from reminders.cli.arguments import COMMANDS
from reminders.core.policy import Reason
from reminders.ledger.base import State
from reminders.metrics import FAILURES, MODES, OUTCOMES, PLAN_STATES, Metrics
from reminders.settings.environment import environment_names
from reminders.settings.model import Settings
from reminders.settings.table import every_setting
from reminders.status.health import Why
from reminders.status.page import make_app
from reminders.status.pages import add_pages
from reminders.yamltext import Mapping, read_yaml

ROOT = Path(__file__).resolve().parents[1]
HOSTING = (ROOT / "docs" / "hosting.md").read_text("utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
ALERTS = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]


def our_metrics():
    text = Metrics("0.1.0", "", "3.13.5").exposition()[0].decode()
    return sorted(set(re.findall(r"^# TYPE (reminders_\S+) ", text, re.MULTILINE)))


@pytest.mark.parametrize("name", our_metrics())
def test_every_metric_stands_in_hosting(name):
    assert f"\n| `{name}` | " in HOSTING


@pytest.mark.parametrize("word", [*FAILURES, *MODES, *OUTCOMES, *PLAN_STATES])
def test_every_value_of_a_label_stands_in_hosting(word):
    assert re.search(rf"\b{word}\b", HOSTING)


@pytest.mark.parametrize("why", Why, ids=str)
def test_every_reason_not_to_be_ready_says_what_to_do(why):
    assert f"\n| {why} | " in HOSTING


@pytest.mark.parametrize("alert", [rule["alert"] for rule in ALERTS])
def test_every_alert_says_what_to_do(alert):
    assert f"\n| {alert} | " in HOSTING


def test_hosting_speaks_of_no_alert_that_is_not_there():
    assert set(re.findall(r"\n\| (Reminders\w+) \|", HOSTING)) == {rule["alert"] for rule in ALERTS}


def our_endpoints():
    """Return the rule of every address that the service answers, a board's pages under one."""
    app = make_app([], lambda: (b"", ""))
    add_pages(app, [], "a token of the tests", "127.0.0.1")
    return sorted({re.sub(r"^/b/<slug>/.*", "/b/<board>/...", rule.rule) for rule in app.url_map.iter_rules()})


def test_every_endpoint_stands_in_hosting_and_no_other():
    told = re.findall(r"^\| (`/[^|]*) \| ", HOSTING, re.MULTILINE)
    assert sorted(path for cell in told for path in re.findall(r"`(/[^`]*)`", cell)) == our_endpoints()


def codes_below(heading):
    part = REFERENCE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| ([a-z0-9-]+) \| ", part, re.MULTILINE)) - {"code", "state"}


def test_every_exit_code_stands_in_the_reference_and_no_other():
    assert codes_below("Exit codes") == {str(code) for code in vars(exits).values() if isinstance(code, int)}


def test_every_state_stands_in_the_reference_and_no_other():
    assert codes_below("States of an entry") == set(State)


def test_every_reason_stands_in_the_reference_and_no_other():
    assert codes_below("Reasons") == set(Reason)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_documents(command):
    pages = (HOSTING, REFERENCE, *((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/upgrading.md")))
    assert any(re.search(rf"[`\s]{command}\b", page) for page in pages)


@pytest.mark.parametrize("signal", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_every_signal_stands_in_the_documents(signal):
    assert signal in HOSTING
    assert signal in REFERENCE


def keys_of(node, above=""):
    for name, item in node.entries:
        yield f"{above}{name.value}"
        if isinstance(item, Mapping):
            yield from keys_of(item, f"{above}{name.value}.")


def test_every_setting_stands_in_the_example_with_its_meaning():
    text = (ROOT / "config" / "reminders.yaml").read_text("utf-8")
    settings = {key for key, _ in every_setting(Settings)}
    assert settings <= set(keys_of(read_yaml(text)))
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert [line for line in lines if "#" not in line and not line.endswith(":")] == []


@pytest.mark.parametrize("name", ["REMINDERS_CONFIG", "REMINDERS_NO_BOOTSTRAP", "REMINDERS_REVISION"])
def test_names_without_a_key_stand_in_the_reference(name):
    assert name in environment_names()
    assert name in REFERENCE
