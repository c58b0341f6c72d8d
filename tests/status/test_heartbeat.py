import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from reminders.status.heartbeat import call


class Watchdog(HTTPServer):
    """Answers with the status its path names and remembers who called."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.called = []


class Answers(BaseHTTPRequestHandler):
    server: Watchdog

    def do_GET(self):
        self.server.called.append((self.path, self.headers["User-Agent"]))
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def watchdog():
    server = Watchdog()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_call_that_is_answered_went_well(watchdog):
    assert call(f"http://127.0.0.1:{watchdog.server_port}/200") is None
    assert watchdog.called == [("/200", "reminders")]


def test_a_call_that_is_refused_says_so(watchdog):
    assert call(f"http://127.0.0.1:{watchdog.server_port}/404") == "it answered 404"


def test_a_call_that_reaches_nobody_says_so():
    assert call("http://127.0.0.1:1/") == "it could not be reached (URLError)"
