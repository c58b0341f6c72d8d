"""`backup`, `ledger export`, `ledger erase`, and how `ledger` tells what was sent."""

import sqlite3
from contextlib import closing

import pytest

FIRST_DAY = ("once", "--as-of", "2015-01-02T08:00")


@pytest.fixture
def sent(house):
    """The example after its first day of mails."""
    assert house.run(*FIRST_DAY).code == 0
    return house


def test_a_backup_is_made_and_says_how_to_go_back(sent):
    done = sent.run("backup", str(sent.root / "copy"))
    assert (done.code, (sent.root / "copy").exists()) == (0, True)
    assert "ledger adopt" in done.out
    assert sent.run("backup", str(sent.root / "copy")).code == 73


def test_where_there_is_no_ledger_there_is_nothing_to_copy(house):
    assert house.run("backup", str(house.root / "copy")).code == 64
    assert not (house.root / "copy").exists()


def test_a_ledger_in_postgresql_is_copied_by_its_own_tool(house, monkeypatch):
    monkeypatch.setenv("REMINDERS_LEDGER_URL", "postgresql://reminders@db/ledger")
    done = house.run("backup", "copy.dump")
    assert done.code == 64
    assert "pg_dump --format=custom --file=copy.dump 'postgresql://reminders@db/ledger'" in done.err


def make_older(house):
    """Take the ledger back to its fourth version."""
    with closing(sqlite3.connect(house.state / "ledger.sqlite")) as ledger:
        ledger.executescript(
            "ALTER TABLE entries ADD COLUMN mime BLOB NOT NULL DEFAULT x'';"
            "UPDATE entries SET mime = (SELECT mime FROM texts WHERE entry_id = entries.id); DROP TABLE texts;"
            "UPDATE meta SET value = '4' WHERE name = 'schema'"
        )


def test_a_migration_copies_the_ledger_first_and_says_how_to_go_back(house):
    assert house.run("once").code == 0
    make_older(house)
    assert house.run("migrate", "--check").code == 1
    done = house.run("migrate")
    (copy,) = house.state.glob("before-migration-*.sqlite")
    assert (done.code, str(copy) in done.out, "ledger adopt" in done.out) == (0, True, True)
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone() == ("4",)


def test_a_migration_with_nothing_to_do_copies_nothing(house):
    assert house.run("once").code == 0
    assert house.run("migrate").code == 0
    assert list(house.state.glob("before-migration-*")) == []


def test_all_that_is_held_about_a_person_is_exported(sent):
    told = sent.run("ledger", "export", "C Gill").json
    (mail,) = told["entries"]
    assert (told["ids"], mail["refs"], mail["state"]) == (["C Gill"], ["3.3", "4.6"], "sent")
    assert "Dear" in mail["text"] or "3.3" in mail["text"]
    assert [move["state"] for move in mail["moves"]] == ["planned", "claimed", "transmitting", "sent"]


def test_a_person_is_erased_and_is_not_mailed_again(sent):
    done = sent.run("ledger", "erase", "C Gill")
    assert (done.code, "Not touched" in done.out) == (0, True)
    left = len(sent.outbox())
    assert [mail for mail in sent.outbox() if "C Gill" in mail.as_string()] == []
    assert sent.run("ledger", "export", "C Gill").code == 64
    sent.run(*FIRST_DAY)
    assert len(sent.outbox()) == left
    assert "c.gill@" not in sent.run("ledger", "--json").out


def test_nobody_is_erased_whose_mail_has_not_ended(house):
    house.edit("reminders.yaml", "max_mails_per_run: 50", "max_mails_per_run: 1")
    house.run(*FIRST_DAY)
    done = house.run("ledger", "erase", "C Gill")
    assert done.code == 1
    assert "(held) has not ended" in done.err
    assert "c.gill@" in house.run("ledger", "--json").out


@pytest.mark.parametrize("verb", ["export", "erase"])
def test_of_a_name_nobody_knows_nothing_is_held(sent, verb):
    assert sent.run("ledger", verb, "N Obody").code == 64
    assert sent.run("ledger", verb).code == 64


def test_a_held_mail_says_what_a_person_can_do(house):
    house.edit("reminders.yaml", "max_mails_per_run: 50", "max_mails_per_run: 1")
    house.run(*FIRST_DAY)
    told = house.run("ledger", "C Gill").out
    number = told.split()[0]
    assert f"ledger release {number}` lets it go" in told
    assert f"ledger withdraw {number}` ends it unsent" in told


def test_one_entry_is_told_in_full(sent):
    number = sent.run("ledger", "C Gill").out.split()[0]
    told = sent.run("ledger", number).out
    for words in (
        "To: C Gill <c.gill@westberks.example>",
        "Tells: 3.3 of C Gill, deadline 31 January 2015",
        "sent, by",
    ):
        assert words in told


def test_a_former_name_finds_what_was_sent_to_it(sent):
    sent.edit("directory.yaml", "  C Gill: ", "  C Gill-Smith:\n    id: C Gill\n    email: ")
    assert "about 3.3, 4.6" in sent.run("ledger", "C Gill-Smith").out
