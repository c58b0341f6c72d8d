"""What every wording of a timeframe cell means, and that nothing is ever guessed."""

from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from reminders.core.timeframe import DateReading, Kind, Recurrence, Timeframe, read_timeframe

SAMPLES = yaml.safe_load((Path(__file__).parents[1] / "samples" / "date-wordings.yaml").read_text(encoding="utf-8"))
WORDINGS = [sample["wording"] for sample in SAMPLES]
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MARCH, JUNE, SEPTEMBER, DECEMBER = date(2015, 3, 31), date(2015, 6, 30), date(2015, 9, 30), date(2015, 12, 31)
PLAN_YEAR = (date(2015, 4, 1), date(2016, 3, 31))

unhurried = settings(deadline=None)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def codes(timeframe):
    return [doubt.code for doubt in timeframe.doubts]


def reason(wording, reading=None):
    found = read_timeframe(wording, reading or DateReading())
    assert (found.kind, found.deadlines, codes(found)) == (Kind.UNCLEAR, (), ["unclear-timeframe"])
    return found.doubts[0].message


def deadlines(wording, **declared):
    return read_timeframe(wording, DateReading(**declared)).deadlines


# --- The 120 wordings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES, ids=WORDINGS)
def test_each_sample_wording_has_its_form_and_deadline(sample):
    found = read_timeframe(sample["wording"])
    first = found.deadlines[0].isoformat() if found.deadlines else None
    assert (found.wording, found.form, first) == (sample["wording"], sample["kind"], sample["deadline"])


@pytest.mark.parametrize("sample", SAMPLES, ids=WORDINGS)
def test_the_kind_of_each_sample_follows_from_its_deadline_and_form(sample):
    found = read_timeframe(sample["wording"])
    if sample["deadline"] or "yearly" in (sample["rule"] or "") or sample["wording"] == "June each year":
        assert found.kind is Kind.DATED
    else:
        assert found.kind is {"ongoing": Kind.ONGOING, "missing": Kind.NONE}.get(sample["kind"], Kind.UNCLEAR)


@pytest.mark.parametrize("sample", SAMPLES, ids=WORDINGS)
def test_exactly_the_unclear_samples_carry_the_doubt_that_they_are(sample):
    found = read_timeframe(sample["wording"])
    assert (codes(found) == ["unclear-timeframe"]) == (found.kind is Kind.UNCLEAR)


@pytest.mark.parametrize("wording", WORDINGS)
def test_only_the_whole_cell_is_read_never_a_part_of_it(wording):
    assert read_timeframe(f"{wording} xyz").kind is Kind.UNCLEAR
    assert read_timeframe(f"xyz, {wording}").kind is Kind.UNCLEAR


@pytest.mark.parametrize("wording", WORDINGS)
def test_case_and_outer_spaces_and_a_full_stop_change_nothing(wording):
    plain = read_timeframe(wording)
    for written in (wording.upper(), wording.lower(), f" \t{wording}.\n", f"\u00a0{wording} \u2021"):
        found = read_timeframe(written)
        assert (found.form, found.kind, found.deadlines) == (plain.form, plain.kind, plain.deadlines)
        assert found.wording == written


# --- Relatives that a British reader takes in one sense ---------------------------------------------------------------

RELATIVES = {
    "month": {
        "End of March 2015": MARCH,
        "By the end of March 2015": MARCH,
        "end-March 2015": MARCH,
        "March-15": MARCH,
        "Mar/15": MARCH,
        "Mar15": MARCH,
        "Sept. 2015": SEPTEMBER,
        "3/2015": MARCH,
        "in March 2015": MARCH,
        "no later than March 2015": MARCH,
        "Due: March 2015": MARCH,
        "To be completed by March 2015": MARCH,
        "Complete by March 2015": MARCH,
        "Before the end of March 2015": MARCH,
        "Before January 2015": date(2014, 12, 31),
        "Mid-March 2015": date(2015, 3, 15),
        "by the middle of March 2015": date(2015, 3, 15),
    },
    "date": {
        "31 March, 2015": MARCH,
        "the 31st of March 2015": MARCH,
        "on Tuesday the 31st March 2015": MARCH,
        "5pm on the 31st March 2015": MARCH,
        "March 31, 2015": MARCH,
        "31Mar15": MARCH,
        "2015/03/31": MARCH,
        "2015-03-31T00:00:00": MARCH,
        "Tues. 31/3/15": MARCH,
        "17:00 on 31 March 2015": MARCH,
        "31 March 2015, 5.30 pm": MARCH,
        "by close of business on 31 March 2015": MARCH,
        "before 31 March 2015": date(2015, 3, 30),
        "on or before 31 March 2015": MARCH,
        "week commencing Monday 16 March 2015": date(2015, 3, 20),
        "w/c 16/03/15": date(2015, 3, 20),
        "week ending Sunday 22 March 2015": date(2015, 3, 22),
        "by Board sub-group meeting on 12 March 2015": date(2015, 3, 12),
        "Meeting 12/03/15": date(2015, 3, 12),
    },
    "quarter": {
        "Q3 15/16": DECEMBER,
        "Q3 of 2015/16": DECEMBER,
        "Q3 (2015/16)": DECEMBER,
        "Q3 2015/2016": DECEMBER,
        "Q3 FY15/16": DECEMBER,
        "third quarter of the 2015/16 financial year": DECEMBER,
        "3rd Quarter 2015-16": DECEMBER,
        "15/16 Q3": DECEMBER,
        "during Q3 2015/16": DECEMBER,
        "Before Q3 2015/16": SEPTEMBER,
        "Q3 (October to December 2015)": DECEMBER,
    },
    "year": {
        "2015-16": date(2016, 3, 31),
        "2015/2016": date(2016, 3, 31),
        "Financial year 2015/16": date(2016, 3, 31),
        "2015/16 financial year": date(2016, 3, 31),
        "FY15/16": date(2016, 3, 31),
        "End of FY 2014/15": MARCH,
        "by the end of 14/15": MARCH,
        "By end of 2015": DECEMBER,
        "calendar year 2015": DECEMBER,
    },
    "range": {
        "Between Jan and March 2015": MARCH,
        "Jan to Mar 2015": MARCH,
        "by Jan-Mar 15": MARCH,
        "1st to 31st March 2015": MARCH,
        "01/01/15 - 31/03/15": MARCH,
        "1-Jan-15 - 31-Mar-15": MARCH,
        "Jan-15 - Mar-15": MARCH,
        "2013-14 - 2014-15": MARCH,
        "Q1 - Q3 2015-16": DECEMBER,
        "20 Dec - 5 Jan 2015": date(2015, 1, 5),
        "Nov - Feb 2015": date(2015, 2, 28),
        "Dec 2014/Jan 2015": date(2015, 1, 31),
        "to March 2015": MARCH,
        "until March 2015": MARCH,
        "up to the end of March 2015": MARCH,
        "Ongoing until March 2015": MARCH,
        "Ongoing (until March 2015)": MARCH,
        "Starting Jan 2015 - finish by March 2015": MARCH,
    },
    "recurring": {
        "Ongoing - to be reviewed March 2015": MARCH,
        "ongoing, review in March 2015": MARCH,
        "Ongoing with a review by 31/03/15": MARCH,
        "On-going (review date: March 2015)": MARCH,
    },
}


@pytest.mark.parametrize(
    ("form", "wording", "deadline"),
    [(form, wording, deadline) for form, each in RELATIVES.items() for wording, deadline in each.items()],
    ids=[wording for each in RELATIVES.values() for wording in each],
)
def test_a_near_relative_is_read_too(form, wording, deadline):
    found = read_timeframe(wording)
    assert (found.kind, found.form, found.deadlines, found.doubts) == (Kind.DATED, form, (deadline,), ())


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("March & September 2015", (MARCH, SEPTEMBER)),
        ("March 2015 and September 2015", (MARCH, SEPTEMBER)),
        ("March, June and September 2015", (MARCH, JUNE, SEPTEMBER)),
        ("31 March and 30 September 2015", (MARCH, SEPTEMBER)),
        ("Q2 and Q3 2015/16", (SEPTEMBER, DECEMBER)),
        ("15 and 31 March 2015", (date(2015, 3, 15), MARCH)),
    ],
)
def test_several_dates_are_several_deadlines(wording, expected):
    found = read_timeframe(wording)
    assert (found.kind, found.form, found.deadlines) == (Kind.DATED, "multi", expected)


@pytest.mark.parametrize(
    "wording",
    [
        "continual",
        "Continuously",
        "on - going",
        "On\u2011going",
        "On\u00adgoing",
        "All year round",
        "Ongoing throughout the year",
    ],
)
def test_what_has_no_end_is_ongoing_without_a_doubt(wording):
    assert read_timeframe(wording) == Timeframe(wording, Kind.ONGOING, "ongoing")


@pytest.mark.parametrize(
    "wording",
    [
        "To be confirmed",
        "t.b.c.",
        "Date tbc",
        "Not applicable",
        "n.a.",
        "None",
        "Nil",
        "No date set",
        "\u2014",
        "--",
        "- -",
    ],
)
def test_what_says_that_there_is_no_date_is_missing_without_a_doubt(wording):
    assert read_timeframe(wording) == Timeframe(wording, Kind.NONE, "missing")


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0\n", "\u200b", "*", ".", " " * 10_000])
def test_a_blank_cell_is_missing_without_a_doubt(cell):
    assert read_timeframe(cell) == Timeframe("", Kind.NONE, "missing")


@pytest.mark.parametrize(
    "wording",
    [
        "31\u00a0March\u20032015",
        "31\nMarch\r\n2015",
        "31\u2013Mar\u201315",
        "31\u2011Mar\u221215",
        "31 March \u201915",
        "31\u204403\u20442015",
        "31 Mar\u00adch 201\u200b5",
        "\ufeff31 March 2015\u2020",
        "31 March 2015\u00b9",
        "31 March 2015.*",
    ],
    ids=ascii,
)
def test_a_word_processors_characters_are_read_as_typed(wording):
    assert deadlines(wording) == (MARCH,)


def test_digits_of_other_scripts_are_not_read():
    assert read_timeframe("\u0661\u0665 March 2015").kind is Kind.UNCLEAR


# --- Doubts ----------------------------------------------------------------------------------------------------------


def test_an_unclear_cell_is_quoted_with_what_to_write_instead():
    message = "cannot read a deadline from 'Sumer 2015'; write it as 'March 2015', or 'On-going'"
    assert reason("Sumer 2015") == message


REASONS = {
    "names no year": [
        "March",
        "15 March",
        "End of March",
        "Tuesday 31 March",
        "Jan - March",
        "March & June",
        "Q3",
        "End of Q2",
    ],
    "no such day": ["31 June 2015", "29/02/2015", "31/04/15", "0/1/2015", "2015-02-30", "29 Feb - 3 March 2015"],
    "no month 13": ["13/13/2015", "13/2015"],
    "outside 2000 to 2099": ["31/03/2105", "31/03/1999", "March 1999", "Q4 2099/2100", "1998/99"],
    "not one financial year": ["2015/17", "Q3 2015/17", "2015-03", "FY 16/15"],
    "calendar year or of the financial year": ["Q3 2015", "End of Q4 2015", "Q1-Q2 2015"],
    "calendar year or a financial year": ["2015", "in 2015", "By 2015", "Late 2015", "FY16"],
    "several calendar years": ["2015-2016", "2015 to 2017"],
    "a day and month, or a month and year": ["15/16", "03/04", "03/15", "31/03"],
    "31 March or March 2031": ["Mar 31", "March 31", "by end March 31"],
    "31 June or June 2031": ["June 31"],
    "30 March or March 2030": ["Mar 30"],
    "28 February or February 2028": ["Feb 28"],
    "a start, not an end": [
        "From April 2015",
        "April 2015 onwards",
        "ongoing from April 2015",
        "Not before April 2015",
    ],
    "a status, not a deadline": ["Completed", "Completed March 2015", "Done - 31/03/15", "In progress"],
    "how often, but not when first": [
        "Quarterly",
        "Monthly",
        "Every 6 months",
        "Quarterly from April 2015",
        "Twice a year",
    ],
    "twice in that time": ["Bi-annually", "Bi-monthly", "biennial"],
    "no date to count from": [
        "Within 6 months",
        "3 months",
        "ASAP",
        "Immediate",
        "6-12 months",
        "Within 4 weeks of March 2015",
    ],
    "school terms": ["Spring term 2015", "Autumn 2", "February half-term", "Term 3", "Academic year 2015/16"],
    "a season or a school term": ["Spring 2015", "by end of Summer 2015"],
    "names a feast": ["Easter 2015", "before Christmas"],
    "hangs on something": ["Next Board meeting", "Following publication of SCR", "As per strategy and action plan"],
    "does not say until when": ["Early March 2015", "Beginning of March 2015"],
    "side by side": [
        "March 2015 June 2015",
        "March 2015\nJune 2015",
        "March 2015; June 2015",
        "March 2015 or June 2015",
    ],
    "either month or both": ["March/September 2015", "Mar 2014/Apr 2015"],
    "not in order": ["September and March 2015", "March 2015 and March 2015"],
    "ends before it starts": ["June 2015 - March 2015", "Q3-Q1 2015/16", "31-1 March 2015", "Dec 2015/Jan 2015"],
    "five digits": ["March 20151", "31/03/20152"],
    "in Welsh": ["Mawrth 2015", "31 Mawrth 2015"],
    "may not fit what stands before it": ["March 2015 (Q1)", "March 2015 (17 March 2015)", "Ongoing (March 2015)"],
    "do not end with quarter 4": ["Q4 (Oct-Dec 2015)", "Q4 (Jan-Feb 2015)"],
    "longer than 200 characters": ["March 2015" + " or so" * 40],
}


@pytest.mark.parametrize(
    ("because", "wording"),
    [(because, wording) for because, wordings in REASONS.items() for wording in wordings],
    ids=[wording[:40] for wordings in REASONS.values() for wording in wordings],
)
def test_an_unclear_cell_says_why(because, wording):
    message = reason(wording)
    assert because in message
    assert "; write it " in message


@pytest.mark.parametrize(
    "wording",
    [
        "March 2015?",
        "on March 15",
        "March 2015 ( )",
        "1. March 2015",
        "5 - March 2015",
        "1-3/15",
        "31/03-15",
        "31 March 115",
        "March 201512",
        "Q5 2015/16",
        "March 2015 TBC",
        "March 2015, quarterly",
        "March 2015 and ongoing",
        "Ongoing - March 2015",
        "March 2015 - agreed",
        "to be agreed by March",
        "Revised March 2015",
        "Was TBC, now June 2015",
        "Before LSCB meeting 12 March 2015",
        "Quarterly LSCB meeting 12 March 2015",
        "one two three four five meeting 12 March 2015",
        "LSCB meeting March 2015",
        "w/c March 2015",
        "Mid Q3 2015/16",
        "Tuesday 5 June each year",
        "Throughout 2015/16",
        "Year 2",
        "42094",
        "Mid March and June 2015",
        "March/Q3 2015/16",
        "Q3 (website permitting)",
        "Q3 to March 2015",
        "Tuesday",
        "()",
    ],
)
def test_whatever_else_stands_in_the_cell_is_not_guessed(wording):
    assert reason(wording)


def test_a_long_cell_is_quoted_in_part():
    message = reason("we will do this when the new strategy has been agreed by all of the partners " * 2)
    assert len(message) < 160


def test_a_wrong_weekday_is_reported_and_the_date_used():
    found = read_timeframe("Monday 31 March 2015")
    assert (found.kind, found.deadlines, codes(found)) == (Kind.DATED, (MARCH,), ["wrong-weekday"])
    assert found.doubts[0].message == "31 March 2015 is a Tuesday, not a Monday; the date was used"


def test_a_week_said_to_start_on_another_day_than_monday_is_reported():
    found = read_timeframe("w/c 15 March 2015")
    assert (found.deadlines, codes(found)) == ((date(2015, 3, 20),), ["wrong-weekday"])
    assert "15 March 2015, a Sunday" in found.doubts[0].message


def test_a_week_commencing_on_a_wrong_weekday_is_reported_once():
    assert codes(read_timeframe("w/c Monday 17 March 2015")) == ["wrong-weekday"]


def test_wrong_weekdays_at_both_ends_of_a_range_are_both_reported():
    found = read_timeframe("Sunday 30 March 2015 to Monday 31 March 2015")
    assert (found.deadlines, codes(found)) == ((MARCH,), ["wrong-weekday", "wrong-weekday"])


@pytest.mark.parametrize(
    "wording",
    [
        "Was March 2015, now June 2015",
        "Was March, now June 2015",
        "March 2015 now June 2015",
        "March 2015, revised to June 2015",
        "March 2015 (extended to June 2015)",
        "March 2015 (now June 2015)",
        "June 2015 (was March 2015)",
        "June 2015 - previously March 2015",
        "June 2015 (moved from March)",
        "Revised: June 2015 (was March 2015)",
        "Revised date: June 2015",
        "Revised from March 2015 to June 2015",
        "Extended to June 2015",
    ],
)
def test_a_revised_date_rules_and_is_reported(wording):
    found = read_timeframe(wording)
    assert (found.kind, found.form, found.deadlines, codes(found)) == (Kind.DATED, "unclear", (JUNE,), ["revised-date"])
    assert "30 June 2015 was used" in found.doubts[0].message


def test_a_revised_date_names_the_one_before():
    assert "not March 2015" in read_timeframe("June 2015 (was March 2015)").doubts[0].message


@pytest.mark.parametrize(
    "note", ["website permitting", "Year 1", "Spring term", "as per training strategy", "Easter 2015"]
)
def test_words_in_brackets_after_a_date_are_left_aside_and_reported(note):
    found = read_timeframe(f"March 2015 ({note})")
    assert (found.kind, found.form, found.deadlines, codes(found)) == (
        Kind.DATED,
        "month",
        (MARCH,),
        ["timeframe-note"],
    )
    assert f"'{note}'" in found.doubts[0].message


@pytest.mark.parametrize(
    "wording",
    [
        "March 2015 (Q4)",
        "March 2015 (Q4 2014/15)",
        "March 2015 (31/03/15)",
        "Q4 2014/15 (Jan-Mar 2015)",
        "31/03/15 (March)",
        "17 March 2015 (March 2015)",
        "March and September 2015 (March & September 2015)",
        "2014/15 (March 2015)",
    ],
)
def test_a_bracket_that_agrees_is_no_doubt(wording):
    found = read_timeframe(wording)
    assert (found.kind, found.doubts) == (Kind.DATED, ())


@pytest.mark.parametrize(
    "note",
    [
        "Q3",
        "April",
        "June 2015",
        "17 March 2015",
        "2015/16",
        "TBC",
        "ongoing",
        "completed",
        "quarterly",
        "31 June 2015",
    ],
)
def test_a_bracket_that_says_something_else_makes_the_cell_unclear(note):
    assert f"'{note}'" in reason(f"March 2015 ({note})")


def test_a_quarter_in_brackets_is_of_the_year_that_the_settings_name():
    assert deadlines("March 2015 (Q1)", quarters="calendar") == (MARCH,)
    assert deadlines("March 2015 (Q4)", quarters="calendar") == ()
    assert deadlines("Q4 (Oct-Dec 2015)", quarters="calendar") == (DECEMBER,)


def test_brackets_after_an_unclear_wording_do_not_make_it_clear():
    assert "names no year" in reason("March (website permitting)")


def test_two_brackets_are_weighed_one_by_one():
    assert codes(read_timeframe("March 2015 (Q4) (website permitting)")) == ["timeframe-note"]
    assert reason("March 2015 (Q3) (website permitting)")


# --- Recurrence ------------------------------------------------------------------------------------------------------


def test_quarterly_after_a_month_falls_on_quarter_ends():
    found = read_timeframe("March 2015 and then quarterly")
    assert found.recurrence == Recurrence(3, MARCH)
    assert found.deadlines_near(date(2015, 1, 1), date(2016, 3, 31)) == (
        MARCH,
        JUNE,
        SEPTEMBER,
        DECEMBER,
        date(2016, 3, 31),
    )
    assert found.deadline_on(date(2015, 4, 1)) == JUNE
    assert found.deadline_on(date(2014, 1, 1)) == MARCH


@pytest.mark.parametrize(
    ("wording", "months"),
    [
        ("March 2015 then annually", 12),
        ("March 2015 and every year thereafter", 12),
        ("March 2015, quarterly thereafter", 3),
        ("March 2015 then monthly", 1),
        ("March 2015 and then half-yearly", 6),
        ("by March 2015 and then every 6 months", 6),
        ("March 2015 then six-monthly", 6),
        ("31 March 2015 and each quarter thereafter", 3),
    ],
)
def test_a_first_date_and_a_rhythm_recur(wording, months):
    found = read_timeframe(wording)
    assert (found.kind, found.form, found.deadlines) == (Kind.DATED, "recurring", (MARCH,))
    assert found.recurrence == Recurrence(months, MARCH)


@pytest.mark.parametrize(
    "wording",
    [
        "Annually in June",
        "June each year",
        "Each June",
        "Every June",
        "June annually",
        "Annually - June",
        "Every year by the end of June",
        "by 30 June each year",
        "Annually on 30 June",
        "Annually (June)",
    ],
)
def test_a_month_each_year_is_the_next_one(wording):
    found = read_timeframe(wording)
    assert (found.kind, found.form, found.deadlines, found.doubts) == (Kind.DATED, "recurring", (), ())
    assert found.deadline_on(date(2015, 1, 1)) == JUNE
    assert found.deadline_on(JUNE) == JUNE
    assert found.deadline_on(date(2015, 7, 1)) == date(2016, 6, 30)
    assert found.deadlines_near(date(2014, 7, 1), date(2016, 6, 30)) == (JUNE, date(2016, 6, 30))


def test_a_recurrence_in_february_keeps_to_the_end_of_the_month():
    near = read_timeframe("February each year").deadlines_near(date(2015, 1, 1), date(2016, 12, 31))
    assert near == (date(2015, 2, 28), date(2016, 2, 29))


def test_a_recurrence_from_a_day_within_a_month_keeps_that_day_where_there_is_one():
    near = read_timeframe("30 January 2015 and then monthly").deadlines_near(date(2015, 1, 1), date(2015, 4, 30))
    assert near == (date(2015, 1, 30), date(2015, 2, 28), date(2015, 3, 30), date(2015, 4, 30))


def test_a_recurrence_ends_with_the_calendar():
    assert read_timeframe("June each year").deadline_on(date.max) is None
    assert read_timeframe("March 2015 then annually").deadline_on(date.max) == MARCH


# --- Deadlines on a day ----------------------------------------------------------------------------------------------


def test_the_last_deadline_stays_when_all_have_passed():
    found = read_timeframe("March and September 2015")
    answers = [found.deadline_on(day) for day in (date(2015, 1, 1), MARCH, date(2015, 4, 1), date(2016, 1, 1))]
    assert answers == [MARCH, MARCH, SEPTEMBER, SEPTEMBER]


def test_deadlines_near_include_both_ends():
    found = read_timeframe("March, June and September 2015")
    assert found.deadlines_near(MARCH, JUNE) == (MARCH, JUNE)
    assert found.deadlines_near(date(2015, 4, 1), date(2015, 6, 29)) == ()


@pytest.mark.parametrize("cell", ["On-going", "TBC", "", "Spring 2015"])
def test_without_a_deadline_there_is_none_on_any_day(cell):
    found = read_timeframe(cell)
    assert (found.deadline_on(MARCH), found.deadlines_near(date.min, date.max)) == (None, ())


# --- What a board declares -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "form", "deadline"),
    [
        ("Within 6 months", "relative", date(2015, 5, 28)),
        ("3 months", "relative", date(2015, 2, 28)),
        ("within the next six months", "relative", date(2015, 5, 28)),
        ("Within 4 weeks", "relative", date(2014, 12, 26)),
        ("10 days", "relative", date(2014, 12, 8)),
        ("within a year", "relative", date(2015, 11, 28)),
        ("Immediate", "immediate", date(2014, 11, 28)),
        ("asap", "immediate", date(2014, 11, 28)),
        ("With immediate effect", "immediate", date(2014, 11, 28)),
    ],
)
def test_a_plan_date_is_what_relative_wordings_count_from(wording, form, deadline):
    found = read_timeframe(wording, DateReading(plan_date=date(2014, 11, 28)))
    assert (found.kind, found.form, found.deadlines, found.doubts) == (Kind.DATED, form, (deadline,), ())


def test_counting_months_from_a_plan_date_never_rolls_over_the_end_of_a_month():
    assert deadlines("Within 6 months", plan_date=date(2014, 8, 31)) == (date(2015, 2, 28),)
    assert deadlines("1 year", plan_date=date(2016, 2, 29)) == (date(2017, 2, 28),)


@pytest.mark.parametrize(
    "wording", ["Within 4 weeks of publication", "3-6 months", "10 working days", "Within 0 months"]
)
def test_a_plan_date_does_not_close_what_counts_from_something_else(wording):
    assert reason(wording, DateReading(plan_date=date(2014, 11, 28)))


@pytest.mark.parametrize("plan_date", [date.min, date.max])
@pytest.mark.parametrize("wording", ["Immediate", "Within 99 years", "Within 99 weeks"])
def test_a_plan_date_that_cannot_be_one_leaves_the_wording_unclear(plan_date, wording):
    assert "outside 2000 to 2099" in reason(wording, DateReading(plan_date=plan_date))


def test_a_count_that_leaves_the_century_is_unclear():
    assert "outside 2000 to 2099" in reason("99 years", DateReading(plan_date=date(2015, 1, 1)))


@pytest.mark.parametrize(
    ("wording", "form", "deadline"),
    [
        ("March", "month", date(2016, 3, 31)),
        ("15 March", "date", date(2016, 3, 15)),
        ("15-Mar", "date", date(2016, 3, 15)),
        ("by the end of June", "month", JUNE),
        ("Before April", "month", date(2016, 3, 31)),
        ("March 15th", "date", date(2016, 3, 15)),
        ("Jan - March", "range", date(2016, 3, 31)),
        ("Dec/Jan", "range", date(2016, 1, 31)),
    ],
)
def test_a_declared_period_gives_the_missing_year(wording, form, deadline):
    found = read_timeframe(wording, DateReading(period=PLAN_YEAR))
    assert (found.kind, found.form, found.deadlines) == (Kind.DATED, form, (deadline,))


@pytest.mark.parametrize("wording", ["March", "15 March", "June and March"])
def test_a_period_that_leaves_two_answers_gives_none(wording):
    assert "names no year" in reason(wording, DateReading(period=(date(2015, 1, 1), date(2017, 12, 31))))


def test_a_period_that_leaves_no_answer_gives_none():
    assert "names no year" in reason("March", DateReading(period=(date(2015, 4, 1), date(2015, 12, 31))))
    assert "names no year" in reason("31 June", DateReading(period=PLAN_YEAR))
    assert "names no year" in reason("March and September", DateReading(period=PLAN_YEAR))


def test_a_leap_day_lies_only_in_a_leap_year_of_the_period():
    assert deadlines("29 February", period=(date(2014, 1, 1), date(2017, 12, 31))) == (date(2016, 2, 29),)


@pytest.mark.parametrize(
    ("wording", "quarters", "deadline"),
    [
        ("Q3 2015", "calendar", SEPTEMBER),
        ("Q3 2015", "financial", DECEMBER),
        ("End of Q1 2015", "calendar", MARCH),
        ("End of Q1 2015", "financial", JUNE),
        ("by Quarter 4 2015", "calendar", DECEMBER),
        ("Q3 2015/16", "calendar", DECEMBER),
    ],
)
def test_declared_quarters_place_the_quarter_of_a_plain_year(wording, quarters, deadline):
    found = read_timeframe(wording, DateReading(quarters=quarters))
    assert (found.kind, found.form, found.deadlines) == (Kind.DATED, "quarter", (deadline,))


def test_the_fourth_financial_quarter_of_a_plain_year_needs_a_period_too():
    assert "January to March of 2015 or of 2016" in reason("Q4 2015", DateReading(quarters="financial"))
    assert deadlines("Q4 2015", quarters="financial", period=PLAN_YEAR) == (date(2016, 3, 31),)
    assert deadlines("Q4 2015", quarters="financial", period=(date(2014, 4, 1), MARCH)) == (MARCH,)


def test_a_quarter_without_a_year_needs_both_quarters_and_a_period():
    assert deadlines("Q3", quarters="financial", period=PLAN_YEAR) == (DECEMBER,)
    assert deadlines("End of Q4", quarters="financial", period=PLAN_YEAR) == (date(2016, 3, 31),)
    assert deadlines("Q3", quarters="calendar", period=PLAN_YEAR) == (SEPTEMBER,)
    assert "names no year" in reason("Q3", DateReading(quarters="financial"))
    assert "names no year" in reason("Q3", DateReading(period=PLAN_YEAR))
    assert "names no year" in reason(
        "Q3", DateReading(quarters="calendar", period=(date(2015, 1, 1), date(2017, 1, 1)))
    )


@pytest.mark.parametrize(
    "wording",
    [
        "Spring term 2015",
        "SPRING  TERM\u00a02015",
        "By the end of Spring Term 2015",
        "Spring term 2015*",
        "by springterm 2015",
    ],
)
def test_a_declared_term_ends_on_its_last_day(wording):
    found = read_timeframe(wording, DateReading(terms={"spring Term 2015": date(2015, 3, 27)}))
    assert (found.kind, found.form, found.deadlines, found.doubts) == (Kind.DATED, "term", (date(2015, 3, 27),), ())


def test_a_declared_term_says_nothing_about_another():
    reading = DateReading(terms={"Spring term 2015": date(2015, 3, 27)})
    assert reason("Summer term 2015", reading)
    assert reason("Spring term", reading)
    assert reason("Spring term 2015 or so", reading)


@pytest.mark.parametrize(
    ("wording", "believed"), [("March 2010", False), ("April 2010", True), ("March 2021", True), ("April 2021", False)]
)
def test_a_date_more_than_five_years_outside_the_period_is_unclear(wording, believed):
    reading = DateReading(period=PLAN_YEAR)
    assert bool(read_timeframe(wording, reading).deadlines) is believed
    if not believed:
        assert "more than five years outside the plan's period" in reason(wording, reading)


def test_a_period_that_ends_on_a_leap_day_is_no_stumbling_block():
    assert deadlines("28 February 2021", period=(date(2015, 1, 1), date(2016, 2, 29))) == (date(2021, 2, 28),)
    assert deadlines("1 March 2021", period=(date(2015, 1, 1), date(2016, 2, 29))) == ()


# --- Properties ------------------------------------------------------------------------------------------------------

WORDS = (
    *(
        "March",
        "Mar",
        "Sept",
        "june",
        "2015",
        "15",
        "'15",
        "2015/16",
        "15/16",
        "31",
        "31st",
        "31/03/15",
        "29 Feb",
        "31 June",
    ),
    *(
        "Q3",
        "quarter",
        "4",
        "FY",
        "financial",
        "year",
        "Tuesday",
        "5pm",
        "w/c",
        "LSCB",
        "meeting",
        "spring",
        "term",
        "Easter",
    ),
    *(
        "by",
        "end",
        "of",
        "the",
        "before",
        "mid",
        "late",
        "early",
        "from",
        "to",
        "until",
        "next",
        "following",
        "onwards",
    ),
    *("and", "or", "then", "each", "every", "quarterly", "annually", "ongoing", "review", "was", "now", "revised"),
    *("within", "6", "months", "weeks", "tbc", "n/a", "completed", "-", "/", ",", "(", ")", "&", ".", "*", ";"),
)
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda glue: glue.join(words))
)
readings = st.builds(
    DateReading,
    plan_date=st.none() | st.dates(),
    period=st.none() | st.tuples(st.dates(), st.dates()) | st.just(PLAN_YEAR),
    quarters=st.sampled_from([None, "financial", "calendar"]),
    terms=st.dictionaries(st.text(max_size=9) | phrases, st.dates(), max_size=2),
)


def is_consistent(found):
    promised = {
        Kind.DATED: bool(found.deadlines or found.recurrence) and "unclear-timeframe" not in codes(found),
        Kind.ONGOING: found.form == "ongoing" and not found.deadlines and not found.doubts,
        Kind.NONE: found.form == "missing" and not found.deadlines and not found.doubts,
        Kind.UNCLEAR: codes(found) == ["unclear-timeframe"] and not found.deadlines and not found.recurrence,
    }
    return promised[found.kind] and list(found.deadlines) == sorted(set(found.deadlines))


@given(st.text() | phrases, readings)
@example("\ud800", DateReading())
@example("March", DateReading(period=(date.min, date.max)))
@example("Q3 (Q3 (Q3 (", DateReading())
@unhurried
def test_any_text_is_read_or_doubted_and_never_raises(cell, reading):
    found = read_timeframe(cell, reading)
    assert is_consistent(found)
    assert found.wording in {cell, ""}


@given(phrases)
@unhurried
def test_a_word_too_many_makes_any_wording_unclear(wording):
    assert read_timeframe(f"{wording} xyz").kind is Kind.UNCLEAR


@given(phrases, readings, st.dates())
@unhurried
def test_the_deadline_on_a_day_is_the_next_one_or_else_the_last(wording, reading, today):
    found = read_timeframe(wording, reading)
    coming = found.deadlines_near(today, min(today, date.max - timedelta(days=800)) + timedelta(days=800))
    if coming:
        assert found.deadline_on(today) == coming[0]
    elif not found.recurrence:
        later = [day for day in found.deadlines if day >= today]
        assert found.deadline_on(today) == (min(later) if later else max(found.deadlines, default=None))


@given(days, st.integers(1, 36), st.dates())
@unhurried
def test_occurrences_are_whole_steps_of_months_apart_and_none_is_left_out(first, months, since):
    assume(since.year < 9990)
    rule = Recurrence(months, first)
    occurrences = [day for day, _ in zip(rule.since(since), range(4), strict=False)]
    assert all(day >= max(first, since) for day in occurrences)
    steps = [(day.year - first.year) * 12 + day.month - first.month for day in occurrences]
    assert steps == list(range(steps[0], steps[0] + 4 * months, months))
    assert steps[0] % months == 0
    if steps[0]:
        before = next(rule.since(max(first, date(occurrences[0].year - 4, 1, 1))))
        assert before < occurrences[0]
        assert all(
            day in occurrences or day < since
            for day in Timeframe("", Kind.DATED, "", (), rule).deadlines_near(before, since)
        )


def suffix(day):
    return "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


@given(days)
@unhurried
def test_every_day_reads_back_from_each_british_way_of_writing_it(day):
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    for wording in (
        f"{day:%d/%m/%Y}",
        f"{day:%d/%m/%y}",
        f"{day:%d.%m.%y}",
        f"{day:%d-%m-%Y}",
        day.isoformat(),
        f"{day} 00:00:00",
        f"{day.day} {month} {day.year}",
        f"{day.day}{suffix(day.day)} {month} {day.year}",
        f"{day.day}-{month[:3]}-{day:%y}",
        f"{weekday} {day.day} {month} {day.year}",
        f"{weekday[:3]} {day.day} {month[:3]} '{day:%y}",
        f"by {month} {day.day}{suffix(day.day)}, {day.year}",
    ):
        found = read_timeframe(wording)
        assert (found.form, found.deadlines, found.doubts) == ("date", (day,), ())


@given(days)
@unhurried
def test_every_month_reads_as_its_last_day(day):
    month, last = MONTHS[day.month - 1], day.replace(day=monthrange(day.year, day.month)[1])
    for wording in (
        f"{month} {day.year}",
        f"{month[:3]}-{day:%y}",
        f"{month[:3]} '{day:%y}",
        f"{day:%m/%Y}",
        f"By end of {month} {day.year}",
    ):
        assert deadlines(wording) == (last,)


@given(days)
@unhurried
def test_every_other_weekday_than_the_true_one_is_reported(day):
    for weekday in set(WEEKDAYS) - {WEEKDAYS[day.weekday()]}:
        assert codes(read_timeframe(f"{weekday} {day:%d/%m/%Y}")) == ["wrong-weekday"]


# --- Speed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    ["a", "-", "1-", " to ", "1 and ", "March 2015 - ", "March, ", "(a)", "Q3 (", "was now ", "end of ", "Jan/"],
)
def test_a_tiresome_cell_is_refused_at_once(piece):
    reading = DateReading(plan_date=MARCH, period=(date(2000, 1, 1), date(2099, 12, 31)), quarters="financial")
    short, long = (piece * 200)[:199], piece * 10_000
    started = perf_counter()
    assert {read_timeframe(short, reading).kind, read_timeframe(long, reading).kind} == {Kind.UNCLEAR}
    assert perf_counter() - started < 0.5


# --- Bounds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "month"),
    [
        *(("one", 2), ("two", 3), ("three", 4), ("four", 5), ("five", 6), ("six", 7)),
        *(("seven", 8), ("eight", 9), ("nine", 10), ("ten", 11), ("eleven", 12)),
    ],
)
def test_a_number_in_words_counts_from_the_day_of_the_plan(word, month):
    assert deadlines(f"Within {word} months", plan_date=date(2015, 1, 15)) == (date(2015, month, 15),)


def test_twelve_months_are_a_year():
    for wording in ("Within twelve months", "Within a year", "Within 12 months"):
        assert deadlines(wording, plan_date=date(2015, 1, 15)) == (date(2016, 1, 15),)


@pytest.mark.parametrize(
    ("wording", "deadline"),
    [
        ("Before FY 2015/16", date(2015, 3, 31)),
        ("Before calendar year 2015", date(2014, 12, 31)),
        ("Before Q1 2015/16", date(2015, 3, 31)),
        ("Before Q3 2015/16", date(2015, 9, 30)),
        ("Before Q4 2015/16", date(2015, 12, 31)),
        ("Before March 2015", date(2015, 2, 28)),
        ("Before 1 March 2015", date(2015, 2, 28)),
    ],
)
def test_before_a_stretch_of_time_is_the_day_that_it_does_not_reach(wording, deadline):
    assert deadlines(wording) == (deadline,)


def test_only_a_number_that_could_be_the_months_last_days_leaves_a_doubt_over_a_short_year():
    assert deadlines("March 29") == (date(2029, 3, 31),)
    assert reason("March 30").startswith("cannot read a deadline from 'March 30': it may be 30 March or March 2030")
    assert "it may be 31 March or March 2031" in reason("March 31")
    assert deadlines("March 32") == (date(2032, 3, 31),)
    assert deadlines("February 27") == (date(2027, 2, 28),)
    assert "it may be 28 February or February 2028" in reason("February 28")


def test_a_day_that_does_not_exist_is_told_with_its_month():
    assert reason("31 February 2015").endswith(
        "there is no such day as 31 February 2015; write it as a day there is, or as 'February 2015'"
    )
    assert "there is no such day as 0 March 2015" in reason("0 March 2015")


def test_a_doubt_shows_sixty_characters_of_a_cell():
    assert f"'{'x' * 60}'" in reason("x" * 60)
    assert f"'{'x' * 59}\N{HORIZONTAL ELLIPSIS}'" in reason("x" * 61)


def test_a_count_from_a_plan_of_another_century_keeps_its_form():
    found = read_timeframe("Within 6 months", DateReading(plan_date=date(1999, 1, 1)))
    assert (found.kind, found.form) == (Kind.UNCLEAR, "relative")


@pytest.mark.parametrize(
    ("wording", "form"),
    [
        ("Early March 2015", "unclear"),
        ("From March 2015", "start"),
        ("March 2015 onwards", "start"),
        ("Completed March 2015", "done"),
        ("In progress", "unclear"),
        ("Biannual", "recurring"),
        ("Quarterly", "recurring"),
        ("Within 6 months of approval", "relative"),
        ("Spring term 2015", "term"),
        ("Summer 2015", "season"),
        ("Easter 2015", "event"),
        ("After the inspection", "event"),
        ("2015", "unclear"),
        ("2015 to 2016", "unclear"),
        ("3/15", "unclear"),
        ("March 20155", "unclear"),
        ("Mawrth 2015", "unclear"),
    ],
)
def test_what_is_understood_and_no_deadline_has_its_form_and_a_reason_of_its_own(wording, form):
    assert read_timeframe(wording).form == form
    assert reason(wording).startswith(f"cannot read a deadline from '{wording}': ")


@pytest.mark.parametrize(
    ("ordinals", "deadline"),
    [
        (("First", "1st", "Q1 -", "Qtr 1"), date(2015, 6, 30)),
        (("Second", "2nd", "Q2 -", "Qtr 2"), date(2015, 9, 30)),
        (("Third", "3rd", "Q3 -", "Qtr 3"), date(2015, 12, 31)),
        (("Fourth", "4th", "Q4 -", "Qtr 4"), date(2016, 3, 31)),
    ],
)
def test_a_quarter_may_be_counted_in_any_way(ordinals, deadline):
    word, figure, *others = ordinals
    for quarter in (f"{word} quarter", f"{figure} quarter", *others):
        assert deadlines(f"{quarter} 2015/16") == (deadline,)


def test_a_term_whose_last_day_is_declared_is_of_the_form_term():
    terms = {"Spring term 2015": date(2015, 3, 27)}
    found = read_timeframe("By the end of spring term 2015", DateReading(terms=terms))
    assert (found.kind, found.form, found.deadlines) == (Kind.DATED, "term", (date(2015, 3, 27),))


@pytest.mark.parametrize("note", ["Summer 2015", "Spring term 2015", "after the inspection"])
def test_words_in_brackets_that_name_no_day_are_left_aside(note):
    found = read_timeframe(f"March 2015 ({note})")
    assert (found.kind, found.deadlines, codes(found)) == (Kind.DATED, (MARCH,), ["timeframe-note"])


def test_a_year_no_plan_can_mean_is_told():
    assert "the year 1999 is outside 2000 to 2099" in reason("March 1999")
    assert "the year 2100 is outside 2000 to 2099" in reason("March 2100")


def test_a_declared_term_may_be_called_by_all_that_stands_in_the_cell():
    assert deadlines("End of term", terms={"End of term": date(2015, 3, 27)}) == (date(2015, 3, 27),)


def test_a_revised_date_is_told_with_the_one_it_replaces_where_the_cell_names_it():
    said = "31 July 2015 was used, the revised date"
    (doubt,) = read_timeframe("July 2015 (revised from March 2015)").doubts
    assert doubt.message == f"{said}, not March 2015; leave it alone in the cell"
    (doubt,) = read_timeframe("Revised date: July 2015").doubts
    assert doubt.message == f"{said}; leave it alone in the cell"


@pytest.mark.parametrize(
    ("wording", "believed"),
    [("1 April 2010", True), ("31 March 2010", False), ("31 March 2021", True), ("1 April 2021", False)],
)
def test_five_years_outside_the_plans_period_are_believed_to_the_day(wording, believed):
    found = read_timeframe(wording, DateReading(period=PLAN_YEAR))
    assert (found.kind is Kind.DATED) == believed


@pytest.mark.parametrize(("quarter", "instead"), [("Q3 2015", "Q3 2015/16"), ("Q1 2009", "Q1 2009/10")])
def test_a_quarter_of_a_plain_year_is_asked_for_with_both_years(quarter, instead):
    assert reason(quarter).endswith(f"write it as '{instead}', or as the month it ends in")


def test_the_second_half_of_a_financial_year_has_two_digits():
    assert "write it as 'Q3 2099/00', or" in reason("Q3 2099")
