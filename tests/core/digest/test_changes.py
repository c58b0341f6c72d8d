from datetime import date

import pytest

from reminders.core.digest import Change, History
from tests.builders import a_row
from tests.core.builders import understood
from tests.core.digest.drawn import digest_of, drawn, refs


def test_what_was_closed_since_the_last_digest_is_listed():
    plan = understood(
        *[a_row("1.1", progress="Complete"), a_row("1.2", progress="Done"), a_row("1.3")],
        a_row(None, progress="Closed", action="Train"),
    )
    history = History(facts={"complete": ["1.1"]})
    assert refs(digest_of(plan, history=history).closed) == ["1.2", "“Train”"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(None, [], id="no digest before"),
        pytest.param({}, ["1.1"], id="a digest that kept no facts"),
        pytest.param({"complete": []}, ["1.1"], id="nothing complete then"),
    ],
)
def test_the_first_digest_lists_nothing_as_closed(facts, expected):
    assert refs(drawn(a_row("1.1", progress="Complete"), history=History(facts=facts)).closed) == expected


def test_a_digests_facts_are_what_the_next_one_compares_with():
    rows = [a_row("1.1"), a_row("1.2", progress="Started"), a_row("1.3", progress="Complete"), a_row(None)]
    digest = drawn(*rows, a_row("1.4", timeframe="July 2015"))
    told = {what: digest.facts[what] for what in ("day", "blank", "overdue", "complete")}
    assert told == {"day": "2015-02-09", "blank": ["1.1", "1.4"], "overdue": ["1.1", "1.2"], "complete": ["1.3"]}
    again = drawn(*rows[:2], a_row("1.4", progress="Complete"), rows[2], history=History(facts=digest.facts))
    assert refs(again.closed) == ["1.4"]


def test_what_changed_since_the_last_digest_is_told_by_ref():
    before = drawn(
        a_row("1.1"),
        a_row("1.2", timeframe="July 2015"),
        a_row("1.3", timeframe="July 2015", progress="Started"),
        a_row("1.4", timeframe="13 February 2015"),
    )
    after = drawn(
        a_row("1.1", progress="Started"),
        a_row("1.2", timeframe="July 2015", progress="Complete"),
        a_row("1.3", timeframe="July 2015"),
        a_row("1.4", timeframe="13 February 2015"),
        a_row("1.5", timeframe="July 2015"),
        today=date(2015, 2, 16),
        history=History(facts=before.facts),
    )

    assert after.changes == (
        Change("Progress filled in", ("1.1", "1.2")),
        Change("Newly blank", ("1.3", "1.5")),
        Change("Newly overdue", ("1.4",)),
    )


def test_a_row_that_left_the_plan_was_not_filled_in():
    before = drawn(a_row("1.1"), a_row("1.2"))

    assert drawn(a_row("1.2"), history=History(facts=before.facts)).changes == ()


def test_the_first_digest_has_nothing_to_compare_with():
    assert drawn(a_row()).changes is None
