import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.directory import Group, LeadKind
from tests.builders import a_directory, a_person
from tests.core.directory.board import BOARD


def names(cell, directory=BOARD):
    return [(lead.name, lead.kind.value) for lead in directory.resolve_cell(cell)]


# A whole cell


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param(None, [], id="no cell"),
        pytest.param("  ", [], id="a blank cell"),
        pytest.param("M Evans", ["M Evans"], id="one"),
        pytest.param("l Mundy/ M Evans", ["I Mundy", "M Evans"], id="a slash"),
        pytest.param("M Evans; C Gill", ["M Evans", "C Gill"], id="a semicolon"),
        pytest.param("M Evans\nC Gill", ["M Evans", "C Gill"], id="a line each"),
        pytest.param("M Evans/ M. Evans/ Mary Evans", ["M Evans"], id="one person three times"),
        pytest.param("/ M Evans //", ["M Evans"], id="slashes too many"),
        pytest.param("M Evans and C Gill", ["M Evans", "C Gill"], id="and"),
        pytest.param("M Evans & C Gill", ["M Evans", "C Gill"], id="an ampersand"),
        pytest.param("M Evans, C Gill", ["M Evans", "C Gill"], id="a comma"),
        pytest.param("M Evans, C Gill,", ["M Evans", "C Gill"], id="a comma too many"),
        pytest.param("M Evans,", ["M Evans"], id="a comma and nobody after it"),
        pytest.param("Evans, M", ["M Evans"], id="a comma inside a name"),
        pytest.param("Quality & Performance Group", ["Quality & Performance Group"], id="an ampersand inside a name"),
        pytest.param(
            "M Evans/ Quality & Performance Group", ["M Evans", "Quality & Performance Group"], id="both in one cell"
        ),
        pytest.param("M Evans and Z Quill", ["M Evans and Z Quill"], id="no parting where one part is unknown"),
        pytest.param("Q Able/ Z Quill/ Q Able", ["Q Able", "Z Quill"], id="unknown names, each once"),
        pytest.param("and", ["and"], id="nothing to part"),
        pytest.param("M Evans, I Mundy and C Gill", ["M Evans", "I Mundy", "C Gill"], id="a list with and"),
        pytest.param("M Evans + C Gill", ["M Evans", "C Gill"], id="a plus"),
        pytest.param("M Evans - C Gill", ["M Evans", "C Gill"], id="a dash between"),
        pytest.param("a) M Evans b) C Gill", ["M Evans", "C Gill"], id="a lettered list"),
        pytest.param("1. M Evans 2. Z Quill", ["M Evans", "Z Quill"], id="a numbered list with one unknown"),
        pytest.param(
            "Quality & Performance Group & M Evans", ["Quality & Performance Group", "M Evans"], id="both ampersands"
        ),
        pytest.param("M Evans C Gill", ["M Evans", "C Gill"], id="stacked"),
        pytest.param(
            "M Evans F Gosling- Thomas CSE Sub- Group",
            ["M Evans", "F Gosling-Thomas", "CSE Sub-Group"],
            id="stacked high",
        ),
        pytest.param("l Mundy M Evans", ["I Mundy", "M Evans"], id="stacked with a slip"),
        pytest.param("M Evans C Gill Z Quill", ["M Evans C Gill Z Quill"], id="stacked with one unknown"),
        pytest.param("Evans, M, C Gill", ["M Evans", "C Gill"], id="commas inside and between"),
        pytest.param("M Evans (Chair)/ C Gill", ["M Evans", "C Gill"], id="a remark beside one"),
        pytest.param("TBC", [], id="nobody yet"),
        pytest.param("N/A", [], id="nobody at all"),
        pytest.param("M Evans/ TBC", ["M Evans"], id="somebody, and somebody to come"),
        pytest.param("M Evans and all partners", ["M Evans"], id="somebody with everybody"),
        pytest.param("Z Quill/ TBC", ["Z Quill"], id="nobody beside an unknown name"),
    ],
)
def test_a_cell_names_each_lead_once_in_order(cell, expected):
    assert [name for name, _ in names(cell)] == expected


def test_a_lead_known_under_two_names_keeps_the_first_writing():
    (lead,) = BOARD.resolve_cell("Mary Evans/ M Evans")
    assert lead.written == "Mary Evans"


def test_a_whole_cell_that_could_be_two_people_is_not_parted():
    twins = [a_person("A/B", id="one"), a_person("A / B", id="two"), a_person("A"), a_person("B")]
    (lead,) = a_directory(twins).resolve_cell("a/b")
    assert (lead.kind, lead.candidates) == (LeadKind.UNKNOWN, ("A/B", "A / B"))


def test_an_ambiguous_part_is_not_parted_further():
    twins = [a_person("A and B", id="one"), a_person("A  and-B", id="two"), a_person("A"), a_person("B")]
    directory = a_directory(twins)
    assert [lead.candidates for lead in directory.resolve_cell("a and b/ A")] == [("A and B", "A  and-B"), ()]
    assert [lead.candidates for lead in directory.resolve_cell("a and b")] == [("A and B", "A  and-B")]


@given(st.text(max_size=40))
def test_any_cell_is_read_and_no_name_is_told_twice(cell):
    found = [lead.id or lead.name for lead in BOARD.resolve_cell(cell)]
    assert len(found) == len(set(found))


def test_words_that_part_into_names_in_two_ways_are_not_parted():
    directory = a_directory(["Jean Claude", "Jean", "Claude Martin", "Martin"])
    assert names("Jean Claude Martin", directory) == [("Jean Claude Martin", "unknown")]


def test_the_longest_names_are_taken():
    directory = a_directory(["Ann", "Lee", "Smith", "Ann Lee"])
    assert [name for name, _ in names("Ann Lee Smith", directory)] == ["Ann Lee", "Smith"]


def test_a_group_called_all_is_known_before_everybody():
    directory = a_directory(["M Evans"], [Group("All", "All", "all@westberks.example")])
    assert names("All", directory) == [("All", "group")]
    assert names("M Evans/ All", directory) == [("M Evans", "person"), ("All", "group")]


def test_a_cell_of_thousands_of_names_is_read_at_once():
    known, unknown = names("M Evans/ " * 1000), names("Z Quill and " * 800 + "/ C Gill")
    assert known == [("M Evans", "person")]
    assert unknown[-1] == ("C Gill", "person")
