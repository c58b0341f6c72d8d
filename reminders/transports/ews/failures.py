"""What it means that no answer came: how far the request was, and what to mend."""

import errno
import socket
import ssl
from collections.abc import Iterator

from reminders.transports.base import Outcome, Scope, Verdict
from reminders.transports.ews.verdicts import unclear

_UNKNOWN_CA = {18, 19, 20, 21}  # OpenSSL's X509_V_ERR_*: self-signed, or an issuer that is not at hand
_OTHER_HOST = {62, 64}
_EXPIRED = 10
_NOT_YET = 9

_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    ((socket.gaierror, UnicodeError), "dns", "its name cannot be found"),
    ((TimeoutError,), "timeout", "it did not answer in time"),
    ((ConnectionRefusedError,), "refused", "nothing listens at its port"),
    ((ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError), "reset", "it broke the connection off"),
)


def out_of_reach(error: BaseException, host: str) -> Outcome:
    """Return what it means that no connection came about: nothing has left."""
    untrusted = next((each for each in _chain(error) if _speaks_of_tls(each)), None)
    if isinstance(untrusted, ssl.SSLError):
        return Outcome(Verdict.REJECTED, Scope.TRANSPORT, "tls", _tls_words(untrusted, host))
    code, words = _cause(error)
    return Outcome(Verdict.LATER, Scope.TRANSPORT, code, f"{host}: {words}")


def silence(error: BaseException) -> Outcome:
    """Return what it means that a request began to leave and no whole answer came."""
    code, words = _cause(error)
    return unclear(code, f"the Exchange server: {words}")


def _speaks_of_tls(error: BaseException) -> bool:
    return isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def _cause(error: BaseException) -> tuple[str, str]:
    chain = list(_chain(error))
    if str(error).startswith("Tunnel connection failed"):  # http.client tells it by these words alone
        return "proxy", "the proxy named in HTTPS_PROXY does not let us through to it"
    for kinds, code, words in _CAUSES:
        if any(isinstance(each, kinds) for each in chain):
            return code, words
    name = next((errno.errorcode.get(getattr(each, "errno", None) or 0) for each in reversed(chain)), None)
    return name or "failed", f"the connection failed ({name or 'for an unknown reason'})"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _tls_words(error: ssl.SSLError, host: str) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"{host} speaks no TLS of ours (1.2 or newer) on this port ({error.reason}); see mail.ews.url"
    if error.verify_code in _UNKNOWN_CA:
        return "the server's certificate is from a CA that is unknown here; put the CA's own into mail.ews.ca_file"
    if error.verify_code in _OTHER_HOST:
        return f"the server's certificate is not for {host}; write the name that stands in it into mail.ews.url"
    if error.verify_code == _EXPIRED:
        return "the server's certificate has expired; whoever runs the Exchange server must renew it"
    if error.verify_code == _NOT_YET:
        return "the server's certificate is not valid yet; look at this machine's clock"
    return f"the server's certificate cannot be trusted: {error.verify_message}"
