"""Mails leave through an Exchange Server by EWS: one mail a request, found again by a key of our own."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from reminders.core.message import FinishedMessage
from reminders.transports.base import Bounce, Found, Health, Outcome, ReadableMailbox, Scope, Transport, Verdict
from reminders.transports.ews.account import judged, open_account
from reminders.transports.ews.connection import Errand, FenceError
from reminders.transports.ews.folders import rights
from reminders.transports.ews.mailbox import away, deliver, headers_of_arrived, reports, seek
from reminders.transports.ews.settings import EwsSettings
from reminders.transports.ews.verdicts import StopError, by_code
from reminders.transports.letter import read_letter

__all__ = ["EwsSettings", "EwsTransport"]

_IDLE = 30.0  # seconds after which a kept connection is not trusted: a reset in the middle of a POST tells nothing

_FOLDERS = {
    "sentitems": ("Sent Items", "what became of a mail whose answer was lost cannot be asked"),
    "outbox": ("Outbox", "a mail that waits there is not found"),
    "drafts": ("Drafts", "a mail that waits there is not found"),
    "inbox": ("Inbox", "reports of mails not delivered are not seen"),
}

T = TypeVar("T")


class EwsTransport(Transport, ReadableMailbox):
    """Hands mails to one mailbox; every errand takes at most `timeout`, and leaves nothing running behind."""

    name = "ews"

    def __init__(self, settings: EwsSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Keep the settings; the first errand connects."""
        self._settings = settings
        self._monotonic = monotonic
        self._errand = Errand(monotonic)
        self._account: Any = None
        self._last_used = 0.0

    def send(self, message: FinishedMessage, key: str, before_transmit: Callable[[], bool]) -> Outcome:
        """Hand one mail over; `before_transmit` is asked when a connection stands and nothing has been said."""
        letter = read_letter(message)
        try:
            provider_id = self._ask(lambda account: deliver(account, letter, key), before_transmit)
        except StopError as stop:
            return stop.outcome
        return Outcome(Verdict.ACCEPTED, Scope.MESSAGE, "NoError", "taken by Exchange", provider_id=provider_id)

    def find(self, key: str) -> Found:
        """Look into Sent Items, Outbox and Drafts."""
        try:
            return self._ask(lambda account: seek(account, key))
        except StopError:
            return Found.CANNOT_TELL

    def check(self) -> Health:
        """Sign in anew and ask for our rights in the folders; no mail."""
        self.close()
        try:
            found = self._ask(lambda account: rights(account, list(_FOLDERS)))
            _prove_that_copies_are_kept(found["sentitems"])
        except StopError as stop:
            return Health(well=False, detail=f"{stop.outcome.code}: {stop.outcome.detail}")
        return Health(well=True, detail="the Exchange server takes our login", to_do=(*_unread(found), *self._to_do()))

    def close(self) -> None:
        """Let go of the connection."""
        if self._account is not None:
            self._account.protocol.session.close()
            self._account = None

    def bounces(self, since: datetime) -> tuple[Bounce, ...]:
        """Return the reports of mails not delivered that came into the inbox since then."""
        try:
            return self._ask(lambda account: reports(account, since))
        except StopError:
            return ()

    def absent(self, addresses: Sequence[str]) -> frozenset[str]:
        """Return which of these addresses have an out-of-office message, by Exchange's mail tips."""
        try:
            return self._ask(lambda account: away(account, addresses))
        except StopError:
            return frozenset()

    def arrived(self, key: str) -> Mapping[str, str] | None:
        """Return the header fields of our mail in our own inbox."""
        try:
            return self._ask(lambda account: headers_of_arrived(account, key))
        except StopError:
            return None

    def _ask(self, question: Callable[[Any], T], fence: Callable[[], bool] | None = None) -> T:
        """Return the answer to one question. Raises StopError, with what became of it."""
        self._errand.start(self._settings.timeout, fence)
        if self._monotonic() - self._last_used > _IDLE:
            self.close()
        try:
            answer = self._answered(question)
        except BaseException:
            self.close()  # whatever it was: the next errand begins afresh
            raise
        self._last_used = self._monotonic()
        return answer

    def _answered(self, question: Callable[[Any], T]) -> T:
        try:
            if self._account is None:
                self._account = open_account(self._settings, self._errand)
            return question(self._account)
        except FenceError as fence:
            raise fence.error from None
        except Exception as error:
            raise StopError(judged(error, begun=self._errand.begun)) from error

    def _to_do(self) -> Iterator[str]:
        if self._settings.auth == "basic":
            yield "Basic sends the password with every request; use mail.ews.auth: ntlm where the server has it"
        if self._settings.auth == "oauth":
            yield "EWS in Exchange Online ends on 1 April 2027; move to mail.transport: graph"


def _prove_that_copies_are_kept(rights_in_sent_items: Any) -> None:
    if isinstance(rights_in_sent_items, Exception):
        raise StopError(judged(rights_in_sent_items, begun=True))
    if not rights_in_sent_items.create_contents:
        raise StopError(by_code("ErrorAccessDenied"))


def _unread(found: Mapping[str, Any]) -> Iterator[str]:
    for name, (title, loss) in _FOLDERS.items():
        if not getattr(found[name], "read", False):
            yield f"{title} cannot be read, so {loss}; grant Full Access to the mailbox"
