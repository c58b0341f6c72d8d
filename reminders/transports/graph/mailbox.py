"""What the mailbox can be asked: which mails came back, who is out of office, what came into its own inbox."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Any
from urllib.parse import quote

from reminders.transports.base import Bounce
from reminders.transports.graph.session import GraphSession, things_in
from reminders.transports.graph.verdicts import Step

_MOST_REPORTS = 100
_MOST_TIPS = 100  # addresses in one question
_LATEST = 25
_NOT_DELIVERED = "ep/id eq 'String 0x001A' and ep/value eq 'REPORT.IPM.Note.NDR'"  # PidTagMessageClass
_NEWEST_FIRST = f"$orderby={quote('receivedDateTime desc')}"

_KEY = re.compile(r"(?:X-Reminder-Key:\s*|<n\.)([0-9a-f]{24})(?![0-9a-f])", re.IGNORECASE)
_STATUS = re.compile(r"^Status:\s*([45]\.\d{1,3}\.\d{1,3})\b", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(r"(?<![\d.])(5\.\d{1,3}\.\d{1,3})(?![\d.])")


class GraphMailbox:
    """The reading side of the mailbox we send from; each question may raise StopError."""

    def __init__(self, session: GraphSession) -> None:
        self._session = session

    def bounces(self, since: datetime) -> Iterator[Bounce]:
        """Yield the reports of mails not delivered, the newest first."""
        for report in self._reports(since):
            words = _words(self._session.read(f"/messages/{quote(str(report.get('id')), safe='')}/$value").content)
            key = _KEY.search(words)
            with suppress(ValueError):  # a report without a moment
                at = datetime.fromisoformat(str(report.get("receivedDateTime")))
                if key:
                    yield Bounce(key[1].lower(), _code(words), at)

    def _reports(self, since: datetime) -> list[dict[str, Any]]:
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted = f"receivedDateTime ge {moment} and singleValueExtendedProperties/any(ep: {_NOT_DELIVERED})"
        return self._inbox(f"$filter={quote(wanted)}&{_NEWEST_FIRST}", "id,receivedDateTime", _MOST_REPORTS)

    def absent(self, addresses: Sequence[str]) -> Iterator[str]:
        """Yield those of the addresses that have an automatic reply switched on."""
        for start in range(0, len(addresses), _MOST_TIPS):
            some = addresses[start : start + _MOST_TIPS]
            question = {"EmailAddresses": list(some), "MailTipsOptions": "automaticReplies"}
            answer = self._session.ask(Step.READ, "POST", "/getMailTips", json.dumps(question).encode())
            away = {_address(tip) for tip in things_in(answer) if _replies_by_itself(tip)}
            yield from (each for each in some if each.casefold() in away)

    def arrived(self, key: str) -> Mapping[str, str] | None:
        """Return the header fields of the latest mail in our inbox that carries this key."""
        for message in self._inbox(_NEWEST_FIRST, "internetMessageHeaders", _LATEST):
            headers = _headers(message)
            if any(key in value for name, value in headers.items() if name.lower() in {"x-reminder-key", "message-id"}):
                return headers
        return None

    def _inbox(self, query: str, fields: str, most: int) -> list[dict[str, Any]]:
        return things_in(self._session.read(f"/mailFolders/inbox/messages?{query}&$select={fields}&$top={most}"))


def _words(mime: bytes) -> str:
    """Return everything a report says: the headers of all its parts, the returned mail's too, and their texts."""
    parts = list(message_from_bytes(mime).walk())
    headers = [f"{name}: {' '.join(str(value).split())}" for part in parts for name, value in part.items()]
    contents = [part.get_payload(decode=True) for part in parts if part.get_content_maintype() in {"text", "message"}]
    texts = [content.decode("utf-8", "replace") for content in contents if isinstance(content, bytes)]
    return "\n".join([*headers, *texts])


def _code(words: str) -> str:
    found = _STATUS.search(words) or _CODE.search(words)
    return found[1] if found else "undelivered"


def _headers(message: dict[str, Any]) -> dict[str, str]:
    return {str(each.get("name")): str(each.get("value")) for each in message.get("internetMessageHeaders") or ()}


def _address(tip: dict[str, Any]) -> str:
    return str((tip.get("emailAddress") or {}).get("address")).casefold()


def _replies_by_itself(tip: dict[str, Any]) -> bool:
    return bool((tip.get("automaticReplies") or {}).get("message"))
