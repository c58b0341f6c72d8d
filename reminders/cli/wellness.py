"""`health`: ask a running service whether it is well; imports next to nothing, since it runs every few seconds."""

import argparse
import socket
import sys

from reminders.cli.boards import the_boards
from reminders.cli.exits import OK, UNSENT

_PATIENCE = 4.0  # seconds: less than a container's own limit for the check
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what listens everywhere is asked on loopback


def health(args: argparse.Namespace) -> int:
    """Return 0 when the service that runs on this state says it is well."""
    settings = the_boards(args)[0].settings
    try:
        shown = (settings.state_dir / "status.address").read_text(encoding="ascii").strip()
        host, _, port = shown.rpartition(":")
        address = (host.strip("[]"), int(port))
    except (OSError, ValueError):
        address = (settings.status.host, settings.status.port)
    page = "/readyz" if args.ready else "/healthz"
    try:
        status, body = _ask((_ANYWHERE.get(address[0], address[0]), address[1]), page)
    except OSError as error:
        sys.stderr.write(f"not well: nothing answers on {address[0]}:{address[1]} ({error.strerror or error})\n")
        return UNSENT
    sys.stdout.write(body.strip() + "\n")
    return OK if status == 200 else UNSENT


def _ask(address: tuple[str, int], page: str) -> tuple[int, str]:
    with socket.create_connection(address, _PATIENCE) as asked:
        asked.settimeout(_PATIENCE)
        asked.sendall(f"GET {page} HTTP/1.0\r\nHost: {address[0]}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: asked.recv(65536), b"")).decode(errors="replace")
    head, _, body = answer.partition("\r\n\r\n")
    words = head.split(maxsplit=2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0, body
