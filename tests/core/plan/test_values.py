import pytest

from tests.builders import a_row
from tests.core.builders import understood

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
