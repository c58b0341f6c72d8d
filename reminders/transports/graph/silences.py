"""What it means that no whole answer came: how far the request was, and what to mend."""

import errno
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPException

import requests
from urllib3.exceptions import DecodeError, LocationParseError

from reminders.transports.base import Outcome, Scope, Verdict
from reminders.transports.graph.connection import SilentError
from reminders.transports.graph.verdicts import LEAVING, NOT_KNOWN, Step


def unanswered(error: SilentError, step: Step) -> Outcome:
    """Return what a silence means."""
    code, words = _cause(error)
    if code == "tls" and not error.begun:
        return Outcome(Verdict.REJECTED, Scope.TRANSPORT, code, words)
    if error.begun and step in LEAVING:
        return Outcome(Verdict.UNKNOWN, Scope.MESSAGE, code, f"{step}: {words}{NOT_KNOWN}")
    of_one_mail = error.begun and step is Step.DRAFT and code != "timeout"
    return Outcome(Verdict.LATER, Scope.MESSAGE if of_one_mail else Scope.TRANSPORT, code, f"{step}: {words}")


def _cause(error: SilentError) -> tuple[str, str]:
    chain = list(_chain(error))
    for kinds, code, words in _CAUSES:
        if any(isinstance(each, kinds) for each in chain):
            return code, words
    for each in chain:
        if isinstance(each, ssl.SSLError):
            return "tls", _tls_words(each)
    name = next((errno.errorcode.get(getattr(each, "errno", None) or 0) for each in reversed(chain)), None)
    return name or "failed", f"the connection failed ({name or 'for an unknown reason'})"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    ((requests.exceptions.ProxyError,), "proxy", "the proxy named in HTTPS_PROXY does not let us through"),
    (
        (socket.gaierror, LocationParseError, requests.exceptions.InvalidURL),
        "dns",
        "the name of the server cannot be found",
    ),
    ((TimeoutError,), "timeout", "Microsoft 365 did not answer in time"),
    ((ConnectionRefusedError,), "refused", "nothing listens where Microsoft 365 should be"),
    ((ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError), "reset", "Microsoft 365 broke the connection off"),
    ((HTTPException, DecodeError), "garbled", "the answer is not HTTP, or not whole"),
)

_UNKNOWN_CA = (
    "the certificate shown is from a CA that is unknown here; where a proxy inspects the traffic, put its CA into a "
    "file and name that in REQUESTS_CA_BUNDLE"
)
_OTHER_HOST = "the certificate shown is for another server; is a proxy between here and Microsoft 365?"
_BY_VERIFY_CODE = {  # OpenSSL's X509_V_ERR_*
    9: "the certificate shown is not valid yet; look at this machine's clock",
    10: "the certificate shown has expired; look at this machine's clock, and at the proxy if there is one",
    **dict.fromkeys((18, 19, 20, 21), _UNKNOWN_CA),  # self-signed, or an issuer that is not at hand
    **dict.fromkeys((62, 64), _OTHER_HOST),
}


def _tls_words(error: ssl.SSLError) -> str:
    """Return what to mend where the server's TLS was not accepted."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"no TLS of ours (1.2 or newer) is spoken there ({error.reason}); is a proxy in between?"
    return _BY_VERIFY_CODE.get(error.verify_code, f"the certificate shown cannot be trusted: {error.verify_message}")
