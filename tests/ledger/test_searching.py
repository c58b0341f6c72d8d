"""Every ledger is looked through alike: in memory, in a file, in PostgreSQL."""

import pytest

from reminders.ledger.base import Found, Search, State
from tests.ledger.builders import a_reminder, entered, held, settled


@pytest.fixture
def three(ledger):
    settled(ledger, 1, person="M Evans")
    held(ledger, 2, person="I Mundy", name="I Mundy", reminders=(a_reminder(2, action="3.1", ref="3.1"),))
    entered(ledger, 3, person="M Evans", name="Mary Evans")
    return ledger


def numbers(found: Found) -> list[str]:
    return [each.key.lstrip("f") for each in found.entries]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (Search(), ["00000003", "00000002", "00000001"]),
        (Search(person="M Evans"), ["00000003", "00000001"]),
        (Search(action="3.1"), ["00000002"]),
        (Search(state=State.SENT), ["00000001"]),
        (Search(person="M Evans", state=State.HELD), []),
    ],
    ids=["everything", "a person", "an action", "a state", "nothing"],
)
def test_entries_are_found_newest_first(three, search, found):
    answer = three.find(search, 0, 10)
    assert (answer.total, numbers(answer)) == (len(found), found)


def test_a_page_holds_some_of_what_is_found(three):
    answer = three.find(Search(), 1, 1)
    assert (answer.total, numbers(answer)) == (3, ["00000002"])


def test_what_is_found_has_all_but_its_text(three):
    (entry,) = three.find(Search(state=State.SENT), 0, 1).entries
    whole = three.entry(entry.id)
    assert entry.new.mime == b""
    assert (entry.new.reminders, entry.reply, entry.sha256) == (whole.new.reminders, whole.reply, whole.sha256)


def test_people_and_actions_go_by_their_newest_names(three):
    assert three.people() == {"M Evans": "Mary Evans", "I Mundy": "I Mundy"}
    assert three.actions() == {"2.3": "2.3", "3.1": "3.1"}


def test_another_boards_entries_are_not_found(opened):
    entered(opened(board="Another board"))
    ours = opened()
    assert (ours.find(Search(), 0, 10).total, ours.people(), ours.actions()) == (0, {}, {})
