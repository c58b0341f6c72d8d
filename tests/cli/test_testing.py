"""`send-test` where the mailbox we send from can be read: which header fields come back, in plain words."""

from argparse import Namespace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from reminders.cli.boards import the_board
from reminders.cli.exits import Exit
from reminders.cli.testing import try_out
from reminders.transports.base import Found, Health, ReadableMailbox, Transport
from tests.fakes import ACCEPTED, LOCKED_OUT, REJECTED, ScriptedTransport, SetClock

PERSON, OURS = "m.evans@westberks.example", "reminders@westberks.example"
COUNTED = [
    "X-Reminder-Key",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "In-Reply-To",
    "References",
    "List-Id",
    "Reply-To",
]


class Exchange(Transport, ReadableMailbox):
    """Answers as told, and shows our mail in its own inbox at the nth look, with the changes a test wants."""

    name = "exchange"

    def __init__(self, *outcomes, looks=1, changes=None):
        self.outcomes = list(outcomes)
        self.looks = looks
        self.changes = changes or {}
        self.mails = []
        self.fields = {}

    def send(self, message, key, before_transmit):
        assert before_transmit()
        self.mails.append(message.recipient)
        self.fields[key] = dict(message_from_bytes(message.mime).items())
        return self.outcomes.pop(0) if self.outcomes else ACCEPTED

    def arrived(self, key):
        self.looks -= 1
        fields = {**self.fields[key], **self.changes}
        return None if self.looks > 0 else {name: value for name, value in fields.items() if value is not None}

    def bounces(self, _since):
        return ()

    def absent(self, _addresses):
        return frozenset()

    def find(self, _key):
        return Found.CANNOT_TELL

    def check(self):
        return Health(well=True, detail="well")

    def close(self):
        """Nothing is held open."""


@pytest.fixture
def try_with(house, capsys, monkeypatch):
    """Send the test mails; return the exit code, the lines printed and the seconds waited."""

    def run(transport, address=PERSON, **settings):
        for name, value in settings.items():
            monkeypatch.setenv(f"REMINDERS_{name}", value)
        board = the_board(Namespace(config=str(house.config), state=str(house.state), board=None))
        waited: list[float] = []
        code = try_out(board, transport, address, waited.append)
        return code, capsys.readouterr().out.splitlines(), sum(waited)

    return run


def test_a_transport_whose_mailbox_cannot_be_read_sends_one_mail(try_with):
    blind = ScriptedTransport(SetClock(datetime(2015, 1, 2, 8, tzinfo=UTC)))
    assert try_with(blind) == (0, ["accepted: 250 queued"], 0)
    assert [mail.to for mail in blind.tried] == [PERSON]


def test_a_second_mail_goes_to_the_mailbox_itself_and_its_header_fields_are_compared(try_with):
    exchange = Exchange()
    code, lines, waited = try_with(exchange)
    assert (code, waited, exchange.mails) == (0, 3, [PERSON, OURS])
    assert lines[:3] == [
        "accepted: 250 queued",
        "To the mailbox itself: accepted: 250 queued",
        "It came in. Of the header fields that count:",
    ]
    assert lines[3:] == [f"  {name}: kept" for name in COUNTED]


def test_a_field_that_was_lost_or_changed_is_named_with_what_that_means(try_with):
    changes = {"Message-ID": "<4711@outlook.example>", "Auto-Submitted": None, "Reply-To": None}
    _, lines, _ = try_with(Exchange(changes=changes))
    assert "  Message-ID: changed; the key counts instead" in lines
    assert "  Auto-Submitted: lost; X-Auto-Response-Suppress alone asks for no automatic replies" in lines
    assert "  Reply-To: lost; answers come to the mailbox itself" in lines
    assert sum(line.endswith(": kept") for line in lines) == len(COUNTED) - 3


def test_small_letters_folding_and_another_name_beside_an_address_are_no_change(try_with):
    changes = {
        "X-Auto-Response-Suppress": None,
        "x-auto-response-suppress": "OOF, AutoReply,\r\n RN, NRN",
        "Reply-To": "Somebody <BUSINESS.MANAGER@westberks.example>",
    }
    _, lines, _ = try_with(Exchange(changes=changes))
    assert lines[3:] == [f"  {name}: kept" for name in COUNTED]


def test_fewer_kinds_of_automatic_replies_are_a_change(try_with):
    _, lines, _ = try_with(Exchange(changes={"X-Auto-Response-Suppress": "OOF"}))
    assert "  X-Auto-Response-Suppress: changed; out-of-office replies may come back" in lines


def test_a_slow_mailbox_is_asked_for_half_a_minute(try_with):
    assert try_with(Exchange(looks=10))[2] == 30


def test_a_mail_that_does_not_come_in_is_said(try_with):
    code, lines, waited = try_with(Exchange(looks=11))
    assert (code, waited) == (0, 30)
    assert lines[-1] == "It did not come in within 30 seconds, or the inbox may not be read."


@pytest.mark.parametrize(("outcome", "expected"), [(LOCKED_OUT, 69), (REJECTED, 1)], ids=["all", "this one"])
def test_after_a_refusal_no_second_mail_is_tried(outcome, expected, try_with):
    exchange = Exchange(outcome)
    assert try_with(exchange)[0] == expected
    assert exchange.mails == [PERSON]


def test_a_refusal_by_the_mailbox_itself_counts(try_with):
    code, lines, waited = try_with(Exchange(ACCEPTED, REJECTED))
    assert (code, waited) == (1, 0)
    assert lines[-1] == "To the mailbox itself: rejected: 550 no such mailbox"


def test_with_redirect_to_both_would_go_elsewhere_and_only_one_does(try_with):
    exchange = Exchange()
    code, lines, _ = try_with(exchange, MAIL_REDIRECT_TO="trial@westberks.example")
    assert (code, exchange.mails) == (0, ["trial@westberks.example"])
    assert lines[0] == "mail.redirect_to is set: the mail goes there instead."
    assert "is not tried" in lines[-1]


def test_nobody_outside_the_allow_list_is_written_to(try_with):
    exchange = Exchange()
    with pytest.raises(Exit) as refused:
        try_with(exchange, "head@school.example")
    assert (refused.value.code, exchange.mails) == (78, [])
