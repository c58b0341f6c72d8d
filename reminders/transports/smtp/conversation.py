"""One conversation with a mail server, command by command, and what is said in it: greeting, login, one mail."""

import base64
import contextlib
import errno
import re
import smtplib
import socket
import ssl
import sys
from typing import Any, Self

from reminders.core.message import FinishedMessage
from reminders.transports.base import Outcome, Scope, Verdict
from reminders.transports.smtp.answers import Answer, read_answer
from reminders.transports.smtp.connection import Deadline, SmtpSettings, own_name, tls_words
from reminders.transports.smtp.verdicts import GarbledError, Stage, StopError, failing_at, rejected, want

_LONGEST_ANSWER = 8_192
_DOT = re.compile(rb"\n\.")  # seldom there, and sooner found than replaced
_ANSWER_LINE = re.compile(rb"[2-5][0-9][0-9]([ -]|$)")


class Conversation(smtplib.SMTP):
    """smtplib's half of SMTP on a socket of ours: every command and answer within one deadline, answers bounded.

    Its own reading waits `timeout` for each piece, so a server that trickles could hold a send for hours; its
    login tries one mechanism after the other, so one wrong password counts three times towards a lock-out.
    """

    def __init__(self, settings: SmtpSettings, wire: socket.socket, deadline: Deadline) -> None:
        super().__init__(local_hostname=own_name(wire, socket.gethostname()))
        self.deadline = deadline
        self._settings = settings
        self._wire = self.sock = wire
        self._unread = b""
        self._secrets = [text for text in (settings.username, settings.password) if text]
        self._parties: list[str] = []
        self._shown = ""
        self._took_a_mail = self._ahead = False

    def introduce(self, context: ssl.SSLContext | None) -> None:
        """Read the greeting, say EHLO, and see to TLS as the settings want it."""
        if context is not None and self._settings.tls == "implicit":
            self._encrypt(context)
        with failing_at(Stage.CONNECT):
            greeting = self._answer(*self.getreply())
        want(Stage.CONNECT, greeting)
        self._hello()
        if context is not None and self._settings.tls == "starttls":
            self._start_tls(context)

    def sign_in(self, username: str, password: str) -> None:
        """Say the password once, by the first mechanism of ours that the server offers."""
        offered = self.esmtp_features.get("auth", "").upper().split()
        plain = _base64(f"\0{username}\0{password}")
        self._secrets += [plain, _base64(username), _base64(password)]
        if "PLAIN" in offered:
            self._ask(Stage.AUTH, f"AUTH PLAIN {plain}")
        elif "LOGIN" in offered:
            self._ask(Stage.AUTH, "AUTH LOGIN", wanted=3)
            self._ask(Stage.AUTH, _base64(username), wanted=3)
            self._ask(Stage.AUTH, _base64(password))
        else:
            words = "the server takes no password here (neither AUTH PLAIN nor AUTH LOGIN); use its submission port"
            raise rejected("auth-not-offered", f"{words}, or no mail.smtp.username where it knows us by our address")

    def probe(self) -> None:
        """Ask for a sign of life."""
        self._ask(Stage.PROBE, "RSET")

    def begin(self, message: FinishedMessage) -> Self:
        """Name the sender, and the size where the server wants to judge it before it reads.

        A server that reads ahead (RFC 2920) is told the recipient in the same breath; but not with a connection's
        first mail, which shows at which command a server falls over.
        """
        self._parties = [*_names_of(message.sender), *_names_of(message.recipient)]
        self._shown = ""
        size = f" SIZE={len(message.mime)}" if self.has_extn("size") else ""
        sender = f"MAIL FROM:<{message.sender}>{size}"
        self._ahead = self._took_a_mail and self.has_extn("pipelining")
        if self._ahead:
            self._name_both(sender, _rcpt(message))
        else:
            self._ask(Stage.MAIL, sender)
        return self

    def address(self, message: FinishedMessage) -> None:
        """Name the one recipient."""
        if self._ahead:
            self._hear(Stage.RCPT)
        else:
            self._ask(Stage.RCPT, _rcpt(message))

    def transmit(self, message: FinishedMessage) -> Outcome:
        """Hand the bytes over and read what became of them."""
        self._ask(Stage.DATA, "DATA", wanted=3)
        self._shown = message.mime.decode("ascii")
        # The dot goes by itself: where writing the bytes fails the server never saw an end, and must take nothing
        # (RFC 5321, 4.1.1.10). Once the dot is on its way, only an answer can tell.
        with failing_at(Stage.CONTENT):
            self.send(_dot_stuffed(message.mime))
            self.deadline.left()
        with failing_at(Stage.DOT):
            self.send(b".\r\n")
            answer = self._answer(*self.getreply())
        want(Stage.DOT, answer)
        self._took_a_mail = True
        return Outcome(Verdict.ACCEPTED, Scope.MESSAGE, answer.full_code, answer.text, provider_id=answer.queue_id)

    def forget(self) -> None:
        """Leave no transaction behind; a connection in which that fails is of no more use."""
        try:
            self.probe()
        except StopError:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the socket without a word."""
        with contextlib.suppress(OSError):
            self.close()
        self._wire.close()

    def manner(self) -> str:
        """Say how the server is talked to, as far as it was proven."""
        version = self._wire.version() if isinstance(self._wire, ssl.SSLSocket) else None
        secrecy = f"over {version} with a certificate that holds" if version else "in clear text"
        return f"{secrecy}, {'and takes our login' if self._settings.username is not None else 'without a login'}"

    def send(self, s: Any) -> None:
        """Write within the deadline; an answer nobody asked for means that the two sides are out of step."""
        if self._unread:
            raise GarbledError
        self._wire.settimeout(self.deadline.left())
        self._wire.sendall(s.encode("ascii") if isinstance(s, str) else s)

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer of one or more lines within the deadline."""
        lines: list[bytes] = []
        while True:
            line = self._read_line(_LONGEST_ANSWER - sum(map(len, lines)))
            if not _ANSWER_LINE.match(line) or (lines and line[:3] != lines[0][:3]):
                raise GarbledError
            lines.append(line)
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(line[4:] for line in lines)

    def _read_line(self, room: int) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > room:
                raise GarbledError
            self._wire.settimeout(self.deadline.left())
            piece = self._wire.recv(4096)
            if not piece:
                raise ConnectionResetError
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        return line.rstrip(b"\r")

    def _hello(self) -> None:
        with failing_at(Stage.EHLO):
            answer = self._answer(*self.ehlo())
        want(Stage.EHLO, answer)

    def _start_tls(self, context: ssl.SSLContext) -> None:
        if not self.has_extn("starttls"):
            words = "the server offers no STARTTLS, and nothing is sent in clear text; use its submission port"
            raise rejected("starttls-not-offered", f"{words}, or mail.smtp.tls: implicit with port 465")
        self._ask(Stage.STARTTLS, "STARTTLS")
        self._encrypt(context)
        self._hello()  # what was offered before could have been forged

    def _encrypt(self, context: ssl.SSLContext) -> None:
        with failing_at(Stage.TLS):
            if self._unread:  # slipped in before the encryption, to be taken for an answer after it
                raise GarbledError
            self._wire.settimeout(self.deadline.left())
            try:
                self._wire = self.sock = _shake_hands(context, self._wire, self._settings.host)
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
                raise ConnectionResetError from error
            except ssl.SSLError as error:
                raise rejected("tls", tls_words(error, self._settings.host)) from error

    def _name_both(self, sender: str, recipient: str) -> None:
        with failing_at(Stage.MAIL):
            self.send(f"{sender}\r\n{recipient}\r\n")
        try:
            self._hear(Stage.MAIL)
        except StopError as stop:
            if stop.in_step:
                self._pass_over()
            raise
        self._acknowledge()

    def _acknowledge(self) -> None:
        """Say at once that the first of two answers is here: a server may hold the second back until it knows."""
        if sys.platform == "linux" and not self._unread:
            with contextlib.suppress(OSError):
                self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _pass_over(self) -> None:
        """Let the answer to a command pass that went ahead in vain; without it the connection is of no more use."""
        try:
            self.getreply()
        except OSError:
            self.hang_up()

    def _ask(self, stage: Stage, command: str, wanted: int = 2) -> None:
        with failing_at(stage):
            self.putcmd(command)
        self._hear(stage, wanted)

    def _hear(self, stage: Stage, wanted: int = 2) -> None:
        with failing_at(stage):
            code, words = self.getreply()
        if code // 100 != wanted:  # else nobody reads its words
            want(stage, self._answer(code, words), wanted)

    def _answer(self, code: int, raw: bytes) -> Answer:
        return read_answer(code, raw, [*self._secrets, *self._parties], self._shown)


def _shake_hands(context: ssl.SSLContext, wire: socket.socket, host: str) -> ssl.SSLSocket:
    encrypted = context.wrap_socket(wire, server_hostname=host, do_handshake_on_connect=False)
    try:
        encrypted.getpeername()  # where the peer has gone, wrap_socket hands back a socket that encrypts nothing
        encrypted.do_handshake()
    except OSError as error:
        encrypted.close()
        if error.errno == errno.ENOTCONN:
            raise ConnectionResetError from error
        raise
    return encrypted


def _dot_stuffed(mime: bytes) -> bytes:
    stuffed = mime.replace(b"\n.", b"\n..") if _DOT.search(mime) else mime
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _rcpt(message: FinishedMessage) -> str:
    return f"RCPT TO:<{message.recipient}>"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _names_of(address: str) -> list[str]:
    return [address, address.rpartition("@")[0]]
