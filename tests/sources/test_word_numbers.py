import pytest

from tests.sources.word_files import cell, level, lists, numbered, paragraph, row
from tests.sources.word_reading import refs_of, rows_of


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("decimal", ["1", "2", "3", "4"]),
        ("decimalZero", ["01", "02", "03", "04"]),
        ("lowerLetter", ["a", "b", "c", "d"]),
        ("upperRoman", ["I", "II", "III", "IV"]),
        ("lowerRoman", ["i", "ii", "iii", "iv"]),
    ],
)
def test_a_ref_that_is_but_a_list_number_is_read_in_its_form(form, shown):
    assert refs_of(lists(level(0, "R%1.", form)), *[numbered()] * 4) == [f"R{each}" for each in shown]


def test_levels_of_a_list_count_within_the_level_above():
    numbering = lists(level(0, "%1.") + level(1, "%1.%2") + level(2, "%1.%2.%3"))
    depths = (0, 1, 1, 2, 0, 1, 2)
    refs = refs_of(numbering, *(numbered(level=depth) for depth in depths))
    assert refs == ["1", "1.1", "1.2", "1.2.1", "2", "2.1", "2.1.1"]


def test_lists_of_one_shape_count_on_until_one_begins_anew():
    anew = '<w:num w:numId="{}"><w:abstractNumId w:val="1"/>{}</w:num>'
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = lists(level(0, "%1"), numbers=anew.format(8, "") + anew.format(9, start))
    refs = refs_of(numbering, numbered(), numbered(number=8), numbered(number=9), numbered(number=9), numbered())
    assert refs == ["1", "2", "1", "2", "3"]


def test_legal_numbering_shows_digits_for_the_levels_above():
    numbering = lists(level(0, "%1", "upperRoman") + level(1, "%1.%2", more="<w:isLgl/>"))
    assert refs_of(numbering, numbered(), numbered(level=1)) == ["I", "1.1"]


def test_a_list_may_borrow_its_shape_from_a_style_of_lists():
    borrowing = '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="Refs"/></w:abstractNum>'
    numbers = borrowing + '<w:num w:numId="5"><w:abstractNumId w:val="5"/></w:num>'
    numbering = lists(f'<w:styleLink w:val="Refs"/>{level(0, "A%1")}', numbers=numbers)
    assert refs_of(numbering, numbered(number=5), numbered(number=5)) == ["A1", "A2"]


def test_numbered_lines_of_a_cell_keep_their_numbers_and_bullets_go():
    numbering = lists(level(0, "%1)"), level(0, "\uf0b7", "bullet"))
    listed = cell(numbered("Audit"), numbered("Train"), numbered("Report", number=2))
    (only,) = rows_of(row("1.1", "", listed, "C Gill", "", ""), numbering=numbering)
    assert only.action == "1) Audit 2) Train Report"


def test_a_paragraph_of_an_unknown_list_has_no_number():
    assert refs_of(None, numbered("1.1", number=77), paragraph("1.2")) == ["1.1", "1.2"]
