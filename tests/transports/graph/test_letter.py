"""A mail as Graph's fields: everything that can be carried, and nothing it would refuse."""

import json
from base64 import b64decode
from email.message import EmailMessage

import pytest

from reminders.core.message import FinishedMessage
from reminders.transports.graph.letter import as_json
from reminders.transports.graph.verdicts import StopError
from tests.transports.graph_builders import KEY, MESSAGE, OF_ONE, REJECTED, once, seen


def a_mail(attachments=(), headers=(), **changes):
    mail = EmailMessage()
    mail["From"] = "LSCB plan reminders <elsewhere@westberks.example>"
    mail["To"] = "Münch Evans <elsewhere@westberks.example>"
    mail["Reply-To"] = "Business manager <business.manager@westberks.example>"
    mail["Subject"] = "Drei Maßnahmen sind fällig"
    for name, value in headers:
        mail[name] = value
    mail.set_content("5.2 is due")
    mail.add_alternative("<p>5.2 is <b>due</b></p>", subtype="html")
    for name, content in attachments:
        mail.add_attachment(content, maintype="text", subtype="calendar", filename=name)
    return FinishedMessage("reminders@westberks.example", "m.evans@westberks.example", mail.as_bytes(), **changes)


def fields(message):
    return json.loads(as_json(message, KEY))


def test_people_read_the_html_and_the_names():
    mail = fields(a_mail())

    assert (mail["subject"], mail["body"]["contentType"]) == ("Drei Maßnahmen sind fällig", "html")
    assert mail["body"]["content"].strip() == "<p>5.2 is <b>due</b></p>"
    assert mail["toRecipients"] == [{"emailAddress": {"name": "Münch Evans", "address": "m.evans@westberks.example"}}]
    assert mail["from"]["emailAddress"] == {"name": "LSCB plan reminders", "address": "reminders@westberks.example"}
    assert mail["replyTo"][0]["emailAddress"]["address"] == "business.manager@westberks.example"


def test_a_mail_without_html_is_text():
    assert fields(MESSAGE)["body"] == {"contentType": "text", "content": "5.2 Develop a joint protocol is due\n"}


def test_the_key_lies_in_a_property_of_our_own():
    assert fields(MESSAGE)["singleValueExtendedProperties"][0] == {
        "id": "String {7c5f1f0e-3d0b-4b0a-9a53-5f0f5a2c9e61} Name reminders-notice",
        "value": KEY,
    }


def test_headers_that_graph_refuses_go_as_properties_or_not_at_all():
    headers = [
        ("Message-ID", "<n.1@westberks.example>"),
        ("In-Reply-To", "<t.1@westberks.example>"),
        ("References", "<t.1@westberks.example>"),
        ("Thread-Topic", "Your actions"),
        ("Auto-Submitted", "auto-generated"),
        ("List-Id", "LSCB <plan.westberks.example>"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("X-Reminder-Key", KEY),
    ]
    mail = fields(a_mail(headers=headers))

    assert mail["internetMessageId"] == "<n.1@westberks.example>"
    assert mail["internetMessageHeaders"] == [
        {"name": "X-Auto-Response-Suppress", "value": "OOF, AutoReply"},
        {"name": "X-Reminder-Key", "value": KEY},
    ]
    assert mail["singleValueExtendedProperties"][1:] == [
        {"id": "String 0x1039", "value": "<t.1@westberks.example>"},
        {"id": "String 0x1042", "value": "<t.1@westberks.example>"},
        {"id": "String 0x0070", "value": "Your actions"},
    ]


def test_at_most_five_headers_go():
    mail = fields(a_mail(headers=[(f"X-{number}", "1") for number in range(7)]))

    assert [each["name"] for each in mail["internetMessageHeaders"]] == ["X-0", "X-1", "X-2", "X-3", "X-4"]


@pytest.mark.parametrize(("headers", "importance"), [([], "normal"), ([("Importance", "High")], "high")])
def test_importance_is_told(headers, importance):
    assert fields(a_mail(headers=headers))["importance"] == importance


def test_attachments_go_with_the_mail():
    (attachment,) = fields(a_mail(attachments=[("due.ics", b"BEGIN:VCALENDAR")]))["attachments"]

    assert (attachment["name"], attachment["contentType"]) == ("due.ics", "text/calendar")
    assert attachment["@odata.type"] == "#microsoft.graph.fileAttachment"
    assert b64decode(attachment["contentBytes"]) == b"BEGIN:VCALENDAR"


@pytest.mark.parametrize(
    ("attachments", "words"),
    [
        ([("one.ics", b"x" * 3_000_000)], "an attachment of 3 MB or more"),
        ([("one.ics", b"x" * 1_600_000), ("two.ics", b"x" * 1_600_000)], "a mail of more than 4 MB"),
    ],
    ids=["attachment", "mail"],
)
def test_what_graph_cannot_carry_is_refused_in_words(attachments, words):
    with pytest.raises(StopError) as stopped:
        as_json(a_mail(attachments=attachments), KEY)

    assert seen(stopped.value.outcome) == (REJECTED, OF_ONE, "too-large")
    assert words in stopped.value.outcome.detail


def test_the_server_takes_all_of_it(authority):
    message = a_mail(attachments=[("due.ics", b"x")], headers=[("References", "<t.1@x>"), ("X-Reminder-Key", KEY)])
    _, server = once(authority, message=message)

    assert server.cloud.left == [fields(message)]
