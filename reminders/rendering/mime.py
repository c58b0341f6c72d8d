"""A mail as MIME bytes that no name or cell can break: headers folded by a policy of our own, both parts 7-bit."""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from uuid import NAMESPACE_URL, uuid5

from reminders.core.message import Mailbox, Message

_LONGEST_SUBJECT = 78
_NAME = 60  # bytes of a display name in ASCII
_FOREIGN_NAME = 45  # bytes of another, so that its encoded word stays within 75 characters
_FOLDED = frozenset({"subject", "thread-topic"})
_WHOLE = frozenset({"message-id", "references", "in-reply-to", "thread-index", "list-id", "x-reminder-key"})
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)  # FILETIME counts from here, in tenths of a microsecond


class _Policy(EmailPolicy):
    """Folds the headers that Python's own policy spoils.

    On Python 3.11 to 3.13 a long name loses its quotes and becomes several recipients (gh-80222): with lines of 998 it
    is never folded. Long ids become encoded words, and a long subject gains spaces (gh-100991): both are written here.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        own = self._own_fold(name, value)
        return own.encode("ascii") if own else super().fold_binary(name, value)

    def _own_fold(self, name: str, value: str) -> str | None:
        if name.lower() in _WHOLE:
            return f"{name}: {value}{self.linesep}"
        if name.lower() in _FOLDED:
            charset = "us-ascii" if value.isascii() else "utf-8"
            folded = Header(value, charset, maxlinelen=75, header_name=name).encode(linesep=self.linesep)
            return f"{name}: {folded}{self.linesep}"
        return None


_HEADERS = _Policy(max_line_length=998, linesep="\r\n")
_BODY = EmailPolicy(max_line_length=78, linesep="\r\n")  # under 998 the quoted-printable lines would grow to that


def one_line(text: str) -> str:
    """Return a text that any header can hold: one line, without control and format characters."""
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


def list_id(name: str, domain: str) -> str:
    """Return the List-Id by which people file the mails."""
    phrase = " ".join(re.sub(r"[^A-Za-z0-9 -]", " ", name).split())
    return f"{phrase[:_NAME].rstrip()} <plan.{domain}>".strip()


def finish(message: Message, key: str) -> bytes:
    """Return the bytes of a message; the same message and key give the same bytes.

    Raises ValueError for an address that is none.
    """
    mail = _body(message, key)
    structure = mail.items()
    for name, _ in structure:
        del mail[name]
    mail.policy = _HEADERS
    for name, value in (*_headers(message), *structure):
        mail[name] = value
    return mail.as_bytes()


def _body(message: Message, key: str) -> EmailMessage:
    mail = EmailMessage(policy=_BODY)
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{key}")
    return mail


def _headers(message: Message) -> Iterable[tuple[str, str | Address]]:
    yield "From", _address(message.sender)
    yield "To", _address(message.to)
    yield "Reply-To", _address(message.reply_to)
    yield "Subject", message.subject
    yield from message.headers


def _address(mailbox: Mailbox) -> Address:
    # Built, never parsed: in "M Evans, evil@example.com" the comma must stay a part of the name.
    return Address(_short(one_line(mailbox.name)), addr_spec=mailbox.address)


def _short(name: str) -> str:
    most = _NAME if name.isascii() else _FOREIGN_NAME
    return name.encode()[:most].decode(errors="ignore").rstrip()
