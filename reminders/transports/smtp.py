"""Mails leave by SMTP: one recipient a mail, one connection kept open, TLS verified or nothing sent.

How far a fault reaches: what only this mail's own commands met (RCPT and after) is this mail's alone, so that one
address at which a server falls over never stops the others; silence and everything earlier would meet every mail.
"""

import base64
import contextlib
import errno
import ipaddress
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from reminders.core.message import FinishedMessage
from reminders.transports.base import Found, Health, Outcome, Scope, Transport, Verdict

_IDLE = 30.0  # seconds after which a kept connection is asked whether it still lives
_PROBE = 5.0  # seconds it has to say so; also what a polite QUIT may take
_LONGEST_ANSWER = 8_192
_LONGEST_DETAIL = 200
_ECHO = 16  # letters in a row that an answer may share with the mail by chance

_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable ASCII without spaces and angle brackets
_UNFIT = re.compile(rb"(?<!\r)\n|\r(?!\n)|[\x00\x80-\xff]")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
_QUEUE_ID = re.compile(r"\b(?:queued as |id=|InternalId=)([A-Za-z0-9][\w-]{1,63})", re.IGNORECASE)

_SIGN_IN = {530, 534, 535, 538}  # whatever the command, these speak of our login
_UNKNOWN_CA = {18, 19, 20, 21}  # OpenSSL's X509_V_ERR_*: self-signed, or an issuer that is not at hand
_OTHER_HOST = {62, 64}
_EXPIRED = 10
_NOT_YET = 9


class _Stage(StrEnum):
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


_OF_ONE_MAIL = {_Stage.RCPT, _Stage.DATA, _Stage.CONTENT, _Stage.DOT}
_SIGNED_IN = _OF_ONE_MAIL | {_Stage.MAIL}  # a refusal here leaves a connection worth keeping


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where and how to hand mails over; `local_hostname` is what EHLO says, by default this machine's name."""

    host: str
    port: int
    tls: Literal["starttls", "implicit", "none"]
    username: str | None
    password: str | None = field(repr=False)
    ca_file: Path | None
    timeout: float = 30
    local_hostname: str | None = None


class SmtpTransport(Transport):
    """Hands mails to one server; a send takes at most `timeout`, from looking up the host to the last answer."""

    name = "smtp"

    def __init__(self, settings: SmtpSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Keep the settings; the first send connects."""
        self._settings = settings
        self._monotonic = monotonic
        self._open: _Conversation | None = None
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
        except _StopError as stop:
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
        except _StopError as stop:
            self._drop()
            return Health(well=False, detail=f"{stop.outcome.code}: {stop.outcome.detail}")
        self._last_used = self._monotonic()
        return Health(well=True, detail=f"{self._settings.host}:{self._settings.port} answers{conversation.manner()}")

    def close(self) -> None:
        """Say QUIT, whatever the server makes of it."""
        if self._open is not None:
            self._open.deadline = _Deadline(min(_PROBE, self._settings.timeout), self._monotonic)
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
        except _StopError as stop:
            if stop.in_step:
                conversation.forget()
            raise

    def _begin(self, message: FinishedMessage, deadline: "_Deadline") -> "_Conversation":
        """Return a conversation whose MAIL was accepted, on the kept connection where the server still has it.

        A server may end an idle or a much-used connection at any time; its first command then finds out, and a
        fresh connection, on which nothing has been said, is no second attempt.
        """
        if self._open is not None:
            try:
                return self._kept(self._open, deadline).begin(message)
            except _StopError as stop:
                if stop.in_step:
                    raise
                self._drop()
        return self._connect(deadline).begin(message)

    def _kept(self, conversation: "_Conversation", deadline: "_Deadline") -> "_Conversation":
        if self._monotonic() - self._last_used > _IDLE:
            # A firewall may have forgotten the connection: then nobody answers, and that must not eat the whole time.
            conversation.deadline = _Deadline(min(_PROBE, self._settings.timeout / 3), self._monotonic)
            conversation.probe()
        conversation.deadline = deadline
        return conversation

    def _connect(self, deadline: "_Deadline") -> "_Conversation":
        _refuse_clear_text_login(self._settings)
        context = _tls_context(self._settings)
        with _failing_at(_Stage.CONNECT):
            wire = _dial(self._settings, deadline)
        self._open = conversation = _Conversation(self._settings, wire, deadline)
        conversation.introduce(context)
        if self._settings.username is not None:
            conversation.sign_in(self._settings.username, self._settings.password or "")
        return conversation

    def _deadline(self) -> "_Deadline":
        return _Deadline(self._settings.timeout, self._monotonic)

    def _drop(self) -> None:
        if self._open is not None:
            self._open.hang_up()
            self._open = None


class _StopError(Exception):
    """The conversation about one mail ends here; `in_step` says that the connection may be used again."""

    def __init__(self, outcome: Outcome, *, in_step: bool = False) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome
        self.in_step = in_step


class _GarbledError(OSError):
    """What came is no SMTP answer, or one too many."""


class _Deadline:
    """What is left of the time that one send may take."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        left = self._end - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@dataclass(frozen=True, slots=True)
class _Answer:
    """A server's answer, fit to be shown."""

    code: int
    enhanced: str | None
    text: str
    queue_id: str | None

    @property
    def full_code(self) -> str:
        return f"{self.code} {self.enhanced}" if self.enhanced else str(self.code)


class _Conversation(smtplib.SMTP):
    """smtplib's half of SMTP on a socket of ours: every command and answer within one deadline, answers bounded.

    Its own reading waits `timeout` for each piece, so a server that trickles could hold a send for hours; its
    login tries one mechanism after the other, so one wrong password counts three times towards a lock-out.
    """

    def __init__(self, settings: SmtpSettings, wire: socket.socket, deadline: _Deadline) -> None:
        super().__init__(local_hostname=settings.local_hostname or _own_name(wire, socket.gethostname()))
        self.deadline = deadline
        self._settings = settings
        self._wire = self.sock = wire
        self._unread = b""
        self._secrets = [text for text in (settings.username, settings.password) if text]
        self._parties: list[str] = []
        self._shown = ""

    def introduce(self, context: ssl.SSLContext | None) -> None:
        """Read the greeting, say EHLO, and see to TLS as the settings want it."""
        if context is not None and self._settings.tls == "implicit":
            self._encrypt(context)
        with _failing_at(_Stage.CONNECT):
            greeting = self._answer(*self.getreply())
        _want(_Stage.CONNECT, greeting)
        self._hello()
        if context is not None and self._settings.tls == "starttls":
            self._start_tls(context)

    def sign_in(self, username: str, password: str) -> None:
        """Say the password once, by the first mechanism of ours that the server offers."""
        offered = self.esmtp_features.get("auth", "").upper().split()
        plain = _base64(f"\0{username}\0{password}")
        self._secrets += [plain, _base64(username), _base64(password)]
        if "PLAIN" in offered:
            self._ask(_Stage.AUTH, f"AUTH PLAIN {plain}")
        elif "LOGIN" in offered:
            self._ask(_Stage.AUTH, "AUTH LOGIN", wanted=3)
            self._ask(_Stage.AUTH, _base64(username), wanted=3)
            self._ask(_Stage.AUTH, _base64(password))
        else:
            words = "the server takes no password here (neither AUTH PLAIN nor AUTH LOGIN); use its submission port"
            raise _rejected("auth-not-offered", f"{words}, or no mail.smtp.username where it knows us by our address")

    def probe(self) -> None:
        """Ask for a sign of life."""
        self._ask(_Stage.PROBE, "RSET")

    def begin(self, message: FinishedMessage) -> Self:
        """Name the sender, and the size where the server wants to judge it before it reads."""
        self._parties = [*_names_of(message.sender), *_names_of(message.recipient)]
        self._shown = ""
        size = f" SIZE={len(message.mime)}" if self.has_extn("size") else ""
        self._ask(_Stage.MAIL, f"MAIL FROM:<{message.sender}>{size}")
        return self

    def address(self, message: FinishedMessage) -> None:
        """Name the one recipient."""
        self._ask(_Stage.RCPT, f"RCPT TO:<{message.recipient}>")

    def transmit(self, message: FinishedMessage) -> Outcome:
        """Hand the bytes over and read what became of them."""
        self._ask(_Stage.DATA, "DATA", wanted=3)
        self._shown = message.mime.decode("ascii")
        # The dot goes by itself: where writing the bytes fails the server never saw an end, and must take nothing
        # (RFC 5321, 4.1.1.10). Once the dot is on its way, only an answer can tell.
        with _failing_at(_Stage.CONTENT):
            self.send(_dot_stuffed(message.mime))
            self.deadline.left()
        with _failing_at(_Stage.DOT):
            self.send(b".\r\n")
            answer = self._answer(*self.getreply())
        _want(_Stage.DOT, answer)
        return Outcome(Verdict.ACCEPTED, Scope.MESSAGE, answer.full_code, answer.text, provider_id=answer.queue_id)

    def forget(self) -> None:
        """Leave no transaction behind; a connection in which that fails is of no more use."""
        try:
            self.probe()
        except _StopError:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the socket without a word."""
        with contextlib.suppress(OSError):
            self.close()
        self._wire.close()

    def manner(self) -> str:
        """Say how the server is talked to."""
        version = self._wire.version() if isinstance(self._wire, ssl.SSLSocket) else None
        return f" over {version or 'clear text'}{' and takes our login' if self._settings.username is not None else ''}"

    def send(self, s: Any) -> None:
        """Write within the deadline; an answer nobody asked for means that the two sides are out of step."""
        if self._unread:
            raise _GarbledError
        self._wire.settimeout(self.deadline.left())
        self._wire.sendall(s.encode("ascii") if isinstance(s, str) else s)

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer of one or more lines within the deadline."""
        lines: list[bytes] = []
        while True:
            line = self._read_line(_LONGEST_ANSWER - sum(map(len, lines)))
            if not re.match(rb"[2-5][0-9][0-9]([ -]|$)", line) or (lines and line[:3] != lines[0][:3]):
                raise _GarbledError
            lines.append(line)
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(line[4:] for line in lines)

    def _read_line(self, room: int) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > room:
                raise _GarbledError
            self._wire.settimeout(self.deadline.left())
            piece = self._wire.recv(4096)
            if not piece:
                raise ConnectionResetError
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        return line.rstrip(b"\r")

    def _hello(self) -> None:
        with _failing_at(_Stage.EHLO):
            answer = self._answer(*self.ehlo())
        _want(_Stage.EHLO, answer)

    def _start_tls(self, context: ssl.SSLContext) -> None:
        if not self.has_extn("starttls"):
            words = "the server offers no STARTTLS, and nothing is sent in clear text; use its submission port"
            raise _rejected("starttls-not-offered", f"{words}, or mail.smtp.tls: implicit with port 465")
        self._ask(_Stage.STARTTLS, "STARTTLS")
        self._encrypt(context)
        self._hello()  # what was offered before could have been forged

    def _encrypt(self, context: ssl.SSLContext) -> None:
        with _failing_at(_Stage.TLS):
            if self._unread:  # slipped in before the encryption, to be taken for an answer after it
                raise _GarbledError
            self._wire.settimeout(self.deadline.left())
            try:
                self._wire = self.sock = context.wrap_socket(self._wire, server_hostname=self._settings.host)
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
                raise ConnectionResetError from error
            except ssl.SSLError as error:
                raise _rejected("tls", _tls_words(error, self._settings.host)) from error

    def _ask(self, stage: _Stage, command: str, wanted: int = 2) -> None:
        with _failing_at(stage):
            answer = self._answer(*self.docmd(command))
        _want(stage, answer, wanted)

    def _answer(self, code: int, raw: bytes) -> _Answer:
        text = raw.decode("utf-8", "replace")
        enhanced = _ENHANCED.match(text)
        queue_id = _QUEUE_ID.search(text)
        return _Answer(
            code,
            enhanced[0] if enhanced else None,
            _masked(text, [*self._secrets, *self._parties], self._shown),
            queue_id[1] if queue_id else None,
        )


def _refuse_unfit(message: FinishedMessage) -> None:
    if not _ADDRESS.fullmatch(message.sender):
        raise _rejected("bad-sender", "the sender is no address SMTP can carry; mend mail.from")
    if not _ADDRESS.fullmatch(message.recipient):
        words = "the recipient is no address SMTP can carry (ASCII only, no spaces); mend the directory"
        raise _StopError(Outcome(Verdict.REJECTED, Scope.MESSAGE, "bad-address", words), in_step=True)
    if _UNFIT.search(message.mime):
        words = "the mail is not 7-bit text with CRLF at the end of each line; this is a fault of the program"
        raise _StopError(Outcome(Verdict.REJECTED, Scope.MESSAGE, "malformed", words), in_step=True)


def _refuse_clear_text_login(settings: SmtpSettings) -> None:
    if settings.tls == "none" and settings.username is not None and not _is_loopback(settings.host):
        words = "a password is never sent in clear text; set mail.smtp.tls to starttls or implicit"
        raise _rejected("clear-text-auth", words)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.tls == "none":
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:  # an SSLError too: no certificate in it
        reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise _rejected("ca-file", f"mail.smtp.ca_file {settings.ca_file} cannot be used: {reason}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _dial(settings: SmtpSettings, deadline: _Deadline) -> socket.socket:
    """Connect to the first address of the host that answers; each gets its fair share of the time."""
    places = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    failure: OSError = ConnectionRefusedError()
    for tried, (family, kind, protocol, _, place) in enumerate(places):
        try:
            return _reach(socket.socket(family, kind, protocol), place, deadline.left() / (len(places) - tried))
        except OSError as error:
            failure = error
    raise failure


def _reach(wire: socket.socket, place: Any, seconds: float) -> socket.socket:
    try:
        wire.settimeout(seconds)
        wire.connect(place)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot follows the bytes at once
    except BaseException:
        wire.close()
        raise
    return wire


def _own_name(wire: socket.socket, machine: str) -> str:
    # Not getfqdn: it asks the name server, and may wait for it without end.
    if "." in machine:
        return machine
    place = wire.getsockname()[0]
    return f"[IPv6:{place}]" if wire.family == socket.AF_INET6 else f"[{place}]"


@contextlib.contextmanager
def _failing_at(stage: _Stage) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that can be none
        raise _StopError(_failure(error, stage)) from error


def _failure(error: OSError | UnicodeError, stage: _Stage) -> Outcome:
    code, words = _cause(error)
    if stage is _Stage.DOT:
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
    ((_GarbledError,), "garbled", "the mail server's answer is not SMTP"),
    ((ConnectionError, ssl.SSLError), "reset", "the mail server broke the connection off"),
)


def _want(stage: _Stage, answer: _Answer, wanted: int = 2) -> None:
    if answer.code // 100 == wanted:
        return
    if not 400 <= answer.code <= 599:
        raise _StopError(_failure(_GarbledError(), stage))
    verdict = Verdict.LATER if answer.code < 500 else Verdict.REJECTED
    outcome = Outcome(verdict, _scope(stage, answer), answer.full_code, f"{stage}: {answer.text}"[:_LONGEST_DETAIL])
    raise _StopError(outcome, in_step=stage in _SIGNED_IN and answer.code not in {421, *_SIGN_IN})


def _scope(stage: _Stage, answer: _Answer) -> Scope:
    if answer.code == 421 or answer.code in _SIGN_IN:
        return Scope.TRANSPORT
    too_big = stage is _Stage.MAIL and (answer.code == 552 or answer.enhanced == "5.3.4")
    return Scope.MESSAGE if too_big or stage in _OF_ONE_MAIL else Scope.TRANSPORT


def _rejected(code: str, words: str) -> _StopError:
    return _StopError(Outcome(Verdict.REJECTED, Scope.TRANSPORT, code, words))


def _tls_words(error: ssl.SSLError, host: str) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"{host} speaks no TLS of ours (1.2 or newer) on this port ({error.reason}); see mail.smtp.port and tls"
    if error.verify_code in _UNKNOWN_CA:
        return "the server's certificate is from a CA that is unknown here; put the CA's own into mail.smtp.ca_file"
    if error.verify_code in _OTHER_HOST:
        return f"the server's certificate is not for {host}; write the name that stands in it into mail.smtp.host"
    if error.verify_code == _EXPIRED:
        return "the server's certificate has expired; whoever runs the mail server must renew it"
    if error.verify_code == _NOT_YET:
        return "the server's certificate is not valid yet; look at this machine's clock"
    return f"the server's certificate cannot be trusted: {error.verify_message}"


def _dot_stuffed(mime: bytes) -> bytes:
    stuffed = re.sub(rb"(?m)^\.", b"..", mime)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _names_of(address: str) -> list[str]:
    return [address, address.rpartition("@")[0]]


def _masked(text: str, hidden: list[str], shown: str) -> str:
    """Return an answer as one line without addresses, secrets and words of the mail.

    "5.1.1 <m.evans@x.example>: user unknown" -> "5.1.1 <...>: user unknown"
    """
    line = _unechoed(" ".join("".join(c if c.isprintable() else " " for c in text).split()), shown)
    for secret in sorted(hidden, key=len, reverse=True):
        line = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "...", line, flags=re.IGNORECASE)
    line = re.sub(r'"[^"]*"?', "...", line)
    line = re.sub(r"<[^>]*>?", "<...>", line)
    words = re.sub(r" ?(?:@|%40) ?", "@", line).split(" ")
    line = " ".join("..." if "@" in word else word for word in words)
    return re.sub(r"\.{4,}", "...", line)[:_LONGEST_DETAIL]


def _unechoed(line: str, shown: str) -> str:
    """Blank what an answer repeats from the mail itself."""
    if not shown:
        return line
    mail = " ".join(shown.split()).casefold()
    letters = list(line)
    for start in range(len(line) - _ECHO + 1):
        if line[start : start + _ECHO].casefold() in mail:
            letters[start : start + _ECHO] = "." * _ECHO
    return "".join(letters)
