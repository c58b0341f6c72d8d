"""The service's endpoints over HTTP: whether it lives, and whether it could do its work; nothing personal."""

import logging
import socket
import threading
from collections.abc import Callable, Sequence

import waitress
from flask import Flask, Response, jsonify

from reminders.status.health import Pulse

_THREADS = 4
_LARGEST = 10_000  # bytes of a request: no form here is bigger
_PATIENCE = 2.0  # seconds for the pages to end


def make_app(pulses: Sequence[Pulse], exposition: Callable[[], tuple[bytes, str]]) -> Flask:
    """Return the web application over the boards' signs of life; `exposition` gives the metrics and their type."""
    app = Flask(__name__, static_folder=None)

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        alive = all(pulse.alive for pulse in pulses)
        return jsonify(alive=alive), 200 if alive else 503

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        reasons = [pulse.ready.why for pulse in pulses if not pulse.ready.ready]
        return jsonify(ready=not reasons, why=reasons), 503 if reasons else 200

    @app.get("/metrics")
    def metrics() -> Response:
        text, kind = exposition()
        return Response(text, content_type=kind)

    return app


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; raises OSError when it is taken."""
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, proto)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(64)
    except OSError:
        listener.close()
        raise
    return listener


def serve_pages(app: Flask, listener: socket.socket) -> Callable[[], None]:
    """Serve the pages from a thread of their own, and return how to stop."""
    logging.getLogger("waitress").setLevel(logging.WARNING)
    server = waitress.create_server(
        app, sockets=[listener], threads=_THREADS, ident=None, max_request_body_size=_LARGEST
    )
    thread = threading.Thread(target=server.run, name="pages", daemon=True)
    thread.start()

    def close() -> None:
        # In the thread of its loop, which would stumble over sockets that somebody else closed.
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    def stop() -> None:
        server.trigger.pull_trigger(close)
        thread.join(_PATIENCE)
        server.task_dispatcher.shutdown()

    return stop
