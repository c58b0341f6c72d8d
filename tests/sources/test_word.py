import tracemalloc
from time import perf_counter

from reminders.sources.word import read_word
from tests.sources.word_files import (
    W,
    cell,
    control,
    paragraph,
    row,
    simple_plan,
    table,
    unpacked,
    with_parts,
    word_file,
)
from tests.sources.word_reading import HEADER, box, refusal, words_of


def test_a_plan_within_a_table_that_frames_the_page_is_read():
    inner = table(HEADER, row("1.1", "", "Audit", "C Gill", "", ""))
    data = word_file(table(row(cell(paragraph("Theme 2 - Voice"), inner, paragraph("")), "margin")))
    (theme,) = read_word(data, "plan.docx").themes
    assert (theme.title, [each.action for each in theme.rows]) == ("Voice", ["Audit"])


def test_a_text_box_is_read_once_beside_its_paragraph():
    both = "<mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{0}</wps:txbx></w:drawing></mc:Choice>"
    both += "<mc:Fallback><w:pict><v:textbox>{0}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    boxed = f"<w:r>{both.format(box('Theme 3 - Voice'))}</w:r>"
    plan = read_word(word_file(paragraph(boxed), table(HEADER, row("3.1", "", "Audit", "", "", ""))), "plan.docx")
    assert [(theme.title, theme.number) for theme in plan.themes] == [("Voice", 3)]
    assert words_of("Audit ", boxed) == "Audit Theme 3 - Voice"


def test_a_control_round_the_whole_table_loses_nothing():
    data = word_file(control(table(HEADER, row("1.1", "", "Audit", "", "", ""))))
    assert [each.action for each in read_word(data, "p").themes[0].rows] == ["Audit"]


def test_a_legend_below_the_plan_is_no_part_of_it():
    plan = read_word(simple_plan(paragraph("Key"), table(row("Green", "Done"), row("Red", "Late"))), "plan.docx")
    assert [each.ref for theme in plan.themes for each in theme.rows] == ["1.1"]


def test_rows_and_paragraphs_are_where_they_say():
    data = word_file(
        paragraph("Plan"), table(row("a", "b")), paragraph("Theme 1 - Voice"), table(HEADER, row("1.1", *"oaltp"))
    )
    (theme,) = read_word(data, "plan.docx").themes
    assert (theme.where, theme.rows[0].where) == ("plan.docx, paragraph 2", "plan.docx, table 2, row 2")


def test_strict_open_xml_reads_the_same():
    usual = simple_plan()
    strict = unpacked(usual)["word/document.xml"].replace(
        W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    assert read_word(with_parts(usual, document=strict), "p") == read_word(usual, "p")


def test_utf_16_reads_the_same():
    usual = simple_plan()
    wide = unpacked(usual)["word/document.xml"].decode().encode("utf-16")
    assert read_word(with_parts(usual, document=wide), "p") == read_word(usual, "p")


def test_a_document_without_text_is_refused():
    assert refusal(word_file()).startswith("plan.docx: no table with the columns Action, Lead and Timeframe was found")
    bare = with_parts(simple_plan(), document=b"<document/>")
    assert refusal(bare).startswith("plan.docx: holds no text that Word wrote")


def test_a_plan_of_five_hundred_actions_is_read_at_once():
    actions = [row(f"1.{n}", f"Outcome {n}", f"Action {n}", "C Gill", "May 2015", "") for n in range(1, 501)]
    data = word_file(table(HEADER, *actions))
    read_word(data, "plan.docx")
    begun = perf_counter()
    plan = read_word(data, "plan.docx")
    assert perf_counter() - begun < 3
    assert len(plan.themes[0].rows) == 500
    tracemalloc.start()
    read_word(data, "plan.docx")
    assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    tracemalloc.stop()
