from datetime import timedelta

import pytest

from reminders.transports.base import Bounce, Found
from tests.builders import a_person
from tests.fakes import LOCKED_OUT, LOST_ANSWER, TAKEN, ScriptedMailbox, Step
from tests.service.builders import EVANS, MANAGER, MUNDY, OPS, due

NO_SUCH_MAILBOX = "5.1.1"


@pytest.fixture
def a_readable_board(a_board):
    """A board whose mailbox can be asked, too."""

    def build(*rows, **rules):
        board = a_board(*rows, **rules)
        board.mailbox = ScriptedMailbox()
        return board

    return build


def report(board, entry, code=NO_SUCH_MAILBOX):
    board.mailbox.reports.append(Bounce(entry.key, code, board.clock()))


def bounced(board):
    """A board whose first mail was sent, and came back a few minutes later."""
    board.tick("2015-01-02 08:00")
    board.clock.set("2015-01-02 08:03")
    report(board, board.only())
    board.tick("2015-01-02 08:05")
    return board


# The report is found.


def test_a_mail_that_came_back_is_marked_and_its_status_kept(a_readable_board):
    board = bounced(a_readable_board())
    entry = board.only()
    assert (entry.state, entry.bounced, entry.reply) == ("sent", True, NO_SUCH_MAILBOX)


def test_a_second_report_changes_nothing(a_readable_board):
    board = bounced(a_readable_board())
    report(board, board.only(), "5.2.2")
    board.ticks("2015-01-02 08:10", "2015-01-02 08:15")
    assert board.only().reply == NO_SUCH_MAILBOX
    assert sorted(mail.to for mail in board.mails("fault")) == [MANAGER.address, OPS.address]


def test_a_report_of_a_mail_that_is_not_ours_is_passed_over(a_readable_board):
    board = a_readable_board()
    board.tick("2015-01-02 08:00")
    board.mailbox.reports = [Bounce("f" * 24, NO_SUCH_MAILBOX, board.clock())]
    board.tick("2015-01-02 08:05")
    assert not board.only().bounced
    assert board.mails("fault") == []


def test_a_report_without_a_status_is_a_bounce(a_readable_board):
    board = a_readable_board()
    board.tick("2015-01-02 08:00")
    report(board, board.only(), "undelivered")
    board.tick("2015-01-02 08:05")
    assert board.only().bounced


def test_a_mail_nobody_had_heard_of_is_marked_once_it_is_known_to_have_left(a_readable_board):
    board = a_readable_board(on_uncertain="hold")
    board.transport.script = [LOST_ANSWER]
    board.tick("2015-01-02 08:00")
    report(board, board.only())
    board.tick("2015-01-02 08:04")
    assert (board.only().state, board.only().bounced) == ("uncertain", False)
    board.transport.found = lambda _: Found.SENT
    board.tick("2015-01-02 08:06")
    assert (board.only().state, board.only().bounced) == ("sent", True)


# How often the mailbox is looked into.


def test_the_mailbox_is_looked_into_every_five_minutes_at_most_also_after_a_restart(a_kept_board):
    board = a_kept_board()
    board.mailbox = ScriptedMailbox()
    board.tick("2015-01-02 08:00")
    board.restart()
    for _ in range(10):
        board.clock.forward(minutes=1)
        board.tick()
    assert len(board.mailbox.looks) == 2  # at 08:00 nothing had been sent yet


def test_each_look_goes_back_over_a_week_so_that_one_that_failed_loses_nothing(a_readable_board):
    board = a_readable_board()
    board.tick("2015-01-02 08:00")
    report(board, board.only())
    unread, board.mailbox.reports = board.mailbox.reports, []
    board.days("2015-01-03", "2015-01-08")
    board.mailbox.reports = unread
    board.tick("2015-01-08 12:00")
    assert board.mailbox.looks[-1] == board.clock() - timedelta(days=7)
    assert board.only().bounced


def test_the_mailbox_is_left_alone_while_nothing_was_sent_lately(a_readable_board):
    board = a_readable_board(due("On-going"))
    board.days("2015-01-02", "2015-01-04")
    assert board.mailbox.looks == []


def test_the_mailbox_is_left_alone_while_the_transport_is_in_trouble(a_readable_board):
    # With a wrong password each look would be one more failed log-in.
    board = a_readable_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2", lead="I Mundy"))
    board.transport.script = [TAKEN]
    board.transport.otherwise = lambda _: Step(LOCKED_OUT)
    board.ticks("2015-01-02 08:00", "2015-01-02 08:10", "2015-01-02 09:00")
    assert board.mailbox.looks == []


def test_a_paused_service_does_not_look(a_readable_board):
    board = a_readable_board()
    board.tick("2015-01-02 08:00")
    board.change(paused=True)
    board.tick("2015-01-02 08:10")
    assert board.mailbox.looks == []


# What follows from it.


def test_manager_and_ops_hear_once_of_a_mail_that_came_back_in_words(a_readable_board):
    board = bounced(a_readable_board())
    board.ticks("2015-01-02 08:10", "2015-01-06 08:00", "2015-01-07 08:00")
    told = board.mails("fault")
    assert sorted(mail.to for mail in told) == [MANAGER.address, OPS.address]
    assert told[0].says["lead"] == (
        "It was taken, and came back later: there is no such mailbox (5.1.1). "
        "M Evans has not seen the reminder for 2.3."
    )


def test_the_digest_says_that_it_was_not_delivered(a_readable_board):
    board = bounced(a_readable_board())
    board.tick("2015-01-05 08:00")
    assert board.mails("digest")[0].says["sent"] == [["M Evans", "2.3", "not delivered: correct the address"]]


def test_the_leads_next_mails_are_held(a_readable_board):
    board = bounced(a_readable_board())
    board.days("2015-01-05", "2015-01-20")
    assert board.states() == ["sent", "held"]
    assert [mail.to for mail in board.transport.tried].count(EVANS) == 1


def test_a_new_address_in_the_directory_makes_the_reminder_owed_again_on_the_next_working_day(a_readable_board):
    board = bounced(a_readable_board())
    board.people = (a_person("M Evans", email="mary.evans@westberks.example"),)
    board.ticks("2015-01-02 08:10", "2015-01-05 08:00")
    assert board.told("mary.evans@westberks.example") == [("2.3", -28, True)]


def test_a_bounce_of_another_lead_holds_nobody_else(a_readable_board):
    board = a_readable_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2", lead="I Mundy"))
    board.tick("2015-01-02 08:00")
    report(board, next(entry for entry in board.entries() if entry.new.address == EVANS))
    board.days("2015-01-03", "2015-01-16")
    assert board.told(MUNDY) == [("1.2", -28, False), ("1.2", -14, False)]


# Mails to the manager and to ops that come back.


def answers_with_a_report(board, address):
    """From now on each mail to this address is taken, and comes back a moment later."""

    def take(message):
        if message.recipient == address:
            board.mailbox.reports += [
                Bounce(entry.key, NO_SUCH_MAILBOX, board.clock())
                for entry in board.ledger.open_entries("live")
                if entry.new.address == address
            ]
        return TAKEN

    board.transport.otherwise = take


@pytest.mark.parametrize(("bad", "other"), [(MANAGER.address, OPS.address), (OPS.address, MANAGER.address)])
def test_a_fault_mail_that_comes_back_is_told_to_the_other_reader_and_never_to_the_same(a_readable_board, bad, other):
    board = a_readable_board(due("On-going"))
    answers_with_a_report(board, bad)
    board.plan_mistakes = ("plan.yaml, line 3: no themes",)
    for moment in range(0, 60, 5):
        board.tick(f"2015-01-02 08:{moment:02}")
    causes = {to: {cause.partition(":")[0] for cause in board.causes(to)} for to in (bad, other)}
    assert causes == {bad: {"plan-refused"}, other: {"plan-refused", "bad-address"}}


def test_a_digest_that_comes_back_is_told_to_ops_in_its_own_words(a_readable_board):
    board = a_readable_board(due("On-going"))
    answers_with_a_report(board, MANAGER.address)
    board.ticks("2015-01-05 08:00", "2015-01-05 08:05", "2015-01-05 08:10")
    (mail,) = board.mails("fault")
    assert mail.to == OPS.address
    assert mail.says["lead"].endswith("Business manager has not seen the weekly digest.")


def test_where_all_mails_go_to_one_address_and_come_back_no_mail_breeds_another(a_readable_board):
    board = a_readable_board(audience="trial", redirect_to="trial@westberks.example")
    board.tick("2015-01-02 08:00")
    report(board, board.only())
    board.ticks("2015-01-02 08:05", "2015-01-02 08:10")
    assert board.only().bounced
    assert board.entries("fault") == []


def test_the_log_names_the_mail_that_came_back_by_its_key_alone(a_readable_board, caplog):
    board = a_readable_board()
    board.tick("2015-01-02 08:00")
    report(board, board.only())
    with caplog.at_level("INFO", logger="reminders.service.bounces"):
        board.tick("2015-01-02 08:05")
    assert [record.getMessage() for record in caplog.records] == [f"reminder {board.only().key}: came back (5.1.1)"]
