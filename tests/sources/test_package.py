import zlib
from zipfile import ZIP_BZIP2, ZIP_STORED

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reminders.sources.base import Unreadable
from reminders.sources.formats import EXCEL, WORD
from reminders.sources.package import open_package
from reminders.sources.word import read_word
from tests.sources.word_files import DOCUMENT, ole, packed, simple_plan, unpacked, with_parts

PLAN = simple_plan()
PARTS = unpacked(PLAN)
TYPES, RELATIONS = "[Content_Types].xml", "_rels/.rels"
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
ENTITY = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


def refusal(data, kind=WORD, name="plan.docx"):
    with pytest.raises(Unreadable) as refused:
        open_package(data, name, kind)
    (only,) = refused.value.mistakes
    return only.removeprefix(f"{name}: ")


def with_part(path, content):
    return packed(PARTS | {path: content})


def retyped(kind):
    """Return the plan as a file whose main part is of another type."""
    types = PARTS[TYPES].replace(b"wordprocessingml.document.main", kind)
    return with_part(TYPES, types)


def test_a_document_that_may_hold_macros_is_read_and_they_are_not_run():
    types = PARTS[TYPES].replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    data = packed(PARTS | {TYPES: types, "word/vbaProject.bin": ole("VBA")})
    assert read_word(data, "plan.docx") == read_word(PLAN, "plan.docx")


def test_the_main_part_may_have_another_name_and_its_type_a_default():
    types = PARTS[TYPES].replace(b'PartName="/word/document.xml"', b'PartName="/word/document2.xml"')
    moved = {RELATIONS: PARTS[RELATIONS].replace(b"document.xml", b"document2.xml"), TYPES: types}
    parts = {"word/document2.xml" if path == DOCUMENT else path: data for path, data in PARTS.items()} | moved
    assert open_package(packed(parts), "plan.docx", WORD).main == "word/document2.xml"


def test_a_strict_workbook_is_refused():
    relations = PARTS[RELATIONS].replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
    )
    types = PARTS[TYPES].replace(b"wordprocessingml.document.main", b"spreadsheetml.sheet.main")
    data = packed(PARTS | {RELATIONS: relations, TYPES: types})
    assert refusal(data, EXCEL, "plan.xlsx").startswith("is saved as Strict Open XML")
    assert open_package(with_part(RELATIONS, relations), "plan.docx", WORD).main == DOCUMENT


# Broken and hostile zips


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999])
def test_a_file_that_is_cut_short_is_refused(share):
    assert refusal(PLAN[: int(len(PLAN) * share)]).startswith("is cut short or still being saved")


def test_a_bad_sum_is_refused():
    where = PLAN.index(zlib.crc32(PARTS[DOCUMENT]).to_bytes(4, "little"), PLAN.index(b"PK\x01\x02"))
    assert refusal(PLAN[:where] + b"\0\0\0\0" + PLAN[where + 4 :]).startswith("is cut short or still being saved")


def test_a_part_larger_than_the_directory_says_is_refused():
    length = len(PARTS[DOCUMENT]).to_bytes(4, "little")
    lying = PLAN.replace(length, (10).to_bytes(4, "little"))
    assert lying != PLAN
    assert refusal(lying).startswith("is cut short or still being saved")


def test_parts_that_are_locked_or_doubled_or_oddly_packed_are_refused():
    directory = PLAN.index(b"PK\x01\x02")
    locked = PLAN[: directory + 8] + b"\x01" + PLAN[directory + 9 :]
    assert refusal(locked) == "is a zip with a password; save a copy without it"
    assert "its parts are packed in a way that Office does not use" in refusal(packed(PARTS, ZIP_BZIP2))
    doubled = packed(PARTS | {"word\\document.xml": b"<a/>"})
    assert "it holds two parts of one name" in refusal(doubled)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = packed(PARTS | {f"word/media/{n}.bin": bytes(47_000_000) for n in range(5)})
    assert len(bomb) < 300_000
    assert refusal(bomb).startswith("unpacks to 235,")


def test_a_zip_of_countless_parts_is_refused():
    assert refusal(packed(PARTS | {f"x/{n}": b"" for n in range(2_000)})).startswith("holds more than 2,000 parts")


def test_markup_without_end_is_refused():
    assert refusal(with_parts(PLAN, document=b"<a>" + b"<b/>" * 8_000_000 + b"</a>")).startswith("holds 8,0")


@pytest.mark.parametrize("part", [DOCUMENT, "word/styles.xml", "docProps/core.xml", "word/media/a.png", RELATIONS])
@pytest.mark.parametrize("evil", [LAUGHS, ENTITY])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_doctype_is_refused_in_any_part_and_encoding(part, evil, encoding):
    data = with_part(part, evil.decode().encode(encoding))
    assert refusal(data).startswith(f"{part.casefold()} in it holds a DOCTYPE, which no plan needs")


def test_xml_that_is_none_or_in_an_odd_encoding_is_refused():
    assert "word/document.xml is no XML" in refusal(with_part(DOCUMENT, b"Plan"))
    odd = b'<?xml version="1.0" encoding="utf-7"?><a/>'
    assert "is in an encoding other than UTF-8" in refusal(with_part(DOCUMENT, odd))
    with pytest.raises(Unreadable, match=r"document\.xml is no well-formed XML"):
        read_word(with_part(DOCUMENT, b"<a><b></a>"), "plan.docx")
    with pytest.raises(Unreadable, match=r"document\.xml is no well-formed XML"):
        read_word(with_part(DOCUMENT, b"<a>" * 5_000), "plan.docx")


def test_what_lies_outside_the_file_is_never_looked_up():
    remote = b'<Relationship Id="r9" Type="http://x/{}" Target="http://evil.example/a" TargetMode="External"/></Rel'
    for kind in (b"attachedTemplate", b"image", b"styles"):
        path = "word/_rels/document.xml.rels"
        relations = PARTS[path].replace(b"</Rel", remote.replace(b"{}", kind))
        assert read_word(with_part(path, relations), "p") == read_word(PLAN, "p")
    missing = PARTS[RELATIONS].replace(
        b'Target="word/document.xml"', b'Target="http://x.example" TargetMode="External"'
    )
    assert refusal(with_part(RELATIONS, missing)).startswith("is a zip without a Word document in it")


def test_parts_are_found_by_name_whatever_their_case():
    opened = open_package(PLAN, "plan.docx", WORD)
    assert opened.part("/Word/Document.XML") == PARTS[DOCUMENT]
    assert opened.part("word/none.xml") is None
    assert opened.xml("word/none.xml") is None
    assert opened.related(opened.main, "styles") == "word/styles.xml"
    assert opened.related(opened.main, "nothing") is None


def test_a_stored_file_reads_as_a_packed_one():
    assert read_word(packed(PARTS, ZIP_STORED), "p") == read_word(PLAN, "p")


# Any bytes


def mutated(data, changes):
    changed = bytearray(data)
    for place, byte in changes:
        changed[place % len(changed)] = byte
    return bytes(changed)


def read_or_refuse(data):
    try:
        read_word(data, "plan.docx")
    except Unreadable as refused:
        return str(refused).startswith("plan.docx")
    return True


CHANGES = st.lists(st.tuples(st.integers(min_value=0), st.integers(0, 255)), min_size=1, max_size=8)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CHANGES, st.integers(0, 4))
def test_a_file_with_some_bytes_changed_is_read_or_refused_in_words(changes, where):
    if where == 0:
        assert read_or_refuse(mutated(PLAN, changes))
    else:
        path = (DOCUMENT, "word/_rels/document.xml.rels", TYPES, RELATIONS)[where - 1]
        assert read_or_refuse(with_part(path, mutated(PARTS[path], changes)))
