from dataclasses import replace

import pytest

from reminders.cli.judging import unknown_holidays
from reminders.settings import Settings, WorkingDaysSettings


@pytest.mark.parametrize(
    ("country", "subdivision", "key", "to_write"),
    [
        ("XX", None, "working_days.country", "read 'XX', whose bank holidays are not known; write the two letters"),
        ("GB", "ZZZ", "working_days.subdivision", "no part of GB; write one of ENG, NIR, SCT, WLS, or null"),
        ("IS", "ENG", "working_days.subdivision", "read 'ENG', which is no part of IS; write null"),
    ],
)
def test_bank_holidays_that_nobody_knows_are_a_mistake_of_the_settings(country, subdivision, key, to_write):
    (clash,) = unknown_holidays(replace(Settings(), working_days=WorkingDaysSettings(country, subdivision)))
    assert clash.key == key
    assert to_write in clash.text


def test_englands_bank_holidays_are_known():
    assert list(unknown_holidays(Settings())) == []
