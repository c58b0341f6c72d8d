"""The database goes away with a mail in hand, and comes back: sending stops at once, and goes on by itself."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reminders.ledger.base import LedgerUnreachable, State
from reminders.ledger.opening import open_ledger
from reminders.settings import load_settings
from reminders.transports.base import Transport
from reminders.wiring import Running, build_service
from tests.fakes import LONDON, SetClock
from tests.postgres import a_server
from tests.proofs.kill_sweep import AFTER_THE_LEASE, FIRST, a_stage
from tests.proofs.scene import BOARD, NAMES, key_of, was_uncertain

MEANWHILE, SOON_AFTER = ("2015-01-02T08:01", "2015-01-02T08:02"), "2015-01-02T08:03"
MOMENTS = ("before the mark", "after the mark", "taken by the mail server")
SURELY_COMMITTED = "&options=-csynchronous_commit%3Don"  # the tests' server is careless, as no board's may be


@pytest.fixture(scope="module")
def database():
    """A server of its own, since it is ended."""
    with a_server() as server:
        yield server


class Cutting(Transport):
    """The real transport; on the way of the second mail the database ends."""

    def __init__(self, transport, moment, cut):
        self.name = transport.name
        self._transport = transport
        self._moment = moment
        self._cut = cut
        self._mails = 0

    def send(self, message, key, before_transmit):
        self._mails += 1

        def leaving():
            self._reaches("before the mark")
            may_leave = before_transmit()
            self._reaches("after the mark")
            return may_leave

        outcome = self._transport.send(message, key, leaving)
        self._reaches("taken by the mail server")
        return outcome

    def _reaches(self, moment):
        if (self._mails, self._moment) == (2, moment):
            self._cut()

    def find(self, key):
        return self._transport.find(key)

    def check(self):
        return self._transport.check()

    def close(self):
        self._transport.close()


class Replica:
    """One process of the service, with its own state directory; its connections outlive the database."""

    def __init__(self, scene, name):
        shared = {"REMINDERS_MAIL_FOLDER_PATH": str(scene.outbox)}
        settings = load_settings(scene.folder / "config", shared, flags={"state_dir": str(scene.state / name)})
        self.clock = SetClock(datetime(2015, 1, 2, tzinfo=UTC))
        self.ledger = open_ledger(scene.state / name, scene.url, board=BOARD, lock=True)
        self.service = build_service(settings, self.ledger, Running(self.clock, lambda _: False, judge_clock=False))

    def tick(self, at):
        self._set(at)
        self.service.tick()

    def _set(self, at):
        self.clock.now = datetime.fromisoformat(at).replace(tzinfo=LONDON).astimezone(UTC)

    def loses_its_database(self, moment, cut):
        self._set(FIRST)
        way = replace(self.service.way, transport=Cutting(self.service.way.transport, moment, cut))
        with pytest.raises(LedgerUnreachable, match="does not answer"):
            replace(self.service, way=way).tick()

    def finds_no_database(self, at):
        with pytest.raises(LedgerUnreachable, match="does not answer"):
            self.tick(at)

    def close(self):
        self.service.way.transport.close()
        self.ledger.close()


@pytest.fixture
def a_board(database, tmp_path):
    """Make a board on the database, with three mails to send; replicas are closed at the end."""
    with ExitStack() as undo:

        def make(transport):
            url = undo.enter_context(database.database()) + SURELY_COMMITTED
            return undo.enter_context(a_stage(tmp_path, url, transport))

        yield make


@pytest.fixture
def a_replica():
    with ExitStack() as undo:

        def start(scene, name):
            replica = Replica(scene, name)
            undo.callback(replica.close)
            return replica

        yield start


def states(scene):
    return [entry.state for entry, _ in scene.entries()]


@pytest.mark.parametrize("moment", MOMENTS)
def test_sending_stops_within_a_mail_and_the_same_process_goes_on_by_itself(database, a_board, a_replica, moment):
    scene, mail_server = a_board("smtp")
    replica = a_replica(scene, "one")
    replica.loses_its_database(moment, database.stop)
    in_time = 1 if moment == "before the mark" else 2
    for at in MEANWHILE:
        replica.finds_no_database(at)
    assert len(mail_server.mails) == in_time
    database.restart()
    replica.tick(SOON_AFTER)
    assert len(mail_server.mails) == in_time + 1  # the one in hand waits for its lease
    replica.tick(AFTER_THE_LEASE)
    assert len({key_of(mail) for mail in mail_server.mails}) == len(mail_server.mails) == len(NAMES)
    assert states(scene) == [State.SENT] * len(NAMES)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_replica_that_can_ask_makes_no_copy_of_what_was_in_hand(database, a_board, a_replica, moment):
    scene, _ = a_board("folder")
    a_replica(scene, "one").loses_its_database(moment, database.stop)
    database.restart()
    written = {file.name: file.stat().st_ino for file in scene.outbox.glob("*.eml")}
    a_replica(scene, "two").tick(AFTER_THE_LEASE)
    files = {file.name: file.stat().st_ino for file in scene.outbox.glob("*.eml")}
    assert len(files) == len(NAMES)
    assert files.items() >= written.items()
    assert states(scene) == [State.SENT] * len(NAMES)


def test_a_replica_that_cannot_ask_sends_the_same_bytes_once_more(database, a_board, a_replica):
    scene, mail_server = a_board("smtp")
    a_replica(scene, "one").loses_its_database("taken by the mail server", database.stop)
    database.restart()
    a_replica(scene, "two").tick(AFTER_THE_LEASE)
    count = Counter(key_of(mail) for mail in mail_server.mails)
    unheard = {entry.key for entry, history in scene.entries() if was_uncertain(history)}
    assert {key for key, times in count.items() if times > 1} == unheard
    assert sorted(count.values()) == [1, 1, 2]
    assert len({mail.mime for mail in mail_server.mails}) == len(NAMES)
    assert states(scene) == [State.SENT] * len(NAMES)
