"""Connections that end with their errand: a server that trickles, or has many addresses, holds nobody up."""

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

Left = Callable[[], float]  # the seconds an errand has left; raises TimeoutError when there are none


def fair_share(left: Left, host: str, port: int) -> float:
    """Return how long one address of a host may take: urllib3 would give each of them the whole time."""
    places = []
    with contextlib.suppress(OSError, UnicodeError):
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return left() / max(len(places), 1)


def timed_tls_socket(left: Left) -> type[ssl.SSLSocket]:
    """Return a TLS socket whose every read and write ends with the errand."""

    class TimedSocket(ssl.SSLSocket):
        def do_handshake(self, *how: Any) -> None:
            self.settimeout(left())
            super().do_handshake(*how)

        def send(self, *what: Any) -> int:
            self.settimeout(left())
            return super().send(*what)

        def recv_into(self, *where: Any) -> int:
            self.settimeout(left())
            return super().recv_into(*where)

    return TimedSocket
