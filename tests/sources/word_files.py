"""Makes the Word files of the tests: a document of python-docx, its body in the words of the format itself."""

from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
_NUMBERING = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCUMENT = "word/document.xml"


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*inside, properties=""):
    words = "".join(each if each.startswith(("<w:", "<mc:")) else run(each) for each in inside if each)
    return f"<w:p><w:pPr>{properties}</w:pPr>{words}</w:p>"


def numbered(*inside, number=1, level=0):
    listed = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(*inside, properties=listed)


def cell(*inside, span=1, merge=""):
    """Return a cell of paragraphs; `merge` is "restart" where the cells below continue it, "continue" in those."""
    form = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    form += f'<w:vMerge w:val="{merge}"/>' if merge else ""
    lines = "".join(each if each.startswith("<w:") else paragraph(each) for each in inside) or "<w:p/>"
    return f"<w:tc><w:tcPr>{form}</w:tcPr>{lines}</w:tc>"


def row(*cells, properties=""):
    inside = "".join(each if each.startswith("<w:") else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def table(*rows, widths=()):
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def inserted(inside):
    return f'<w:ins w:id="1" w:author="C Gill">{inside}</w:ins>'


def deleted(words):
    text = escape(words)
    return f'<w:del w:id="2" w:author="C Gill"><w:r><w:delText>{text}</w:delText></w:r></w:del>'


def smart_tag(inside):
    return f'<w:smartTag w:uri="urn:schemas-microsoft-com:office:smarttags" w:element="date">{inside}</w:smartTag>'


def control(inside, properties=""):
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"


def level(depth, text, form="decimal", more=""):
    start = '<w:start w:val="1"/>'
    shape = f'<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{depth}">{start}{shape}</w:lvl>'


def lists(*shapes, numbers=""):
    """Return a numbering part: list 1 has the first shape, list 2 the second; `numbers` are further lists."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{place}">{shape}</w:abstractNum>'
        for place, shape in enumerate(shapes, start=1)
    )
    own = "".join(
        f'<w:num w:numId="{place}"><w:abstractNumId w:val="{place}"/></w:num>' for place in range(1, len(shapes) + 1)
    )
    return abstract + own + numbers


def word_file(*blocks, numbering=None, styles=""):
    """Return the bytes of a .docx file with these blocks."""
    parts = dict(_template())
    body = f"<w:document {_NAMESPACES}><w:body>{''.join(blocks)}<w:sectPr/></w:body></w:document>"
    parts[DOCUMENT] = body.encode()
    parts["word/styles.xml"] = parts["word/styles.xml"].replace(b"</w:styles>", styles.encode() + b"</w:styles>")
    if numbering is not None:
        parts["word/numbering.xml"] = f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'.encode()
        _announce(parts, "numbering", _NUMBERING)
    return packed(parts)


def simple_plan(*more, **parts):
    """Return a small plan with further blocks below it."""
    first = table(row("Ref", "Action", "Lead", "Timeframe"), row("1.1", "Audit", "C Gill", "May 2015"))
    return word_file(first, *more, **parts)


def packed(parts, compression=ZIP_DEFLATED):
    """Return a zip of parts by their paths."""
    file = BytesIO()
    with ZipFile(file, "w", compression) as opened:
        for path, data in parts.items():
            opened.writestr(path, data)
    return file.getvalue()


def unpacked(data):
    """Return the parts of a zip by their paths."""
    with ZipFile(BytesIO(data)) as opened:
        return {each: opened.read(each) for each in opened.namelist()}


def with_parts(data, **parts):
    """Return a Word file whose document, styles and so on are others."""
    return packed(unpacked(data) | {f"word/{name}.xml": content for name, content in parts.items()})


def ole(*streams):
    """Return what an old or protected Office file begins with: the names of its streams in a directory."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + names


def _announce(parts, name, content_type):
    override = f'<Override PartName="/word/{name}.xml" ContentType="{content_type}"/></Types>'.encode()
    relation = f'<Relationship Id="rId{name}" Type="{_RELATIONS}/{name}" Target="{name}.xml"/></Relationships>'.encode()
    types, relations = "[Content_Types].xml", "word/_rels/document.xml.rels"
    if f"/{name}.xml".encode() not in parts[types]:
        parts[types] = parts[types].replace(b"</Types>", override)
        parts[relations] = parts[relations].replace(b"</Relationships>", relation)


@cache
def _template():
    file = BytesIO()
    docx.Document().save(file)
    return tuple(unpacked(file.getvalue()).items())
