"""What an answer or a fault at some stage of a conversation means: for this mail, for all, and for the connection.

How far it reaches: what only this mail's own commands met (RCPT and after) is this mail's alone, so that one address
at which a server falls over never stops the others; silence, a server that goes away, everything earlier and every
refusal that speaks of us (smtp_refusals) would meet every mail.
"""

import contextlib
import errno
import socket
import ssl
from collections.abc import Iterator
from enum import StrEnum

from reminders.transports.base import Outcome, Scope, Verdict
from reminders.transports.smtp.answers import LONGEST_DETAIL, Answer
from reminders.transports.smtp.refusals import what_to_mend

_CLOSING = 421
_SIGN_IN = {530, 534, 535, 538}  # a login that ran out: a new connection may sign in again


class Stage(StrEnum):
    """How far a conversation has come."""

    CONNECT = "connecting"
    TLS = "TLS"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    PROBE = "RSET"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "the mail itself"  # its bytes, while the final dot has not been written
    DOT = "the final dot"


_OF_ONE_MAIL = {Stage.RCPT, Stage.DATA, Stage.CONTENT, Stage.DOT}
_SIGNED_IN = _OF_ONE_MAIL | {Stage.MAIL}  # a refusal here leaves a connection worth keeping


class StopError(Exception):
    """The conversation about one mail ends here; `in_step` says that the connection may be used again."""

    def __init__(self, outcome: Outcome, *, in_step: bool = False) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome
        self.in_step = in_step


class GarbledError(OSError):
    """What came is no SMTP answer, or one too many."""


@contextlib.contextmanager
def failing_at(stage: Stage) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that can be none
        raise StopError(_failure(error, stage)) from error


def _failure(error: OSError | UnicodeError, stage: Stage) -> Outcome:
    code, words = _cause(error)
    if stage is Stage.DOT:
        words = f"{words} after the whole mail was handed over; nobody can know whether it was taken"
        return Outcome(Verdict.UNKNOWN, Scope.MESSAGE, code, words)
    of_one_mail = stage in _OF_ONE_MAIL and code != "timeout"
    return Outcome(Verdict.LATER, Scope.MESSAGE if of_one_mail else Scope.TRANSPORT, code, f"{stage}: {words}")


def _cause(error: OSError | UnicodeError) -> tuple[str, str]:
    for kinds, code, words in _CAUSES:
        if isinstance(error, kinds):
            return code, words
    name = errno.errorcode.get(getattr(error, "errno", None) or 0, type(error).__name__)
    return name, f"the connection failed ({name})"


_CAUSES: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    ((socket.gaierror, UnicodeError), "dns", "the mail server's name cannot be found"),
    ((TimeoutError,), "timeout", "the mail server did not answer in time"),
    ((ConnectionRefusedError,), "refused", "nothing listens at the mail server's port"),
    ((GarbledError,), "garbled", "the mail server's answer is not SMTP"),
    ((ConnectionError, ssl.SSLError), "reset", "the mail server broke the connection off"),
)


def want(stage: Stage, answer: Answer, wanted: int = 2) -> None:
    if answer.code // 100 == wanted:
        return
    if not 400 <= answer.code <= 599:
        raise StopError(_failure(GarbledError(), stage))
    raise StopError(_refusal(stage, answer), in_step=stage in _SIGNED_IN and answer.code not in {_CLOSING, *_SIGN_IN})


def _refusal(stage: Stage, answer: Answer) -> Outcome:
    mend = what_to_mend(answer)
    verdict = Verdict.LATER if answer.code < 500 else Verdict.REJECTED
    of_one_mail = _of_one_mail(stage, answer) and mend is None
    words = f"{stage}: {answer.text}"[:LONGEST_DETAIL]
    return Outcome(
        verdict,
        Scope.MESSAGE if of_one_mail else Scope.TRANSPORT,
        answer.full_code,
        f"{words} ({mend})" if mend else words,
    )


def _of_one_mail(stage: Stage, answer: Answer) -> bool:
    too_big = stage is Stage.MAIL and (answer.code == 552 or answer.enhanced == "5.3.4")
    return answer.code != _CLOSING and (too_big or stage in _OF_ONE_MAIL)


def rejected(code: str, words: str) -> StopError:
    return StopError(Outcome(Verdict.REJECTED, Scope.TRANSPORT, code, words))
