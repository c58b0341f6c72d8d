from reminders.ledger.base import KeptReading
from tests.ledger.builders import HOUR, NOW


def a_reading(number=1, kind="plan", **changed):
    usual = {"source": "plan.yaml", "sha256": f"{number:064x}", "data": {"actions": [{"ref": "2.3"}]}, "taken": NOW}
    return KeptReading(kind, **{**usual, **changed})


def test_nothing_is_kept_at_first(ledger):
    assert (ledger.good_reading("plan"), ledger.held_reading("plan")) == (None, None)


def test_the_last_good_reading_is_kept(ledger):
    ledger.keep_good(a_reading(1))
    ledger.keep_good(a_reading(2, data={"title": "Plan \u2013 2015"}, taken=NOW + HOUR))
    assert ledger.good_reading("plan") == a_reading(2, data={"title": "Plan \u2013 2015"}, taken=NOW + HOUR)
    assert ledger.good_reading("directory") is None


def test_a_held_reading_waits_beside_the_good_one(ledger):
    ledger.keep_good(a_reading(1))
    ledger.keep_held(a_reading(2, why="a fifth of the rows are gone"))
    assert ledger.good_reading("plan") == a_reading(1)
    assert ledger.held_reading("plan") == a_reading(2, why="a fifth of the rows are gone")


def test_the_newest_held_reading_replaces_the_one_before(ledger):
    ledger.keep_held(a_reading(1, why="swapped"))
    ledger.keep_held(a_reading(2, why="emptied"))
    assert ledger.held_reading("plan") == a_reading(2, why="emptied")


def test_a_good_reading_ends_the_wait(ledger):
    ledger.keep_held(a_reading(1, why="swapped"))
    ledger.keep_held(a_reading(1, kind="directory", why="emptied"))
    ledger.keep_good(a_reading(1))
    assert ledger.held_reading("plan") is None
    assert ledger.held_reading("directory") is not None


def test_a_held_reading_is_forgotten_when_the_file_is_as_it_was(ledger):
    ledger.keep_good(a_reading(1))
    ledger.keep_held(a_reading(2, why="swapped"))
    ledger.forget_held("plan")
    ledger.forget_held("plan")
    assert (ledger.good_reading("plan"), ledger.held_reading("plan")) == (a_reading(1), None)


def test_each_board_keeps_its_own(opened):
    opened().keep_good(a_reading(1))
    assert opened(board="Another board").good_reading("plan") is None
