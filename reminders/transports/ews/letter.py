"""A letter in the fields of EWS, and the properties by which it is known again."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from exchangelib import ExtendedProperty, FileAttachment, HTMLBody, Mailbox, Message

from reminders.transports.letter import KEY_PROPERTY_NAME, KEY_PROPERTY_SET, Letter

_NO_AUTO_REPLIES = 4 | 8 | 16 | 32  # no read reports, no out-of-office and other automatic answers; NDRs are wanted


class KeyProperty(ExtendedProperty):  # type: ignore[misc]  # exchangelib has no types
    """Our key: searchable, and kept in every folder."""

    property_set_id = KEY_PROPERTY_SET
    property_name = KEY_PROPERTY_NAME
    property_type = "String"


class _MessageId(ExtendedProperty):  # type: ignore[misc]
    """PidTagInternetMessageId; the field message:InternetMessageId is refused by some versions."""

    property_tag = 0x1035
    property_type = "String"


class _Suppress(ExtendedProperty):  # type: ignore[misc]
    """PidTagAutoResponseSuppress (MS-OXOMSG 2.2.1.77)."""

    property_tag = 0x3FDF
    property_type = "Integer"


Message.register("reminders_key", KeyProperty)
Message.register("reminders_message_id", _MessageId)
Message.register("reminders_suppress", _Suppress)


@cache
def header_field(name: str) -> str:
    """Return the field of a message that is this header of the mail; Exchange wants its name in lower case."""
    field = "header_" + re.sub(r"\W", "_", name)
    described = {
        "distinguished_property_set_id": "InternetHeaders",
        "property_name": name,
        "property_type": "String",
    }
    Message.register(field, type(field, (ExtendedProperty,), described))
    return field


def in_fields(letter: Letter, key: str, account: Any, folder: Any) -> Any:
    """Return the letter as exchangelib's message, to be kept in a folder."""
    return Message(
        account=account,
        folder=folder,
        author=_mailbox(letter.sender.name, letter.sender.address),  # Exchange knows it; other servers of EWS do not
        to_recipients=[_mailbox(letter.to.name, letter.to.address)],
        reply_to=[_mailbox(letter.reply_to.name, letter.reply_to.address)] if letter.reply_to else None,
        subject=letter.subject,
        body=HTMLBody(letter.html) if letter.html else letter.text,
        importance=(letter.header("Importance") or "normal").capitalize(),
        in_reply_to=letter.header("In-Reply-To"),
        references=letter.header("References"),
        attachments=[
            FileAttachment(name=each.name, content_type=each.content_type, content=each.content)
            for each in letter.attachments
        ],
        reminders_key=key,
        reminders_message_id=letter.header("Message-ID"),
        reminders_suppress=_NO_AUTO_REPLIES,
        **dict(_headers(letter)),
    )


def _headers(letter: Letter) -> Iterable[tuple[str, str]]:
    return ((header_field(name.lower()), value) for name, value in letter.headers if name.lower().startswith("x-"))


def _mailbox(name: str, address: str) -> Any:
    return Mailbox(name=name or None, email_address=address)
