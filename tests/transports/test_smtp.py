import errno
import socket
import ssl
import time
import warnings
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from reminders.clock import real_clock
from reminders.core.message import FinishedMessage
from reminders.transports.base import Found, Outcome, Scope, Verdict
from reminders.transports.smtp import SmtpSettings, SmtpTransport
from reminders.transports.smtp_connection import own_name, tls_words
from reminders.transports.smtp_verdicts import Stage, _failure
from tests.transports.smtp_server import CLOSE, HANG, RESET, TRICKLE, Authority, Mail, an_smtp_server

KEY = "0123456789abcdef01234567"
PASSWORD = "s3cret pässword"
MESSAGE = FinishedMessage(
    sender="reminders@westberks.example",
    recipient="m.evans@westberks.example",
    mime=b"Subject: Your actions\r\n\r\n5.2 Develop a joint protocol is due\r\n",
)
TRANSPORT, OF_ONE = Scope.TRANSPORT, Scope.MESSAGE
ACCEPTED, REJECTED, LATER, UNKNOWN = Verdict.ACCEPTED, Verdict.REJECTED, Verdict.LATER, Verdict.UNKNOWN
LOGIN = {"username": "board", "password": PASSWORD}
OFFERS_LOGIN = {"extensions": ("AUTH PLAIN LOGIN",)}


@contextmanager
def a_transport(port, monotonic=time.monotonic, **changes):
    settings = SmtpSettings("127.0.0.1", port, "none", None, None, None, timeout=5, local_hostname="board.example")
    transport = SmtpTransport(replace(settings, **changes), monotonic)
    try:
        yield transport
    finally:
        transport.close()


def send(transport, message=MESSAGE, fence=lambda: True):
    return transport.send(message, KEY, fence)


def once(faults=None, message=MESSAGE, server=None, **changes):
    """Send one mail to a server with these faults; return the outcome and the server as it was left."""
    with (
        an_smtp_server(faults=faults or {}, **(server or {})) as running,
        a_transport(running.port, **changes) as transport,
    ):
        return send(transport, message), running


def seen(outcome):
    return (outcome.verdict, outcome.scope, outcome.code)


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
    assert server.said == [
        "ehlo board.example",
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


@pytest.mark.parametrize(
    ("machine", "family", "place", "name"),
    [
        ("board.example", socket.AF_INET, "192.0.2.1", "board.example"),
        ("3f2a", socket.AF_INET, "192.0.2.1", "[192.0.2.1]"),
        ("3f2a", socket.AF_INET6, "2001:db8::1", "[IPv6:2001:db8::1]"),
    ],
    ids=["full name", "IPv4", "IPv6"],
)
def test_ehlo_says_a_name_or_an_address_that_servers_accept(machine, family, place, name):
    class Wire:
        def __init__(self):
            self.family = family

        def getsockname(self):
            return place, 0

    assert own_name(cast("socket.socket", Wire()), machine) == name


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


# What the server answers


@pytest.mark.parametrize(
    ("verb", "answer", "expected"),
    [
        ("CONNECT", "421 4.3.2 shutting down", (LATER, TRANSPORT, "421 4.3.2")),
        ("CONNECT", "554 5.7.1 no service for you", (REJECTED, TRANSPORT, "554 5.7.1")),
        ("EHLO", "451 try later", (LATER, TRANSPORT, "451")),
        ("EHLO", "502 what is EHLO", (REJECTED, TRANSPORT, "502")),
        ("MAIL", "421 4.4.2 too busy", (LATER, TRANSPORT, "421 4.4.2")),
        ("MAIL", "451 4.3.0 try later", (LATER, TRANSPORT, "451 4.3.0")),
        ("MAIL", "452 4.3.1 insufficient storage", (LATER, TRANSPORT, "452 4.3.1")),
        ("MAIL", "530 5.7.0 authentication required", (REJECTED, TRANSPORT, "530 5.7.0")),
        ("MAIL", "550 5.7.60 cannot send as this sender", (REJECTED, TRANSPORT, "550 5.7.60")),
        ("MAIL", "552 5.3.4 too big", (REJECTED, OF_ONE, "552 5.3.4")),
        ("MAIL", "554 5.3.4 too big", (REJECTED, OF_ONE, "554 5.3.4")),
        ("RCPT", "421 4.7.0 go away", (LATER, TRANSPORT, "421 4.7.0")),
        ("RCPT", "450 4.2.0 greylisted", (LATER, OF_ONE, "450 4.2.0")),
        ("RCPT", "452 4.2.2 mailbox full", (LATER, OF_ONE, "452 4.2.2")),
        ("RCPT", "550 5.1.1 user unknown", (REJECTED, OF_ONE, "550 5.1.1")),
        ("RCPT", "553 bad mailbox name", (REJECTED, OF_ONE, "553")),
        ("RCPT", "530 5.7.0 authentication required", (REJECTED, TRANSPORT, "530 5.7.0")),
        ("DATA", "421 4.3.2 shutting down", (LATER, TRANSPORT, "421 4.3.2")),
        ("DATA", "451 4.3.0 try later", (LATER, OF_ONE, "451 4.3.0")),
        ("DATA", "554 5.5.1 no valid recipients", (REJECTED, OF_ONE, "554 5.5.1")),
        ("DOT", "421 4.3.2 shutting down", (LATER, TRANSPORT, "421 4.3.2")),
        ("DOT", "452 4.3.1 insufficient storage", (LATER, OF_ONE, "452 4.3.1")),
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


# What breaks


@pytest.mark.parametrize(
    ("verb", "scope"),
    [("CONNECT", TRANSPORT), ("EHLO", TRANSPORT), ("MAIL", TRANSPORT), ("RCPT", OF_ONE), ("DATA", OF_ONE)],
)
@pytest.mark.parametrize(("fault", "code"), [(CLOSE, "reset"), (RESET, "reset"), ("gibberish", "garbled")])
def test_a_connection_lost_before_the_dot_is_later(verb, scope, fault, code):
    outcome, server = once({verb: fault})

    assert seen(outcome) == (LATER, scope, code)
    assert server.mails == []


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", [HANG, TRICKLE], ids=["silent", "trickling"])
def test_a_slow_server_costs_one_timeout_and_stops_the_run(verb, fault):
    start = time.monotonic()
    outcome, _ = once({verb: fault}, timeout=0.2)

    assert seen(outcome) == (LATER, TRANSPORT, "timeout")
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (CLOSE, "reset"),
        (RESET, "reset"),
        (HANG, "timeout"),
        (TRICKLE, "timeout"),
        ("ok!", "garbled"),
        ("354 more", "garbled"),
    ],
    ids=["closed", "reset", "silent", "trickling", "no answer", "wrong answer"],
)
def test_an_answer_lost_after_the_dot_is_unknown_as_the_mail_may_be_queued(fault, code):
    outcome, server = once({"DOT": fault}, timeout=0.5)

    assert seen(outcome) == (UNKNOWN, OF_ONE, code)
    assert [mail.mime for mail in server.mails] == [MESSAGE.mime]


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


def test_a_port_where_nothing_listens_is_refused():
    with an_smtp_server() as server:
        pass
    with a_transport(server.port) as transport:
        outcome = send(transport)

    assert seen(outcome) == (LATER, TRANSPORT, "refused")


def test_a_host_name_that_cannot_be_looked_up_is_a_dns_fault():
    with a_transport(25, host="mail..example") as transport:
        assert seen(send(transport)) == (LATER, TRANSPORT, "dns")


def test_every_address_of_a_host_is_tried():
    with an_smtp_server() as server, a_transport(server.port, host="localhost") as transport:
        assert send(transport).verdict is ACCEPTED


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


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"), "Board CA")


@pytest.fixture(scope="module")
def other_authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("other"), "Somebody's CA")


WAYS = pytest.mark.parametrize("way", ["starttls", "implicit"])


def over_tls(way, context, ca_file, faults=None, extensions=("STARTTLS", "AUTH PLAIN LOGIN"), **changes):
    server = {"tls": context, "implicit": way == "implicit", "extensions": extensions}
    return once(faults, server=server, tls=way, ca_file=ca_file, **changes)


@WAYS
def test_a_mail_leaves_over_verified_tls(way, authority):
    outcome, server = over_tls(way, authority.server_context("127.0.0.1"), authority.file)

    assert (outcome.verdict, [mail.mime for mail in server.mails]) == (ACCEPTED, [MESSAGE.mime])


@WAYS
@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ("unknown CA", "put the CA's own into mail.smtp.ca_file"),
        ("wrong host", "is not for 127.0.0.1; write the name that stands in it into mail.smtp.host"),
        ("expired", "has expired; whoever runs the mail server must renew it"),
        ("not yet valid", "look at this machine's clock"),
    ],
)
def test_a_bad_certificate_sends_nothing_and_says_what_to_do(way, flaw, words, authority, other_authority):
    contexts = {
        "unknown CA": lambda: other_authority.server_context("127.0.0.1"),
        "wrong host": lambda: authority.server_context("mail.elsewhere.example"),
        "expired": lambda: authority.server_context("127.0.0.1", ends=datetime(2020, 1, 1, tzinfo=UTC)),
        "not yet valid": lambda: authority.server_context(
            "127.0.0.1", begins=real_clock() + timedelta(days=2), ends=real_clock() + timedelta(days=3)
        ),
    }
    outcome, server = over_tls(way, contexts[flaw](), authority.file)

    assert seen(outcome) == (REJECTED, TRANSPORT, "tls")
    assert words in outcome.detail
    assert (server.mails, "MAIL" in server.verbs) == ([], False)


def test_another_flaw_of_a_certificate_is_told_in_openssls_words():
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 26, "unsuitable certificate purpose"

    assert tls_words(error, "h") == "the server's certificate cannot be trusted: unsuitable certificate purpose"


@WAYS
def test_without_a_ca_file_the_systems_cas_decide(way, authority):
    outcome, _ = over_tls(way, authority.server_context("127.0.0.1"), None)

    assert (seen(outcome), "ca_file" in outcome.detail) == ((REJECTED, TRANSPORT, "tls"), True)


@WAYS
def test_tls_older_than_1_2_is_refused(way, authority):
    context = authority.server_context("127.0.0.1")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    outcome, server = over_tls(way, context, authority.file)

    assert (seen(outcome), server.mails) == ((REJECTED, TRANSPORT, "tls"), [])


@WAYS
def test_a_connection_lost_in_the_handshake_is_later(way):
    outcome, _ = over_tls(way, None, None)

    assert seen(outcome) == (LATER, TRANSPORT, "reset")


def test_a_server_without_starttls_gets_nothing():
    outcome, server = once(tls="starttls", **LOGIN)

    assert seen(outcome) == (REJECTED, TRANSPORT, "starttls-not-offered")
    assert server.verbs == ["ehlo"]


@pytest.mark.parametrize(
    ("answer", "verdict"), [("454 4.7.0 not now", LATER), ("502 5.5.1 no", REJECTED)], ids=["later", "never"]
)
def test_a_refused_starttls_never_falls_back(answer, verdict, authority):
    context = authority.server_context("127.0.0.1")
    outcome, server = over_tls("starttls", context, authority.file, faults={"STARTTLS": answer}, **LOGIN)

    assert (outcome.verdict, outcome.scope) == (verdict, TRANSPORT)
    assert server.verbs == ["ehlo", "STARTTLS"]


def test_an_answer_slipped_in_before_the_encryption_is_not_believed(authority):
    context = authority.server_context("127.0.0.1")
    faults = {"STARTTLS": "220 go\r\n250 AUTH PLAIN"}
    outcome, _ = over_tls("starttls", context, authority.file, faults=faults)

    assert seen(outcome) == (LATER, TRANSPORT, "garbled")


def test_clear_text_on_a_tls_port_is_told_as_a_wrong_port():
    outcome, _ = once(tls="implicit")

    assert (seen(outcome), "mail.smtp.port" in outcome.detail) == ((REJECTED, TRANSPORT, "tls"), True)


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "empty of certificates"])
def test_a_bad_ca_file_is_named(tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    outcome, server = once(tls="starttls", ca_file=file)

    assert (seen(outcome), str(file) in outcome.detail) == ((REJECTED, TRANSPORT, "ca-file"), True)
    assert server.connections == 0


# Signing in


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

    assert outcome.detail == "AUTH: bad ... or ... of ..."


# What is shown


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ("550 5.1.1 <m.evans@westberks.example>: user unknown", "RCPT: 5.1.1 <...>: user unknown"),
        ("550 m.evans@westberks.example... unknown", "RCPT: ... unknown"),
        ("550 5.1.1 no mailbox M.Evans here", "RCPT: 5.1.1 no mailbox ... here"),
        ("550 'other @ x.example' is no user", "RCPT: ... is no user"),
        ('550 "m evans"@x.example or "l mundy" unknown', "RCPT: ... or ... unknown"),
        ("550 see http://x.example/?to=a%40b.example now", "RCPT: see ... now"),
        ("550 <unclosed m.x", "RCPT: <...>"),
        ("550-5.1.1 two\r\n550 5.1.1 lines\x1b[31m\t!", "RCPT: 5.1.1 two 5.1.1 lines [31m !"),
        ("550 " + "long " * 100, "RCPT: " + ("long " * 100)[:194]),
    ],
    ids=["brackets", "bare", "local part", "spaced", "quoted", "encoded", "unclosed", "control letters", "long"],
)
def test_an_answer_is_shown_without_addresses(answer, detail):
    outcome, _ = once({"RCPT": answer})

    assert outcome.detail == detail


def test_an_answer_that_repeats_the_mail_is_shown_without_it():
    outcome, _ = once({"DOT": "554 5.7.1 refused: 5.2 Develop a joint protocol is due, sorry"})

    assert outcome.detail == "the final dot: 5.7.1 refused:..., sorry"


# Proving it


def test_check_signs_in_over_tls_and_says_so(authority):
    context = authority.server_context("127.0.0.1")
    with (
        an_smtp_server(tls=context, extensions=("STARTTLS", "AUTH PLAIN")) as server,
        a_transport(server.port, tls="starttls", ca_file=authority.file, **LOGIN) as transport,
    ):
        health = transport.check()

    assert (health.well, health.detail) == (True, f"127.0.0.1:{server.port} answers over TLSv1.3 and takes our login")
    assert server.verbs == ["ehlo", "STARTTLS", "ehlo", "AUTH", "RSET", "QUIT"]


def test_check_proves_the_login_anew():
    with (
        an_smtp_server(faults={"AUTH": [None, "535 5.7.8 no more"]}, **OFFERS_LOGIN) as server,
        a_transport(server.port, **LOGIN) as transport,
    ):
        send(transport)
        health = transport.check()

    assert (health.well, health.detail) == (False, "535 5.7.8: AUTH: 5.7.8 no more")


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
