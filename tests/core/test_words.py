from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core import words

FRIDAY = date(2015, 1, 30)


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "no actions"),
        (1, "one action"),
        (2, "two actions"),
        (9, "nine actions"),
        (10, "10 actions"),
        (30, "30 actions"),
    ],
)
def test_a_count_and_its_noun_agree(count, written):
    assert words.counted(count, "action") == written


def test_a_noun_may_bring_its_own_plural():
    assert words.counted(2, "person", "people") == "two people"


@pytest.mark.parametrize(("count", "form"), [(0, "are"), (1, "is"), (2, "are"), (27, "are")])
def test_only_one_takes_the_singular(count, form):
    assert words.plural(count, "is", "are") == form


def test_dates_are_written_as_gov_uk_writes_them():
    assert words.full_date(FRIDAY) == "30 January 2015"
    assert words.weekday_date(FRIDAY) == "Friday 30 January 2015"
    assert words.weekday(FRIDAY) == "Friday"
    assert words.day_month(FRIDAY) == "30 January"
    assert words.month(FRIDAY) == "January 2015"
    assert words.short_month(FRIDAY) == "Jan 2015"


@pytest.mark.parametrize(
    ("names", "written"),
    [
        ([], ""),
        (["2.3"], "2.3"),
        (["2.3", "3.1"], "2.3 and 3.1"),
        (["2.3", "3.1", "3.2"], "2.3, 3.1 and 3.2"),
    ],
)
def test_a_list_ends_with_and(names, written):
    assert words.listed(names) == written


def test_a_long_list_says_how_many_more():
    assert words.listed(["2.3", "3.1", "3.2", "4.1"], 2) == "2.3, 3.1 and two more"
    assert words.listed(["2.3", "3.1"], 2) == "2.3 and 3.1"


@pytest.mark.parametrize(
    ("days", "ahead", "ago"),
    [
        (0, "today", "today"),
        (1, "tomorrow", "yesterday"),
        (2, "two days from today", "two days ago"),
        (28, "28 days from today", "28 days ago"),
    ],
)
def test_how_far_a_day_is_never_says_0_days(days, ahead, ago):
    assert words.ahead(days) == ahead
    assert words.ago(days) == ago


def test_tags_write_days_in_figures():
    assert words.days(1) == "1 day"
    assert words.days(10) == "10 days"


@pytest.mark.parametrize(
    ("blank", "total", "said"),
    [
        (0, 0, ""),
        (0, 1, "The plan shows progress for it."),
        (1, 1, "The plan shows no progress for it."),
        (0, 2, "The plan shows progress for both of them."),
        (1, 2, "One has no progress recorded in the plan."),
        (2, 2, "The plan shows no progress for either of them."),
        (0, 3, "The plan shows progress for all of them."),
        (2, 3, "Two have no progress recorded in the plan."),
        (3, 3, "The plan shows no progress for any of them."),
    ],
)
def test_progress_is_told_of_one_of_two_and_of_many(blank, total, said):
    assert words.progress_shown(blank, total) == said


def test_a_sentence_begins_with_a_capital():
    assert words.sentence("nine actions") == "Nine actions"
    assert words.sentence("") == ""


def test_a_long_text_is_cut_and_says_so():
    assert words.cut("Carry out\n an  audit", 80) == "Carry out an audit"
    assert words.cut("Carry out an audit", 10) == "Carry out…"


@given(st.text(), st.integers(1, 50))
def test_what_is_cut_is_never_too_long_and_always_one_line(text, most):
    cut = words.cut(text, most)

    assert len(cut) <= most
    assert len(cut.splitlines()) <= 1


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("The lead is blank. Name a lead", ("The lead is blank", "Name a lead")),
        ("No address for St. John. Add one.", ("No address for St. John", "Add one")),
        ("The ref is odd", ("The ref is odd", "")),
        ("", ("", "")),
    ],
)
def test_a_problem_parts_into_what_is_wrong_and_what_to_do(message, parts):
    assert words.parted(message) == parts


def test_every_day_of_the_week_and_every_month_has_its_name():
    week = [words.weekday(date(2015, 2, day)) for day in range(2, 9)]
    assert week == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    year = [words.month(date(2015, month, 1)).removesuffix(" 2015") for month in range(1, 13)]
    assert year[:6] == ["January", "February", "March", "April", "May", "June"]
    assert year[6:] == ["July", "August", "September", "October", "November", "December"]


def test_small_numbers_are_written_out():
    small = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "10"]
    assert [words.number(count) for count in range(11)] == small
