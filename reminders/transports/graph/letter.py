"""A mail as the JSON that Graph wants: fields, not MIME, of which it would drop headers."""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from reminders.core.message import Attachment, FinishedMessage, Mailbox
from reminders.transports.base import Outcome, Scope, Verdict
from reminders.transports.graph.verdicts import StopError
from reminders.transports.letter import KEY_PROPERTY_NAME, KEY_PROPERTY_SET, Letter, read_letter

KEY_PROPERTY = f"String {{{KEY_PROPERTY_SET}}} Name {KEY_PROPERTY_NAME}"

_LARGEST_REQUEST = 4_000_000
_LARGEST_ATTACHMENT = 3_000_000
_MOST_HEADERS = 5
# Graph takes only x- headers as such; these have properties instead (MS-OXCMAIL, 2.2.3.2).
_AS_PROPERTY = {"References": "String 0x1039", "In-Reply-To": "String 0x1042", "Thread-Topic": "String 0x0070"}


def as_json(message: FinishedMessage, key: str) -> bytes:
    """Return a mail as Graph's message, findable by its key. Raises StopError for one that is too large."""
    letter = read_letter(message)
    if any(len(each.content) >= _LARGEST_ATTACHMENT for each in letter.attachments):
        raise _too_large("an attachment of 3 MB or more")
    written = json.dumps(_fields(letter, key)).encode()
    if len(written) > _LARGEST_REQUEST:
        raise _too_large("a mail of more than 4 MB")
    return written


def _too_large(what: str) -> StopError:
    words = f"{what} cannot be sent through Graph; make it smaller"
    return StopError(Outcome(Verdict.REJECTED, Scope.MESSAGE, "too-large", words))


def _fields(letter: Letter, key: str) -> dict[str, Any]:
    return {
        "subject": letter.subject,
        "importance": (letter.header("Importance") or "normal").lower(),
        "from": _recipient(letter.sender),
        "toRecipients": [_recipient(letter.to)],
        "replyTo": [_recipient(letter.reply_to)] if letter.reply_to else [],
        "body": _body(letter),
        "attachments": [_attachment(each) for each in letter.attachments],
        "singleValueExtendedProperties": [{"id": KEY_PROPERTY, "value": key}, *_properties(letter)],
        **_headers(letter),
    }


def _recipient(mailbox: Mailbox) -> dict[str, dict[str, str]]:
    return {"emailAddress": {"name": mailbox.name or mailbox.address, "address": mailbox.address}}


def _body(letter: Letter) -> dict[str, str]:
    if letter.html:
        return {"contentType": "html", "content": letter.html}
    return {"contentType": "text", "content": letter.text}


def _attachment(attachment: Attachment) -> dict[str, str]:
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": attachment.name,
        "contentType": attachment.content_type,
        "contentBytes": b64encode(attachment.content).decode(),
    }


def _properties(letter: Letter) -> Iterator[dict[str, str]]:
    for header, tag in _AS_PROPERTY.items():
        value = letter.header(header)
        if value:
            yield {"id": tag, "value": value}


def _headers(letter: Letter) -> dict[str, Any]:
    own = [{"name": name, "value": value} for name, value in letter.headers if name.lower().startswith("x-")]
    message_id = letter.header("Message-ID")
    return {
        **({"internetMessageHeaders": own[:_MOST_HEADERS]} if own else {}),
        **({"internetMessageId": message_id} if message_id else {}),
    }
