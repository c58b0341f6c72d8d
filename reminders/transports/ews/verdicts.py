"""What an answer of the Exchange server means: for this mail, and for all. The words are ours, never the server's."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from reminders.transports.base import Outcome, Scope, Verdict

FENCE_LOST = Outcome(Verdict.LATER, Scope.MESSAGE, "fence-lost", "another worker has this mail")
OUT_OF_TIME = Outcome(Verdict.LATER, Scope.TRANSPORT, "timeout", "the time was up before anything left")
MALFORMED = Outcome(
    Verdict.REJECTED, Scope.MESSAGE, "malformed", "the mail cannot be put into words of EWS; a fault of the program"
)
_AN_HOUR = 3600.0


class StopError(BaseException):
    """The errand ends here; a BaseException, so that no library between explains it in its own way."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


def rejected(code: str, words: str) -> StopError:
    return StopError(Outcome(Verdict.REJECTED, Scope.TRANSPORT, code, words))


_OF_THIS_MAIL = {
    "ErrorInvalidRecipients": "the recipient's address is none that Exchange can mail; mend the directory",
    "ErrorMissingRecipients": "Exchange sees no recipient; mend the address in the directory",
    "ErrorMailRecipientNotFound": "Exchange does not know the recipient; mend the address in the directory",
    "ErrorRecipientNotFound": "Exchange does not know the recipient; mend the address in the directory",
    "ErrorInvalidSmtpAddress": "the recipient's address is no SMTP address; mend the directory",
    "ErrorMissingEmailAddress": "the recipient has no address for Exchange; mend the directory",
    "ErrorMessageSizeExceeded": "the mail is larger than the mailbox may send",
    "ErrorAttachmentSizeLimitExceeded": "an attachment is larger than Exchange takes",
    "ErrorMimeContentInvalid": "Exchange cannot read the mail's content",
    "ErrorMimeContentInvalidBase64String": "Exchange cannot read the mail's content",
    "ErrorSchemaValidation": "Exchange does not understand the request; a fault of the program",
    "ErrorInvalidRequest": "Exchange does not understand the request; a fault of the program",
    "ErrorInvalidPropertySet": "Exchange does not take a property of the mail; a fault of the program",
}
_OF_US_ALL = {
    "ErrorSendAsDenied": "the mailbox may not send as mail.from; grant Send As, or write its own address there",
    "ErrorAccessDenied": "the account may not use the mailbox; grant it Full Access, or let it send from its own",
    "ErrorImpersonateUserDenied": "the application may not act for the mailbox; assign it Application EWS.AccessAsApp",
    "ErrorImpersonationDenied": "the application may not act for the mailbox; assign it Application EWS.AccessAsApp",
    "ErrorNonExistentMailbox": "there is no such mailbox; mend mail.ews.mailbox",
    "ErrorAccountDisabled": "the account is disabled; whoever runs the Exchange server must enable it",
    "ErrorMailboxConfiguration": "the mailbox is set up wrongly; whoever runs the Exchange server must mend it",
    "ErrorMessageSubmissionBlocked": "the mailbox is blocked from sending; its administrator must release it",
    "ErrorInvalidServerVersion": "the server is older than Exchange 2016; use SMTP there",
    "ErrorIncorrectSchemaVersion": "the server is older than Exchange 2016; use SMTP there",
    "ErrorInvalidSchemaVersionForMailboxVersion": "the mailbox is on a server older than Exchange 2016; use SMTP there",
    "ErrorItemNotFound": "a folder of the mailbox is missing; whoever runs the Exchange server must repair it",
    "ErrorFolderNotFound": "a folder of the mailbox is missing; whoever runs the Exchange server must repair it",
}
_PASSING = {
    "ErrorServerBusy": "Exchange asks us to wait",
    "ErrorMessageThrottled": "Exchange asks us to wait",
    "ErrorInternalServerTransientError": "Exchange asks us to come back later",
    "ErrorExceededConnectionCount": "the account has too many connections open; does another program use it?",
    "ErrorTooManyObjectsOpened": "Exchange asks us to wait",
    "ErrorMailboxMoveInProgress": "the mailbox is being moved",
    "ErrorMailboxFailover": "the mailbox is changing servers",
    "ErrorMailboxStoreUnavailable": "the mailbox's database cannot be reached",
    "ErrorADUnavailable": "Exchange cannot reach its directory",
    "ErrorInsufficientResources": "the Exchange server is short of resources",
    "ErrorNotEnoughMemory": "the Exchange server is short of memory",
}
_USED_UP = {
    "ErrorQuotaExceeded": "the mailbox is full; whoever looks after it must make room",
    "ErrorSubmissionQuotaExceeded": "the mailbox has sent as much as it may for now",
}
_BY_STATUS = {
    401: "the login is not accepted; see username and password (or the application) under mail.ews",
    403: "the account may not use EWS; whoever runs the Exchange server must allow it",
    404: "there is no EWS at mail.ews.url; it usually ends in /EWS/Exchange.asmx",
    407: "the proxy wants a login of its own",
    413: "the mail is larger than the server takes",
    429: "Exchange asks us to wait",
    503: "Exchange is busy or being looked after",
}


def by_code(code: str, retry_after: float | None = None) -> Outcome:
    """Return what a response code of EWS means; one that is not known here may mean anything."""
    if code in _OF_THIS_MAIL:
        return Outcome(Verdict.REJECTED, Scope.MESSAGE, code, _OF_THIS_MAIL[code])
    if code in _OF_US_ALL:
        return Outcome(Verdict.REJECTED, Scope.TRANSPORT, code, _OF_US_ALL[code])
    if code in _PASSING:
        return Outcome(Verdict.LATER, Scope.TRANSPORT, code, _PASSING[code], retry_after)
    if code in _USED_UP:
        return Outcome(Verdict.LATER, Scope.TRANSPORT, code, _USED_UP[code], _AN_HOUR)
    return unclear(code, "Exchange failed, or said what is not known here")


def by_status(status: int, headers: Mapping[str, str]) -> Outcome:
    """Return what an HTTP status means that came without an answer of EWS.

    EWS itself answers 200 or 500, so what lies below that was said by a server in front of it, which took nothing.
    """
    code = f"HTTP {status}"
    if status in {429, 503}:
        return Outcome(Verdict.LATER, Scope.TRANSPORT, code, _BY_STATUS[status], _retry_after(headers))
    if status == 413:
        return Outcome(Verdict.REJECTED, Scope.MESSAGE, code, _BY_STATUS[status])
    if 300 <= status <= 399:
        words = "the server points elsewhere, and that is never followed; write the address of EWS into mail.ews.url"
        return Outcome(Verdict.REJECTED, Scope.TRANSPORT, code, words)
    if 400 <= status <= 499 and status != 408:
        words = _BY_STATUS.get(status, "what answers is not EWS; see mail.ews.url")
        return Outcome(Verdict.REJECTED, Scope.TRANSPORT, code, words)
    return unclear(code, "the server failed")


def unready(code: str) -> Outcome:
    """Return what it means that something failed here before anything left."""
    return Outcome(Verdict.LATER, Scope.TRANSPORT, code, "the program or its machine failed before anything left")


def unclear(code: str, words: str) -> Outcome:
    """Return what it means that an answer leaves open whether the mail was taken."""
    return Outcome(Verdict.UNKNOWN, Scope.MESSAGE, code, f"{words}; nobody can know whether the mail was taken")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds the server wants to be left alone (RFC 9110, 10.2.3).

    A moment in place of the seconds is measured against the answer's own date.
    """
    wanted = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", wanted):
        return float(wanted)
    try:
        moment, sent = parsedate_to_datetime(wanted), parsedate_to_datetime(headers.get("Date", ""))
        return max((moment - sent).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None
