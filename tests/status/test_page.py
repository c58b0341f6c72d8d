import socket
import urllib.error
import urllib.request

import pytest

from reminders.status.health import Pulse, Ready
from reminders.status.page import listen, make_app, serve_pages


def some_metrics():
    return b"reminders_build_info 1\n", "text/plain; version=0.0.4; charset=utf-8"


class Hands:
    at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def pulse(hands):
    return Pulse(60, hands)


def test_healthz_says_that_the_service_lives(pulse):
    answer = make_app([pulse], some_metrics).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})


def test_healthz_says_that_one_silent_board_is_dead(pulse, hands):
    hands.at = 1000
    answer = make_app([pulse], some_metrics).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"alive": False})


def test_readyz_says_why_not(pulse):
    pulse.report(Ready(ready=False, why="no plan to work from"))
    answer = make_app([pulse], some_metrics).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "why": ["no plan to work from"]})


def test_readyz_says_that_all_boards_can_work(pulse):
    pulse.report(Ready(ready=True))
    answer = make_app([pulse], some_metrics).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "why": []})


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_head_is_answered(pulse, path):
    assert make_app([pulse], some_metrics).test_client().head(path).status_code == 200


def test_metrics_are_given_with_their_type(pulse):
    answer = make_app([pulse], some_metrics).test_client().get("/metrics")
    assert (answer.status_code, answer.data, answer.content_type) == (200, *some_metrics())


def test_the_pages_are_served_until_they_are_closed(pulse):
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    close = serve_pages(make_app([pulse], some_metrics), listener)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        assert answer.status == 200
    close()
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)


def test_a_request_bigger_than_any_form_is_refused(pulse):
    listener = listen("127.0.0.1", 0)
    close = serve_pages(make_app([pulse], some_metrics), listener)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/healthz"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url, data=b"x" * 20_000, timeout=5)
    refused.value.close()
    assert refused.value.code == 413
    close()


def test_a_connection_left_open_does_not_keep_the_pages_from_ending(pulse):
    listener = listen("127.0.0.1", 0)
    close = serve_pages(make_app([pulse], some_metrics), listener)
    with socket.create_connection(listener.getsockname(), timeout=5) as idle:
        close()
        assert ended(idle)


def ended(connection):
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_taken_address_is_an_error_of_the_system():
    first = listen("127.0.0.1", 0)
    try:
        with pytest.raises(OSError, match="in use"):
            listen("127.0.0.1", first.getsockname()[1])
    finally:
        first.close()
