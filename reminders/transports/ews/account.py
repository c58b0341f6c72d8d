"""exchangelib, held short: one session, no pool, no guessing, no second try; and what its exceptions mean."""

import logging
import re
from typing import Any

import requests
from exchangelib import DELEGATE, IMPERSONATION, UTC, Account, Configuration, FailFast, Version
from exchangelib.errors import ErrorServerBusy, MalformedResponseError, SOAPError
from exchangelib.protocol import CachingProtocol, Protocol
from exchangelib.transport import DEFAULT_HEADERS, NOAUTH
from exchangelib.version import EXCHANGE_2016

from reminders.transports.base import Outcome
from reminders.transports.ews.connection import Adapter, Errand
from reminders.transports.ews.failures import silence
from reminders.transports.ews.folders import root
from reminders.transports.ews.login import login
from reminders.transports.ews.settings import EwsSettings, refuse_clear_text, tls_context
from reminders.transports.ews.verdicts import MALFORMED, StopError, by_code, by_status, unclear, unready

# Met with one of these, exchangelib would say the same request again under every other version it knows.
_OTHER_VERSION = re.compile(
    rb"<[^>]*ResponseCode[^>]*>\s*"
    rb"(ErrorInvalidRequest|ErrorInvalidServerVersion|ErrorIncorrectSchemaVersion"
    rb"|ErrorInvalidSchemaVersionForMailboxVersion)\s*<"
)
_FOREIGN_CODE = re.compile(r"Unknown ResponseCode in ResponseMessage: (Error[A-Za-z0-9]{1,80}) ")


def open_account(settings: EwsSettings, errand: Errand) -> Any:
    """Return exchangelib's account of the mailbox; nothing is said to the server yet. Raises StopError."""
    for chatty in ("exchangelib", "spnego"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)  # below that they show whole mails, and logins
    refuse_clear_text(settings)
    config = Configuration(
        service_endpoint=settings.url,
        auth_type=NOAUTH,  # ours is at the session
        version=Version(build=EXCHANGE_2016),
        retry_policy=_Strict(),
    )
    account = Account(
        settings.mailbox,
        config=config,
        autodiscover=False,
        access_type=IMPERSONATION if settings.auth == "oauth" else DELEGATE,
        locale="en_GB",
        default_timezone=UTC,
    )
    account.root = root(account)
    account.protocol = _OneSession(config=config)
    account.protocol.session = _session(settings, errand)
    account.protocol.TIMEOUT = settings.timeout
    return account


def _session(settings: EwsSettings, errand: Errand) -> requests.Session:
    session = requests.Session()
    session.adapters.clear()
    adapter = Adapter(errand, tls_context(settings), errand.begin)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    session.headers.update(DEFAULT_HEADERS | {"User-Agent": "reminders"})
    session.auth = login(settings, errand)
    session.session_id = 0  # type: ignore[attr-defined]  # exchangelib wants one for its log
    return session


class _Uncached(CachingProtocol):  # type: ignore[misc]  # exchangelib has no types
    """exchangelib keeps one protocol for each address and login, and silently forgets a second one's settings."""

    def __call__(cls, *what: Any, **options: Any) -> Any:  # noqa: N805 - it is a metaclass
        return type.__call__(cls, *what, **options)


class _OneSession(Protocol, metaclass=_Uncached):  # type: ignore[misc]
    """A protocol without a pool: exchangelib's own may lose its session, and then waits for it for ever (#1373)."""

    RETRY_WAIT = 0  # where the server says no time to wait, neither do we
    session: requests.Session

    def get_session(self) -> requests.Session:
        return self.session

    def release_session(self, session: requests.Session) -> None:
        """Keep it; there is no other."""

    def retire_session(self, session: requests.Session) -> None:
        session.close()


class _Strict(FailFast):  # type: ignore[misc]
    """Stops at what is not EWS, with its status and Retry-After; exchangelib's own loses both, and shows the body."""

    def raise_response_errors(self, response: requests.Response) -> None:
        refused = _OTHER_VERSION.search(response.content)
        if refused:
            raise StopError(by_code(refused[1].decode()))
        answered = response.status_code == 200 or (response.status_code == 500 and b"Envelope" in response.content)
        if not answered:
            raise StopError(by_status(response.status_code, response.headers))


def judged(error: Exception, *, begun: bool) -> Outcome:
    """Return what an exception means that exchangelib raised while asking the server."""
    if not begun:
        return MALFORMED if isinstance(error, ValueError | TypeError) else unready(type(error).__name__)
    if isinstance(error, ErrorServerBusy) and not _in_the_login(error):
        return by_code("ErrorServerBusy", error.back_off or None)
    if isinstance(error, OSError) or isinstance(error.__context__, OSError):  # requests' exceptions are such
        return silence(error)
    if isinstance(error, MalformedResponseError | SOAPError):
        return unclear("not-ews", "the answer is not one of EWS, perhaps a login page; see mail.ews.url")
    return by_code("ntlm" if _in_the_login(error) else _code(error))


def _in_the_login(error: BaseException | None) -> bool:
    # NTLM was answered by something else than a challenge, and exchangelib calls that busy without having looked.
    return error is not None and (isinstance(error, KeyError) or _in_the_login(error.__context__))


def _code(error: Exception) -> str:
    foreign = _FOREIGN_CODE.match(str(error))
    return foreign[1] if foreign else type(error).__name__
