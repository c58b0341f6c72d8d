"""One e-mail: as people read it, and as it is finished for sending."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name to show and the one address it stands for."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; its name is plain ASCII and says nothing of what is in it."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What people read, before it becomes MIME bytes."""

    sender: Mailbox
    to: Mailbox
    reply_to: Mailbox
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class FinishedMessage:
    """The very bytes that leave, with the envelope they leave in.

    Sender and recipient come from the settings and the directory, never from parsed headers.
    """

    sender: str
    recipient: str
    mime: bytes
