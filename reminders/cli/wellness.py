"""`health`: ask a running service whether it is well; imports next to nothing, since it runs every few seconds."""

import argparse
import os
import socket
import sys
from pathlib import Path

from reminders.cli.exits import OK, UNSENT
from reminders.cli.places import config_dir
from reminders.yamltext import Mapping, Scalar, YamlMistake, read_yaml

_PATIENCE = 4.0  # seconds: less than a container's own limit for the check
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what listens everywhere is asked on loopback


def health(args: argparse.Namespace) -> int:
    """Return 0 when the service that runs on this state says it is well."""
    address = _told(_state_dir(args)) or _set(args)
    page = "/readyz" if args.ready else "/healthz"
    try:
        status, body = _ask((_ANYWHERE.get(address[0], address[0]), address[1]), page)
    except OSError as error:
        sys.stderr.write(f"not well: nothing answers on {address[0]}:{address[1]} ({error.strerror or error})\n")
        return UNSENT
    sys.stdout.write(body.strip() + "\n")
    return OK if status == 200 else UNSENT


def _state_dir(args: argparse.Namespace) -> Path | None:
    """Find the state folder without the settings' whole table, which takes longer than all the rest."""
    if given := args.state or os.environ.get("REMINDERS_STATE_DIR"):
        return Path(given)
    folder = config_dir(args.config)
    try:
        tree = read_yaml((folder / "reminders.yaml").read_text("utf-8-sig"))
    except (OSError, ValueError, YamlMistake):
        return None
    written = tree.get("state_dir") if isinstance(tree, Mapping) else None
    return folder / (written.value if isinstance(written, Scalar) and written.value else "../state")


def _told(state_dir: Path | None) -> tuple[str, int] | None:
    """Return the address that a running service wrote down."""
    try:
        shown = (state_dir / "status.address").read_text(encoding="ascii").strip() if state_dir else ""
        host, _, port = shown.rpartition(":")
        return host.strip("[]"), int(port)
    except (OSError, ValueError):
        return None


def _set(args: argparse.Namespace) -> tuple[str, int]:
    from reminders.cli.boards import the_boards

    status = the_boards(args)[0].settings.status
    return status.host, status.port


def _ask(address: tuple[str, int], page: str) -> tuple[int, str]:
    with socket.create_connection(address, _PATIENCE) as asked:
        asked.settimeout(_PATIENCE)
        asked.sendall(f"GET {page} HTTP/1.0\r\nHost: {address[0]}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: asked.recv(65536), b"")).decode(errors="replace")
    head, _, body = answer.partition("\r\n\r\n")
    words = head.split(maxsplit=2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0, body
