import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.plan import keep_ids, with_ids
from tests.builders import a_row
from tests.core.builders import a_table, a_written_plan, understood


def ids(*rows):
    return [action.id for action in understood(a_table(*rows)).actions]


# Ids


def test_a_ref_used_once_is_the_id():
    assert ids(a_row("1.1"), a_row("1.2")) == ["1.1", "1.2"]


def test_a_ref_used_in_two_themes_takes_the_themes_number():
    plan = understood(a_written_plan(a_table(a_row("1"), number=1), a_table(a_row("1"), a_row("2"), number=2)))
    assert [action.id for action in plan.actions] == ["1@1", "1@2", "2"]


def test_a_row_is_known_by_the_letters_and_digits_of_its_action_where_its_ref_is_not_its_own():
    assert ids(a_row("1.1", action="Audit: MAPPA cases!"), a_row("1.1", action="Train")) == [
        "~33832bc16b7a",
        "~116f54c41d04",
    ]
    assert ids(a_row(None, action="AUDIT mappa-cases")) == ids(a_row(None, action="Audit: MAPPA cases!"))


def test_rows_alike_are_numbered():
    first, *others = ids(a_row(None), a_row(None, lead="I Mundy"), a_row(None))
    assert others == [f"{first}-2", f"{first}-3"]


@given(st.lists(st.sampled_from([None, "1", "1@1", "1@2", "2", "~e3b0c44298fc", "~e3b0c44298fc-2"]), max_size=12))
def test_ids_are_unique_whatever_the_refs(refs):
    tables = [
        a_table(*(a_row(ref, action=None) for ref in half), number=place)
        for place, half in ((1, refs[:6]), (2, refs[6:]))
    ]
    found = [action.id for action in understood(a_written_plan(*tables)).actions]
    assert len(set(found)) == len(refs)


# Ids kept from one reading to the next


def reread(good, *rows):
    return keep_ids(understood(a_table(*rows)), good)


def said(*texts):
    return [a_row(None, action=text) for text in texts]


def test_a_row_without_a_ref_keeps_its_id_when_it_is_reworded_between_the_same_neighbours():
    good = understood(a_table(*said("Audit", "Train", "Survey")))
    again = reread(good, *said("Audit", "Train all staff", "Survey"))
    assert [action.id for action in again.actions] == [action.id for action in good.actions]
    assert again.actions[1].row.action == "Train all staff"


@pytest.mark.parametrize("place", [0, 2])
def test_the_first_and_the_last_row_are_kept_too(place):
    texts = ["Audit", "Train", "Survey"]
    good = understood(a_table(*said(*texts)))
    again = reread(good, *said(*texts[:place], "Else", *texts[place + 1 :]))
    assert [action.id for action in again.actions] == [action.id for action in good.actions]


def test_two_rows_reworded_side_by_side_are_new():
    good = understood(a_table(*said("Audit", "Train", "Survey")))
    again = reread(good, *said("Else", "More", "Survey"))
    assert [action.id for action in again.actions] == ids(*said("Else", "More", "Survey"))


def test_a_row_put_in_or_taken_out_beside_a_reworded_one_leaves_doubt_and_makes_it_new():
    good = understood(a_table(*said("Audit", "Train", "Survey")))
    for texts in (["Audit", "Else", "More", "Survey"], ["Else", "Survey"], ["Audit", "Train", "Else", "Survey"]):
        assert [action.id for action in reread(good, *said(*texts)).actions] == ids(*said(*texts))


def test_a_ref_of_its_own_is_the_id_whatever_stood_there_before():
    good = understood(a_table(a_row("1.1"), a_row("1.2"), a_row("1.3")))
    again = reread(good, a_row("1.1"), a_row("1.4"), a_row("1.3"))
    assert [action.id for action in again.actions] == ["1.1", "1.4", "1.3"]


def test_a_row_that_lost_its_ref_keeps_the_id_it_had():
    good = understood(a_table(a_row("1.1"), a_row("1.2"), a_row("1.3")))
    again = reread(good, a_row("1.1"), a_row(None), a_row("1.3"))
    assert [action.id for action in again.actions] == ["1.1", "1.2", "1.3"]


def test_a_row_keeps_its_id_through_rewordings_of_its_neighbour():
    good = understood(a_table(*said("Audit", "Train", "Survey", "Report")))
    once = reread(good, *said("Audit", "Train all", "Survey", "Report"))
    twice = reread(once, *said("Audit", "Train all", "Survey all", "Report"))
    without = reread(twice, *said("Train all", "Survey all", "Report"))
    first, second, third, fourth = (action.id for action in good.actions)
    assert [action.id for action in twice.actions] == [first, second, third, fourth]
    assert [action.id for action in without.actions] == [second, third, fourth]


@given(st.lists(st.integers(0, 4), max_size=12))
def test_a_plan_reworded_one_row_at_a_time_never_gets_a_new_action(places):
    texts = ["Audit", "Train", "Survey", "Report", "Review"]
    plan = understood(a_table(*said(*texts)))
    before = [action.id for action in plan.actions]
    for number, place in enumerate(places):
        texts[place] = f"Reworded for the {number} time"
        plan = reread(plan, *said(*texts))
    assert [action.id for action in plan.actions] == before


@given(
    st.lists(st.sampled_from("ABCDEF"), max_size=8),
    st.lists(st.lists(st.sampled_from("ABCDEF"), max_size=8), max_size=4),
)
def test_ids_stay_unique_from_reading_to_reading(first, others):
    plan = understood(a_table(*said(*first)))
    for texts in others:
        plan = reread(plan, *said(*texts))
        assert len({action.id for action in plan.actions}) == len(plan.actions)


def test_a_row_with_the_old_words_takes_the_id_from_the_one_reworded():
    good = understood(a_table(*said("Audit", "Train", "Survey")))
    once = reread(good, *said("Audit", "Train all", "Survey"))
    again = reread(once, *said("Audit", "Train all", "Survey", "Train"))
    assert [action.id for action in again.actions] == ids(*said("Audit", "Train all", "Survey", "Train"))


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([a_row("1.1"), a_row("1.1", action="Else"), a_row("1.2")], id="right below"),
        pytest.param([a_row("1.1"), a_row("1.2"), a_row("1.1", action="Else")], id="elsewhere"),
        pytest.param([a_row("1.1"), a_row("1.1"), a_row("1.2")], id="a mere copy"),
    ],
)
def test_a_row_keeps_its_id_when_its_ref_is_given_to_a_second_one(rows):
    again = reread(understood(a_table(a_row("1.1"), a_row("1.2"))), *rows)
    found = [action.id for action in again.actions]
    assert found[0] == "1.1"
    assert sorted(found)[:2] == ["1.1", "1.2"]
    assert len(set(found)) == 3


def test_a_row_keeps_its_id_when_its_ref_is_given_to_one_of_another_theme():
    good = understood(a_table(a_row("1.1"), a_row("1.2")))
    tables = a_table(a_row("1.1"), a_row("1.2")), a_table(a_row("1.1", action="Else"), number=2)
    again = keep_ids(understood(a_written_plan(*tables)), good)
    assert [action.id for action in again.actions] == ["1.1", "1.2", "1.1@2"]


def test_a_reworded_row_whose_ref_is_no_longer_its_own_is_new():
    good = understood(a_table(a_row("1.1"), a_row("1.2")))
    tables = a_table(a_row("1.1", action="Else"), a_row("1.2")), a_table(a_row("1.1", action="More"), number=2)
    again = keep_ids(understood(a_written_plan(*tables)), good)
    assert [action.id for action in again.actions] == ["1.1@1", "1.2", "1.1@2"]


def test_ids_are_given_back_in_order():
    plan = understood(a_table(a_row("1.1"), a_row(None)))
    assert [action.id for action in with_ids(plan, ("a", "b")).actions] == ["a", "b"]
    with pytest.raises(ValueError, match="shorter"):
        with_ids(plan, ("a",))


# A plan without a single ref


ROWS = ("Audit", "Train", "Survey", "Report", "Review")


def ids_by_text(plan):
    return {action.row.action: action.id for action in plan.actions}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(("Audit", "New", "Train", "Survey", "Report", "Review"), id="one put in"),
        pytest.param(("New", *ROWS), id="one put in at the top"),
        pytest.param((*ROWS, "New", "Newer"), id="two put in at the end"),
        pytest.param(("Audit", "Survey", "Report", "Review"), id="one taken out"),
        pytest.param(tuple(reversed(ROWS)), id="all in another order"),
        pytest.param(("Audit", "Survey", "Train", "Report", "Review"), id="two swapped"),
        pytest.param(("AUDIT.", "Train:", "Survey", "Report", "Review"), id="marks and capitals"),
    ],
)
def test_rows_that_stay_keep_their_ids_whatever_happens_around_them(rows):
    good = understood(a_table(*said(*ROWS)))
    before = ids_by_text(good)
    after = ids_by_text(reread(good, *said(*rows)))
    for text in rows:
        assert after[text] == before.get(text.strip(".:").capitalize(), after[text])
    assert len(set(after.values())) == len(rows)


def test_of_a_row_retyped_and_one_put_in_far_away_the_retyped_one_keeps_its_id():
    good = understood(a_table(*said(*ROWS)))
    again = reread(good, *said("Audit", "Train all staff", "Survey", "Report", "New", "Review"))
    assert ids_by_text(again)["Train all staff"] == ids_by_text(good)["Train"]
    assert ids_by_text(again)["New"] not in ids_by_text(good).values()


def test_the_other_cells_of_a_row_may_change_as_they_like():
    good = understood(a_table(a_row(None, action="Audit", lead="M Evans", timeframe="May 2015")))
    again = reread(good, a_row(None, action="Audit", lead="I Mundy", timeframe="July 2015", progress="Begun"))
    assert again.actions[0].id == good.actions[0].id
