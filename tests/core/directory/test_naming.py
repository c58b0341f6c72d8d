import pytest

from reminders.core.directory import Directory, Group, LeadKind
from tests.builders import a_directory, a_person
from tests.core.directory.board import BOARD

HEALTH = a_person("C Gill", agency="Berkshire Healthcare Foundation Trust")
PEOPLE = a_directory(
    [
        "M Evans",
        HEALTH,
        a_person("I Mundy", also=("Head of Safeguarding", "IPM"), agency="Police"),
        a_person("Dr A Luke"),
    ],
    [Group("Public Health", "PH", "ph@westberks.example")],
)


def read_as(written, directory=PEOPLE):
    lead = directory.resolve(written)
    return lead.name, lead.repaired


# Read without a word


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("Head of Safeguarding", "I Mundy", id="a role"),
        pytest.param("head of safeguarding", "I Mundy", id="a role in small letters"),
        pytest.param("I.P.M.", "I Mundy", id="initials with a key"),
        pytest.param("Evans, M", "M Evans", id="surname first"),
        pytest.param("Evans,M.", "M Evans", id="surname first, dotted"),
        pytest.param("C Gill (BHFT)", "C Gill", id="their agency in brackets"),
        pytest.param("C Gill(Berkshire Healthcare Foundation Trust)", "C Gill", id="their agency in full"),
        pytest.param("Police - I Mundy", "I Mundy", id="their agency before a dash"),
        pytest.param("Police: I Mundy", "I Mundy", id="their agency before a colon"),
    ],
)
def test_what_says_nothing_new_is_read_without_a_word(written, name):
    assert read_as(written) == (name, False)


def test_the_agency_tells_two_people_of_one_name_apart():
    twins = [a_person("M Evans", id="one", agency="Police"), a_person("M Evans", id="two", agency="Schools")]
    directory = a_directory(twins)
    assert directory.resolve("M Evans (Schools)").id == "two"
    assert directory.resolve("M Evans (Health)").candidates == ("M Evans", "M Evans")
    assert directory.resolve("M Evans (Chair)").candidates == ("M Evans", "M Evans")


# Read, and told


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("Mrs M Evans", "M Evans", id="a title"),
        pytest.param("DCI. M Evans", "M Evans", id="a rank"),
        pytest.param("A Luke", "Dr A Luke", id="a title only the directory has"),
        pytest.param("M Evans (Chair)", "M Evans", id="a part in the work"),
        pytest.param("I Mundy (Chair)", "I Mundy", id="a part in the work of who has an agency"),
        pytest.param("M Evans (Anytown College)", "M Evans", id="an agency the directory does not have"),
        pytest.param("M Evans - tbc", "M Evans", id="a remark"),
        pytest.param("lead: M Evans", "M Evans", id="what the column says anyway"),
        pytest.param("Chair - M Evans", "M Evans", id="a part before a dash"),
        pytest.param("l Mundy (Police)", "I Mundy", id="a slip beside an agency"),
        pytest.param("Dr C Gill (BHFT)", "C Gill", id="a title beside an agency"),
    ],
)
def test_what_was_left_aside_is_told(written, name):
    assert read_as(written) == (name, True)


# Doubted


def test_somebody_of_that_name_in_another_agency_may_be_meant():
    assert PEOPLE.resolve("C Gill (Police)").candidates == ("C Gill",)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("was: M Evans", id="a word that may say not"),
        pytest.param("Schools: M Evans", id="an agency of nobody's"),
        pytest.param("M Evans (replaced by C Gill)", id="another name in brackets"),
        pytest.param("M Evans - replaced by C Gill", id="another name behind a dash"),
        pytest.param("M Evans (" + "with many others and " * 9 + "C Gill)", id="a tale"),
        pytest.param("Public Health (Chair)", id="a group and a part"),
        pytest.param("Mrs Evans", id="a surname alone"),
        pytest.param("assistant to M Evans", id="somebody else's name"),
        pytest.param("Gill", id="a surname"),
        pytest.param("Z Quill (BHFT)", id="nobody beside an agency"),
    ],
)
def test_nobody_is_made_out_of(written):
    lead = PEOPLE.resolve(written)
    assert (lead.kind, lead.candidates) == (LeadKind.UNKNOWN, ())


def test_a_title_that_leaves_two_people_leaves_nobody():
    directory = a_directory([a_person("Dr M Evans", id="one"), a_person("Mr M Evans", id="two")])
    assert directory.resolve("M Evans").kind is LeadKind.UNKNOWN


# Near misses


@pytest.mark.parametrize(
    ("written", "near"),
    [
        pytest.param("I Munday", ("I Mundy",), id="a letter too many"),
        pytest.param("IM", ("I Mundy",), id="initials"),
        pytest.param("F.G.T.", ("F Gosling-Thomas",), id="initials with dots"),
        pytest.param("ZZ", (), id="initials of nobody"),
        pytest.param("I Munday and M Evens", ("I Mundy", "M Evans"), id="two names in one"),
        pytest.param("M Evans and I Munday", ("I Mundy",), id="a known one beside it"),
    ],
)
def test_the_nearest_names_are_offered(written, near):
    assert BOARD.resolve(written).nearest == near


def test_a_directory_of_nobody_knows_nobody():
    assert Directory([], []).resolve("M Evans").nearest == ()


@pytest.mark.parametrize("aside", ["IPM", "with IPM", "IPM too", "and I Mundy"])
def test_brackets_that_speak_of_somebody_else_leave_a_doubt(aside):
    assert PEOPLE.resolve(f"M Evans ({aside})").kind is LeadKind.UNKNOWN


@pytest.mark.parametrize(
    ("name", "written"), [("Ann Bell Cox Day", "ABCD"), ("Ann Bell Cox", "ABC"), ("Ann Bell-Cox", "ABC")]
)
def test_initials_come_near_a_name(name, written):
    assert a_directory([name]).resolve(written).nearest == (name,)


def test_more_than_four_capitals_are_no_initials():
    assert a_directory(["Ann Bell Cox Day Eve"]).resolve("ABCDE").nearest == ()
