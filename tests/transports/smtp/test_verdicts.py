"""Every way in which a server can fail at every step of a conversation, on the wire."""

import errno
import socket
import ssl
import time
from dataclasses import replace

import pytest

from reminders.transports.smtp.verdicts import Stage, _failure
from tests.transports.smtp_builders import (
    ACCEPTED,
    LATER,
    LOGIN,
    MESSAGE,
    OF_ONE,
    REJECTED,
    TRANSPORT,
    UNKNOWN,
    a_transport,
    once,
    seen,
    send,
)
from tests.transports.smtp_server import CLOSE, HANG, RESET, TRICKLE, an_smtp_server

BEFORE_THE_MAIL = ["CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL"]
OF_THE_MAIL = ["RCPT", "DATA"]
EVERY_STEP = [*BEFORE_THE_MAIL, *OF_THE_MAIL, "DOT"]
A_REFUSAL = {"451 4.3.0 not now": LATER, "554 5.3.0 never": REJECTED}
A_LOSS = {CLOSE: "reset", RESET: "reset", "gibberish": "garbled"}
A_SILENCE = [HANG, TRICKLE]


@pytest.fixture
def two_mails(authority):
    """Send two mails through STARTTLS and a login; the server fails once, at one step of the first."""

    def send_two(verb, fault, timeout=5.0):
        context = authority.server_context("127.0.0.1")
        server = {"tls": context, "extensions": ("STARTTLS", "AUTH PLAIN", "SIZE 20000000")}
        settings = {"tls": "starttls", "ca_file": authority.file, "timeout": timeout, **LOGIN}
        with (
            an_smtp_server(faults={verb: [fault]}, **server) as running,
            a_transport(running.port, **settings) as transport,
        ):
            return seen(send(transport)), seen(send(transport)), [mail.mime for mail in running.mails]

    return send_two


SENT_AFTERWARDS = (ACCEPTED, OF_ONE, "250 2.0.0")
ONE, TWO = [MESSAGE.mime], [MESSAGE.mime] * 2


@pytest.mark.parametrize("verb", EVERY_STEP)
def test_a_server_that_says_421_at_any_step_takes_no_mail_now(verb, two_mails):
    assert two_mails(verb, "421 4.3.2 closing") == ((LATER, TRANSPORT, "421 4.3.2"), SENT_AFTERWARDS, ONE)


@pytest.mark.parametrize("verb", BEFORE_THE_MAIL)
@pytest.mark.parametrize("answer", A_REFUSAL)
def test_a_refusal_before_a_mail_is_addressed_concerns_all(verb, answer, two_mails):
    assert two_mails(verb, answer) == ((A_REFUSAL[answer], TRANSPORT, answer[:9]), SENT_AFTERWARDS, ONE)


@pytest.mark.parametrize("verb", [*OF_THE_MAIL, "DOT"])
@pytest.mark.parametrize("answer", A_REFUSAL)
def test_a_refusal_of_a_mail_is_that_mails_alone(verb, answer, two_mails):
    assert two_mails(verb, answer) == ((A_REFUSAL[answer], OF_ONE, answer[:9]), SENT_AFTERWARDS, ONE)


@pytest.mark.parametrize("verb", BEFORE_THE_MAIL)
@pytest.mark.parametrize("fault", A_LOSS)
def test_a_connection_lost_before_a_mail_is_addressed_concerns_all(verb, fault, two_mails):
    assert two_mails(verb, fault) == ((LATER, TRANSPORT, A_LOSS[fault]), SENT_AFTERWARDS, ONE)


@pytest.mark.parametrize("verb", OF_THE_MAIL)
@pytest.mark.parametrize("fault", A_LOSS)
def test_a_connection_lost_over_a_mail_is_that_mails_alone(verb, fault, two_mails):
    assert two_mails(verb, fault) == ((LATER, OF_ONE, A_LOSS[fault]), SENT_AFTERWARDS, ONE)


@pytest.mark.parametrize("verb", [*BEFORE_THE_MAIL, *OF_THE_MAIL])
@pytest.mark.parametrize("fault", A_SILENCE)
def test_a_slow_server_costs_one_timeout_and_concerns_all(verb, fault, two_mails):
    start = time.monotonic()
    first, second, _ = two_mails(verb, fault, timeout=0.5)

    assert (first, second[0]) == ((LATER, TRANSPORT, "timeout"), ACCEPTED)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    ("fault", "code"), [*A_LOSS.items(), (HANG, "timeout"), (TRICKLE, "timeout"), ("354 more", "garbled")]
)
def test_an_answer_lost_after_the_dot_is_unknown_as_the_mail_may_be_queued(fault, code, two_mails):
    assert two_mails("DOT", fault, timeout=1) == ((UNKNOWN, OF_ONE, code), SENT_AFTERWARDS, TWO)


@pytest.mark.parametrize(
    ("verb", "answer", "expected"),
    [
        ("MAIL", "452 4.3.1 insufficient system storage", (LATER, TRANSPORT, "452 4.3.1")),
        ("MAIL", "552 5.3.4 too big", (REJECTED, OF_ONE, "552 5.3.4")),
        ("MAIL", "552 too big", (REJECTED, OF_ONE, "552")),
        ("MAIL", "554 5.3.4 too big", (REJECTED, OF_ONE, "554 5.3.4")),
        ("RCPT", "450 4.2.0 greylisted", (LATER, OF_ONE, "450 4.2.0")),
        ("RCPT", "452 4.2.2 mailbox full", (LATER, OF_ONE, "452 4.2.2")),
        ("RCPT", "552 5.2.2 mailbox full", (REJECTED, OF_ONE, "552 5.2.2")),
        ("RCPT", "550 5.1.1 user unknown", (REJECTED, OF_ONE, "550 5.1.1")),
        ("RCPT", "553 bad mailbox name", (REJECTED, OF_ONE, "553")),
        ("DATA", "554 5.5.1 no valid recipients", (REJECTED, OF_ONE, "554 5.5.1")),
        ("DATA", "250 2.0.0 what a wrong answer", (LATER, OF_ONE, "garbled")),
        ("DOT", "452 4.3.1 insufficient system storage", (LATER, TRANSPORT, "452 4.3.1")),
        ("DOT", "552 5.3.4 too big", (REJECTED, OF_ONE, "552 5.3.4")),
        ("DOT", "554 5.7.1 refused as spam", (REJECTED, OF_ONE, "554 5.7.1")),
        ("DOT", "250-2.0.0 two lines\r\n250 2.0.0 of one answer", (ACCEPTED, OF_ONE, "250 2.0.0")),
    ],
)
def test_an_answer_means_what_it_says(verb, answer, expected):
    outcome, _ = once({verb: answer})

    assert seen(outcome) == expected


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_refusal_of_one_mail_leaves_the_connection_for_the_next(verb):
    with an_smtp_server(faults={verb: ["550 5.0.0 no"]}) as server, a_transport(server.port) as transport:
        verdicts = [send(transport).verdict, send(transport).verdict]

    assert (verdicts, server.connections) == ([REJECTED, ACCEPTED], 1)


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("fault", ["421 4.3.2 bye", "garbage", CLOSE], ids=["421", "garbage", "close"])
def test_anything_but_a_plain_answer_ends_the_connection(verb, fault):
    with an_smtp_server(faults={verb: [fault]}) as server, a_transport(server.port) as transport:
        send(transport)
        outcome = send(transport)

    assert (outcome.verdict, server.connections) == (ACCEPTED, 2)


@pytest.mark.parametrize(
    ("fault", "scope", "code"), [(RESET, OF_ONE, "reset"), (HANG, TRANSPORT, "timeout")], ids=["reset", "silent"]
)
def test_a_mail_whose_bytes_did_not_all_go_was_certainly_not_taken(fault, scope, code):
    big = replace(MESSAGE, mime=b"x" * 76 + b"\r\n" + b"y" * 12_000_000 + b"\r\n")
    outcome, server = once({"CONTENT": fault}, message=big, timeout=0.5)

    assert seen(outcome) == (LATER, scope, code)
    assert server.mails == []


def test_an_answer_without_end_is_cut_off():
    outcome, _ = once({"RCPT": "\r\n".join(["250-and so on"] * 10_000)})

    assert seen(outcome) == (LATER, OF_ONE, "garbled")


def test_a_line_without_end_is_cut_off():
    outcome, _ = once({"RCPT": "250 " + "x" * 100_000})

    assert seen(outcome) == (LATER, OF_ONE, "garbled")


def test_an_answer_nobody_asked_for_ends_the_connection_but_not_the_mail_before():
    with an_smtp_server(faults={"DOT": ["250 taken\r\n421 bye"]}) as server, a_transport(server.port) as transport:
        verdicts = [send(transport).verdict, send(transport).verdict]

    assert (verdicts, server.connections) == ([ACCEPTED, ACCEPTED], 2)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "dns"),
        (OSError(errno.ENETUNREACH, "unreachable"), "ENETUNREACH"),
        (ssl.SSLError("bad record"), "reset"),
    ],
    ids=["no such host", "no network", "broken TLS"],
)
def test_faults_of_the_network_have_names(error, code):
    assert seen(_failure(error, Stage.CONNECT)) == (LATER, TRANSPORT, code)
