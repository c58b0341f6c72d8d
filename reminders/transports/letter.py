"""A finished mail taken apart again, for servers that want fields instead of bytes (EWS, Graph)."""

from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Part
from email.utils import parseaddr

from reminders.core.message import Attachment, FinishedMessage, Mailbox

# The property by which EWS and Graph find a mail again in its mailbox: a set of our own and the name in it.
KEY_PROPERTY_SET = "7c5f1f0e-3d0b-4b0a-9a53-5f0f5a2c9e61"
KEY_PROPERTY_NAME = "reminders-notice"

_ELSEWHERE = frozenset(
    {"from", "to", "reply-to", "subject", "mime-version", "content-type", "content-transfer-encoding", "date"}
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, field by field; `headers` are those that have no field of their own here, unfolded."""

    sender: Mailbox
    to: Mailbox
    reply_to: Mailbox | None
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...]

    def header(self, name: str) -> str | None:
        """Return a header's value."""
        return next((value for known, value in self.headers if known.casefold() == name.casefold()), None)


def read_letter(message: FinishedMessage) -> Letter:
    """Return the fields of a mail that `rendering` finished.

    The addresses of sender and recipient are those of the envelope, whatever the headers say.
    """
    mail = message_from_bytes(message.mime)
    bodies = {part.get_content_type(): part for part in mail.walk() if not part.get_filename()}
    return Letter(
        sender=Mailbox(_name(mail, "From"), message.sender),
        to=Mailbox(_name(mail, "To"), message.recipient),
        reply_to=_mailbox(mail, "Reply-To"),
        subject=_words(mail["Subject"]),
        text=_text(bodies.get("text/plain")),
        html=_text(bodies.get("text/html")),
        headers=tuple((name, _words(value)) for name, value in mail.items() if name.casefold() not in _ELSEWHERE),
        attachments=tuple(_attachment(part) for part in mail.walk() if part.get_filename()),
    )


def _words(value: str | None) -> str:
    unfolded = "".join((value or "").splitlines())
    return str(make_header(decode_header(unfolded)))


def _mailbox(mail: Part, header: str) -> Mailbox | None:
    name, address = parseaddr(mail[header] or "")
    return Mailbox(_words(name), address) if address else None


def _name(mail: Part, header: str) -> str:
    return _words(parseaddr(mail[header] or "")[0])


def _text(part: Part | None) -> str:
    return _content(part).decode(part.get_content_charset("utf-8")).replace("\r\n", "\n") if part else ""


def _attachment(part: Part) -> Attachment:
    return Attachment(part.get_filename() or "attachment", part.get_content_type(), _content(part))


def _content(part: Part) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
