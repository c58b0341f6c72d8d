from dataclasses import replace
from datetime import timedelta

import pytest

from reminders.ledger.base import State
from reminders.transports.base import Found, Outcome, Scope, Verdict
from tests.fakes import (
    DIES_AFTER,
    DIES_FIRST,
    DOWN,
    LATER,
    LOCKED_OUT,
    LOST_ANSWER,
    LOST_MAIL,
    NOT_YET,
    REFUSED,
    TAKEN,
    UNREACHABLE,
    Killed,
    Step,
)
from tests.service.builders import EVANS, GARNETT, MANAGER, MUNDY, OPS, due, local

THREE_LEADS = (
    due("30 January 2015", "1.1", lead="M Evans"),
    due("30 January 2015", "1.2", lead="I Mundy"),
    due("30 January 2015", "1.3", lead="G Garnett"),
)

DOUBLING = ["08:00", "08:01", "08:03", "08:07", "08:15", "08:31", "09:03", "10:03", "11:03", "12:03"]


def each_minute(board, first, last):
    moment = local(first)
    while moment <= local(last):
        board.clock.now = moment
        board.tick()
        moment += timedelta(minutes=1)


def around_each(board, moments):
    """Tick a second before each moment and at the moment."""
    for moment in moments:
        board.clock.set(f"2015-01-02 {moment}")
        board.clock.forward(seconds=-1)
        if board.clock() >= local("2015-01-02 08:00"):
            board.tick()
        board.tick(f"2015-01-02 {moment}")


def times(board):
    return [f"{mail.at:%H:%M}" for mail in board.transport.tried]


# The mail server takes it.


def test_what_is_due_leaves_and_is_sent(a_board):
    board = a_board()
    result = board.tick("2015-01-02 08:00")
    assert [str(entry.state) for entry in result.settled] == ["sent"]
    assert board.told(EVANS) == [("2.3", -28, False)]
    assert board.only().reply == "250 queued"


def test_an_entry_is_recorded_before_the_mail_server_is_contacted_and_marked_before_it_leaves(a_board):
    board = a_board()
    seen = []

    def look(message):  # noqa: ARG001
        seen.extend(board.states())
        return TAKEN

    board.transport.otherwise = look
    board.tick("2015-01-02 08:00")
    assert seen == ["claimed"]
    assert board.path(board.only()) == ["planned", "claimed", "transmitting", "sent"]


def test_each_mail_is_a_sign_of_life(a_board):
    board = a_board(*THREE_LEADS)
    board.tick("2015-01-02 08:00")
    assert board.beats >= 3


# The mail server is down.


def test_while_the_mail_server_is_down_nothing_is_lost(a_board):
    board = a_board(*THREE_LEADS)
    board.transport.otherwise = lambda _: UNREACHABLE
    result = board.tick("2015-01-02 08:00")
    assert board.states() == ["planned"] * 3
    assert result.transport_fault is not None
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-02 08:01")
    assert sorted(board.told()) == [("1.1", -28, False), ("1.2", -28, False), ("1.3", -28, False)]


def test_a_transport_that_is_down_rests_a_minute_doubling_to_an_hour(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    around_each(board, DOUBLING)
    assert times(board) == DOUBLING


def test_only_one_mail_is_tried_in_each_back_off(a_board):
    board = a_board(*THREE_LEADS)
    board.transport.otherwise = lambda _: Step(LOCKED_OUT)
    each_minute(board, "2015-01-02 08:00", "2015-01-02 08:07")
    assert times(board) == ["08:00", "08:01", "08:03", "08:07"]
    assert board.states() == ["planned"] * 3


def test_jitter_stretches_a_pause_by_up_to_a_quarter(a_board):
    board = a_board()
    board.jitter = 1.0
    board.transport.otherwise = lambda _: UNREACHABLE
    board.ticks("2015-01-02 08:00:00", "2015-01-02 08:01:14")
    assert len(board.transport.tried) == 1
    board.tick("2015-01-02 08:01:15")
    assert len(board.transport.tried) == 2


@pytest.mark.parametrize("seconds", [20, 7200], ids=["sooner than a minute", "later than an hour"])
def test_the_servers_own_word_on_when_to_come_back_wins(a_board, seconds):
    board = a_board()
    board.transport.script = [Step(replace(DOWN, retry_after=seconds))]
    board.tick("2015-01-02 08:00")
    board.clock.forward(seconds=seconds - 1)
    board.tick()
    assert board.mails() == []
    board.clock.forward(seconds=1)
    board.tick()
    assert board.told() == [("2.3", -28, False)]


def test_a_success_ends_the_rest_and_the_next_outage_begins_with_a_minute_again(a_board):
    board = a_board(*THREE_LEADS)
    board.transport.script = [UNREACHABLE, UNREACHABLE, TAKEN, UNREACHABLE]
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01", "2015-01-02 08:03", "2015-01-02 08:04")
    assert len(board.mails()) == 3


def test_ops_hear_once_a_day_that_the_mail_server_is_down(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01", "2015-01-02 08:03", "2015-01-02 17:00")
    assert [entry.new.cause for entry in board.entries("fault")] == ["transport:scripted:refused"]
    assert board.only("fault").new.address == OPS.address
    board.days("2015-01-03", "2015-01-03")
    assert len(board.entries("fault")) == 2


def test_ops_hear_of_each_cause(a_board):
    board = a_board()
    board.transport.script = [UNREACHABLE, Step(LOCKED_OUT)]
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01")
    assert [entry.new.cause for entry in board.entries("fault")] == [
        "transport:scripted:refused",
        "transport:scripted:535",
    ]


def test_what_ops_were_to_hear_goes_when_the_server_is_back_and_is_over_after_three_days(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    board.days("2015-01-02", "2015-01-06")
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-06 12:00")
    assert sorted(board.states("fault")) == ["expired", "expired", "sent", "sent", "sent"]


def test_the_result_says_that_the_transport_rests_also_between_two_tries(a_board):
    # /readyz is red while no mail can leave, not only in the minute of a try.
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01")
    result = board.tick("2015-01-02 08:02")
    assert len(board.transport.tried) == 2
    assert result.transport_fault is not None


def test_an_outage_is_logged_as_an_error_and_the_log_holds_no_address_and_no_wording(a_board, caplog):
    board = a_board(*THREE_LEADS)
    board.transport.script = [TAKEN, REFUSED, UNREACHABLE]
    with caplog.at_level("DEBUG", logger="reminders.service"):
        board.tick("2015-01-02 08:00")
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    assert not [word for word in ("@", "Evans", "Mundy", "medicals") if word in caplog.text]


def put_off_once(board, *before):
    """Let EVANS meet these, then be put off once; every other mail is taken."""
    steps = iter((*before, NOT_YET))
    board.transport.otherwise = lambda mail: next(steps, TAKEN) if mail.recipient == EVANS else TAKEN


def test_an_outage_does_not_make_a_mail_that_is_put_off_after_it_wait_longer(a_board):
    board = a_board()
    put_off_once(board, *[UNREACHABLE] * 5)
    each_minute(board, "2015-01-02 08:00", "2015-01-02 08:40")
    *_, put_off, sent = [mail.at for mail in board.transport.tried if mail.to == EVANS]
    assert sent - put_off == timedelta(minutes=1)


def test_a_lost_answer_does_not_make_a_mail_that_is_put_off_after_it_wait_longer(a_board):
    board = a_board()
    board.transport.found = lambda _: Found.ABSENT
    put_off_once(board, Step(Outcome(Verdict.UNKNOWN, Scope.TRANSPORT, "timeout", "no answer")))
    each_minute(board, "2015-01-02 08:00", "2015-01-02 08:20")
    *_, put_off, sent = [mail.at for mail in board.transport.tried if mail.to == EVANS]
    assert sent - put_off == timedelta(minutes=1)


# One mail is put off.


def test_a_mail_put_off_waits_and_the_others_go(a_board):
    board = a_board(*THREE_LEADS)
    board.transport.script = [NOT_YET]
    result = board.tick("2015-01-02 08:00")
    assert sorted(board.states()) == ["planned", "sent", "sent"]
    assert result.transport_fault is None
    assert [entry.settled is None for entry in result.settled] == [True, False, False]
    assert board.tick("2015-01-02 08:00:59").settled == ()
    assert [str(entry.state) for entry in board.tick("2015-01-02 08:01").settled] == ["sent"]
    assert len({mail.to for mail in board.mails()}) == 3


def test_a_mail_put_off_again_and_again_waits_twice_as_long_up_to_an_hour(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: NOT_YET
    around_each(board, DOUBLING)
    assert times(board) == DOUBLING
    assert board.entries("fault") == []


def test_a_mail_put_off_with_a_time_waits_for_that_time(a_board):
    board = a_board()
    board.transport.script = [Step(replace(LATER, retry_after=900.0))]
    board.ticks("2015-01-02 08:00", "2015-01-02 08:14")
    assert board.mails() == []
    board.tick("2015-01-02 08:15")
    assert len(board.mails()) == 1


def test_a_mail_put_off_all_day_goes_on_the_next_working_day_in_a_new_one_marked_late(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: NOT_YET
    board.ticks("2015-01-02 08:00", "2015-01-02 17:59")
    board.transport.otherwise = lambda _: TAKEN
    board.ticks("2015-01-02 18:30", "2015-01-03 08:00", "2015-01-05 08:00")
    assert board.states() == ["expired", "sent"]
    assert board.told() == [("2.3", -28, True)]
    assert f"{board.mails()[0].at:%d %H:%M}" == "05 08:00"


# One address is refused.


def test_a_refused_mail_has_failed_with_its_reason_and_the_others_go(a_board):
    board = a_board(*THREE_LEADS)
    board.transport.script = [REFUSED]
    board.tick("2015-01-02 08:00")
    assert board.states() == ["failed", "sent", "sent"]
    failed = board.entries()[0]
    assert (failed.reason, failed.reply) == ("bad-address", "550 no such mailbox")


def test_a_refused_mail_is_not_tried_again(a_board):
    board = a_board()
    board.transport.script = [REFUSED]
    board.days("2015-01-02", "2015-01-15")
    assert [mail.to for mail in board.transport.tried].count(EVANS) == 1


def test_manager_and_ops_hear_at_once_of_an_address_that_fails_and_only_once(a_board):
    board = a_board()
    board.transport.otherwise = lambda message: REFUSED if message.recipient == EVANS else TAKEN
    board.days("2015-01-02", "2015-02-27")
    told = board.mails("fault")
    assert sorted(mail.to for mail in told) == [MANAGER.address, OPS.address]
    assert {f"{mail.at:%Y-%m-%d}" for mail in told} == {"2015-01-02"}


def test_an_address_that_fails_is_told_also_where_nothing_is_caught_up(a_board):
    board = a_board(policy={"catch_up": 0})

    def takes_a_second(_):
        board.clock.forward(seconds=1)
        return REFUSED

    board.transport.otherwise = takes_a_second
    board.tick("2015-01-02 08:00")
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-02 08:01")
    assert MANAGER.address in {entry.new.address for entry in board.entries("fault")}


def test_a_digest_that_is_refused_is_told_to_ops_and_not_to_the_address_that_refused_it(a_board):
    # Every failed entry was told to the operator: also the manager's own.
    board = a_board()
    board.transport.otherwise = lambda message: REFUSED if message.recipient == MANAGER.address else TAKEN
    board.ticks("2015-01-05 08:00", "2015-01-05 08:01")
    assert board.states("digest") == ["failed"]
    assert [entry.new.address for entry in board.entries("fault")] == [OPS.address]
    assert board.mails("fault")[0].says["lead"] == (
        "The mail server refused it: 550 no such mailbox. Business manager has not seen the weekly digest."
    )


def test_a_refused_fault_mail_to_ops_is_told_to_the_manager(a_board):
    board = a_board(due("On-going"))
    board.plan_mistakes = ("plan.yaml, line 3: no themes",)
    board.transport.otherwise = lambda message: REFUSED if message.recipient == OPS.address else TAKEN
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01")
    assert [cause.partition(":")[0] for cause in board.causes(MANAGER.address)] == ["plan-refused", "bad-address"]
    assert len([entry for entry in board.entries("fault") if entry.new.address == OPS.address]) == 1


# The rules at the last moment.


def test_a_mail_whose_address_is_barred_while_others_leave_is_held_at_the_last_moment(a_board):
    board = a_board(*THREE_LEADS)
    board.change(allowed=lambda address: not (board.mails() and address == MUNDY))
    result = board.tick("2015-01-02 08:00")
    assert [mail.to for mail in board.transport.tried] == [GARNETT, EVANS]
    held = next(entry for entry in result.settled if entry.state is State.HELD)
    assert (held.new.address, held.reason, held.frozen) == (MUNDY, "off-allow-list", False)
    assert board.path(held) == ["planned", "claimed", "held"]


def test_a_held_mail_goes_anew_once_its_address_is_allowed_again(a_board):
    board = a_board(*THREE_LEADS)
    board.change(allowed=lambda address: not (board.mails() and address == MUNDY))
    board.tick("2015-01-02 08:00")
    board.change(allowed=lambda _: True)
    board.days("2015-01-03", "2015-01-05")
    assert board.told(MUNDY) == [("1.2", -28, True)]


def test_a_fault_mail_entered_for_an_address_no_longer_allowed_does_not_leave_and_ends_with_its_days(a_board):
    board = a_board(due("On-going"))
    board.transport.script = [UNREACHABLE]
    board.plan_mistakes = ("plan.yaml, line 3: no themes",)
    board.tick("2015-01-02 08:00")
    board.plan_mistakes = ()
    board.change(allowed=lambda address: address != OPS.address)
    board.tick("2015-01-02 08:01")
    assert OPS.address not in {mail.to for mail in board.mails()}
    assert [entry.reason for entry in board.entries("fault") if entry.state is State.HELD] == ["off-allow-list"] * 2
    board.tick("2015-01-05 08:01")
    assert {entry.reason for entry in board.entries("fault") if entry.state is State.WITHDRAWN} == {"day-passed"}


def test_mails_entered_for_one_trial_address_do_not_leave_once_the_trial_has_another(a_board):
    board = a_board(audience="trial", redirect_to="one@westberks.example")
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick("2015-01-02 08:00")
    board.transport.otherwise = lambda _: TAKEN
    board.change(redirect_to="two@westberks.example")
    board.tick("2015-01-02 08:01")
    assert {mail.to for mail in board.transport.arrived} <= {"two@westberks.example"}
    board.tick("2015-01-05 08:00")
    assert board.told("two@westberks.example") == [("2.3", -28, True)]


def test_a_mail_that_the_rules_keep_back_does_not_count_as_a_sign_that_the_server_is_well(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    board.plan_mistakes = ("plan.yaml, line 3: no themes",)
    board.tick("2015-01-02 07:50")
    board.plan_mistakes = ()
    board.tick("2015-01-02 08:00")
    board.change(allowed=lambda address: address == EVANS)  # the mails about the fault are kept back
    board.tick("2015-01-02 08:02")
    assert [mail.to for mail in board.transport.tried][-1] == EVANS
    assert board.ledger.paused_until("scripted") == local("2015-01-02 08:06")


def test_a_fault_mail_that_is_refused_does_not_breed_others(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: REFUSED
    board.days("2015-01-02", "2015-01-30")
    addresses = [mail.to for mail in board.transport.tried]
    assert addresses.count(EVANS) == 1
    assert addresses.count(OPS.address) <= 3


def test_a_bounce_is_told_once_to_manager_and_ops(a_board):
    board = a_board()
    board.tick("2015-01-02 08:00")
    board.ledger.bounce(board.only(), "5.1.1 unknown user", local("2015-01-02 09:00"))
    board.ticks("2015-01-02 09:01", "2015-01-02 09:02", "2015-01-06 08:00")
    assert sorted(mail.to for mail in board.mails("fault")) == [MANAGER.address, OPS.address]


# Nobody heard whether it arrived.


def test_an_unanswered_mail_is_uncertain_and_is_asked_about_only_after_its_lease(a_board):
    board = a_board()
    board.transport.script = [LOST_ANSWER]
    board.transport.found = lambda _: Found.SENT
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01", "2015-01-02 08:04:59")
    assert (board.states(), board.transport.asked) == (["uncertain"], [])
    board.tick("2015-01-02 08:05")
    assert (board.states(), board.transport.asked) == (["sent"], [board.only().key])
    assert len(board.mails()) == 1


def test_a_mail_that_is_still_queued_there_is_waited_for(a_board):
    board = a_board()
    board.transport.script = [LOST_ANSWER]
    board.transport.found = lambda _: Found.QUEUED
    board.ticks("2015-01-02 08:00", "2015-01-02 08:10", "2015-01-02 09:00", "2015-01-05 08:00")
    assert board.states() == ["uncertain"]
    board.transport.found = lambda _: Found.SENT
    board.tick("2015-01-05 08:01")
    assert board.states() == ["sent"]
    assert len(board.mails()) == 1


def test_a_mail_that_is_not_there_goes_again_with_the_same_bytes(a_board):
    board = a_board()
    board.transport.script = [LOST_MAIL]
    board.transport.found = lambda _: Found.ABSENT
    board.ticks("2015-01-02 08:00", "2015-01-02 08:05")
    first, second = (mail for mail in board.transport.tried if mail.to == EVANS)
    assert first.mime == second.mime
    assert board.states() == ["sent"]


def test_a_mail_that_is_not_there_after_its_day_is_gathered_anew(a_board):
    board = a_board()
    board.transport.script = [LOST_MAIL]
    board.transport.found = lambda _: Found.ABSENT
    board.ticks("2015-01-02 17:59", "2015-01-05 08:00")
    assert board.states() == ["expired", "sent"]
    assert board.told() == [("2.3", -28, True)]


@pytest.mark.parametrize("moment", ["2015-01-02 08:05", "2015-01-05 08:00"], ids=["the same day", "a later day"])
def test_with_resend_an_unanswered_mail_goes_once_more_with_the_same_bytes(a_board, moment):
    board = a_board()
    board.transport.script = [LOST_ANSWER]
    board.ticks("2015-01-02 08:00", moment)
    first, second = board.mails()
    assert (first.mime, first.key) == (second.mime, second.key)
    assert board.states() == ["sent"]
    board.days("2015-01-05", "2015-01-15")
    assert len(board.mails()) == 2


def test_with_resend_a_mail_that_stays_unanswered_goes_twice_and_never_a_third_time(a_board):
    board = a_board()
    board.transport.otherwise = lambda message: LOST_ANSWER if message.recipient == EVANS else TAKEN
    board.days("2015-01-02", "2015-01-15")
    assert len(board.mails()) == 2
    assert board.states() == ["uncertain"]


def test_tries_that_certainly_did_not_arrive_do_not_use_up_the_one_resend(a_board):
    board = a_board()
    steps = [UNREACHABLE, NOT_YET, NOT_YET, LOST_MAIL]
    board.transport.otherwise = lambda message: steps.pop(0) if steps and message.recipient == EVANS else TAKEN
    each_minute(board, "2015-01-02 08:00", "2015-01-02 08:20")
    assert board.states() == ["sent"]
    assert board.told() == [("2.3", -28, False)]


def test_a_person_may_send_an_uncertain_mail_again_after_the_service_has(a_board):
    board = a_board()
    board.transport.script = [LOST_MAIL]
    board.transport.otherwise = lambda message: LOST_MAIL if message.recipient == EVANS else TAKEN
    board.ticks("2015-01-02 08:00", "2015-01-02 08:05", "2015-01-02 08:30")
    assert board.states() == ["uncertain"]
    board.transport.otherwise = lambda _: TAKEN
    assert board.resend(board.only())
    board.tick("2015-01-02 08:31")
    assert board.states() == ["sent"]


def test_with_hold_an_unanswered_mail_is_left_to_a_person(a_board):
    board = a_board(on_uncertain="hold")
    board.transport.script = [LOST_MAIL]
    board.days("2015-01-02", "2015-01-15")
    assert board.states() == ["uncertain"]
    assert board.mails() == []


def test_a_mail_goes_again_only_in_the_leads_hours(a_board):
    board = a_board()
    board.transport.script = [LOST_ANSWER]
    board.ticks("2015-01-02 17:59", "2015-01-02 18:05", "2015-01-03 08:00", "2015-01-05 07:59")
    assert len(board.mails()) == 1
    board.tick("2015-01-05 08:00")
    assert len(board.mails()) == 2


def test_a_clock_that_is_set_back_into_the_night_lets_no_mail_to_a_lead_leave(a_board):
    board = a_board()
    evening = local("2015-01-06 17:59")
    board.transport.otherwise = lambda mail: (
        LOST_MAIL if mail.recipient == EVANS and board.clock() == evening else TAKEN
    )
    board.transport.found = lambda _: Found.ABSENT
    board.ticks("2015-01-06 17:59", "2015-01-06 18:05", "2015-01-05 22:17", "2015-01-06 07:59")
    assert board.told(EVANS) == []
    board.tick("2015-01-06 08:00")
    assert board.told(EVANS) == [("2.3", -28, True)]


def test_what_may_have_arrived_is_never_told_in_other_bytes(a_board):
    # The resend meets an outage over midnight: the reminder must not be gathered anew.
    board = a_board()
    board.transport.script = [LOST_ANSWER]
    board.transport.otherwise = lambda _: UNREACHABLE
    board.ticks("2015-01-02 08:00", "2015-01-02 08:05", "2015-01-02 12:00")
    board.days("2015-01-03", "2015-01-06")
    board.transport.otherwise = lambda _: TAKEN
    board.days("2015-01-07", "2015-01-15")
    assert len({mail.mime for mail in board.mails()}) == 1
    assert len(board.mails()) == 2


def test_what_a_person_sent_again_into_an_outage_is_never_told_in_other_bytes(a_board):
    board = a_board(on_uncertain="hold")
    board.transport.script = [LOST_ANSWER]
    board.transport.otherwise = lambda _: UNREACHABLE
    board.ticks("2015-01-02 08:00", "2015-01-02 08:30")
    board.resend(board.only())
    board.ticks("2015-01-02 08:31", "2015-01-02 12:00")
    board.transport.otherwise = lambda _: TAKEN
    board.days("2015-01-05", "2015-01-15")
    assert len({mail.mime for mail in board.mails()}) == 1


def test_what_may_have_arrived_and_is_finished_meanwhile_counts_as_told(a_board):
    board = a_board()
    board.transport.script = [LOST_ANSWER]
    board.transport.otherwise = lambda _: UNREACHABLE
    board.ticks("2015-01-02 08:00", "2015-01-02 08:05")
    board.write("2.3", progress="Complete")
    board.tick("2015-01-02 08:06")
    assert board.states() == ["withdrawn"]
    board.transport.otherwise = lambda _: TAKEN
    board.write("2.3", progress=None)
    board.days("2015-01-05", "2015-01-15")
    assert len(board.mails()) == 1


def test_a_mail_sent_again_on_a_later_day_is_that_days_only_one(a_board):
    board = a_board(due("30 January 2015"), due("2 February 2015", "2.4"))  # 2.4 is due for a word on 5 January
    board.transport.script = [LOST_ANSWER]
    board.ticks("2015-01-02 08:00", "2015-01-05 08:00", "2015-01-05 08:01", "2015-01-05 12:00")
    assert [f"{mail.at:%d}" for mail in board.mails()] == ["02", "05"]
    board.tick("2015-01-06 08:00")
    assert board.told()[-1] == ("2.4", -28, True)


def test_a_transport_that_rests_is_not_asked_either(a_board):
    # With a wrong password each question would be one more failed log-in.
    board = a_board(*THREE_LEADS)
    board.transport.script = [LOST_ANSWER]
    board.transport.otherwise = lambda _: Step(LOCKED_OUT)
    each_minute(board, "2015-01-02 08:00", "2015-01-02 08:06")
    assert times(board)[1:] == ["08:00", "08:01", "08:03"]
    assert board.transport.asked == []
    board.tick("2015-01-02 08:07")
    assert len(board.transport.asked) == 1


def test_a_digest_that_may_have_arrived_goes_again_within_its_days_and_never_after(a_board):
    board = a_board()
    board.transport.otherwise = lambda message: LOST_ANSWER if message.recipient == MANAGER.address else TAKEN
    board.ticks("2015-01-05 08:00")
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-08 23:00")
    assert len(board.mails("digest")) == 2
    assert len({mail.mime for mail in board.mails("digest")}) == 1


def test_a_digest_that_may_have_arrived_does_not_go_again_after_its_days(a_board):
    board = a_board()
    board.transport.otherwise = lambda message: LOST_ANSWER if message.recipient == MANAGER.address else TAKEN
    board.tick("2015-01-05 08:00")
    board.transport.otherwise = lambda _: TAKEN
    board.ticks("2015-01-09 08:00", "2015-01-10 08:00")
    assert len(board.mails("digest")) == 1


# The process dies.


def test_a_mail_claimed_by_a_process_that_died_goes_once_its_lease_has_run_out(a_kept_board):
    board = a_kept_board()
    board.transport.script = [DIES_FIRST]
    with pytest.raises(Killed):
        board.tick("2015-01-02 08:00")
    board.restart()
    board.ticks("2015-01-02 08:01", "2015-01-02 08:04:59")
    assert (board.states(), board.mails()) == (["claimed"], [])
    board.tick("2015-01-02 08:05")
    assert board.told() == [("2.3", -28, False)]
    assert board.path(board.only()) == ["planned", "claimed", "planned", "claimed", "transmitting", "sent"]


def test_a_mail_that_was_leaving_when_the_process_died_is_uncertain_and_goes_once_more_unchanged(a_kept_board):
    board = a_kept_board()
    board.transport.script = [DIES_AFTER]
    with pytest.raises(Killed):
        board.tick("2015-01-02 08:00")
    board.restart()
    board.ticks("2015-01-02 08:01", "2015-01-02 08:05", "2015-01-02 08:06")
    first, second = board.mails()
    assert first.mime == second.mime
    assert "uncertain" in board.path(board.only())
    board.days("2015-01-05", "2015-01-15")
    assert len(board.mails()) == 2


def test_a_mail_that_was_leaving_when_the_process_died_is_not_sent_again_where_the_server_can_be_asked(a_kept_board):
    board = a_kept_board()
    board.transport.script = [DIES_AFTER]
    board.transport.found = lambda _: Found.SENT
    with pytest.raises(Killed):
        board.tick("2015-01-02 08:00")
    board.restart()
    board.days("2015-01-03", "2015-01-15")
    assert len(board.mails()) == 1
    assert board.states() == ["sent"]


def test_the_others_of_a_batch_go_while_the_one_in_hand_waits_for_its_lease(a_kept_board):
    board = a_kept_board(*THREE_LEADS)
    board.transport.script = [TAKEN, DIES_AFTER]
    with pytest.raises(Killed):
        board.tick("2015-01-02 08:00")
    board.restart(on_uncertain="hold")
    board.tick("2015-01-02 08:01")
    assert sorted(mail.to for mail in board.mails()) == [GARNETT, MUNDY, EVANS]
    assert board.states() == ["sent", "transmitting", "sent"]


def test_a_process_that_wakes_after_its_lease_sends_nothing(a_board):
    board = a_board()

    def sleeps(message):  # noqa: ARG001
        board.transport.otherwise = lambda _: TAKEN
        board.clock.forward(minutes=6)
        return TAKEN

    board.transport.otherwise = sleeps
    board.tick("2015-01-02 08:00")
    board.tick("2015-01-02 08:12")
    assert board.told() == [("2.3", -28, False)]


def test_two_services_on_one_ledger_send_each_mail_once(a_kept_board):
    board = a_kept_board(*THREE_LEADS)
    second = board.service

    def meanwhile(message):  # noqa: ARG001
        board.transport.otherwise = lambda _: TAKEN
        second.tick()
        return TAKEN

    board.transport.otherwise = meanwhile
    board.tick("2015-01-02 08:00")
    assert sorted(mail.to for mail in board.mails()) == [GARNETT, MUNDY, EVANS]


# Stopping and pacing.


def test_a_stop_in_the_middle_of_a_batch_leaves_the_rest_planned_and_nothing_in_hand(a_board):
    board = a_board(*THREE_LEADS)
    board.patience.stops = lambda: len(board.transport.arrived) >= 2
    board.tick("2015-01-02 08:00")
    assert board.states() == ["sent", "sent", "planned"]
    board.patience.stops = lambda: False
    board.tick("2015-01-02 08:01")
    assert board.states() == ["sent"] * 3
    assert len(board.mails()) == 3


def test_a_stop_before_the_first_mail_sends_none(a_board):
    board = a_board(*THREE_LEADS)
    board.patience.stops = lambda: True
    board.tick("2015-01-02 08:00")
    assert board.transport.tried == []
    assert board.states() == ["planned"] * 3


def test_a_stop_while_uncertain_mails_are_asked_about_is_seen(a_board):
    board = a_board(*THREE_LEADS)
    board.transport.otherwise = lambda _: LOST_ANSWER
    board.tick("2015-01-02 08:00")
    board.patience.stops = lambda: bool(board.transport.asked)
    board.tick("2015-01-02 08:10")
    assert len(board.transport.asked) == 1
    assert board.states() == ["planned", "uncertain", "uncertain"]


def test_mails_of_a_paced_mailbox_leave_so_many_seconds_apart(a_board):
    board = a_board(*THREE_LEADS, seconds_per_mail=3.0)
    board.tick("2015-01-02 08:00")
    assert [f"{mail.at:%M:%S}" for mail in board.mails()] == ["00:00", "00:03", "00:06"]


def test_waiting_for_a_slot_lasts_a_second_at_a_time_with_signs_of_life(a_board):
    board = a_board(*THREE_LEADS, seconds_per_mail=30.0)
    board.tick("2015-01-02 08:00")
    assert max(board.patience.waited) <= 1.0
    assert board.beats >= 60


def test_a_stop_while_waiting_for_a_slot_is_seen(a_board):
    board = a_board(*THREE_LEADS, seconds_per_mail=30.0)
    board.patience.stops = lambda: len(board.patience.waited) >= 3
    board.tick("2015-01-02 08:00")
    assert board.states() == ["sent", "planned", "planned"]


def test_an_unpaced_mailbox_waits_for_nothing(a_board):
    board = a_board(*THREE_LEADS)
    board.tick("2015-01-02 08:00")
    assert board.patience.waited == []


def test_nothing_is_waited_for_when_what_is_planned_is_not_due(a_board):
    # `once` waits for pacing, not for back-off.
    board = a_board(seconds_per_mail=30.0)
    board.transport.script = [NOT_YET]
    board.ticks("2015-01-02 08:00", "2015-01-02 08:00:20")
    assert board.patience.waited == []


def test_a_mail_whose_hours_end_while_it_waits_for_its_slot_stays(a_board):
    board = a_board(*THREE_LEADS, seconds_per_mail=45.0)
    board.tick("2015-01-02 17:59")
    assert len(board.mails()) == 2
    board.tick("2015-01-05 08:00")
    assert board.told(EVANS) == [("1.1", -28, True)]


def test_one_poison_mail_does_not_stop_the_others(a_board):
    board = a_board(*THREE_LEADS)

    def breaks(message):
        if message.recipient == EVANS:
            raise RuntimeError("a fault of ours")
        return TAKEN

    board.transport.otherwise = breaks
    for moment in ("2015-01-02 08:00", "2015-01-02 08:01"):
        try:
            board.tick(moment)
        except RuntimeError:
            continue
    assert sorted(mail.to for mail in board.mails()) == [GARNETT, MUNDY]


def test_an_answer_that_means_every_mail_stops_the_run_even_when_it_is_unknown(a_board):
    board = a_board(*THREE_LEADS)
    board.transport.script = [Step(Outcome(Verdict.UNKNOWN, Scope.TRANSPORT, "timeout", "no answer"))]
    board.tick("2015-01-02 08:00")
    assert len(board.transport.tried) == 1
    assert board.states() == ["uncertain", "planned", "planned"]
