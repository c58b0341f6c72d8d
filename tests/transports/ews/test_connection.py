import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from reminders.clock import real_clock
from tests.transports.ews_builders import (
    ACCEPTED,
    KEY,
    LATER,
    OF_ONE,
    OTHER_KEY,
    REJECTED,
    TRANSPORT,
    UNKNOWN,
    Fence,
    Hands,
    a_transport,
    a_way,
    seen,
    send,
)
from tests.transports.ews_server import HANG, RESET, TRICKLE, After, an_ews_server


@pytest.fixture
def encrypted(authority):
    return {"server": {"tls": authority.server_context("127.0.0.1")}, "ca_file": authority.file}


# Bad TLS: nothing leaves


def test_a_good_certificate_of_the_boards_own_ca_is_trusted(encrypted):
    with a_way(**encrypted) as (server, transport):
        outcomes = [send(transport), send(transport, key=OTHER_KEY)]

    assert [outcome.verdict for outcome in outcomes] == [ACCEPTED, ACCEPTED]
    assert (server.connections, len(server.mailboxes.sent)) == (1, 2)


def refused(context, **changes):
    """Send to a server that shows this; return what became of it, in words, once nothing was heard there."""
    fence = Fence()
    with a_way(server={"tls": context}, **changes) as (server, transport):
        outcome = send(transport, fence=fence)

    assert (server.posts, server.refused, fence.asked) == ([], 0, 0)
    assert seen(outcome) == (REJECTED, TRANSPORT, "tls")
    return outcome.detail


def test_an_unknown_ca_is_refused_in_words(authority, other_authority):
    words = refused(other_authority.server_context("127.0.0.1"), ca_file=authority.file)

    assert words == "the server's certificate is from a CA that is unknown here; put the CA's own into mail.ews.ca_file"


def test_this_machines_own_cas_do_not_know_the_boards(authority):
    assert "unknown here" in refused(authority.server_context("127.0.0.1"))


def test_a_ca_that_the_surroundings_name_is_trusted_where_the_settings_name_none(authority, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    with a_way(server={"tls": authority.server_context("127.0.0.1")}) as (_, transport):
        assert send(transport).verdict == ACCEPTED


def test_cas_of_the_surroundings_are_not_trusted_beside_ours(authority, other_authority, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other_authority.file))

    assert "unknown here" in refused(other_authority.server_context("127.0.0.1"), ca_file=authority.file)


def test_another_hosts_certificate_is_refused_in_words(authority):
    words = refused(authority.server_context("mail.example"), ca_file=authority.file)

    assert words == "the server's certificate is not for 127.0.0.1; write the name that stands in it into mail.ews.url"


def test_an_expired_certificate_is_refused_in_words(authority):
    context = authority.server_context("127.0.0.1", ends=datetime(2015, 6, 1, tzinfo=UTC))

    words = refused(context, ca_file=authority.file)

    assert words == "the server's certificate has expired; whoever runs the Exchange server must renew it"


def test_a_certificate_of_the_future_is_refused_in_words(authority):
    tomorrow = real_clock() + timedelta(days=1)
    context = authority.server_context("127.0.0.1", begins=tomorrow, ends=tomorrow + timedelta(days=1))

    words = refused(context, ca_file=authority.file)

    assert words == "the server's certificate is not valid yet; look at this machine's clock"


def test_a_port_without_tls_is_refused_in_words():
    with an_ews_server() as plain, a_transport(plain, url=plain.url.replace("http:", "https:")) as transport:
        outcome = send(transport)

    assert seen(outcome) == (REJECTED, TRANSPORT, "tls")
    assert outcome.detail.startswith("127.0.0.1 speaks no TLS of ours (1.2 or newer) on this port")


def test_a_ca_file_that_is_none_is_named(tmp_path):
    empty = tmp_path / "ca.pem"
    empty.write_text("nothing")
    with a_way(ca_file=empty) as (_, no_certificate), a_way(ca_file=tmp_path / "gone.pem") as (_, gone):
        outcomes = [send(no_certificate), send(gone)]

    assert [seen(outcome) for outcome in outcomes] == [(REJECTED, TRANSPORT, "ca-file")] * 2
    assert outcomes[0].detail == f"mail.ews.ca_file {empty} cannot be used: it holds no certificate"
    assert outcomes[1].detail.endswith("No such file or directory")


# No connection: certainly later


def test_nobody_at_the_port_is_later():
    with an_ews_server() as server:
        pass
    with a_transport(server) as transport:
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "refused")
    assert outcome.detail == "127.0.0.1: nothing listens at its port"


def test_a_name_that_is_none_is_later():
    with an_ews_server() as server, a_transport(server, url="https://mail.invalid/EWS/Exchange.asmx") as transport:
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "dns")
    assert outcome.detail == "mail.invalid: its name cannot be found"


@pytest.fixture
def proxy(monkeypatch):
    """A proxy that lets nobody through."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)

        def refuse():
            wire, _ = listener.accept()
            with wire:
                wire.recv(4096)
                wire.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        refusing = threading.Thread(target=refuse)
        refusing.start()
        yield
        refusing.join(10)


@pytest.mark.usefixtures("proxy")
def test_a_proxy_that_lets_nobody_through_is_later(encrypted):
    with a_way(**encrypted) as (_, transport):
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "proxy")
    assert outcome.detail == "127.0.0.1: the proxy named in HTTPS_PROXY does not let us through to it"


def test_a_mail_leaves_through_a_proxy(monkeypatch):
    with an_ews_server() as server, a_transport(server, url="http://127.0.0.1:1/EWS/Exchange.asmx") as transport:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        outcome = send(transport)

    assert (outcome.verdict, server.posts) == (ACCEPTED, ["CreateItem"])


# A whole send takes `timeout`, and leaves nothing running


@pytest.mark.parametrize("fault", [HANG, After(HANG), After(TRICKLE)], ids=repr)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_a_server_that_never_ends_is_unknown_in_time(fault, tls, encrypted):
    with a_way({"CreateItem": [fault]}, timeout=1, **(encrypted if tls else {})) as (server, transport):
        before, threads = time.monotonic(), threading.active_count()
        outcome = send(transport)
        took = time.monotonic() - before

        assert seen(outcome) == (UNKNOWN, OF_ONE, "timeout")
        assert took < 2.5
        assert threading.active_count() <= threads + 1  # the server's own
        assert send(transport, key=OTHER_KEY).verdict is ACCEPTED
    assert server.posts == ["CreateItem"] * 2


def test_nothing_leaves_when_the_ledger_took_all_the_time(encrypted):
    clock = Hands()
    with a_way(monotonic=clock, **encrypted) as (server, transport):

        def slow_ledger():
            clock.now += 6
            return True

        outcome = send(transport, fence=slow_ledger)

    assert (seen(outcome), server.posts) == ((LATER, TRANSPORT, "timeout"), [])


@pytest.mark.parametrize(("fault", "found"), [(RESET, "absent"), (After(RESET), "sent")], ids=["before", "after"])
def test_a_broken_connection_is_unknown_whether_the_work_was_done_or_not(fault, found, encrypted):
    with a_way({"CreateItem": [fault]}, **encrypted) as (_, transport):
        outcome = send(transport)

        assert seen(outcome) == (UNKNOWN, OF_ONE, "reset")
        assert transport.find(KEY) == found
