"""What is asked of the mailbox, each in a request or two: send, seek, read what came back, ask who is away."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from exchangelib import EWSDateTime, Mailbox, Q
from exchangelib.folders import FolderCollection
from exchangelib.items import SEND_AND_SAVE_COPY, SEND_TO_NONE
from exchangelib.properties import SendingAs
from exchangelib.services import CreateItem, GetMailTips
from exchangelib.util import add_xml_child, create_element, set_xml_value

from reminders.transports.base import Bounce, Found
from reminders.transports.ews.folders import folder, holding
from reminders.transports.ews.letter import header_field, in_fields
from reminders.transports.letter import Letter

_MOST_REPORTS = 100  # the newest: who looks often enough sees all
_KEY_HEADER = header_field("x-reminder-key")
_KEY = re.compile(r"(?:\bn\.|x-reminder-key:\s*)([0-9a-f]{24})(?![0-9a-f])", re.IGNORECASE)  # <t.> is a thread
_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
_REPORT_FIELDS = (
    "datetime_received",
    "in_reply_to",
    "references",
    "text_body",
    "reminders_key",
    _KEY_HEADER,
)


def deliver(account: Any, letter: Letter, key: str) -> str | None:
    """Send a letter and keep a copy, by one request; return the server's id for it, which Exchange does not tell."""
    sent = folder(account, "sentitems")
    created = CreateItem(account=account).get(
        items=[in_fields(letter, key, account, sent)],
        folder=sent,
        message_disposition=SEND_AND_SAVE_COPY,
        send_meeting_invitations=SEND_TO_NONE,
    )
    return getattr(created, "id", None)


def seek(account: Any, key: str) -> Found:
    """Say where the mail of this key lies; what Exchange holds back for its rate waits in Outbox or Drafts."""
    held = holding(account, ("sentitems", "outbox", "drafts"), Q(reminders_key=key))
    if held["sentitems"]:
        return Found.SENT
    return Found.QUEUED if held["outbox"] or held["drafts"] else Found.ABSENT


def reports(account: Any, since: datetime) -> tuple[Bounce, ...]:
    """Return the reports of our mails not delivered that came into the inbox since then, the newest first."""
    wanted = Q(item_class="REPORT.IPM.Note.NDR") & Q(datetime_received__gte=EWSDateTime.from_datetime(since))
    found = _inbox(account).filter(wanted).only(*_REPORT_FIELDS).order_by("-datetime_received")[:_MOST_REPORTS]
    return tuple(_bounces(item for item in found if not isinstance(item, Exception)))


def _bounces(items: Iterable[Any]) -> Iterable[Bounce]:
    for item in items:
        text = "\n".join(str(getattr(item, name, None) or "") for name in ("in_reply_to", "references", "text_body"))
        key = getattr(item, "reminders_key", None) or getattr(item, _KEY_HEADER, None) or _key_in(text)
        if key:
            status = _STATUS.search(item.text_body or "")
            at = datetime.fromtimestamp(item.datetime_received.timestamp(), UTC)
            yield Bounce(key, status[0] if status else "undelivered", at)


def _key_in(text: str) -> str | None:
    found = _KEY.search(text)
    return found[1].lower() if found else None


def away(account: Any, addresses: Sequence[str]) -> frozenset[str]:
    """Return which of the addresses answer that they are out of office."""
    absent = {
        tips.recipient_address.email_address.casefold()
        for tips in _MailTips(protocol=account.protocol).tips(account, addresses)
        if tips.out_of_office and tips.out_of_office.reply_body
    }
    return frozenset(address for address in addresses if address.casefold() in absent)


class _MailTips(GetMailTips):  # type: ignore[misc]  # exchangelib has no types
    """GetMailTips as the schema has it; exchangelib writes what is wanted as bare text."""

    def tips(self, account: Any, addresses: Sequence[str]) -> list[Any]:
        self._identity = account.identity if account.access_type == "impersonation" else None
        mine = SendingAs(email_address=account.primary_smtp_address)
        theirs = [Mailbox(email_address=address) for address in addresses]
        return list(self.call(sending_as=mine, recipients=theirs, mail_tips_requested="OutOfOfficeMessage"))

    @property
    def _account_to_impersonate(self) -> Any:
        return self._identity

    def get_payload(self, recipients: Any, sending_as: Any, mail_tips_requested: str) -> Any:
        payload = create_element(f"m:{self.SERVICE_NAME}")
        version = self.protocol.version
        set_xml_value(payload, sending_as, version=version)
        theirs = create_element("m:Recipients")
        for recipient in recipients:
            set_xml_value(theirs, recipient, version=version)
        payload.append(theirs)
        add_xml_child(payload, "m:MailTipsRequested", mail_tips_requested)
        return payload


def headers_of_arrived(account: Any, key: str) -> Mapping[str, str] | None:
    """Return the header fields of the mail of this key in our own inbox; None while there is none."""
    ours = Q(reminders_key=key) | Q(**{_KEY_HEADER: key}) | Q(message_id__contains=f"n.{key}@")
    found = next(iter(_inbox(account).filter(ours).only("headers")[:1]), None)
    if isinstance(found, Exception):
        raise found
    return None if found is None else {header.name: header.value for header in found.headers or ()}


def _inbox(account: Any) -> FolderCollection:
    return FolderCollection(account=account, folders=[folder(account, "inbox")])
