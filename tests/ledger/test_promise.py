"""One suite for every ledger: what `base.py` promises holds wherever it is kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from reminders.ledger.base import MOVES, OPEN, Event, Settlement, Standing, State
from tests.ledger.builders import (
    AFTER_LEASE,
    DAY,
    HOUR,
    KINDS,
    LEASE,
    MINUTE,
    NOW,
    TODAY,
    a_new_entry,
    a_reminder,
    again,
    claim,
    claimed,
    entered,
    held,
    leaving,
    path_of,
    settled,
    standings,
    uncertain,
)

# Entering.


def test_an_entry_comes_back_as_it_was_entered(ledger):
    new = a_new_entry(
        cause="transport-down",
        reasons=("late", "deputy"),
        refs=("2.3", "1.10"),
        reminders=(a_reminder(1), a_reminder(2, late=True, offset=0)),
        mime="Subject: \u00e9\r\n\r\n\r\n.\r\n".encode(),
        facts={"blank": ["2.3"], "count": 1},
    )
    ledger.enter([new], NOW)
    (entry,) = ledger.entries()
    assert entry.new == new
    assert (entry.state, entry.attempts, entry.claim, entry.frozen, entry.released) == ("planned", 0, 0, False, False)
    assert entry.created == NOW


def test_times_come_back_in_utc_whatever_zone_they_came_in(ledger):
    summer = timezone(HOUR)
    entry = entered(ledger, expires=datetime(2015, 7, 1, 0, 30, tzinfo=summer))
    assert entry.new.expires == datetime(2015, 6, 30, 23, 30, tzinfo=UTC)
    assert entry.new.expires.tzinfo is UTC


def test_the_same_notice_is_entered_once(ledger):
    assert ledger.enter([a_new_entry(1)], NOW) == (a_new_entry(1).key,)
    assert ledger.enter([a_new_entry(1, subject="another"), a_new_entry(2)], NOW) == (a_new_entry(2).key,)
    assert [entry.new.subject for entry in ledger.entries()] == [a_new_entry().subject] * 2


def test_the_same_notice_twice_in_one_call_is_entered_once(ledger):
    assert ledger.enter([a_new_entry(), a_new_entry()], NOW) == (a_new_entry().key,)


def test_a_notice_that_has_ended_is_not_entered_again(ledger):
    ledger.end(entered(ledger), State.WITHDRAWN, "row-gone", NOW)
    assert ledger.enter([a_new_entry()], NOW) == ()


def test_a_notice_in_an_impossible_state_enters_nothing_of_its_company(ledger):
    with pytest.raises(ValueError, match="sent"):
        ledger.enter([a_new_entry(1), a_new_entry(2, state=State.SENT)], NOW)
    assert ledger.entries() == ()


def test_a_naive_time_is_refused(ledger):
    with pytest.raises(TypeError, match="aware"):
        ledger.enter([a_new_entry()], datetime(2015, 1, 5))  # noqa: DTZ001 - that is the point
    assert ledger.entries() == ()


def test_a_held_entry_says_why_and_is_not_claimed(ledger):
    assert held(ledger, reason="off-allow-list").reason == "off-allow-list"
    assert ledger.claim("live", KINDS, NOW, LEASE) is None


# Redrawing.


def test_a_planned_entry_is_redrawn_and_keeps_its_key_and_number(ledger):
    entry = entered(ledger)
    new = a_new_entry(subject="another", mime=b"other bytes", reminders=(a_reminder(7), a_reminder(8)), refs=("5.1",))
    assert ledger.redraw(entry, new, NOW + HOUR)
    redrawn = again(ledger, entry)
    assert (redrawn.id, redrawn.new, redrawn.created) == (entry.id, new, NOW)
    assert redrawn.sha256 != entry.sha256
    assert set(standings(ledger)) == {a_reminder(7).key, a_reminder(8).key}


@pytest.mark.parametrize("moved", [claimed, leaving, settled, uncertain])
def test_an_entry_that_has_moved_on_is_not_redrawn(ledger, moved):
    entry = entered(ledger)
    moved(ledger)
    assert not ledger.redraw(entry, a_new_entry(mime=b"other"), NOW)
    assert not ledger.redraw(again(ledger, entry), a_new_entry(mime=b"other"), NOW)
    assert again(ledger, entry).new.mime == a_new_entry().mime


def test_an_entry_that_was_once_leaving_is_never_redrawn(ledger):
    entry = settled(ledger, to=State.PLANNED)
    assert entry.frozen
    assert not ledger.redraw(entry, a_new_entry(mime=b"other"), NOW)


def test_an_entry_that_was_only_claimed_may_be_redrawn(ledger):
    entry = claimed(ledger)
    ledger.settle(entry, Settlement(State.PLANNED), NOW)
    assert ledger.redraw(again(ledger, entry), a_new_entry(mime=b"other"), NOW)


def test_a_redrawn_entry_is_held_where_its_new_address_must_not_hear(ledger):
    entry = entered(ledger)
    elsewhere = a_new_entry(address="m.evans@other.example", state=State.HELD, reasons=("off-allow-list",))
    assert ledger.redraw(entry, elsewhere, NOW)
    assert (again(ledger, entry).state, again(ledger, entry).reason) == (State.HELD, "off-allow-list")
    assert ledger.claim("live", KINDS, NOW, LEASE) is None


def test_a_redrawn_entry_may_not_change_its_key(ledger):
    with pytest.raises(ValueError, match="key"):
        ledger.redraw(entered(ledger, 1), a_new_entry(2), NOW)


# Ending unsent, and releasing.


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED, State.HELD])
def test_a_planned_entry_ends_unsent(ledger, state):
    entry = entered(ledger)
    assert ledger.end(entry, state, "day-passed", NOW)
    ended = again(ledger, entry)
    assert (ended.state, ended.reason) == (state, "day-passed")
    assert ended.settled == (None if state in OPEN else NOW)
    assert ledger.claim("live", KINDS, NOW, LEASE) is None


def test_an_entry_that_has_moved_on_does_not_end(ledger):
    entry = entered(ledger)
    claim(ledger)
    assert not ledger.end(entry, State.WITHDRAWN, "row-gone", NOW)
    assert not ledger.end(again(ledger, entry), State.WITHDRAWN, "row-gone", NOW)
    assert again(ledger, entry).state is State.CLAIMED


def test_an_entry_does_not_end_twice(ledger):
    entry = entered(ledger)
    assert ledger.end(entry, State.WITHDRAWN, "row-gone", NOW)
    assert not ledger.end(entry, State.EXPIRED, "day-passed", NOW)


def test_a_released_entry_goes_first_whatever_its_hour_and_kind(ledger):
    entered(ledger, 1)
    late = held(ledger, 2, claim_until=NOW - HOUR, expires=NOW - HOUR, kind="reminder")
    assert ledger.release(late, NOW + HOUR, NOW)
    first = claim(ledger, kinds=("digest",))
    assert (first.id, first.released, first.new.expires) == (late.id, True, NOW + HOUR)


def test_a_released_entry_goes_before_those_that_came_earlier(ledger):
    first, later = entered(ledger, 1), held(ledger, 2)
    ledger.release(later, NOW + HOUR, NOW)
    assert [claim(ledger).id, claim(ledger).id] == [later.id, first.id]


def test_only_a_held_entry_is_released(ledger):
    planned = entered(ledger, 1)
    assert not ledger.release(planned, NOW + HOUR, NOW)
    withdrawn = held(ledger, 2)
    ledger.end(withdrawn, State.WITHDRAWN, "not-resent", NOW)
    assert not ledger.release(withdrawn, NOW + HOUR, NOW)


def test_a_released_entry_is_over_when_its_time_has_come(ledger):
    ledger.release(held(ledger), NOW + HOUR, NOW)
    assert ledger.claim("live", KINDS, NOW + HOUR, NOW + 2 * HOUR) is None


# Claiming.


def test_entries_are_claimed_in_the_order_they_came(ledger):
    ledger.enter([a_new_entry(number) for number in (3, 1, 2)], NOW)
    assert [claim(ledger).key for _ in range(3)] == [a_new_entry(number).key for number in (3, 1, 2)]
    assert ledger.claim("live", KINDS, NOW, LEASE) is None


def test_an_entry_that_was_tried_before_lets_the_others_go_first(ledger):
    tried = entered(ledger, 1)
    other = entered(ledger, 2)
    ledger.settle(claim(ledger), Settlement(State.PLANNED, reply="550 5.7.1 relaying denied"), NOW)
    assert [claim(ledger).id, claim(ledger).id] == [other.id, tried.id]


def test_a_claim_counts_an_attempt_and_raises_the_fence(ledger):
    entry = claimed(ledger)
    assert (entry.state, entry.claim, entry.attempts) == (State.CLAIMED, 1, 1)
    ledger.settle(entry, Settlement(State.PLANNED), NOW)
    assert (claim(ledger).claim, again(ledger, entry).attempts) == (2, 2)


@pytest.mark.parametrize(
    "unfit",
    [
        {"kind": "digest"},
        {"audience": "trial"},
        {"claim_until": NOW},
        {"expires": NOW},
    ],
    ids=["another kind", "another audience", "after its hours", "after its day"],
)
def test_an_entry_is_not_claimed_out_of_turn(ledger, unfit):
    entered(ledger, **unfit)
    assert ledger.claim("live", ("reminder",), NOW, LEASE) is None


def test_an_entry_put_off_is_claimed_when_its_time_comes(ledger):
    entry = leaving(ledger)
    ledger.settle(entry, Settlement(State.PLANNED, reply="451 later", not_before=NOW + MINUTE), NOW)
    assert again(ledger, entry).not_before == NOW + MINUTE
    assert ledger.claim("live", KINDS, NOW + 59 * timedelta(seconds=1), AFTER_LEASE) is None
    assert claim(ledger, NOW + MINUTE).id == entry.id


def test_a_microsecond_counts(ledger):
    entered(ledger, expires=NOW + timedelta(microseconds=1))
    assert claim(ledger).claim == 1


def test_something_is_due_exactly_while_it_can_be_claimed(ledger):
    assert not ledger.anything_due("live", KINDS, NOW)
    entered(ledger)
    assert ledger.anything_due("live", KINDS, NOW)
    assert not ledger.anything_due("trial", KINDS, NOW)
    assert not ledger.anything_due("live", ("digest",), NOW)
    assert not ledger.anything_due("live", KINDS, NOW + 12 * HOUR)
    claim(ledger)
    assert not ledger.anything_due("live", KINDS, NOW)


# Leaving.


def test_the_first_time_an_entry_leaves_its_bytes_are_frozen(ledger):
    entry = leaving(ledger)
    assert again(ledger, entry).first_attempt == NOW
    ledger.settle(entry, Settlement(State.PLANNED), NOW)
    second = claim(ledger, NOW + HOUR)
    assert ledger.transmitting(second, NOW + HOUR)
    assert again(ledger, entry).first_attempt == NOW


def test_who_lost_the_lease_may_not_transmit(ledger):
    entry = claimed(ledger)
    assert not ledger.transmitting(entry, LEASE)
    assert again(ledger, entry).first_attempt is None


def test_nobody_transmits_twice_on_one_claim(ledger):
    entry = leaving(ledger)
    assert not ledger.transmitting(entry, NOW)


def test_who_was_overtaken_may_neither_transmit_nor_settle(ledger):
    stale = claimed(ledger)
    ledger.recover(AFTER_LEASE)
    fresh = claim(ledger, AFTER_LEASE)
    assert not ledger.transmitting(stale, AFTER_LEASE)
    assert not ledger.settle(stale, Settlement(State.FAILED, "bad-address"), AFTER_LEASE)
    assert not ledger.settle(stale, Settlement(State.SENT), AFTER_LEASE)
    assert again(ledger, fresh) == fresh
    assert ledger.transmitting(fresh, AFTER_LEASE)


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.PLANNED, State.UNCERTAIN])
def test_a_transmission_is_settled(ledger, state):
    entry = leaving(ledger)
    assert ledger.settle(entry, Settlement(state, "why", "250 ok"), NOW + MINUTE)
    now = again(ledger, entry)
    assert (now.state, now.reason, now.reply) == (state, "why", "250 ok")
    assert now.settled == (None if state in OPEN else NOW + MINUTE)


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.UNCERTAIN])
def test_with_the_end_of_one_mail_the_next_is_claimed(ledger, state):
    entry, second = leaving(ledger, 1), entered(ledger, 2)
    done, following = ledger.settle_and_claim(entry, Settlement(state, "why", "250 ok"), KINDS, NOW + MINUTE, LEASE)
    assert done
    assert again(ledger, entry).state == state
    assert following == again(ledger, second)
    assert (following.state, following.claim, following.attempts) == (State.CLAIMED, 1, 1)
    assert (path_of(ledger, entry)[-1], path_of(ledger, second)[-1]) == (state, "claimed")


def test_after_the_last_mail_no_other_is_claimed(ledger):
    entry = leaving(ledger)
    assert ledger.settle_and_claim(entry, Settlement(State.SENT), KINDS, NOW, LEASE) == (True, None)
    entered(ledger, 2, audience="trial")
    other = leaving(ledger, 3)
    assert ledger.settle_and_claim(other, Settlement(State.SENT), ("reminder",), NOW, LEASE) == (True, None)


def test_a_mail_put_off_is_not_the_next(ledger):
    entry, second = leaving(ledger, 1), entered(ledger, 2)
    put_off = Settlement(State.PLANNED, "put-off", not_before=NOW + MINUTE)
    _, following = ledger.settle_and_claim(entry, put_off, KINDS, NOW, LEASE)
    assert following.id == second.id


def test_who_was_overtaken_settles_nothing_and_goes_on(ledger):
    stale = claimed(ledger, 1)
    ledger.recover(AFTER_LEASE)
    fresh, second = claim(ledger, AFTER_LEASE), entered(ledger, 2)
    later = AFTER_LEASE + HOUR
    done, following = ledger.settle_and_claim(stale, Settlement(State.FAILED), KINDS, AFTER_LEASE, later)
    assert (done, following.id) == (False, second.id)
    assert ledger.settle_and_claim(stale, Settlement(State.SENT), KINDS, AFTER_LEASE, later) == (False, None)
    assert again(ledger, fresh) == fresh


def test_a_settled_entry_is_settled_for_good(ledger):
    entry = leaving(ledger)
    assert ledger.settle(entry, Settlement(State.SENT), NOW)
    assert not ledger.settle(entry, Settlement(State.FAILED), NOW)
    assert not ledger.settle(again(ledger, entry), Settlement(State.FAILED), NOW)


def test_a_refusal_before_anything_left_is_settled_from_the_claim(ledger):
    entry = claimed(ledger)
    assert ledger.settle(entry, Settlement(State.FAILED, "bad-address", "550 no such user"), NOW)
    assert not again(ledger, entry).frozen


@pytest.mark.parametrize("state", [State.SENT, State.UNCERTAIN])
def test_a_transport_that_never_asked_still_passes_through_transmitting(ledger, state):
    entry = claimed(ledger)
    assert ledger.settle(entry, Settlement(state), NOW)
    assert path_of(ledger, entry) == ["planned", "claimed", "transmitting", state]
    assert again(ledger, entry).frozen


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED, State.CLAIMED])
def test_a_settlement_that_is_no_move_is_our_own_mistake(ledger, state):
    entry = claimed(ledger)
    with pytest.raises(ValueError, match="no entry moves"):
        ledger.settle(entry, Settlement(state), NOW)
    assert again(ledger, entry) == entry


@pytest.mark.parametrize("state", [State.CLAIMED, State.SENT, State.PLANNED, State.UNCERTAIN])
def test_an_ending_that_is_none_is_our_own_mistake(ledger, state):
    entry = entered(ledger)
    with pytest.raises(ValueError, match="ends unsent"):
        ledger.end(entry, state, "why", NOW)
    assert again(ledger, entry) == entry


@pytest.mark.parametrize("state", [State.EXPIRED, State.HELD])
def test_a_held_entry_moves_only_as_the_diagram_says(ledger, state):
    entry = held(ledger)
    with pytest.raises(ValueError, match="no entry moves"):
        ledger.end(entry, state, "why", NOW)
    assert again(ledger, entry) == entry


# Uncertain ones.


def test_an_uncertain_entry_is_asked_about_only_after_its_lease(ledger):
    entry = uncertain(ledger)
    assert ledger.uncertain("live", LEASE - MINUTE) == ()
    assert ledger.uncertain("live", LEASE) == (entry,)
    assert ledger.uncertain("trial", LEASE) == ()


@pytest.mark.parametrize("state", [State.SENT, State.PLANNED, State.FAILED])
def test_an_uncertain_entry_is_settled_once(ledger, state):
    entry = uncertain(ledger)
    assert ledger.settle(entry, Settlement(state), AFTER_LEASE)
    assert not ledger.settle(entry, Settlement(state), AFTER_LEASE)
    assert again(ledger, entry).state is state


def test_an_uncertain_entry_goes_once_more_with_the_same_bytes_though_its_day_is_over(ledger):
    entry = uncertain(ledger)
    tomorrow = NOW + DAY
    once_more = Settlement(State.PLANNED, reply="cannot be asked", released_until=tomorrow + HOUR)
    assert ledger.settle(entry, once_more, tomorrow)
    retry = claim(ledger, tomorrow)
    assert (retry.id, retry.new.mime, retry.new.message_id) == (entry.id, entry.new.mime, entry.new.message_id)
    assert retry.released


def test_who_sent_it_may_still_say_what_became_of_an_entry_given_back_as_uncertain(ledger):
    entry = leaving(ledger)
    assert ledger.recover(AFTER_LEASE) == 1
    assert not ledger.settle(entry, Settlement(State.UNCERTAIN), AFTER_LEASE)  # says nothing new
    assert ledger.settle(entry, Settlement(State.SENT, reply="250 ok"), AFTER_LEASE)
    assert again(ledger, entry).state is State.SENT


def test_an_uncertain_value_does_not_settle_a_later_attempt(ledger):
    entry = uncertain(ledger)
    ledger.settle(entry, Settlement(State.PLANNED), AFTER_LEASE)
    claim(ledger, AFTER_LEASE)
    assert not ledger.settle(entry, Settlement(State.FAILED, "not-resent"), AFTER_LEASE)


# What stays behind when a process ends.


def test_a_claim_is_given_back_when_its_lease_has_run_out(ledger):
    entry = claimed(ledger)
    assert ledger.recover(LEASE - MINUTE) == 0
    assert ledger.recover(LEASE) == 1
    assert (again(ledger, entry).state, again(ledger, entry).reason) == (State.PLANNED, "lease-ran-out")
    assert claim(ledger, AFTER_LEASE).id == entry.id


def test_what_was_leaving_is_uncertain_when_its_lease_has_run_out(ledger):
    entry = leaving(ledger)
    assert ledger.recover(LEASE) == 1
    assert again(ledger, entry).state is State.UNCERTAIN
    assert ledger.uncertain("live", LEASE) == (again(ledger, entry),)
    assert ledger.recover(LEASE) == 0


# The history.


def test_every_move_is_recorded_with_its_time_and_reason(ledger):
    entry = leaving(ledger)
    ledger.settle(entry, Settlement(State.PLANNED, "uncertain"), NOW + MINUTE)
    ledger.end(again(ledger, entry), State.EXPIRED, "day-passed", NOW + DAY)
    assert ledger.history(entry.id) == (
        Event(NOW, None, State.PLANNED, "service", None, 0),
        Event(NOW, State.PLANNED, State.CLAIMED, "service", None, 1),
        Event(NOW, State.CLAIMED, State.TRANSMITTING, "service", None, 1),
        Event(NOW + MINUTE, State.TRANSMITTING, State.PLANNED, "service", "uncertain", 1),
        Event(NOW + DAY, State.PLANNED, State.EXPIRED, "service", "day-passed", 1),
    )


def test_a_move_that_did_not_happen_is_not_recorded(ledger):
    entry = settled(ledger)
    before = ledger.history(entry.id)
    ledger.end(entry, State.WITHDRAWN, "row-gone", NOW)
    ledger.transmitting(entry, NOW)
    ledger.redraw(entry, a_new_entry(mime=b"other"), NOW)
    ledger.settle(entry, Settlement(State.FAILED), NOW)
    assert ledger.history(entry.id) == before


def test_every_state_but_the_ends_leads_somewhere():
    assert {state for state in State if not MOVES[state]} == set(State) - OPEN


def test_the_latest_event_is_when_an_entry_last_moved(ledger):
    assert ledger.latest_event() is None
    entry = entered(ledger)
    ledger.end(entry, State.WITHDRAWN, "row-gone", NOW + HOUR)
    assert ledger.latest_event() == NOW + HOUR


# What was told.


def standing(ledger, number=1):
    return standings(ledger).get(a_reminder(number).key)


def test_a_reminder_stands_as_its_entry_does(ledger):
    entry = entered(ledger)
    assert standing(ledger) == Standing(State.PLANNED, None, entry.new.address, bounced=False)
    assert standings(ledger, "trial") == {}


def test_a_reminder_of_several_entries_stands_as_the_newest(ledger):
    ledger.end(entered(ledger, 1), State.EXPIRED, "day-passed", NOW)
    assert standing(ledger) == Standing(State.EXPIRED, "day-passed", a_new_entry().address, bounced=False)
    entered(ledger, 2, reminders=(a_reminder(1),), address="new@westberks.example")
    assert standing(ledger) == Standing(State.PLANNED, None, "new@westberks.example", bounced=False)


@pytest.mark.parametrize(
    "told",
    [
        settled,
        uncertain,
        lambda ledger: settled(ledger, to=State.FAILED, reason="bad-address"),
        lambda ledger: ledger.end(entered(ledger), State.WITHDRAWN, "not-resent", NOW),
        lambda ledger: ledger.record_superseded([a_reminder(1)], "live", NOW),
    ],
    ids=["sent", "uncertain", "failed", "withdrawn by a person", "superseded without an entry"],
)
@pytest.mark.parametrize("end", [State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED])
def test_what_was_told_beats_a_later_entry_that_ended_unsent(ledger, told, end):
    told(ledger)
    before = standing(ledger)
    later = entered(ledger, 2, reminders=(a_reminder(1),))
    assert standing(ledger).state is State.PLANNED
    ledger.end(later, end, "row-changed", NOW)
    assert standing(ledger) == before


def test_what_a_later_offset_overtook_counts_as_told(ledger):
    ledger.record_superseded([a_reminder(1), a_reminder(2)], "live", NOW)
    ledger.record_superseded([a_reminder(1)], "live", NOW + HOUR)
    assert standing(ledger) == Standing(None, "superseded", "", bounced=False)
    assert set(standings(ledger)) == {a_reminder(1).key, a_reminder(2).key}


def test_a_reminder_already_held_is_not_superseded(ledger):
    entered(ledger)
    ledger.record_superseded([a_reminder(1)], "live", NOW)
    assert standing(ledger).state is State.PLANNED


def test_a_reminder_superseded_on_trial_is_not_told_live(ledger):
    ledger.record_superseded([a_reminder(1)], "trial", NOW)
    assert standing(ledger) is None


# What is there.


def test_entries_are_found_by_audience_and_time(ledger):
    early = entered(ledger, 1)
    trial = entered(ledger, 2, audience="trial")
    ledger.enter([a_new_entry(3)], NOW + DAY)
    ledger.end(early, State.EXPIRED, "day-passed", NOW + 2 * DAY)
    numbers = {entry.id: number for number, entry in enumerate(ledger.entries(), start=1)}
    assert list(numbers.values()) == [1, 2, 3]
    assert [numbers[entry.id] for entry in ledger.entries("live")] == [1, 3]
    assert [numbers[entry.id] for entry in ledger.entries(since=NOW + DAY)] == [1, 3]
    assert [entry.id for entry in ledger.open_entries("trial")] == [trial.id]


def test_what_was_not_delivered_lately_is_found(ledger):
    failed = settled(ledger, 1, to=State.FAILED, reason="bad-address")
    bounced = settled(ledger, 2)
    ledger.bounce(bounced, "550 no such user", NOW)
    settled(ledger, 3)
    entered(ledger, 4)
    settled(ledger, 5, to=State.FAILED, reason="bad-address", audience="trial")
    assert [entry.id for entry in ledger.undelivered("live", NOW - DAY)] == [failed.id, bounced.id]
    assert ledger.undelivered("live", NOW + DAY) == ()


def test_open_entries_are_those_that_have_not_ended(ledger):
    open_ones = [uncertain(ledger, 1), leaving(ledger, 2), claimed(ledger, 3), held(ledger, 4), entered(ledger, 5)]
    ledger.end(entered(ledger, 6), State.EXPIRED, "day-passed", NOW)
    assert {entry.id for entry in ledger.open_entries("live")} == {entry.id for entry in open_ones}


def test_an_entry_that_is_not_there_is_none(ledger):
    assert ledger.entry(7) is None


def test_the_keys_present_are_those_of_any_state(ledger):
    ledger.end(entered(ledger, 1), State.WITHDRAWN, "row-gone", NOW)
    held(ledger, 2)
    keys = [a_new_entry(number).key for number in range(1, 2000)]
    assert ledger.keys_present(keys) == {a_new_entry(1).key, a_new_entry(2).key}
    assert ledger.keys_present([]) == frozenset()


def test_an_address_is_bad_when_it_refused_or_bounced(ledger):
    settled(ledger, 1, to=State.FAILED, reason="bad-address", address="refused@westberks.example")
    settled(ledger, 2, to=State.FAILED, reason="not-resent", address="unanswered@westberks.example")
    settled(ledger, 3, address="well@westberks.example")
    bounced = settled(ledger, 4, address="bounced@westberks.example")
    assert ledger.bounce(bounced, "550 5.1.1", NOW)
    assert ledger.bad_addresses() == {"refused@westberks.example", "bounced@westberks.example"}


def test_a_mail_claimed_in_its_hours_does_not_begin_to_leave_after_them(ledger):
    late = claimed(ledger, 1, claim_until=NOW + MINUTE)
    assert not ledger.transmitting(late, NOW + MINUTE)
    assert again(ledger, late).state is State.CLAIMED
    assert ledger.transmitting(late, NOW)


def test_an_address_that_a_person_stands_up_for_is_bad_until_it_refuses_again(ledger):
    refused = settled(ledger, 1, to=State.FAILED, reason="bad-address", address="m.evans@westberks.example")
    bounced = settled(ledger, 2, address="m.evans@westberks.example")
    ledger.bounce(bounced, "550 5.1.1", NOW)
    settled(ledger, 3, to=State.FAILED, reason="bad-address", address="i.mundy@westberks.example")
    assert ledger.trust("m.evans@westberks.example", NOW) == 2
    assert ledger.trust("m.evans@westberks.example", NOW) == 0
    assert ledger.bad_addresses() == {"i.mundy@westberks.example"}
    assert [again(ledger, each).refused for each in (refused, bounced)] == [False, False]
    settled(ledger, 4, to=State.FAILED, reason="bad-address", address="m.evans@westberks.example")
    assert "m.evans@westberks.example" in ledger.bad_addresses()


def test_who_stood_up_for_an_address_and_when_stays_in_the_history(ledger):
    refused = settled(ledger, 1, to=State.FAILED, reason="bad-address")
    ledger.trust(refused.new.address, NOW + HOUR)
    event = ledger.history(refused.id)[-1]
    assert (event.before, event.after, event.reason, event.at) == ("failed", "failed", "address-good", NOW + HOUR)
    assert again(ledger, refused).reply == refused.reply


def test_what_a_trusted_address_refused_counts_as_told_no_longer(ledger):
    refused = settled(ledger, 1, to=State.FAILED, reason="bad-address")
    ledger.trust(refused.new.address, NOW)
    assert standing(ledger).reason == "address-good"


def test_a_bounce_is_marked_once_and_only_on_what_was_sent(ledger):
    sent = settled(ledger, 1)
    assert ledger.bounce(sent, "550 5.1.1", NOW)
    assert not ledger.bounce(sent, "550 5.1.1", NOW)
    assert (again(ledger, sent).bounced, again(ledger, sent).state, standing(ledger).bounced) == (True, "sent", True)
    assert not ledger.bounce(entered(ledger, 2), "550 5.1.1", NOW)


def test_the_cap_counts_what_goes_or_went_on_a_day(ledger):
    settled(ledger, 1)
    settled(ledger, 2, to=State.FAILED)
    uncertain(ledger, 3)
    claimed(ledger, 4)
    entered(ledger, 5)
    held(ledger, 6)
    for number, end in enumerate((State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED), start=7):
        ledger.end(entered(ledger, number), end, "why", NOW)
    entered(ledger, 10, day=TODAY + DAY)
    entered(ledger, 11, kind="digest")
    entered(ledger, 12, audience="trial")
    assert ledger.count_for_day("live", "reminder", TODAY) == 5


def test_the_last_facts_are_of_what_was_sent(ledger):
    assert ledger.last_facts("live", "digest") is None
    settled(ledger, 1, kind="digest", day=date(2015, 1, 5), facts={"blank": 3})
    settled(ledger, 2, kind="digest", day=date(2015, 1, 12), facts={"blank": 2})
    settled(ledger, 3, kind="digest", day=date(2015, 1, 19))
    settled(ledger, 4, to=State.FAILED, kind="digest", facts={"blank": 1})
    settled(ledger, 5, audience="trial", kind="digest", facts={"blank": 0})
    assert ledger.last_facts("live", "digest") == (date(2015, 1, 12), {"blank": 2})


def test_the_entry_stays_whole_when_it_is_written_back_unchanged(ledger):
    entry = entered(ledger, facts={"blank": []})
    assert ledger.redraw(entry, replace(entry.new), NOW)
    assert again(ledger, entry) == entry
