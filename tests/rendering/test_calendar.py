import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.directory import Group
from reminders.rendering.calendar import Calendar, Deadline, calendar_text, draw_up_calendars, emptied, identity_of
from tests.builders import BOARD, a_directory, a_person, a_row
from tests.core.builders import a_policy, the_boards_directory, the_boards_plan, understood

TODAY = date(2015, 1, 2)
NOW = datetime(2015, 1, 2, 8, tzinfo=UTC)
LATER = datetime(2015, 2, 3, 9, 30, tzinfo=UTC)
IDENTITY = "0e984725-c51c-4bf4-9960-e1c80e27aba0"
UID = "6ba7b811-9dad-11d1-80b4-00c04fd430c8"


def calendars(*rows, today=TODAY, directory=None):
    directory = directory or a_directory()
    plan = understood(*rows, directory=directory)
    return draw_up_calendars(plan, directory, a_policy(), board=BOARD, today=today)


def shown(calendar):
    return [(deadline.ref, deadline.due_by) for deadline in calendar.deadlines]


def a_calendar(*days, ref="2.3", title="Business plan: M Evans"):
    return Calendar(IDENTITY, "M Evans", title, tuple(Deadline(UID, ref, day) for day in days))


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_the_plan_and_each_lead_have_a_calendar_of_the_days_things_are_due_by():
    plan, evans, mundy = calendars(
        a_row("1.1", lead="M Evans/ I Mundy", timeframe="January 2015"),
        a_row("1.2", lead="M Evans", timeframe="May 2015"),
        a_row("1.3", lead="I Mundy", timeframe="On-going"),
    )

    assert (plan.name, shown(plan)) == ("plan", [("1.1", date(2015, 1, 30)), ("1.2", date(2015, 5, 29))])
    assert (evans.name, shown(evans)) == ("M Evans", shown(plan))
    assert (mundy.name, shown(mundy)) == ("I Mundy", [("1.1", date(2015, 1, 30))])


def test_what_is_complete_is_in_no_calendar():
    [plan] = calendars(a_row(progress="Complete"))
    assert shown(plan) == []


def test_members_of_a_group_see_its_actions_and_who_has_left_has_no_calendar():
    people = ("M Evans", a_person("I Mundy", left=True))
    directory = a_directory(people, [Group("CSE Sub-Group", "CSE", members=("M Evans", "I Mundy"))])

    assert [each.name for each in calendars(a_row(lead="CSE Sub-Group"), directory=directory)] == ["plan", "M Evans"]


def test_of_several_deadlines_the_next_one_is_shown_and_then_the_last():
    row = a_row(timeframe="March and April 2015")

    days = [shown(calendars(row, today=today)[0])[0][1] for today in (TODAY, date(2015, 4, 1), date(2016, 1, 1))]
    assert days == [date(2015, 3, 31), date(2015, 4, 30), date(2015, 4, 30)]


def test_an_action_keeps_its_uid_when_its_words_leads_and_date_change():
    [[one], [other]] = (
        calendars(row)[0].deadlines
        for row in (a_row("2.3"), a_row("2.3", action="Write to schools", lead="I Mundy", timeframe="March 2015"))
    )
    assert one.uid == other.uid
    assert one.due_by != other.due_by


def test_a_calendar_is_whole_days_that_are_private_and_block_no_time():
    assert calendar_text(a_calendar(date(2015, 1, 30)), "", NOW) == (
        "BEGIN:VCALENDAR\r\n"
        "VERSION:2.0\r\n"
        "PRODID:-//reminders//business plan//EN\r\n"
        "CALSCALE:GREGORIAN\r\n"
        f"X-WR-RELCALID:{IDENTITY}\r\n"
        "X-WR-CALNAME:Business plan: M Evans\r\n"
        "NAME:Business plan: M Evans\r\n"
        "REFRESH-INTERVAL;VALUE=DURATION:P1D\r\n"
        "X-PUBLISHED-TTL:P1D\r\n"
        "BEGIN:VEVENT\r\n"
        f"UID:{UID}\r\n"
        "DTSTAMP:20150102T080000Z\r\n"
        "SEQUENCE:0\r\n"
        "DTSTART;VALUE=DATE:20150130\r\n"
        "SUMMARY:Business plan action 2.3 due\r\n"
        "CLASS:PRIVATE\r\n"
        "TRANSP:TRANSPARENT\r\n"
        "END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )


def test_an_unchanged_calendar_stays_the_same_to_the_byte():
    before = calendar_text(a_calendar(date(2015, 1, 30)), "", NOW)
    assert calendar_text(a_calendar(date(2015, 1, 30)), before, LATER) == before


def test_a_date_that_moves_raises_the_sequence_and_the_stamp_each_time():
    first = calendar_text(a_calendar(date(2015, 1, 30)), "", NOW)
    second = calendar_text(a_calendar(date(2015, 3, 31)), first, LATER)
    back = calendar_text(a_calendar(date(2015, 1, 30)), second, LATER)

    assert "DTSTAMP:20150203T093000Z\r\nSEQUENCE:1\r\nDTSTART;VALUE=DATE:20150331\r\n" in second
    assert "SEQUENCE:2\r\nDTSTART;VALUE=DATE:20150130\r\n" in back


def test_an_emptied_calendar_keeps_whose_it_is():
    text = calendar_text(a_calendar(date(2015, 1, 30)), "", NOW)

    assert emptied(text) == calendar_text(a_calendar(), "", NOW)
    assert identity_of(emptied(text)) == IDENTITY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        f"PRODID:-//other//EN\r\nCALSCALE:GREGORIAN\r\nX-WR-RELCALID:{IDENTITY}\r\n",
    ],
)
def test_other_texts_are_nobodys_calendar(text):
    assert identity_of(text) is None


@given(st.text(), st.text())
def test_whatever_the_names_every_line_is_short_and_none_is_broken_open(ref, title):
    text = calendar_text(a_calendar(date(2015, 1, 30), ref=ref, title=title), "", NOW)
    names = [re.split("[:;]", line)[0] for line in unfolded(text)]

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "\n" not in text.replace("\r\n", "")
    assert names.count("BEGIN") == names.count("END") == 2
    assert len(names) == 20
    assert calendar_text(a_calendar(date(2015, 1, 30), ref=ref, title=title), text, LATER) == text


def test_commas_semicolons_and_backslashes_are_escaped():
    text = calendar_text(a_calendar(date(2015, 1, 30), ref="2.3, a; b\\c"), "", NOW)
    assert r"SUMMARY:Business plan action 2.3\, a\; b\\c due" in unfolded(text)


def test_no_word_of_the_boards_plan_stands_in_a_calendar():
    plan, directory = the_boards_plan(), the_boards_directory()
    made = draw_up_calendars(plan, directory, a_policy(), board=BOARD, today=TODAY)
    summaries = [line for each in made for line in unfolded(calendar_text(each, "", NOW)) if line[:7] == "SUMMARY"]

    assert len(made) == 23
    assert all(re.fullmatch(r"SUMMARY:Business plan action (\d\.\d+|without a ref) due", line) for line in summaries)
