from datetime import date

import pytest

from reminders.core.digest import Doubt, Planned, PlannedMail, Sent
from tests.builders import a_row
from tests.core.digest.drawn import drawn


@pytest.mark.parametrize(
    ("timeframe", "when", "due", "late"),
    [
        pytest.param("January 2015", "Jan 2015", "was due 30 January 2015", "10 days late", id="overdue"),
        pytest.param("9 February 2015", "Feb 2015", "due today, 9 February 2015", None, id="today"),
        pytest.param("March 2015", "Mar 2015", "due 31 March 2015", None, id="ahead"),
        pytest.param("On-going", "On-going", "On-going", None, id="no date"),
    ],
)
def test_a_row_says_when_it_is_due(timeframe, when, due, late):
    digest = drawn(a_row("1.1", timeframe=timeframe))
    shown = [*digest.overdue_blank, *digest.due_soon, *(row for each in digest.later for row in each.rows)]
    assert [(row.when, row.due_words, row.late_by) for row in shown] == [(when, due, late)]


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("The lead is blank. Name a lead", ("The lead is blank", "Name a lead")),
        ("The lead is blank.", ("The lead is blank", "")),
    ],
)
def test_a_doubt_parts_what_is_wrong_from_what_to_do(message, parts):
    doubt = Doubt("1.1", message, mend=True)

    assert (doubt.what, doubt.remedy) == parts


@pytest.mark.parametrize(
    ("timeframe", "told"),
    [("January 2015", True), ("July 2015", True), ("30 January 2015", False), ("On-going", False)],
)
def test_the_rule_of_months_stands_where_a_row_gives_a_month(timeframe, told):
    assert (drawn(a_row("1.1", timeframe=timeframe)).month_rule is not None) == told


def test_a_digest_has_its_sentences():
    digest = drawn(a_row("1.1"), a_row("1.2", timeframe="March 2015"))
    assert all((digest.subject, digest.headline, digest.summary, digest.preheader))


def test_a_list_of_mails_names_who_heard_of_what():
    assert Sent(date(2015, 2, 6), "M Evans", "2.3, 3.1", "accepted").told == "M Evans (2.3, 3.1)"
    assert PlannedMail("CSE Sub-Group", "").told == "CSE Sub-Group"


def test_a_day_tells_its_mails_that_go_from_those_that_are_held():
    goes, held = PlannedMail("M Evans", "2.3"), PlannedMail("I Mundy", "1.1", held=True)
    planned = Planned(date(2015, 2, 9), (goes, held))
    assert (planned.going, planned.held) == ((goes,), (held,))


def test_the_rule_of_months_stands_also_where_an_overdue_row_has_progress():
    assert drawn(a_row("1.1", timeframe="January 2015", progress="Started")).month_rule is not None
