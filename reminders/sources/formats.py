"""What a file is inside, whatever its name says, and what to do where it is not what was asked for."""

from dataclasses import dataclass

from reminders.sources.base import binary_format


@dataclass(frozen=True, slots=True)
class OfficeKind:
    """One of the Office formats in which plans are read."""

    program: str
    what: str
    ending: str
    content_types: tuple[str, ...]  # how those of its main part begin
    strict: bool  # whether its Strict Open XML variant is read, too


_OFFICE_TYPE = "application/vnd.openxmlformats-officedocument."
WORD = OfficeKind(
    "Word",
    "a Word document",
    ".docx",
    (f"{_OFFICE_TYPE}wordprocessingml.", "application/vnd.ms-word."),
    strict=True,
)
EXCEL = OfficeKind(
    "Excel",
    "an Excel workbook",
    ".xlsx",
    (f"{_OFFICE_TYPE}spreadsheetml.", "application/vnd.ms-excel."),
    strict=False,
)
_BINARY_WORKBOOK = "application/vnd.ms-excel.sheet.binary"

_OLE = b"\xd0\xcf\x11\xe0"
_OLE_STREAMS = (
    ("EncryptedPackage", "is protected by a password or a rights label; save a copy without it"),
    ("EncryptionInfo", "is protected by a password or a rights label; save a copy without it"),
    ("WordDocument", "is an old Word 97 file inside; open it in Word and save it as .docx"),
    ("Workbook", "is an old Excel 97 file inside; open it in Excel and save it as .xlsx"),
    ("Book", "is an old Excel 5 file inside; open it in Excel and save it as .xlsx"),
)
_HTML = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<body")


def why_no_office_file(data: bytes, kind: OfficeKind) -> str | None:
    """Say what a file is and what to do instead; None for a zip, as Office files are."""
    if data.startswith(b"PK\x03\x04"):
        return None
    if data.startswith(_OLE):
        return _why_ole(data, kind)
    save = f"open it in {kind.program} and save it as {kind.ending}"
    if not data.strip(b"\0"):
        return f"is empty; it may still be on its way, or {save}"
    return f"is {_plain_format(data)} inside, not {kind.what}; {save}"


def why_another_format(content_type: str, kind: OfficeKind) -> str | None:
    """Say what to do where the main part of an Office file is of another kind; None where it fits."""
    if content_type.startswith(_BINARY_WORKBOOK):
        return "is a binary Excel workbook (.xlsb) inside; open it in Excel and save it as .xlsx"
    if content_type.startswith(kind.content_types):
        return None
    other = next((other for other in (WORD, EXCEL) if content_type.startswith(other.content_types)), None)
    if other:
        return f"is {other.what} inside, not {kind.what}; name it {other.ending}"
    return f"is another kind of Office file inside, not {kind.what}; save the plan in {kind.program} as {kind.ending}"


def _why_ole(data: bytes, kind: OfficeKind) -> str:
    for stream, why in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return why
    return f"is an old Office file inside, not {kind.what}; open it in {kind.program} and save it as {kind.ending}"


def _plain_format(data: bytes) -> str:
    start = data[:1024].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(_HTML) or (start.startswith(b"<?xml") and b"<html" in start):
        return "a web page (HTML)"
    if start.startswith(b"mime-version:"):
        return "a web archive (MHTML)"
    if start.startswith(b"<?xml"):
        return "a plain XML file"
    return binary_format(data) or ("an unknown format" if b"\0" in data else "plain text")
