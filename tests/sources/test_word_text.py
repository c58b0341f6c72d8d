import pytest

from reminders.sources.base import tidy
from tests.sources.word_files import cell, control, inserted, paragraph, row, run, smart_tag, table
from tests.sources.word_reading import BREAK, RAISED, field_of, notes_of, plan_of, rows_of, words_of


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


def test_footnote_marks_are_left_out_and_told():
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    plan = plan_of(
        row("1.1", "", "Audit", "C Gill", cell(paragraph("March 2015", run("1", RAISED))), ""),
        row("1.2", "", "Train", "C Gill", cell(paragraph("May 2015", reference)), ""),
    )
    assert [each.timeframe for each in plan.themes[0].rows] == ["March 2015", "May 2015"]
    assert notes_of(plan) == [("note-marks", None, "plan.docx, table 1, row 2")]
    assert plan.problems[0].message.startswith("2 footnote marks are left out")


def test_hidden_text_is_left_out_and_told():
    plan = plan_of(row("1.1", "", cell(paragraph("Audit", run(" not", "<w:vanish/>"))), "C Gill", "", ""))
    assert plan.themes[0].rows[0].action == "Audit"
    assert notes_of(plan) == [("hidden-text", None, "plan.docx, table 1, row 2")]


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
