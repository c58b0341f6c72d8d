"""An Office file opened safely: a zip of parts, held in memory, with nothing in it that a plan does not need."""

import posixpath
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from reminders.sources.base import MayPass, Unreadable, refuse_large
from reminders.sources.formats import OfficeKind, why_another_format, why_no_office_file

MAX_UNPACKED = 50_000_000  # bytes
_MAX_PARTS = 2_000
_MAX_MARKUP = 1_200_000  # elements and attributes, each some hundred bytes of memory

_BROKEN = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error, zlib.error)
_ENCODING = re.compile(rb"""\A<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)""")
_ENCODINGS = (b"utf-8", b"utf-16", b"us-ascii")
_MARKS = b"\xef\xbb\xbf\xff\xfe"
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


@dataclass(frozen=True, slots=True)
class Package:
    """An Office file whose every part was checked; `data` are its verified bytes, `main` the part that holds the text.

    What its relationships name outside the file (templates, pictures, workbooks) is never looked up.
    """

    name: str
    data: bytes
    main: str
    _zip: ZipFile
    _parts: dict[str, ZipInfo]

    def part(self, path: str) -> bytes | None:
        """Return what a part holds; None where there is none of that name."""
        info = self._parts.get(_key(path))
        return None if info is None else _unpacked(self._zip, info, self.name)

    def xml(self, path: str) -> etree._Element | None:
        """Return the tree of a part, Strict Open XML in the namespaces of the usual kind; None where there is none.

        Raises Unreadable where it is no well-formed XML.
        """
        data = self.part(path)
        return None if data is None else _tree(data, path, self.name)

    def related(self, path: str, kind: str) -> str | None:
        """Return the path of the part that another one names as its "numbering", "styles" and so on."""
        return next(iter(self.every_related(path, kind)), None)

    def every_related(self, path: str, kind: str) -> tuple[str, ...]:
        """Return the paths of all the parts of a kind that another one names, as a workbook does each "worksheet"."""
        return tuple(target for each, target in _relations(self, path) if each.endswith(f"/{kind}"))


def open_package(data: bytes, name: str, kind: OfficeKind) -> Package:
    """Open an Office file once all of it is known to be safe: its size unpacked, its format, and every part.

    Raises Unreadable with the reason in one sentence.
    """
    refuse_large(data, name)
    why = why_no_office_file(data, kind)
    if why:
        raise Unreadable(f"{name}: {why}")
    parts = _zip_of(data, name)
    opened = Package(name, data, "", *parts)
    _check_parts(opened)
    return Package(name, data, _main(opened, kind), *parts)


# The zip


def _zip_of(data: bytes, name: str) -> tuple[ZipFile, dict[str, ZipInfo]]:
    if data.count(b"PK\x01\x02") > _MAX_PARTS:  # before the directory takes memory
        raise Unreadable(f"{name}: holds more than {_MAX_PARTS:,} parts; save the plan anew, without attachments")
    try:
        opened = ZipFile(BytesIO(data))
    except _BROKEN as error:
        raise _cut_short(name) from error
    parts = {_key(info.filename): info for info in opened.infolist()}
    if len(parts) < len(opened.infolist()):
        raise _damaged(name, "it holds two parts of one name")
    _check_sizes(opened.infolist(), name)
    return opened, parts


def _check_sizes(parts: list[ZipInfo], name: str) -> None:
    unpacked = sum(info.file_size for info in parts)
    if unpacked > MAX_UNPACKED:
        read = f"unpacks to {unpacked:,} bytes; at most {MAX_UNPACKED:,} are read"
        raise Unreadable(f"{name}: {read}. Take out pictures, or split the plan")
    if any(info.flag_bits & 0x1 for info in parts):
        raise Unreadable(f"{name}: is a zip with a password; save a copy without it")
    if any(info.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for info in parts):
        raise _damaged(name, "its parts are packed in a way that Office does not use")


def _unpacked(opened: ZipFile, info: ZipInfo, name: str) -> bytes:
    # ZipFile unpacks no more than the directory says and checks the sum of that.
    try:
        data = opened.read(info)
    except _BROKEN as error:
        raise _cut_short(name) from error
    if len(data) != info.file_size:
        raise _cut_short(name)
    return data


def _key(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").casefold()


def _cut_short(name: str) -> MayPass:
    return MayPass(f"{name}: is cut short or still being saved; wait until it is whole, or save it anew")


def _damaged(name: str, why: str) -> Unreadable:
    return Unreadable(f"{name}: is damaged or was not made by Office: {why}; open it in Office and save it anew")


# The parts


def _check_parts(package: Package) -> None:
    markup = 0
    for path in package._parts:  # noqa: SLF001 - its own
        data = package.part(path) or b""
        flat = data.replace(b"\0", b"").lstrip(_MARKS)  # UTF-16 as if it were ASCII
        if flat.lstrip().startswith(b"<"):
            _check_xml(flat, path, package.name)
            markup += flat.count(b"<") + flat.count(b"=")
        elif path.endswith((".xml", ".rels")) and flat:
            raise _damaged(package.name, f"{path} is no XML")
    if markup > _MAX_MARKUP:
        read = f"holds {markup:,} pieces of markup; at most {_MAX_MARKUP:,} are read"
        raise Unreadable(f"{package.name}: {read}. Split the plan, or take out empty rows and paragraphs")


def _check_xml(flat: bytes, path: str, name: str) -> None:
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise Unreadable(
            f"{name}: {path} in it holds a DOCTYPE, which no plan needs; open it in Office and save it anew"
        )
    encoding = _ENCODING.match(flat)
    if encoding and encoding.group(1).lower() not in _ENCODINGS:
        raise _damaged(name, f"{path} is in an encoding other than UTF-8")


def _tree(data: bytes, path: str, name: str) -> etree._Element:
    for strict, usual in _TRANSITIONAL:
        data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged(name, f"{path} is no well-formed XML") from error


# What the parts are


def _main(package: Package, kind: OfficeKind) -> str:
    found = [(each, target) for each, target in _relations(package, "") if each.endswith("/officeDocument")]
    if not found or package.part(found[0][1]) is None:
        raise Unreadable(
            f"{package.name}: {_why_no_main(package, kind)}; save the plan in {kind.program} as {kind.ending}"
        )
    path = found[0][1]
    why = why_another_format(_content_type(package, path), kind)
    if why:
        raise Unreadable(f"{package.name}: {why}")
    if not kind.strict and _STRICT in (package.part("_rels/.rels") or b""):
        read = f"is saved as Strict Open XML; save it as {kind.program}'s usual {kind.ending}"
        raise Unreadable(f"{package.name}: {read}")
    return path


def _why_no_main(package: Package, kind: OfficeKind) -> str:
    mimetype = package.part("mimetype") or b""
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        return f"is an OpenDocument file inside, not {kind.what}"
    return f"is a zip without {kind.what} in it"


def _content_type(package: Package, path: str) -> str:
    tree = package.xml("[Content_Types].xml")
    types = {} if tree is None else {_type_key(each): each.get("ContentType", "") for each in tree}
    return types.get(_key(path)) or types.get(f"*.{_key(path).rpartition('.')[2]}") or ""


def _type_key(element: etree._Element) -> str:
    extension = element.get("Extension")
    return f"*.{_key(extension)}" if extension else _key(element.get("PartName", ""))


def _relations(package: Package, path: str) -> Iterator[tuple[str, str]]:
    folder, file = posixpath.split(path)
    tree = package.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
    for each in tree if tree is not None else ():
        if each.get("TargetMode") != "External":
            yield (
                each.get("Type", ""),
                posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/"),
            )
