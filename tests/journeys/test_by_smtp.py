"""The whole program against a real SMTP server on loopback."""

import socket

import pytest
from aiosmtpd.controller import Controller


class PostOffice:
    """Takes every mail but those to one mailbox that does not exist."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("g.garnett@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.taken.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return f"250 2.0.0 queued as Q{len(self.taken)}"


@pytest.fixture
def office():
    return PostOffice()


@pytest.fixture
def by_smtp(house, office, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(office, hostname="127.0.0.1", port=port)
    server.start()
    settings = {"TRANSPORT": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_TLS": "none"}
    for name, value in settings.items():
        monkeypatch.setenv(f"REMINDERS_MAIL_{name}", value)
    yield house
    server.stop()


def test_each_lead_gets_one_mail_and_a_refused_address_is_told_to_manager_and_ops(by_smtp, office):
    ran = by_smtp.run("once", "--as-of", "2015-01-02T08:00")
    recipients = [recipient for _, recipients, _ in office.taken for recipient in recipients]
    assert ran.code == 1
    assert len(recipients) == len(set(recipients)) == 13
    assert {"ops@westberks.example", "business.manager@westberks.example"} < set(recipients)
    assert {sender for sender, _, _ in office.taken} == {"reminders@westberks.example"}
    (failed,) = [entry for entry in by_smtp.ledger() if entry["state"] == "failed"]
    assert (failed["person"], failed["reasons"]) == ("G Garnett", ["due", "bad-address"])
    assert "no such mailbox" in failed["reply"]


def test_a_second_run_mails_nobody(by_smtp, office):
    by_smtp.run("once", "--as-of", "2015-01-02T08:00")
    before = len(office.taken)
    assert by_smtp.run("once", "--as-of", "2015-01-02T08:30").code == 0
    assert len(office.taken) == before


def test_a_server_that_is_down_loses_nothing(by_smtp, office, monkeypatch):
    monkeypatch.setenv("REMINDERS_MAIL_SMTP_PORT", "1")
    down = by_smtp.run("once", "--as-of", "2015-01-02T08:00")
    assert down.code == 69
    assert office.taken == []
    monkeypatch.undo()
    assert {entry["state"] for entry in by_smtp.ledger("reminder")} == {"planned"}


def test_a_corrected_address_hears_on_the_next_working_day(by_smtp):
    by_smtp.run("once", "--as-of", "2015-01-02T08:00")
    by_smtp.edit("directory.yaml", "g.garnett@westberks.example", "gail.garnett@westberks.example")
    assert by_smtp.run("once", "--as-of", "2015-01-02T09:00").code == 0
    by_smtp.run("once", "--as-of", "2015-01-05T08:00")
    (told,) = [entry for entry in by_smtp.ledger("reminder") if entry["address"].startswith("gail.")]
    assert (told["state"], told["reasons"]) == ("sent", ["late"])


def test_redirect_to_sends_everything_to_one_address(by_smtp, office, monkeypatch):
    monkeypatch.setenv("REMINDERS_MAIL_REDIRECT_TO", "trial@westberks.example")
    by_smtp.run("once", "--as-of", "2015-01-02T08:00")
    assert {recipients for _, recipients, _ in office.taken} == {("trial@westberks.example",)}
    assert {entry["audience"] for entry in by_smtp.ledger()} == {"trial"}
    assert len(by_smtp.ledger("reminder")) == 12


def test_send_test_says_what_the_server_answered(by_smtp, office):
    ran = by_smtp.run("send-test", "ops@westberks.example")
    assert (ran.code, ran.out) == (0, "accepted: 250 2.0.0 queued as Q1\n")
    assert office.taken[0][1] == ("ops@westberks.example",)


def test_send_test_writes_to_nobody_outside_the_allow_list(by_smtp, office):
    assert by_smtp.run("send-test", "somebody@elsewhere.example").code == 78
    assert office.taken == []


def test_check_connect_says_what_was_proven_and_mails_nobody(by_smtp, office):
    ran = by_smtp.run("check", "--connect")
    assert ran.code == 0
    assert "Mail by smtp: 127.0.0.1:" in ran.out
    assert (
        "answers in clear text, without a login. Whether it takes mail for every lead's domain only a mail" in ran.out
    )
    assert "To do:" not in ran.out
    assert office.taken == []


def test_check_connect_says_what_a_site_has_still_to_do(by_smtp, monkeypatch):
    monkeypatch.setenv("REMINDERS_MAIL_SMTP_HOST", "127.1")  # this machine too, but not by a name that says so
    ran = by_smtp.run("check", "--connect")
    assert ran.code == 0
    assert "  To do: Mails cross the network in clear text: set mail.smtp.tls to starttls" in ran.out
