"""The way to the mail server: where it is, how long it may take, and TLS verified or nothing said."""

import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from reminders.transports.smtp.verdicts import rejected

_UNKNOWN_CA = {18, 19, 20, 21}  # OpenSSL's X509_V_ERR_*: self-signed, or an issuer that is not at hand
_OTHER_HOST = {62, 64}
_EXPIRED = 10
_NOT_YET = 9


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where and how to hand mails over."""

    host: str
    port: int
    tls: Literal["starttls", "implicit", "none"]
    username: str | None
    password: str | None = field(repr=False)
    ca_file: Path | None
    timeout: float = 30


class Deadline:
    """What is left of the time that one send may take."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        left = self._end - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def refuse_clear_text_login(settings: SmtpSettings) -> None:
    if settings.tls == "none" and settings.username is not None and not _is_loopback(settings.host):
        words = "a password is never sent in clear text; set mail.smtp.tls to starttls or implicit"
        raise rejected("clear-text-auth", words)


def clear_text_warning(settings: SmtpSettings) -> tuple[str, ...]:
    if settings.tls != "none" or _is_loopback(settings.host):
        return ()
    return (
        "Mails cross the network in clear text: set mail.smtp.tls to starttls or implicit if the server offers it.",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.tls == "none":
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:  # an SSLError too: no certificate in it
        reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise rejected("ca-file", f"mail.smtp.ca_file {settings.ca_file} cannot be used: {reason}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def dial(settings: SmtpSettings, deadline: Deadline) -> socket.socket:
    """Connect to the first address of the host that answers; each gets its fair share of the time."""
    places = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    failure: OSError = ConnectionRefusedError()
    for tried, (family, kind, protocol, _, place) in enumerate(places):
        try:
            return _reach(socket.socket(family, kind, protocol), place, deadline.left() / (len(places) - tried))
        except OSError as error:
            failure = error
    raise failure


def _reach(wire: socket.socket, place: Any, seconds: float) -> socket.socket:
    try:
        wire.settimeout(seconds)
        wire.connect(place)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot follows the bytes at once
    except BaseException:
        wire.close()
        raise
    return wire


def own_name(wire: socket.socket, machine: str) -> str:
    # Not getfqdn: it asks the name server, and may wait for it without end.
    if "." in machine:
        return machine
    place = wire.getsockname()[0]
    return f"[IPv6:{place}]" if wire.family == socket.AF_INET6 else f"[{place}]"


def tls_words(error: ssl.SSLError, host: str) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"{host} speaks no TLS of ours (1.2 or newer) on this port ({error.reason}); see mail.smtp.port and tls"
    if error.verify_code in _UNKNOWN_CA:
        return "the server's certificate is from a CA that is unknown here; put the CA's own into mail.smtp.ca_file"
    if error.verify_code in _OTHER_HOST:
        return f"the server's certificate is not for {host}; write the name that stands in it into mail.smtp.host"
    if error.verify_code == _EXPIRED:
        return "the server's certificate has expired; whoever runs the mail server must renew it"
    if error.verify_code == _NOT_YET:
        return "the server's certificate is not valid yet; look at this machine's clock"
    return f"the server's certificate cannot be trusted: {error.verify_message}"
