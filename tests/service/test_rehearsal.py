from datetime import date, time

from reminders.rehearsal import Nowhere, rehearse
from reminders.service.sending import Way
from reminders.service.tick import Service
from reminders.transports.base import Found
from tests.service.builders import due


def rehearsed(board, first, last):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    board.change(since=first)

    def build(clock):
        way = Way(Nowhere(), clock, lambda _: False, lambda: None, lambda: 0.0)
        return Service(board.rules, board.ledger, way, board.look_at_plan, board.look_at_directory, board.draw)

    return [(f"{mail.at:%Y-%m-%d %H:%M}", mail.entry.new.kind) for mail in rehearse(build, first, last)]


def test_a_rehearsal_shows_every_mail_from_the_first_day_to_the_last(a_board):
    board = a_board(due("30 January 2015"))
    assert rehearsed(board, "2015-01-02", "2015-01-16") == [
        ("2015-01-02 08:00", "reminder"),
        ("2015-01-05 08:00", "digest"),
        ("2015-01-12 08:00", "digest"),
        ("2015-01-16 08:00", "reminder"),
    ]
    assert board.transport.tried == []


def test_what_was_due_before_the_first_day_counts_as_told(a_board):
    board = a_board(due("30 January 2015"))
    assert rehearsed(board, "2015-01-06", "2015-01-11") == []


def test_digests_have_their_own_hour(a_board):
    board = a_board(due("2 February 2015"), policy={"digest_at": time(9, 30)})
    assert rehearsed(board, "2015-01-05", "2015-01-06") == [
        ("2015-01-05 08:00", "reminder"),
        ("2015-01-05 09:30", "digest"),
    ]


def test_a_rehearsal_keeps_local_time_over_a_clock_change(a_board):
    board = a_board(due("27 April 2015"))
    assert rehearsed(board, "2015-03-27", "2015-03-30") == [
        ("2015-03-30 08:00", "digest"),
        ("2015-03-30 08:00", "reminder"),
    ]


def test_nothing_is_ever_said_to_have_left_for_nowhere():
    assert Nowhere().find("0" * 24) is Found.ABSENT
    assert Nowhere().check().well
