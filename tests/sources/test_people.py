from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.directory import Directory, Group, Person
from reminders.sources.base import Unreadable
from reminders.sources.people import read_directory

EXAMPLE = Path(__file__).parent.parent.parent / "config/directory.yaml"

FULL = b"""\
people:
  M Evans:
    email: m.evans@westberks.example
    id: M Smith
    also: [Mary Evans, "Evans, M"]
    agency: Children's  Services
    detail: Refs
    deputy: C Gill
    away: ["2015-02-01 to 2015-02-14", 2015-08-01 to 2015-08-01]
    left: false
  C Gill: c.gill@westberks.example
  D Daly:
  NO: {left: true, also: Norbert, away: 2015-02-01 to 2015-02-02}
groups:
  CSE Sub- Group: {members: [M Evans, c gill], detail: refs}
  Public Health:
    email: public.health@westberks.example
    also: [PH]
"""


def mistakes_of(text):
    with pytest.raises(Unreadable) as refused:
        read_directory(text.encode(), "directory.yaml")
    return tuple(mistake.removeprefix("directory.yaml, line ") for mistake in refused.value.mistakes)


def test_every_key_is_read():
    assert read_directory(FULL, "directory.yaml") == Directory(
        people=(
            Person(
                name="M Evans",
                id="M Smith",
                email="m.evans@westberks.example",
                also=("Mary Evans", "Evans, M"),
                agency="Children's Services",
                detail="refs",
                deputy="C Gill",
                away=((date(2015, 2, 1), date(2015, 2, 14)), (date(2015, 8, 1), date(2015, 8, 1))),
            ),
            Person("C Gill", "C Gill", "c.gill@westberks.example"),
            Person("D Daly", "D Daly"),
            Person("NO", "NO", also=("Norbert",), away=((date(2015, 2, 1), date(2015, 2, 2)),), left=True),
        ),
        groups=(
            Group("CSE Sub- Group", "CSE Sub- Group", members=("M Evans", "c gill"), detail="refs"),
            Group("Public Health", "Public Health", "public.health@westberks.example", also=("PH",)),
        ),
    )


def test_the_example_holds_all_the_leads_of_the_boards_plan():
    directory = read_directory(EXAMPLE.read_bytes(), "directory.yaml")
    addresses = [who.email for who in directory.people] + [group.email for group in directory.groups]
    assert (len(directory.people), len(directory.groups)) == (20, 4)
    assert all(address and address.endswith("@westberks.example") for address in addresses)


def test_groups_alone_or_people_alone_are_a_directory():
    assert read_directory(b"groups: {A: a@b.example}", "d").groups[0].email == "a@b.example"
    assert read_directory(b"people: {A: a@b.example}\ngroups:\n", "d").people[0].email == "a@b.example"


@pytest.mark.parametrize(
    "address",
    [
        *("m.evans@westberks.gov.uk", "M.O'Evans+lscb@x-y.example", "a@1.example", "a_b@b.co"),
    ],
)
def test_addresses_as_councils_have_them_are_read(address):
    assert read_directory(f'people: {{A: "{address}"}}'.encode(), "d").people[0].email == address


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("m.evans", id="no at sign"),
        pytest.param("m.evans@westberks", id="no dot in the domain"),
        pytest.param("m evans@westberks.example", id="a space"),
        pytest.param("m.evans@westberks.example, x@y.example", id="two addresses"),
        pytest.param("M Evans <m.evans@westberks.example>", id="angle brackets"),
        pytest.param("m.evans@westberks.example\\r\\nBcc: x@y.example", id="a line break"),
        pytest.param("m.evans@westberks.example\\n", id="a line break at the end"),
        pytest.param("m.evans@westberks.example\\u200b", id="a zero-width space"),
        pytest.param("m.evans@@westberks.example", id="two at signs"),
        pytest.param("m..evans@westberks.example", id="two dots"),
        pytest.param("m.évans@westberks.example", id="an accent"),
        pytest.param("m.evans@[127.0.0.1]", id="a number in brackets"),
        pytest.param("-@-.example", id="a domain of a hyphen"),
        pytest.param(f"{'m' * 250}@westberks.example", id="too long"),
        pytest.param("mailto:m.evans@westberks.example", id="a link"),
    ],
)
def test_what_is_no_address_is_refused(address):
    (mistake,) = mistakes_of(f'people:\n  A: b@c.example\n  M Evans: "{address}"\n')
    assert mistake.startswith("3: “")
    assert mistake.endswith("is no address for M Evans; write one address, like m.evans@westberks.example")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        pytest.param("2015-02-30", "“2015-02-30”; write two days, like 2015-02-01 to 2015-02-14, or one", id="one day"),
        pytest.param("1/2/2015 to 2/2/2015", "“1/2/2015 to 2/2/2015”; write two days, like", id="another form"),
        pytest.param("2015-02-28 to 2015-02-29", "“2015-02-28 to 2015-02-29”; write two days, like", id="no such day"),
    ],
)
def test_what_is_no_range_of_days_is_refused(text, mistake):
    (read,) = mistakes_of(f"people:\n  A:\n    email: a@b.example\n    away: [{text}]\n")
    assert read.startswith(f"4: away of A is {mistake}")


def test_one_day_alone_is_an_absence_of_that_day():
    text = "people:\n  A: {email: a@b.example, away: [2015-01-16, 2015-02-01 to 2015-02-14]}\n"
    (person,) = read_directory(text.encode(), "directory.yaml").people
    away = [day for day in (date(2015, 1, 15), date(2015, 1, 16), date(2015, 1, 17)) if person.is_away(day)]
    assert away == [date(2015, 1, 16)]


def test_a_range_of_days_that_ends_before_it_begins_is_refused():
    assert mistakes_of("people:\n  A: {email: a@b.example, away: 2015-02-14 to 2015-02-01}\n") == (
        "2: away of A ends (2015-02-01) before it begins (2015-02-14); turn the days round",
    )


def test_two_entries_with_one_name_or_one_id_are_refused():
    text = """\
people:
  M Evans: a@b.example
  M. evans: b@b.example
  Public Health: c@b.example
  C Gill: {email: d@b.example, id: D Daly}
  D Daly: e@b.example
groups:
  Public Health: f@b.example
  G: {email: g@b.example, id: c-gill-2}
  H: {email: h@b.example, id: C Gill 2}
"""
    assert mistakes_of(text) == (
        "3: “M. evans” and “M Evans” are one name; keep one, or tell them apart",
        "6: the id “D Daly” of D Daly is also that of C Gill; give each its own",
        "8: “Public Health” and “Public Health” are one name; keep one, or tell them apart",
        "10: the id “C Gill 2” of H is also that of G; give each its own",
    )


def test_a_spelling_that_is_the_name_of_another_is_refused_and_one_of_ones_own_is_not():
    text = "people:\n  M Evans: {email: a@b.example, also: [M.Evans, ' C  gill']}\n  C Gill: c@b.example\n"
    assert mistakes_of(text) == ("2: “C gill” cannot also stand for M Evans: it is the name of C Gill; take it out",)


def test_members_and_deputies_must_be_people_of_the_directory():
    text = """\
people:
  M Evans:
    email: a@b.example
    deputy: D Day
  C Gill:
    deputy: c gill
  D Daly: {deputy: Board}
groups:
  Board:
    members:
    - M Evans
    - J Nobody
"""
    told = "is no one person here; write a name as it stands below “people:”"
    assert mistakes_of(text) == (
        f"4: “D Day”, named at M Evans, {told}",
        "6: C Gill cannot be their own deputy; name another person, or take the line out",
        f"7: “Board”, named at D Daly, {told}",
        f"11: “J Nobody”, named at Board, {told}",
    )


def test_a_group_is_heard_in_one_way():
    text = """\
people: {M Evans: a@b.example}
groups:
  A:
  B: {email: , members: []}
  C: {email: c@b.example, members: [M Evans]}
"""
    assert mistakes_of(text) == (
        "3: A has neither email nor members; write one of them",
        "4: B has neither email nor members; write one of them",
        "5: C has an email and members; keep one, or it is not clear who hears",
    )


@pytest.mark.parametrize("text", ["", "people:\ngroups:\n", "people: {M Evans: , C Gill: {left: true}}"])
def test_a_directory_without_any_address_is_refused(text):
    assert mistakes_of(text) == ("1: no one here has an address; write “M Evans: m.evans@…” below “people:”",)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("- M Evans", "1: the directory is a list; write “key: value” lines"),
        ("people: {A: a@b.example, A: c@b.example}", "1: 'A' stands here a second time; keep one"),
        ("people: {A: *a}", "1: an alias (*name) is not read; write the value out, or put it in quotes"),
    ],
)
def test_what_is_no_directory_is_refused(text, mistake):
    assert mistakes_of(text) == (mistake,)


def test_all_mistakes_are_told_in_one_go():
    text = """\
poeple: {}
people:
  A: {email: a@b.example, emial: x, left: yes, detail: ful}
  B: [b@b.example]
  C:
    email: {x: y}
    also: [[x]]
    away: {}
    members: [A]
  " ": d@b.example
groups: none
"""
    known = "email, id, also, detail, agency, deputy, away, left"
    assert mistakes_of(text) == (
        "1: the directory has no key “poeple” (did you mean people?)",
        "3: A has no key “emial” (did you mean email?)",
        "3: detail of A is “ful” (did you mean full?); write full or refs",
        "3: left of A is “yes”; write false or true",
        "4: B is a list; write “key: value” lines",
        "6: email of C is a mapping (“key: value” lines); write one text",
        "7: also of C is a list; write one text",
        "8: away is a mapping (“key: value” lines); write a list, each item on a line that begins with “- ”",
        f"9: C has no key “members”; known are {known}",
        "10: a name below people is blank",
        "11: groups is a text, “none”; write “key: value” lines",
    )


@given(st.text(alphabet="peoplgrus:{}[], \n-@.ab", max_size=80))
def test_any_text_is_read_or_refused_in_words(text):
    assert mistakes_of(text)
