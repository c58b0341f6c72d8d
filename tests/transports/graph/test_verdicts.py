"""Every row of the table of answers, on the wire, at each step."""

import pytest

from tests.transports.graph_builders import (
    ACCEPTED,
    LATER,
    OF_ONE,
    REJECTED,
    TRANSPORT,
    UNKNOWN,
    a_way,
    once,
    seen,
    send,
)
from tests.transports.graph_cloud import Answer, error

WAYS = {"draft": None, "send": None, "sendMail": {"send"}}  # step -> the rights with which it is reached


def answered(authority, step, answer):
    return once(authority, {step: answer}, rights=WAYS[step])


@pytest.mark.parametrize(
    ("step", "answer", "expected"),
    [
        ("send", Answer(202, headers={"Retry-After": "120"}, done=True), (ACCEPTED, OF_ONE, "202")),
        ("sendMail", Answer(202, headers={"Retry-After": "120"}, done=True), (ACCEPTED, OF_ONE, "202")),
        ("draft", error(400, "ErrorInvalidRecipients"), (REJECTED, OF_ONE, "400 ErrorInvalidRecipients")),
        ("draft", error(400, "InvalidInternetMessageHeader"), (REJECTED, OF_ONE, "400 InvalidInternetMessageHeader")),
        (
            "draft",
            error(400, "ErrorMimeContentInvalidBase64String"),
            (REJECTED, OF_ONE, "400 ErrorMimeContentInvalidBase64String"),
        ),
        ("draft", Answer(413), (REJECTED, OF_ONE, "413")),
        ("draft", Answer(422), (REJECTED, OF_ONE, "422")),
        ("draft", error(404, "ErrorInvalidUser"), (REJECTED, TRANSPORT, "404 ErrorInvalidUser")),
        ("draft", error(429, "ApplicationThrottled"), (LATER, TRANSPORT, "429 ApplicationThrottled")),
        ("draft", error(503, "ErrorServerBusy"), (LATER, TRANSPORT, "503 ErrorServerBusy")),
        ("draft", Answer(408), (LATER, TRANSPORT, "408")),
        ("draft", Answer(500), (LATER, OF_ONE, "500")),
        ("draft", Answer(502, b"<html>bad gateway</html>"), (LATER, TRANSPORT, "502")),
        ("draft", Answer(504), (LATER, TRANSPORT, "504")),
        ("draft", Answer(201, b"{not JSON"), (LATER, TRANSPORT, "201")),
        ("draft", Answer(200, b"<html>log in here</html>"), (LATER, TRANSPORT, "200")),
        ("draft", Answer(302, headers={"Location": "https://login.example/"}), (REJECTED, TRANSPORT, "302")),
        ("draft", error(507, "ErrorQuotaExceeded"), (LATER, TRANSPORT, "507 ErrorQuotaExceeded")),
        ("send", error(400, "ErrorInvalidRecipients"), (REJECTED, OF_ONE, "400 ErrorInvalidRecipients")),
        ("send", Answer(413), (REJECTED, OF_ONE, "413")),
        ("send", Answer(422), (REJECTED, OF_ONE, "422")),
        ("send", error(403, "ErrorAccessDenied"), (REJECTED, TRANSPORT, "403 ErrorAccessDenied")),
        ("send", error(400, "ErrorSendAsDenied"), (REJECTED, TRANSPORT, "400 ErrorSendAsDenied")),
        ("send", error(404, "ErrorItemNotFound"), (UNKNOWN, OF_ONE, "404 ErrorItemNotFound")),
        ("send", error(429, "ApplicationThrottled"), (UNKNOWN, TRANSPORT, "429 ApplicationThrottled")),
        ("send", error(503, "ErrorServerBusy"), (UNKNOWN, TRANSPORT, "503 ErrorServerBusy")),
        ("send", Answer(408), (UNKNOWN, OF_ONE, "408")),
        ("send", Answer(500), (UNKNOWN, OF_ONE, "500")),
        ("send", Answer(502), (UNKNOWN, OF_ONE, "502")),
        ("send", Answer(504), (UNKNOWN, OF_ONE, "504")),
        ("send", Answer(200, b"<html>log in here</html>"), (UNKNOWN, OF_ONE, "200")),
        ("send", Answer(307, headers={"Location": "https://login.example/"}), (REJECTED, TRANSPORT, "307")),
        ("send", error(403, "ErrorSubmissionQuotaExceeded"), (LATER, TRANSPORT, "403 ErrorSubmissionQuotaExceeded")),
        ("sendMail", error(400, "ErrorInvalidRecipients"), (REJECTED, OF_ONE, "400 ErrorInvalidRecipients")),
        ("sendMail", error(403, "ErrorAccessDenied"), (REJECTED, TRANSPORT, "403 ErrorAccessDenied")),
        ("sendMail", error(404, "ErrorInvalidUser"), (REJECTED, TRANSPORT, "404 ErrorInvalidUser")),
        ("sendMail", error(429, "ApplicationThrottled"), (LATER, TRANSPORT, "429 ApplicationThrottled")),
        ("sendMail", Answer(503, headers={"Retry-After": "9"}), (LATER, TRANSPORT, "503")),
        ("sendMail", Answer(503), (UNKNOWN, TRANSPORT, "503")),
        ("sendMail", Answer(408), (UNKNOWN, OF_ONE, "408")),
        ("sendMail", Answer(500), (UNKNOWN, OF_ONE, "500")),
        ("sendMail", Answer(502), (UNKNOWN, OF_ONE, "502")),
        ("sendMail", Answer(504), (UNKNOWN, OF_ONE, "504")),
        ("sendMail", Answer(200, b"{}"), (UNKNOWN, OF_ONE, "200")),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Answer) else None,
)
def test_an_answer_means_what_it_says(authority, step, answer, expected):
    outcome, _ = answered(authority, step, answer)

    assert seen(outcome) == expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "Mon, 05 Jan 2015 08:02:00 GMT", "Date": "Mon, 05 Jan 2015 08:00:30 GMT"}, 90),
        ({"Retry-After": "Mon, 05 Jan 2015 08:00:00 GMT", "Date": "Mon, 05 Jan 2015 08:00:30 GMT"}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
    ids=["seconds", "a moment", "a moment gone", "words", "negative", "nothing"],
)
def test_the_server_says_how_long_to_wait(authority, headers, seconds):
    outcome, _ = answered(authority, "draft", Answer(429, headers=headers))

    assert outcome.retry_after == seconds


def test_a_used_up_quota_rests_for_an_hour(authority):
    outcome, _ = answered(authority, "send", error(403, "ErrorQuotaExceeded"))

    assert (outcome.verdict, outcome.retry_after) == (LATER, 3600)


def test_a_redirect_is_never_followed(authority):
    with a_way(authority, {"send": [Answer(307, headers={"Location": "/v1.0/elsewhere"})]}) as (server, transport):
        send(transport)

    assert "nothing" not in server.asked


def test_an_accepted_mail_carries_the_servers_name_for_the_request(authority):
    outcome, _ = answered(authority, "send", Answer(202, headers={"request-id": "4711-ab"}, done=True))

    assert outcome.provider_id == "4711-ab"


@pytest.mark.parametrize(
    ("step", "answer", "words"),
    [
        ("draft", error(400, "ErrorInvalidRecipients"), "mend the directory"),
        ("send", error(403, "ErrorSendAsDenied"), "may not send as mail.from"),
        ("sendMail", error(403, "ErrorAccessDenied"), "it needs Application Mail.Send and Mail.ReadWrite"),
        ("draft", error(404, "ErrorInvalidUser"), "mend mail.graph.mailbox"),
        ("draft", Answer(302), "never followed"),
        ("send", Answer(500), "sending the draft: Microsoft 365 failed; nobody can know whether the mail was taken"),
        ("send", Answer(418), "none that Microsoft 365 gives"),
    ],
)
def test_an_outcome_says_what_to_mend(authority, step, answer, words):
    outcome, _ = answered(authority, step, answer)

    assert words in outcome.detail


@pytest.mark.parametrize("code", ["<script>", "m.evans@westberks.example", "x" * 65, "", 7, None])
def test_a_code_that_is_none_is_not_shown(authority, code):
    outcome, _ = answered(authority, "draft", Answer(500, {"error": {"code": code}}))

    assert outcome.code == "500"


@pytest.mark.parametrize("body", [b"[]", b'{"error": []}', b'"x"', b"\xff", b"[" * 100_000], ids=range(5))
def test_an_answer_of_another_shape_is_taken_by_its_status(authority, body):
    outcome, _ = answered(authority, "draft", Answer(500, body))

    assert outcome.code == "500"
