from dataclasses import replace
from email import message_from_bytes

import pytest

from reminders.ledger.base import Search, State
from tests.status.house import shown

BOARD = "/b/west-berkshire-local-safeguarding-children-board"


@pytest.fixture(scope="session")
def sent(house):
    """A reminder that left."""
    found = house.ledger.find(Search(state=State.SENT), 0, 50).entries
    return house.ledger.entry(next(each.id for each in found if each.new.kind == "reminder" and not each.bounced))


def test_the_list_shows_who_got_what_and_what_became_of_it(house, client):
    page = client.get(f"{BOARD}/sent").text
    assert f"{house.ledger.find(Search(), 0, 0).total} emails." in page
    for word in ("Held", "Uncertain", "Not delivered", "Bounced", "Accepted", "Trial"):
        assert f">{word}</span>" in page


def test_the_form_remembers_what_was_asked(client):
    page = client.get(f"{BOARD}/sent?state=held").text
    assert '<option value="held" selected>Held</option>' in page
    assert "1 email." in page


def test_what_is_not_there_is_said_so(client):
    assert "The ledger holds nothing like that." in client.get(f"{BOARD}/sent?state=expired").text


def test_an_entry_shows_its_mail_its_headers_the_answer_and_its_moves(client, sent):
    page = client.get(f"{BOARD}/sent/{sent.id}").text
    assert f'src="{BOARD}/sent/{sent.id}/mail" sandbox' in page
    assert f"X-Reminder-Key: {sent.key}" in page
    assert f"<dd>{sent.reply}</dd>" in page
    assert [
        each for each in ("Waiting", "In hand", "Leaving", "Accepted") if f'<td role="cell">{each}</td>' not in page
    ] == []


def test_a_mail_is_shown_as_it_was_made_in_a_sandbox(client, sent):
    answer = client.get(f"{BOARD}/sent/{sent.id}/mail")
    html = message_from_bytes(sent.new.mime).get_payload()
    assert html
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "sandbox; default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_the_very_bytes_can_be_had(client, sent):
    answer = client.get(f"{BOARD}/sent/{sent.id}/mail.eml")
    assert (answer.data, answer.mimetype) == (sent.new.mime, "message/rfc822")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{sent.key}.eml"'


class _Forgetful:
    """A ledger after retention: its texts and addresses have gone."""

    def __init__(self, ledger):
        self._ledger = ledger

    def __getattr__(self, name):
        return getattr(self._ledger, name)

    def entry(self, number):
        entry = self._ledger.entry(number)
        return replace(entry, new=replace(entry.new, mime=b"", address="", subject=""))


def test_a_text_that_is_kept_no_longer_is_said_to_be_gone(house, sent):
    after = replace(house.after, service=replace(house.after.service, ledger=_Forgetful(house.ledger)))
    client = shown(house, after).client()
    page = client.get(f"{BOARD}/sent/{sent.id}").text
    assert "Its text is kept no longer." in page
    assert "the address is kept no longer" in page
    assert "<h1>Reminder of 2 March 2015</h1>" in page
    assert [client.get(f"{BOARD}/sent/{sent.id}/{each}").status_code for each in ("mail", "mail.eml")] == [410, 410]
