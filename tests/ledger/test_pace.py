from datetime import timedelta
from itertools import pairwise

from tests.ledger.builders import BOARD, DAY, HOUR, MINUTE, NOW

SECOND = timedelta(seconds=1)


def test_a_transport_nobody_spoke_of_does_not_rest(ledger):
    assert (ledger.paused_until("smtp"), ledger.failures("smtp")) == (None, 0)


def test_a_transport_rests_until_it_is_woken(ledger):
    ledger.pause("smtp", NOW + MINUTE, 1)
    ledger.pause("smtp", NOW + 2 * MINUTE, 2)
    assert (ledger.paused_until("smtp"), ledger.failures("smtp")) == (NOW + 2 * MINUTE, 2)
    assert ledger.paused_until("ews") is None
    ledger.pause("smtp", None, 0)
    assert (ledger.paused_until("smtp"), ledger.failures("smtp")) == (None, 0)


def test_the_first_slot_is_now(ledger):
    assert ledger.take_slot("reminders@westberks.example", 3, NOW) == NOW


def test_slots_are_an_interval_apart(ledger):
    taken = [ledger.take_slot("a", 3, NOW)]
    now = NOW
    for _ in range(100):
        now += SECOND
        slot = ledger.take_slot("a", 3, now)
        if slot == now:
            taken.append(slot)
    gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(taken)}
    assert (len(taken), gaps) == (34, {3.0})


def test_a_later_slot_is_not_taken_by_asking(ledger):
    ledger.take_slot("a", 60, NOW)
    asked = {ledger.take_slot("a", 60, NOW + SECOND) for _ in range(5)}
    assert asked == {NOW + MINUTE}
    assert ledger.take_slot("a", 60, NOW + MINUTE) == NOW + MINUTE


def test_a_quiet_hour_saves_up_nothing(ledger):
    ledger.take_slot("a", 60, NOW)
    assert ledger.take_slot("a", 60, NOW + HOUR) == NOW + HOUR
    assert ledger.take_slot("a", 60, NOW + HOUR) == NOW + HOUR + MINUTE


def test_each_mailbox_has_its_own_pace(ledger):
    ledger.take_slot("a", 60, NOW)
    assert ledger.take_slot("b", 60, NOW) == NOW


def test_boards_that_share_a_mailbox_share_its_pace(opened):
    opened().take_slot("a", 60, NOW)
    other = opened(board="Another board")
    assert other.take_slot("a", 60, NOW) == NOW + MINUTE


def test_boards_do_not_share_a_rest(opened):
    opened(board=BOARD).pause("smtp", NOW + MINUTE, 1)
    assert opened(board="Another board").paused_until("smtp") is None


def test_a_clock_that_was_set_back_does_not_silence_a_mailbox(ledger):
    ledger.take_slot("a", 60, NOW + DAY)
    assert ledger.take_slot("a", 60, NOW) == NOW
    assert ledger.take_slot("a", 60, NOW + SECOND) == NOW + MINUTE


def test_a_clock_a_little_behind_waits_like_everybody(ledger):
    ledger.take_slot("a", 3, NOW + 20 * SECOND)
    assert ledger.take_slot("a", 3, NOW) == NOW + 23 * SECOND
