from dataclasses import replace

import pytest

from reminders.core.directory import Group
from reminders.core.plan import Level, Problem
from reminders.core.timeframe import Kind
from tests.builders import a_directory, a_person, a_row
from tests.core.builders import a_table, a_written_plan, understood


def codes(plan):
    return [problem.code for problem in plan.problems]


def problems(row, **known):
    return [(each.code, each.level.value) for each in understood(row, **known).problems]


def message(row, code, **known):
    (found,) = [each.message for each in understood(row, **known).problems if each.code == code]
    return found


# Problems


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(a_row(), [], id="nothing"),
        pytest.param(a_row(action=None), [("missing-action", "mend")], id="no action"),
        pytest.param(a_row(lead=None), [("missing-lead", "mend")], id="no lead"),
        pytest.param(a_row(lead="TBC"), [("missing-lead", "mend")], id="a lead to be confirmed"),
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
            a_row(action=None, lead=None, timeframe=None),
            [("missing-action", "mend"), ("missing-lead", "mend"), ("missing-timeframe", "mend")],
            id="an empty row",
        ),
    ],
)
def test_each_doubt_of_a_row_is_told_once(row, expected):
    assert problems(row) == expected


def test_a_finished_row_needs_no_mending():
    row = a_row(None, action=None, lead="Z Quill", timeframe="Sumer 2015", progress="Complete")
    assert understood(a_row(), row).problems == ()


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
        "“l Mundy” is read as I Mundy, “l Pearson” is read as I Pearson. "
        "Write the name so, or add this spelling to the lead directory"
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


def test_rows_without_a_ref_among_rows_with_one_are_told_each():
    found = understood(a_row(), a_row(None), a_row(None)).problems
    assert [(problem.code, problem.level) for problem in found] == [("row-without-ref", Level.MEND)] * 2


def test_a_plan_that_gives_no_refs_is_told_once_and_needs_no_mending():
    (found,) = understood(a_row(None), a_row(None)).problems
    assert (found.code, found.level) == ("row-without-ref", Level.NOTE)


def test_of_a_plan_that_gives_no_refs_every_row_counts():
    assert [len(understood(*rows).numbered) for rows in ([a_row(None)] * 2, [a_row(None), a_row()])] == [2, 1]


def test_what_the_readers_found_comes_first():
    found = Problem("two-columns-one-role", None, "table 1", "two columns", Level.NOTE)
    plan = understood(a_written_plan(a_table(a_row(None), title=None), problems=(found,)))
    assert codes(plan) == ["two-columns-one-role", "missing-theme-heading", "row-without-ref"]


def test_long_progress_is_cut_in_a_problem():
    told = message(a_row(progress="Audit completed " + "and presented " * 9), "completion-unconfirmed")
    assert told.startswith("Progress reads “Audit completed and presented and presented and presented a…”")
    exact = "Audit completed " + "x" * 44
    assert f"“{exact}”" in message(a_row(progress=exact), "completion-unconfirmed")


def test_a_lead_that_names_nobody_is_quoted():
    assert message(a_row(lead="All partners"), "missing-lead") == (
        "The lead reads “All partners”, so nobody is reminded. Name a lead"
    )
    assert message(a_row(lead=None), "missing-lead") == "The lead is blank, so nobody is reminded. Name a lead"


@pytest.mark.parametrize(
    ("cells", "several"),
    [
        pytest.param({"lead": "a) M Evans b) I Mundy"}, True, id="leads with letters"),
        pytest.param({"timeframe": "1. March 2015 2. May 2015"}, True, id="dates with numbers"),
        pytest.param({"timeframe": "(i) March 2015 (ii) May 2015"}, True, id="dates with small roman numbers"),
        pytest.param({"lead": "\u2022 M Evans \u2022 I Mundy"}, True, id="leads with bullets"),
        pytest.param({"action": "a) Audit b) Train", "timeframe": "March and May 2015"}, True, id="actions and dates"),
        pytest.param({"action": "a) Audit b) Train"}, False, id="one lead, one date"),
        pytest.param({"timeframe": "March and May 2015"}, False, id="one action, two dates"),
        pytest.param({"lead": "M Evans/ I Mundy"}, False, id="one action, two leads"),
        pytest.param(
            {"action": "Act on 1. and 2. of the review", "timeframe": "March and May 2015"}, False, id="prose"
        ),
        pytest.param({"lead": "1. M Evans"}, False, id="a list of one"),
    ],
)
def test_a_row_that_lists_several_actions_is_told(cells, several):
    assert ("several-in-one-row" in codes(understood(a_row(**cells)))) is several


def test_of_a_row_with_several_actions_all_leads_are_kept_and_no_date_is_given_to_one():
    row = a_row(action="a) Audit b) Train", lead="a) M Evans b) I Mundy", timeframe="a) March 2015 b) May 2015")
    (action,) = understood(row).actions
    assert [lead.name for lead in action.leads] == ["M Evans", "I Mundy"]
    assert (action.timeframe.kind, action.timeframe.deadlines) == (Kind.UNCLEAR, ())
    assert message(row, "several-in-one-row") == (
        "This row lists several actions, and which lead and date go with which cannot be told. "
        "Give each action a row of its own"
    )


@pytest.mark.parametrize("progress", ["March 2015 to be reviewed", "Suspended", "Reprogrammed to May 2015"])
def test_suspended_work_is_not_finished(progress):
    (action,) = understood(a_row(progress=progress, status="Suspended")).actions
    assert not action.complete
