"""HTTP under exchangelib: one deadline for a whole errand, and certainty whether a request has begun to leave.

The connection is made before the fence is asked; so whatever fails until then has certainly sent nothing.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from reminders.transports.ews.failures import out_of_reach
from reminders.transports.ews.verdicts import FENCE_LOST, OUT_OF_TIME, StopError
from reminders.transports.timed import fair_share, timed_tls_socket


class FenceError(BaseException):
    """The fence itself failed; a BaseException, so that no library between takes it for a failed connection."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Errand:
    """What is left of the time that one errand may take, and whether its request has begun to leave."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._end = 0.0
        self._fence: Callable[[], bool] | None = None
        self.begun = False

    def start(self, seconds: float, fence: Callable[[], bool] | None) -> None:
        self._end = self._monotonic() + seconds
        self._fence = fence
        self.begun = False

    def left(self) -> float:
        left = self._end - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def begin(self) -> None:
        """Ask the fence before the first byte; NTLM says the same request up to three times until it is let in."""
        if self.begun:
            return
        if self._fence is not None and not self._passed(self._fence):
            raise StopError(FENCE_LOST)
        if self._monotonic() >= self._end:
            raise StopError(OUT_OF_TIME)
        self.begun = True

    def _passed(self, fence: Callable[[], bool]) -> bool:
        try:
            return fence()
        except Exception as error:
            raise FenceError(error) from error


class Adapter(HTTPAdapter):
    """requests on connections of ours, through a proxy too; the context judges certificates, and nothing else does.

    `begin` is called once a connection stands and nothing has been written.
    """

    def __init__(self, errand: Errand, context: ssl.SSLContext, begin: Callable[[], object]) -> None:
        context.sslsocket_class = timed_tls_socket(errand.left)
        self._context = context
        self._pools = _pool_classes(errand, begin)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *places: Any, **options: Any) -> None:
        super().init_poolmanager(*places, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        place, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return place, {"ssl_context": self._context} if place["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Add nothing: requests would trust the CAs it brings along beside those of the settings."""


def _pool_classes(errand: Errand, begin: Callable[[], object]) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            self.timeout = fair_share(errand.left, self._dns_host, self.port)
            return _plain_socket(errand)(fileno=super()._new_conn().detach())

        def connect(self) -> None:
            with _reaching(errand, self.host):
                super().connect()

        def request(self, *what: Any, **options: Any) -> None:
            if self.is_closed:
                self.connect()
            begin()
            super().request(*what, **options)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            self.timeout = fair_share(errand.left, self._dns_host, self.port)
            return super()._new_conn()

        def connect(self) -> None:
            with _reaching(errand, self.host):
                super().connect()

        def request(self, *what: Any, **options: Any) -> None:
            begin()  # urllib3 has connected it
            super().request(*what, **options)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


@contextlib.contextmanager
def _reaching(errand: Errand, host: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if errand.begun:  # NTLM was about to say its request again
            raise
        raise StopError(out_of_reach(error, host)) from error


def _plain_socket(errand: Errand) -> type[socket.socket]:
    """Return sockets whose every read and write ends with the errand: a server that trickles holds nobody up."""

    class TimedSocket(socket.socket):
        def sendall(self, *what: Any) -> None:
            self.settimeout(errand.left())
            super().sendall(*what)

        def recv_into(self, *where: Any) -> int:
            self.settimeout(errand.left())
            return super().recv_into(*where)

    return TimedSocket
