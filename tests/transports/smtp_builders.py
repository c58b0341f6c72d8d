"""A transport by SMTP as the tests want it: patient for five seconds, without TLS or login unless a test says so."""

import time
from contextlib import contextmanager
from dataclasses import replace

from reminders.core.message import FinishedMessage
from reminders.transports.base import Scope, Verdict
from reminders.transports.smtp import SmtpSettings, SmtpTransport
from tests.transports.smtp_server import an_smtp_server

KEY = "0123456789abcdef01234567"
PASSWORD = "s3cret pässword"
MESSAGE = FinishedMessage(
    sender="reminders@westberks.example",
    recipient="m.evans@westberks.example",
    mime=b"Subject: Your actions\r\n\r\n5.2 Develop a joint protocol is due\r\n",
)
TRANSPORT, OF_ONE = Scope.TRANSPORT, Scope.MESSAGE
ACCEPTED, REJECTED, LATER, UNKNOWN = Verdict.ACCEPTED, Verdict.REJECTED, Verdict.LATER, Verdict.UNKNOWN
LOGIN = {"username": "board", "password": PASSWORD}
OFFERS_LOGIN = {"extensions": ("AUTH PLAIN LOGIN",)}


@contextmanager
def a_transport(port, monotonic=time.monotonic, **changes):
    settings = SmtpSettings("127.0.0.1", port, "none", None, None, None, timeout=5)
    transport = SmtpTransport(replace(settings, **changes), monotonic)
    try:
        yield transport
    finally:
        transport.close()


def send(transport, message=MESSAGE, fence=lambda: True):
    return transport.send(message, KEY, fence)


def once(faults=None, message=MESSAGE, server=None, **changes):
    """Send one mail to a server with these faults; return the outcome and the server as it was left."""
    with (
        an_smtp_server(faults=faults or {}, **(server or {})) as running,
        a_transport(running.port, **changes) as transport,
    ):
        return send(transport, message), running


def over_tls(way, context, ca_file, faults=None, extensions=("STARTTLS", "AUTH PLAIN LOGIN"), **changes):
    server = {"tls": context, "implicit": way == "implicit", "extensions": extensions}
    return once(faults, server=server, tls=way, ca_file=ca_file, **changes)


def seen(outcome):
    return (outcome.verdict, outcome.scope, outcome.code)
