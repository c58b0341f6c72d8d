import re
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.keys import notice_key, short_hash
from tests.builders import reminder_key

NOTICE: dict[str, Any] = {
    "board": "LSCB",
    "audience": "live",
    "kind": "reminder",
    "person": "M Evans",
    "day": date(2015, 1, 2),
}
REMINDER: dict[str, Any] = {
    "board": "LSCB",
    "audience": "live",
    "action": "2.3",
    "person": "M Evans",
    "deadline": date(2015, 1, 31),
    "offset": -28,
}
# As the ledgers in use hold them: a change here would tell everybody everything once more.
NOTICE_KEY = "00e6a15bd46b59a9322bdd0d"
REMINDER_KEY = "3487acc4087da79b2d371941"


def test_a_notice_keeps_its_key_for_good():
    assert notice_key(**NOTICE) == NOTICE_KEY


def test_a_reminder_keeps_its_key_for_good():
    assert reminder_key(**REMINDER) == REMINDER_KEY


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"board": "another"}, id="another board"),
        pytest.param({"audience": "trial"}, id="on trial"),
        pytest.param({"kind": "digest"}, id="another kind"),
        pytest.param({"person": "I Mundy"}, id="another person"),
        pytest.param({"day": date(2015, 1, 5)}, id="another day"),
        pytest.param({"day": None}, id="once for good"),
    ],
)
def test_each_part_of_a_notice_makes_its_key(other):
    assert notice_key(**{**NOTICE, **other}) != notice_key(**NOTICE)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"board": "another"}, id="another board"),
        pytest.param({"audience": "trial"}, id="on trial"),
        pytest.param({"action": "2.4"}, id="another action"),
        pytest.param({"person": "I Mundy"}, id="another person"),
        pytest.param({"deadline": date(2015, 3, 31)}, id="another deadline"),
        pytest.param({"offset": 28}, id="another offset"),
    ],
)
def test_each_part_of_a_reminder_makes_its_key(other):
    assert reminder_key(**{**REMINDER, **other}) != reminder_key(**REMINDER)


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_a_key_is_24_hex_digits_and_shows_nothing(board, person):
    key = notice_key(**{**NOTICE, "board": board, "person": person})
    assert re.fullmatch("[0-9a-f]{24}", key)


def test_parts_do_not_run_into_each_other():
    cut = [("abc"[:end], "abc"[end:]) for end in range(4)]
    keys = {notice_key(**{**NOTICE, "kind": kind, "person": person}) for kind, person in cut}
    assert len(keys) == len(cut)


def test_a_notice_and_a_reminder_never_share_a_key():
    parts = [notice_key(**NOTICE), notice_key(**{**NOTICE, "day": None}), reminder_key(**REMINDER)]
    assert all(one != other for one, other in combinations(parts, 2))


def test_a_short_hash_has_as_many_digits_as_asked_for():
    assert (short_hash("a"), short_hash("a", 4)) == ("ca978112ca1b", "ca97")


def test_the_key_of_a_fault_that_is_told_once_for_good_stays_too():
    known = {"board": "West Berkshire LSCB", "audience": "live", "kind": "fault:cap", "person": "ops"}
    assert notice_key(**known, day=None) == "6d4365222c084ad7f16d5631"
