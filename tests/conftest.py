import logging
import os
import shutil
from pathlib import Path

import pytest

from tests.journeys.house import House

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch):
    for name in [name for name in os.environ if name.startswith("REMINDERS_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _log_as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def house(tmp_path, capsys):
    """The example, in a folder of its own: what a newcomer has after cloning."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return House(tmp_path, capsys)
