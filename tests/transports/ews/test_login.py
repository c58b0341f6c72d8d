import pytest

from tests.transports.ews_builders import (
    ACCEPTED,
    KEY,
    OF_ONE,
    OTHER_KEY,
    REJECTED,
    TRANSPORT,
    UNKNOWN,
    Fence,
    Hands,
    a_way,
    seen,
    send,
)
from tests.transports.ews_server import Http

NTLM = {"server": {"auth": "NTLM"}, "auth": "ntlm", "username": "WBERKS\\board"}


@pytest.fixture(autouse=True)
def _known_to_the_domain(tmp_path, monkeypatch):
    known = tmp_path / "accounts"
    known.write_text("WBERKS:board:s3cret\n:board@westberks.example:s3cret\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(known))


def test_ntlm_signs_a_connection_in_once():
    with a_way(**NTLM) as (server, transport):
        outcomes = [send(transport), send(transport, key=OTHER_KEY)]

    assert [outcome.verdict for outcome in outcomes] == [ACCEPTED, ACCEPTED]
    assert (server.refused, server.posts, server.connections) == (2, ["CreateItem"] * 2, 1)


def test_ntlm_asks_the_fence_once():
    fence = Fence()
    with a_way(**NTLM) as (_, transport):
        send(transport, fence=fence)

    assert fence.asked == 1


def test_ntlm_works_over_tls_too(authority):
    tls = {"auth": "NTLM", "tls": authority.server_context("127.0.0.1")}
    with a_way(**NTLM | {"server": tls, "ca_file": authority.file}) as (_, transport):
        outcome = send(transport)

    assert outcome.verdict is ACCEPTED


def test_ntlm_signs_in_again_when_the_connection_was_renewed():
    clock = Hands()
    with a_way(monotonic=clock, **NTLM) as (server, transport):
        send(transport)
        clock.now += 31
        outcome = send(transport, key=OTHER_KEY)

    assert (outcome.verdict, server.connections, server.posts) == (ACCEPTED, 2, ["CreateItem"] * 2)


@pytest.mark.parametrize("way", [NTLM, {}], ids=["NTLM", "Basic"])
def test_a_wrong_password_stops_the_run(way):
    with a_way(**way | {"password": "wrong"}) as (server, transport):
        outcome = send(transport)
        found = transport.find(KEY)

    assert (seen(outcome), server.posts, found) == ((REJECTED, TRANSPORT, "HTTP 401"), [], "cannot_tell")
    assert outcome.detail == (
        "the login is not accepted; see username and password (or the application) under mail.ews"
    )


def test_a_server_without_ntlm_stops_the_run():
    with a_way(**NTLM | {"server": {"auth": "Basic"}}) as (server, transport):
        outcome = send(transport)

    assert (seen(outcome), server.posts) == ((REJECTED, TRANSPORT, "HTTP 401"), [])


def test_basic_takes_a_password_beyond_ascii():
    with a_way(server={"password": "pässwörd"}, password="pässwörd") as (_, transport):
        outcome = send(transport)

    assert outcome.verdict is ACCEPTED


@pytest.mark.parametrize("username", ["WBERKS\\board", "board@westberks.example"])
def test_ntlm_knows_both_ways_to_write_a_name(username):
    with a_way(**NTLM | {"username": username}) as (_, transport):
        outcome = send(transport)

    assert outcome.verdict is ACCEPTED


def test_an_ntlm_login_that_breaks_off_leaves_it_open_whether_the_mail_was_taken():
    with a_way({"NTLM": [Http(503)]}, **NTLM) as (server, transport):
        outcome = send(transport)
        again = send(transport, key=OTHER_KEY)

    assert (seen(outcome), again.verdict) == ((UNKNOWN, OF_ONE, "ntlm"), ACCEPTED)
    assert server.posts == ["CreateItem"]
