"""The whole program on a copy of the example, as a person at a terminal uses it."""

import json
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from reminders.cli import main
from reminders.sources import plan_yaml


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@dataclass
class House:
    root: Path
    capsys: Any

    @property
    def config(self):
        return self.root / "config"

    @property
    def state(self):
        return self.root / "state"

    def run(self, *args):
        self.capsys.readouterr()
        code = main([args[0], "--config", str(self.config), "--state", str(self.state), *args[1:]])
        told = self.capsys.readouterr()
        return Ran(code, told.out, told.err)

    def edit(self, name, old, new):
        path = self.config / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), "utf-8")

    def cell(self, ref, key, value):
        """Write one cell of the example plan."""
        path = self.config / "plan.yaml"
        plan = plan_yaml.read(path.read_bytes(), "plan.yaml")
        themes = tuple(
            replace(theme, rows=tuple(replace(row, **{key: value}) if row.ref == ref else row for row in theme.rows))
            for theme in plan.themes
        )
        path.write_text(plan_yaml.write(replace(plan, themes=themes)), "utf-8")

    def ledger(self, kind=None):
        entries = self.run("ledger", "--json").json
        return [entry for entry in entries if kind in (None, entry["kind"])]

    def outbox(self):
        folder = self.state / "outbox"
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]
