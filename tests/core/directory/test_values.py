from datetime import date

import pytest

from tests.builders import a_person

TODAY = date(2015, 2, 9)
FEBRUARY = ((date(2015, 2, 1), date(2015, 2, 14)),)


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        pytest.param((), None, id="never"),
        pytest.param(((date(2015, 2, 10), date(2015, 2, 14)),), None, id="not yet"),
        pytest.param(FEBRUARY, date(2015, 2, 14), id="once"),
        pytest.param(
            ((date(2015, 2, 15), date(2015, 2, 20)), *FEBRUARY), date(2015, 2, 20), id="two, one right after the other"
        ),
        pytest.param(
            ((date(2015, 2, 10), date(2015, 2, 20)), *FEBRUARY), date(2015, 2, 20), id="two that share some days"
        ),
        pytest.param(((date(2015, 2, 8), date(2015, 2, 10)), *FEBRUARY), date(2015, 2, 14), id="one inside the other"),
        pytest.param(
            ((date(2015, 2, 16), date(2015, 2, 20)), *FEBRUARY), date(2015, 2, 14), id="two with a day between"
        ),
    ],
)
def test_absences_that_touch_are_one(away, expected):
    assert a_person(away=away).away_until(TODAY) == expected
