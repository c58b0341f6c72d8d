import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reminders.ledger import state_dir
from reminders.ledger.base import LedgerBusy, LedgerFault, LedgerLost, LedgerRefused, LedgerUnwritable, State
from reminders.ledger.migrations import MIGRATIONS
from reminders.ledger.opening import open_ledger, pending_migrations
from tests.ledger.builders import BOARD, NOW, a_new_entry, again, entered, settled, standings
from tests.ledger.conftest import IN_A_FILE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place():
    return IN_A_FILE


def files(folder):
    return {file.name for file in folder.iterdir()} if folder.exists() else set()


@pytest.fixture
def closed(opened, folder):
    """A state directory whose service has stopped after one mail."""
    ledger = opened(lock=True)
    settled(ledger)
    ledger.close()
    return folder


def test_a_new_ledger_is_for_us_alone(opened, folder):
    settled(opened(lock=True))
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    kept = {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "ledger.id", "sent.journal", "service.lock"}
    assert modes == dict.fromkeys(kept, 0o600)
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("closed")
def test_a_ledger_is_there_when_it_is_opened_again(opened):
    assert [entry.state for entry in opened().entries()] == [State.SENT]


def test_a_scratch_ledger_leaves_no_trace(opened, folder):
    settled(opened(scratch=True))
    assert not folder.exists()


def test_boards_in_one_database_do_not_meet(opened):
    ledger, other = opened(), opened(board="Another board")
    entry = entered(ledger)
    assert (other.entries(), other.entry(entry.id), standings(other)) == ((), None, {})
    assert other.keys_present([entry.key]) == frozenset()
    assert not other.end(entry, State.WITHDRAWN, "row-gone", NOW)
    assert other.recover(NOW) == 0
    assert (other.latest_event(), other.history(entry.id)) == (None, ())
    assert again(ledger, entry) == entry


def test_the_history_names_who_opened_it(opened):
    entry = entered(opened(actor="operator"))
    assert [event.actor for event in opened().history(entry.id)] == ["operator"]


# Beside a running service.


def test_only_one_service_at_a_time(opened):
    opened(lock=True)
    with pytest.raises(LedgerBusy):
        opened(lock=True)


def test_a_service_that_failed_to_open_holds_no_lock(opened, folder):
    folder.mkdir()
    (folder / "ledger.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(LedgerRefused):
        opened(lock=True)
    (folder / "ledger.sqlite").unlink()
    assert opened(lock=True).entries() == ()


def test_a_command_works_beside_a_running_service(opened):
    service = opened(lock=True)
    entry = entered(service)
    assert opened(create=False).end(entry, State.WITHDRAWN, "not-resent", NOW)
    assert again(service, entry).state is State.WITHDRAWN


def test_the_lock_lasts_as_long_as_the_ledger_is_open(opened):
    ledger = opened(lock=True)
    ledger.close()
    ledger.close()
    opened(lock=True)


def test_where_there_is_no_ledger_a_command_makes_none(folder):
    assert _looked_for(folder) is None
    assert not folder.exists()
    folder.mkdir()
    assert _looked_for(folder) is None
    (folder / "ledger.sqlite").touch()  # its process died before it had tables
    assert _looked_for(folder) is None
    assert files(folder) <= {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"}


def _looked_for(folder, board=BOARD):
    return open_ledger(folder, None, board=board, lock=False, create=False)


def test_a_ledger_of_other_boards_is_none_of_this_one(closed):
    for file in ("ledger.id", "sent.journal"):
        (closed / file).unlink()
    assert _looked_for(closed, "Another board") is None


def test_where_the_ledger_has_gone_a_command_says_so_and_makes_none(closed):
    (closed / "ledger.sqlite").unlink()
    with pytest.raises(LedgerLost, match="adopt"):
        _looked_for(closed)
    assert not (closed / "ledger.sqlite").exists()


# Tables.


def test_what_is_to_be_migrated_is_told_without_touching_anything(opened, folder):
    assert pending_migrations(folder, None) == MIGRATIONS[:1]
    assert not folder.exists()
    opened().close()
    assert pending_migrations(folder, None) == ()


def test_a_ledger_that_may_not_migrate_is_refused_until_somebody_does(opened):
    with pytest.raises(LedgerRefused, match="migrate"):
        opened(run_migrations=False)
    opened(run_migrations=True).close()
    assert opened(run_migrations=False).lost() is None


def test_a_ledger_of_a_newer_release_is_refused(closed, opened):
    with sqlite3.connect(closed / "ledger.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema'")
    connection.close()
    for look in (opened, lambda: pending_migrations(closed, None)):
        with pytest.raises(LedgerRefused, match="schema 99"):
            look()


# Damage.


def test_a_file_that_is_no_ledger_is_kept_named_and_refused(closed, opened):
    file = closed / "ledger.sqlite"
    file.write_bytes(b"Dear colleague, " * 1000)
    with pytest.raises(LedgerRefused, match=r"ledger\.sqlite is damaged .*backup.*ledger adopt"):
        opened()
    assert file.read_bytes() == b"Dear colleague, " * 1000


def test_a_damaged_page_is_found_at_the_start_though_nobody_reads_it_yet(closed, opened):
    file = closed / "ledger.sqlite"
    connection = sqlite3.connect(file)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entries'").fetchone()
    connection.close()
    whole = bytearray(file.read_bytes())
    whole[(page - 1) * 4096 : (page - 1) * 4096 + 64] = b"\xa5" * 64
    file.write_bytes(whole)
    with pytest.raises(LedgerRefused, match="damaged"):
        opened()
    assert file.read_bytes() == whole


def test_a_ledger_file_on_a_network_drive_is_refused_and_a_server_is_not(
    opened, folder, tmp_path, monkeypatch, database_url
):
    mounts = tmp_path / "mountinfo"
    mounts.write_text("1 0 0:1 / / rw - nfs4 files:/export rw\n")
    monkeypatch.setattr(state_dir, "_MOUNTINFO", mounts)
    with pytest.raises(LedgerRefused, match="network drive"):
        opened(lock=True)
    assert files(folder) == set()
    open_ledger(folder, database_url, board=BOARD, lock=True).close()


def test_a_state_directory_that_cannot_be_made_is_told(opened, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnwritable, match="a file stands"):
        opened(tmp_path / "file" / "state")


@pytest.mark.parametrize("name", ["ledger.sqlite", "service.lock"])
def test_a_directory_in_the_place_of_a_file_is_told(opened, folder, name):
    (folder / name).mkdir(parents=True)
    with pytest.raises(LedgerFault, match=name.replace(".", r"\.")):
        opened(lock=True)


# A server that is not there.


def test_a_postgresql_ledger_without_its_driver_is_refused(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "reminders.ledger.server", raising=False)
    with pytest.raises(LedgerRefused, match="psycopg"):
        open_ledger(folder, "postgresql://db/ledger", board=BOARD, lock=True)
    assert files(folder) == set()


# A process killed at any moment.

ENTER_AND_DIE = """
import os, sys
from pathlib import Path
from reminders.ledger.opening import open_ledger
from tests.ledger.builders import *
ledger = open_ledger(Path(sys.argv[1]), None, board=BOARD, lock=True)
entry = leaving(ledger)
os.kill(os.getpid(), 9)
"""


def test_what_was_recorded_outlives_kill_9(folder, opened):
    done = subprocess.run([sys.executable, "-c", ENTER_AND_DIE, folder], cwd=ROOT, env={**os.environ}, check=False)
    assert done.returncode == -9
    (entry,) = opened(lock=True).entries()
    assert (entry.key, entry.state, entry.frozen) == (a_new_entry().key, State.TRANSMITTING, True)
