import pytest

from reminders.transports.ews.verdicts import by_code, by_status
from tests.transports.ews_builders import ACCEPTED, LATER, OF_ONE, REJECTED, TRANSPORT, UNKNOWN, a_way, once, seen, send
from tests.transports.ews_server import After, Code, Http, Soap

# The table of verdicts, row by row, on the wire


@pytest.mark.parametrize(
    "code",
    [
        "ErrorInvalidRecipients",
        "ErrorMissingRecipients",
        "ErrorMailRecipientNotFound",
        "ErrorRecipientNotFound",
        "ErrorInvalidSmtpAddress",
        "ErrorMissingEmailAddress",
        "ErrorMessageSizeExceeded",
        "ErrorAttachmentSizeLimitExceeded",
        "ErrorMimeContentInvalid",
        "ErrorMimeContentInvalidBase64String",
        "ErrorSchemaValidation",
        "ErrorInvalidPropertySet",
    ],
)
def test_what_speaks_of_this_mail_rejects_it_alone(code):
    outcome, server = once(Code(code))

    assert (seen(outcome), server.posts) == ((REJECTED, OF_ONE, code), ["CreateItem"])
    assert "nobody can know" not in outcome.detail


@pytest.mark.parametrize(
    "code",
    [
        "ErrorSendAsDenied",
        "ErrorAccessDenied",
        "ErrorImpersonateUserDenied",
        "ErrorNonExistentMailbox",
        "ErrorAccountDisabled",
        "ErrorMailboxConfiguration",
        "ErrorMessageSubmissionBlocked",
        "ErrorItemNotFound",
        "ErrorFolderNotFound",
    ],
)
def test_what_speaks_of_us_stops_the_run(code):
    outcome, server = once(Code(code))

    assert (seen(outcome), server.posts) == ((REJECTED, TRANSPORT, code), ["CreateItem"])


@pytest.mark.parametrize(
    "code",
    [
        "ErrorServerBusy",
        "ErrorExceededConnectionCount",
        "ErrorMailboxMoveInProgress",
        "ErrorMailboxFailover",
        "ErrorMailboxStoreUnavailable",
        "ErrorADUnavailable",
        "ErrorInsufficientResources",
        "ErrorNotEnoughMemory",
        "ErrorMessageThrottled",
    ],
)
def test_what_passes_is_later_for_all(code):
    outcome, server = once(Code(code))

    assert (seen(outcome), outcome.retry_after, server.posts) == ((LATER, TRANSPORT, code), None, ["CreateItem"])


@pytest.mark.parametrize("code", ["ErrorTooManyObjectsOpened", "ErrorInternalServerTransientError"])
def test_what_the_library_calls_busy_is_later_too(code):
    outcome, server = once(Code(code))

    assert (seen(outcome), outcome.retry_after, len(server.posts)) == ((LATER, TRANSPORT, "ErrorServerBusy"), None, 1)


@pytest.mark.parametrize("code", ["ErrorQuotaExceeded", "ErrorSubmissionQuotaExceeded"])
def test_what_is_used_up_is_later_by_an_hour(code):
    outcome, _ = once(Code(code))

    assert (seen(outcome), outcome.retry_after) == ((LATER, TRANSPORT, code), 3600.0)


@pytest.mark.parametrize(
    "code",
    [
        "ErrorTimeoutExpired",
        "ErrorInternalServerError",
        "ErrorRequestAborted",
        "ErrorConnectionFailed",
        "ErrorProxyCallFailed",
        "ErrorBatchProcessingStopped",
        "ErrorOfTheYear2031",
    ],
)
def test_what_leaves_it_open_is_unknown(code):
    outcome, server = once(After(Code(code)))

    assert (seen(outcome), server.posts) == ((UNKNOWN, OF_ONE, code), ["CreateItem"])
    assert outcome.detail.endswith("nobody can know whether the mail was taken")


def test_an_inner_code_decides():
    outcome, _ = once(Code("ErrorInternalServerError", inner="ErrorServerBusy"))

    assert seen(outcome) == (LATER, TRANSPORT, "ErrorServerBusy")


def test_busy_says_for_how_long():
    outcome, server = once(Soap("ErrorServerBusy", back_off=297_749))

    assert (seen(outcome), outcome.retry_after) == ((LATER, TRANSPORT, "ErrorServerBusy"), 297.749)
    assert server.posts == ["CreateItem"]


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize(
    ("code", "scope"),
    [
        ("ErrorInvalidRequest", OF_ONE),
        ("ErrorInvalidServerVersion", TRANSPORT),
        ("ErrorIncorrectSchemaVersion", TRANSPORT),
        ("ErrorInvalidSchemaVersionForMailboxVersion", TRANSPORT),
    ],
)
def test_a_version_that_is_refused_is_not_guessed_at(code, scope, status):
    outcome, server = once(Soap(code, status=status))

    assert (seen(outcome), server.versions) == ((REJECTED, scope, code), ["Exchange2016"])


@pytest.mark.parametrize("code", ["ErrorImpersonateUserDenied", "ErrorNonExistentMailbox", "ErrorAccessDenied"])
def test_a_soap_fault_is_read_like_an_items_code(code):
    outcome, _ = once(Soap(code))

    assert seen(outcome) == (REJECTED, TRANSPORT, code)


def test_a_soap_fault_without_a_known_code_is_unknown():
    outcome, server = once(After(Soap("ErrorOfTheYear2031")))

    assert (outcome.verdict, outcome.scope, server.posts) == (UNKNOWN, OF_ONE, ["CreateItem"])


@pytest.mark.parametrize(
    ("status", "verdict", "scope"),
    [
        (302, REJECTED, TRANSPORT),
        (307, REJECTED, TRANSPORT),
        (400, REJECTED, TRANSPORT),
        (401, REJECTED, TRANSPORT),
        (403, REJECTED, TRANSPORT),
        (404, REJECTED, TRANSPORT),
        (407, REJECTED, TRANSPORT),
        (413, REJECTED, OF_ONE),
        (429, LATER, TRANSPORT),
        (503, LATER, TRANSPORT),
        (408, UNKNOWN, OF_ONE),
        (500, UNKNOWN, OF_ONE),
        (502, UNKNOWN, OF_ONE),
        (504, UNKNOWN, OF_ONE),
    ],
)
def test_a_status_without_ews_is_judged_by_itself(status, verdict, scope):
    outcome, server = once(Http(status, {"Location": "https://elsewhere.example/owa/auth/logon.aspx"}))

    assert (seen(outcome), server.posts) == ((verdict, scope, f"HTTP {status}"), ["CreateItem"])


@pytest.mark.parametrize("status", [429, 503])
def test_a_status_says_for_how_long(status):
    outcome, _ = once(Http(status, {"Retry-After": "120", "Connection": "close"}))

    assert (outcome.verdict, outcome.retry_after) == (LATER, 120.0)


def test_a_moment_to_come_back_is_measured_against_the_servers_own_date():
    moment = {"Date": "Fri, 02 Jan 2015 08:00:00 GMT", "Retry-After": "Fri, 02 Jan 2015 08:05:00 GMT"}

    assert by_status(503, moment).retry_after == 300.0


@pytest.mark.parametrize("wanted", ["soon", "-5", "Fri, 02 Jan 2015 08:05:00 GMT"], ids=["word", "below 0", "no Date"])
def test_a_time_that_cannot_be_read_is_none(wanted):
    assert by_status(429, {"Retry-After": wanted}).retry_after is None


def test_a_login_page_with_200_is_unknown():
    outcome, _ = once(After(Http(200, {"Content-Type": "text/html"}, b"<html><body>Sign in<br></body></html>")))

    assert seen(outcome) == (UNKNOWN, OF_ONE, "not-ews")


def test_an_empty_answer_is_unknown():
    outcome, _ = once(After(Http(200, {}, b"")))

    assert seen(outcome) == (UNKNOWN, OF_ONE, "not-ews")


def test_a_code_is_never_shown_with_the_servers_text():
    for fault in (Code("ErrorOfTheYear2031"), Code("ErrorInvalidRecipients"), Soap("ErrorServerBusy", 1)):
        outcome, _ = once(fault)
        assert "evans" not in repr(outcome)


def test_an_unknown_outcome_does_not_hinder_the_next_mail():
    with a_way({"CreateItem": [Http(504)]}) as (server, transport):
        outcomes = [send(transport), send(transport)]

    assert [outcome.verdict for outcome in outcomes] == [UNKNOWN, ACCEPTED]
    assert server.connections == 2


def test_every_code_has_words_for_people():
    assert by_code("ErrorSendAsDenied").detail == (
        "the mailbox may not send as mail.from; grant Send As, or write its own address there"
    )
