import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.house import House
from tests.postgres import Server, a_server

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


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL for each worker of the suite that asks for it; each test has a database of its own in it."""
    with a_server() as running:
        yield running


@pytest.fixture
def database_url(server: Server) -> Iterator[str]:
    with server.database() as url:
        yield url


@pytest.fixture
def house(tmp_path, capsys):
    """The example, in a folder of its own: what a newcomer has after cloning."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return House(tmp_path, capsys)
