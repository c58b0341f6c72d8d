import time

import pytest

from reminders.transports.smtp import SmtpSettings
from tests.transports.smtp_builders import (
    ACCEPTED,
    LATER,
    LOGIN,
    OF_ONE,
    OFFERS_LOGIN,
    PASSWORD,
    REJECTED,
    TRANSPORT,
    a_transport,
    once,
    seen,
    send,
)
from tests.transports.smtp_server import CLOSE, HANG, RESET, an_smtp_server

READS_AHEAD = {"extensions": ("PIPELINING", "SIZE 20000000")}


def test_a_password_is_said_once_in_plain():
    outcome, server = once(server=OFFERS_LOGIN, **LOGIN)

    assert outcome.verdict is ACCEPTED
    assert server.said[1] == "AUTH PLAIN AGJvYXJkAHMzY3JldCBww6Rzc3dvcmQ="


def test_a_server_that_knows_only_login_gets_login():
    outcome, server = once(server={"extensions": ("AUTH LOGIN NTLM",)}, **LOGIN)

    assert outcome.verdict is ACCEPTED
    assert server.said[1:4] == ["AUTH LOGIN", "Ym9hcmQ=", "czNjcmV0IHDDpHNzd29yZA=="]


@pytest.mark.parametrize(
    ("answer", "verdict", "code"),
    [
        ("535 5.7.8 authentication failed", REJECTED, "535 5.7.8"),
        ("534 5.7.9 use a stronger one", REJECTED, "534 5.7.9"),
        ("530 5.7.0 TLS first", REJECTED, "530 5.7.0"),
        ("454 4.7.0 temporary failure", LATER, "454 4.7.0"),
        ("421 4.7.0 too many errors", LATER, "421 4.7.0"),
    ],
)
def test_a_refused_login_stops_the_run_after_one_attempt(answer, verdict, code):
    outcome, server = once({"AUTH": answer}, server=OFFERS_LOGIN, **LOGIN)

    assert seen(outcome) == (verdict, TRANSPORT, code)
    assert server.verbs[:3].count("AUTH") == 1
    assert "MAIL" not in server.verbs


def test_a_refused_login_is_not_taken_for_a_login_at_the_next_mail():
    with (
        an_smtp_server(faults={"AUTH": ["535 no"]}, **OFFERS_LOGIN) as server,
        a_transport(server.port, **LOGIN) as transport,
    ):
        verdicts = [send(transport).verdict, send(transport).verdict]

    assert (verdicts, server.verbs.count("AUTH")) == ([REJECTED, ACCEPTED], 2)


def test_a_login_that_ran_out_on_the_kept_connection_is_renewed():
    with (
        an_smtp_server(faults={"MAIL": [None, "530 5.7.0 sign in again"]}, **OFFERS_LOGIN) as server,
        a_transport(server.port, **LOGIN) as transport,
    ):
        verdicts = [send(transport).verdict, send(transport).verdict]

    assert (verdicts, server.connections) == ([ACCEPTED, ACCEPTED], 2)


@pytest.mark.parametrize("extensions", [(), ("AUTH NTLM GSSAPI",)], ids=["none", "others"])
def test_a_server_that_takes_no_password_is_told(extensions):
    outcome, server = once(server={"extensions": extensions}, **LOGIN)

    assert seen(outcome) == (REJECTED, TRANSPORT, "auth-not-offered")
    assert "AUTH" not in server.verbs


def test_a_password_never_travels_in_clear_text():
    with a_transport(25, host="mail.westberks.example", **LOGIN) as transport:
        outcome, health = send(transport), transport.check()

    assert seen(outcome) == (REJECTED, TRANSPORT, "clear-text-auth")
    assert (health.well, health.detail[:15]) == (False, "clear-text-auth")


def test_the_password_is_not_in_the_settings_repr():
    assert PASSWORD not in repr(SmtpSettings("h", 25, "starttls", "board", PASSWORD, None))


def test_an_echoed_password_is_masked():
    echo = f"535 bad {PASSWORD} or AGJvYXJkAHMzY3JldCBww6Rzc3dvcmQ= of board"
    outcome, _ = once({"AUTH": echo}, server=OFFERS_LOGIN, **LOGIN)

    assert outcome.detail == "AUTH: bad ... or ... of ... (see mail.smtp.username and its password)"


# A server that reads ahead (RFC 2920)


def three_mails(faults, timeout=5.0, **server):
    """Send three mails over what is one connection while nothing fails; return what was seen, and the server."""
    with (
        an_smtp_server(faults=faults, **server) as running,
        a_transport(running.port, timeout=timeout) as transport,
    ):
        return [seen(send(transport)) for _ in range(3)], running


SENT = (ACCEPTED, OF_ONE, "250 2.0.0")
MAIL_REFUSED = (LATER, TRANSPORT, "452 4.3.1")


@pytest.mark.parametrize(("server", "heard"), [(READS_AHEAD, 3), ({}, 2)], ids=["reads ahead", "does not"])
def test_the_recipient_goes_with_the_sender_where_the_server_reads_ahead(server, heard):
    outcomes, running = three_mails({"MAIL": [None, "452 4.3.1 full"]}, **server)

    assert outcomes == [SENT, MAIL_REFUSED, SENT]
    assert (running.verbs.count("RCPT"), running.connections) == (heard, 1)


def seconds_for(mails, server):
    with an_smtp_server(**server) as running, a_transport(running.port) as transport:
        began = time.monotonic()
        assert [seen(send(transport)) for _ in range(mails)] == [SENT] * mails
        return time.monotonic() - began


def test_a_server_that_sends_its_two_answers_apart_is_not_waited_for():
    # It holds the second back until the first is acknowledged, which takes 40 ms unless that is done at once.
    step_by_step = seconds_for(50, {})

    assert seconds_for(50, READS_AHEAD) < 2 * step_by_step + 0.5


def test_the_first_mail_of_a_connection_is_said_step_by_step():
    outcomes, running = three_mails({"MAIL": ["452 4.3.1 full"]}, **READS_AHEAD)

    assert outcomes == [MAIL_REFUSED, SENT, SENT]
    assert running.verbs.count("RCPT") == 2


def test_the_fence_is_asked_before_data_also_where_the_server_reads_ahead():
    with an_smtp_server(**READS_AHEAD) as server, a_transport(server.port) as transport:
        send(transport)
        lost = send(transport, fence=lambda: False)

    assert (lost.code, server.verbs[-4:]) == ("fence-lost", ["MAIL", "RCPT", "RSET", "QUIT"])
    assert len(server.mails) == 1


@pytest.mark.parametrize("fault", [CLOSE, RESET, "gibberish", "450 4.2.0 later", "550 5.1.1 unknown", "421 4.3.2 bye"])
def test_a_server_that_fails_at_an_address_it_read_ahead_is_judged_as_any_other(fault):
    faults = {"RCPT": [None, fault]}
    ahead, server = three_mails(faults, **READS_AHEAD)
    usual, _ = three_mails(faults)

    assert ahead == usual
    assert len(server.mails) == 2


@pytest.mark.parametrize("fault", [CLOSE, HANG, "gibberish"], ids=["closed", "silent", "garbage"])
def test_a_refused_sender_is_told_whatever_becomes_of_the_recipient_said_with_it(fault):
    outcomes, server = three_mails({"MAIL": [None, "452 4.3.1 full"], "RCPT": [None, fault]}, 0.5, **READS_AHEAD)

    assert outcomes == [SENT, MAIL_REFUSED, SENT]
    assert server.connections == 2
