import sqlite3

import pytest

from reminders.ledger.backup import back_up
from reminders.ledger.base import LedgerLost, LedgerRefused, LedgerUnwritable
from tests.ledger.builders import KINDS, LEASE, NOW, TODAY, a_new_entry, claim, entered, settled
from tests.ledger.conftest import IN_A_FILE


@pytest.fixture
def place():
    return IN_A_FILE


@pytest.fixture
def copy(tmp_path):
    return tmp_path / "copy.sqlite"


@pytest.fixture
def service(opened):
    return opened(lock=True)


def test_a_copy_is_one_whole_file_for_us_alone(service, folder, copy):
    settled(service)
    back_up(folder / "ledger.sqlite", copy, TODAY)
    assert [file.name for file in copy.parent.iterdir() if file.name.startswith("copy")] == ["copy.sqlite"]
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT state FROM entries").fetchall() == [("sent",)]
    connection.close()


def test_a_copy_is_made_beside_a_service_that_goes_on(service, folder, copy):
    entered(service, 1)
    back_up(folder / "ledger.sqlite", copy, TODAY)
    assert claim(service).claim == 1
    assert service.lost() is None


def test_a_copy_put_back_sends_nothing_until_it_is_adopted(service, opened, folder, copy, tmp_path):
    entered(service)
    back_up(folder / "ledger.sqlite", copy, TODAY)
    service.close()
    elsewhere = tmp_path / "a new machine"
    elsewhere.mkdir()
    copy.rename(elsewhere / "ledger.sqlite")
    found = opened(elsewhere)
    assert "copy that `backup` made on 2015-01-05" in found.lost()
    with pytest.raises(LedgerLost):
        found.claim("live", KINDS, NOW, LEASE)
    found.adopt(TODAY, NOW)
    assert claim(found).key == a_new_entry().key


def test_a_file_that_is_there_is_left_as_it_is(service, folder, copy):
    copy.write_text("the accounts of 2014")
    settled(service)
    with pytest.raises(LedgerUnwritable, match="is there already"):
        back_up(folder / "ledger.sqlite", copy, TODAY)
    assert copy.read_text() == "the accounts of 2014"


def test_a_place_that_cannot_be_written_is_told(service, folder, tmp_path):
    settled(service)
    with pytest.raises(LedgerUnwritable, match="nowhere"):
        back_up(folder / "ledger.sqlite", tmp_path / "nowhere" / "copy", TODAY)


def test_of_a_damaged_ledger_no_copy_is_left(folder, copy):
    folder.mkdir()
    (folder / "ledger.sqlite").write_bytes(b"Dear colleague, " * 1000)
    with pytest.raises(LedgerRefused, match="damaged"):
        back_up(folder / "ledger.sqlite", copy, TODAY)
    assert not copy.exists()
