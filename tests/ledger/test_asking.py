from datetime import timedelta

from tests.ledger.builders import BOARD, DAY, MINUTE, NOW, TODAY

EVERY = 5 * MINUTE
TOMORROW = TODAY + timedelta(days=1)


def test_the_first_look_is_now(ledger):
    assert ledger.take_look(EVERY, NOW)


def test_looks_are_so_far_apart(ledger):
    looks = [minute for minute in range(12) if ledger.take_look(EVERY, NOW + minute * MINUTE)]
    assert looks == [0, 5, 10]


def test_a_look_taken_by_one_replica_is_not_taken_by_another(opened):
    assert opened().take_look(EVERY, NOW)
    assert not opened().take_look(EVERY, NOW + MINUTE)


def test_each_board_has_looks_of_its_own(opened):
    assert opened(board=BOARD).take_look(EVERY, NOW)
    assert opened(board="Another board").take_look(EVERY, NOW)


def test_a_clock_that_was_set_back_does_not_end_the_looking(ledger):
    ledger.take_look(EVERY, NOW + DAY)
    assert ledger.take_look(EVERY, NOW)


def test_nobody_was_asked_on_a_new_day(ledger):
    assert ledger.absences(TODAY) == {}


def test_who_is_out_of_office_is_kept_for_the_day(ledger):
    ledger.note_absences(TODAY, {"M Evans": True, "I Mundy": False})
    assert ledger.absences(TODAY) == {"M Evans": True, "I Mundy": False}
    assert ledger.absences(TOMORROW) == {}


def test_the_first_answer_of_a_day_stands(ledger):
    ledger.note_absences(TODAY, {"M Evans": True})
    ledger.note_absences(TODAY, {"M Evans": False, "I Mundy": False})
    assert ledger.absences(TODAY) == {"M Evans": True, "I Mundy": False}


def test_answers_of_earlier_days_are_not_kept(ledger):
    ledger.note_absences(TODAY, {"M Evans": True})
    ledger.note_absences(TOMORROW, {"I Mundy": False})
    assert ledger.absences(TODAY) == {}


def test_each_board_has_answers_of_its_own(opened):
    opened(board=BOARD).note_absences(TODAY, {"M Evans": True})
    other = opened(board="Another board")
    other.note_absences(TOMORROW, {"M Evans": False})
    assert opened(board=BOARD).absences(TODAY) == {"M Evans": True}
