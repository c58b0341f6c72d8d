from datetime import date

import pytest

from reminders.core.directory import Group
from reminders.core.faults import template_failed
from reminders.core.policy import Audience
from reminders.ledger.base import Settlement, State
from reminders.service.entering import mailbox_for_test
from reminders.service.views import draw_up
from reminders.transports.base import Found
from tests.builders import a_person, a_row
from tests.fakes import LOST_MAIL, NOT_YET, NOT_YET_AFTER_ALL, REFUSED, TAKEN, UNREACHABLE
from tests.service.builders import (
    DEPUTY_MANAGER,
    EVANS,
    GARNETT,
    MANAGER,
    MUNDY,
    OPS,
    due,
    is_ours,
)

OUTSIDE = "m.evans@gmail.example"
MENDED = "mary.evans@westberks.example"


def away(first, last, **known):
    return a_person(away=((date.fromisoformat(first), date.fromisoformat(last)),), **known)


def only_westberks(address):
    return address.endswith("@westberks.example")


def either(address):
    return is_ours(address) or address == OUTSIDE


def refuse(*addresses):
    return lambda message: REFUSED if message.recipient in addresses else TAKEN


def days(mails):
    return [f"{mail.at:%Y-%m-%d}" for mail in mails]


# One reminder mail per person and day.


def test_all_that_is_owed_to_a_person_on_a_day_is_one_mail(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2"), due("16 January 2015", "1.3"))
    board.tick("2015-01-02 08:00")
    assert sorted(board.told()) == [("1.1", -28, False), ("1.2", -28, False), ("1.3", -14, False)]
    assert len(board.mails()) == 1


def test_what_arises_later_that_day_goes_on_the_next_working_day_marked_late(a_board):
    board = a_board(due("30 January 2015", "1.1"))
    board.tick("2015-01-02 08:00")
    board.rows = (*board.rows, due("30 January 2015", "1.2"))
    board.ticks("2015-01-02 08:01", "2015-01-02 15:00", "2015-01-03 08:00", "2015-01-05 08:00")
    assert board.told() == [("1.1", -28, False), ("1.2", -28, True)]
    assert days(board.mails()) == ["2015-01-02", "2015-01-05"]


def test_digest_and_fault_mails_do_not_use_up_a_persons_mail_of_the_day(a_board):
    board = a_board(due("30 January 2015", lead="Business manager"))
    board.people = (a_person("Business manager", id="business-manager", email=MANAGER.address),)
    board.tick("2015-01-05 08:00")
    assert (len(board.mails("reminder")), len(board.mails("digest"))) == (1, 1)


def test_a_tick_every_minute_sends_nothing_twice(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2", lead="I Mundy"))
    for minute in range(10):
        board.tick(f"2015-01-02 08:{minute:02}")
    assert len(board.transport.tried) == 2


@pytest.mark.parametrize(
    "moment",
    ["2015-01-02 07:59", "2015-01-02 18:00", "2015-01-03 12:00", "2015-04-03 12:00"],
    ids=["before its hours", "after them", "at a weekend", "on a bank holiday"],
)
def test_leads_are_written_to_only_in_their_hours(a_board, moment):
    board = a_board(due("30 January 2015", "1.1"), due("1 May 2015", "1.2"))
    board.tick(moment)
    assert board.entries() == []


# Offsets that passed.


def test_of_several_passed_offsets_only_the_latest_is_told_and_the_others_are_recorded(a_board):
    board = a_board(due("16 January 2015"))
    board.tick("2015-01-09 08:00")
    assert board.told() == [("2.3", -7, False)]
    agenda = draw_up(None, board.rules, board.plan, board.directory, board.clock()).agenda
    standings = board.ledger.standings("live", [each.key for each in agenda.reminders])
    recorded = [each.reason for each in standings.values() if each.state is None]
    assert recorded == ["superseded"]  # -14; -28 had lapsed


def test_an_offset_overtaken_stays_untold_when_the_deadline_moves_no_more(a_board):
    board = a_board(due("16 January 2015"))
    board.days("2015-01-09", "2015-01-15")
    assert board.told() == [("2.3", -7, False)]


def test_a_planned_mail_that_a_later_offset_overtakes_is_gathered_anew(a_board):
    board = a_board(due("9 January 2015"))
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick("2015-01-02 08:00")  # -7
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-09 08:00")  # 0
    assert board.states() == ["expired", "sent"]
    assert board.told() == [("2.3", 0, False)]


def test_a_held_mail_that_a_later_offset_overtakes_is_superseded(a_board):
    board = a_board(due("9 January 2015"), policy={"max_mails_per_run": 0})
    board.tick("2015-01-02 08:00")
    board.tick("2015-01-09 08:00")
    assert board.states() == ["superseded", "held"]


# The row changes.


def test_a_moved_deadline_makes_new_reminders(a_board):
    board = a_board(due("30 January 2015"))
    board.tick("2015-01-02 08:00")
    board.write("2.3", timeframe="6 February 2015")
    board.days("2015-01-03", "2015-01-09")
    assert board.told() == [("2.3", -28, False), ("2.3", -28, False)]
    assert [mail.says["items"][0]["due"] for mail in board.mails()] == ["2015-01-30", "2015-02-06"]


def test_a_deadline_that_moves_there_and_back_is_not_told_again(a_board):
    board = a_board(due("30 January 2015"))
    board.tick("2015-01-02 08:00")
    board.write("2.3", timeframe="31 March 2016")
    board.days("2015-01-05", "2015-01-06")
    board.write("2.3", timeframe="30 January 2015")
    board.days("2015-01-07", "2015-01-15")
    assert len(board.mails()) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"progress": "Complete"}, "completed"), ({"lead": "I Mundy"}, "row-changed"), (None, "row-gone")],
    ids=["completed", "given to another", "gone"],
)
def test_a_planned_mail_that_nothing_calls_for_any_more_is_withdrawn(a_board, change, reason):
    others = [due("31 March 2016", f"9.{number}") for number in range(5)]
    board = a_board(due("30 January 2015"), *others)
    board.transport.script = [UNREACHABLE]
    board.tick("2015-01-02 08:00")
    entry = board.entries()[0]
    if change:
        board.write("2.3", **change)
    else:
        board.rows = others
    board.tick("2015-01-02 08:01")
    withdrawn = board.ledger.entry(entry.id)
    assert withdrawn
    assert (str(withdrawn.state), withdrawn.reason) == ("withdrawn", reason)
    assert board.mails(to=EVANS) == []


def test_a_planned_mail_is_redrawn_when_a_row_of_it_changes(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2"))
    board.transport.script = [UNREACHABLE]
    board.tick("2015-01-02 08:00")
    board.write("1.2", progress="Done")
    board.tick("2015-01-02 08:01")
    assert board.told() == [("1.1", -28, False)]
    assert [each.ref for each in board.only().new.reminders] == ["1.1"]


def test_a_planned_mail_is_redrawn_for_another_address(a_board):
    board = a_board()
    board.transport.script = [UNREACHABLE]
    board.tick("2015-01-02 08:00")
    board.people = (a_person("M Evans", email=MENDED),)
    board.tick("2015-01-02 08:01")
    assert [mail.to for mail in board.mails()] == [MENDED]
    assert board.only().new.address == MENDED


def test_a_mail_that_has_begun_to_leave_keeps_its_bytes_and_what_is_new_waits(a_board):
    board = a_board(due("30 January 2015", "1.1"))
    board.transport.script = [LOST_MAIL]
    board.transport.found = lambda _: Found.ABSENT
    board.tick("2015-01-02 08:00")
    first = board.only().sha256
    board.write("1.1", action="Another wording")
    board.rows = (*board.rows, due("30 January 2015", "1.2"))
    board.ticks("2015-01-02 08:05", "2015-01-05 08:00")
    assert board.entries()[0].sha256 == first
    assert board.told() == [("1.1", -28, False), ("1.2", -28, True)]


def test_a_mail_put_off_after_it_began_to_leave_goes_again_unchanged(a_board):
    board = a_board(due("30 January 2015", "1.1"))
    board.transport.script = [NOT_YET_AFTER_ALL]
    board.tick("2015-01-02 08:00")
    board.write("1.1", action="Another wording")
    board.tick("2015-01-02 08:01")
    first, second = board.transport.tried
    assert first.mime == second.mime


@pytest.mark.parametrize(
    ("change", "ended"),
    [
        ({"progress": "Complete"}, ("withdrawn", "completed")),
        ({"timeframe": "9 January 2015"}, ("withdrawn", "row-changed")),
    ],
    ids=["completed", "moved"],
)
def test_a_mail_put_off_after_it_began_to_leave_is_withdrawn_when_nothing_calls_for_it(a_board, change, ended):
    board = a_board(due("30 January 2015", "1.1"))
    board.transport.script = [NOT_YET_AFTER_ALL]
    board.tick("2015-01-02 08:00")
    board.write("1.1", **change)
    board.tick("2015-01-02 08:01")
    assert (str(board.only().state), board.only().reason) == ended
    assert board.mails() == []


def test_a_mail_put_off_after_it_began_to_leave_expires_with_its_day_and_is_gathered_anew(a_board):
    board = a_board(due("30 January 2015", "1.1"))
    board.transport.otherwise = lambda _: NOT_YET_AFTER_ALL
    board.ticks("2015-01-02 08:00", "2015-01-02 17:00")
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-05 08:00")
    assert board.states() == ["expired", "sent"]
    assert board.told() == [("1.1", -28, True)]


def test_a_completed_row_that_is_opened_again_is_told_what_is_due_from_then_on(a_board):
    board = a_board(due("30 January 2015", progress="Complete"))
    board.days("2015-01-02", "2015-01-08")
    board.write("2.3", progress=None)
    board.tick("2015-01-09 08:00")
    assert board.told() == [("2.3", -28, True)]


# People.


def test_who_leads_alone_and_through_a_group_hears_once(a_board):
    board = a_board(due("30 January 2015", lead="M Evans / The Board"))
    board.groups = (Group("The Board", "The Board", members=("M Evans", "I Mundy")),)
    board.tick("2015-01-02 08:00")
    assert sorted(mail.to for mail in board.mails()) == [MUNDY, EVANS]
    assert board.told(EVANS) == [("2.3", -28, False)]


def test_a_group_with_a_mailbox_hears_through_that(a_board):
    board = a_board(due("30 January 2015", lead="The Board"))
    board.groups = (Group("The Board", "The Board", email="board@westberks.example"),)
    board.tick("2015-01-02 08:00")
    assert [mail.to for mail in board.mails()] == ["board@westberks.example"]


def test_while_a_lead_is_away_the_deputy_hears_own_and_stood_in_actions_in_one_mail(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2", lead="I Mundy"))
    board.people = (away("2014-12-29", "2015-01-09", name="M Evans", deputy="I Mundy"), "I Mundy")
    board.tick("2015-01-02 08:00")
    (mail,) = board.mails()
    assert mail.to == MUNDY
    assert sorted((each["ref"], each["for"]) for each in mail.says["items"]) == [("1.1", "M Evans"), ("1.2", None)]
    assert "deputy" in board.only().new.reasons


def test_what_a_deputy_has_heard_is_not_told_to_the_lead_on_their_return(a_board):
    board = a_board()
    board.people = (away("2014-12-29", "2015-01-09", name="M Evans", deputy="I Mundy"), "I Mundy")
    board.days("2015-01-02", "2015-01-15")
    assert [(mail.to, day) for mail, day in zip(board.mails(), days(board.mails()), strict=True)] == [
        (MUNDY, "2015-01-02")
    ]
    board.tick("2015-01-16 08:00")
    assert board.told(EVANS) == [("2.3", -14, False)]


@pytest.mark.parametrize(
    "deputies",
    [{"deputy": None}, {"deputy": "I Mundy"}],
    ids=["without a deputy", "with a deputy who has no address"],
)
def test_a_lead_who_is_away_hears_as_usual(a_board, deputies):
    board = a_board()
    board.people = (away("2014-12-29", "2015-01-09", name="M Evans", **deputies), a_person("I Mundy", email=None))
    board.tick("2015-01-02 08:00")
    assert board.told(EVANS) == [("2.3", -28, False)]


def test_who_has_left_is_not_written_to_and_co_leads_are(a_board):
    board = a_board(due("30 January 2015", lead="M Evans / I Mundy"))
    board.people = (a_person("M Evans", left=True), "I Mundy")
    board.days("2015-01-02", "2015-01-05")
    assert [mail.to for mail in board.mails()] == [MUNDY]
    assert "lead-left" in {problem.code for problem in board.plan.problems}


# Addresses that fail.


def test_later_reminders_to_an_address_that_failed_are_held(a_board):
    board = a_board()
    board.transport.otherwise = refuse(EVANS)
    board.tick("2015-01-02 08:00")
    result = board.tick("2015-01-16 08:00")
    assert [(str(entry.state), entry.reason) for entry in board.entries()] == [
        ("failed", "bad-address"),
        ("held", "bad-address"),
    ]
    assert [entry.state for entry in result.waiting] == [State.HELD]


def test_another_address_makes_what_did_not_arrive_owed_again_on_the_next_working_day(a_board):
    board = a_board()
    board.transport.otherwise = refuse(EVANS)
    board.tick("2015-01-02 08:00")
    board.people = (a_person("M Evans", email=MENDED),)
    board.ticks("2015-01-02 10:00", "2015-01-03 08:00", "2015-01-05 08:00", "2015-01-06 08:00")
    assert board.told(MENDED) == [("2.3", -28, True)]
    assert days(board.mails()) == ["2015-01-05"]


def test_another_address_lets_what_was_held_be_told_anew(a_board):
    board = a_board()
    board.transport.otherwise = refuse(EVANS)
    board.ticks("2015-01-02 08:00", "2015-01-16 08:00")
    board.people = (a_person("M Evans", email=MENDED),)
    board.days("2015-01-19", "2015-01-22")
    assert board.told(MENDED) == [("2.3", -14, True)]
    assert board.states() == ["failed", "withdrawn", "sent"]


def test_what_has_lapsed_is_not_owed_again_at_another_address(a_board):
    board = a_board(due("9 February 2015"), policy={"offsets": (-28,)})
    board.transport.otherwise = refuse(EVANS)
    board.tick("2015-01-12 08:00")
    board.people = (a_person("M Evans", email=MENDED),)
    board.tick("2015-01-27 08:00")
    assert board.mails() == []


# A person stands up for the address.


def test_what_a_good_address_refused_is_owed_there_again_on_the_next_working_day(a_board):
    board = a_board()
    board.transport.script = [REFUSED]
    board.tick("2015-01-02 08:00")
    board.ledger.trust(EVANS, board.clock())
    board.ticks("2015-01-02 10:00", "2015-01-03 08:00", "2015-01-05 08:00", "2015-01-06 08:00")
    assert board.told(EVANS) == [("2.3", -28, True)]
    assert days(board.mails()) == ["2015-01-05"]
    assert board.states() == ["failed", "sent"]


def test_what_was_held_for_an_address_is_told_once_a_person_stands_up_for_it(a_board):
    board = a_board()
    board.transport.script = [REFUSED]
    board.ticks("2015-01-02 08:00", "2015-01-16 08:00")
    board.ledger.trust(EVANS, board.clock())
    board.days("2015-01-19", "2015-01-22")
    assert board.told(EVANS) == [("2.3", -14, True)]
    assert board.states() == ["failed", "withdrawn", "sent"]


def test_a_mail_that_came_back_from_a_good_address_is_owed_there_again(a_board):
    board = a_board()
    board.tick("2015-01-02 08:00")
    board.ledger.bounce(board.only(), "5.1.1", board.clock())
    board.ledger.trust(EVANS, board.clock())
    board.days("2015-01-05", "2015-01-07")
    assert board.told(EVANS) == [("2.3", -28, False), ("2.3", -28, True)]


def test_what_has_lapsed_is_not_owed_again_at_a_trusted_address(a_board):
    board = a_board(due("9 February 2015"), policy={"offsets": (-28,)})
    board.transport.otherwise = refuse(EVANS)
    board.tick("2015-01-12 08:00")
    board.ledger.trust(EVANS, board.clock())
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-27 08:00")
    assert board.mails() == []


def test_a_trusted_address_that_refuses_again_is_held_and_told_once_more(a_board):
    board = a_board()
    board.transport.otherwise = refuse(EVANS)
    board.tick("2015-01-02 08:00")
    board.ledger.trust(EVANS, board.clock())
    board.days("2015-01-05", "2015-01-07")
    board.tick("2015-01-16 08:00")
    assert board.states() == ["failed", "failed", "held"]
    assert len(board.mails("fault", MANAGER.address)) == 2


def test_another_address_that_fails_too_is_told_as_well(a_board):
    board = a_board()
    board.transport.otherwise = refuse(EVANS, MENDED)
    board.tick("2015-01-02 08:00")
    board.people = (a_person("M Evans", email=MENDED),)
    board.days("2015-01-05", "2015-01-07")
    assert len(board.mails("fault", MANAGER.address)) == 2


def test_what_a_deputys_bad_address_holds_is_told_to_the_lead_on_their_return(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("16 January 2015", "1.2", lead="I Mundy"))
    board.people = (away("2015-01-05", "2015-01-20", name="M Evans", deputy="I Mundy"), "I Mundy")
    board.transport.otherwise = refuse(MUNDY)
    board.days("2015-01-02", "2015-01-21")
    assert board.told(EVANS) == [("1.1", -28, False), ("1.1", -14, True)]


def test_a_bounced_mail_is_owed_again_at_another_address_only(a_board):
    board = a_board()
    board.tick("2015-01-02 08:00")
    board.ledger.bounce(board.only(), "5.1.1 unknown user", board.clock())
    board.tick("2015-01-05 08:00")
    assert len(board.mails()) == 1
    board.people = (a_person("M Evans", email=MENDED),)
    board.tick("2015-01-06 08:00")
    assert board.told(MENDED) == [("2.3", -28, True)]


def test_later_reminders_to_an_address_that_bounced_are_held(a_board):
    board = a_board()
    board.tick("2015-01-02 08:00")
    board.ledger.bounce(board.only(), "5.1.1 unknown user", board.clock())
    board.tick("2015-01-16 08:00")
    assert [(str(entry.state), entry.reason) for entry in board.entries()[1:]] == [("held", "bad-address")]


# The allow-list.


def test_an_address_off_the_allow_list_is_held_and_told_once_it_is_allowed(a_board):
    board = a_board()
    board.people = (a_person("M Evans", email=OUTSIDE),)
    board.days("2015-01-02", "2015-01-06")
    assert [(str(entry.state), entry.reason) for entry in board.entries()] == [("held", "off-allow-list")]
    assert [mail.to for mail in board.transport.tried if mail.to == OUTSIDE] == []
    board.change(allowed=either)
    board.ticks("2015-01-07 08:00", "2015-01-08 08:00")
    assert [(mail.to, day) for mail, day in zip(board.mails(), days(board.mails()), strict=True)] == [
        (OUTSIDE, "2015-01-07")
    ]
    assert board.told() == [("2.3", -28, True)]


def test_releasing_never_sends_what_the_allow_list_holds(a_board):
    # The command line leaves these alone; should one slip through, the service holds it again.
    board = a_board()
    board.people = (a_person("M Evans", email=OUTSIDE),)
    board.tick("2015-01-02 08:00")
    board.release()
    board.tick("2015-01-02 08:01")
    assert board.mails() == []
    assert board.states() == ["held"]


@pytest.mark.parametrize("step", [UNREACHABLE, NOT_YET], ids=["unsent", "put off"])
def test_a_mail_that_waits_is_held_when_its_address_is_no_longer_allowed(a_board, step):
    board = a_board(allowed=either)
    board.people = (a_person("M Evans", email=OUTSIDE),)
    board.transport.script = [step]
    board.tick("2015-01-02 08:00")
    board.change(allowed=only_westberks)
    board.tick("2015-01-02 09:00")
    assert board.mails() == []
    assert (board.only().state, board.only().reason) == (State.HELD, "off-allow-list")


def test_a_mail_that_waits_is_held_when_its_address_has_failed_meanwhile(a_board):
    shared = "duty@westberks.example"
    board = a_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2", lead="I Mundy"))
    board.people = (a_person("M Evans", email=shared), a_person("I Mundy", email=shared))
    board.transport.script = [NOT_YET, REFUSED]
    board.ticks("2015-01-02 08:00", "2015-01-02 08:10")
    assert sorted(board.states()) == ["failed", "held"]
    assert [mail.to for mail in board.transport.tried].count(shared) == 2


def test_with_redirect_to_every_mail_goes_there_and_is_of_the_trial(a_board):
    board = a_board(audience=Audience.TRIAL, redirect_to="trial@westberks.example")
    board.tick("2015-01-05 08:00")
    assert {mail.to for mail in board.transport.arrived} == {"trial@westberks.example"}
    assert {entry.new.audience for entry in board.ledger.entries()} == {"trial"}


def test_a_redirect_address_that_fails_says_nothing_of_the_leads_own(a_board):
    board = a_board(audience=Audience.TRIAL, redirect_to="trial@westberks.example")
    board.transport.otherwise = refuse("trial@westberks.example")
    board.days("2015-01-02", "2015-01-15")
    assert board.states() == ["failed"]


def test_what_was_told_on_trial_is_still_owed_live_within_catch_up(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("9 January 2015", "1.2"), audience=Audience.TRIAL)
    board.ticks("2015-01-02 08:00")
    board.change(audience=Audience.LIVE)
    board.ticks("2015-01-05 08:00")
    assert sorted(board.told()[2:]) == [("1.1", -28, True), ("1.2", -7, True)]
    board.days("2015-01-06", "2015-01-08")
    assert len(board.mails()) == 2


# The cap.


def crowd(count):
    return [due("30 January 2015", f"1.{number}", lead=f"Lead {number}") for number in range(count)]


def people(count):
    return [f"Lead {number}" for number in range(count)]


def a_crowd(a_board, count, cap, **rules):
    board = a_board(*crowd(count), policy={"max_mails_per_run": cap}, **rules)
    board.people = people(count)
    return board


def test_as_many_mails_as_the_cap_allows_go(a_board):
    board = a_crowd(a_board, 4, 4)
    board.tick("2015-01-02 08:00")
    assert board.states() == ["sent"] * 4


def test_a_tick_that_would_pass_the_cap_holds_all_of_its_mails_and_tells_manager_and_ops(a_board):
    board = a_crowd(a_board, 5, 4)
    board.tick("2015-01-02 08:00")
    assert board.states() == ["held"] * 5
    assert {entry.reason for entry in board.entries()} == {"cap"}
    assert sorted(mail.to for mail in board.mails("fault")) == [MANAGER.address, OPS.address]


def test_the_cap_counts_the_whole_day(a_board):
    board = a_crowd(a_board, 5, 4)
    board.rows = crowd(5)[:3]
    board.tick("2015-01-02 08:00")
    board.rows = crowd(5)
    board.tick("2015-01-02 09:00")
    assert sorted(board.states()) == ["held", "held", "sent", "sent", "sent"]


def test_the_cap_does_not_hold_digests_or_fault_mails(a_board):
    board = a_crowd(a_board, 5, 4)
    board.tick("2015-01-05 08:00")
    assert board.states("digest") == ["sent"]


def test_what_the_cap_holds_is_told_once(a_board):
    board = a_crowd(a_board, 5, 4)
    board.days("2015-01-02", "2015-01-08")
    assert len(board.mails("fault", OPS.address)) == 1
    assert board.states() == ["held"] * 5


@pytest.mark.parametrize("moment", ["2015-01-02 19:00", "2015-01-03 10:00", "2015-01-08 10:00"])
def test_what_is_released_goes_at_once_whatever_the_day_and_hour_marked_late(a_board, moment):
    board = a_crowd(a_board, 5, 4)
    board.tick("2015-01-02 08:00")
    board.clock.set(moment)
    assert board.release() == 5
    board.tick()
    assert board.states() == ["sent"] * 5
    late = not moment.startswith("2015-01-02")
    assert {told[2] for told in board.told()} == {late}


def test_a_mail_that_the_cap_once_held_says_so_also_when_it_goes_late(a_board):
    board = a_crowd(a_board, 5, 4)
    board.tick("2015-01-02 08:00")
    board.clock.set("2015-01-08 10:00")
    board.release()
    board.tick()
    assert {entry.new.reasons for entry in board.entries()} == {("cap", "late")}


def test_what_was_released_and_could_not_leave_that_day_is_told_anew(a_board):
    board = a_crowd(a_board, 2, 1)
    board.tick("2015-01-02 08:00")
    board.clock.set("2015-01-05 10:00")
    board.release()
    board.change(policy={"max_mails_per_run": 50})
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick()
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-06 08:00")
    assert board.states() == ["expired", "expired", "sent", "sent"]


def test_what_else_is_owed_to_somebody_with_a_released_mail_joins_it(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("2 February 2015", "1.2"), policy={"max_mails_per_run": 0})
    board.tick("2015-01-02 08:00")
    board.change(policy={"max_mails_per_run": 50})
    board.clock.set("2015-01-05 08:00")
    board.release()
    board.tick()
    assert board.told() == [("1.1", -28, True), ("1.2", -28, False)]
    assert len(board.mails()) == 1


def test_after_a_released_mail_what_arises_that_day_waits_for_the_next_working_day(a_board):
    board = a_board(due("30 January 2015", "1.1"), policy={"max_mails_per_run": 0})
    board.tick("2015-01-02 08:00")
    board.change(policy={"max_mails_per_run": 50})
    board.clock.set("2015-01-05 08:00")
    board.release()
    board.tick()
    board.rows = (*board.rows, due("30 January 2015", "1.2"))
    board.ticks("2015-01-05 09:00", "2015-01-05 12:00", "2015-01-06 08:00")
    assert days(board.mails()) == ["2015-01-05", "2015-01-06"]


def test_two_released_mails_of_one_person_become_one(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("2 February 2015", "1.2"), policy={"max_mails_per_run": 0})
    board.ticks("2015-01-02 08:00", "2015-01-05 08:00")
    assert board.states() == ["held", "held"]
    board.clock.set("2015-01-06 08:00")
    board.release()
    board.tick()
    assert sorted(board.told()) == [("1.1", -28, True), ("1.2", -28, True)]
    assert len(board.mails()) == 1


def test_a_released_mail_whose_row_is_finished_does_not_go(a_board):
    board = a_board(policy={"max_mails_per_run": 0})
    board.tick("2015-01-02 08:00")
    board.write("2.3", progress="Complete")
    board.clock.set("2015-01-05 08:00")
    board.release()
    board.tick()
    assert (board.mails(), board.states()) == ([], ["withdrawn"])


def test_a_held_mail_whose_row_is_finished_is_withdrawn(a_board):
    board = a_board(policy={"max_mails_per_run": 0})
    board.tick("2015-01-02 08:00")
    board.write("2.3", progress="Complete")
    board.tick("2015-01-05 08:00")
    assert (board.only().state, board.only().reason) == (State.WITHDRAWN, "completed")


def test_what_a_person_withdraws_counts_as_told(a_board):
    board = a_board(policy={"max_mails_per_run": 0})
    board.tick("2015-01-02 08:00")
    board.ledger.end(board.only(), State.WITHDRAWN, "not-resent", board.clock())
    board.change(policy={"max_mails_per_run": 50})
    board.days("2015-01-05", "2015-01-15")
    assert board.mails() == []
    board.tick("2015-01-16 08:00")
    assert board.told() == [("2.3", -14, False)]


# Templates.


def test_a_packaged_template_that_fails_enters_nothing_and_is_tried_again_each_tick(a_board):
    board = a_board()
    board.draw.failing = {"reminder"}
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01")
    assert board.entries() == []
    assert [mail.to for mail in board.mails("fault")] == [OPS.address]
    board.draw.failing = set()
    board.tick("2015-01-02 08:02")
    assert board.told() == [("2.3", -28, False)]


def test_a_template_of_one_kind_that_fails_does_not_stop_the_others(a_board):
    board = a_board()
    board.draw.failing = {"digest"}
    board.tick("2015-01-05 08:00")
    assert board.told() == [("2.3", -28, True)]
    board.draw.failing = set()
    board.tick("2015-01-06 08:00")
    assert len(board.mails("digest")) == 1


def test_where_even_fault_mails_cannot_be_drawn_the_rest_goes_on(a_board):
    board = a_board()
    board.draw.failing = {"fault", "digest"}
    result = board.tick("2015-01-05 08:00")
    assert board.told() == [("2.3", -28, True)]
    assert [fault.cause.split(":")[1] for fault in result.faults] == ["digest.txt", "fault.txt"]


def test_a_boards_own_template_that_fails_is_replaced_and_ops_hear_once_a_day(a_board):
    board = a_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2", lead="I Mundy"))
    board.draw.replaced = (template_failed("reminder.txt", "line 2: nonsense", replaced=True),)
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01")
    assert len(board.mails()) == 2
    assert [mail.to for mail in board.mails("fault")] == [OPS.address]
    assert board.causes()[0].startswith("template:reminder.txt")


def test_a_mail_that_waits_unchanged_is_not_written_anew(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01", "2015-01-02 08:02")
    assert len(board.ledger.history(board.only().id)) == len(
        [event for event in board.ledger.history(board.only().id) if event.reason != "redrawn"]
    )


# The digest.


def test_the_digest_goes_once_in_each_week_also_when_nothing_is_blank(a_board):
    board = a_board(a_row(timeframe="December 2016", progress="Under way"))
    board.days("2015-01-05", "2015-01-30")
    assert days(board.mails("digest")) == ["2015-01-05", "2015-01-12", "2015-01-19", "2015-01-26"]


def test_the_digest_waits_for_its_hour(a_board):
    board = a_board()
    board.tick("2015-01-05 07:59")
    assert board.entries("digest") == []


def test_the_digest_goes_on_the_first_working_day_of_a_week_that_begins_with_a_holiday(a_board):
    board = a_board()
    board.days("2015-04-06", "2015-04-10")  # Easter Monday is the sixth
    assert days(board.mails("digest")) == ["2015-04-07"]


def test_a_digest_that_could_not_leave_is_tried_again_within_its_three_days_redrawn(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    board.days("2015-01-05", "2015-01-07")
    board.transport.otherwise = lambda _: TAKEN
    board.write("2.3", progress="Under way")
    board.tick("2015-01-08 22:00")
    (digest,) = board.mails("digest")
    assert (digest.says["blank"], digest.says["day"]) == (0, "2015-01-08")


def test_a_digest_that_could_not_leave_within_its_days_never_goes(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    board.days("2015-01-05", "2015-01-08")
    board.transport.otherwise = lambda _: TAKEN
    board.days("2015-01-09", "2015-01-11")
    assert board.mails("digest") == []
    assert board.states("digest") == ["expired"]
    board.tick("2015-01-12 08:00")
    assert days(board.mails("digest")) == ["2015-01-12"]


@pytest.mark.parametrize(
    ("start", "sent"), [("2015-01-08 20:00", 1), ("2015-01-09 08:00", 0)], ids=["third day after", "fourth day after"]
)
def test_a_service_that_starts_in_the_middle_of_a_week_sends_its_digest_until_the_third_day_after(a_board, start, sent):
    board = a_board()
    board.tick(start)
    assert len(board.mails("digest")) == sent


def test_a_digest_never_goes_past_the_sunday_of_its_week(a_board):
    board = a_board(policy={"digest_day": 4})
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick("2015-01-09 08:00")
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-12 08:00")
    assert board.mails("digest") == []


def test_the_digest_lists_what_its_progress_closed_since_the_last_one(a_board):
    board = a_board(due("30 October 2015", "1.1"), due("30 October 2015", "1.2", progress="Complete"))
    board.tick("2015-01-05 08:00")
    board.write("1.1", progress="Completed 7 January")
    board.tick("2015-01-12 08:00")
    board.tick("2015-01-19 08:00")
    assert [mail.says["closed"] for mail in board.mails("digest")] == [[], ["1.1"], []]


def test_what_closed_is_still_listed_when_a_digest_between_did_not_leave(a_board):
    board = a_board(due("30 October 2015", "1.1"))
    board.tick("2015-01-05 08:00")
    board.write("1.1", progress="Complete")
    board.transport.otherwise = lambda _: UNREACHABLE
    board.days("2015-01-12", "2015-01-15")
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-19 08:00")
    assert board.mails("digest")[-1].says["closed"] == ["1.1"]


def test_every_reader_of_the_digest_gets_one_and_each_says_what_closed(a_board):
    board = a_board(due("30 October 2015", "1.1"), managers=(MANAGER, DEPUTY_MANAGER))
    board.tick("2015-01-05 08:00")
    board.write("1.1", progress="Complete")
    board.transport.script = [TAKEN, NOT_YET]
    board.ticks("2015-01-12 08:00", "2015-01-12 08:10")
    closed = [(mail.to, mail.says["closed"]) for mail in board.mails("digest")[2:]]
    assert closed == [(MANAGER.address, ["1.1"]), (DEPUTY_MANAGER.address, ["1.1"])]


def test_what_closed_counts_from_the_last_digest_that_left_for_every_reader(a_board):
    board = a_board(due("30 October 2015", "1.1"), managers=(MANAGER, DEPUTY_MANAGER))
    board.tick("2015-01-05 08:00")
    board.write("1.1", progress="Complete")
    board.transport.otherwise = lambda _: UNREACHABLE
    board.days("2015-01-12", "2015-01-15")
    board.transport.otherwise = lambda _: TAKEN
    board.transport.script = [TAKEN, NOT_YET]
    board.ticks("2015-01-19 08:00", "2015-01-19 08:10")
    assert [mail.says["closed"] for mail in board.mails("digest")[2:]] == [["1.1"], ["1.1"]]


def test_the_digest_says_what_became_of_the_weeks_mails(a_board):
    leads = ("M Evans", "I Mundy", "G Garnett", "B Ounced", "O Utside")
    board = a_board(*(due("30 January 2015", f"1.{number}", lead=lead) for number, lead in enumerate(leads)))
    board.people = (*leads[:4], a_person("O Utside", email="o@elsewhere.example"))
    answers = {EVANS: REFUSED, MUNDY: LOST_MAIL}
    board.change(on_uncertain="hold")
    board.transport.otherwise = lambda message: answers.get(message.recipient, TAKEN)
    board.tick("2015-01-02 08:00")
    bounced = next(entry for entry in board.entries() if entry.new.person == "B Ounced")
    board.ledger.bounce(bounced, "5.1.1", board.clock())
    board.tick("2015-01-05 08:00")
    (digest,) = board.mails("digest")
    assert {name: result for name, _, result in digest.says["sent"]} == {
        "M Evans": "not delivered: correct the address",
        "I Mundy": "sent, perhaps: the server did not answer",
        "G Garnett": "accepted",
        "B Ounced": "not delivered: correct the address",
        "O Utside": "held: correct the address",
    }


def test_the_digest_does_not_call_for_another_address_when_a_person_said_not_again(a_board):
    board = a_board(on_uncertain="hold")
    board.transport.script = [LOST_MAIL]
    board.tick("2015-01-02 08:00")
    board.ledger.settle(board.only(), Settlement(State.FAILED, "not-resent", "a person said: not again"), board.clock())
    board.tick("2015-01-05 08:00")
    assert board.mails("digest")[0].says["sent"][0][2] == "sent, perhaps: the server did not answer"
    assert board.mails("fault") == []
    assert board.told(GARNETT) == []


def test_ops_are_asked_once_about_a_mail_nobody_heard_of_where_it_is_not_sent_again(a_board):
    board = a_board(on_uncertain="hold")
    board.transport.script = [LOST_MAIL]
    board.tick("2015-01-02 08:00")
    assert board.mails("fault") == []
    board.ticks("2015-01-02 08:10", "2015-01-02 09:00", "2015-01-05 08:00")
    assert [mail.to for mail in board.mails("fault")] == ["ops@westberks.example"]


# Test mails.


def test_a_test_mail_is_for_nobody_of_the_directory():
    to = mailbox_for_test("a@westberks.example", date(2015, 1, 2))
    assert (to.person, to.address) == ("test-2015-01-02", "a@westberks.example")
