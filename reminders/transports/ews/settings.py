"""Where the Exchange server is and how we sign in there; what could not be sent safely is refused."""

import ipaddress
import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from reminders.transports.ews.verdicts import rejected


@dataclass(frozen=True, slots=True)
class EwsSettings:
    """Which mailbox to send from, where, and as whom; `timeout` is seconds for one send, connecting included.

    NTLM and Basic want a username and its password; OAuth wants an application: its id, its tenant, and its secret or
    the file with its private key and certificate (PEM). `authority` is the login server; `ca_file` replaces the
    certificate authorities of this machine.
    """

    url: str
    mailbox: str
    auth: Literal["ntlm", "basic", "oauth"] = "ntlm"
    username: str = ""
    password: str = field(default="", repr=False)
    client_id: str = ""
    tenant: str = ""
    client_secret: str | None = field(default=None, repr=False)
    certificate: Path | None = None
    ca_file: Path | None = None
    timeout: float = 30
    authority: str = "https://login.microsoftonline.com"


def refuse_clear_text(settings: EwsSettings) -> None:
    """Raise StopError where the mail and the password would travel unencrypted."""
    place = urlsplit(settings.url)
    if place.scheme != "https" and not _is_loopback(place.hostname or ""):
        raise rejected("clear-text", "nothing is sent in clear text; write https:// in mail.ews.url")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tls_context(settings: EwsSettings) -> ssl.SSLContext:
    """Return what judges the server's certificate: by mail.ews.ca_file, by REQUESTS_CA_BUNDLE, or as this machine does.

    Raises StopError for a CA file that is none.
    """
    ca_file = settings.ca_file or os.environ.get("REQUESTS_CA_BUNDLE") or None
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # an SSLError too: no certificate in it
        reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise rejected("ca-file", f"mail.ews.ca_file {ca_file} cannot be used: {reason}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
