from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reminders.transports.base import Bounce, Found
from tests.transports.ews_builders import KEY, MAILBOX, MESSAGE, OTHER_KEY, Hands, a_way, send
from tests.transports.ews_mailboxes import Mailboxes
from tests.transports.ews_server import FOLDERS, HANG, Code, Http, Soap

SINCE = datetime(2015, 1, 2, 8, tzinfo=UTC)
FAULTS = [Http(503), Http(200), Soap("ErrorServerBusy"), Code("ErrorAccessDenied"), HANG]


def ask(question, script=None, **changes):
    with a_way(script, **changes) as (server, transport):
        return question(transport), server


# find


def test_find_tells_sent_from_absent():
    with a_way() as (server, transport):
        send(transport)
        found = [transport.find(KEY), transport.find(OTHER_KEY)]

    assert (found, server.posts) == ([Found.SENT, Found.ABSENT], ["CreateItem", "FindItem", "FindItem"])


@pytest.mark.parametrize("folder", ["outbox", "drafts"])
def test_what_exchange_holds_back_is_queued(folder):
    with a_way() as (server, transport):
        server.mailboxes.waits_in = folder
        send(transport)
        found = transport.find(KEY)

    assert found is Found.QUEUED


def test_a_copy_in_sent_items_outweighs_one_in_drafts():
    with a_way() as (server, transport):
        for folder in ("drafts", "sentitems"):
            server.mailboxes.waits_in = folder
            send(transport)

        assert transport.find(KEY) is Found.SENT


@pytest.mark.parametrize("folder", ["sentitems", "outbox", "drafts"])
def test_a_folder_that_may_not_be_read_leaves_find_without_an_answer(folder):
    with a_way() as (server, transport):
        server.mailboxes.forbidden = (folder,)

        assert transport.find(KEY) is Found.CANNOT_TELL


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_find_cannot_tell_when_the_server_fails(fault):
    found, _ = ask(lambda transport: transport.find(KEY), {"FindItem": [fault]}, timeout=0.5)

    assert found is Found.CANNOT_TELL


# check


def test_check_asks_once_for_our_rights():
    health, server = ask(lambda transport: transport.check(), auth="basic")

    assert (health.well, health.detail, server.posts) == (True, "the Exchange server takes our login", ["GetFolder"])
    assert health.to_do == (
        "Basic sends the password with every request; use mail.ews.auth: ntlm where the server has it",
    )


@pytest.mark.parametrize("manner", ["forbidden", "unreadable"])
def test_check_names_what_may_not_be_read(manner):
    with a_way() as (server, transport):
        setattr(server.mailboxes, manner, ("inbox", "drafts"))
        health = transport.check()

    assert health.well
    assert health.to_do[:2] == (
        "Drafts cannot be read, so a mail that waits there is not found; grant Full Access to the mailbox",
        "Inbox cannot be read, so reports of mails not delivered are not seen; grant Full Access to the mailbox",
    )


@pytest.mark.parametrize("lack", [{"forbidden": FOLDERS}, {"read_only": True}], ids=["nothing", "read only"])
def test_check_is_not_well_where_no_copy_can_be_kept(lack):
    with a_way(server={"mailboxes": Mailboxes(**lack)}) as (_, transport):
        health = transport.check()

    assert not health.well
    assert health.detail.startswith("ErrorAccessDenied: the account may not use the mailbox; grant it Full Access")


def test_check_is_not_well_where_the_login_is_refused():
    health, _ = ask(lambda transport: transport.check(), password="old")

    assert health.detail == (
        "HTTP 401: the login is not accepted; see username and password (or the application) under mail.ews"
    )


# bounces


def bounced(*puts, since=SINCE):
    with a_way() as (server, transport):
        for fields in puts:
            received = {"item_ItemClass": "REPORT.IPM.Note.NDR", "item_DateTimeReceived": "2015-01-02T09:00:00Z"}
            server.mailboxes.put("inbox", **received | fields)
        return transport.bounces(since), server


AT = datetime(2015, 1, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"item_TextBody": f"#550 5.1.1 RESOLVER.ADR.RecipNotFound\nMessage-ID: <n.{KEY}@westberks.example>"},
        {"item_TextBody": f"Remote server returned 550 5.1.1\r\nX-Reminder-Key: {KEY}\r\nSubject: x"},
        {"item_InReplyTo": f"<n.{KEY}@westberks.example>", "item_TextBody": "5.1.1"},
        {"message_References": f"<t.{OTHER_KEY}@b.example> <n.{KEY}@westberks.example>", "item_TextBody": "5.1.1"},
        {"header:x-reminder-key": KEY, "item_TextBody": "5.1.1"},
    ],
    ids=["Message-ID in the text", "header in the text", "In-Reply-To", "References", "property"],
)
def test_a_report_is_matched_to_its_mail(fields):
    found, server = bounced(fields)

    assert (found, server.posts) == ((Bounce(KEY, "5.1.1", AT),), ["FindItem", "GetItem"])


def test_a_report_without_a_status_says_undelivered():
    found, _ = bounced({"item_TextBody": f"<n.{KEY}@westberks.example> from 10.5.1.12, 5.1.1.1"})

    assert found == (Bounce(KEY, "undelivered", AT),)


def test_reports_of_others_earlier_ones_and_other_mails_are_not_bounces():
    ours = f"5.1.1 <n.{KEY}@westberks.example>"
    found, _ = bounced(
        {"item_TextBody": "5.1.1 <somebody@else.example>"},
        {"item_TextBody": ours, "item_DateTimeReceived": "2015-01-02T07:59:59Z"},
        {"item_TextBody": ours, "item_ItemClass": "IPM.Note"},
        {"item_TextBody": ours, "item_ItemClass": "REPORT.IPM.Note.DR"},
    )

    assert found == ()


def test_no_reports_are_one_request():
    found, server = bounced()

    assert (found, server.posts) == ((), ["FindItem"])


def test_a_flood_of_reports_is_read_in_part():
    found, server = bounced(*[{"item_TextBody": f"5.1.1 <n.{KEY}@westberks.example>"}] * 130)

    assert (len(found), server.posts) == (100, ["FindItem", "GetItem"])


# absent


def test_who_is_away_is_asked_in_one_request():
    everybody = [f"{name}@westberks.example" for name in ("M.Evans", "i.mundy", "c.gill")]
    with a_way() as (server, transport):
        server.mailboxes.away = ("m.evans@westberks.example", "d.daly@westberks.example")
        away = transport.absent(everybody)

    assert (away, server.posts) == ({"M.Evans@westberks.example"}, ["GetMailTips"])


def test_nobody_is_asked_about_nobody():
    away, server = ask(lambda transport: transport.absent([]))

    assert (away, server.posts) == (frozenset(), [])


# arrived


def test_a_mail_to_ourselves_is_found_with_its_headers():
    with a_way() as (server, transport):
        before = transport.arrived(KEY)
        send(transport, replace(MESSAGE, recipient=MAILBOX))
        after = transport.arrived(KEY)

    assert before is None
    assert after == {"x-auto-response-suppress": "OOF, AutoReply, RN, NRN", "x-reminder-key": KEY}
    assert server.posts == ["FindItem", "CreateItem", "FindItem", "GetItem"]


@pytest.mark.parametrize(
    ("operation", "question", "nothing"),
    [
        ("FindItem", lambda transport: transport.bounces(SINCE), ()),
        ("GetMailTips", lambda transport: transport.absent(["m.evans@westberks.example"]), frozenset()),
        ("FindItem", lambda transport: transport.arrived(KEY), None),
    ],
    ids=["bounces", "absent", "arrived"],
)
@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_a_mailbox_that_does_not_answer_knows_nothing(operation, question, nothing, fault):
    answer, _ = ask(question, {operation: [fault]}, timeout=0.5)

    assert answer == nothing


def test_a_question_after_a_rest_is_asked_on_a_fresh_connection():
    clock = Hands()
    with a_way(monotonic=clock) as (server, transport):
        transport.find(KEY)
        clock.now += 31
        found = transport.find(KEY)

    assert (found, server.connections) == (Found.ABSENT, 2)
