"""The way to Microsoft: HTTPS verified or nothing said, one deadline for a whole errand, and whether a request left."""

import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError

from reminders.transports.timed import fair_share, timed_tls_socket

_IDLE = 20.0  # seconds after which a kept connection is not trusted: a reset in the middle of a POST tells nothing

for _chatty in ("urllib3", "msal"):
    logging.getLogger(_chatty).setLevel(logging.ERROR)  # below that they show addresses, in URLs


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Which mailbox to send from and as which application; the file holds its private key and its certificate.

    National clouds have other addresses of service and authority (the login server). `ca_file` replaces the usual
    certificate authorities.
    """

    tenant: str
    client_id: str
    mailbox: str
    client_secret: str | None = field(default=None, repr=False)
    certificate_file: Path | None = None
    timeout: float = 30
    service: str = "https://graph.microsoft.com/v1.0"
    authority: str = "https://login.microsoftonline.com"
    ca_file: Path | None = None


class SilentError(Exception):
    """No whole answer came; `begun` says whether any of the request may have reached the server."""

    def __init__(self, *, begun: bool) -> None:
        super().__init__("no answer")
        self.begun = begun


class Errand:
    """What is left of the time that one errand may take, and whether the request in hand has begun to leave."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._end = 0.0
        self.begun = False

    def start(self, seconds: float) -> None:
        self._end = self._monotonic() + seconds

    def left(self) -> float:
        left = self._end - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Connection:
    """Requests to the login server and to Graph, on connections kept open; those of one errand share its deadline."""

    def __init__(self, settings: GraphSettings, monotonic: Callable[[], float]) -> None:
        """Keep the settings; the first request connects."""
        self._timeout = settings.timeout
        self._monotonic = monotonic
        self._last_used = 0.0
        self._errand = Errand(monotonic)
        self._ca_file = str(settings.ca_file) if settings.ca_file else None
        self._session = _session(_Adapter(self._errand, machines_cas=self._ca_file is None))

    def start(self) -> None:
        """Give the requests to come `timeout` seconds in all."""
        self._errand.start(self._timeout)

    def ask(self, method: str, url: str, **content: Any) -> requests.Response:
        """Return the answer, whatever it says; a redirect is one too. Raises SilentError."""
        self._errand.begun = False
        if self._monotonic() - self._last_used > _IDLE:
            self.close()
        try:
            answer = self._session.request(
                method,
                url,
                timeout=self._errand.left(),
                allow_redirects=False,
                auth=_as_it_is,
                verify=self._ca_file,  # None: those of REQUESTS_CA_BUNDLE, or that requests brings
                **content,
            )
        except (OSError, HTTPError) as error:
            raise SilentError(begun=self._errand.begun) from error
        self._last_used = self._monotonic()
        return answer

    def close(self) -> None:
        """Let go of what is open."""
        self._session.close()


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # Without this, requests would put the login of a .netrc in the place of our token.
    return request


def _session(adapter: HTTPAdapter) -> requests.Session:
    session = requests.Session()
    session.adapters.clear()  # http:// is not spoken
    session.mount("https://", adapter)
    return session


class _Adapter(HTTPAdapter):
    """requests on sockets of ours, through a proxy too."""

    def __init__(self, errand: Errand, *, machines_cas: bool) -> None:
        self._context = _tls_context(errand, machines_cas=machines_cas)
        self._pools = {"https": _pool_class(errand)}
        super().__init__(pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *places: Any, **options: Any) -> None:
        super().init_poolmanager(*places, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _tls_context(errand: Errand, *, machines_cas: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = timed_tls_socket(errand.left)
    if machines_cas:
        context.load_default_certs()  # requests adds those it brings
    return context


def _pool_class(errand: Errand) -> type[HTTPSConnectionPool]:
    """Return a pool whose connections share the errand's time between addresses, and say when a request begins."""

    class TimedConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            self.timeout = fair_share(errand.left, self._dns_host, self.port)
            return super()._new_conn()

        def request(self, *what: Any, **how: Any) -> None:
            errand.begun = True  # connected and, where there is a proxy, let through
            super().request(*what, **how)

    class TimedPool(HTTPSConnectionPool):
        ConnectionCls = TimedConnection

    return TimedPool
