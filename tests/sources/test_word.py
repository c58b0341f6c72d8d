import tracemalloc
from time import perf_counter

import pytest

from reminders.core.plan import Level
from reminders.sources.base import Unreadable, tidy
from reminders.sources.word import read_word
from tests.sources.word_files import (
    W,
    cell,
    control,
    deleted,
    inserted,
    level,
    lists,
    numbered,
    paragraph,
    row,
    run,
    simple_plan,
    smart_tag,
    table,
    unpacked,
    with_parts,
    word_file,
)

HEADER = row("Ref", "Outcome", "Action", "Lead", "Timeframe", "Progress")
BREAK = "<w:r><w:br/></w:r>"
RAISED = '<w:vertAlign w:val="superscript"/>'
CHANGE = '<w:{} w:id="5" w:author="C Gill"/>'


def plan_of(*rows, **parts):
    return read_word(word_file(table(HEADER, *rows), **parts), "plan.docx")


def rows_of(*rows, **parts):
    return [each for theme in plan_of(*rows, **parts).themes for each in theme.rows]


def words_of(*inside, **parts):
    """Return what a cell with these runs in one paragraph holds."""
    (only,) = rows_of(row("1.1", "", cell(paragraph(*inside)), "C Gill", "", ""), **parts)
    return only.action


def notes_of(plan):
    return [(problem.code, problem.ref, problem.where) for problem in plan.problems]


def refusal(data):
    with pytest.raises(Unreadable) as refused:
        read_word(data, "plan.docx")
    return str(refused.value)


def box(text):
    return f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"


def field_of(code, result):
    def mark(kind):
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return f"{mark('begin')}{code}{mark('separate')}{run(result)}{mark('end')}"


# Words


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        pytest.param((run("Au"), run("dit")), "Audit", id="runs"),
        pytest.param((smart_tag(smart_tag(run("Audit"))),), "Audit", id="smart tags"),
        pytest.param((f'<w:customXml w:element="x">{run("Audit")}</w:customXml>',), "Audit", id="custom XML"),
        pytest.param((f"<w:hyperlink>{run('Audit')}</w:hyperlink>",), "Audit", id="hyperlink"),
        pytest.param((control(run("Audit")),), "Audit", id="content control"),
        pytest.param((control(inserted(smart_tag(run("Audit")))),), "Audit", id="all of them"),
        pytest.param((f'<w:fldSimple w:instr="DATE">{run("May")}</w:fldSimple>',), "May", id="simple field"),
        pytest.param((field_of("<w:r><w:instrText>DATE</w:instrText></w:r>", "May"),), "May", id="field"),
        pytest.param((field_of(field_of(run("IF"), "x"), "May"),), "May", id="field within a field's code"),
        pytest.param(("On", "<w:r><w:noBreakHyphen/></w:r>", "going"), "On-going", id="no-break hyphen"),
        pytest.param(("On", "<w:r><w:softHyphen/></w:r>", "go\u00ading"), "Ongoing", id="soft hyphens"),
        pytest.param(("M", "<w:r><w:tab/></w:r>", "Evans"), "M Evans", id="tab"),
        pytest.param(("read", "<w:r><w:cr/></w:r>", "on"), "read on", id="line break"),
        pytest.param(("31", run("st", RAISED), " May"), "31st May", id="raised letters"),
        pytest.param(('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>',), "\u2713", id="a tick"),
        pytest.param(('<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>',), "\u25a1", id="another picture"),
        pytest.param((run("Audit", "<w:caps/>"),), "Audit", id="shown in capitals"),
        pytest.param((run("Audit", '<w:vanish w:val="0"/>'),), "Audit", id="hiding switched off"),
        pytest.param(("Audit", "<w:commentReference/>", "<w:bookmarkStart/>"), "Audit", id="comment and bookmark"),
        pytest.param(("=1+1 {{ x }} <b> &amp; \u202e",), "=1+1 {{ x }} <b> &amp; \u202e", id="what programs run"),
        pytest.param(("a\r\nBcc: x@y.example",), "a Bcc: x@y.example", id="what mail servers run"),
    ],
)
def test_the_words_of_a_cell_are_those_on_paper(inside, words):
    assert words_of(*inside) == words


def test_a_choice_of_an_old_forms_list_is_read():
    listed = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="Red"/><w:listEntry w:val="Done"/></w:ddList>'
    begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{listed}</w:ffData></w:fldChar></w:r>'
    assert words_of(begin, '<w:r><w:fldChar w:fldCharType="end"/></w:r>') == "Done"


def test_the_hint_of_an_empty_content_control_is_blank():
    hint = control(run("Click or tap here to enter text."), "<w:showingPlcHdr/>")
    (only,) = rows_of(row("1.1", "", "Audit", "C Gill", "", cell(paragraph(hint))))
    assert only.progress is None


def test_paragraphs_and_breaks_of_a_cell_part_its_words():
    stacked = cell(paragraph(run("C Gill"), BREAK, run("M Evans")), paragraph("L York"))
    (only,) = rows_of(row("1.1", "", "Audit", stacked, "", ""))
    assert tidy(only.lead) == "C Gill M Evans L York"


def test_a_nested_table_belongs_to_its_cell():
    nested = table(row("first", "second"), row("third"))
    read = rows_of(row("1.1", "", cell(paragraph("Audit:"), nested, paragraph("")), "C Gill", "", ""))
    assert [(each.action, each.lead) for each in read] == [("Audit: first second third", "C Gill")]


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


# Pending changes


def test_the_words_after_pending_changes_are_read_and_the_changes_told():
    change = paragraph("by ", deleted("April"), inserted(run("May")), " 2015")
    plan = plan_of(row("1.1", "", "Audit", "C Gill", cell(change), ""))
    assert plan.themes[0].rows[0].timeframe == "by May 2015"
    assert [(each.code, each.where, each.level) for each in plan.problems if each.ref is None][:1] == [
        ("tracked-changes", "plan.docx", Level.NOTE)
    ]
    assert plan.problems[0].message == (
        "2 changes are in this file not accepted yet; the plan is read as if accepted. Accept or reject them in Word"
    )


def test_moved_words_are_read_where_they_went():
    gone = f'<w:moveFrom w:id="1" w:author="C Gill">{run("Audit ")}</w:moveFrom>'
    here = f'<w:moveTo w:id="2" w:author="C Gill">{run(" Audit")}</w:moveTo>'
    assert words_of(gone, "cases:", here) == "cases: Audit"


def test_words_that_were_inserted_and_deleted_again_are_gone():
    assert words_of("Audit", inserted(deleted(" twice"))) == "Audit"


def test_a_deleted_row_is_gone_and_an_inserted_one_is_there():
    read = rows_of(
        row("1.1", "", "Audit", "C Gill", "", "", properties=CHANGE.format("del")),
        row("1.2", "", cell(paragraph(inserted(run("Train")))), "", "", "", properties=CHANGE.format("ins")),
    )
    assert [(each.ref, each.action) for each in read] == [("1.2", "Train")]


def test_a_deleted_cell_is_gone():
    gone = f"<w:tc><w:tcPr>{CHANGE.format('cellDel')}</w:tcPr>{paragraph('gone')}</w:tc>"
    (only,) = rows_of(row("1.1", gone, "", "Audit", "C Gill", "", ""))
    assert (only.action, only.lead) == ("Audit", "C Gill")


def test_paragraphs_whose_parting_is_deleted_are_one():
    ended = paragraph("Theme 1 - Early ", properties=f"<w:rPr>{CHANGE.format('del')}</w:rPr>")
    plan = read_word(word_file(ended, paragraph("help"), table(HEADER, row("1.1", "", "Audit", "", "", ""))), "p")
    assert plan.themes[0].title == "Early help"


def test_a_deleted_line_between_two_halves_of_a_table_leaves_no_gap():
    gone = paragraph(deleted("Page 2"), properties=f"<w:rPr>{CHANGE.format('del')}</w:rPr>")
    upper, lower = table(HEADER, row("", "", "a", "l", "", "")), table(HEADER, row("", "", "b", "l", "", ""))
    assert len(read_word(word_file(upper, gone, lower), "p").themes) == 1
    assert len(read_word(word_file(upper, paragraph(""), lower), "p").themes) == 2


# Controls, merged cells and crooked borders


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(row("1.1", "", cell(control(paragraph("Audit"))), "C Gill", "", ""), id="round a paragraph"),
        pytest.param(row("1.1", "", control(cell("Audit")), "C Gill", "", ""), id="round a cell"),
        pytest.param(control(row("1.1", "", "Audit", "C Gill", "", "")), id="round a row"),
        pytest.param(f'<w:customXml w:element="x">{row("1.1", "", "Audit", "C Gill", "", "")}</w:customXml>', id="XML"),
    ],
)
def test_controls_round_any_part_of_a_row_lose_nothing(written):
    assert [(each.ref, each.action, each.lead) for each in rows_of(written)] == [("1.1", "Audit", "C Gill")]


def test_a_control_round_the_whole_table_loses_nothing():
    data = word_file(control(table(HEADER, row("1.1", "", "Audit", "", "", ""))))
    assert [each.action for each in read_word(data, "p").themes[0].rows] == ["Audit"]


def test_a_merged_cell_holds_for_each_row_that_it_spans_but_an_outcome_is_inherited():
    start, on = "restart", "continue"
    read = rows_of(
        row("1.1", cell("Met", merge=start), "Audit", cell("C Gill", merge=start), cell("May 2015", merge=start), ""),
        row("1.2", cell(merge=on), "Train", cell(merge=on), cell(merge=on), "Begun"),
        row("1.3", "", "Report", "", "", ""),
    )
    assert [(each.outcome, each.lead, each.timeframe, each.progress) for each in read] == [
        ("Met", "C Gill", "May 2015", None),
        (None, "C Gill", "May 2015", "Begun"),
        (None, None, None, None),
    ]


def test_a_cell_that_continues_one_that_was_deleted_speaks_for_itself():
    start = row("1.1", "", "Audit", cell("C Gill", merge="restart"), "", "", properties=CHANGE.format("del"))
    (only,) = rows_of(start, row("1.2", "", "Train", cell("M Evans", merge="continue"), "", ""))
    assert only.lead == "M Evans"


def test_cells_that_span_columns_shift_nothing():
    read = rows_of(
        row("1.1", cell("Met by audit", span=2), "C Gill", "May 2015", ""),
        row(cell("Audit", span=1), "C Gill", "May 2015", properties='<w:gridBefore w:val="2"/>'),
    )
    assert [(each.ref, each.outcome, each.action, each.lead, each.timeframe) for each in read] == [
        ("1.1", "Met by audit", None, "C Gill", "May 2015"),
        (None, None, "Audit", "C Gill", "May 2015"),
    ]


def test_borders_that_were_drawn_a_little_beside_those_above_shift_nothing():
    # A seventh grid column, a hair wide, stands between Outcome and Action.
    header = row("Ref", "Outcome", cell("Action", span=2), "Lead", "Timeframe", "Progress")
    first = row("1.1", cell("Met", span=2), "Audit", "C Gill", "May 2015", "")
    other = row("1.2", cell("Met", span=2), "Train", cell("M Evans", span=2), "Begun")
    data = word_file(table(header, first, other, widths=(700, 3000, 60, 3000, 1500, 1500, 2000)))
    read = read_word(data, "plan.docx").themes[0].rows
    assert [(each.outcome, each.action, each.lead, each.progress) for each in read] == [
        ("Met", "Audit", "C Gill", None),
        ("Met", "Train", "M Evans", "Begun"),
    ]


def test_a_heading_over_two_cells_gathers_both():
    header = row(cell("Action", span=2), "Lead", "By when")
    (only,) = read_word(word_file(table(header, row("1.1", "Audit", "C Gill", "May 2015"))), "p").themes[0].rows
    assert (only.ref, only.action, only.lead) == ("1.1", "Audit", "C Gill")


def test_a_table_that_goes_on_below_a_gap_keeps_its_columns():
    upper = table(HEADER, row("1.1", "Met", "Audit", "C Gill", "May 2015", ""))
    lower = table(row("1.2", cell("Met by training", span=2), "M Evans", "", ""), row("1.3", "", "Report", "", "", ""))
    read = read_word(word_file(upper, paragraph(""), lower), "p").themes[0].rows
    assert [(each.ref, each.outcome, each.action, each.lead) for each in read] == [
        ("1.1", "Met", "Audit", "C Gill"),
        ("1.2", "Met by training", None, "M Evans"),
        ("1.3", None, "Report", None),
    ]


def test_a_legend_below_the_plan_is_no_part_of_it():
    plan = read_word(simple_plan(paragraph("Key"), table(row("Green", "Done"), row("Red", "Late"))), "plan.docx")
    assert [each.ref for theme in plan.themes for each in theme.rows] == ["1.1"]


def test_rows_and_paragraphs_are_where_they_say():
    data = word_file(
        paragraph("Plan"), table(row("a", "b")), paragraph("Theme 1 - Voice"), table(HEADER, row("1.1", *"oaltp"))
    )
    (theme,) = read_word(data, "plan.docx").themes
    assert (theme.where, theme.rows[0].where) == ("plan.docx, paragraph 2", "plan.docx, table 2, row 2")


# Numbers that Word counts


def refs_of(numbering, *paragraphs, styles=""):
    rows = (row(cell(each), "", "Audit", "C Gill", "", "") for each in paragraphs)
    return [each.ref for each in rows_of(*rows, numbering=numbering, styles=styles)]


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


def test_a_number_may_come_from_the_style():
    style = '<w:style w:styleId="{}"><w:basedOn w:val="{}"/><w:pPr>{}</w:pPr></w:style>'
    listed = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    styles = style.format("Above", "Normal", listed) + style.format("Below", "Above", "")
    styled = paragraph(properties='<w:pStyle w:val="Below"/>')
    off = paragraph("x", properties='<w:pStyle w:val="Below"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    numbering = lists(level(0, "%1") + level(1, "%1.%2"))
    assert refs_of(numbering, styled, off, styled, styles=styles) == ["1.1", "x", "1.2"]


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


# What is left out or in doubt


def test_footnote_marks_are_left_out_and_told():
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    plan = plan_of(
        row("1.1", "", "Audit", "C Gill", cell(paragraph("March 2015", run("1", RAISED))), ""),
        row("1.2", "", "Train", "C Gill", cell(paragraph("May 2015", reference)), ""),
    )
    assert [each.timeframe for each in plan.themes[0].rows] == ["March 2015", "May 2015"]
    assert notes_of(plan) == [("note-marks", None, "plan.docx, table 1, row 2")]
    assert plan.problems[0].message.startswith("2 footnote marks are left out")


def test_a_mark_raised_by_its_style_is_left_out_but_never_a_whole_cell():
    styles = f'<w:style w:styleId="Mark"><w:rPr>{RAISED}</w:rPr></w:style>'
    raised = run("1", '<w:rStyle w:val="Mark"/>')
    assert words_of("March 2015", raised, styles=styles) == "March 2015"
    assert words_of(raised, styles=styles) == "1"


def test_hidden_text_is_left_out_and_told():
    plan = plan_of(row("1.1", "", cell(paragraph("Audit", run(" not", "<w:vanish/>"))), "C Gill", "", ""))
    assert plan.themes[0].rows[0].action == "Audit"
    assert notes_of(plan) == [("hidden-text", None, "plan.docx, table 1, row 2")]


def test_text_hidden_by_its_style_is_left_out():
    styles = '<w:style w:styleId="Quiet"><w:rPr><w:vanish/></w:rPr></w:style>'
    assert words_of("Audit", run(" not", '<w:rStyle w:val="Quiet"/>'), styles=styles) == "Audit"


def test_words_that_are_struck_out_are_read_and_told():
    def struck(text):
        return cell(paragraph(run(text, "<w:strike/>"))) if text else cell()

    plan = plan_of(
        row("1.1", "", cell(paragraph("Audit", run(" twice", "<w:dstrike/>"))), "C Gill", "", ""),
        row(*map(struck, ("1.2", "", "Train", "M Evans", "May 2015", ""))),
        row("1.3", "", cell(paragraph(run("Report", '<w:strike w:val="false"/>'))), "L York", "", ""),
    )
    assert [each.action for each in plan.themes[0].rows] == ["Audit twice", "Train", "Report"]
    assert notes_of(plan) == [
        ("struck-out", "1.1", "plan.docx, table 1, row 2"),
        ("struck-out", "1.2", "plan.docx, table 1, row 3"),
    ]
    assert [problem.message.split()[0] for problem in plan.problems] == ["some", "all"]


# Other ways in which Word saves


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
