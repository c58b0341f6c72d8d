"""A Microsoft 365 over HTTPS on 127.0.0.1 that fails where its script says, before or after its work is done."""

import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.transports.graph_cloud import Answer, Cloud

RESET = "<reset the connection>"
RESET_AFTER = "<do the work, then reset the connection>"
CLOSE_AFTER = "<do the work, then close without an answer>"
HANG = "<never answer>"
HANG_AFTER = "<do the work, then never answer>"
TRICKLE_AFTER = "<do the work, then a letter at a time, without end>"
GARBAGE_AFTER = "<do the work, then say what is not HTTP>"

Fault = str | Answer
Faults = Mapping[str, Fault | Sequence[Fault | None]]
"""Step of the cloud -> what happens there: always, or one after the other and then nothing more. `connect` is the
moment before TLS."""


class GraphServer:
    """The cloud on a port."""

    def __init__(self, tls: ssl.SSLContext | None, faults: Faults) -> None:
        self.cloud = Cloud()
        self.tls = tls
        self.port = 0
        self.asked: list[str] = []  # steps, in order
        self.requests: list[tuple[str, dict[str, str], bytes]] = []  # path, headers, body
        self.connections = 0
        self._faults = {
            step: [what] * 1000 if isinstance(what, str | Answer) else list(what) for step, what in faults.items()
        }
        self.ending = threading.Event()
        self._open: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.ending.clear()
        self._http = _Listener(("127.0.0.1", self.port), self)
        self.port = self._http.server_port
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.ending.set()
        self._http.shutdown()
        for wire in self._open:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        self._http.server_close()
        self._thread.join(10)

    def opened(self, wire: socket.socket) -> None:
        self._open.append(wire)

    def next_fault(self, step: str) -> Fault | None:
        waiting = self._faults.get(step)
        return waiting.pop(0) if waiting else None


class _Listener(ThreadingHTTPServer):
    daemon_threads = False  # so that the end waits for them

    def __init__(self, place: tuple[str, int], graph: GraphServer) -> None:
        self.graph = graph
        super().__init__(place, _Handler)

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def setup(self) -> None:
        graph = self.server.graph
        graph.connections += 1
        self._suffer(graph.next_fault("connect"))
        if graph.tls is None:
            raise ConnectionResetError
        self.request = graph.tls.wrap_socket(self.request, server_side=True)
        graph.opened(self.request)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        self._obey()

    do_POST = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def _obey(self) -> None:
        graph = self.server.graph
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        step, work, names = self._step(url.path)
        graph.asked.append(step)
        graph.requests.append((self.path, dict(self.headers), body))
        fault = graph.next_fault(step)
        if isinstance(fault, str) and fault in {RESET, HANG}:
            self._suffer(fault)
        answer = fault if isinstance(fault, Answer) and not fault.done else None
        answer = answer or self._unwelcome(step) or work(*names, body=body, query=query, origin=graph.url)
        self._suffer(fault)
        self._say(fault if isinstance(fault, Answer) else answer)

    def _step(self, path: str) -> tuple[str, Any, tuple[str, ...]]:
        for step, method, pattern, work in self.server.graph.cloud.steps():
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                return step, work, tuple(map(unquote, match.groups()))
        return "nothing", lambda **_: Answer(404, {"error": {"code": "ErrorInvalidUser"}}), ()

    def _unwelcome(self, step: str) -> Answer | None:
        known = self.headers.get("Authorization", "").removeprefix("Bearer ") in self.server.graph.cloud.tokens
        if step in {"discovery", "token"} or known:
            return None
        return Answer(401, {"error": {"code": "InvalidAuthenticationToken"}})

    def _suffer(self, fault: Fault | None) -> None:
        if not isinstance(fault, str):
            return
        ending = self.server.graph.ending
        if fault in {RESET, RESET_AFTER}:  # close sends RST, as a server that dies does
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault in {HANG, HANG_AFTER}:
            ending.wait()
        if fault == GARBAGE_AFTER:
            self.wfile.write(b"this is not HTTP\r\n\r\n")
        while fault == TRICKLE_AFTER and not ending.wait(0.02):
            self.wfile.write(b"H")
        raise ConnectionResetError

    def _say(self, answer: Answer) -> None:
        body = answer.body
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.send_response_only(answer.status)
        for name, value in ({"Date": self.date_time_string()} | dict(answer.headers)).items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def a_graph_server(tls: ssl.SSLContext | None, faults: Faults | None = None) -> Iterator[GraphServer]:
    server = GraphServer(tls, faults or {})
    server.start()
    try:
        yield server
    finally:
        server.stop()
