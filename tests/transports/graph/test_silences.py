"""No whole answer: what that means depends on whether the request that sends the mail had begun."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest

from reminders.clock import real_clock
from reminders.transports.graph.silences import _tls_words
from tests.transports.graph_builders import LATER, OF_ONE, REJECTED, TRANSPORT, UNKNOWN, a_transport, once, seen, send
from tests.transports.graph_server import (
    CLOSE_AFTER,
    GARBAGE_AFTER,
    HANG,
    HANG_AFTER,
    RESET,
    RESET_AFTER,
    TRICKLE_AFTER,
    a_graph_server,
)

LOST = pytest.mark.parametrize(
    ("fault", "code"),
    [
        (RESET, "reset"),
        (RESET_AFTER, "reset"),
        (CLOSE_AFTER, "reset"),
        (GARBAGE_AFTER, "garbled"),
        (HANG, "timeout"),
        (HANG_AFTER, "timeout"),
        (TRICKLE_AFTER, "timeout"),
    ],
    ids=["reset before", "reset after", "closed", "garbage", "silent before", "silent after", "trickling"],
)


@LOST
@pytest.mark.parametrize(("step", "rights"), [("send", None), ("sendMail", {"send"})], ids=["draft sent", "directly"])
def test_an_answer_lost_while_the_mail_leaves_is_unknown(authority, step, rights, fault, code):
    outcome, server = once(authority, {step: fault}, rights, timeout=0.5)

    assert seen(outcome) == (UNKNOWN, OF_ONE, code)
    assert len(server.cloud.left) == (0 if fault in {RESET, HANG} else 1)


@LOST
def test_an_answer_lost_at_the_draft_is_later_as_nothing_left(authority, fault, code):
    outcome, server = once(authority, {"draft": fault}, timeout=0.5)

    assert seen(outcome) == (LATER, TRANSPORT if code == "timeout" else OF_ONE, code)
    assert server.cloud.left == []


@LOST
@pytest.mark.parametrize("step", ["discovery", "token"])
def test_an_answer_lost_while_signing_in_is_later_and_stops_the_run(authority, step, fault, code):
    outcome, server = once(authority, {step: fault}, timeout=0.5)

    assert seen(outcome) == (LATER, TRANSPORT, code)
    assert "draft" not in server.asked


@pytest.mark.parametrize(("fault", "code"), [(RESET, "reset"), (HANG, "timeout")], ids=["reset", "silence"])
def test_a_handshake_that_fails_is_later(authority, fault, code):
    outcome, _ = once(authority, {"connect": fault}, timeout=0.5)

    assert seen(outcome) == (LATER, TRANSPORT, code)


@pytest.mark.parametrize("fault", [HANG, TRICKLE_AFTER], ids=["silent", "trickling"])
@pytest.mark.parametrize("step", ["discovery", "token", "draft", "send"])
def test_a_slow_server_costs_one_timeout(authority, step, fault):
    start = time.monotonic()
    once(authority, {step: fault}, timeout=0.5)

    assert time.monotonic() - start < 2


def test_a_port_where_nothing_listens_is_later(authority):
    with a_graph_server(None) as server:
        pass
    with a_transport(server, authority) as transport:
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "refused")


def test_a_name_nobody_knows_is_later(authority):
    with a_graph_server(None) as server, a_transport(server, authority, authority="https://x..example") as transport:
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "dns")


def test_a_connection_that_the_server_closed_meanwhile_is_renewed(authority):
    with a_graph_server(authority.server_context("127.0.0.1")) as server, a_transport(server, authority) as transport:
        send(transport)
        server.stop()
        server.start()
        send(transport)

        assert (len(server.cloud.left), server.connections) == (2, 2)


# TLS


def contexts(authority, other_authority):
    return {
        "unknown CA": lambda: other_authority.server_context("127.0.0.1"),
        "wrong host": lambda: authority.server_context("graph.elsewhere.example"),
        "expired": lambda: authority.server_context("127.0.0.1", ends=datetime(2020, 1, 1, tzinfo=UTC)),
        "not yet valid": lambda: authority.server_context(
            "127.0.0.1", begins=real_clock() + timedelta(days=2), ends=real_clock() + timedelta(days=3)
        ),
    }


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ("unknown CA", "name that in REQUESTS_CA_BUNDLE"),
        ("wrong host", "is for another server"),
        ("expired", "has expired"),
        ("not yet valid", "look at this machine's clock"),
    ],
)
def test_a_bad_certificate_hears_nothing_and_is_told_in_words(authority, other_authority, flaw, words):
    context = contexts(authority, other_authority)[flaw]()
    with a_graph_server(context) as server, a_transport(server, authority) as transport:
        outcome = send(transport)

    assert seen(outcome) == (REJECTED, TRANSPORT, "tls")
    assert words in outcome.detail
    assert server.requests == []


def test_a_certificate_that_turns_bad_between_token_and_mail_hears_nothing(authority, other_authority):
    with (
        a_graph_server(authority.server_context("127.0.0.1")) as login,
        a_graph_server(other_authority.server_context("127.0.0.1")) as graph,
        a_transport(login, authority, service=f"{graph.url}/v1.0") as transport,
    ):
        outcome = send(transport)

    assert seen(outcome) == (REJECTED, TRANSPORT, "tls")
    assert (graph.requests, login.asked) == ([], ["discovery", "token"])


def test_clear_text_where_tls_should_be_is_told(authority):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = a_graph_server(None)
        with server as running:
            running.port, port = listener.getsockname()[1], running.port
            with a_transport(running, authority, timeout=1) as transport:
                listener.settimeout(5)
                outcome = _answered_in_clear(listener, transport)
            running.port = port

    assert seen(outcome) == (REJECTED, TRANSPORT, "tls")


def _answered_in_clear(listener, transport):
    from threading import Thread

    def answer():
        wire, _ = listener.accept()
        wire.recv(100)
        wire.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        wire.close()

    thread = Thread(target=answer)
    thread.start()
    try:
        return send(transport)
    finally:
        thread.join()


def test_another_flaw_of_a_certificate_is_told_in_openssls_words():
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 26, "unsuitable certificate purpose"

    assert _tls_words(error) == "the certificate shown cannot be trusted: unsuitable certificate purpose"
