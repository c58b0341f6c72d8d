"""Refusals as real servers word them: whose fault each is, and what a person is told to mend."""

import pytest

from tests.transports.smtp_builders import LATER, OF_ONE, REJECTED, TRANSPORT, once

OUR_SENDER = "ask its administrator to let our login use it"
OUR_LOGIN = "see mail.smtp.username and its password"
OUR_TLS = "set mail.smtp.tls to starttls or implicit"
RELAY = "ask its administrator to let this machine relay"
OUR_MACHINE = "ask its administrator to permit its address and name"
FULL = "its administrator must make room, or open it again"


@pytest.mark.parametrize(
    ("answer", "mend"),
    [
        ("554 5.7.1 <m.evans@westberks.example>: Relay access denied", RELAY),
        ("454 4.7.1 <m.evans@westberks.example>: Relay access denied", RELAY),
        ("550 5.7.1 m.evans@westberks.example... Relaying denied. Proper authentication required.", OUR_LOGIN),
        ("550 5.7.1 Unable to relay", RELAY),
        ("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", RELAY),
        ("550 relay not permitted", RELAY),
        ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", RELAY),
        ("554 5.7.1 <board[192.0.2.7]>: Client host rejected: Access denied", OUR_MACHINE),
        ("554 5.7.1 client host not permitted", OUR_MACHINE),
        ("450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]", OUR_MACHINE),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using bl.example", OUR_MACHINE),
        ("504 5.5.2 <board>: Helo command rejected: need fully-qualified hostname", OUR_MACHINE),
        ("550 5.7.708 Service unavailable. Access denied, traffic not accepted", OUR_MACHINE),
        ("530 5.7.0 Must issue a STARTTLS command first", OUR_TLS),
        ("538 5.7.11 Encryption required for this mechanism", OUR_TLS),
        ("530 5.7.0 Authentication required", OUR_LOGIN),
        ("530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM", OUR_LOGIN),
        ("550 authentication required", OUR_LOGIN),
        ("553 5.7.1 <reminders@westberks.example>: Sender address rejected: not owned by user board", OUR_SENDER),
        ("450 4.1.8 <reminders@westberks.example>: Sender address rejected: Domain not found", OUR_SENDER),
        ("550 Sender verify failed", OUR_SENDER),
        ("452 4.3.1 Insufficient system resources", FULL),
        ("453 4.3.2 System not accepting network messages", FULL),
    ],
)
def test_a_refusal_of_us_stops_the_run_and_says_what_to_mend(answer, mend):
    outcome, server = once({"RCPT": answer})

    assert (outcome.verdict, outcome.scope) == (REJECTED if answer[0] == "5" else LATER, TRANSPORT)
    assert outcome.detail.endswith(f"{mend})")
    assert server.mails == []


@pytest.mark.parametrize(
    ("answer", "mend"),
    [
        ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", OUR_SENDER),
        ("550 5.7.1 Client does not have permissions to send as this sender", OUR_SENDER),
        ("554 5.2.252 SendAsDenied; not allowed to send as this mailbox", OUR_SENDER),
        ("550 5.7.26 Unauthenticated email is not accepted due to the domain's policy", OUR_SENDER),
        ("550 5.7.1 message fails DMARC", OUR_SENDER),
    ],
)
def test_a_refusal_of_us_is_known_after_the_dot_too(answer, mend):
    outcome, _ = once({"DOT": answer})

    assert (outcome.verdict, outcome.scope, outcome.detail.endswith(f"{mend})")) == (REJECTED, TRANSPORT, True)


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.1.1 <m.evans@westberks.example>: Recipient address rejected: User unknown in relay recipient table",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup",
        "550 5.2.1 mailbox disabled: the user must log in first",
        "550 5.4.1 Recipient address rejected: Access denied",
        "550 5.7.1 recipient refused by policy",
        "554 5.7.1 <m.evans@westberks.example>: Recipient address rejected: Access denied, no client host is welcome",
        "550 5.7.1 relay3.example does not deliver to this mailbox",
        "550 5.7.133 authentication required for this group",
        "450 4.7.1 Greylisted, come back later",
        "550 no such user",
    ],
)
def test_a_refusal_of_one_reader_is_that_mails_alone(answer):
    outcome, _ = once({"RCPT": answer})

    assert outcome.scope is OF_ONE
    assert "(" not in outcome.detail


def test_a_relay_that_refuses_us_is_asked_again_on_the_same_connection():
    outcome, server = once({"RCPT": ["550 5.7.1 Unable to relay"]})

    assert (outcome.code, server.verbs) == ("550 5.7.1", ["ehlo", "MAIL", "RCPT", "RSET", "QUIT"])
