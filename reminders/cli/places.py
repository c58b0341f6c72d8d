"""Where a command finds the settings."""

import os
from pathlib import Path


def config_dir(asked: str | None) -> Path:
    """Return the folder with the settings: asked for, from the environment, else the example beside run.py."""
    if named := asked or os.environ.get("REMINDERS_CONFIG"):
        return Path(named)
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "config"
    return beside if beside.is_dir() else package / "example"
