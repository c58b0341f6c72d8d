"""Mails leave by SMTP: one recipient a mail, one connection kept open, TLS verified or nothing sent."""

import contextlib
import re
import time
from collections.abc import Callable

from reminders.core.message import FinishedMessage
from reminders.transports.base import Found, Health, Outcome, Scope, Transport, Verdict
from reminders.transports.smtp.connection import (
    Deadline,
    SmtpSettings,
    clear_text_warning,
    dial,
    refuse_clear_text_login,
    tls_context,
)
from reminders.transports.smtp.conversation import Conversation
from reminders.transports.smtp.verdicts import Stage, StopError, failing_at, rejected

__all__ = ["SmtpSettings", "SmtpTransport"]

_IDLE = 30.0  # seconds after which a kept connection is asked whether it still lives
_PROBE = 5.0  # seconds it has to say so; also what a polite QUIT may take

_NOT_PROVEN = "Whether it takes mail for every lead's domain only a mail can show (run.py send-test ADDRESS)"

# Each begins with what it looks for, and so costs a tenth of what it would cost the other way round.
_BARE = (re.compile(rb"\r(?!\n)"), re.compile(rb"\n(?<!\r\n)"))
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable ASCII without spaces and angle brackets


class SmtpTransport(Transport):
    """Hands mails to one server; a send takes at most `timeout`, beside what looking up the host's name may take."""

    name = "smtp"

    def __init__(self, settings: SmtpSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Keep the settings; the first send connects."""
        self._settings = settings
        self._monotonic = monotonic
        self._open: Conversation | None = None
        self._last_used = 0.0

    def send(
        self,
        message: FinishedMessage,
        key: str,  # noqa: ARG002 - it travels in the mail's own headers
        before_transmit: Callable[[], bool],
    ) -> Outcome:
        """Hand one mail over; `before_transmit` is asked between the answer to RCPT and DATA."""
        try:
            _refuse_unfit(message)
            outcome = self._hand_over(message, before_transmit)
        except StopError as stop:
            if not stop.in_step:
                self._drop()
            outcome = stop.outcome
        except BaseException:
            self._drop()  # a transaction is open in it
            raise
        self._last_used = self._monotonic()
        return outcome

    def find(self, key: str) -> Found:  # noqa: ARG002 - there is nothing to ask with it
        """SMTP has no way to ask what became of a mail."""
        return Found.CANNOT_TELL

    def check(self) -> Health:
        """Connect anew, sign in and reset; no mail."""
        self.close()
        try:
            conversation = self._connect(self._deadline())
            conversation.probe()
        except StopError as stop:
            self._drop()
            return Health(well=False, detail=f"{stop.outcome.code}: {stop.outcome.detail}")
        self._last_used = self._monotonic()
        answers = f"{self._settings.host}:{self._settings.port} answers {conversation.manner()}"
        return Health(well=True, detail=f"{answers}. {_NOT_PROVEN}", to_do=clear_text_warning(self._settings))

    def close(self) -> None:
        """Say QUIT, whatever the server makes of it."""
        if self._open is not None:
            self._open.deadline = Deadline(min(_PROBE, self._settings.timeout), self._monotonic)
            with contextlib.suppress(OSError):
                self._open.docmd("QUIT")
            self._drop()

    def _hand_over(self, message: FinishedMessage, before_transmit: Callable[[], bool]) -> Outcome:
        conversation = self._begin(message, self._deadline())
        try:
            conversation.address(message)
            if before_transmit():
                return conversation.transmit(message)
            conversation.forget()
            return Outcome(Verdict.LATER, Scope.MESSAGE, "fence-lost", "another worker has this mail")
        except StopError as stop:
            if stop.in_step:
                conversation.forget()
            raise

    def _begin(self, message: FinishedMessage, deadline: Deadline) -> Conversation:
        """Return a conversation whose MAIL was accepted, on the kept connection where the server still has it.

        A server may end an idle or a much-used connection at any time; its first command then finds out, and a
        fresh connection, on which nothing has been said, is no second attempt.
        """
        if self._open is not None:
            try:
                return self._kept(self._open, deadline).begin(message)
            except StopError as stop:
                if stop.in_step:
                    raise
                self._drop()
        return self._connect(deadline).begin(message)

    def _kept(self, conversation: Conversation, deadline: Deadline) -> Conversation:
        if self._monotonic() - self._last_used > _IDLE:
            # A firewall may have forgotten the connection: then nobody answers, and that must not eat the whole time.
            conversation.deadline = Deadline(min(_PROBE, self._settings.timeout / 3), self._monotonic)
            conversation.probe()
        conversation.deadline = deadline
        return conversation

    def _connect(self, deadline: Deadline) -> Conversation:
        refuse_clear_text_login(self._settings)
        context = tls_context(self._settings)
        with failing_at(Stage.CONNECT):
            wire = dial(self._settings, deadline)
        self._open = conversation = Conversation(self._settings, wire, deadline)
        conversation.introduce(context)
        if self._settings.username is not None:
            conversation.sign_in(self._settings.username, self._settings.password or "")
        return conversation

    def _deadline(self) -> Deadline:
        return Deadline(self._settings.timeout, self._monotonic)

    def _drop(self) -> None:
        if self._open is not None:
            self._open.hang_up()
            self._open = None


def _refuse_unfit(message: FinishedMessage) -> None:
    if not _ADDRESS.fullmatch(message.sender):
        raise rejected("bad-sender", "the sender is no address SMTP can carry; mend mail.from")
    if not _ADDRESS.fullmatch(message.recipient):
        words = "the recipient is no address SMTP can carry (ASCII only, no spaces); mend the directory"
        raise StopError(Outcome(Verdict.REJECTED, Scope.MESSAGE, "bad-address", words), in_step=True)
    if not _fit(message.mime):
        words = "the mail is not 7-bit text with CRLF at the end of each line; this is a fault of the program"
        raise StopError(Outcome(Verdict.REJECTED, Scope.MESSAGE, "malformed", words), in_step=True)


def _fit(mime: bytes) -> bool:
    return mime.isascii() and b"\0" not in mime and not any(bare.search(mime) for bare in _BARE)
