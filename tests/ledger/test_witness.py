import json
import logging

import pytest

from reminders.ledger.base import LedgerUnwritable
from reminders.ledger.witness import Mark, SentNotice, Witness
from tests.ledger.builders import NOW, a_new_entry, a_reminder, entered


@pytest.fixture
def witness(tmp_path):
    return Witness(tmp_path)


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "sent.journal"


def sent_notice(number):
    return SentNotice(a_new_entry(number).key, "live", (a_reminder(number).key,))


def test_a_witness_that_was_never_written_names_nothing(witness, tmp_path):
    assert witness.identity() is None
    assert witness.journal.notices() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_witness_says_what_it_was_told_last(witness, tmp_path):
    witness.testify("one")
    witness.testify("other")
    assert Witness(tmp_path).identity() == "other"
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.id"]
    assert witness.path.stat().st_mode & 0o777 == 0o600


def test_the_journal_is_one_json_line_a_mail_without_names_or_wording(witness, journal, ledger):
    witness.journal.append(entered(ledger, 1), NOW)
    witness.journal.append(entered(ledger, 2), NOW)
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    keys = [{"key": a_new_entry(n).key, "audience": "live", "reminders": [a_reminder(n).key]} for n in (1, 2)]
    assert lines == [each | {"at": "2015-01-05T09:00:00Z"} for each in keys]
    assert journal.stat().st_mode & 0o777 == 0o600


def test_the_journal_is_read_back(witness, tmp_path, ledger):
    for number in (1, 2):
        witness.journal.append(entered(ledger, number), NOW)
    expected = {a_new_entry(number).key: sent_notice(number) for number in (1, 2)}
    assert Witness(tmp_path).journal.notices() == expected
    assert witness.journal.notices() == expected


def test_what_another_process_adds_is_read_too(witness, tmp_path, ledger):
    witness.journal.append(entered(ledger, 1), NOW)
    assert len(witness.journal.notices()) == 1
    Witness(tmp_path).journal.append(entered(ledger, 2), NOW)
    assert len(witness.journal.notices()) == 2


@pytest.mark.parametrize("torn", [b'{"key": "ff', b"{", b"\xff\xfe", b"[]", b'{"key": 1}', b"\x00\x00"])
def test_a_torn_last_line_costs_no_other(witness, journal, tmp_path, ledger, torn, caplog):
    witness.journal.append(entered(ledger, 1), NOW)
    with journal.open("ab") as file:
        file.write(torn)
    assert set(Witness(tmp_path).journal.notices()) == {a_new_entry(1).key}
    witness.journal.append(entered(ledger, 2), NOW)
    with caplog.at_level(logging.WARNING):
        assert set(Witness(tmp_path).journal.notices()) == {a_new_entry(1).key, a_new_entry(2).key}
    assert [record.event for record in caplog.records] == ["journal-torn"]


def test_a_line_that_is_being_written_counts_once_it_is_whole(witness, journal, ledger):
    witness.journal.append(entered(ledger, 1), NOW)
    whole = journal.read_bytes()
    for length in range(len(whole)):
        journal.write_bytes(whole[:length])
        assert witness.journal.notices() == {}
    journal.write_bytes(whole)
    assert len(witness.journal.notices()) == 1


def test_a_journal_that_was_put_back_shorter_is_read_anew(witness, journal, ledger):
    witness.journal.append(entered(ledger, 1), NOW)
    earlier = journal.read_bytes()
    witness.journal.append(entered(ledger, 2), NOW)
    assert len(witness.journal.notices()) == 2
    journal.write_bytes(earlier)
    assert len(witness.journal.notices()) == 1
    journal.unlink()
    assert witness.journal.notices() == {}


def test_a_journal_that_cannot_be_written_is_told_with_its_path(witness, journal, ledger):
    journal.mkdir()
    with pytest.raises(LedgerUnwritable, match=r"sent\.journal"):
        witness.journal.append(entered(ledger), NOW)
    with pytest.raises(LedgerUnwritable, match=r"sent\.journal"):
        witness.journal.notices()


def test_a_witness_that_cannot_be_written_is_told_with_its_path(witness):
    witness.path.mkdir()
    (witness.path / "something").touch()
    with pytest.raises(LedgerUnwritable, match=r"ledger\.id"):
        witness.testify("one")
    with pytest.raises(LedgerUnwritable, match=r"ledger\.id"):
        witness.identity()
    assert [file.name for file in witness.folder.iterdir()] == ["ledger.id"]
    with pytest.raises(LedgerUnwritable, match=r"gone/ledger\.id"):
        Witness(witness.folder / "gone").testify("one")


def test_only_the_lines_after_a_mark_are_told_again(witness, ledger):
    witness.journal.append(entered(ledger, 1), NOW)
    first, mark = witness.journal.after(Mark())
    witness.journal.append(entered(ledger, 2), NOW)
    second, after = witness.journal.after(mark)
    assert (first, second) == ([a_new_entry(1).key], [a_new_entry(2).key])
    assert witness.journal.after(after) == ([], after)


def test_a_mark_is_moved_past_a_line_of_ones_own_and_no_other(witness, ledger):
    one, two = entered(ledger, 1), entered(ledger, 2)
    witness.journal.append(one, NOW)
    assert witness.journal.past(Mark(), two.key) == Mark()
    _, mark = witness.journal.after(Mark())
    assert witness.journal.past(Mark(file=mark.file), one.key) == mark
    Witness(witness.folder).journal.append(one, NOW)
    witness.journal.append(two, NOW)
    witness.journal.after(mark)
    assert witness.journal.past(mark, two.key) == mark


def test_of_a_journal_that_was_put_back_every_line_is_told_again(witness, journal, ledger):
    witness.journal.append(entered(ledger, 1), NOW)
    earlier = journal.read_bytes()
    witness.journal.append(entered(ledger, 2), NOW)
    _, mark = witness.journal.after(Mark())
    journal.write_bytes(earlier)
    assert witness.journal.after(mark)[0] == [a_new_entry(1).key]
