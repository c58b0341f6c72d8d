from datetime import date, datetime, time, timedelta

import pytest

from reminders.sources.excel_cells import shown


@pytest.mark.parametrize(
    ("number_format", "text"),
    [
        ("mmm-yy", "March 2015"),
        ("mmmm yyyy", "March 2015"),
        ("[$-809]mmmm yyyy;@", "March 2015"),
        ("yyyy-mm", "March 2015"),
        ("mm/yyyy", "March 2015"),
        ('mmm" d "yy', "March 2015"),
        ("mmmm", "March 2015"),
        ("dd/mm/yyyy", "1 March 2015"),
        ("mm-dd-yy", "1 March 2015"),
        ("[$-F800]dddd, mmmm dd, yyyy", "1 March 2015"),
        ("d-mmm", "1 March 2015"),
        ("yyyy-mm-dd h:mm", "1 March 2015"),
        ("D MMMM YYYY", "1 March 2015"),
        ("yyyy", "2015"),
        ("h:mm", "09:30"),
        ("mm:ss", "09:30"),
    ],
)
def test_a_date_is_written_with_a_day_where_its_format_shows_one(number_format, text):
    assert shown(datetime(2015, 3, 1, 9, 30), number_format) == text  # noqa: DTZ001 - Excel knows no time zone


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (date(2015, 3, 31), "yyyy-mm-dd", "31 March 2015"),
        (date(2015, 3, 31), "h:mm", "31 March 2015"),
        (time(9, 30), "h:mm", "09:30"),
        (time(0, 0), "mmm-yy", "0 January 1900"),
        (time(0, 0), "h:mm", "00:00"),
        (timedelta(hours=26, minutes=5), "[h]:mm", "26:05"),
        (timedelta(minutes=-90), "[h]:mm", "-1:30"),
    ],
)
def test_other_moments_and_durations_are_written_plainly(value, number_format, text):
    assert shown(value, number_format) == text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        pytest.param(1.1, "0.00", "1.10", id="a ref with two places"),
        pytest.param(1.1, "General", "1.1", id="a ref as typed"),
        pytest.param(1.0, "General", "1", id="no place after a whole number"),
        pytest.param(139, "General", "139", id="a whole number"),
        pytest.param(0.1 + 0.2, "General", "0.3", id="no dust of binary numbers"),
        pytest.param(0.5, "0%", "50%", id="percent"),
        pytest.param(0.125, "0.0%", "12.5%", id="percent with a place"),
        pytest.param(7, "000", "007", id="leading noughts"),
        pytest.param(12345.6, "#,##0.00", "12,345.60", id="thousands"),
        pytest.param(3, '"Rec "0', "Rec 3", id="words before"),
        pytest.param(3, r"\R0", "R3", id="a letter before"),
        pytest.param(3, '"No. 0 "0', "No. 0 3", id="a nought among the words"),
        pytest.param(4, '0" of 10;";-0', "4 of 10;", id="words after, a semicolon later"),
        pytest.param(-5, "0", "-5", id="minus"),
        pytest.param(-5, "0;(0)", "(5)", id="brackets for minus"),
        pytest.param(0, '0;-0;"none"', "0", id="no digits: as a number"),
        pytest.param(5, "[Red]0_);[Blue](0)", "5", id="colours and widths"),
        pytest.param(5, "* 0", "5", id="filling"),
        pytest.param(1500.0, "0.00E+00", "1500", id="powers of ten as a number"),
        pytest.param(1.5, "# ?/?", "1.5", id="fractions as a number"),
        pytest.param(1e20, "General", "1e+20", id="huge"),
        pytest.param(float("inf"), "0", "#NUM!", id="endless"),
        pytest.param(5, "", "5", id="no format"),
        pytest.param(5, "@", "5", id="text format"),
        pytest.param(5, ";;;", "5", id="a hidden number"),
        pytest.param(True, "General", "TRUE", id="yes"),
        pytest.param(False, "0", "FALSE", id="no"),
        pytest.param(None, "General", "", id="blank"),
    ],
)
def test_a_number_is_written_as_its_format_shows_it(value, number_format, text):
    assert shown(value, number_format) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2015-03-31", "2015-03-31"),
        ("007", "007"),
        ("=1+1", "=1+1"),
        ("<b>{{ x }}</b>", "<b>{{ x }}</b>"),
        ("a_x000D_b_x0000_c", "a\rb\0c"),
        ("_xD83D_", "_xD83D_"),
        ("snake_xcase_x", "snake_xcase_x"),
    ],
)
def test_text_stays_text(value, text):
    assert shown(value, "mmm-yy") == text
