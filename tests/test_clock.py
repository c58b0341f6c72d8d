from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from reminders.clock import real_clock, shifted_clock

EIGHT_IN_LONDON = datetime(2015, 7, 2, 8, tzinfo=ZoneInfo("Europe/London"))
A_WHILE = timedelta(seconds=30)


def test_the_real_clock_reads_utc_and_never_goes_back():
    first, second = real_clock(), real_clock()
    assert first <= second
    assert first.tzinfo is UTC


def test_a_shifted_clock_starts_where_it_was_set_and_reads_utc():
    now = shifted_clock(EIGHT_IN_LONDON)()
    assert timedelta(0) <= now - EIGHT_IN_LONDON < A_WHILE
    assert (now.tzinfo, now.hour) == (UTC, 7)


def test_a_shifted_clock_runs_at_the_real_pace():
    clock = shifted_clock(EIGHT_IN_LONDON)
    before = real_clock() - clock()
    assert abs(before - (real_clock() - clock())) < A_WHILE
    assert clock() <= clock()


def test_a_clock_may_be_shifted_ahead_too():
    ahead = real_clock() + timedelta(days=1000)
    assert timedelta(0) <= shifted_clock(ahead)() - ahead < A_WHILE
