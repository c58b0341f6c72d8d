"""A board far bigger than any: 500 actions and 5,000 mails; no page may be slow to look at."""

import time
from dataclasses import replace

import pytest

from reminders.core.keys import short_hash
from reminders.ledger.base import Search
from tests.status.house import a_big_plan, a_house, looked_ahead, shown, with_many_entries

_BOARD = "/b/west-berkshire-local-safeguarding-children-board"
_MOST = 0.15  # seconds
_PERSON, _ACTION = short_hash("Person 3"), short_hash("1.3")
_PAGES = (
    "/",
    "/plan",
    "/sent",
    "/sent?page=100",
    f"/sent?person={_PERSON}",
    f"/sent?action={_ACTION}",
    f"/sent?state=sent&person={_PERSON}&page=3",
    "/sent/4000",
    "/coming",
    "/digest",
)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    with a_house(tmp_path_factory.mktemp("big") / "state", plan=a_big_plan()) as house:
        assert house.after.plan
        assert len(house.after.plan.actions) == 500
        with_many_entries(house)
        assert house.ledger.find(Search(), 0, 0).total > 5000
        after = house.after
        one_day = replace(after, rehearse=lambda plan, who, first, _: after.rehearse(plan, who, first, first))
        client = shown(house, one_day).client()
        client.get(f"{_BOARD}/coming")
        looked_ahead()
        yield client


@pytest.mark.parametrize("page", _PAGES)
def test_every_page_of_a_big_board_is_quick(big, page):
    # The best of a few: the machine has other things to do.
    assert min(_seconds(big, page) for _ in range(5)) < _MOST


def _seconds(client, page):
    began = time.perf_counter()
    assert client.get(f"{_BOARD}{page}").status_code == 200
    return time.perf_counter() - began
