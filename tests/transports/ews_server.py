"""An Exchange Server on 127.0.0.1 that speaks EWS over HTTP(S), keeps a mailbox, and fails where its script says.

Like Exchange it signs in by NTLM (checked by pyspnego's own server), Basic or a token, answers per item, and tells no
id for what it sent. What it hears and says is held against `ews_shapes`.
"""

import base64
import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import spnego
from lxml import etree

from tests.transports.ews_mailboxes import FOLDERS, Mailboxes
from tests.transports.ews_shapes import judge

RESET = "<reset the connection>"
HANG = "<never answer>"
TRICKLE = "<a letter at a time, without end>"


@dataclass(frozen=True)
class Code:
    """A response code in the place of each item."""

    code: str
    inner: str | None = None


@dataclass(frozen=True)
class Soap:
    """A SOAP fault: HTTP 500 with an envelope."""

    code: str
    back_off: int | None = None  # milliseconds
    status: int = 500


@dataclass(frozen=True)
class Http:
    """An answer of something in front of EWS."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"<html><body>m.evans@westberks.example may not read this</body></html>"


@dataclass(frozen=True)
class After:
    """What happens once the work is done."""

    fault: Any


@dataclass
class EwsServer:
    """`script`: operation -> what happens there, one after the other (None: nothing), and then nothing more."""

    script: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    auth: str = "Basic"
    password: str = "s3cret"
    token: str = "token-1"  # the one that is taken
    tokens: list[str] = field(default_factory=lambda: ["token-1", "token-2"])  # given out one after the other
    proofs: list[dict[str, str]] = field(default_factory=list)  # what tokens were asked for with
    tls: ssl.SSLContext | None = None
    mailboxes: Mailboxes = field(default_factory=Mailboxes)
    port: int = 0
    posts: list[str] = field(default_factory=list)  # operations of the requests that were let in
    versions: list[str] = field(default_factory=list)
    impersonated: list[str | None] = field(default_factory=list)
    refused: int = 0  # requests answered 401
    connections: int = 0
    faulty: list[str] = field(default_factory=list)  # what was heard or said in a wrong shape

    def __post_init__(self):
        self.script = {operation: list(faults) for operation, faults in self.script.items()}
        self._ending = threading.Event()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/EWS/Exchange.asmx"

    def start(self) -> None:
        self._ending.clear()
        self._server = _Listener(("127.0.0.1", self.port), self)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.hang_up()
        self._server.server_close()

    def next_fault(self, operation: str) -> Any:
        waiting = self.script.get(operation)
        return waiting.pop(0) if waiting else None  # type: ignore[attr-defined]

    def wait_for_end(self, seconds: float | None = None) -> bool:
        return self._ending.wait(seconds)


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 50

    def __init__(self, place, ews: EwsServer) -> None:
        self.ews = ews
        self._wires: list[socket.socket] = []
        super().__init__(place, _Session)

    def get_request(self):
        wire, place = super().get_request()
        self.ews.connections += 1
        if self.ews.tls:
            wire = self.ews.tls.wrap_socket(wire, server_side=True, do_handshake_on_connect=False)
        self._wires.append(wire)
        return wire, place

    def hang_up(self) -> None:
        for wire in self._wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_who) -> None:
        """Be silent: clients break off as they like."""


class _GoneError(Exception):
    pass


class _Session(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one answer, one piece
    server: _Listener

    def setup(self):
        super().setup()
        self._ntlm: Any = None
        self._let_in = False

    def handle(self):
        with suppress(_GoneError, OSError):
            super().handle()

    def log_message(self, *_what):
        """Be silent."""

    def do_GET(self):
        """The login server says where it gives out tokens."""
        place = f"{self.server.ews.url.partition('/EWS/')[0]}/westberks.example"
        said = {"issuer": place, "authorization_endpoint": f"{place}/authorize", "token_endpoint": f"{place}/token"}
        self._tell("discovery", said)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/token"):
            self.server.ews.proofs.append(dict(parse_qsl(body.decode())))
            said = {"token_type": "Bearer", "expires_in": 3600, "access_token": self.server.ews.tokens.pop(0)}
            self._tell("token", said)
            return
        if not self._signs_in():
            return
        request: Any = etree.fromstring(body)
        self._judge(request)
        operation = etree.QName(request.find("{*}Body")[0]).localname
        self.server.ews.posts.append(operation)
        self.server.ews.versions.append(request.find("{*}Header/{*}RequestServerVersion").get("Version"))
        self.server.ews.impersonated.append(
            request.findtext("{*}Header/{*}ExchangeImpersonation//{*}PrimarySmtpAddress")
        )
        fault = self.server.ews.next_fault(operation)
        if fault is not None and not isinstance(fault, After):
            self._suffer(fault, request)
            return
        answer = _envelope(getattr(self.server.ews.mailboxes, operation.lower())(request))
        self._judge(answer)
        if isinstance(fault, After):
            self._suffer(fault.fault, request)
        self._say(200, etree.tostring(answer), {"Content-Type": "text/xml; charset=utf-8"})

    def _tell(self, operation: str, said: Mapping[str, Any]) -> None:
        fault = self.server.ews.next_fault(operation)
        if fault is None:
            self._say(200, json.dumps(said).encode(), {"Content-Type": "application/json"})
        else:
            self._suffer(fault, None)

    def _judge(self, envelope) -> None:
        with suppress(StopIteration):
            self.server.ews.faulty.append(next(judge(envelope)))

    def _suffer(self, fault, request) -> None:
        if fault == RESET:  # close sends RST, as a server that dies does
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            raise _GoneError
        if fault == HANG:
            self.server.ews.wait_for_end()
            raise _GoneError
        if fault == TRICKLE:
            self._trickle()
        if isinstance(fault, Http):
            self._say(fault.status, fault.body, fault.headers)
        else:
            answer = _soap_fault(fault) if isinstance(fault, Soap) else _refusal(fault, request)
            self._judge(answer)
            self._say(getattr(fault, "status", 200), etree.tostring(answer), {"Content-Type": "text/xml"})

    def _trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.server.ews.wait_for_end(0.02):
            self.wfile.write(b" ")
            self.wfile.flush()
        raise _GoneError

    def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _signs_in(self) -> bool:
        said = self.headers.get("Authorization", "")
        if self.server.ews.auth == "NTLM":
            return self._let_in or self._ntlm_step(said)
        wanted = {
            "Basic": "Basic " + base64.b64encode(f"board:{self.server.ews.password}".encode()).decode(),
            "Bearer": f"Bearer {self.server.ews.token}",
        }[self.server.ews.auth]
        return said == wanted or self._refuse(self.server.ews.auth)

    def _ntlm_step(self, said: str) -> bool:
        if not said.startswith("NTLM "):
            self._ntlm = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
            return self._refuse("NTLM")
        if fault := self.server.ews.next_fault("NTLM"):
            self._suffer(fault, None)
            return False
        try:
            challenge = self._ntlm.step(base64.b64decode(said[5:]))
        except spnego.exceptions.SpnegoError:
            return self._refuse("NTLM")
        self._let_in = self._ntlm.complete
        return self._let_in or self._refuse(f"NTLM {base64.b64encode(challenge).decode()}")

    def _refuse(self, offer: str) -> bool:
        self.server.ews.refused += 1
        self._say(401, b"", {"WWW-Authenticate": offer})
        return False


_SPACES = {
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "m": "http://schemas.microsoft.com/exchange/services/2006/messages",
    "t": "http://schemas.microsoft.com/exchange/services/2006/types",
    "e": "http://schemas.microsoft.com/exchange/services/2006/errors",
}


def _element(text: str):
    named = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in _SPACES.items())
    return etree.fromstring(f"<x {named}>{text}</x>")[0]


def _envelope(body):
    version = 'MajorVersion="15" MinorVersion="2" MajorBuildNumber="1748" MinorBuildNumber="10" Version="V2017_07_11"'
    whole = _element(
        f"<s:Envelope><s:Header><t:ServerVersionInfo {version}/></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
    etree.cleanup_namespaces(whole)
    return whole


def _refusal(fault: Code, request):
    operation = request.find("{*}Body")[0]
    name = etree.QName(operation).localname
    said = f"""<m:MessageText>m.evans@westberks.example cannot be reached.</m:MessageText>
        <m:ResponseCode>{fault.code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"""
    if fault.inner:
        said += f'<m:MessageXml><t:Value Name="InnerErrorResponseCode">{fault.inner}</t:Value></m:MessageXml>'
    message = "MailTipsResponseMessageType" if name == "GetMailTips" else f"{name}ResponseMessage"
    rest = {"CreateItem": "<m:Items/>", "GetFolder": "<m:Folders/>"}.get(name, "")
    one = f'<m:{message} ResponseClass="Error">{said}{rest}</m:{message}>'
    each = one * max(1, len(operation.findall(".//{*}ParentFolderIds/*")))
    head = ' ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>' if name == "GetMailTips" else ">"
    return _envelope(f"<m:{name}Response{head}<m:ResponseMessages>{each}</m:ResponseMessages></m:{name}Response>")


def _soap_fault(fault: Soap):
    wait = f'<t:MessageXml><t:Value Name="BackOffMilliseconds">{fault.back_off}</t:Value></t:MessageXml>'
    return _envelope(
        f"""<s:Fault><faultcode>a:{fault.code}</faultcode><faultstring xml:lang="en-US">Not now.</faultstring><detail>
        <e:ResponseCode>{fault.code}</e:ResponseCode><e:Message>m.evans@westberks.example</e:Message>
        {wait if fault.back_off else ""}</detail></s:Fault>"""
    )


@contextmanager
def an_ews_server(**changes) -> Iterator[EwsServer]:
    server = EwsServer(**changes)
    server.start()
    try:
        yield server
    finally:
        server.stop()
    assert server.faulty == []


__all__ = ["FOLDERS", "HANG", "RESET", "TRICKLE", "After", "Code", "EwsServer", "Http", "Soap", "an_ews_server"]
