"""A mail server that is none of ours: Postfix, in an instance of its own on loopback, takes our mails over STARTTLS.

It has to be run by root: `apt-get install postfix`, then `pytest tests/transports/test_postfix.py`.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reminders.core.message import FinishedMessage
from reminders.transports.base import Outcome
from tests.transports.smtp_builders import ACCEPTED, LATER, OF_ONE, REJECTED, TRANSPORT, a_transport, seen, send

POSTFIX = Path("/usr/sbin/postfix")
LARGEST = 20_000
MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file_prefixes = {home}
maillog_file = {home}/log
myhostname = mail.westberks.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {certificate}
message_size_limit = {largest}
virtual_mailbox_domains = westberks.example
virtual_mailbox_base = {home}/mailboxes
virtual_mailbox_maps = inline:{{ {{evans@westberks.example=evans/}} {{mundy@westberks.example=mundy/}}
    {{gill@westberks.example=gill/}} {{daly@westberks.example=daly/}} }}
virtual_uid_maps = static:{owner}
virtual_gid_maps = static:{owner}
"""
SERVICES = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
NOBODY = 65534
MAIL = FinishedMessage(
    sender="reminders@westberks.example",
    recipient="evans@westberks.example",
    mime=b"From: reminders@westberks.example\r\nTo: evans@westberks.example\r\nSubject: due\r\n"
    b"Date: Fri, 02 Jan 2015 08:00:00 +0000\r\nMessage-ID: <n.0123456789abcdef01234567@westberks.example>\r\n"
    b"\r\n.\r\n..dots\r\n\r\n" + b"5.2 is due. " * 80 + b"\r\n.\r\nlast line\r\n",
)


class Postfix:
    def __init__(self, home: Path, port: int) -> None:
        self._home = home
        self.port = port

    def __call__(self, command: str) -> None:
        done = subprocess.run([POSTFIX, "-c", self._home / "etc", command], capture_output=True, text=True, check=False)
        log = self._home / "log"
        assert done.returncode == 0, done.stdout + done.stderr + (log.read_text() if log.exists() else "")

    def delivered(self, reader: str, mails: int = 1) -> list[bytes]:
        """The mails in a reader's mailbox as Postfix stored them, once there are so many."""
        inbox, patience = self._home / "mailboxes" / reader / "new", threading.Event()
        for _ in range(200):
            files = sorted(inbox.glob("*")) if inbox.exists() else []
            if len(files) >= mails:
                break
            patience.wait(0.05)
        return [file.read_bytes() for file in files]


@pytest.fixture(scope="module")
def postfix(authority) -> Iterator[Postfix]:
    assert POSTFIX.exists(), "there is no Postfix here: apt-get install postfix"
    assert os.geteuid() == 0, "Postfix can only be started by root"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="postfix-") as folder:  # not tmp_path, where Postfix's own user may not go
        set_up(Path(folder), port, authority.issue("127.0.0.1"))
        running = Postfix(Path(folder), port)
        running("start")
        try:
            yield running
        finally:
            running("stop")


def set_up(home: Path, port: int, certificate: Path) -> None:
    home.chmod(0o755)
    for name in ("etc", "queue", "data", "mailboxes"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    shutil.chown(home / "mailboxes", NOBODY, NOBODY)
    settings = {"home": home, "certificate": certificate, "largest": LARGEST, "owner": NOBODY, "port": port}
    (home / "etc" / "main.cf").write_text(MAIN.format(**settings))
    (home / "etc" / "master.cf").write_text(SERVICES.format(**settings).lstrip())


@pytest.fixture
def hand_over(postfix, authority) -> Iterator[Callable[..., Outcome]]:
    with a_transport(postfix.port, tls="starttls", ca_file=authority.file) as transport:
        yield lambda reader, mime=MAIL.mime: send(transport, replace(MAIL, recipient=reader, mime=mime))


def test_postfix_delivers_the_very_bytes(postfix, hand_over):
    outcome = hand_over("evans@westberks.example")
    (stored,) = postfix.delivered("evans")

    assert (outcome.verdict, bool(outcome.provider_id)) == (ACCEPTED, True)
    assert stored.endswith(b"\n" + MAIL.mime.replace(b"\r\n", b"\n"))


def test_postfix_refuses_a_reader_it_does_not_know_and_takes_the_next_mail(postfix, hand_over):
    refused, taken = hand_over("nobody@westberks.example"), hand_over("mundy@westberks.example")

    assert seen(refused) == (REJECTED, OF_ONE, "550 5.1.1")
    assert "nobody" not in refused.detail
    assert (taken.verdict, len(postfix.delivered("mundy"))) == (ACCEPTED, 1)


def test_postfix_does_not_relay_and_says_so(hand_over):
    refused = hand_over("head@school.example")

    assert seen(refused) == (REJECTED, TRANSPORT, "554 5.7.1")
    assert "let this machine relay" in refused.detail


def test_postfix_refuses_a_mail_over_its_limit_before_reading_it(postfix, hand_over):
    refused = hand_over("gill@westberks.example", MAIL.mime + b"x\r\n" * LARGEST)
    taken = hand_over("gill@westberks.example")

    assert seen(refused) == (REJECTED, OF_ONE, "552 5.3.4")
    assert (taken.verdict, len(postfix.delivered("gill"))) == (ACCEPTED, 1)


def test_a_postfix_that_was_down_for_a_moment_gets_what_is_owed_on_a_new_connection(postfix, hand_over):
    before = hand_over("daly@westberks.example")
    postfix("stop")
    meanwhile = hand_over("daly@westberks.example")
    postfix("start")
    after = hand_over("daly@westberks.example")

    assert (before.verdict, seen(meanwhile), after.verdict) == (ACCEPTED, (LATER, TRANSPORT, "refused"), ACCEPTED)
    assert len(postfix.delivered("daly", 2)) == 2
