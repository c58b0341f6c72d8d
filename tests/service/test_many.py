"""A thousand mails, one in ten put off and one in fifty without an answer: each arrives, and copies are no surprise."""

from collections import Counter, defaultdict

import pytest

from reminders.transports.base import Found
from tests.fakes import LOST_ANSWER, LOST_MAIL, NOT_YET, NOT_YET_AFTER_ALL, TAKEN
from tests.service.builders import due

LEADS = [f"Lead {number}" for number in range(1, 1001)]
PUT_OFF = (NOT_YET, NOT_YET_AFTER_ALL)  # before and after it began to leave
UNANSWERED = (LOST_ANSWER, LOST_MAIL)  # it arrived all the same, or it did not


@pytest.fixture
def a_large_board(a_board):
    board = a_board(
        *(due("30 January 2015", f"1.{number}", lead=lead) for number, lead in enumerate(LEADS, 1)),
        policy={"max_mails_per_run": len(LEADS)},
    )
    board.people = LEADS
    return board


def meets_faults(board):
    """Put every tenth of the first tries off and leave every fiftieth unanswered; then all is well."""

    def step(_):
        number = len(board.transport.tried)
        if number < len(LEADS):
            if number % 50 == 7:
                return UNANSWERED[number // 50 % 2]
            if number % 10 == 3:
                return PUT_OFF[number // 10 % 2]
        return TAKEN

    board.transport.otherwise = step


def lives_through_the_morning(board):
    meets_faults(board)
    board.ticks("2015-01-02 08:00", "2015-01-02 08:01", "2015-01-02 08:05", "2015-01-02 08:06", "2015-01-02 08:10")


def test_where_the_server_can_be_asked_each_of_a_thousand_mails_arrives_exactly_once(a_large_board):
    board = a_large_board
    arrived = board.transport.arrived
    board.transport.found = lambda key: Found.SENT if any(mail.key == key for mail in arrived) else Found.ABSENT
    lives_through_the_morning(board)
    assert Counter(mail.to for mail in board.mails()) == dict.fromkeys(
        (person.email for person in board.directory.people), 1
    )
    assert board.states() == ["sent"] * len(LEADS)
    assert len(board.transport.asked) == len(LEADS) // 50


def test_where_the_server_cannot_be_asked_copies_arise_only_from_lost_answers_byte_for_byte(a_large_board):
    board = a_large_board
    lives_through_the_morning(board)
    arrived = defaultdict(list)
    for mail in board.mails():
        arrived[mail.to].append(mail.mime)
    assert len(arrived) == len(LEADS)
    copies = [mimes for mimes in arrived.values() if len(mimes) > 1]
    assert (len(copies), {len(mimes) for mimes in copies}) == (len(LEADS) // 100, {2})
    assert all(first == second for first, second in copies)
    assert board.states() == ["sent"] * len(LEADS)
