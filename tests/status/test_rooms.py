from dataclasses import replace

import pytest

from reminders.status.rooms import rooms_of


def named(house, *names):
    return [room.slug for room in rooms_of([replace(house.board, name=name) for name in names])]


def test_boards_stand_in_the_address_by_plain_words(house):
    assert named(house, "West Berkshire LSCB", "Reading & Wokingham") == ["west-berkshire-lscb", "reading-wokingham"]


@pytest.mark.parametrize(
    ("names", "slugs"),
    [(("A B", "A-B"), ["a-b", "a-b-2"]), (("Ηράκλειο",), ["board"]), (("x" * 200,), ["x" * 80])],
    ids=["alike", "no letter of ours", "long"],
)
def test_no_two_boards_share_an_address(house, names, slugs):
    assert named(house, *names) == slugs
