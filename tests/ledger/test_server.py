"""A PostgreSQL that is slow, silent, restarted or gone: a fault in words, and work that goes on afterwards."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from reminders.ledger import server as server_module
from reminders.ledger.base import LedgerUnreachable, State
from reminders.ledger.opening import open_ledger
from reminders.ledger.server import server_database
from tests.ledger.builders import BOARD, KINDS, LEASE, NOW, a_new_entry, claim, claimed, entered, settled, standings
from tests.postgres import a_server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(database_url):
    made = server_database(database_url)
    yield made
    made.close()


def answer(database, statement="SELECT 1"):
    with database.reading() as connection:
        return connection.value(statement)


def end_connections(server):
    server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


def test_a_statement_may_not_take_for_ever(database):
    assert answer(database, "SHOW statement_timeout") == "20s"
    with pytest.raises(LedgerUnreachable, match="57014"):
        answer(database, "SET LOCAL statement_timeout = 10; SELECT pg_sleep(5)")


def test_a_connection_that_died_in_the_pool_is_noticed(database, server):
    assert answer(database) == 1
    end_connections(server)
    assert answer(database) == 1


def lose_it_between_two_statements(database, server):
    with database.writing() as connection:
        connection.value("SELECT 1")
        end_connections(server)
        connection.value("SELECT 1")


def test_a_connection_lost_in_the_middle_is_a_fault_and_the_next_one_works(database, server):
    with pytest.raises(LedgerUnreachable, match="does not answer"):
        lose_it_between_two_statements(database, server)
    assert answer(database) == 1


@contextmanager
def stopped(server):
    """Suspend the whole server, as a dead disk or a stopped machine does: it neither answers nor hangs up."""
    own = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, check=True)
    pids = [server.process.pid, *map(int, own.stdout.split())]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_a_server_that_hangs_does_not_hang_the_service(monkeypatch):
    monkeypatch.setattr(server_module, "_SILENCE", 0.5)
    monkeypatch.setitem(server_module._ON_REACHING, "connect_timeout", 2)
    with a_server() as server:
        database = server_database(server.url())
        assert answer(database) == 1
        with stopped(server), pytest.raises(LedgerUnreachable, match="does not answer"):
            answer(database)
        assert answer(database) == 1
        database.close()


def test_what_keeps_us_out_is_told_without_the_password(server):
    url = "postgresql://reader:hush@/nowhere?host=" + str(server.folder)
    with pytest.raises(LedgerUnreachable, match=r'does not exist|"reader"') as fault:
        open_ledger(server.folder, url, board=BOARD, lock=False, create=False)
    assert "hush" not in str(fault.value)


def agree_to_tls(listening):
    connection, _ = listening.accept()
    with connection:
        connection.recv(8)  # SSLRequest
        connection.sendall(b"S")
        connection.recv(1)  # until it is let go


def test_what_the_url_says_about_tls_is_handed_on(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=agree_to_tls, args=(listening,)).start()
        port = listening.getsockname()[1]
        url = f"postgresql://127.0.0.1:{port}/ledger?sslmode=verify-full&sslrootcert={tmp_path}/ca.pem"
        database = server_database(url)
        with pytest.raises(LedgerUnreachable, match=r"root certificate file .*ca\.pem"), database.reading():
            pass


# Replicas: each has a state directory of its own.


@pytest.fixture
def replica(tmp_path, database_url):
    opened = []

    def start(name):
        opened.append(open_ledger(tmp_path / name, database_url, board=BOARD, lock=True))
        return opened[-1]

    yield start
    for ledger in opened:
        ledger.close()


def test_a_new_replica_with_an_empty_state_directory_has_lost_nothing(replica):
    settled(replica("one"), 1)
    second = replica("two")
    assert second.lost() is None
    settled(second, 2)
    assert [replica(name).lost() for name in ("one", "two", "three")] == [None, None, None]


def test_a_replica_settles_by_its_journal_what_another_gave_back(replica):
    first, second = replica("one"), replica("two")
    entry = claimed(first)
    first._witness.journal.append(entry, NOW)
    second.recover(LEASE)
    assert first.recover(LEASE) == 1
    assert second.entry(entry.id).state is State.SENT


def test_each_replica_adopts_for_itself_what_its_own_journal_names(replica, server, database_url):
    settled(replica("one"), 1)
    settled(replica("two"), 2)
    server.run(f"DROP DATABASE {database_url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")
    server.run(f"CREATE DATABASE {database_url.partition('?')[0].rpartition('/')[2]}")
    first, second = replica("one"), replica("two")
    assert all(ledger.lost() for ledger in (first, second))
    first.adopt(NOW.date(), NOW)
    assert (first.lost(), bool(second.lost())) == (None, True)
    second.adopt(NOW.date(), NOW)
    assert len(standings(first)) == 2


CLAIM_ALL = """
import sys
from pathlib import Path
from reminders.ledger.opening import open_ledger
from tests.ledger.builders import BOARD, KINDS, LEASE, NOW
ledger = open_ledger(Path(sys.argv[1]), sys.argv[2] or None, board=BOARD, lock=False)
while entry := ledger.claim("live", KINDS, NOW, LEASE):
    print(entry.id)
"""


@pytest.mark.parametrize("place", ["file", "server"])
def test_processes_that_race_claim_every_entry_once(tmp_path, request, place):
    url = request.getfixturevalue("database_url") if place == "server" else ""
    with_entries = open_ledger(tmp_path, url or None, board=BOARD, lock=False)
    with_entries.enter([a_new_entry(number) for number in range(40)], NOW)
    command = [sys.executable, "-c", CLAIM_ALL, str(tmp_path), url]
    racing = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    claimed_by = [process.communicate(timeout=60)[0].split() for process in racing]
    assert [process.returncode for process in racing] == [0, 0, 0]
    assert sorted(int(entry) for each in claimed_by for entry in each) == [each.id for each in with_entries.entries()]
    with_entries.close()


def test_what_another_replica_is_recovering_can_still_be_claimed(replica):
    first, second = replica("one"), replica("two")
    entered(first)
    with first._database.writing() as connection:
        from reminders.ledger import recovery

        recovery.recover(connection, first._hand(NOW), {})
        assert claim(second).claim == 1
    assert second.claim("live", KINDS, NOW, LEASE) is None
