from datetime import date

import pytest

from reminders.core.directory import Group
from tests.builders import a_person
from tests.fakes import LOCKED_OUT, REFUSED, TAKEN, UNREACHABLE, ScriptedMailbox, Step
from tests.service.builders import EVANS, GARNETT, MANAGER, MUNDY, due

DEPUTISED = a_person("M Evans", deputy="I Mundy")


@pytest.fixture
def a_readable_board(a_board):
    """A board whose mailbox can say who is out of office; I Mundy is the deputy of M Evans."""

    def build(*rows, people=(DEPUTISED, "I Mundy", "G Garnett"), **rules):
        board = a_board(*rows, **rules)
        board.mailbox = ScriptedMailbox()
        board.people = people
        return board

    return build


def heard(board):
    return [(mail.to, item["ref"], item["for"]) for mail in board.mails() for item in mail.says["items"]]


# The deputy hears.


def test_the_deputy_hears_for_a_lead_who_is_out_of_office(a_readable_board):
    board = a_readable_board()
    board.mailbox.out_of_office = {EVANS}
    board.tick("2015-01-02 08:00")
    assert heard(board) == [(MUNDY, "2.3", "M Evans")]
    assert board.only().new.reasons == ("due", "deputy")


def test_nobody_but_the_deputy_hears_of_it_that_day_or_later(a_readable_board):
    board = a_readable_board()
    board.mailbox.out_of_office = {EVANS}
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01", "2015-01-02 17:00")
    board.mailbox.out_of_office = set()
    board.days("2015-01-03", "2015-01-15")
    assert heard(board) == [(MUNDY, "2.3", "M Evans")]


def test_the_deputys_own_actions_and_those_stood_in_for_come_in_one_mail(a_readable_board):
    board = a_readable_board(due("30 January 2015", "1.1"), due("30 January 2015", "1.2", lead="I Mundy"))
    board.mailbox.out_of_office = {EVANS}
    board.tick("2015-01-02 08:00")
    assert len(board.mails()) == 1
    assert heard(board) == [(MUNDY, "1.2", None), (MUNDY, "1.1", "M Evans")]


def test_the_deputy_hears_for_a_member_of_a_group(a_readable_board):
    board = a_readable_board(due("30 January 2015", lead="The Board"))
    board.groups = (Group("The Board", "The Board", members=("M Evans", "G Garnett")),)
    board.mailbox.out_of_office = {EVANS}
    board.tick("2015-01-02 08:00")
    assert heard(board) == [(GARNETT, "2.3", None), (MUNDY, "2.3", "M Evans")]


def test_a_lead_who_is_back_the_next_time_hears_again(a_readable_board):
    board = a_readable_board()
    board.mailbox.out_of_office = {EVANS}
    board.tick("2015-01-02 08:00")
    board.mailbox.out_of_office = set()
    board.tick("2015-01-16 08:00")
    assert board.told(EVANS) == [("2.3", -14, False)]


# The lead hears as usual.


def test_a_lead_without_a_deputy_is_not_asked_about(a_readable_board):
    board = a_readable_board(people=("M Evans", "I Mundy"))
    board.mailbox.out_of_office = {EVANS}
    board.tick("2015-01-02 08:00")
    assert board.mailbox.asked == []
    assert heard(board) == [(EVANS, "2.3", None)]


def test_where_the_deputy_is_out_of_office_too_the_lead_hears(a_readable_board):
    board = a_readable_board()
    board.mailbox.out_of_office = {EVANS, MUNDY}
    board.tick("2015-01-02 08:00")
    assert heard(board) == [(EVANS, "2.3", None)]


@pytest.mark.parametrize(
    "known",
    [
        {"left": True},
        {"email": None},
        {"email": "i.mundy@elsewhere.example"},
        {"away": ((date(2015, 1, 2), date(2015, 1, 9)),)},
    ],
    ids=["left", "no address", "off the allow-list", "away"],
)
def test_where_the_deputy_cannot_be_written_to_the_lead_hears(a_readable_board, known):
    board = a_readable_board(people=(DEPUTISED, a_person("I Mundy", **known)))
    board.mailbox.out_of_office = {EVANS}
    board.tick("2015-01-02 08:00")
    assert heard(board) == [(EVANS, "2.3", None)]


def test_where_the_deputy_is_out_of_office_and_cannot_be_written_to_either_the_lead_hears(a_readable_board):
    board = a_readable_board(people=(DEPUTISED, a_person("I Mundy", email="i.mundy@elsewhere.example")))
    board.mailbox.out_of_office = {EVANS, "i.mundy@elsewhere.example"}
    board.tick("2015-01-02 08:00")
    assert heard(board) == [(EVANS, "2.3", None)]


def test_where_the_deputys_address_fails_the_lead_hears_the_same_day(a_readable_board):
    board = a_readable_board()
    board.mailbox.out_of_office = {EVANS}
    board.transport.otherwise = lambda message: REFUSED if message.recipient == MUNDY else TAKEN
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01")
    assert heard(board) == [(EVANS, "2.3", None)]


def test_without_a_mailbox_that_can_be_asked_nothing_changes(a_readable_board):
    board = a_readable_board()
    board.mailbox = None
    board.tick("2015-01-02 08:00")
    assert heard(board) == [(EVANS, "2.3", None)]


# How often anybody is asked about.


def test_all_who_are_owed_a_mail_are_asked_about_in_one_call_with_their_deputies(a_readable_board):
    people = (DEPUTISED, "I Mundy", a_person("G Garnett", deputy="I Mundy"), "C Gill")
    leads = ("M Evans", "G Garnett", "C Gill")
    rows = [due("30 January 2015", f"1.{number}", lead=lead) for number, lead in enumerate(leads, 1)]
    board = a_readable_board(*rows, people=people)
    board.tick("2015-01-02 08:00")
    assert board.mailbox.asked == [(GARNETT, MUNDY, EVANS)]


def test_nobody_is_asked_about_twice_a_day(a_readable_board):
    board = a_readable_board(due("30 January 2015", "1.1"))
    board.transport.otherwise = lambda _: TAKEN
    board.tick("2015-01-02 08:00")
    board.rows = (*board.rows, due("30 January 2015", "1.2"))
    board.ticks("2015-01-02 08:01", "2015-01-02 12:00")
    assert len(board.mailbox.asked) == 1
    board.tick("2015-01-05 08:00")
    assert len(board.mailbox.asked) == 2


def test_nobody_is_asked_about_before_the_leads_hours_or_without_a_mail_to_send(a_readable_board):
    board = a_readable_board()
    board.ticks("2015-01-02 07:59", "2015-01-02 18:00", "2015-01-03 08:00", "2015-04-20 08:00")
    assert board.mailbox.asked == []


def test_who_is_declared_away_is_not_asked_about(a_readable_board):
    away = a_person("M Evans", deputy="I Mundy", away=((date(2015, 1, 2), date(2015, 1, 9)),))
    board = a_readable_board(people=(away, "I Mundy"))
    board.tick("2015-01-02 08:00")
    assert board.mailbox.asked == []
    assert heard(board) == [(MUNDY, "2.3", "M Evans")]


def test_a_transport_in_trouble_is_not_asked(a_readable_board):
    board = a_readable_board(due("30 January 2015", "1.1", lead="G Garnett"))
    board.transport.otherwise = lambda _: Step(LOCKED_OUT)
    board.tick("2015-01-02 08:00")
    board.write("1.1", lead="M Evans")
    board.ticks("2015-01-02 08:01", "2015-01-02 08:03")
    assert board.mailbox.asked == []


def test_a_paused_service_asks_nobody(a_readable_board):
    board = a_readable_board(paused=True)
    assert board.tick("2015-01-02 08:00").would_go == 1
    assert board.mailbox.asked == []


# What was learnt holds for the day.


def test_a_mail_that_waits_stays_the_deputys_for_the_day_also_after_a_restart(a_kept_board):
    board = a_kept_board()
    board.mailbox, board.people = ScriptedMailbox(), (DEPUTISED, "I Mundy")
    board.mailbox.out_of_office = {EVANS}
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick("2015-01-02 08:00")
    board.restart()
    board.mailbox.out_of_office = set()
    board.transport.otherwise = lambda _: TAKEN
    board.ticks("2015-01-02 08:01", "2015-01-02 08:02")
    assert heard(board) == [(MUNDY, "2.3", "M Evans")]
    assert board.states() == ["sent"]


def test_a_mail_the_deputy_could_not_get_that_day_is_decided_anew_on_the_next(a_readable_board):
    board = a_readable_board()
    board.mailbox.out_of_office = {EVANS}
    board.transport.otherwise = lambda _: UNREACHABLE
    board.tick("2015-01-02 08:00")
    board.mailbox.out_of_office = set()
    board.transport.otherwise = lambda _: TAKEN
    board.ticks("2015-01-02 18:30", "2015-01-05 08:00")
    assert heard(board) == [(EVANS, "2.3", None)]


def test_a_second_replica_decides_as_the_first_did(a_kept_board):
    board = a_kept_board()
    board.mailbox, board.people = ScriptedMailbox(), (DEPUTISED, "I Mundy")
    board.mailbox.out_of_office = {EVANS}
    second = board.service

    def meanwhile(message):  # noqa: ARG001
        board.transport.otherwise = lambda _: TAKEN
        board.mailbox.out_of_office = set()
        second.tick()
        return TAKEN

    board.transport.otherwise = meanwhile
    board.tick("2015-01-02 08:00")
    assert heard(board) == [(MUNDY, "2.3", "M Evans")]


def test_the_digest_of_that_day_names_the_deputy_as_the_one_who_hears(a_readable_board):
    board = a_readable_board(due("2 February 2015"))  # due for a word on 5 January, the day of a digest
    board.mailbox.out_of_office = {EVANS}
    board.tick("2015-01-05 08:00")
    (digest,) = board.mails("digest")
    assert (digest.to, digest.says["planned"]) == (MANAGER.address, [["I Mundy", "2.3"]])


def test_the_log_counts_who_was_asked_about_and_names_nobody(a_readable_board, caplog):
    board = a_readable_board()
    board.mailbox.out_of_office = {EVANS}
    with caplog.at_level("INFO", logger="reminders.service.absences"):
        board.tick("2015-01-02 08:00")
    assert [record.getMessage() for record in caplog.records] == ["2 asked about, 1 out of office"]
