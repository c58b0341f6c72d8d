import pytest

from reminders.sources.refs import is_ref, theme_of
from tests.sources.tables import HEADER, plan_of, themes_of


@pytest.mark.parametrize("text", ["1", "1.1", "1.1a", "1.1.2", "1a", "Rec 3", "A1", "2(b)", "2014/15-3"])
def test_a_ref_has_a_number_and_little_else(text):
    assert is_ref(text)


@pytest.mark.parametrize("text", ["Key", "Child's voice", "1.1 Agree", "Notes of 3 May"])
def test_words_are_no_ref(text):
    assert not is_ref(text)


@pytest.mark.parametrize(
    ("ref", "theme"), [("2.3", 2), ("2-3", 2), ("2)", 2), ("2", None), ("A2.1", None), (None, None)]
)
def test_the_number_before_the_first_mark_is_the_theme(ref, theme):
    assert theme_of(ref) == theme


def test_refs_are_kept_as_they_stand():
    refs = ["1.1", "1.1a", "1.1.2", "1a", "1.1", "", "2", "Rec 3", "1.1(a)"]
    assert themes_of(HEADER, *(f"{ref}|o|a {ref}|l|t|" for ref in refs)) == [
        (None, None, [ref or None for ref in refs])
    ]


def test_refs_that_start_anew_in_each_theme_are_kept():
    assert themes_of("Theme 1 - A", HEADER, "1|o|a|l|t|", "Theme 2 - B", HEADER, "1|o|a|l|t|") == [
        ("A", 1, ["1"]),
        ("B", 2, ["1"]),
    ]


def refs_and_actions(*actions, header="Action|Lead"):
    plan = plan_of(header, *(f"{action}|C Gill" for action in actions))
    return [(row.ref, row.action) for theme in plan.themes for row in theme.rows]


def test_without_a_ref_column_the_ref_stands_before_the_action():
    assert refs_and_actions("1.1 Agree", "1.1a Train", "1.1.2 Audit", "2.1. Ask", "3) Tell", "10. Do") == [
        *(("1.1", "Agree"), ("1.1a", "Train"), ("1.1.2", "Audit"), ("2.1", "Ask"), ("3", "Tell"), ("10", "Do")),
    ]


def test_a_few_actions_may_lack_it():
    assert refs_and_actions("1.1 Agree", "1.2 Train", "1.3 Audit", "1.4 Ask", "Tell")[-2:] == [
        ("1.4", "Ask"),
        (None, "Tell"),
    ]


@pytest.mark.parametrize(
    "actions",
    [
        pytest.param(("1.1 Agree", "Train"), id="half of them"),
        pytest.param(("5 schools take part", "3 audits a year"), id="numbers that count"),
        pytest.param(("1.1.2015 is the day", "31.03.15: report"), id="dates"),
        pytest.param(("1.1", "1.2"), id="nothing behind it"),
    ],
)
def test_numbers_in_actions_are_no_refs_where(actions):
    assert refs_and_actions(*actions) == [(None, action) for action in actions]


def test_with_a_ref_column_a_number_in_the_action_stays_there():
    assert plan_of("Ref|Action|Lead", "1|1.1 Agree|C Gill").themes[0].rows[0].action == "1.1 Agree"
