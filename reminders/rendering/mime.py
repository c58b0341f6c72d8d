"""A mail as MIME bytes that no name or cell can break: written header by header, every part 7-bit.

Python's own generator is not used: it loses the quotes of a long name (gh-80222), encodes long ids (gh-100991), and
costs more than all the rest of a mail. Only what this service writes is written here: no header of a stranger.
"""

import re
import unicodedata
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from email.header import Header
from email.utils import formataddr
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

from reminders.core.message import Attachment, Mailbox, Message

_LONGEST_SUBJECT = 78
_LONGEST_LINE = 76  # characters of a header line before it is folded
_NAME = 60  # bytes of a display name in ASCII
_FOREIGN_NAME = 45  # bytes of another, so that its encoded word stays within 75 characters
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9.-]+"
)  # RFC 5322
_LINES_KEPT = 1_000  # most lines of a mail are those of the mail before
_NAMES_KEPT = 100
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)  # FILETIME counts from here, in tenths of a microsecond


def one_line(text: str) -> str:
    """Return a text that any header can hold: one line, without control and format characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(seen.split())


def subject_line(rendered: str) -> str:
    """Return the subject of what a subject template made: its first line that says something, at most 78 characters."""
    first = next((line for line in rendered.splitlines() if line.strip()), "")
    return one_line(first)[:_LONGEST_SUBJECT].rstrip()


def domain_of(address: str) -> str:
    """Return the domain of an address."""
    return address.rpartition("@")[2]


def thread_index(thread: str, day: date, key: str) -> str:
    """Return Outlook's name for the thread: the day and the thread in 22 bytes that stay, and 5 for this mail."""
    since = datetime(day.year, day.month, day.day, tzinfo=UTC) - _EPOCH
    filetime = (since.days * 86_400 * 10_000_000).to_bytes(8, "big")
    child = bytes.fromhex(key[:10])
    raw = filetime[:6] + uuid5(NAMESPACE_URL, thread).bytes + bytes([child[0] & 0x7F]) + child[1:]
    return b64encode(raw).decode("ascii")


@lru_cache(_NAMES_KEPT)
def list_id(name: str, domain: str) -> str:
    """Return the List-Id by which people file the mails."""
    phrase = " ".join(re.sub(r"[^A-Za-z0-9 -]", " ", name).split())
    return f"{phrase[:_NAME].rstrip()} <plan.{domain}>".strip()


def finish(message: Message, key: str) -> bytes:
    """Return the bytes of a message; the same message and key give the same bytes.

    Raises ValueError for an address that is none, and for a header that holds more than one line.
    """
    headers = "".join(_line(name, value) for name, value in _headers(message))
    return headers.encode("ascii") + _body(message, key)


def _headers(message: Message) -> Iterator[tuple[str, str]]:
    yield "From", _address(message.sender)
    yield "To", _address(message.to)
    yield "Reply-To", _address(message.reply_to)
    yield "Subject", _encoded("Subject", message.subject)
    for name, value in message.headers:
        yield name, _encoded(name, value)
    yield "MIME-Version", "1.0"


def _line(name: str, value: str) -> str:
    unfolded = value.replace("\r\n ", "")
    if not (unfolded.isascii() and unfolded.isprintable()):
        raise ValueError(f"{name} holds what no header may")
    return f"{name}: {value}\r\n"


def _encoded(name: str, value: str) -> str:
    # An id stays whole, however long: only what is no ASCII is encoded, and only a subject is folded.
    if value.isascii() and (name != "Subject" or len(name) + 2 + len(value) <= _LONGEST_LINE):
        return value
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(value, charset, maxlinelen=_LONGEST_LINE - 1, header_name=name).encode(linesep="\r\n")


@lru_cache(_NAMES_KEPT)
def _address(mailbox: Mailbox) -> str:
    # The name is quoted, never parsed: in "M Evans, evil@example.com" the comma stays a part of it.
    if not _ADDRESS.fullmatch(mailbox.address):
        raise ValueError("an address is not one")
    return formataddr((_short(one_line(mailbox.name)), mailbox.address))


def _short(name: str) -> str:
    most = _NAME if name.isascii() else _FOREIGN_NAME
    return name.encode()[:most].decode(errors="ignore").rstrip()


def _body(message: Message, key: str) -> bytes:
    texts = _multipart("alternative", f"=_{key}", [_text("plain", message.text), _text("html", message.html)])
    if not message.attachments:
        return texts
    return _multipart("mixed", f"=_{key}.files", [texts, *map(_file, message.attachments)])


def _multipart(kind: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    opening = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    mark = f"--{boundary}".encode("ascii")
    return opening + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def _text(subtype: str, text: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode("ascii") + b"".join(map(_quoted, text.encode("utf-8").splitlines(keepends=True)))


@lru_cache(_LINES_KEPT)
def _quoted(line: bytes) -> bytes:
    words = line.rstrip(b"\r\n")
    quoted = b2a_qp(words + b"\r\n")  # it folds a long line by the line end that it sees
    return quoted if words != line else quoted[:-2]


def _file(file: Attachment) -> bytes:
    head = (
        f'Content-Type: {file.content_type};\r\n name="{file.name}"\r\n'
        f'Content-Disposition: attachment;\r\n filename="{file.name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + encodebytes(file.content).replace(b"\n", b"\r\n")
