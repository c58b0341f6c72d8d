import logging
import subprocess
import sys
from dataclasses import replace

import pytest

from reminders.transports.base import Found, Outcome
from reminders.transports.ews import EwsSettings, EwsTransport
from tests.transports.ews_builders import (
    ACCEPTED,
    KEY,
    LATER,
    MESSAGE,
    OF_ONE,
    OTHER_KEY,
    REJECTED,
    TRANSPORT,
    UNKNOWN,
    Fence,
    Hands,
    a_transport,
    a_way,
    once,
    seen,
    send,
)
from tests.transports.ews_server import RESET, After, Code, Http, Soap, an_ews_server


def texts(message, path):
    return [each.text for each in message.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))]


def properties(message):
    return {
        each[0].get("PropertyName") or each[0].get("PropertyTag"): each.findtext("{*}Value")
        for each in message.iterfind("{*}ExtendedProperty")
    }


# What is said


def test_the_first_send_is_one_request():
    outcome, server = once()

    assert outcome == Outcome(ACCEPTED, OF_ONE, "NoError", "taken by Exchange")
    assert (server.posts, server.connections) == (["CreateItem"], 1)


def test_a_mail_is_said_in_fields():
    _, server = once()

    [message] = server.mailboxes.sent
    assert texts(message, "Subject") == ["Your actions é 5.2"]
    assert texts(message, "Body") == ["<p>5.2 Develop a joint protocol is due</p>"]
    assert texts(message, "From/Mailbox/EmailAddress") == ["reminders@westberks.example"]
    assert texts(message, "From/Mailbox/Name") == ["LSCB plan reminders"]
    assert texts(message, "ReplyTo/Mailbox/EmailAddress") == ["business.manager@westberks.example"]
    assert (
        texts(message, "InReplyTo") + texts(message, "References")
        == ["<t.0000456789abcdef01234567@westberks.example>"] * 2
    )


def test_the_envelope_alone_says_who_gets_it():
    _, server = once()

    [message] = server.mailboxes.sent
    assert texts(message, "ToRecipients/Mailbox/EmailAddress") == ["m.evans@westberks.example"]
    assert texts(message, "CcRecipients/Mailbox/EmailAddress") == []


def test_the_key_and_the_headers_travel_as_properties():
    _, server = once()

    [message] = server.mailboxes.sent
    assert properties(message) == {
        "reminders-notice": KEY,
        "0x1035": f"<n.{KEY}@westberks.example>",
        "0x3fdf": "60",
        "x-auto-response-suppress": "OOF, AutoReply, RN, NRN",
        "x-reminder-key": KEY,
    }


def test_a_mail_without_html_is_sent_as_text():
    plain = replace(MESSAGE, mime=b"Subject: x\r\n\r\n5.2 is due\r\n")
    with a_way() as (server, transport):
        send(transport, plain)

    [message] = server.mailboxes.sent
    assert (message.find("{*}Body").get("BodyType"), texts(message, "Body")) == ("Text", ["5.2 is due\n"])


def test_importance_and_attachments_go_along():
    mime = (
        b"Subject: x\r\nImportance: high\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n"
        b"Content-Type: text/html\r\n\r\n<p>5.2</p>\r\n--b\r\nContent-Type: text/calendar\r\n"
        b'Content-Disposition: attachment; filename="dates.ics"\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n'
    )
    with a_way() as (server, transport):
        send(transport, replace(MESSAGE, mime=mime))

    [message] = server.mailboxes.sent
    assert texts(message, "Importance") == ["High"]
    assert texts(message, "Attachments/FileAttachment/Name") == ["dates.ics"]
    assert texts(message, "Attachments/FileAttachment/ContentType") == ["text/calendar"]


def test_what_ews_cannot_say_is_refused_before_anything_leaves():
    too_long = replace(MESSAGE, mime=b"Subject: " + b"x" * 300 + b"\r\n\r\ny\r\n")
    with a_way() as (server, transport):
        outcome = send(transport, too_long)

    assert (seen(outcome), server.connections) == ((REJECTED, OF_ONE, "malformed"), 0)


# The fence


def test_the_fence_is_asked_once_when_a_connection_stands_and_nothing_was_said():
    with a_way() as (server, transport):
        asked = []

        def before_transmit():
            asked.append(list(server.posts))
            return True

        send(transport, fence=before_transmit)

    assert (asked, server.connections) == ([[]], 1)


def test_a_lost_fence_says_nothing():
    with a_way() as (server, transport):
        outcome = send(transport, fence=lambda: False)

    assert (seen(outcome), server.posts, server.refused) == ((LATER, OF_ONE, "fence-lost"), [], 0)


@pytest.mark.parametrize("error", [OSError("disk"), TimeoutError(), RuntimeError("gone"), ValueError("odd")], ids=repr)
def test_a_ledger_that_fails_is_heard_as_it_is(error):
    def before_transmit():
        raise error

    with a_way() as (server, transport), pytest.raises(type(error)) as heard:
        send(transport, fence=before_transmit)

    assert (heard.value, server.posts) == (error, [])


def test_the_fence_is_not_asked_where_no_connection_comes_about():
    with an_ews_server() as server:
        pass
    fence = Fence()
    with a_transport(server) as transport:
        outcome = send(transport, fence=fence)

    assert (outcome.verdict, fence.asked) == (LATER, 0)


# What stays and what goes


def test_mails_share_a_connection_and_need_one_request_each():
    with a_way() as (server, transport):
        for key in (KEY, OTHER_KEY):
            send(transport, key=key)

    assert (server.posts, server.connections) == (["CreateItem"] * 2, 1)


def test_a_connection_that_was_idle_is_not_trusted():
    clock = Hands()
    with a_way(monotonic=clock) as (server, transport):
        send(transport)
        clock.now += 31
        send(transport, key=OTHER_KEY)

    assert (server.posts, server.connections) == (["CreateItem"] * 2, 2)


@pytest.mark.parametrize("fault", [Http(503), Code("ErrorServerBusy"), RESET, Soap("ErrorServerBusy")], ids=repr)
def test_the_next_mail_leaves_after_any_fault(fault):
    with a_way({"CreateItem": [fault]}) as (server, transport):
        send(transport)
        outcome = send(transport, key=OTHER_KEY)

    assert (outcome.verdict, len(server.mailboxes.sent)) == (ACCEPTED, 1)


def test_two_transports_to_one_server_keep_their_own_settings():
    with an_ews_server() as server, a_transport(server, timeout=5) as one, a_transport(server, password="old") as two:
        outcomes = [send(one), send(two), send(one, key=OTHER_KEY)]

    assert [outcome.verdict for outcome in outcomes] == [ACCEPTED, REJECTED, ACCEPTED]


def test_a_lost_answer_is_unknown_and_found_again_without_a_second_mail():
    with a_way({"CreateItem": [After(RESET)]}) as (server, transport):
        outcome = send(transport)
        found = transport.find(KEY)

    assert (seen(outcome), found) == ((UNKNOWN, OF_ONE, "reset"), Found.SENT)
    assert server.posts == ["CreateItem", "FindItem"]


def test_a_request_that_was_lost_on_its_way_is_unknown_and_then_absent():
    with a_way({"CreateItem": [RESET]}) as (_, transport):
        outcome = send(transport)
        found = transport.find(KEY)

    assert (outcome.verdict, found) == (UNKNOWN, Found.ABSENT)


def test_each_mail_leaves_once_through_busy_answers_and_lost_ones():
    keys = [f"{number:024x}" for number in range(100)]
    troubled = [Code("ErrorServerBusy") if n % 10 == 3 else After(RESET) if n % 50 == 7 else None for n in range(100)]
    with a_way({"CreateItem": troubled}) as (server, transport):
        waiting = [key for key in keys if send(transport, key=key).verdict is not ACCEPTED]
        for key in waiting:
            if transport.find(key) is Found.ABSENT:
                send(transport, key=key)

    assert sorted(properties(message)["reminders-notice"] for message in server.mailboxes.sent) == keys
    assert len(waiting) == 12


# What is shown


def test_no_outcome_and_no_log_shows_an_address_the_mail_or_the_password(caplog):
    caplog.set_level(logging.DEBUG)
    faults = [Http(500), Code("ErrorMailRecipientNotFound"), Soap("ErrorServerBusy"), Http(200), RESET, None]
    with a_way({"CreateItem": faults}) as (_, transport):
        outcomes = [send(transport) for _ in faults]
        send(transport, replace(MESSAGE, mime=b"Subject: " + b"x" * 300 + b"\r\n\r\nprotocol\r\n"))

    shown = f"{outcomes!r}\n{caplog.text}"
    assert [word for word in ("evans", "protocol", "s3cret", "Ym9hcmQ6") if word in shown] == []


def test_settings_show_no_secret():
    settings = EwsSettings("https://mail.example/EWS", "a@b.example", password="pw-1", client_secret="pw-2")

    assert "pw-" not in repr(settings)


def test_clear_text_is_refused_but_on_this_machine():
    transport = EwsTransport(EwsSettings("http://mail.example/EWS/Exchange.asmx", "a@b.example", "basic", "u", "p"))

    outcome = send(transport)

    assert seen(outcome) == (REJECTED, TRANSPORT, "clear-text")
    assert outcome.detail == "nothing is sent in clear text; write https:// in mail.ews.url"


@pytest.mark.parametrize("name", ["smtp", "folder", "base"])
def test_other_transports_never_load_exchangelib(name):
    program = f"import sys, reminders.wiring, reminders.transports.{name}; print('exchangelib' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_msal_is_loaded_for_applications_only():
    program = "import sys, reminders.transports.ews; print('msal' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
