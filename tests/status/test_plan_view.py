from datetime import date

import pytest

from reminders.status.plan_view import Look, overdue, themes_of
from tests.builders import a_row
from tests.core.builders import a_policy, a_table, a_written_plan, understood

TODAY = date(2015, 3, 2)


def the_action(**cells):
    ((theme,)) = themes_of(understood(a_row(**cells)), a_policy(), TODAY)
    return theme.actions[0]


@pytest.mark.parametrize(
    ("cells", "look", "late"),
    [
        ({"timeframe": "May 2015"}, Look.BLANK, None),
        ({"timeframe": "January 2015"}, Look.BLANK, "31 days overdue"),
        ({"timeframe": "January 2015", "progress": "Work has begun"}, Look.RECORDED, "31 days overdue"),
        ({"timeframe": "January 2015", "progress": "Complete"}, Look.COMPLETE, None),
        ({"timeframe": "2 March 2015"}, Look.BLANK, None),
        ({"timeframe": "On-going"}, Look.BLANK, None),
    ],
    ids=["blank", "overdue", "recorded", "complete", "due today", "no date"],
)
def test_an_action_shows_how_it_stands(cells, look, late):
    action = the_action(**cells)
    assert (action.look, action.late_by) == (look, late)


@pytest.mark.parametrize(
    ("timeframe", "due"), [("January 2015", "30 January 2015"), ("On-going", "On-going"), (None, "No date")]
)
def test_an_action_shows_its_due_by_date_or_the_plans_wording(timeframe, due):
    assert the_action(timeframe=timeframe).due == due


def test_an_action_without_ref_or_lead_is_shown_too():
    action = the_action(ref=None, lead=None, action=None)
    assert (action.ref, action.leads, action.text) == (
        "no ref",
        "Nobody",
        "Health needs are met within prescribed timescales",
    )


def test_a_heading_that_comes_twice_is_one_theme():
    written = a_written_plan(a_table(a_row("1.1"), number=1), a_table(a_row("1.2"), number=1))
    themes = themes_of(understood(written), a_policy(), TODAY)
    assert [[action.ref for action in theme.actions] for theme in themes] == [["1.1", "1.2"]]


def test_the_longest_overdue_comes_first():
    plan = understood(a_row("1.1", timeframe="27 February 2015"), a_row("1.2", timeframe="30 January 2015"))
    assert [action.ref for action in overdue(themes_of(plan, a_policy(), TODAY))] == ["1.2", "1.1"]
