"""A transport by Graph as the tests want it: with a secret, patient for five seconds, trusting the tests' own CA."""

import time
from contextlib import contextmanager
from dataclasses import replace

from reminders.core.message import FinishedMessage
from reminders.transports.base import Scope, Verdict
from reminders.transports.graph import GraphSettings, GraphTransport
from tests.transports.graph_server import a_graph_server

KEY = "0123456789abcdef01234567"
OTHER_KEY = "76543210fedcba9876543210"
SECRET = "s3cret"
MESSAGE = FinishedMessage(
    sender="reminders@westberks.example",
    recipient="m.evans@westberks.example",
    mime=b"From: LSCB <reminders@westberks.example>\r\nTo: M Evans <m.evans@westberks.example>\r\n"
    b"Subject: Your actions\r\nMessage-ID: <n.0123456789abcdef01234567@westberks.example>\r\n"
    b"X-Reminder-Key: 0123456789abcdef01234567\r\n\r\n5.2 Develop a joint protocol is due\r\n",
)
TRANSPORT, OF_ONE = Scope.TRANSPORT, Scope.MESSAGE
ACCEPTED, REJECTED, LATER, UNKNOWN = Verdict.ACCEPTED, Verdict.REJECTED, Verdict.LATER, Verdict.UNKNOWN


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@contextmanager
def a_transport(server, ca, monotonic=time.monotonic, **changes):
    settings = GraphSettings(
        tenant="westberks.example",
        client_id="1b2c-app",
        mailbox="reminders@westberks.example",
        client_secret=SECRET,
        timeout=5,
        service=f"{server.url}/v1.0",
        authority=server.url,
        ca_file=ca.file,
    )
    transport = GraphTransport(replace(settings, **changes), monotonic)
    try:
        yield transport
    finally:
        transport.close()


@contextmanager
def a_way(ca, faults=None, rights=None, monotonic=time.monotonic, **changes):
    """A server with these faults and rights, and a transport to it."""
    with (
        a_graph_server(ca.server_context("127.0.0.1"), faults) as server,
        a_transport(server, ca, monotonic, **changes) as transport,
    ):
        server.cloud.rights = {"send", "read", "write"} if rights is None else set(rights)
        yield server, transport


def send(transport, message=MESSAGE, fence=lambda: True, key=KEY):
    return transport.send(message, key, fence)


def once(ca, faults=None, rights=None, message=MESSAGE, **changes):
    """Send one mail to a server with these faults; return the outcome and the server as it was left."""
    with a_way(ca, faults, rights, **changes) as (server, transport):
        return send(transport, message), server


def seen(outcome):
    return (outcome.verdict, outcome.scope, outcome.code)
