from tests.sources.word_files import level, lists, paragraph, run
from tests.sources.word_reading import RAISED, refs_of, words_of


def test_a_number_may_come_from_the_style():
    style = '<w:style w:styleId="{}"><w:basedOn w:val="{}"/><w:pPr>{}</w:pPr></w:style>'
    listed = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    styles = style.format("Above", "Normal", listed) + style.format("Below", "Above", "")
    styled = paragraph(properties='<w:pStyle w:val="Below"/>')
    off = paragraph("x", properties='<w:pStyle w:val="Below"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    numbering = lists(level(0, "%1") + level(1, "%1.%2"))
    assert refs_of(numbering, styled, off, styled, styles=styles) == ["1.1", "x", "1.2"]


def test_a_mark_raised_by_its_style_is_left_out_but_never_a_whole_cell():
    styles = f'<w:style w:styleId="Mark"><w:rPr>{RAISED}</w:rPr></w:style>'
    raised = run("1", '<w:rStyle w:val="Mark"/>')
    assert words_of("March 2015", raised, styles=styles) == "March 2015"
    assert words_of(raised, styles=styles) == "1"


def test_text_hidden_by_its_style_is_left_out():
    styles = '<w:style w:styleId="Quiet"><w:rPr><w:vanish/></w:rPr></w:style>'
    assert words_of("Audit", run(" not", '<w:rStyle w:val="Quiet"/>'), styles=styles) == "Audit"
