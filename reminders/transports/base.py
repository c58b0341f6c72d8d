"""The promise every transport keeps: one message a call, and an honest word on what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from reminders.core.message import FinishedMessage


class Verdict(StrEnum):
    """What became of one send."""

    ACCEPTED = "accepted"  # the server took responsibility
    REJECTED = "rejected"  # it will not take this; trying again changes nothing
    LATER = "later"  # certainly not taken; worth trying again
    UNKNOWN = "unknown"  # it may have been taken; ask `find` before trying again


class Scope(StrEnum):
    """How far a verdict reaches."""

    MESSAGE = "message"  # this message alone
    TRANSPORT = "transport"  # every message would meet the same: stop the run, burn no attempts


class Found(StrEnum):
    """What a transport knows of an earlier send."""

    SENT = "sent"
    QUEUED = "queued"
    ABSENT = "absent"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one send, as a value; `detail` never holds a body, an address or a secret."""

    verdict: Verdict
    scope: Scope
    code: str
    detail: str
    retry_after: float | None = None
    provider_id: str | None = None

    @property
    def reply(self) -> str:
        """Return code and detail as one sentence; what the detail repeats of the code is said once."""
        last = self.code.rpartition(" ")[2]
        return f"{self.code} {self.detail.replace(f'{last} ', '', 1)}".strip()


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a transport could send now; `detail` says what to mend where it could not.

    `to_do` names what a site may still set up: a right that is missing or too wide, each in a sentence.
    """

    well: bool
    detail: str
    to_do: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that one of our mails was given up; `code` is its status (RFC 3463) or "undelivered"."""

    key: str
    code: str
    at: datetime


class Transport(Protocol):
    """A way out for messages."""

    name: str

    def send(self, message: FinishedMessage, key: str, before_transmit: Callable[[], bool]) -> Outcome:
        """Hand one message over; never raises for a server's answer, never retries, never sleeps.

        `before_transmit` is called once, at the last moment before anything leaves; when it says False, nothing
        is sent and the outcome is LATER.
        """
        ...

    def find(self, key: str) -> Found:
        """Say whether the message with this key has left before."""
        ...

    def check(self) -> Health:
        """Prove that a message could be sent, without sending one."""
        ...

    def close(self) -> None:
        """Let go of connections; the transport may be used again afterwards."""
        ...


@runtime_checkable
@runtime_checkable
class ReadableMailbox(Protocol):
    """What some transports can also ask of the mailbox they send from; no answer is ever an exception."""

    def bounces(self, since: datetime) -> tuple[Bounce, ...]:
        """Return the reports of mails that were given up, the newest first; none where it may not be read.

        A report that a mail is only delayed is none of these, whatever its status.
        """
        ...

    def absent(self, addresses: Sequence[str]) -> frozenset[str]:
        """Return which of these addresses answer that they are out of office; none where nobody can be asked."""
        ...

    def arrived(self, key: str) -> Mapping[str, str] | None:
        """Return the header fields with which the mail of this key came into our own inbox; None while it has not."""
        ...
