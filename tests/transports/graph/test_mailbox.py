"""What else the mailbox can be asked; no answer is ever an exception."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from reminders.clock import real_clock
from reminders.transports.base import Bounce
from tests.transports.graph_builders import KEY, OTHER_KEY, a_way
from tests.transports.graph_cloud import Answer, Item, error
from tests.transports.graph_server import HANG, RESET

AT = datetime(2015, 1, 5, 8, 30, tzinfo=UTC)
NDR = "REPORT.IPM.Note.NDR"
REPORT = f"""\
MIME-Version: 1.0
Subject: Undeliverable: Your actions
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+WW91ciBtZXNzYWdlIGNvdWxkbid0IGJlIGRlbGl2ZXJlZC48L3A+

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.westberks.example

Final-Recipient: rfc822;m.evans@westberks.example
Action: failed
Status: 5.1.10

--b
Content-Type: message/rfc822

Subject: Your actions
Message-ID: <replaced-by-exchange@westberks.example>
X-Reminder-Key:
 {KEY}

5.2 is due
--b--
"""
HEADERS_ONLY = f"""\
Subject: Undeliverable
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Remote server returned '550 5.4.1 Recipient address rejected'

Original Message Headers:
Message-ID: <n.{KEY}@westberks.example>
--b--
"""


def put_report(server, mime, made=AT, kind=NDR):
    server.cloud.put(Item("inbox", {"subject": "Undeliverable"}, made=made, mime=mime.encode(), kind=kind))


def bounces(authority, *reports, since=AT - timedelta(hours=1), faults=None, **changes):
    with a_way(authority, faults, **changes) as (server, transport):
        for report in reports:
            put_report(server, *report)
        return transport.bounces(since)


@pytest.mark.parametrize(
    ("mime", "code"),
    [
        (REPORT, "5.1.10"),
        (HEADERS_ONLY, "5.4.1"),
        (REPORT.replace("Status: 5.1.10", "Status: 4.4.7"), "4.4.7"),
        (REPORT.replace("Status: 5.1.10\n", ""), "undelivered"),
        (HEADERS_ONLY.replace("5.4.1", "1.5.4.1"), "undelivered"),
    ],
    ids=["status", "in words", "given up", "no code", "no status"],
)
def test_a_report_is_matched_to_its_notice_by_key(authority, mime, code):
    assert bounces(authority, (mime,)) == (Bounce(KEY, code, AT),)


def test_a_report_whose_mail_is_attached_in_full_is_matched(authority):
    mail, report = EmailMessage(), EmailMessage()
    mail["X-Reminder-Key"] = KEY
    mail.set_content("5.2 is due")
    report.set_content("Delivery has failed")
    report.add_attachment(mail)

    assert [bounce.key for bounce in bounces(authority, (report.as_string(),))] == [KEY]


def test_reports_come_newest_first_and_only_since_then(authority):
    other = REPORT.replace(KEY, OTHER_KEY)
    found = bounces(authority, (other, AT + timedelta(hours=2)), (REPORT, AT), (REPORT, AT - timedelta(hours=2)))

    assert [bounce.key for bounce in found] == [OTHER_KEY, KEY]


@pytest.mark.parametrize("kind", ["IPM.Note", "REPORT.IPM.Note.Delayed", "REPORT.IPM.Note.DR"])
def test_other_mails_are_no_reports(authority, kind):
    assert bounces(authority, (REPORT, AT, kind)) == ()


@pytest.mark.parametrize("mime", ["", "Subject: x", REPORT.replace(KEY, "somebody-elses"), "\0\r\n--b"])
def test_reports_of_other_peoples_mails_are_left_alone(authority, mime):
    assert bounces(authority, (mime,)) == ()


def test_reports_read_before_a_fault_count(authority):
    reports = [(REPORT, AT), (REPORT.replace(KEY, OTHER_KEY), AT + timedelta(minutes=1))]

    assert [bounce.key for bounce in bounces(authority, *reports, faults={"report": [None, RESET]})] == [OTHER_KEY]


def test_who_is_out_of_office_is_absent(authority):
    with a_way(authority) as (server, transport):
        server.cloud.away = {"m.evans@westberks.example": "<p>Away until Monday</p>"}

        assert transport.absent(["i.mundy@westberks.example", "m.evans@westberks.example"]) == {
            "m.evans@westberks.example"
        }


def test_an_address_is_the_same_in_any_case(authority):
    tip = {"emailAddress": {"address": "m.evans@westberks.example"}, "automaticReplies": {"message": "away"}}
    with a_way(authority, {"tips": Answer(200, {"value": [tip, {}, 7]})}) as (_, transport):
        assert transport.absent(["M.Evans@westberks.example"]) == {"M.Evans@westberks.example"}


def test_many_addresses_are_asked_about_in_few_questions(authority):
    with a_way(authority) as (server, transport):
        everybody = [f"lead{number}@westberks.example" for number in range(101)]
        server.cloud.away = {everybody[-1]: "away"}

        assert transport.absent(everybody) == {everybody[-1]}
        assert server.asked.count("tips") == 2


def test_nobody_is_asked_about_nobody(authority):
    with a_way(authority) as (server, transport):
        assert transport.absent([]) == frozenset()
        assert "tips" not in server.asked


def arrive(server, headers, made=AT):
    named = [{"name": name, "value": value} for name, value in headers.items()]
    server.cloud.put(Item("inbox", {"internetMessageHeaders": named}, made=made))


@pytest.mark.parametrize(
    "headers",
    [{"x-reminder-key": KEY, "Received": "from a"}, {"Message-ID": f"<n.{KEY}@westberks.example>"}],
    ids=["key", "message id"],
)
def test_a_mail_to_ourselves_shows_the_headers_that_survived(authority, headers):
    with a_way(authority) as (server, transport):
        before = transport.arrived(KEY)
        arrive(server, {"Subject": "something else"}, real_clock())
        arrive(server, headers)

        assert (before, transport.arrived(KEY)) == (None, headers)


@pytest.mark.parametrize(
    "fault", [error(403, "ErrorAccessDenied"), Answer(503), Answer(200, b"<html>"), RESET, HANG], ids=range(5)
)
def test_a_mailbox_that_cannot_be_read_says_nothing(authority, fault):
    with a_way(authority, dict.fromkeys(["inbox", "tips"], fault), timeout=0.5) as (_, transport):
        answers = (transport.bounces(AT), transport.absent(["m.evans@westberks.example"]), transport.arrived(KEY))

    assert answers == ((), frozenset(), None)
