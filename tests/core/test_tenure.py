import json
from datetime import date

import pytest

from reminders.core.digest import History
from reminders.core.directory import Directory
from reminders.core.notices import gather_notices
from reminders.core.policy import Audience
from tests.builders import BOARD, a_person, a_row
from tests.core.builders import a_policy, agenda_on, understood
from tests.core.digest.drawn import drawn

FIRST, SECOND, THIRD = date(2015, 1, 5), date(2015, 1, 12), date(2015, 1, 19)
DUE = "23 January 2015"


def facts_on(day, lead, before=None):
    """Return what a digest keeps, as it comes back out of the ledger."""
    digest = drawn(a_row("1.1", lead=lead, timeframe=DUE), today=day, history=History(facts=before))
    return json.loads(json.dumps(digest.facts))


def told_to(person, facts, lead="M Evans", directory=None, today=date(2015, 1, 16)):
    plan = understood(a_row("1.1", lead=lead, timeframe=DUE), directory=directory)
    agenda = agenda_on(today, plan, directory, a_policy())
    notices = gather_notices(agenda, plan, board=BOARD, audience=Audience.LIVE, keys={}, facts=facts)
    (item,) = next(notice for notice in notices if notice.to.person == person).items
    return item.new_words


def test_who_leads_an_action_only_since_the_last_digest_is_told_so():
    assert told_to("M Evans", facts_on(SECOND, "I Mundy")) == "This action became yours after 12 January 2015."


def test_a_later_digest_keeps_since_when():
    facts = facts_on(SECOND, "M Evans", before=facts_on(FIRST, "I Mundy"))
    assert told_to("M Evans", facts_on(THIRD, "M Evans", before=facts)) == (
        "This action became yours after 5 January 2015."
    )


def test_a_lead_who_joins_is_told_and_the_one_who_stays_is_not():
    facts = facts_on(SECOND, "I Mundy")
    assert told_to("M Evans", facts, lead="M Evans/ I Mundy") == "This action became yours after 12 January 2015."
    assert told_to("I Mundy", facts, lead="M Evans/ I Mundy") is None


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(None, id="no digest yet"),
        pytest.param({"blank": [], "overdue": [], "complete": []}, id="a digest of an older release"),
        pytest.param({"day": "2015-01-12", "leads": {}}, id="the action is new as well"),
        pytest.param(facts_on(SECOND, "M Evans"), id="led it then"),
    ],
)
def test_nothing_is_news_where_nothing_is_known_to_have_changed(facts):
    assert told_to("M Evans", facts) is None


def test_a_deputy_is_not_told_that_the_action_became_theirs(directory_with_a_deputy):
    assert told_to("I Mundy", facts_on(SECOND, "I Mundy"), directory=directory_with_a_deputy) is None


def test_a_digest_keeps_no_name():
    assert "Evans" not in json.dumps(facts_on(SECOND, "M Evans")["leads"])


@pytest.fixture
def directory_with_a_deputy():
    away = ((date(2015, 1, 1), date(2015, 2, 28)),)
    return Directory([a_person("M Evans", deputy="I Mundy", away=away), a_person("I Mundy")], ())
