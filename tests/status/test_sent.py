from pathlib import Path

import pytest

from reminders.core.keys import short_hash
from reminders.ledger.opening import open_ledger
from reminders.status.sent import Asked, known_to, listed
from tests.ledger.builders import BOARD, NOW, a_new_entry, a_reminder


def found(house, **asked):
    return listed(house.ledger, known_to(house.ledger), Asked(**asked))


def test_a_person_is_asked_for_by_a_hash_and_no_name_stands_in_an_address(house):
    people, actions = known_to(house.ledger).choices
    hidden = next(value for value, name in people.items() if name == "M Evans")
    assert "Evans" not in hidden
    assert {entry.new.name for entry in found(house, person=hidden).entries} == {"M Evans"}
    assert "2.3" in actions.values()


def test_an_action_is_asked_for_by_a_hash_too(house):
    entries = found(house, action=short_hash("2.3")).entries
    assert entries
    assert all("2.3" in entry.new.refs for entry in entries)


def test_a_state_narrows_it_down(house):
    assert [entry.new.name for entry in found(house, state="held").entries] == ["M Evans"]


def test_a_hash_that_stands_for_nobody_finds_nothing(house):
    assert found(house, person="000000000000").total == 0


def test_a_state_that_is_none_is_not_asked_for(house):
    assert found(house, state="' OR 1=1").total == found(house).total


@pytest.mark.parametrize(
    ("page", "number"), [("2", 2), ("", 1), ("0", 1), ("-1", 1), ("٣", 1), ("9" * 20, 1), ("one", 1)]
)
def test_a_page_is_a_number(page, number):
    assert Asked.of({"page": page}).page == number


@pytest.fixture
def ledger():
    opened = open_ledger(Path(), None, board=BOARD, lock=False, scratch=True)
    yield opened
    opened.close()


def test_a_page_holds_fifty(ledger):
    ledger.enter([a_new_entry(number) for number in range(101)], NOW)
    page = listed(ledger, known_to(ledger), Asked(page=3))
    assert (page.total, page.page, page.pages, len(page.entries)) == (101, 3, 3, 1)


def test_refs_and_names_stand_in_their_order(ledger):
    for number, (ref, name) in enumerate([("1.10", "i Mundy"), ("1.2", "C Gill"), ("no ref", "D Daly")]):
        reminder = a_reminder(number, action=ref, ref=ref)
        ledger.enter([a_new_entry(number, person=name, name=name, reminders=(reminder,))], NOW)
    known = known_to(ledger)
    assert list(known.actions.values()) == ["1.2", "1.10", "no ref"]
    assert list(known.people.values()) == ["C Gill", "D Daly", "i Mundy"]
