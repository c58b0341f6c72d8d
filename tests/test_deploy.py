"""What is handed to those who run the service fits the service: compose, Kubernetes, systemd, Prometheus, Grafana."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from reminders.cli.arguments import COMMANDS, parse
from reminders.metrics import BoardMetrics, Metrics
from reminders.settings.environment import environment_names

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = [ROOT / "compose.yaml", ROOT / "compose.postgres.yaml"]
HANDED_OVER = [*COMPOSE, ROOT / "Dockerfile", *sorted(DEPLOY.iterdir())]
ALERTS = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
COMPLETION = DEPLOY / "completion.bash"


@pytest.fixture(scope="module")
def series():
    """Return the name of everything that `/metrics` shows."""
    metrics = Metrics("0.1.0", "", "3.13.5")
    board = BoardMetrics(metrics, "a board", "smtp", "live")
    board.sent_in(0.1)
    text = metrics.exposition()[0].decode()
    families = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    histograms = {
        f"{name}{end}" for name, kind in families if kind == "histogram" for end in ("_bucket", "_sum", "_count")
    }
    return {name for name, _ in families} | histograms


def metrics_named_in(text):
    return set(re.findall(r"\breminders_[a-z_]+(?=[\s{)\[\"]|$)", text))


def test_alerts_ask_for_metrics_that_are_there(series):
    asked = metrics_named_in("\n".join(rule["expr"] for rule in ALERTS))
    assert len(asked) > 8
    assert asked <= series


def test_the_dashboard_shows_every_metric_of_ours(series):
    text = (DEPLOY / "grafana-dashboard.json").read_text("utf-8")
    panels = json.loads(text)["panels"]
    shown = metrics_named_in("\n".join(target["expr"] for panel in panels for target in panel["targets"]))
    base = {re.sub(r"_(bucket|sum|count)$", "", name) for name in series if name.startswith("reminders_")}
    assert shown <= series
    assert {re.sub(r"_bucket$", "", name) for name in shown} == base


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_how_bad_that_is(rule):
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description"}


@pytest.mark.parametrize("path", HANDED_OVER, ids=lambda path: path.name)
def test_every_setting_named_there_is_known(path):
    named = set(re.findall(r"\bREMINDERS_[A-Z_]+\b", path.read_text("utf-8")))
    assert named <= set(environment_names())


@pytest.mark.parametrize("path", [*COMPOSE, *DEPLOY.glob("*.yaml")], ids=lambda path: path.name)
def test_every_yaml_file_is_one(path):
    assert all(isinstance(document, dict) for document in yaml.safe_load_all(path.read_text("utf-8")))


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_a_container_of_compose_is_locked_in_and_given_time_to_stop(path):
    service = yaml.safe_load(path.read_text("utf-8"))["services"]["reminders"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] == "60s"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def commands_of_the_completion():
    return re.search(r'commands="([^"]+)"', COMPLETION.read_text("utf-8"))


def test_the_completion_knows_every_command():
    found = commands_of_the_completion()
    assert found
    assert sorted(found[1].split()) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_completion_knows_every_flag(command, capsys):
    with pytest.raises(SystemExit):
        parse([command, "--help"], lambda: "")
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", capsys.readouterr().out))
    asked = f'source {COMPLETION}; COMP_WORDS=(run.py {command} --); COMP_CWORD=2; _reminders; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == flags
