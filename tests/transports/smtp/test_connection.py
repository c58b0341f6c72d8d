import errno
import select
import socket
import ssl
import struct
import time
import warnings
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from reminders.clock import real_clock
from reminders.transports.smtp.connection import Deadline, SmtpSettings, own_name, tls_words
from reminders.transports.smtp.conversation import Conversation
from reminders.transports.smtp.verdicts import StopError
from tests.transports.smtp_builders import (
    ACCEPTED,
    LATER,
    LOGIN,
    MESSAGE,
    REJECTED,
    TRANSPORT,
    a_transport,
    once,
    over_tls,
    seen,
    send,
)
from tests.transports.smtp_server import CLOSE, HANG, RESET, TRICKLE, an_smtp_server


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


# TLS


WAYS = pytest.mark.parametrize("way", ["starttls", "implicit"])


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
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")  # a reset within ssl's own wrap_socket
@pytest.mark.parametrize(
    ("fault", "code"),
    [(CLOSE, "reset"), (RESET, "reset"), (HANG, "timeout"), (TRICKLE, "tls")],
    ids=["closed", "reset", "silent", "no TLS at all"],
)
def test_a_handshake_that_does_not_end_sends_nothing(way, fault, code, authority):
    context = authority.server_context("127.0.0.1")
    outcome, server = over_tls(way, context, authority.file, faults={"TLS": fault}, timeout=0.5)

    assert seen(outcome) == (REJECTED if code == "tls" else LATER, TRANSPORT, code)
    assert "AUTH" not in server.verbs


class _TooLate(ssl.SSLContext):
    """A context that comes to the handshake when the peer has just gone, and the socket has told of it."""

    peer: socket.socket

    def wrap_socket(self, sock, *places, **options):
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close sends RST
        self.peer.close()
        assert select.select([sock], [], [], 5)[0]
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNRESET
        return super().wrap_socket(sock, *places, **options)


def test_a_peer_that_goes_just_before_the_handshake_leaves_no_socket_that_encrypts_nothing():
    context = _TooLate(ssl.PROTOCOL_TLS_CLIENT)
    settings = SmtpSettings("127.0.0.1", 465, "implicit", "board", "secret", None)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as wire:
        context.peer, _ = server.accept()
        conversation = Conversation(settings, wire, Deadline(5, time.monotonic))
        with pytest.raises(StopError) as stop:
            conversation.introduce(context)

    assert seen(stop.value.outcome) == (LATER, TRANSPORT, "reset")
    assert stop.value.outcome.detail.startswith("TLS: ")


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
