"""Notices become mails: words from templates, styles made inline, bytes that stay the same at each try."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from reminders.core.digest import Digest
from reminders.core.faults import FaultNotice, TestNotice
from reminders.core.keys import short_hash
from reminders.core.message import Attachment, FinishedMessage, Mailbox, Message
from reminders.core.notices import Kind, ReminderNotice
from reminders.rendering import mime
from reminders.rendering.sandbox import allowance
from reminders.rendering.styles import StyleError, inlined
from reminders.rendering.templates import TemplateFault, Templates, packaged_templates

__all__ = ["Branding", "Rendered", "Renderer", "Sending", "TemplateFault", "packaged_templates"]

Notice: TypeAlias = ReminderNotice | Digest | FaultNotice | TestNotice

_TOPICS: Mapping[Kind, str] = {
    Kind.REMINDER: "Business plan reminders",
    Kind.DIGEST: "Business plan weekly digest",
    Kind.FAULT: "Business plan reminders: faults",
    Kind.TEST: "Business plan reminders: test",
}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_INDENT = re.compile(r"\n\s+")
_GAPS = re.compile(r"\n{4,}")
_LARGEST_HTML = 90_000  # bytes; Gmail cuts a mail at about 102,000
_ROWS = 20  # that a table shows
_FEWER_ROWS = 5  # in a mail that would be too large


@dataclass(frozen=True)
class Branding:
    """How the board shows itself: the name above each mail, its colour, and a line below."""

    name: str
    colour: str = "#17406d"
    signature: str | None = None

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.colour):
            raise ValueError(f"branding.colour is '{self.colour}'; write it as '#17406d'")


@dataclass(frozen=True)
class Sending:
    """Whom the mails come from, who gets the replies, and where trial mails go instead."""

    sender: Mailbox
    reply_to: Mailbox
    redirect_to: str | None = None


@dataclass(frozen=True)
class Rendered:
    """A mail ready to leave; `faults` are the board's own templates that failed and were replaced."""

    message: Message
    finished: FinishedMessage
    message_id: str
    faults: tuple[TemplateFault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    """What the templates of one mail made."""

    subject: str
    text: str
    html: str


class Renderer:
    """Makes the mails of one board; it reads the templates, and keeps nothing between mails but those."""

    def __init__(
        self,
        branding: Branding,
        sending: Sending,
        timezone: str,
        templates_dir: Path | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the board's ways; the templates are read when a mail needs them."""
        self._branding = branding
        self._sending = sending
        self._zone = ZoneInfo(timezone)
        self._templates = Templates(templates_dir)
        self._packaged = Templates(None)
        self._monotonic = monotonic

    def render(self, notice: Notice, at: datetime) -> Rendered:
        """Return the mail of a notice dated `at`; the same two give the same bytes.

        A board's own template that fails is replaced by the packaged one and named in `faults`. Raises TemplateFault
        when a packaged one fails.
        """
        words, faults = self._words(notice)
        message_id = f"<n.{notice.key}@{self._domain}>"
        message = self._message(notice, words, at, message_id)
        finished = FinishedMessage(self._sending.sender.address, message.to.address, _bytes(message, notice.key))
        return Rendered(message, finished, message_id, faults)

    def check(self) -> tuple[TemplateFault, ...]:
        """Compile every template, draw samples of every kind with them, and return the first fault of each."""
        found = {str(fault): fault for fault in (*self._templates.check(), *self._sample_faults())}
        return tuple(found.values())

    def _sample_faults(self) -> Iterator[TemplateFault]:
        from reminders.rendering.samples import samples  # noqa: PLC0415 - no mail needs them

        failed = set()
        for notice in samples():
            if notice.kind not in failed:
                for fault in self._words(notice)[1]:
                    failed.add(notice.kind)
                    yield fault

    def _words(self, notice: Notice) -> tuple[_Words, tuple[TemplateFault, ...]]:
        if not self._templates.has_own:
            return self._from(self._packaged, notice), ()
        try:
            return self._from(self._templates, notice), ()
        except TemplateFault as fault:
            # Whichever file the fault shows in, it is an own one that caused it if the packaged ones do without it.
            own = TemplateFault(fault.name, fault.line, fault.message, packaged=False)
            return self._from(self._packaged, notice), (own,)

    def _from(self, templates: Templates, notice: Notice) -> _Words:
        with allowance(self._monotonic):
            words = self._drawn(templates, notice, _ROWS)
            if _may_be_cut(words.html):
                words = self._drawn(templates, notice, _FEWER_ROWS)
        return words

    def _drawn(self, templates: Templates, notice: Notice, most: int) -> _Words:
        names = self._names(notice)
        subject = mime.subject_line(templates.render(f"{notice.kind}.subject.txt", names))
        if not subject:
            raise templates.fault(f"{notice.kind}.subject.txt", "it makes no subject")
        names |= {"subject": subject, "most": most}
        text = templates.render(f"{notice.kind}.txt", names)
        html = _styled(templates, templates.render(f"{notice.kind}.html", names), notice.kind)
        return _Words(subject, _GAPS.sub("\n\n\n", text).strip() + "\n", html)

    def _names(self, notice: Notice) -> dict[str, Any]:
        name = "digest" if notice.kind is Kind.DIGEST else "notice"
        return {name: notice, "branding": self._branding, "reply_to": self._sending.reply_to}

    @property
    def _domain(self) -> str:
        return mime.domain_of(self._sending.sender.address)

    def _message(self, notice: Notice, words: _Words, at: datetime, message_id: str) -> Message:
        return Message(
            sender=self._sending.sender,
            to=Mailbox(notice.to.name, self._sending.redirect_to or notice.to.address),
            reply_to=self._sending.reply_to,
            subject=words.subject,
            text=words.text,
            html=words.html,
            headers=tuple(self._headers(notice, at, message_id).items()),
            attachments=_attachments(notice),
        )

    def _headers(self, notice: Notice, at: datetime, message_id: str) -> Mapping[str, str]:
        person, day = notice.thread
        thread = short_hash(f"{person} {day.isoformat()}", 24)
        root = f"<t.{thread}@{self._domain}>"  # never sent: what shares it stands together
        return {
            "Date": format_datetime(at.astimezone(self._zone)),
            "Message-ID": message_id,
            "References": root,
            "In-Reply-To": root,
            "Thread-Topic": _TOPICS[notice.kind],
            "Thread-Index": mime.thread_index(thread, day, notice.key),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",  # not DR and NDR: bounces are wanted
            "List-Id": mime.list_id(self._sending.sender.name, self._domain),
            "Content-Language": "en-GB",
            "X-Reminder-Key": notice.key,
        }


def _attachments(notice: Notice) -> tuple[Attachment, ...]:
    if not isinstance(notice, Digest) or not notice.blank_rows:
        return ()
    from reminders.rendering.spreadsheet import blank_fields  # noqa: PLC0415 - only digests write files

    return (blank_fields(notice),)


def _may_be_cut(html: str) -> bool:
    most = 4 * len(html)  # bytes a character takes; few mails come near
    return most > _LARGEST_HTML and len(html.encode()) > _LARGEST_HTML


def _bytes(message: Message, key: str) -> bytes:
    try:
        return mime.finish(message, key)
    except ValueError as error:
        # One address that is none must not stop the other mails; the error itself would quote it.
        raise TemplateFault("the headers", None, "an address is not one", packaged=True) from error


def _styled(templates: Templates, html: str, kind: Kind) -> str:
    try:
        return _INDENT.sub("\n", inlined(html)) + "\n"
    except StyleError as error:
        raise templates.fault(f"{kind}.html", str(error)) from error
