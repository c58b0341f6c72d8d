"""A transport by EWS as the tests want it: signing in by Basic, patient for five seconds."""

import time
from contextlib import contextmanager
from dataclasses import replace

from reminders.core.message import FinishedMessage
from reminders.transports.base import Scope, Verdict
from reminders.transports.ews import EwsSettings, EwsTransport
from tests.transports.ews_server import an_ews_server

KEY = "0123456789abcdef01234567"
OTHER_KEY = "76543210fedcba9876543210"
MAILBOX = "reminders@westberks.example"
MESSAGE = FinishedMessage(
    sender=MAILBOX,
    recipient="m.evans@westberks.example",
    mime=f"""From: LSCB plan reminders <{MAILBOX}>
To: M Evans <somebody.else@westberks.example>
Reply-To: Business manager <business.manager@westberks.example>
Subject: =?utf-8?q?Your_actions_=C3=A9_5=2E2?=
Message-ID: <n.{KEY}@westberks.example>
References: <t.0000456789abcdef01234567@westberks.example>
In-Reply-To: <t.0000456789abcdef01234567@westberks.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: OOF, AutoReply, RN, NRN
X-Reminder-Key: {KEY}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset="us-ascii"

5.2 Develop a joint protocol is due
--b
Content-Type: text/html; charset="us-ascii"

<p>5.2 Develop a joint protocol is due</p>
--b--
""".replace("\n", "\r\n").encode(),
)
TRANSPORT, OF_ONE = Scope.TRANSPORT, Scope.MESSAGE
ACCEPTED, REJECTED, LATER, UNKNOWN = Verdict.ACCEPTED, Verdict.REJECTED, Verdict.LATER, Verdict.UNKNOWN


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Fence:
    """A fence that counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return True


@contextmanager
def a_transport(server, monotonic=time.monotonic, **changes):
    settings = EwsSettings(server.url, MAILBOX, "basic", "board", "s3cret", timeout=5)
    transport = EwsTransport(replace(settings, **changes), monotonic)
    try:
        yield transport
    finally:
        transport.close()


@contextmanager
def a_way(script=None, monotonic=time.monotonic, server=None, **changes):
    """A server with this script, and a transport to it."""
    with (
        an_ews_server(script=script or {}, **(server or {})) as running,
        a_transport(running, monotonic, **changes) as transport,
    ):
        yield running, transport


def send(transport, message=MESSAGE, key=KEY, fence=lambda: True):
    return transport.send(message, key, fence)


def once(fault=None, **changes):
    """Send one mail to a server that meets it with this fault; return the outcome and the server as it was left."""
    with a_way({"CreateItem": [fault]}, **changes) as (server, transport):
        return send(transport), server


def seen(outcome):
    return (outcome.verdict, outcome.scope, outcome.code)
