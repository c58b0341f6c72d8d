from datetime import date

import pytest

from reminders.core.directory import Directory, Group, Lead, LeadKind, Recipient
from tests.builders import a_directory, a_person
from tests.core.directory.board import BOARD, CSE, DALY, EVANS, MUNDY, QUALITY

TODAY = date(2015, 2, 9)
FEBRUARY = ((date(2015, 2, 1), date(2015, 2, 14)),)


def hearer(directory, who, today=TODAY):
    recipient = directory.recipient_of(who, today)
    return recipient and recipient.person


# One name


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("M Evans", "M Evans", id="as it stands"),
        pytest.param("  M   Evans ", "M Evans", id="other spaces"),
        pytest.param("m evans", "M Evans", id="small letters"),
        pytest.param("M. Evans", "M Evans", id="a dot"),
        pytest.param("M.Evans", "M Evans", id="a dot for the space"),
        pytest.param("F Gosling- Thomas", "F Gosling-Thomas", id="a hyphen at the end of a line"),
        pytest.param("F Gosling\u2013Thomas", "F Gosling-Thomas", id="an en dash"),
        pytest.param("F Gosling\u00adThomas", "F Gosling-Thomas", id="a soft hyphen"),
        pytest.param("CSE Sub- group", "CSE Sub-Group", id="a group"),
        pytest.param("mary evans", "M Evans", id="another spelling"),
        pytest.param("Quality & Performance Sub- Group", "Quality & Performance Group", id="a group's other spelling"),
    ],
)
def test_a_name_is_known_however_it_is_spaced_dotted_and_hyphened(written, expected):
    lead = BOARD.resolve(written)
    assert (lead.name, lead.repaired) == (expected, False)


def test_a_lead_tells_its_kind_its_id_and_how_it_was_written():
    assert BOARD.resolve("CSE Sub- group") == Lead("CSE Sub-Group", LeadKind.GROUP, "CSE", "CSE Sub- group")
    assert BOARD.resolve("m. evans") == Lead("M Evans", LeadKind.PERSON, "M Evans", "m. evans")


def test_a_small_l_is_read_as_i_and_told():
    assert BOARD.resolve("l Mundy") == Lead("I Mundy", LeadKind.PERSON, "I Mundy", "l Mundy", repaired=True)


def test_a_small_l_is_read_as_i_in_another_spelling_too():
    directory = a_directory([a_person("Isobel Mundy", also=("I Mundy",))])
    lead = directory.resolve("l. Mundy")
    assert (lead.name, lead.repaired) == ("Isobel Mundy", True)


def test_a_small_l_stays_where_somebody_is_called_so():
    directory = a_directory(["I Mundy", "L Mundy"])
    assert directory.resolve("l Mundy") == Lead("L Mundy", LeadKind.PERSON, "L Mundy", "l Mundy")


def test_a_small_l_inside_a_word_is_not_mended():
    assert a_directory(["I Mundy", "Ann Isle"]).resolve("Ann lsle").kind is LeadKind.UNKNOWN


def test_a_repair_that_gives_two_people_gives_nobody():
    directory = a_directory([a_person("I Mundy", id="one"), a_person("i mundy", id="two")])
    lead = directory.resolve("l Mundy")
    assert (lead.kind, lead.repaired) == (LeadKind.UNKNOWN, False)


def test_a_repair_never_gives_a_group():
    directory = a_directory([], [Group("Group I", "Group I")])
    assert directory.resolve("Group l").kind is LeadKind.UNKNOWN


def test_an_exact_name_wins_over_one_that_is_the_same_loosely():
    directory = a_directory([a_person("M Evans", id="one"), a_person("M. Evans", id="two")])
    assert [directory.resolve(name).id for name in ("M Evans", "M. Evans")] == ["one", "two"]


def test_a_name_that_two_people_have_is_nobody_and_names_both():
    directory = a_directory([a_person("M Evans", id="one"), a_person("M. Evans", id="two")])
    assert directory.resolve("m evans") == Lead(
        "m evans", LeadKind.UNKNOWN, written="m evans", candidates=("M Evans", "M. Evans")
    )


def test_a_name_goes_before_another_persons_other_spelling():
    directory = a_directory([a_person("Mary Evans", also=("M Evans",)), "M Evans"])
    assert directory.resolve("m. evans").id == "M Evans"


def test_other_spellings_that_two_people_have_are_nobody():
    directory = a_directory([a_person("Mary Evans", also=("ME",)), a_person("Mark Evans", also=("M.E.",))])
    assert directory.resolve("ME").candidates == ("Mary Evans", "Mark Evans")


def test_two_spellings_of_one_person_that_are_the_same_loosely_are_no_doubt():
    directory = a_directory([a_person("Mary Evans", also=("M Evans", "M. Evans", "m-evans"))])
    assert directory.resolve("M Evans").name == "Mary Evans"


def test_an_unknown_name_is_kept_as_written_with_the_nearest():
    lead = BOARD.resolve("M  Evens")
    assert (lead.name, lead.kind, lead.id, lead.candidates, lead.nearest) == (
        "M Evens",
        LeadKind.UNKNOWN,
        None,
        (),
        ("M Evans",),
    )


def test_a_name_like_nobodys_has_no_nearest():
    assert BOARD.resolve("Zachary Quill").nearest == ()


def test_at_most_three_nearest_names_are_told():
    people = ["Mary Evans", "Mary Evan", "Mary Evanss", "Marie Evans", "Mara Evans"]
    assert len(a_directory(people).resolve("Mary Evens").nearest) == 3


def test_a_near_name_known_by_two_spellings_is_told_once():
    assert a_directory([a_person("Mary Evans", also=("Mary Evan",))]).resolve("Mary Even").nearest == ("Mary Evans",)


def test_somebody_elses_name_is_never_taken_for_a_near_one():
    assert BOARD.resolve("D Pearson").kind is LeadKind.UNKNOWN


# Whose mailbox hears


def test_a_person_hears_at_their_own_address():
    assert BOARD.recipient_of(EVANS, TODAY) == Recipient("M Evans", "M Evans", "m.evans@westberks.example")


def test_a_group_hears_at_its_own_address():
    assert BOARD.recipient_of(QUALITY, TODAY) == Recipient("Q&P", QUALITY.name, "qp@westberks.example")


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(DALY, id="a person without an address"),
        pytest.param(CSE, id="a group without an address"),
        pytest.param(a_person("J Selim", left=True), id="who has left"),
        pytest.param(a_person("J Selim", left=True, deputy="C Gill", away=FEBRUARY), id="who has left a deputy"),
    ],
)
def test_nobody_hears_for(who):
    assert BOARD.recipient_of(who, TODAY) is None


def test_the_deputy_hears_for_who_is_away_in_the_detail_meant_for_the_deputy():
    away = a_person("M Evans", deputy="c. gill", away=FEBRUARY)
    directory = a_directory([away, a_person("C Gill", detail="refs")])
    assert directory.recipient_of(away, TODAY) == Recipient(
        "C Gill", "C Gill", "c.gill@westberks.example", "refs", "M Evans", date(2015, 2, 14)
    )


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2015, 1, 31), "M Evans", id="the day before"),
        pytest.param(date(2015, 2, 1), "C Gill", id="the first day"),
        pytest.param(date(2015, 2, 14), "C Gill", id="the last day"),
        pytest.param(date(2015, 2, 15), "M Evans", id="the day after"),
    ],
)
def test_an_absence_lasts_from_its_first_to_its_last_day(today, expected):
    away = a_person("M Evans", deputy="C Gill", away=FEBRUARY)
    assert hearer(a_directory([away, "C Gill"]), away, today) == expected


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="unknown"),
        pytest.param([a_person("C Gill", email=None)], id="without an address"),
        pytest.param([a_person("C Gill", left=True)], id="gone"),
        pytest.param([a_person("C Gill", away=FEBRUARY)], id="away"),
    ],
)
def test_who_is_away_hears_as_usual_where_the_deputy_is(others):
    away = a_person("M Evans", deputy="C Gill", away=FEBRUARY)
    assert a_directory([away, *others]).recipient_of(away, TODAY) == Recipient(
        "M Evans", "M Evans", "m.evans@westberks.example"
    )


def test_who_is_away_without_a_deputy_hears_as_usual():
    away = a_person("M Evans", away=FEBRUARY)
    assert hearer(a_directory([away]), away) == "M Evans"


def test_a_deputy_may_hear_for_a_lead_without_an_address():
    away = a_person("M Evans", email=None, deputy="C Gill", away=FEBRUARY)
    assert hearer(a_directory([away, "C Gill"]), away) == "C Gill"


def test_a_group_as_deputy_is_no_one_person():
    away = a_person("M Evans", deputy="CSE Sub-Group", away=FEBRUARY)
    assert hearer(a_directory([away], [CSE]), away) == "M Evans"


def test_who_is_out_of_office_is_away_for_the_day_and_nobody_knows_until_when():
    known = a_directory([a_person("M Evans", deputy="C Gill"), "C Gill"])
    directory = known.with_absent({"M Evans"}, TODAY)
    evans = directory.people[0]
    assert directory.recipient_of(evans, TODAY) == Recipient(
        "C Gill", "C Gill", "c.gill@westberks.example", deputy_for="M Evans"
    )
    assert hearer(directory, evans, date(2015, 3, 1)) == "M Evans"
    assert hearer(known, known.people[0]) == "M Evans"


def test_who_is_out_of_office_hears_as_usual_where_the_deputy_is_too():
    known = a_directory([a_person("M Evans", deputy="C Gill"), "C Gill"])
    directory = known.with_absent({"M Evans", "C Gill"}, TODAY)
    assert hearer(directory, directory.people[0]) == "M Evans"


def test_the_end_of_an_absence_in_the_directory_is_known_also_of_who_is_out_of_office():
    away = a_person("M Evans", deputy="C Gill", away=FEBRUARY)
    directory = a_directory([away, "C Gill"]).with_absent({"M Evans"}, TODAY)
    recipient = directory.recipient_of(directory.people[0], TODAY)
    assert recipient is not None
    assert recipient.away_until == date(2015, 2, 14)


# Whose action it is


def test_a_group_with_members_is_its_members():
    assert BOARD.members_of(BOARD.resolve("CSE Sub-Group")) == (EVANS, MUNDY, DALY)


def test_a_group_with_a_mailbox_is_itself():
    assert BOARD.members_of(BOARD.resolve("Quality & Performance Group")) == (QUALITY,)


def test_a_person_is_themselves():
    assert BOARD.members_of(BOARD.resolve("l Mundy")) == (MUNDY,)


def test_an_unknown_lead_is_nobody():
    assert BOARD.members_of(BOARD.resolve("Z Quill")) == ()


def test_members_and_deputies_that_are_nobody_are_lost():
    directory = Directory(
        [a_person("M Evans", deputy="Z Quill"), a_person("I Mundy", deputy="M Evans"), a_person("C Gill")],
        [Group("CSE", "CSE", members=("M Evans", "Q Able", "Board")), Group("Board", "Board", "b@westberks.example")],
    )
    assert directory.lost_members() == (("CSE", "Q Able"), ("CSE", "Board"), ("M Evans", "Z Quill"))
    assert [who.name for who in directory.members_of(directory.resolve("CSE"))] == ["M Evans"]


def test_people_are_found_by_their_id_alone():
    directory = a_directory([a_person("M Smith", id="M Evans")], [QUALITY])
    assert [who and who.name for who in map(directory.who, ("M Evans", "Q&P", "M Smith"))] == [
        "M Smith",
        "Quality & Performance Group",
        None,
    ]
