import json

from hypothesis import given

from reminders.core.plan import as_data, from_data
from tests.core.builders import PLANS, the_written_plan


@given(PLANS)
def test_a_plan_comes_back_from_plain_data(written):
    assert from_data(json.loads(json.dumps(as_data(written)))) == written


def test_the_boards_plan_comes_back_from_plain_data():
    again = from_data(json.loads(json.dumps(as_data(the_written_plan()))))
    assert again == the_written_plan()
