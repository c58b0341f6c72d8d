"""A real SMTP server on 127.0.0.1 that fails where its script says.

Like a mail server, and unlike aiosmtpd, it queues a mail once the final dot is read, whatever then happens to the
connection; so copies and losses show.
"""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CLOSE = "<close without an answer>"
RESET = "<reset the connection>"
HANG = "<never answer>"
TRICKLE = "<a letter at a time, without end>"

Faults = Mapping[str, str | Sequence[str | None]]
"""Verb -> what happens there: always, or one after the other and then nothing more. Beside the verbs of SMTP there
are CONNECT, TLS (the handshake), CONTENT (the bytes, before they are read) and DOT (after the mail was queued, unless
the answer refuses it)."""


@dataclass(frozen=True)
class Mail:
    sender: str
    recipient: str
    mime: bytes


class _GoneError(Exception):
    pass


@dataclass
class ScriptedServer:
    faults: Faults = field(default_factory=dict)
    unlucky: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # recipient -> verb and fault, met once
    extensions: Sequence[str] = ("SIZE 20000000", "8BITMIME")
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    unheard_of: list[Mail] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self):
        self._faults = {
            verb: [what] * 1000 if isinstance(what, str) else list(what) for verb, what in self.faults.items()
        }
        self._yet_to_meet = dict(self.unlucky)
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def verbs(self) -> list[str]:
        return [line.partition(" ")[0] for line in self.said]

    def start(self) -> None:
        self._ending.clear()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # a mail that is not read soon gets stuck
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)

    def stop(self) -> None:
        self._ending.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept
        self._listener.close()
        while self._threads:
            self._threads.pop().join(10)

    def _start(self, target, *args) -> None:
        self._threads.append(threading.Thread(target=target, args=args, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                wire, _ = self._listener.accept()
                self.connections += 1
                self._start(_Session(self, wire).run)

    def queue(self, mail: Mail, *, heard_of: bool) -> None:
        self.mails.append(mail)
        if not heard_of:
            self.unheard_of.append(mail)

    def next_fault(self, verb: str, recipient: str = "") -> str | None:
        if self._yet_to_meet.get(recipient, ("",))[0] == verb:
            return self._yet_to_meet.pop(recipient)[1]
        waiting = self._faults.get(verb)
        return waiting.pop(0) if waiting else None

    def wait_for_end(self, seconds: float | None = None) -> bool:
        return self._ending.wait(seconds)


class _Session:
    def __init__(self, server: ScriptedServer, wire: socket.socket) -> None:
        self._server = server
        self._wire = wire
        self._unread = b""
        self._sender = self._recipient = ""
        wire.settimeout(0.05)  # so that a stop is seen

    def run(self) -> None:
        with suppress(_GoneError, OSError):
            if self._server.implicit:
                self._encrypt()
            self._answer("CONNECT", "220 scripted.example ESMTP")
            while self._obey(self._line()):
                pass
        self._wire.close()

    def _obey(self, line: str) -> bool:
        self._server.said.append(line)
        verb = line.partition(" ")[0].upper()
        getattr(self, f"_on_{verb.lower()}", self._on_other)(line)
        return verb != "QUIT"

    def _on_other(self, line: str) -> None:
        self._answer(line.partition(" ")[0].upper(), "250 2.0.0 Ok")

    def _on_ehlo(self, _line: str) -> None:
        hidden = "STARTTLS" if isinstance(self._wire, ssl.SSLSocket) else None
        lines = ["scripted.example", *(word for word in self._server.extensions if word != hidden)]
        marks = ["-"] * (len(lines) - 1) + [" "]
        self._answer("EHLO", "\r\n".join(f"250{mark}{line}" for mark, line in zip(marks, lines, strict=True)))

    def _on_starttls(self, _line: str) -> None:
        self._answer("STARTTLS", "220 2.0.0 Ready")
        self._encrypt()

    def _on_auth(self, line: str) -> None:
        if line == "AUTH LOGIN":
            for prompt in ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"):
                self._write(prompt)
                self._server.said.append(self._line())
        self._answer("AUTH", "235 2.7.0 Authentication successful")

    def _on_mail(self, line: str) -> None:
        if self._sender:
            self._write("503 5.5.1 nested MAIL command")
        elif self._answer("MAIL", "250 2.1.0 Ok"):
            self._sender = line.partition("<")[2].partition(">")[0]

    def _on_rcpt(self, line: str) -> None:
        self._recipient = line.partition("<")[2].partition(">")[0]
        self._answer("RCPT", "250 2.1.5 Ok")

    def _on_rset(self, _line: str) -> None:
        self._sender = self._recipient = ""
        self._answer("RSET", "250 2.0.0 Ok")

    def _on_data(self, _line: str) -> None:
        if not self._answer("DATA", "354 End data with <CR><LF>.<CR><LF>"):
            return
        self._suffer(self._server.next_fault("CONTENT", self._recipient))
        while b"\r\n.\r\n" not in b"\r\n" + self._unread:
            self._read()
        content, _, self._unread = (b"\r\n" + self._unread).partition(b"\r\n.\r\n")
        mime = (content + b"\r\n").replace(b"\r\n..", b"\r\n.")[2:]
        fault = self._server.next_fault("DOT", self._recipient)
        if not (fault and fault[0] in "45"):
            self._server.queue(Mail(self._sender, self._recipient, mime), heard_of=fault is None)
        self._sender = self._recipient = ""
        self._suffer(fault)
        self._write(fault or f"250 2.0.0 Ok: queued as Q{len(self._server.mails)}")

    def _answer(self, verb: str, usual: str) -> bool:
        fault = self._server.next_fault(verb, self._recipient)
        self._suffer(fault)
        self._write(usual if fault is None else fault)
        return fault is None

    def _suffer(self, fault: str | None) -> None:
        if fault == RESET:  # close sends RST, as a server that dies does
            self._wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault == HANG:
            self._server.wait_for_end()
        while fault == TRICKLE and not self._server.wait_for_end(0.02):
            self._wire.sendall(b"2")
        if fault in {CLOSE, RESET, HANG, TRICKLE}:
            raise _GoneError

    def _write(self, answer: str) -> None:
        self._wire.sendall(answer.encode() + b"\r\n")

    def _encrypt(self) -> None:
        self._suffer(self._server.next_fault("TLS"))
        if self._server.tls is None:
            raise _GoneError
        self._wire.settimeout(5)
        self._wire = self._server.tls.wrap_socket(self._wire, server_side=True)
        self._wire.settimeout(0.05)

    def _line(self) -> str:
        while b"\r\n" not in self._unread:
            self._read()
        line, _, self._unread = self._unread.partition(b"\r\n")
        return line.decode()

    def _read(self) -> None:
        while not self._server.wait_for_end(0):
            with suppress(TimeoutError):
                piece = self._wire.recv(65536)
                if not piece:
                    break
                self._unread += piece
                return
        raise _GoneError


@contextmanager
def running(server: ScriptedServer) -> Iterator[ScriptedServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def an_smtp_server(**changes) -> Iterator[ScriptedServer]:
    with running(ScriptedServer(**changes)) as server:
        yield server
