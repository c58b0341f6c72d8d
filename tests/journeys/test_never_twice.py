"""Nobody is told twice and nothing is lost: what an operator sees when an address is refused that is good."""

import pytest

from tests.transports.smtp_server import an_smtp_server

GARNETT = "g.garnett@westberks.example"
REFUSAL = "550 5.1.1 no such mailbox"


@pytest.fixture
def refused(house, monkeypatch):
    """The example's first day by SMTP, on which the server took a good address for a wrong one; it has learnt since."""
    with an_smtp_server(unlucky={GARNETT: ("RCPT", REFUSAL)}) as server:
        ways = {"TRANSPORT": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_TLS": "none"}
        for name, value in ways.items():
            monkeypatch.setenv(f"REMINDERS_MAIL_{name}", value)
        assert house.run("once", "--as-of", "2015-01-02T08:00").code == 1
        yield house, server


def to_garnett(house):
    return [entry for entry in house.ledger("reminder") if entry["address"] == GARNETT]


def test_an_address_that_is_good_after_all_is_sent_what_is_owed_on_the_next_working_day(refused):
    house, server = refused
    (failed,) = to_garnett(house)
    assert f"ledger resend {failed['id']}`" in house.run("ledger", "G Garnett").out
    done = house.run("ledger", "resend", str(failed["id"]))
    assert (done.code, "counts as good again" in done.out) == (0, True)
    before = len(server.mails)
    assert house.run("once", "--as-of", "2015-01-02T09:00").code == 0
    assert len(server.mails) == before
    house.run("once", "--as-of", "2015-01-05T08:00")
    _, told = to_garnett(house)
    assert (told["state"], told["refs"]) == ("sent", failed["refs"])
    assert [mail.recipient for mail in server.mails].count(GARNETT) == 1


def test_what_was_refused_stays_on_record_with_who_stood_up_for_it(refused):
    house, _ = refused
    (failed,) = to_garnett(house)
    house.run("ledger", "resend", str(failed["id"]))
    (still,) = to_garnett(house)
    assert (still["state"], "no such mailbox" in still["reply"]) == ("failed", True)
    assert "failed (address-good), by the operator" in house.run("ledger", str(failed["id"])).out


def test_without_that_word_a_refused_address_is_tried_no_more(refused):
    house, server = refused
    house.run("once", "--as-of", "2015-01-05T08:00")
    assert GARNETT not in [mail.recipient for mail in server.mails]


def test_what_arrived_is_not_sent_again(refused):
    house, _ = refused
    sent = next(entry for entry in house.ledger("reminder") if entry["state"] == "sent")
    done = house.run("ledger", "resend", str(sent["id"]))
    assert (done.code, f"{sent['id']} is sent, not uncertain" in done.err) == (64, True)
