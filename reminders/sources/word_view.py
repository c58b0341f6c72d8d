"""The final view of a Word document: what would stand on paper if every pending change were accepted."""

from collections.abc import Sequence

from lxml import etree

Element = etree._Element  # noqa: SLF001 - lxml's only name for it

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_GONE = (f"{W}del", f"{W}moveFrom")
_COUNTED = (f"{W}ins", f"{W}del", f"{W}moveTo")
_DROPPED = "dropped"  # marked first and taken out in one go: lxml takes its time over each tree that is cut off
_PROPERTIES = (f"{W}sdtPr", f"{W}sdtEndPr", f"{W}smartTagPr", f"{W}customXmlPr")
# What stands round text, cells and rows without being either.
_WRAPPERS = (
    *(f"{W}{tag}" for tag in ("sdt", "sdtContent", "smartTag", "customXml", "hyperlink", "fldSimple", "dir", "bdo")),
    *(f"{W}ins", f"{W}moveTo", f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"),
)


def final_view(document: Element) -> int:
    """Reduce a document, in place, to tables, paragraphs and runs; return how many changes were pending."""
    changes = sum(_is_change(each) for each in document.iter(*_COUNTED))
    ended = _paragraphs_without_end(document)
    _mark_second_choices(document)
    _mark_rows_and_cells(document)
    _drop_placeholders(document)
    etree.strip_elements(document, _DROPPED, *_GONE, *_PROPERTIES)
    etree.strip_tags(document, *_WRAPPERS)
    for paragraph in reversed(ended):
        _run_on(paragraph)
    return changes


def _is_change(mark: Element) -> bool:
    # The inserted end of a paragraph belongs to the insertion beside it.
    return mark.tag != f"{W}ins" or _parent_tag(mark) != f"{W}rPr"


def _paragraphs_without_end(document: Element) -> Sequence[Element]:
    marks = (each for each in document.iter(*_GONE) if _parent_tag(each) == f"{W}rPr")
    found = (next(mark.iterancestors(f"{W}p"), None) for mark in marks)
    return list(dict.fromkeys(paragraph for paragraph in found if paragraph is not None))


def _mark_second_choices(document: Element) -> None:
    # One picture or text box in a form for each generation of Word: all say the same.
    for each in document.iter(f"{_MC}AlternateContent"):
        for other in each[1:]:
            other.tag = _DROPPED


def _mark_rows_and_cells(document: Element) -> None:
    for mark in document.iter(f"{W}del", f"{W}cellDel"):
        properties = mark.getparent()
        owner = None if properties is None else properties.getparent()
        if properties is not None and owner is not None and properties.tag in {f"{W}trPr", f"{W}tcPr"}:
            owner.tag = _DROPPED


def _drop_placeholders(document: Element) -> None:
    # "Click here to enter text" is Word's, not the author's.
    for control in document.iter(f"{W}sdt"):
        if control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None:
            etree.strip_elements(control, f"{W}t")


def _run_on(paragraph: Element) -> None:
    # A paragraph whose end is deleted goes on in the next one, which lends its form.
    below, above = paragraph.getnext(), paragraph.getparent()
    own = [child for child in paragraph if child.tag != f"{W}pPr"]
    if above is None or below is None or (own and below.tag != f"{W}p"):
        return
    first = next(below.iterchildren(), None)
    at = 1 if first is not None and first.tag == f"{W}pPr" else 0
    for child in reversed(own):
        below.insert(at, child)
    above.remove(paragraph)


def _parent_tag(element: Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag)
