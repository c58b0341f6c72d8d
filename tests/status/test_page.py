import socket
import urllib.error
import urllib.request

import pytest

from reminders.status.health import Pulse, Ready
from reminders.status.page import listen, make_app, serve_pages


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
    answer = make_app([pulse]).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})


def test_healthz_says_that_one_silent_board_is_dead(pulse, hands):
    hands.at = 1000
    answer = make_app([pulse]).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"alive": False})


def test_readyz_says_why_not(pulse):
    pulse.report(Ready(ready=False, why="no plan to work from"))
    answer = make_app([pulse]).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "why": ["no plan to work from"]})


def test_readyz_says_that_all_boards_can_work(pulse):
    pulse.report(Ready(ready=True))
    answer = make_app([pulse]).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "why": []})


def test_head_is_answered(pulse):
    assert make_app([pulse]).test_client().head("/healthz").status_code == 200


def test_the_pages_are_served_until_they_are_closed(pulse):
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    close = serve_pages(make_app([pulse]), listener)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        assert answer.status == 200
    close()
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)


def test_a_connection_left_open_does_not_keep_the_pages_from_ending(pulse):
    listener = listen("127.0.0.1", 0)
    close = serve_pages(make_app([pulse]), listener)
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
