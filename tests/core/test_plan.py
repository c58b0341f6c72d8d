import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.directory import Group, LeadKind
from reminders.core.plan import (
    Level,
    Problem,
    Theme,
    WrittenRow,
    WrittenTheme,
    as_data,
    from_data,
    keep_ids,
    understand,
    with_ids,
)
from reminders.core.timeframe import DateReading, Kind
from tests.builders import a_directory, a_person, a_row
from tests.core.builders import (
    a_policy,
    a_table,
    a_written_plan,
    the_boards_directory,
    the_boards_plan,
    the_written_plan,
    understood,
)

EXPECTED = yaml.safe_load((Path(__file__).parents[1] / "samples/expected.yaml").read_text(encoding="utf-8"))


def codes(plan):
    return [problem.code for problem in plan.problems]


def problems(row, **known):
    return [(each.code, each.level.value) for each in understood(row, **known).problems]


def message(row, code, **known):
    (found,) = [each.message for each in understood(row, **known).problems if each.code == code]
    return found


def ids(*rows):
    return [action.id for action in understood(a_table(*rows)).actions]


# The board's own plan


def test_the_boards_plan_gives_exactly_the_problems_read_by_hand():
    refs = {action["ref"] for action in EXPECTED["actions"]}
    by_hand = {
        (each["code"], where if where in refs else None)
        for each in EXPECTED["report_to_business_manager"]
        for where in each["where"].split(", ")
    }
    found = Counter((problem.code, problem.ref) for problem in the_boards_plan().problems)
    assert found == Counter(by_hand)
    assert len(by_hand) == 11


def test_the_boards_plan_has_as_many_of_each_kind_as_were_counted_by_hand():
    counts = EXPECTED["counts"]
    plan = the_boards_plan()
    kinds = Counter(action.timeframe.kind for action in plan.actions)
    assert (kinds[Kind.DATED], kinds[Kind.ONGOING], kinds[Kind.NONE]) == (counts["with_deadline"], 1, 2)
    assert (len(plan.actions), len(plan.numbered)) == (counts["rows_total"], counts["actions_with_ref"])
    assert sum(action.blank for action in plan.numbered) == counts["progress_blank_with_ref"]
    assert sum(len(action.leads) for action in plan.numbered) == counts["lead_assignments"]
    assert not any(action.complete for action in plan.actions)
    assert [action.ref for action in plan.actions if action.ask] == ["3.2"]


def test_the_boards_plan_inherits_three_outcomes():
    inherited = {action.ref: action.outcome_from for action in the_boards_plan().actions if action.outcome_from}
    assert inherited == EXPECTED["counts"]["outcome_inherited"]


def test_every_action_of_the_boards_plan_is_found_by_its_id():
    plan = the_boards_plan()
    assert [plan.action(action.id) for action in plan.actions] == list(plan.actions)
    assert [action.id for action in plan.numbered] == [action.ref for action in plan.numbered]
    assert plan.action("9.9") is None


def test_the_boards_plan_means_the_same_on_every_reading():
    assert the_boards_plan() == the_boards_plan()


# Themes


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(a_table(a_row("3.1"), title="CSE", number=7), Theme(7, "CSE", inferred=False), id="as written"),
        pytest.param(
            a_table(a_row("3.1"), title="CSE"), Theme(3, "CSE", inferred=False), id="its number from the refs"
        ),
        pytest.param(a_table(a_row("A"), title="CSE"), Theme(1, "CSE", inferred=False), id="its number from its place"),
        pytest.param(a_table(a_row("2.1"), title=None), Theme(2, "Journey", inferred=True), id="a priority's title"),
        pytest.param(a_table(a_row("3.1"), title=None), Theme(3, "Theme 3", inferred=True), id="no priority so far"),
        pytest.param(a_table(a_row("0.1"), title=None), Theme(1, "Early help", inferred=True), id="theme nought"),
        pytest.param(
            a_table(a_row("2.1"), a_row("3.1"), a_row("3.2"), a_row(None), title="CSE"),
            Theme(3, "CSE", inferred=False),
            id="what most refs say",
        ),
        pytest.param(a_table(a_row("2-1"), title="CSE"), Theme(2, "CSE", inferred=False), id="a hyphen in the ref"),
        pytest.param(a_table(a_row("20155.1"), title="CSE"), Theme(1, "CSE", inferred=False), id="too long for one"),
        pytest.param(a_table(title="CSE"), Theme(1, "CSE", inferred=False), id="no rows"),
    ],
)
def test_a_theme_has_its_number_and_title_from_the_best_there_is(table, expected):
    assert understood(a_written_plan(table, priorities=("Early help", "Journey"))).themes == (expected,)


def test_a_theme_without_a_heading_is_told():
    plan = understood(a_written_plan(a_table(a_row("1.1"), title=None), priorities=("Early help",)))
    message = "Theme 1 has no heading; it is shown as “Early help”. Write the heading above its table"
    assert plan.problems == (Problem("missing-theme-heading", None, "table 1", message, Level.NOTE),)


# Outcomes


def test_a_blank_outcome_is_inherited_from_the_row_above_in_its_theme():
    rows = [
        a_row("1.1", outcome="A"),
        a_row("1.2", outcome=None),
        a_row("1.3", outcome=None),
        a_row("1.4", outcome="B"),
    ]
    plan = understood(a_written_plan(a_table(*rows), a_table(a_row("2.1", outcome=None))))
    assert [(action.outcome, action.outcome_from) for action in plan.actions] == [
        ("A", None),
        ("A", "1.1"),
        ("A", "1.1"),
        ("B", None),
        (None, None),
    ]


def test_a_row_without_a_ref_inherits_no_outcome():
    plan = understood(a_row("1.1", outcome="A"), a_row(None, outcome=None), a_row("1.2", outcome=None))
    assert [(action.outcome, action.outcome_from) for action in plan.actions] == [
        ("A", None),
        (None, None),
        ("A", "1.1"),
    ]


# Labels and blanks


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(a_row("2.3"), "2.3", id="its ref"),
        pytest.param(a_row(None), "“Work together to address issues around”", id="six words of its action"),
        pytest.param(a_row(None, action=None, outcome="Needs are met"), "“Needs are met”", id="its outcome"),
        pytest.param(a_row(None, action=None, outcome=None), "a row without a ref", id="nothing"),
    ],
)
def test_people_call_an_action_by_its_ref_or_its_first_words(row, expected):
    assert understood(row).actions[0].label == expected


@pytest.mark.parametrize(
    ("progress", "expected"),
    [(None, True), ("", True), ("-", True), ("\u2013 _ .", True), ("0", False), ("N/A", False), ("Started", False)],
)
def test_a_cell_without_a_word_is_blank(progress, expected):
    assert understood(a_row(progress=progress)).actions[0].blank == expected


# Complete, or to be asked


@pytest.mark.parametrize(
    ("cells", "complete", "ask"),
    [
        pytest.param({"progress": "Completed 3 March - signed off"}, True, False, id="finished"),
        pytest.param({"progress": "Audit completed by D Pearson"}, False, True, id="perhaps"),
        pytest.param({"progress": "Completed in part"}, False, True, id="in part"),
        pytest.param({"progress": "Incomplete"}, False, False, id="the opposite"),
        pytest.param({"progress": "To tie in with item 5.1"}, False, False, id="on the way"),
        pytest.param({}, False, False, id="blank"),
        pytest.param({"status": "Complete", "progress": "Nearly done"}, True, False, id="by its status"),
    ],
)
def test_progress_that_mentions_a_completion_word_is_asked_about(cells, complete, ask):
    action = understood(a_row(**cells)).actions[0]
    assert (action.complete, action.ask) == (complete, ask)


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


# Dates far from the rest


def timeframes(*wordings):
    rows = (a_row(f"1.{place}", timeframe=wording) for place, wording in enumerate(wordings, start=1))
    return [action.timeframe.kind.value for action in understood(a_table(*rows)).actions]


def test_a_date_more_than_ten_years_from_the_others_is_doubted():
    assert timeframes("March 2015", "May 2015", "May 2026") == ["dated", "dated", "unclear"]
    assert timeframes("March 2026", "May 2026", "May 2015") == ["dated", "dated", "unclear"]


def test_ten_years_are_not_too_far():
    assert timeframes("31 March 2015", "31 March 2015", "31 March 2025") == ["dated", "dated", "dated"]
    assert timeframes("31 March 2015", "31 March 2015", "1 April 2025") == ["dated", "dated", "unclear"]


def test_one_slip_against_many_rows_of_one_month_leaves_those_alone():
    assert timeframes("May 2051", *["January 2015"] * 9) == ["unclear", *["dated"] * 9]


def test_where_as_many_rows_say_one_year_as_another_both_are_doubted():
    assert timeframes("January 2015", "January 2051") == ["unclear", "unclear"]


def test_a_doubted_date_is_told_with_its_wording():
    plan = understood(a_row("1.1"), a_row("1.2"), a_row("1.3", timeframe="May 2051"))
    (problem,) = plan.problems
    assert (problem.code, problem.ref, problem.level) == ("unclear-timeframe", "1.3", Level.MEND)
    assert problem.message == "'May 2051' lies more than ten years from the plan's other dates; check the year"
    assert plan.actions[2].timeframe.wording == "May 2051"
    assert plan.actions[2].timeframe.deadlines == ()


def test_a_plan_without_dates_has_none_far_from_the_rest():
    assert timeframes("On-going", None) == ["ongoing", "none"]


def test_what_the_board_declares_of_its_dates_is_used():
    reading = DateReading(quarters="calendar")
    (action,) = understood(a_row(timeframe="Q1 2015"), reading=reading).actions
    assert action.timeframe.deadlines == (date(2015, 3, 31),)


# Problems


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(a_row(), [], id="nothing"),
        pytest.param(a_row(None), [("row-without-ref", "mend")], id="no ref"),
        pytest.param(a_row(action=None), [("missing-action", "mend")], id="no action"),
        pytest.param(a_row(lead=None), [("missing-lead", "mend")], id="no lead"),
        pytest.param(a_row(timeframe=None), [("missing-timeframe", "mend")], id="no timeframe"),
        pytest.param(a_row(timeframe="TBC"), [("missing-timeframe", "mend")], id="a timeframe to be confirmed"),
        pytest.param(a_row(timeframe="On-going"), [("no-deadline-ongoing", "note")], id="on-going"),
        pytest.param(a_row(timeframe="Sumer 2015"), [("unclear-timeframe", "mend")], id="an unclear timeframe"),
        pytest.param(a_row(timeframe="Monday 31 March 2015"), [("wrong-weekday", "note")], id="a wrong weekday"),
        pytest.param(
            a_row(timeframe="July 2015 (revised from March 2015)"), [("revised-date", "note")], id="a revised date"
        ),
        pytest.param(a_row(progress="Audit completed"), [("completion-unconfirmed", "note")], id="perhaps finished"),
        pytest.param(a_row(lead="l Mundy"), [("lead-spelling", "note")], id="a lead's spelling"),
        pytest.param(a_row(lead="Z Quill"), [("unknown-lead", "mend")], id="an unknown lead"),
        pytest.param(
            a_row(lead="l Mundy/ Z Quill", timeframe=None),
            [("missing-timeframe", "mend"), ("lead-spelling", "note"), ("unknown-lead", "mend")],
            id="several",
        ),
        pytest.param(
            a_row(None, action=None, lead=None, timeframe=None),
            [
                *[("row-without-ref", "mend"), ("missing-action", "mend")],
                *[("missing-lead", "mend"), ("missing-timeframe", "mend")],
            ],
            id="an empty row",
        ),
    ],
)
def test_each_doubt_of_a_row_is_told_once(row, expected):
    assert problems(row) == expected


def test_a_finished_row_needs_no_mending():
    row = a_row(None, action=None, lead="Z Quill", timeframe="Sumer 2015", progress="Complete")
    assert problems(row) == []


def test_a_problem_says_where_it_is_and_begins_with_a_capital():
    (problem,) = understood(a_row("1.1", timeframe="Sumer 2015")).problems
    assert (problem.ref, problem.where, problem.message[:38]) == (
        "1.1",
        "row 1.1",
        "Cannot read a deadline from 'Sumer 201",
    )


def test_all_doubts_of_a_timeframe_are_told():
    plan = understood(a_row(timeframe="Was Monday 31 March 2015, now Monday 30 June 2015"))
    assert sorted(codes(plan)) == ["revised-date", "wrong-weekday"]


def test_a_wording_that_gives_no_date_is_quoted():
    assert message(a_row(timeframe="TBC"), "missing-timeframe").startswith("The timeframe reads “TBC”, so no reminder")
    assert message(a_row(timeframe=None), "missing-timeframe").startswith("The timeframe is blank, so no reminder")


def test_an_unknown_lead_is_named_with_the_nearest():
    assert message(a_row(lead="M Evens/ Q Able"), "unknown-lead") == (
        "No one is called “M Evens” (did you mean M Evans?); No one is called “Q Able”. "
        "Correct the name, or add it to the lead directory"
    )


def test_an_ambiguous_lead_is_named_with_both():
    directory = a_directory([a_person("Mary Evans", also=("ME",)), a_person("Mark Evans", also=("ME",))])
    assert problems(a_row(lead="ME"), directory=directory) == [("ambiguous-lead", "mend")]
    assert message(a_row(lead="ME"), "ambiguous-lead", directory=directory) == (
        "“ME” could be Mary Evans or Mark Evans. Write the name as the lead directory has it"
    )


def test_repaired_spellings_of_one_cell_are_told_together():
    directory = a_directory(["I Mundy", "I Pearson"])
    assert message(a_row(lead="l Mundy/ l Pearson"), "lead-spelling", directory=directory) == (
        "“l Mundy” is read as I Mundy, “l Pearson” is read as I Pearson. Correct the spelling in the plan"
    )


CSE = Group("CSE Sub-Group", "CSE", "cse@westberks.example")


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        pytest.param("CSE Sub-Group", [("group-lead-only", "note")], id="alone"),
        pytest.param("CSE Sub-Group/ M Evans", [], id="with a person"),
    ],
)
def test_a_group_that_leads_alone_is_told(lead, expected):
    assert problems(a_row(lead=lead), directory=a_directory(["M Evans"], [CSE])) == expected


@pytest.mark.parametrize(
    ("known", "code"),
    [
        pytest.param({"email": None}, "no-address", id="no address"),
        pytest.param({"left": True}, "lead-left", id="left"),
        pytest.param({"left": True, "email": None}, "lead-left", id="left, no address any more"),
        pytest.param({"email": "m.evans@elsewhere.example"}, "off-allow-list", id="outside the allowed domains"),
        pytest.param({"left": True, "email": "m.evans@elsewhere.example"}, "lead-left", id="left for elsewhere"),
    ],
)
def test_a_lead_who_cannot_be_mailed_is_told(known, code):
    directory = a_directory([a_person(**known), "I Mundy"])
    allowed = ["i.mundy@westberks.example"]
    row = a_row(lead="M Evans/ I Mundy")
    assert problems(row, directory=directory, allowed=allowed) == [(code, "mend")]
    assert "M Evans" in message(row, code, directory=directory, allowed=allowed)


def test_a_lead_who_left_is_named():
    directory = a_directory([a_person(left=True)])
    assert message(a_row(), "lead-left", directory=directory) == (
        "M Evans has left, so nobody is reminded there. Name another lead"
    )


def test_members_of_a_group_who_cannot_be_mailed_are_told_by_name():
    people = [a_person(name, email=None) for name in ("M Evans", "I Mundy", "C Gill")]
    directory = a_directory(people, [replace(CSE, members=("M Evans", "I Mundy", "C Gill"))])
    assert message(a_row(lead="M Evans/ CSE Sub-Group"), "no-address", directory=directory) == (
        "No email address for M Evans, I Mundy and C Gill. Add one to the lead directory"
    )


@pytest.mark.parametrize("count", [2, 3])
def test_a_ref_on_several_rows_is_told_once_at_the_first(count):
    plan = understood(a_row("1.2"), *(replace(a_row("1.1"), where=f"row {place}") for place in range(count)))
    message = f"The ref 1.1 stands on {count} rows. Give each row a ref of its own"
    assert plan.problems == (Problem("duplicate-ref", "1.1", "row 0", message, Level.NOTE),)


def test_rows_without_a_ref_share_none():
    assert codes(understood(a_row(None), a_row(None))) == ["row-without-ref", "row-without-ref"]


def test_what_the_readers_found_comes_first():
    found = Problem("two-columns-one-role", None, "table 1", "two columns", Level.NOTE)
    plan = understood(a_written_plan(a_table(a_row(None), title=None), problems=(found,)))
    assert codes(plan) == ["two-columns-one-role", "missing-theme-heading", "row-without-ref"]


def test_long_progress_is_cut_in_a_problem():
    told = message(a_row(progress="Audit completed " + "and presented " * 9), "completion-unconfirmed")
    assert told.startswith("Progress reads “Audit completed and presented and presented and presented a…”")
    exact = "Audit completed " + "x" * 44
    assert f"“{exact}”" in message(a_row(progress=exact), "completion-unconfirmed")


# The plan as understood, whole


CELLS = st.none() | st.text(max_size=30)
ROWS = st.builds(WrittenRow, st.just("row"), *[CELLS] * 7)
TABLES = st.builds(
    WrittenTheme, st.just("table"), CELLS, st.none() | st.integers(1, 9), st.lists(ROWS, max_size=4).map(tuple)
)
PLANS = st.builds(
    a_written_plan,
    TABLES,
    TABLES,
    title=st.text(max_size=20),
    priorities=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    columns=st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=3).map(tuple),
    problems=st.lists(st.builds(Problem, *[st.text(max_size=9)] * 4, st.sampled_from(Level)), max_size=2).map(tuple),
)


@given(PLANS)
def test_no_row_is_dropped_and_no_plan_is_too_odd(written):
    plan = understand(written, the_boards_directory(), a_policy(), DateReading(), lambda _: True)
    assert [action.row for action in plan.actions] == [row for theme in written.themes for row in theme.rows]
    assert len({action.id for action in plan.actions}) == len(plan.actions)
    assert plan == understand(written, the_boards_directory(), a_policy(), DateReading(), lambda _: True)


@given(PLANS)
def test_a_plan_comes_back_from_plain_data(written):
    assert from_data(json.loads(json.dumps(as_data(written)))) == written


def test_the_boards_plan_comes_back_from_plain_data():
    again = from_data(json.loads(json.dumps(as_data(the_written_plan()))))
    assert again == the_written_plan()


def test_leads_of_the_boards_plan_are_people_and_groups():
    kinds = Counter(lead.kind for action in the_boards_plan().actions for lead in action.leads)
    assert set(kinds) == {LeadKind.PERSON, LeadKind.GROUP}
