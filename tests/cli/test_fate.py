"""What `explain` promises of one reminder: not that it goes where it would be held, or where nobody hears."""

from datetime import date

import pytest

from reminders.cli.fate import Known, fate
from reminders.core.agenda import Verdict
from tests.builders import a_directory, a_person
from tests.core.builders import agenda_of
from tests.service.builders import some_rules

BAD = frozenset({"m.evans@westberks.example"})


def fates(today, person=None, bad=frozenset()):
    directory = a_directory([person or a_person("M Evans")])
    known = Known(some_rules(), ["westberks.example"], directory, (), bad)
    agenda = agenda_of("30 January 2015", today, directory=directory)
    told = (Verdict.OWED, Verdict.UPCOMING, Verdict.UNHEARD)
    return [fate(each, known) for each in agenda.reminders if each.verdict in told and each.offset <= 0]


def test_what_goes_is_promised_with_its_day():
    late = "7 days before: is owed now, late (its day was 23 January 2015)"
    assert fates(date(2015, 1, 28)) == [late, "on the due day: goes on Friday 30 January 2015"]


@pytest.mark.parametrize(
    ("today", "begins"),
    [
        (date(2015, 1, 28), "on the due day: is held on Friday 30 January 2015: the mail server refused "),
        (date(2015, 1, 30), "on the due day: is owed now, but held: the mail server refused "),
    ],
)
def test_to_a_refused_address_nothing_is_promised(today, begins):
    told = fates(today, bad=BAD)[-1]
    assert told.startswith(f"{begins}m.evans@westberks.example; correct it in the lead directory, or if it is good")


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (a_person("M Evans", left=True), "M Evans has left; name who leads it now in the plan"),
        (a_person("M Evans", email=None), "there is no address for M Evans; write one in the lead directory"),
    ],
    ids=["left", "no address"],
)
def test_where_nobody_hears_it_says_why_and_what_to_do(person, why):
    assert fates(date(2015, 1, 30), person)[-1] == f"on the due day: nobody hears now: {why}"
    assert fates(date(2015, 1, 28), person)[-1] == f"on the due day: nobody hears on Friday 30 January 2015: {why}"
