"""The small forms of the proofs that need nothing but Python and the PostgreSQL of the tests."""

from datetime import date

import pytest

from tests.proofs import calendar, random_histories, replicas, soak
from tests.proofs.broken import VARIANTS
from tests.proofs.oracle import Row, deadline_of, owed, reminders

SEED = 20150102
# Where a violation is near, so that the search is short; `--teeth` finds others.
TEETH = {
    "ledger after send": 20150105,
    "lease of nothing": 20150116,
    "fence ignored": 20150125,
    "header as envelope": 20150116,
    "corrupt ledger recreated": 20150146,
}


def test_random_histories_break_no_invariant():
    lives = [random_histories.lived(None, seed) for seed in range(SEED, SEED + 8)]
    assert [each for life in lives for each in life.wrong] == []
    assert sum(life.mails for life in lives) > 20


def test_a_history_is_drawn_from_its_seed_alone():
    assert random_histories.lived(None, SEED) == random_histories.lived(None, SEED)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_service_broken_on_purpose_is_seen(variant):
    assert random_histories.first_violation(variant, TEETH[variant], rounds=60)


def test_the_days_around_a_leap_day_and_a_clock_change_go_as_the_oracle_says(capsys):
    assert calendar.main(["--from", "2016-02-15", "--to", "2016-04-05", "--zones", "Pacific/Auckland"]) == 0
    assert "2016-02-15 to 2016-04-05" in capsys.readouterr().out


def test_a_mail_that_the_program_does_not_send_is_a_difference():
    owed_mail = {("2015-01-02T08:00:00+00:00", "m.evans@westberks.example"): ("1.1",)}
    assert len([*calendar.differences("UTC", {}, owed_mail)]) == 1


def test_a_second_process_is_refused_on_sqlite(tmp_path):
    assert sorted(replicas.refused_on_sqlite(tmp_path, workers=2)) == [0, 75]


def test_a_process_that_overslept_its_lease_sends_nothing(tmp_path, server):
    assert replicas.overslept(tmp_path, server) == (3, 3)


def test_workers_share_a_ledger_and_one_that_is_killed_loses_nothing(tmp_path, server):
    figures, wrong = replicas.shared(tmp_path, server, mails=60, kills=2, workers=2)
    assert wrong == []
    assert (figures["missing"], figures["stuck"]) == (0, 0)


def test_memory_and_open_files_stay_flat(capsys):
    assert soak.main(["--days", "30"]) == 0
    assert "open files" in capsys.readouterr().out


# The oracle itself, against the policy's own examples.


@pytest.mark.parametrize(
    ("wording", "day"),
    [("January 2015", "2015-01-31"), ("February 2016", "2016-02-29"), ("6 April 2015", "2015-04-06"), ("Soon", "None")],
)
def test_the_oracle_reads_a_deadline(wording, day):
    assert str(deadline_of(wording)) == day


def test_the_oracle_moves_reminders_off_weekends_and_holidays():
    days = {each.offset: str(each.day) for each in reminders([Row("1.1", ("M Evans",), "January 2015")])}
    assert days[-28] == "2015-01-02"
    assert days[0] == "2015-01-30"
    easter = {each.offset: str(each.day) for each in reminders([Row("1.1", ("M Evans",), "6 April 2015")])}
    assert easter[0] == "2015-04-02"
    assert easter[28] == "2015-04-30"


def test_the_oracle_owes_the_newest_offset_until_it_lapses():
    rows = [Row("1.1", ("M Evans",), "30 January 2015")]
    assert [each.offset for each in owed(rows, date(2015, 1, 17))] == [-14]
    assert [each.offset for each in owed(rows, date(2015, 3, 13))] == [28]
    assert [*owed(rows, date(2015, 3, 14))] == []
