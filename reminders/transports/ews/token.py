"""Tokens by msal: what proves who we are, kept until they lapse, and what to mend when they are refused."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msal
import requests
from msal.exceptions import MsalServiceError
from urllib3.exceptions import HTTPError

from reminders.transports.base import Outcome, Scope, Verdict
from reminders.transports.ews.connection import Adapter, Errand
from reminders.transports.ews.failures import out_of_reach
from reminders.transports.ews.settings import EwsSettings, tls_context
from reminders.transports.ews.verdicts import StopError, rejected

_REFUSALS = {
    "invalid_client": "the application's secret or certificate is not accepted, or has expired; make a new one",
    "invalid_scope": "the application has no right to Exchange; see its permissions",
    "unauthorized_client": "the login server does not know the application; see mail.ews.client_id and tenant",
}
_PASSING = {"temporarily_unavailable", "server_error"}


class Tokens:
    """The application's tokens for Exchange."""

    def __init__(self, settings: EwsSettings, errand: Errand) -> None:
        """Keep the settings; the first token asks the login server who it is."""
        self._settings = settings
        self._session = requests.Session()
        self._session.mount("https://", Adapter(errand, tls_context(settings), begin=_unguarded))
        self._known: Any = None

    def token(self) -> str:
        """Return a token that has not lapsed. Raises StopError."""
        place = urlsplit(self._settings.url)
        try:
            answer = self._application().acquire_token_for_client([f"https://{place.hostname}/.default"])
        except (OSError, HTTPError) as error:
            raise StopError(out_of_reach(error, urlsplit(self._settings.authority).hostname or "")) from error
        except MsalServiceError as error:
            raise StopError(_later("login-server")) from error
        except ValueError as error:
            words = "the login server's answer is none for this tenant; see mail.ews.tenant"
            raise rejected("login", words) from error
        if "access_token" not in answer:
            raise StopError(_refused(answer))
        return str(answer["access_token"])

    def renew(self) -> str:
        """Return a token that was never used before. Raises StopError."""
        self._application().remove_tokens_for_client()
        return self.token()

    def _application(self) -> Any:
        if self._known is None:
            settings = self._settings
            self._known = msal.ConfidentialClientApplication(
                settings.client_id,
                client_credential=_credential(settings),
                authority=f"{settings.authority}/{settings.tenant}",
                instance_discovery=False,  # the authority is ours or Microsoft's, no stranger's
                http_client=self._session,
            )
        return self._known


def _unguarded() -> None:
    """Say nothing against it: in a request for a token nothing of the plan leaves."""


def _credential(settings: EwsSettings) -> str | dict[str, str] | None:
    if settings.certificate is None:
        return settings.client_secret
    pem = _read(settings.certificate)
    return {"private_key": pem, "public_certificate": pem}


def _read(file: Path) -> str:
    try:
        pem = file.read_text("ascii")
    except (OSError, ValueError) as error:
        raise _bad_certificate(file, getattr(error, "strerror", None) or "it is not PEM") from error
    if "PRIVATE KEY-----" not in pem or "-----BEGIN CERTIFICATE-----" not in pem:
        raise _bad_certificate(file, "it must hold a private key and its certificate in PEM")
    return pem


def _bad_certificate(file: Path, reason: str) -> StopError:
    return rejected("certificate", f"the certificate file {file} cannot be used: {reason}")


def _later(code: str) -> Outcome:
    return Outcome(Verdict.LATER, Scope.TRANSPORT, code, "the login server asks us to come back later")


def _refused(answer: dict[str, Any]) -> Outcome:
    error = str(answer.get("error"))
    if error in _PASSING:
        return _later(error)
    number = re.match(r"AADSTS\d{1,9}", str(answer.get("error_description", "")))
    words = _REFUSALS.get(error, "the login server refuses us; see the application's set-up")
    return Outcome(Verdict.REJECTED, Scope.TRANSPORT, number[0] if number else "login", words)
