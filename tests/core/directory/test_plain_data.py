import json

from hypothesis import given
from hypothesis import strategies as st

from reminders.core.directory import Directory, Group, Person, directory_as_data, directory_from_data
from tests.core.directory.board import CSE, EVANS, MUNDY, QUALITY

PEOPLE = st.builds(
    Person,
    name=st.text(max_size=8),
    id=st.text(max_size=8),
    email=st.none() | st.text(max_size=8),
    also=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    agency=st.none() | st.text(max_size=4),
    detail=st.sampled_from(["full", "refs"]),
    deputy=st.none() | st.text(max_size=4),
    away=st.lists(st.tuples(st.dates(), st.dates()), max_size=2).map(tuple),
    left=st.booleans(),
)
GROUPS = st.builds(
    Group,
    name=st.text(max_size=8),
    id=st.text(max_size=8),
    email=st.none() | st.text(max_size=8),
    members=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    also=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    detail=st.sampled_from(["full", "refs"]),
)


@given(st.lists(PEOPLE, max_size=3), st.lists(GROUPS, max_size=3))
def test_a_directory_comes_back_from_plain_data(people, groups):
    directory = Directory(people, groups)
    assert directory_from_data(json.loads(json.dumps(directory_as_data(directory)))) == directory


def test_directories_differ_where_a_person_or_a_group_does():
    assert Directory([EVANS], []) != Directory([MUNDY], [])
    assert Directory([], [CSE]) != Directory([], [QUALITY])
    assert Directory([EVANS], []) != (EVANS,)
