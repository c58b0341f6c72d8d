import pytest

from reminders.sources.base import MAX_BYTES, Report, Unreadable, decode, did_you_mean, quoted, read_tree, tidy


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("  CSE Sub-  Group ", "CSE Sub- Group", id="outer spaces go, inner ones collapse"),
        pytest.param("May\u00a02015\u2003", "May 2015", id="no-break and wide spaces are spaces"),
        pytest.param("C Gill/\r\nM\vEvans\u2028x", "C Gill/ M Evans x", id="line breaks are spaces"),
        pytest.param("M\u200bEvans\ufeff", "MEvans", id="zero-width characters go"),
        pytest.param("a\x07\x00b\x85c", "a b c", id="control characters are spaces"),
        pytest.param("the child\u2019s \u2013 voice", "the child\u2019s \u2013 voice", id="typographic marks stay"),
        pytest.param("\u00a0\u200b\t", None, id="a cell of spaces is blank"),
        pytest.param(None, None, id="nothing is blank"),
    ],
)
def test_cells_are_trimmed_and_collapsed(written, read):
    assert tidy(written) == read


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("Ref \u2013 child\u2019s".encode(), id="UTF-8"),
        pytest.param("Ref \u2013 child\u2019s".encode("utf-8-sig"), id="UTF-8 with its mark"),
        pytest.param("Ref \u2013 child\u2019s".encode("utf-16"), id="UTF-16 little end first"),
        pytest.param(b"\xfe\xff" + "Ref \u2013 child\u2019s".encode("utf-16-be"), id="UTF-16 big end first"),
        pytest.param("Ref \u2013 child\u2019s".encode("cp1252"), id="Windows-1252"),
    ],
)
def test_text_is_read_in_the_encodings_that_notepad_saves(data):
    assert decode(data, "plan.txt") == "Ref \u2013 child\u2019s"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"PK\x03\x04rest", "Word or Excel", id="zip"),
        pytest.param(b"\xd0\xcf\x11\xe0rest", "old or password-protected", id="old Office"),
        pytest.param(b"%PDF-1.4", "PDF", id="PDF"),
        pytest.param(b"{\\rtf1", "RTF", id="RTF"),
        pytest.param(b"Ref\0Action", "zero bytes", id="zero bytes"),
        pytest.param("Ref".encode("utf-16-le"), "zero bytes", id="UTF-16 without its mark"),
        pytest.param("Ref".encode("utf-32"), "zero bytes", id="UTF-32"),
        pytest.param(b"\xff\xfeR", "no known encoding", id="half a UTF-16 character"),
        pytest.param(b"Ref \x81\xff", "no known encoding", id="neither UTF-8 nor Windows-1252"),
        pytest.param(b" " * (MAX_BYTES + 1), "at most 10,000,000", id="too large"),
    ],
)
def test_what_is_not_text_is_refused_in_words(data, said):
    with pytest.raises(Unreadable, match=said) as refused:
        decode(data, "plan.txt")
    assert str(refused.value).startswith("plan.txt: ")


def test_an_unreadable_file_tells_every_mistake_on_a_line_of_its_own():
    refused = Unreadable("a: b", "c: d")
    assert refused.mistakes == ("a: b", "c: d")
    assert str(refused) == "a: b\nc: d"


def test_yaml_that_is_none_is_refused_with_file_and_line():
    with pytest.raises(Unreadable, match=r"^plan\.yaml, line 2"):
        read_tree(b"a: b\n c: d: e\n", "plan.yaml")


def test_a_report_without_a_mistake_refuses_nothing():
    Report("plan.yaml").end()


def test_a_report_stops_telling_after_a_hundred_mistakes():
    report = Report("plan.yaml")
    node = read_tree(b"a", "plan.yaml")
    for _ in range(250):
        report.add(node, "wrong")
    with pytest.raises(Unreadable) as refused:
        report.end()
    assert len(refused.value.mistakes) == 101
    assert refused.value.mistakes[-1] == "plan.yaml: and 150 more mistakes"


def test_the_nearest_word_is_offered_and_no_other():
    assert did_you_mean("timefarme", ("lead", "timeframe")) == " (did you mean timeframe?)"
    assert did_you_mean("colour", ("lead", "timeframe")) == ""


def test_what_was_read_is_quoted_on_one_line_and_cut():
    assert quoted("a\nb") == "“a b”"
    assert quoted("x" * 80) == "“" + "x" * 59 + "…”"
