import pytest

from reminders.core.plan import Level, Problem
from reminders.core.severity import worst_first


def a_problem(code, level=Level.MEND, ref="1.1"):
    return Problem(code, ref, "plan.docx, table 1, row 2", "Mend it", level)


def codes(*problems):
    return [problem.code for problem in worst_first(problems)]


def test_what_must_be_mended_stands_before_what_is_good_to_know():
    assert codes(a_problem("lead-spelling", Level.NOTE), a_problem("row-without-ref")) == [
        "row-without-ref",
        "lead-spelling",
    ]


def test_nobody_to_hear_is_worse_than_no_day_and_no_day_worse_than_no_words():
    assert codes(a_problem("missing-action"), a_problem("unclear-timeframe"), a_problem("unknown-lead")) == [
        "unknown-lead",
        "unclear-timeframe",
        "missing-action",
    ]


def test_equals_stay_in_the_order_of_the_plan():
    first, second = a_problem("no-address", ref="1.2"), a_problem("unknown-lead", ref="1.1")

    assert worst_first([first, second]) == [first, second]


@pytest.mark.parametrize(
    ("graver", "lighter"),
    [
        *((code, "unclear-timeframe") for code in ("unknown-lead", "ambiguous-lead", "missing-lead")),
        *((code, "missing-timeframe") for code in ("lead-left", "no-address", "off-allow-list")),
        *((code, "missing-action") for code in ("unclear-timeframe", "missing-timeframe")),
        *((code, "row-without-ref") for code in ("formula-without-value", "excel-error")),
        *((code, "duplicate-ref") for code in ("sheet-not-read", "missing-action", "row-without-ref")),
    ],
)
def test_each_problem_has_its_weight(graver, lighter):
    assert codes(a_problem(lighter), a_problem(graver)) == [graver, lighter]
