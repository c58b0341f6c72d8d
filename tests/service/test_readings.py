from dataclasses import replace

import pytest

from reminders.service.readings import accept, directory_in_force, in_force, judge
from reminders.service.values import DirectoryLook, PlanLook
from tests.builders import a_directory, a_person, a_row
from tests.fakes import TAKEN, UNREACHABLE
from tests.service.builders import EVANS, MANAGER, MUNDY, OPS, due, local, some_rules

TEN = tuple(due("30 January 2015", f"1.{number}") for number in range(1, 11))
STOPPED = "No reminder"


def unreadable(board, *mistakes):
    board.plan_mistakes = mistakes or ("plan.yaml, line 3: write a mapping",)


def refs(board):
    return sorted({ref for ref, _, _ in board.told()})


# The plan changes.


def test_the_first_reading_is_used_whatever_it_is(a_board):
    board = a_board(due("30 January 2015"))
    result = board.tick("2015-01-02 08:00")
    assert (result.plan.outcome, result.plan.usable, result.plan.note) == ("ok", True, None)
    assert board.told() == [("2.3", -28, False)]


def test_a_small_change_is_used_at_once(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-01 08:00")
    board.rows = (*TEN[:8], due("30 January 2015", "9.9"))
    assert board.tick("2015-01-02 08:00").plan.outcome == "ok"
    assert refs(board) == sorted(["9.9", *(f"1.{number}" for number in range(1, 9))])


def test_a_plan_that_shrank_by_more_than_a_fifth_is_held_and_the_last_good_one_goes_on(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-01 08:00")
    board.rows = TEN[:7]
    result = board.tick("2015-01-02 08:00")
    assert (result.plan.outcome, result.plan.usable) == ("held", True)
    assert "3 of its 10" in str(result.plan.reason)
    assert len(refs(board)) == 10


def test_rows_of_a_held_plan_are_not_told(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-01 08:00")
    board.rows = (*TEN[:2], due("30 January 2015", "6.6"))
    board.days("2015-01-02", "2015-01-05")
    assert "6.6" not in refs(board)


def test_a_plan_with_another_title_is_held(a_board):
    board = a_board()
    board.tick("2015-01-01 08:00")
    board.title = "Corporate Risk Register"
    assert board.tick("2015-01-02 08:00").plan.outcome == "held"


def test_the_manager_hears_once_that_a_plan_is_held(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-01 08:00")
    board.rows = TEN[:2]
    board.days("2015-01-02", "2015-01-06")
    assert board.causes() == [f"plan-held:{board.sha256[:12]}"]
    assert [mail.to for mail in board.mails("fault")] == [MANAGER.address]


def test_an_accepted_plan_is_used_from_the_next_tick_on(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-01 08:00")
    board.rows = (*TEN[:2], due("30 January 2015", "6.6"))
    board.tick("2015-01-01 09:00")
    accepted = accept(board.ledger, None, board.clock())
    assert accepted is not None
    assert (accepted.sha256, accepted.why) == (board.sha256, None)
    assert board.tick("2015-01-02 08:00").plan.outcome == "ok"
    assert refs(board) == ["1.1", "1.2", "6.6"]
    assert board.ledger.held_reading("plan") is None


def test_a_held_plan_is_accepted_by_the_beginning_of_its_sum(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-01 08:00")
    board.rows = TEN[:2]
    board.tick("2015-01-01 09:00")
    assert accept(board.ledger, "0000", board.clock()) is None
    assert accept(board.ledger, board.sha256[:12], board.clock()) is not None


def test_nothing_is_accepted_where_nothing_is_held(a_board):
    board = a_board()
    board.tick("2015-01-01 08:00")
    assert accept(board.ledger, None, board.clock()) is None


def test_a_plan_put_right_is_used_and_the_held_one_forgotten(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-01 08:00")
    board.rows = TEN[:2]
    board.tick("2015-01-01 09:00")
    board.rows = TEN
    assert board.tick("2015-01-01 10:00").plan.outcome == "ok"
    assert board.ledger.held_reading("plan") is None
    assert accept(board.ledger, None, board.clock()) is None


def test_the_newest_of_several_held_plans_is_the_one_to_accept(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-01 08:00")
    board.rows = TEN[:2]
    board.tick("2015-01-01 09:00")
    board.rows = TEN[:3]
    board.tick("2015-01-01 10:00")
    accepted = accept(board.ledger, None, board.clock())
    assert accepted
    assert accepted.sha256 == board.sha256


def test_where_the_settings_accept_changes_nothing_is_held(a_board):
    board = a_board(*TEN, hold_changes=False)
    board.tick("2015-01-01 08:00")
    board.rows = TEN[:2]
    assert board.tick("2015-01-02 08:00").plan.outcome == "ok"
    assert refs(board) == ["1.1", "1.2"]


def test_a_plan_held_for_longer_than_the_last_good_one_lasts_stops_the_reminders_and_all_are_told(a_board):
    board = a_board(*TEN[:5], due("13 February 2015", "7.7"))
    board.tick("2015-01-05 08:00")
    board.rows = TEN[:1]
    board.days("2015-01-06", "2015-01-13")
    told = len(board.told())
    result = board.tick("2015-01-16 08:00")  # the offsets of 16 January are due
    assert not result.plan.usable
    assert len(board.told()) == told
    stopped = [mail for mail in board.mails("fault") if mail.says["cause"].endswith(":stopped")]
    assert {mail.to for mail in stopped} == {MANAGER.address, OPS.address}


def test_a_plan_found_held_after_a_long_outage_is_not_said_to_go_on(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-02 08:00")
    board.rows = TEN[:1]
    board.tick("2015-01-20 08:00")
    assert len(board.told()) == 10
    assert sorted(mail.to for mail in board.mails("fault")) == [MANAGER.address, OPS.address]
    assert all("too long ago" in mail.says["unsent"] for mail in board.mails("fault"))


def test_reminders_that_were_stopped_are_caught_up_once_the_plan_is_accepted(a_board):
    board = a_board(*TEN)
    board.tick("2015-01-02 08:00")
    board.rows = TEN[:1]
    board.days("2015-01-05", "2015-01-19")
    accept(board.ledger, None, board.clock())
    board.tick("2015-01-19 09:00")
    assert board.told()[-1] == ("1.1", -14, True)


def test_a_reworded_row_without_a_ref_is_not_told_again(a_board):
    rows = (due("30 January 2015", "1.1"), a_row(None, timeframe="30 January 2015"), due("30 January 2015", "1.3"))
    board = a_board(*rows)
    board.tick("2015-01-02 08:00")
    board.rows = (rows[0], replace(rows[1], action="Quite another wording of the same"), rows[2])
    board.days("2015-01-03", "2015-01-15")
    assert len(board.mails()) == 1


def test_an_unchanged_plan_is_understood_with_the_directory_of_today(a_board):
    board = a_board(due("30 January 2015", lead="A New"))
    board.days("2015-01-02", "2015-01-05")
    assert board.mails() == []
    board.people = ("M Evans", "A New")
    board.tick("2015-01-06 08:00")
    assert board.told("a.new@westberks.example") == [("2.3", -28, True)]


# The plan cannot be read.


def test_an_unreadable_plan_leaves_the_last_good_one_in_force(a_board):
    board = a_board()
    board.tick("2015-01-01 08:00")
    unreadable(board)
    result = board.tick("2015-01-02 08:00")
    assert (result.plan.outcome, result.plan.usable) == ("refused", True)
    assert board.told() == [("2.3", -28, False)]


def test_manager_and_ops_hear_once_of_an_unreadable_plan_while_the_last_good_one_goes_on(a_board):
    board = a_board()
    board.tick("2015-01-01 08:00")
    unreadable(board)
    board.days("2015-01-02", "2015-01-05")
    assert sorted(mail.to for mail in board.mails("fault")) == [MANAGER.address, OPS.address]


def test_the_last_good_plan_goes_on_for_its_days_and_then_stops_with_a_word_each_day(a_board):
    board = a_board(due("30 January 2015"), due("6 February 2015", "2.4"))  # words on 2, 9 and 16, 23 January
    board.days("2015-01-02", "2015-01-09")
    unreadable(board)
    board.days("2015-01-10", "2015-01-16")
    assert ("2.3", -14, False) in board.told()  # on the seventh day
    told = len(board.told())
    board.days("2015-01-17", "2015-01-23")
    assert len(board.told()) == told
    stopped = [mail for mail in board.mails("fault") if STOPPED in str(mail.says["unsent"])]
    assert [f"{mail.at:%d}" for mail in stopped if mail.to == OPS.address] == [f"{day}" for day in range(17, 24)]


def test_a_plan_that_can_be_read_again_is_caught_up(a_board):
    board = a_board()
    board.tick("2015-01-02 08:00")
    unreadable(board)
    board.days("2015-01-03", "2015-01-20")
    board.plan_mistakes = ()
    board.tick("2015-01-21 08:00")
    assert board.told() == [("2.3", -28, False), ("2.3", -14, True)]


def test_without_any_plan_ever_read_nothing_goes_and_ops_hear_each_day(a_board):
    board = a_board()
    unreadable(board)
    result = board.tick("2015-01-05 08:00")
    assert (result.plan.outcome, result.plan.plan, result.plan.usable) == ("refused", None, False)
    board.tick("2015-01-06 08:00")
    assert [f"{mail.at:%d}" for mail in board.mails("fault", OPS.address)] == ["05", "06"]
    assert board.mails() + board.mails("digest") == []


def test_a_plan_caught_while_it_is_saved_is_not_worth_a_word(a_board):
    board = a_board()
    board.tick("2015-01-01 12:00")
    unreadable(board, "plan.yaml is being saved")
    board.passing = True
    result = board.tick("2015-01-02 08:00")
    assert board.told() == [("2.3", -28, False)]
    assert board.mails("fault") == []
    assert result.plan.faults == ()


def test_a_share_that_is_away_for_a_few_minutes_is_nobodys_business(a_board):
    board = a_board()
    board.tick("2015-01-02 07:00")
    unreadable(board, "there is no such file")
    board.passing = True
    for minute in range(0, 30, 5):
        board.tick(f"2015-01-02 09:{minute:02}")
    assert board.mails("fault") == []


def test_a_share_that_stays_away_is_told_once(a_board):
    board = a_board()
    board.tick("2015-01-02 07:00")
    unreadable(board, "there is no such file")
    board.passing = True
    for minute in (0, 29, 30, 31, 45):
        board.tick(f"2015-01-02 09:{minute:02}")
    assert [f"{mail.at:%H:%M}" for mail in board.mails("fault", OPS.address)] == ["09:30"]


def test_each_absence_of_a_share_is_waited_for_anew(a_board):
    board = a_board()
    board.tick("2015-01-02 07:00")
    board.passing = True
    unreadable(board, "there is no such file")
    board.tick("2015-01-02 09:00")
    board.plan_mistakes = ()
    board.tick("2015-01-02 09:20")
    unreadable(board, "there is no such file")
    board.tick("2015-01-02 09:40")
    assert board.mails("fault") == []


def test_a_share_that_is_away_before_any_plan_was_read_is_told_at_once(a_board):
    board = a_board()
    unreadable(board, "there is no such file")
    board.passing = True
    board.tick("2015-01-02 08:00")
    assert len(board.mails("fault", OPS.address)) == 1


def test_an_old_file_that_a_newer_reader_reads_otherwise_is_a_new_reading(a_board):
    board = a_board(*TEN)
    known = board.sha256
    board.tick("2015-01-02 08:00")
    board.rows = TEN[:1]
    board.known_as = known
    assert board.tick("2015-01-02 08:01").plan.outcome == "held"


def test_a_plan_that_goes_on_being_saved_for_days_is(a_board):
    board = a_board()
    board.tick("2015-01-01 08:00")
    unreadable(board, "plan.yaml is being saved")
    board.passing = True
    board.days("2015-01-02", "2015-01-05")
    assert len(board.mails("fault", OPS.address)) == 1


# The digest while the plan is in doubt.


@pytest.mark.parametrize("doubt", ["held", "unreadable"])
def test_the_digest_goes_from_the_last_good_plan_and_says_so_first(a_board, doubt):
    board = a_board(*TEN)
    board.tick("2015-01-02 08:00")
    if doubt == "held":
        board.rows = TEN[:1]
    else:
        unreadable(board)
    board.tick("2015-01-05 08:00")
    (digest,) = board.mails("digest")
    assert "2 January 2015" in digest.says["note"]
    assert digest.says["blank"] == 10


def test_the_digest_goes_also_when_the_last_good_plan_is_too_old_for_reminders(a_board):
    board = a_board()
    board.tick("2015-01-02 08:00")
    unreadable(board)
    board.days("2015-01-03", "2015-01-26")
    assert [f"{mail.at:%d}" for mail in board.mails("digest")] == ["05", "12", "19", "26"]


def test_a_digest_of_a_plan_in_order_has_no_note(a_board):
    board = a_board()
    board.tick("2015-01-05 08:00")
    assert board.mails("digest")[0].says["note"] is None


# The lead directory.


def test_an_unreadable_directory_leaves_the_last_good_one_in_force_and_is_told_once(a_board):
    board = a_board()
    board.tick("2015-01-01 08:00")
    board.directory_mistakes = ("directory.yaml, line 1: write a mapping",)
    board.days("2015-01-02", "2015-01-16")
    assert board.told(EVANS) == [("2.3", -28, False), ("2.3", -14, False)]
    assert sorted(mail.to for mail in board.mails("fault")) == [MANAGER.address, OPS.address]


def test_the_last_good_directory_is_kept_whole(a_board):
    away = (local("2015-01-02 08:00").date(), local("2015-01-05 08:00").date())
    board = a_board()
    board.people = (a_person("M Evans", deputy="I Mundy", away=(away,)), "I Mundy")
    board.tick("2015-01-01 08:00")
    board.directory_mistakes = ("gone",)
    board.tick("2015-01-02 08:00")
    assert board.told(MUNDY) == [("2.3", -28, False)]


def test_without_any_directory_ever_read_nothing_goes_and_ops_hear_each_day(a_board):
    board = a_board()
    board.directory_mistakes = ("directory.yaml is not there",)
    result = board.tick("2015-01-05 08:00")
    assert (result.directory, result.plan.plan) == (None, None)
    board.tick("2015-01-06 08:00")
    assert [f"{mail.at:%d}" for mail in board.mails("fault", OPS.address)] == ["05", "06"]
    assert board.mails() + board.mails("digest") == []


def test_a_person_renamed_with_the_old_name_as_id_is_not_told_again(a_board):
    board = a_board()
    board.tick("2015-01-02 08:00")
    board.people = (a_person("M Evans-Jones", id="M Evans", email=EVANS, also=("M Evans",)),)
    board.days("2015-01-03", "2015-01-15")
    assert len(board.mails()) == 1


# Beside a service, without a ledger.


def test_a_look_without_a_ledger_is_judged_by_itself(a_board):
    board = a_board(*TEN)
    judgement = judge(board.look_at_plan(), a_directory(), some_rules(), None)
    assert in_force(judgement, some_rules(), local("2015-01-02 08:00")).outcome == "ok"


def test_an_unreadable_plan_without_a_ledger_is_refused():
    judgement = judge(PlanLook("plan.yaml", mistakes=("no such file",)), a_directory(), some_rules(), None)
    force = in_force(judgement, some_rules(), local("2015-01-02 08:00"))
    assert (force.outcome, force.plan, force.reason, force.usable) == ("refused", None, "no such file", False)


def test_a_directory_is_remembered_only_by_who_may_write(a_board):
    board = a_board()
    look = board.look_at_directory()
    directory_in_force(look, board.ledger, board.clock(), remember=False)
    assert board.ledger.good_reading("directory") is None
    directory_in_force(look, board.ledger, board.clock(), remember=True)
    gone = DirectoryLook("directory.yaml", mistakes=("gone",))
    found = directory_in_force(gone, board.ledger, board.clock(), remember=True)
    assert (found.directory, found.trouble, len(found.faults)) == (look.directory, "gone", 1)


def test_a_directory_that_may_come_back_by_itself_is_trouble_and_nobody_is_told_yet(a_board):
    board = a_board()
    directory_in_force(board.look_at_directory(), board.ledger, board.clock(), remember=True)
    away = DirectoryLook("directory.yaml", mistakes=("the share is away",), passing=True)
    found = directory_in_force(away, board.ledger, board.clock(), remember=True)
    assert (found.trouble, found.faults) == ("the share is away", ())


def test_what_was_planned_before_the_plan_became_unreadable_goes_when_the_server_is_back(a_board):
    board = a_board()
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick("2015-01-02 08:00")
    unreadable(board)
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-02 09:00")
    assert board.told() == [("2.3", -28, False)]
