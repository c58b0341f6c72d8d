import socket
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from reminders.transports.base import Found, Health, Outcome
from reminders.transports.smtp import SmtpSettings, SmtpTransport
from tests.transports.smtp_builders import (
    ACCEPTED,
    KEY,
    LATER,
    LOGIN,
    MESSAGE,
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
from tests.transports.smtp_server import CLOSE, HANG, RESET, Mail, an_smtp_server


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


# What is said


def test_a_mail_is_said_in_the_order_of_smtp():
    _, server = once()

    size = len(MESSAGE.mime)
    assert server.said[0].startswith("ehlo ")
    assert server.said[1:] == [
        f"MAIL FROM:<reminders@westberks.example> SIZE={size}",
        "RCPT TO:<m.evans@westberks.example>",
        "DATA",
        "QUIT",
    ]
    assert server.mails == [Mail(MESSAGE.sender, MESSAGE.recipient, MESSAGE.mime)]


def test_an_accepted_mail_carries_the_servers_word_and_queue_id():
    outcome, _ = once()

    assert outcome == Outcome(ACCEPTED, OF_ONE, "250 2.0.0", "2.0.0 Ok: queued as Q1", provider_id="Q1")


@pytest.mark.parametrize(
    ("answer", "queue_id"),
    [
        ("250 OK id=1tXyZ0-000abc-Ef", "1tXyZ0-000abc-Ef"),
        ("250 2.6.0 <x@y> [InternalId=4711, Hostname=z] Queued mail for delivery", "4711"),
        ("250 thank you", None),
    ],
    ids=["Exim", "Exchange", "none"],
)
def test_queue_ids_of_other_servers_are_known(answer, queue_id):
    outcome, _ = once({"DOT": answer})

    assert (outcome.verdict, outcome.provider_id) == (ACCEPTED, queue_id)


def test_the_fence_is_asked_between_rcpt_and_data():
    with an_smtp_server() as server, a_transport(server.port) as transport:
        verbs: list[list[str]] = []

        def before_transmit():
            verbs.append(server.verbs)
            return True

        send(transport, fence=before_transmit)

    assert verbs == [["ehlo", "MAIL", "RCPT"]]


def test_a_lost_fence_resets_and_keeps_the_connection():
    with an_smtp_server() as server, a_transport(server.port) as transport:
        send(transport, fence=lambda: False)
        outcome = send(transport)

    assert (outcome.verdict, server.connections, server.verbs.count("RSET")) == (ACCEPTED, 1, 1)


def test_a_server_that_fails_at_the_reset_does_not_hide_the_lost_fence():
    with an_smtp_server(faults={"RSET": [CLOSE]}) as server, a_transport(server.port) as transport:
        lost = send(transport, fence=lambda: False)
        outcome = send(transport)

    assert (lost.code, outcome.verdict, server.connections) == ("fence-lost", ACCEPTED, 2)


def test_a_mail_without_a_last_line_end_gets_one():
    _, server = once(message=replace(MESSAGE, mime=b"Subject: x\r\n\r\n.no end"))

    assert server.mails[0].mime == b"Subject: x\r\n\r\n.no end\r\n"


@pytest.mark.parametrize(
    "mime", [b"a\nb\r\n", b"a\rb\r\n", "ä\r\n".encode(), b"\0\r\n"], ids=["LF", "CR", "8-bit", "NUL"]
)
def test_bytes_that_could_smuggle_a_second_mail_are_refused(mime):
    outcome, server = once(message=replace(MESSAGE, mime=mime))

    assert seen(outcome) == (REJECTED, OF_ONE, "malformed")
    assert server.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "",
        "m.evans",
        "m evans@x.example",
        "m.evans@x.example> SIZE=1",
        "m@x.example\r\nDATA",
        "é@x.example",
        "m@é.example",
    ],
    ids=["empty", "no domain", "space", "bracket", "line end", "local part", "domain"],
)
def test_addresses_smtp_cannot_carry_are_refused_unsaid(address):
    to, _ = once(message=replace(MESSAGE, recipient=address))
    sender, server = once(message=replace(MESSAGE, sender=address))

    assert (seen(to), seen(sender)) == ((REJECTED, OF_ONE, "bad-address"), (REJECTED, TRANSPORT, "bad-sender"))
    assert server.connections == 0


def test_nobody_can_be_asked_what_became_of_a_mail():
    assert SmtpTransport(SmtpSettings("127.0.0.1", 1, "none", None, None, None)).find(KEY) is Found.CANNOT_TELL


# The kept connection


@pytest.mark.parametrize("fault", ["421 4.4.2 idle too long", CLOSE, RESET], ids=["421", "closed", "reset"])
def test_a_server_that_ended_the_kept_connection_costs_nothing(fault):
    with an_smtp_server(faults={"MAIL": [None, fault]}) as server, a_transport(server.port) as transport:
        verdicts = [send(transport).verdict, send(transport).verdict]

    assert (verdicts, server.connections, len(server.mails)) == ([ACCEPTED, ACCEPTED], 2, 2)


def test_a_plain_refusal_on_the_kept_connection_is_believed():
    with an_smtp_server(faults={"MAIL": [None, "452 4.3.1 full"]}) as server, a_transport(server.port) as transport:
        outcomes = [send(transport) for _ in range(3)]

    assert [outcome.verdict for outcome in outcomes] == [ACCEPTED, LATER, ACCEPTED]
    assert server.connections == 1


def test_a_connection_idle_for_half_a_minute_is_asked_before_use():
    hands = Hands()
    with an_smtp_server() as server, a_transport(server.port, hands) as transport:
        send(transport)
        hands.now += 29
        send(transport)
        hands.now += 31
        send(transport)

    assert server.verbs == [
        "ehlo",
        "MAIL",
        "RCPT",
        "DATA",
        "MAIL",
        "RCPT",
        "DATA",
        "RSET",
        "MAIL",
        "RCPT",
        "DATA",
        "QUIT",
    ]


@pytest.mark.parametrize("fault", [CLOSE, HANG, "421 4.4.2 bye"], ids=["closed", "forgotten by a firewall", "421"])
def test_an_idle_connection_that_is_dead_is_renewed(fault):
    hands = Hands()
    with an_smtp_server(faults={"RSET": [fault]}) as server, a_transport(server.port, hands, timeout=0.9) as transport:
        send(transport)
        hands.now += 31
        outcome = send(transport)

    assert (outcome.verdict, server.connections, len(server.mails)) == (ACCEPTED, 2, 2)


def test_a_fresh_connection_is_not_tried_twice():
    outcome, server = once({"MAIL": CLOSE})

    assert (outcome.verdict, server.connections) == (LATER, 1)


def test_the_deadline_runs_while_the_ledger_commits():
    hands = Hands()

    def slow_commit():
        hands.now += 6
        return True

    with an_smtp_server() as server, a_transport(server.port, hands) as transport:
        outcome = send(transport, fence=slow_commit)

    assert seen(outcome) == (LATER, TRANSPORT, "timeout")
    assert "DATA" not in server.verbs


@pytest.mark.parametrize("fault", [CLOSE, RESET, HANG, "gibberish"], ids=["closed", "reset", "silent", "garbage"])
def test_closing_never_raises(fault):
    outcome, _ = once({"QUIT": fault}, timeout=0.2)

    assert outcome.verdict is ACCEPTED


# Proving it


NOT_PROVEN = "Whether it takes mail for every lead's domain only a mail can show (run.py send-test ADDRESS)"


def test_check_signs_in_over_tls_and_says_so(authority):
    context = authority.server_context("127.0.0.1")
    with (
        an_smtp_server(tls=context, extensions=("STARTTLS", "AUTH PLAIN")) as server,
        a_transport(server.port, tls="starttls", ca_file=authority.file, **LOGIN) as transport,
    ):
        health = transport.check()

    proven = f"127.0.0.1:{server.port} answers over TLSv1.3 with a certificate that holds, and takes our login"
    assert health == Health(well=True, detail=f"{proven}. {NOT_PROVEN}")
    assert server.verbs == ["ehlo", "STARTTLS", "ehlo", "AUTH", "RSET", "QUIT"]


def test_check_proves_the_login_anew():
    with (
        an_smtp_server(faults={"AUTH": [None, "535 5.7.8 no more"]}, **OFFERS_LOGIN) as server,
        a_transport(server.port, **LOGIN) as transport,
    ):
        send(transport)
        health = transport.check()

    words = "535 5.7.8: AUTH: 5.7.8 no more (see mail.smtp.username and its password)"
    assert (health.well, health.detail) == (False, words)


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("127.1", True)], ids=["a loopback address", "any other name"]
)
def test_check_warns_of_clear_text_that_leaves_the_machine(host, warned):
    with an_smtp_server() as server, a_transport(server.port, host=host) as transport:
        health = transport.check()

    assert health.well
    assert health.detail.startswith(f"{host}:{server.port} answers in clear text, without a login. ")
    assert bool(health.to_do) is warned


# A server somebody else wrote


class Inbox:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 2.0.0 OK: queued as 4711AB"


def test_aiosmtpd_takes_a_mail_over_tls_with_login(authority):
    inbox, logins = Inbox(), []

    def sign_in(_server, _session, _envelope, _mechanism, data):
        logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        tls_context=authority.server_context("127.0.0.1"),
        require_starttls=True,
        auth_required=True,
        authenticator=sign_in,
    )
    controller.start()
    try:
        with a_transport(port, tls="starttls", ca_file=authority.file, **LOGIN) as transport:
            outcome = send(transport, replace(MESSAGE, mime=b"Subject: x\r\n\r\n.dot\r\n.\r\nend\r\n"))
    finally:
        controller.stop()

    assert (outcome.verdict, outcome.provider_id) == (ACCEPTED, "4711AB")
    assert inbox.mails == [(MESSAGE.sender, [MESSAGE.recipient], b"Subject: x\r\n\r\n.dot\r\n.\r\nend\r\n")]
    assert logins == [("board", PASSWORD)]
