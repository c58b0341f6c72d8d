from tests.builders import a_person
from tests.fakes import REFUSED, TAKEN
from tests.service.builders import EVANS, due


def test_the_digest_marks_whom_a_refused_address_or_the_allow_list_keeps_from_hearing(a_board):
    leads = ("M Evans", "I Mundy", "O Utside")
    board = a_board(*(due("6 February 2015", f"1.{number}", lead=lead) for number, lead in enumerate(leads)))
    board.people = (*leads[:2], a_person("O Utside", email="o@elsewhere.example"))
    board.transport.otherwise = lambda message: {EVANS: REFUSED}.get(message.recipient, TAKEN)
    board.ticks("2015-01-09 08:00", "2015-01-19 08:00")
    digest = board.mails("digest")[-1]

    # The held one of 9 January stands on the day of the digest, the next ones on the 23rd.
    assert digest.says["planned"] == [["O Utside", "1.2"], ["I Mundy", "1.1"], ["M Evans", "1.0"], ["O Utside", "1.2"]]
    assert digest.says["held"] == ["O Utside", "M Evans", "O Utside"]
