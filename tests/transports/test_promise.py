"""One suite for every transport: what `base.py` promises holds whichever way a mail leaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reminders.core.message import FinishedMessage
from reminders.transports.base import Found, Outcome, Scope, Transport, Verdict
from reminders.transports.folder import FolderTransport
from reminders.transports.smtp import SmtpSettings, SmtpTransport
from tests.transports import ews_builders, graph_builders
from tests.transports.certificates import Authority
from tests.transports.ews_server import an_ews_server
from tests.transports.graph_cloud import as_mail
from tests.transports.graph_server import a_graph_server
from tests.transports.smtp_server import an_smtp_server

KEY = "0123456789abcdef01234567"
OTHER_KEY = "76543210fedcba9876543210"
MESSAGE = FinishedMessage(
    sender="reminders@westberks.example",
    recipient="m.evans@westberks.example",
    mime=b"Subject: due\r\nMessage-ID: <1@x>\r\n\r\n.\r\n..\r\n.dot\r\n\r\n5.2 is due\r\n.\r\nlast line\r\n",
)


@dataclass(frozen=True)
class Rig:
    """A transport and what stands at its far end."""

    transport: Transport
    left: Callable[[], list[bytes]]  # every mail that left, as bytes
    cut: Callable[[], object]  # from now on nothing can leave
    mend: Callable[[], object]
    connections: Callable[[], int]
    remembers: bool  # find() knows


@contextmanager
def folder_rig(tmp_path: Path) -> Iterator[Rig]:
    outbox, away = tmp_path / "state" / "outbox", tmp_path / "away"

    def cut():
        if outbox.exists():
            outbox.rename(away)
        outbox.parent.mkdir(exist_ok=True)
        outbox.write_text("a file stands in the way")

    def mend():
        outbox.unlink()
        if away.exists():
            away.rename(outbox)

    def left():
        return [file.read_bytes() for file in sorted(outbox.glob("*.eml"))] if outbox.is_dir() else []

    yield Rig(FolderTransport(outbox), left, cut, mend, connections=lambda: 1, remembers=True)


@contextmanager
def smtp_rig(_tmp_path: Path) -> Iterator[Rig]:
    with an_smtp_server() as server:
        transport = SmtpTransport(SmtpSettings("127.0.0.1", server.port, "none", None, None, None, timeout=5))
        yield Rig(
            transport,
            left=lambda: [mail.mime for mail in server.mails],
            cut=server.stop,
            mend=server.start,
            connections=lambda: server.connections,
            remembers=False,
        )
        transport.close()


@contextmanager
def graph_rig(tmp_path: Path) -> Iterator[Rig]:
    authority = Authority(tmp_path, "CA")
    with (
        a_graph_server(authority.server_context("127.0.0.1")) as server,
        graph_builders.a_transport(server, authority) as transport,
    ):
        yield Rig(
            transport,
            left=lambda: [as_mail(fields) for fields in server.cloud.left],
            cut=server.stop,
            mend=server.start,
            connections=lambda: server.connections,
            remembers=True,
        )


@contextmanager
def ews_rig(_tmp_path: Path) -> Iterator[Rig]:
    with an_ews_server() as server, ews_builders.a_transport(server) as transport:
        yield Rig(
            transport,
            left=lambda: server.mailboxes.left,
            cut=server.stop,
            mend=server.start,
            connections=lambda: server.connections,
            remembers=True,
        )


RIGS = {
    "folder": folder_rig,
    "smtp": smtp_rig,
    "ews": ews_rig,
    "graph": graph_rig,
}  # a new transport is one more name here


@pytest.fixture(params=RIGS)
def rig(request, tmp_path):
    with RIGS[request.param](tmp_path) as rig:
        yield rig


def send(rig: Rig, key: str = KEY, *, fence: bool = True) -> Outcome:
    return rig.transport.send(MESSAGE, key, lambda: fence)


def test_the_exact_bytes_leave(rig):
    outcome = send(rig)

    assert (outcome.verdict, rig.left()) == (Verdict.ACCEPTED, [MESSAGE.mime])


def test_before_transmit_is_asked_once_while_nothing_has_left(rig):
    seen = []

    def before_transmit() -> bool:
        seen.append(rig.left())
        return True

    rig.transport.send(MESSAGE, KEY, before_transmit)

    assert (seen, len(rig.left())) == ([[]], 1)


def test_nothing_leaves_when_the_fence_is_lost(rig):
    outcome = send(rig, fence=False)

    assert (outcome.verdict, outcome.scope, outcome.code) == (Verdict.LATER, Scope.MESSAGE, "fence-lost")
    assert rig.left() == []


def test_a_mail_whose_fence_was_lost_can_leave_later(rig):
    send(rig, fence=False)

    assert (send(rig).verdict, rig.left()) == (Verdict.ACCEPTED, [MESSAGE.mime])


def test_nothing_leaves_when_the_ledger_fails_at_the_last_moment(rig):
    def before_transmit() -> bool:
        raise RuntimeError("the ledger is gone")

    with pytest.raises(RuntimeError, match="the ledger is gone"):
        rig.transport.send(MESSAGE, KEY, before_transmit)

    assert rig.left() == []
    assert send(rig).verdict is Verdict.ACCEPTED


def test_an_outage_is_later_and_stops_the_run(rig):
    rig.cut()

    outcome = send(rig)

    assert (outcome.verdict, outcome.scope) == (Verdict.LATER, Scope.TRANSPORT)
    assert outcome.code
    assert outcome.detail


def test_an_outage_after_a_send_is_later_too(rig):
    send(rig)
    rig.cut()

    assert send(rig, OTHER_KEY).verdict is Verdict.LATER


def test_mails_leave_again_when_the_outage_is_over(rig):
    send(rig)
    rig.cut()
    send(rig, OTHER_KEY)
    rig.mend()

    assert (send(rig, OTHER_KEY).verdict, len(rig.left())) == (Verdict.ACCEPTED, 2)


def test_find_knows_an_accepted_mail_or_says_that_it_cannot_tell(rig):
    send(rig)

    assert rig.transport.find(KEY) is (Found.SENT if rig.remembers else Found.CANNOT_TELL)


def test_find_does_not_claim_a_mail_that_never_left(rig):
    send(rig, fence=False)

    assert rig.transport.find(KEY) is (Found.ABSENT if rig.remembers else Found.CANNOT_TELL)


def test_two_mails_share_one_connection(rig):
    send(rig)
    send(rig, OTHER_KEY)

    assert (len(rig.left()), rig.connections()) == (2, 1)


def test_a_closed_transport_sends_again(rig):
    send(rig)
    rig.transport.close()

    assert (send(rig, OTHER_KEY).verdict, len(rig.left())) == (Verdict.ACCEPTED, 2)


def test_closing_twice_or_unused_is_nothing(rig):
    rig.transport.close()
    rig.transport.close()


def test_check_is_well_and_sends_nothing(rig):
    health = rig.transport.check()

    assert (health.well, rig.left()) == (True, [])


def test_check_says_what_is_wrong_in_an_outage(rig):
    rig.cut()

    health = rig.transport.check()

    assert not health.well
    assert health.detail


def test_no_outcome_shows_an_address_or_the_mail(rig):
    outcomes = [send(rig), send(rig, OTHER_KEY, fence=False)]
    rig.cut()
    outcomes.append(send(rig, OTHER_KEY))

    assert [outcome for outcome in outcomes if "evans" in repr(outcome) or "5.2 is due" in repr(outcome)] == []
