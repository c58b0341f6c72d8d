import pytest

from reminders.ledger.base import State
from reminders.ledger.retention import FORMER
from tests.ledger.builders import (
    BOARD,
    DAY,
    NOW,
    TODAY,
    a_new_entry,
    a_reminder,
    again,
    claimed,
    entered,
    held,
    leaving,
    settled,
    standings,
    uncertain,
)

# Texts.


def test_a_text_goes_after_ninety_days_and_its_hash_stays(ledger):
    entry = settled(ledger)
    assert ledger.forget(NOW + 90 * DAY) == 0
    assert ledger.forget(NOW + 91 * DAY) == 1
    left = again(ledger, entry)
    assert (left.new.mime, left.new.subject) == (b"", "")
    assert (left.sha256, left.new.address, left.state) == (entry.sha256, entry.new.address, State.SENT)


def test_it_is_done_once_a_day(ledger):
    later = NOW + 91 * DAY
    ledger.forget(later)
    entry = settled(ledger)
    assert ledger.forget(later.replace(hour=23)) == 0
    assert ledger.forget(later + DAY) == 1
    assert again(ledger, entry).new.mime == b""


@pytest.mark.parametrize("still_open", [entered, held, claimed, leaving, uncertain])
def test_what_is_open_is_left_alone_however_old(ledger, still_open):
    entry = again(ledger, still_open(ledger))
    assert ledger.forget(NOW + 1000 * DAY) == 0
    assert again(ledger, entry) == entry


# People.


def test_a_person_is_forgotten_a_year_after_their_last_mail(ledger):
    first, last = settled(ledger, 1, person="D Daly"), settled(ledger, 2, person="D Daly")
    ledger.forget(NOW + 366 * DAY)
    names = {again(ledger, entry).new.person for entry in (first, last)}
    assert len(names) == 1
    assert names.pop().startswith(FORMER)
    left = again(ledger, first)
    assert (left.new.name, left.new.address, left.reply) == (left.new.person, "", None)


def test_who_still_hears_is_remembered_with_all_that_was_sent(ledger):
    old = settled(ledger, 1, person="D Daly")
    ledger.enter([a_new_entry(2, person="D Daly")], NOW + 300 * DAY)
    ledger.forget(NOW + 400 * DAY)
    assert again(ledger, old).new.address == old.new.address


def test_who_heard_through_a_deputy_is_forgotten_too(ledger):
    settled(ledger, 1, person="C Gill", reminders=(a_reminder(1, person="D Daly"),))
    ledger.forget(NOW + 366 * DAY)
    (entry,) = ledger.entries()
    assert entry.new.reminders[0].person.startswith(FORMER)
    assert entry.new.reminders[0].person != entry.new.person


def test_what_was_told_counts_as_told_for_good(ledger):
    entry = settled(ledger)
    ledger.forget(NOW + 366 * DAY)
    assert standings(ledger)[a_reminder(1).key].state is State.SENT
    assert ledger.keys_present([entry.key]) == {entry.key}
    assert ledger.enter([a_new_entry(1)], NOW + 366 * DAY) == ()


def test_a_forgotten_person_is_not_forgotten_again(ledger):
    settled(ledger)
    ledger.forget(NOW + 366 * DAY)
    before = ledger.entries()
    assert ledger.forget(NOW + 800 * DAY) == 0
    assert ledger.entries() == before


def test_each_board_forgets_its_own(opened):
    entry = settled(opened())
    assert opened(board="Another board").forget(NOW + 1000 * DAY) == 0
    assert again(opened(board=BOARD), entry).new.mime != b""


# Erasing.


def test_a_person_is_erased_and_nobody_else(ledger):
    theirs, other = settled(ledger, 1, person="D Daly"), settled(ledger, 2, person="C Gill")
    ledger.note_absences(TODAY, {"D Daly": True, "C Gill": False})
    assert ledger.erase(["D Daly"], [], NOW + DAY) == 1
    left = again(ledger, theirs)
    assert (left.new.mime, left.new.address, left.new.name) == (b"", "", left.new.person)
    assert again(ledger, other) == other
    assert dict(ledger.absences(TODAY)) == {"C Gill": False}
    assert (ledger.history(theirs.id)[-1].reason, ledger.history(theirs.id)[-1].at) == ("erased", NOW + DAY)


def test_a_mail_that_told_somebody_else_of_their_actions_loses_its_text_and_their_name(ledger):
    entry = settled(ledger, 1, person="C Gill", reminders=(a_reminder(1, person="D Daly"),))
    ledger.erase(["D Daly"], [], NOW)
    left = again(ledger, entry)
    assert (left.new.mime, left.new.person, left.new.address) == (b"", "C Gill", entry.new.address)
    assert left.new.reminders[0].person.startswith(FORMER)


def test_further_texts_go_where_they_are_named(ledger):
    digest = settled(ledger, 1, kind="digest", person="business-manager", reminders=())
    settled(ledger, 2, person="D Daly")
    assert ledger.erase(["D Daly"], [digest.id], NOW) == 2
    assert (again(ledger, digest).new.mime, again(ledger, digest).new.person) == (b"", "business-manager")


@pytest.mark.parametrize("still_open", [entered, held, claimed, leaving, uncertain])
def test_nothing_is_erased_while_an_entry_is_open(ledger, still_open):
    settled(ledger, 1, person="D Daly")
    still_open(ledger, 2, person="C Gill", reminders=(a_reminder(2, person="D Daly"),))
    before = ledger.entries()
    assert ledger.erase(["D Daly"], [], NOW) is None
    assert ledger.entries() == before


def test_what_was_erased_is_not_sent_again(ledger):
    settled(ledger)
    ledger.erase(["Person 1"], [], NOW)
    assert standings(ledger)[a_reminder(1).key].state is State.SENT
    assert ledger.enter([a_new_entry(1)], NOW) == ()


def test_the_journal_of_sent_mails_names_nobody(opened, folder):
    entry = settled(opened(), person="D Daly")
    journal = (folder / "sent.journal").read_text()
    assert [word for word in (entry.new.person, entry.new.name, entry.new.address) if word in journal] == []
