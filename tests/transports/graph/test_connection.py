"""One deadline for an errand, one connection for many, and proxies as the environment names them."""

import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from reminders.transports.base import Found
from tests.transports.graph_builders import ACCEPTED, KEY, LATER, REJECTED, TRANSPORT, UNKNOWN, Hands, a_way, seen, send
from tests.transports.graph_server import HANG, RESET_AFTER, TRICKLE_AFTER


def test_a_connection_idle_for_long_is_not_trusted(authority):
    hands = Hands()
    with a_way(authority, monotonic=hands) as (server, transport):
        send(transport)
        hands.now += 19
        send(transport)
        hands.now += 21
        send(transport)

    assert (server.connections, len(server.cloud.left)) == (2, 3)


def test_signing_in_and_the_mail_share_one_deadline(authority):
    hands = Hands()
    with a_way(authority, monotonic=hands, timeout=5) as (server, transport):
        work = server.cloud._token

        def slow(**content):
            hands.now += 6
            return work(**content)

        server.cloud._token = slow
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "timeout")
    assert "draft" not in server.asked


def test_a_ca_of_the_environment_is_believed(authority, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    with a_way(authority, ca_file=None) as (_, transport):
        assert send(transport).verdict is ACCEPTED


def test_without_any_setting_the_machines_cas_decide(authority, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with a_way(authority, ca_file=None) as (server, transport):
        assert seen(send(transport)) == (REJECTED, TRANSPORT, "tls")
        assert server.requests == []


@pytest.mark.parametrize("fault", [HANG, TRICKLE_AFTER], ids=["silent", "trickling"])
def test_looking_costs_one_timeout_too(authority, fault):
    with a_way(authority, {"find": fault}, timeout=0.5) as (_, transport):
        assert transport.find(KEY) is Found.CANNOT_TELL


def test_every_address_of_the_host_gets_its_share_of_the_time(authority, monkeypatch):
    waits = []

    def nowhere(_place, timeout, **_):
        waits.append(timeout)
        raise TimeoutError

    monkeypatch.setattr("urllib3.util.connection.create_connection", nowhere)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [()] * 4)
    with a_way(authority, monotonic=Hands(), timeout=8) as (_, transport):
        outcome = send(transport)

    assert (seen(outcome), waits) == ((LATER, TRANSPORT, "timeout"), [2])


class Proxy:
    """Lets CONNECT through, or refuses it."""

    def __init__(self, answer):
        self.answer = answer
        self.said = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.threads = [threading.Thread(target=self.run)]

    def run(self):
        wire, _ = self.listener.accept()
        while b"\r\n\r\n" not in self.said:
            self.said += wire.recv(1000)
        wire.sendall(self.answer)
        if b" 200 " in self.answer:
            far = socket.create_connection(("127.0.0.1", int(self.said.split()[1].rpartition(b":")[2])))
            self.threads.append(threading.Thread(target=carry, args=(far, wire)))
            self.threads[-1].start()
            carry(wire, far)
            far.close()
        wire.close()


def carry(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def a_proxy(monkeypatch, answer):
    proxy = Proxy(answer)
    proxy.threads[0].start()
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    try:
        yield proxy
    finally:
        for thread in proxy.threads:
            thread.join(10)
        proxy.listener.close()


def test_the_proxy_of_the_environment_is_used_and_sees_nothing(authority, monkeypatch):
    with a_proxy(monkeypatch, b"HTTP/1.1 200 OK\r\n\r\n") as proxy, a_way(authority) as (server, transport):
        outcome = send(transport)

    assert (outcome.verdict, len(server.cloud.left)) == (ACCEPTED, 1)
    assert (proxy.said.split()[0], b"s3cret" in proxy.said) == (b"CONNECT", False)


def test_a_proxy_that_refuses_is_named(authority, monkeypatch):
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"
    with a_proxy(monkeypatch, refusal), a_way(authority) as (_, transport):
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "proxy")
    assert "HTTPS_PROXY" in outcome.detail


def test_an_answer_lost_behind_a_proxy_is_unknown(authority, monkeypatch):
    with (
        a_proxy(monkeypatch, b"HTTP/1.1 200 OK\r\n\r\n"),
        a_way(authority, {"send": RESET_AFTER}) as (server, transport),
    ):
        outcome = send(transport)

    assert (outcome.verdict, len(server.cloud.left)) == (UNKNOWN, 1)


def test_a_deadline_holds_through_a_proxy(authority, monkeypatch):
    with (
        a_proxy(monkeypatch, b"HTTP/1.1 200 OK\r\n\r\n"),
        a_way(authority, {"discovery": TRICKLE_AFTER}, timeout=0.5) as (_, transport),
    ):
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "timeout")
