"""What an answer at some step means: for this mail, and for all. The words are ours, never the server's."""

import re
from email.utils import parsedate_to_datetime
from enum import StrEnum

import requests

from reminders.transports.base import Outcome, Scope, Verdict


class Step(StrEnum):
    """How far a mail has come."""

    LOGIN = "signing in"
    READ = "looking into the mailbox"
    DRAFT = "the draft"  # leaves nothing
    SEND = "sending the draft"
    DIRECT = "sending"  # without a draft, where only that is allowed


class StopError(Exception):
    """The errand ends here."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


FENCE_LOST = Outcome(Verdict.LATER, Scope.MESSAGE, "fence-lost", "another worker has this mail")

LEAVING = {Step.SEND, Step.DIRECT}
_BUSY = {429, 503}
_OF_THE_MAIL = {400, 413, 422}
_OF_OURS = {401, 403, 404}
_QUOTA = {"ErrorQuotaExceeded", "ErrorSubmissionQuotaExceeded", "ErrorExceededMessageLimit"}
_OF_THE_MAILBOX = {
    "ErrorAccessDenied",
    "ErrorAccountDisabled",
    "ErrorInvalidUser",
    "ErrorNonExistentMailbox",
    "ErrorSendAsDenied",
    "MailboxNotEnabledForRESTAPI",
    "MailboxNotSupportedForRESTAPI",
}
_AN_HOUR = 3600.0

_WORDS_BY_CODE = {
    "ErrorInvalidRecipients": "the recipient's address is none that mail can go to; mend the directory",
    "ErrorSendAsDenied": "the mailbox may not send as mail.from; write the mailbox's own address there",
    "ErrorMessageSubmissionBlocked": "the mailbox is blocked from sending; the administrator must release it",
    "MailboxNotEnabledForRESTAPI": "mail.graph.mailbox is no mailbox of Microsoft 365; give it one, or name another",
}
_WORDS = {
    400: "Microsoft 365 does not take this mail as it is",
    401: "the token is not taken, although it is new; see that mail.graph.tenant is the mailbox's own",
    403: "the application may not do this with the mailbox; it needs Application Mail.Send and Mail.ReadWrite for it",
    404: "there is no such mailbox; mend mail.graph.mailbox",
    413: "the mail is too large",
    422: "Microsoft 365 does not take this mail as it is",
    429: "Microsoft 365 asks us to wait",
    503: "Microsoft 365 is busy",
}
NOT_KNOWN = "; nobody can know whether the mail was taken"


def judged(answer: requests.Response, step: Step) -> Outcome:
    """Return what an answer means."""
    if answer.status_code == 202 and step in LEAVING:
        return Outcome(Verdict.ACCEPTED, Scope.MESSAGE, "202", "taken", provider_id=answer.headers.get("request-id"))
    verdict, scope = _verdict(answer.status_code, error_code(answer), retry_after(answer), step)
    return Outcome(verdict, scope, _code(answer), _detail(answer, step, verdict), _patience(answer))


def _verdict(status: int, code: str, wait: float | None, step: Step) -> tuple[Verdict, Scope]:
    if code in _QUOTA:
        return Verdict.LATER, Scope.TRANSPORT
    if _is_about_us(status, code, step):
        return Verdict.REJECTED, Scope.TRANSPORT
    if status in _OF_THE_MAIL:
        return Verdict.REJECTED, Scope.MESSAGE
    if status in _BUSY:
        return _when_busy(status, wait, step), Scope.TRANSPORT
    if step in LEAVING:
        return Verdict.UNKNOWN, Scope.MESSAGE
    return Verdict.LATER, Scope.MESSAGE if status == 500 else Scope.TRANSPORT


def _is_about_us(status: int, code: str, step: Step) -> bool:
    if status == 404 and step is Step.SEND:
        return False  # the draft has gone: sent after all, or taken away
    return status in _OF_OURS or 300 <= status <= 399 or code in _OF_THE_MAILBOX


def _when_busy(status: int, wait: float | None, step: Step) -> Verdict:
    # Mails were seen to arrive although 429 or 503 answered the request that sent them. Who could make a draft may
    # also ask what became of it, and does; who can only send takes the answer at its word.
    if step is Step.SEND or (step is Step.DIRECT and status == 503 and wait is None):
        return Verdict.UNKNOWN
    return Verdict.LATER


def _code(answer: requests.Response) -> str:
    return f"{answer.status_code} {error_code(answer)}".strip()


def _detail(answer: requests.Response, step: Step, verdict: Verdict) -> str:
    status = answer.status_code
    words = _WORDS_BY_CODE.get(error_code(answer)) or _WORDS.get(status) or _words_of_kind(status)
    return f"{step}: {words}{NOT_KNOWN if verdict is Verdict.UNKNOWN else ''}"


def _words_of_kind(status: int) -> str:
    if 300 <= status <= 399:
        return "the answer points elsewhere, and that is never followed; is a proxy between here and Microsoft 365?"
    return "Microsoft 365 failed" if status >= 500 else "the answer is none that Microsoft 365 gives"


def _patience(answer: requests.Response) -> float | None:
    wait = retry_after(answer)
    return _AN_HOUR if wait is None and error_code(answer) in _QUOTA else wait


def error_code(answer: requests.Response) -> str:
    """Return the code in an error's body, such as ErrorAccessDenied; empty where there is none."""
    error = fields_of(answer).get("error")
    code = error.get("code") if isinstance(error, dict) else error
    return code if isinstance(code, str) and re.fullmatch(r"[A-Za-z0-9_.]{1,64}", code) else ""


def fields_of(answer: requests.Response) -> dict[str, object]:
    """Return the JSON object in an answer; empty where it holds none."""
    try:
        fields = answer.json()
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def retry_after(answer: requests.Response) -> float | None:
    """Return for how many seconds the server wants to be left alone (RFC 9110, 10.2.3).

    A moment in place of the seconds is measured against the answer's own date.
    """
    wanted = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", wanted):
        return float(wanted)
    try:
        moment, sent = parsedate_to_datetime(wanted), parsedate_to_datetime(answer.headers.get("Date", ""))
        return max((moment - sent).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None
