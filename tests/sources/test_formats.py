import pytest

from reminders.sources.base import MAX_BYTES, Unreadable
from reminders.sources.formats import EXCEL, WORD
from reminders.sources.package import open_package
from tests.sources.word_files import ole, packed, simple_plan, unpacked

PLAN = simple_plan()
PARTS = unpacked(PLAN)
TYPES = "[Content_Types].xml"


def refusal(data, kind=WORD, name="plan.docx"):
    with pytest.raises(Unreadable) as refused:
        open_package(data, name, kind)
    (only,) = refused.value.mistakes
    return only.removeprefix(f"{name}: ")


def retyped(kind):
    """Return the plan as a file whose main part is of another type."""
    types = PARTS[TYPES].replace(b"wordprocessingml.document.main", kind)
    return packed(PARTS | {TYPES: types})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "is empty; it may still be on its way", id="empty"),
        pytest.param(b"\0" * 512, "is empty; it may still be on its way", id="zero bytes of a sync client"),
        pytest.param(ole("EncryptionInfo", "EncryptedPackage"), "is protected by a password", id="password"),
        pytest.param(ole("EncryptionInfo"), "is protected by a password", id="password, cut short"),
        pytest.param(ole("WordDocument"), "is an old Word 97 file inside; open it in Word and save", id="Word 97"),
        pytest.param(ole("Workbook"), "is an old Excel 97 file inside", id="Excel 97"),
        pytest.param(ole("Other"), "is an old Office file inside, not a Word document", id="another old file"),
        pytest.param(b"{\\rtf1 Plan}", "is an RTF file inside, not a Word document", id="RTF"),
        pytest.param(b"%PDF-1.7", "is a PDF inside, not a Word document", id="PDF"),
        pytest.param(b"\xef\xbb\xbf <!DOCTYPE HTML><p>", "is a web page (HTML) inside", id="HTML"),
        pytest.param("<html><table>".encode("utf-16"), "is a web page (HTML) inside", id="HTML in UTF-16"),
        pytest.param(b"MIME-Version: 1.0\r\n", "is a web archive (MHTML) inside", id="web archive"),
        pytest.param(b'<?xml version="1.0"?><w:wordDocument/>', "is a plain XML file inside", id="Word 2003 XML"),
        pytest.param(b"Action,Lead\r\n", "is plain text inside, not a Word document; open it in Word", id="text"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "is an unknown format inside", id="a picture"),
        pytest.param(b"PK\x03\x04" + bytes(40), "is cut short or still being saved", id="a beginning alone"),
        pytest.param(packed({"a.txt": b"a"}), "is a zip without a Word document in it", id="another zip"),
        pytest.param(
            packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
            "is an OpenDocument file inside",
            id="OpenDocument",
        ),
        pytest.param(retyped(b"presentationml.slideshow.main"), "is another kind of Office file", id="PowerPoint"),
        pytest.param(b" " * (MAX_BYTES + 1), "holds 10,000,001 bytes; at most 10,000,000", id="too large"),
    ],
)
def test_what_is_no_word_document_is_refused_with_what_it_is(data, said):
    assert refusal(data).startswith(said)


def test_a_workbook_is_no_document_and_a_document_no_workbook():
    workbook = retyped(b"spreadsheetml.sheet.main")
    assert refusal(workbook) == "is an Excel workbook inside, not a Word document; name it .xlsx"
    assert refusal(PLAN, EXCEL, "plan.xlsx") == "is a Word document inside, not an Excel workbook; name it .docx"


def test_a_binary_workbook_is_refused():
    types = PARTS[TYPES].replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-excel.sheet.binary.macroEnabled.main",
    )
    assert refusal(packed(PARTS | {TYPES: types}), EXCEL, "plan.xlsx").startswith("is a binary Excel workbook (.xlsb)")
