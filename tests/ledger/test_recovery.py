import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from reminders.ledger.base import LedgerLost, LedgerUnwritable, Settlement, Standing, State
from reminders.ledger.sqlite import SQLITE
from tests.ledger.builders import (
    AFTER_LEASE,
    DAY,
    HOUR,
    KINDS,
    LEASE,
    NOW,
    TODAY,
    a_new_entry,
    a_reminder,
    again,
    claim,
    claimed,
    entered,
    held,
    leaving,
    path_of,
    settled,
    standings,
    uncertain,
)
from tests.ledger.conftest import IN_A_FILE


def copy_of(folder, to):
    """A backup: the ledger's files as they are now, without witness and journal."""
    to.mkdir()
    for file in folder.glob("ledger.sqlite*"):
        shutil.copy(file, to / file.name)
    return to


def put_back(backup, folder):
    for file in folder.glob("ledger.sqlite*"):
        file.unlink()
    for file in backup.iterdir():
        shutil.copy(file, folder / file.name)


ABOUT_FILES = pytest.mark.parametrize("place", [IN_A_FILE], indirect=True)


def journal_of(folder):
    return folder / "sent.journal"


# A crash: the process has gone, the next one finds what it left.


def test_a_crash_after_the_claim_loses_nothing_and_sends_nothing_twice(opened):
    entry = claimed(opened())
    found = opened()
    assert found.recover(NOW) == 0
    assert found.recover(AFTER_LEASE) == 1
    retry = claim(found, AFTER_LEASE)
    assert (retry.id, retry.claim, retry.attempts, retry.frozen) == (entry.id, 2, 2, False)


def test_a_crash_while_leaving_is_left_uncertain(opened):
    entry = leaving(opened())
    found = opened()
    found.recover(AFTER_LEASE)
    assert again(found, entry).state is State.UNCERTAIN
    assert found.claim("live", KINDS, AFTER_LEASE, AFTER_LEASE + HOUR) is None


def test_a_crash_between_journal_and_ledger_is_settled_by_the_journal(opened):
    first = opened()
    entry = leaving(first)
    first._witness.journal.append(entry, NOW)
    found = opened()
    assert found.lost() is None
    assert found.recover(LEASE) == 1
    assert (again(found, entry).state, again(found, entry).reason) == (State.SENT, "in-journal")


def test_the_journal_also_settles_what_was_given_back_as_uncertain(opened):
    first = opened()
    entry = uncertain(first)
    first._witness.journal.append(entry, NOW)
    assert first.recover(NOW) == 1
    assert again(first, entry).state is State.SENT


def test_a_claim_the_journal_names_has_left(opened):
    first = opened()
    entry = claimed(first)
    first._witness.journal.append(entry, NOW)
    found = opened()
    assert found.lost() is None
    found.recover(LEASE)
    assert path_of(found, entry) == ["planned", "claimed", "transmitting", "sent"]
    assert again(found, entry).frozen


@ABOUT_FILES
def test_what_was_sent_is_in_the_journal_before_it_is_in_the_ledger(opened, folder):
    ledger = opened()
    entry = leaving(ledger)
    with ledger._database.reading() as connection:
        pages = connection.value("PRAGMA page_count")
        connection.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerUnwritable, match="full"):
        ledger.settle(entry, Settlement(State.SENT, reply="250 ok" + " queued" * 50_000), NOW)
    assert again(ledger, entry).state is State.TRANSMITTING
    assert entry.key in journal_of(folder).read_text()
    found = opened()
    found.recover(LEASE)
    assert again(found, entry).state is State.SENT


@ABOUT_FILES
def test_what_was_sent_is_in_the_ledger_though_none_may_follow_it(opened, folder):
    ledger = opened()
    entry, second = leaving(ledger, 1), entered(ledger, 2)
    elsewhere = {"key": "f" * 24, "audience": "live", "reminders": [], "at": "2015-01-05T09:00:00Z"}
    journal_of(folder).write_text(json.dumps(elsewhere) + "\n")
    with pytest.raises(LedgerLost, match="older than its journal"):
        ledger.settle_and_claim(entry, Settlement(State.SENT), KINDS, NOW, LEASE)
    assert (again(ledger, entry).state, again(ledger, second).state) == (State.SENT, State.PLANNED)
    assert path_of(ledger, entry).count("sent") == 1


def test_what_was_sent_is_in_the_ledger_though_the_journal_cannot_be_written(opened, folder):
    ledger = opened()
    entry = leaving(ledger)
    journal_of(folder).mkdir()
    with pytest.raises(LedgerUnwritable, match=r"sent\.journal"):
        ledger.settle(entry, Settlement(State.SENT), NOW)
    journal_of(folder).rmdir()
    assert again(ledger, entry).state is State.SENT


@pytest.mark.parametrize("state", [State.FAILED, State.PLANNED, State.UNCERTAIN])
def test_only_what_was_sent_is_in_the_journal(opened, folder, state):
    settled(opened(), to=state)
    assert not journal_of(folder).exists()


# A loss.


def test_a_new_ledger_has_lost_nothing(opened, folder):
    assert opened().lost() is None
    assert (folder / "ledger.id").read_text().strip() != ""


def test_a_ledger_whose_witness_has_gone_gets_a_new_one(opened, folder):
    settled(opened())
    before = (folder / "ledger.id").read_text()
    (folder / "ledger.id").unlink()
    assert opened().lost() is None
    assert (folder / "ledger.id").read_text() == before


def delete(ledger, folder):
    """Take the whole ledger away, as a person would who cleans up too much."""
    with ledger._database.writing() as connection:
        if ledger._database.dialect is not SQLITE:
            connection.change("DROP SCHEMA public CASCADE")
            connection.change("CREATE SCHEMA public")
    ledger.close()
    for file in folder.glob("ledger.sqlite*"):
        file.unlink()


@pytest.fixture
def lost(opened, folder):
    """A state directory whose ledger was deleted after two mails had left."""
    ledger = opened()
    settled(ledger, 1)
    settled(ledger, 2, audience="trial")
    delete(ledger, folder)
    return folder


@pytest.mark.usefixtures("lost")
def test_a_deleted_ledger_is_lost_until_it_is_adopted(opened):
    for _ in range(3):  # however often it is started
        found = opened()
        assert "deleted" in found.lost()
        with pytest.raises(LedgerLost, match="adopt"):
            found.claim("live", KINDS, NOW, LEASE)
        found.close()
    found = opened()
    assert found.adopt(TODAY, NOW) == 2
    assert found.lost() is None
    assert opened().lost() is None


def test_a_deleted_ledger_is_lost_though_its_witness_went_too(lost, opened):
    (lost / "ledger.id").unlink()
    assert "older than its journal" in opened().lost()
    assert "older than its journal" in opened().lost()


@pytest.mark.usefixtures("lost")
def test_an_adopted_ledger_tells_nothing_again_that_the_journal_names(opened):
    found = opened()
    found.adopt(TODAY, NOW)
    adopted = Standing(None, "adopted", "", bounced=False)
    assert standings(found) == {a_reminder(1).key: adopted}
    assert standings(found, "trial") == {a_reminder(2).key: adopted}
    assert found.enter([a_new_entry(1), a_new_entry(3)], NOW) == (a_new_entry(3).key,)
    assert found.keys_present([a_new_entry(1).key]) == {a_new_entry(1).key}


@pytest.mark.usefixtures("lost")
def test_an_adopted_ledger_counts_all_before_the_day_as_told(opened):
    found = opened()
    assert found.told_before("live") is None
    found.adopt(TODAY, NOW)
    assert (found.told_before("live"), found.told_before("trial")) == (TODAY, TODAY)
    found.adopt(TODAY - DAY, NOW)
    assert found.told_before("live") == TODAY


@pytest.mark.usefixtures("lost")
def test_adopting_twice_takes_nothing_over_twice(opened):
    found = opened()
    assert found.adopt(TODAY, NOW) == 2
    assert found.adopt(TODAY, NOW + HOUR) == 0
    assert found.lost() is None


def test_adopting_a_ledger_that_lost_nothing_changes_no_standing(opened):
    ledger = opened()
    settled(ledger, 1)
    held(ledger, 2)
    before = standings(ledger)
    assert ledger.adopt(TODAY, NOW) == 0
    assert standings(ledger) == before


@ABOUT_FILES
@pytest.mark.parametrize(
    "state_in_copy", [entered, held], ids=["while the mail was planned", "while the mail was held"]
)
def test_an_old_copy_put_back_is_lost_and_its_mail_does_not_go_again(opened, folder, tmp_path, state_in_copy):
    ledger = opened()
    entry = state_in_copy(ledger, 1)
    ledger.close()
    backup = copy_of(folder, tmp_path / "backup")
    ledger = opened()
    if entry.state is State.HELD:
        ledger.release(entry, NOW + HOUR, NOW)
    ledger.settle(claim(ledger), Settlement(State.SENT), NOW)
    ledger.close()
    put_back(backup, folder)
    found = opened()
    assert "older than its journal" in found.lost()
    found.adopt(TODAY, NOW)
    assert found.lost() is None
    found.recover(NOW)
    assert again(found, entry).state is State.SENT
    assert found.claim("live", KINDS, NOW, LEASE) is None


@ABOUT_FILES
def test_an_old_copy_without_the_mail_is_lost_again_when_it_is_put_back_again(opened, folder, tmp_path):
    opened().close()
    backup = copy_of(folder, tmp_path / "backup")
    ledger = opened()
    settled(ledger, 1)
    ledger.close()
    for _ in range(2):
        put_back(backup, folder)
        found = opened()
        assert "1 of the mails" in found.lost()
        assert found.adopt(TODAY, NOW) == 1
        assert found.lost() is None
        found.close()


@ABOUT_FILES
def test_an_old_copy_in_which_the_mail_was_to_be_tried_again_does_not_send_it(opened, folder, tmp_path):
    ledger = opened()
    entry = settled(ledger, to=State.PLANNED)
    ledger.close()
    backup = copy_of(folder, tmp_path / "backup")
    ledger = opened()
    retry = claim(ledger)
    ledger.transmitting(retry, NOW)
    ledger.settle(retry, Settlement(State.SENT), NOW)
    ledger.close()
    put_back(backup, folder)
    found = opened()
    found.recover(NOW)
    assert again(found, entry).state is State.SENT


@ABOUT_FILES
def test_a_ledger_of_another_directory_is_lost_here(opened, folder, tmp_path):
    opened(tmp_path / "other").close()
    opened().close()
    put_back(copy_of(tmp_path / "other", tmp_path / "backup"), folder)
    assert "replaced" in opened().lost()


@pytest.mark.usefixtures("lost")
def test_what_one_process_adopts_another_that_waits_sees_at_once(opened):
    waiting = opened()
    assert waiting.lost() is not None
    opened().adopt(TODAY, NOW)
    assert waiting.lost() is None
    entered(waiting, 3)
    assert claim(waiting).key == a_new_entry(3).key


def test_a_ledger_in_memory_is_never_lost(opened):
    scratch = opened(scratch=True)
    settled(scratch)
    assert scratch.lost() is None
    assert scratch.adopt(TODAY, NOW) == 0
    assert scratch.told_before("live") == TODAY


# A clock that ran ahead.


def test_an_adopted_ledger_forgets_what_a_clock_that_ran_ahead_left(opened):
    ledger, ahead = opened(), NOW + 60 * DAY
    entry = leaving(ledger)
    ledger.settle(entry, Settlement(State.PLANNED, not_before=ahead), ahead)
    ledger.pause("smtp", ahead, 3)
    assert ledger.latest_event() == ahead
    ledger.adopt(TODAY, NOW)
    assert (ledger.latest_event(), ledger.paused_until("smtp")) == (None, None)
    assert claim(ledger, NOW + HOUR).id == entry.id
    assert ledger.latest_event() == NOW + HOUR


def test_a_lease_taken_by_a_clock_that_ran_ahead_ends_with_the_adoption(opened):
    ledger, ahead = opened(), NOW + 60 * DAY
    entered(ledger, claim_until=ahead + DAY, expires=ahead + DAY)
    claim(ledger, ahead)
    assert ledger.recover(NOW) == 0
    ledger.adopt(TODAY, NOW)
    assert ledger.recover(NOW) == 1


def test_a_loss_is_noticed_by_a_service_that_has_run_for_long(opened):
    ledger = opened()
    entry = settled(ledger)
    assert ledger.lost() is None
    ledger._witness.journal.append(replace(entry, new=a_new_entry(2)), NOW)
    assert "1 of the mails" in ledger.lost()
    assert "1 of the mails" in ledger.lost()


@ABOUT_FILES
def test_an_old_copy_put_back_under_a_running_service_is_noticed_though_the_newest_mails_are_in_it(opened, folder):
    # Those that were put off before the copy was made go last, and the copy has had them in hand.
    ledger, copy = opened(), sqlite3.connect(":memory:")
    for number in range(1, 13):
        settled(ledger, number, to=State.PLANNED)
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as file:
        file.backup(copy)
    settled(ledger, 13)
    while entry := ledger.claim("live", KINDS, NOW, LEASE):
        ledger.settle(entry, Settlement(State.SENT), NOW)
    assert ledger.lost() is None
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as file:
        copy.backup(file)
    assert "1 of the mails" in ledger.lost()


@ABOUT_FILES
def test_an_old_copy_put_back_while_a_mail_is_in_hand_is_noticed_before_the_next_is_claimed(opened, folder):
    ledger, copy = opened(), sqlite3.connect(":memory:")
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as file:
        file.backup(copy)
    settled(ledger, 1)
    entry = leaving(ledger, 2)
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as file:
        copy.backup(file)
    entered(ledger, 3)
    with pytest.raises(LedgerLost, match="2 of the mails"):
        ledger.settle_and_claim(entry, Settlement(State.SENT), KINDS, NOW, LEASE)


# A power cut may undo a claim, and the settlement of a mail that was sent: those do not wait for the disk.


@pytest.mark.parametrize("place", [IN_A_FILE])
def test_a_claim_that_a_power_cut_undid_is_made_anew(opened, folder, tmp_path):
    ledger = opened()
    entry = entered(ledger)
    on_disk = copy_of(folder, tmp_path / "on disk")
    claim(ledger)
    ledger.close()
    put_back(on_disk, folder)
    found = opened()
    assert (found.lost(), found.recover(NOW)) == (None, 0)
    assert claim(found).id == entry.id


@pytest.mark.parametrize("place", [IN_A_FILE])
def test_a_settlement_that_a_power_cut_undid_is_made_anew_by_the_journal(opened, folder, tmp_path):
    ledger = opened()
    entry = leaving(ledger)
    on_disk = copy_of(folder, tmp_path / "on disk")
    assert ledger.settle(entry, Settlement(State.SENT), NOW)
    ledger.close()
    put_back(on_disk, folder)
    found = opened()
    assert (found.lost(), found.recover(AFTER_LEASE), again(found, entry).state) == (None, 1, State.SENT)
