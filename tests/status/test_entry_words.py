from dataclasses import replace

import pytest

from reminders.core.policy import Reason
from reminders.ledger.base import ADDRESS_GOOD, State
from reminders.status.entry_words import STATES, state_of, to_do, tone_of, why


@pytest.fixture
def entry(house):
    return house.ledger.entry(1)


def test_every_state_has_a_word_of_its_own():
    assert set(STATES) == set(State)
    assert len(set(STATES.values())) == len(STATES)


@pytest.mark.parametrize(
    ("state", "bounced", "word", "tone"),
    [
        (State.SENT, False, "Accepted", "plain"),
        (State.SENT, True, "Bounced", "bad"),
        (State.FAILED, False, "Not delivered", "bad"),
        (State.HELD, False, "Held", "waits"),
    ],
)
def test_a_state_is_a_word_and_a_colour(entry, state, bounced, word, tone):
    standing = replace(entry, state=state, bounced=bounced)
    assert (state_of(standing), tone_of(standing)) == (word, tone)


@pytest.mark.parametrize(
    "reason", [each for each in Reason if each not in {Reason.DUE, Reason.LAPSED, Reason.DEPUTY, Reason.TRIAL}]
)
def test_every_reason_an_entry_can_stand_for_is_said_in_words(entry, reason):
    assert why(replace(entry, state=State.HELD, reason=reason))


@pytest.mark.parametrize("reason", [None, "released", "a reply of a server"])
def test_other_words_of_the_ledger_are_not_said(entry, reason):
    assert why(replace(entry, state=State.PLANNED, reason=reason)) == ""


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (State.UNCERTAIN, None, "ledger resend 1"),
        (State.HELD, Reason.CAP, "ledger release 1"),
        (State.HELD, Reason.BAD_ADDRESS, "Correct the address"),
        (State.HELD, Reason.BAD_ADDRESS, "ledger resend 1"),
        (State.HELD, Reason.OFF_ALLOW_LIST, "ledger withdraw 1"),
        (State.FAILED, Reason.BAD_ADDRESS, "ledger resend 1"),
    ],
)
def test_an_entry_that_waits_says_what_a_person_can_do(entry, state, reason, said):
    reminder = replace(entry, new=replace(entry.new, kind="reminder"), state=state, reason=reason)
    assert said in " ".join(to_do(reminder))


def test_an_entry_that_waits_for_nobody_asks_for_nothing(entry):
    assert to_do(replace(entry, state=State.SENT)) == ()
    assert to_do(replace(entry, state=State.FAILED, reason=ADDRESS_GOOD)) == ()
