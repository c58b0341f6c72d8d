"""Tokens by msal: what proves who we are, kept until they lapse, and what to mend when they are refused."""

import base64
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msal
import requests
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from reminders.transports.base import Outcome, Scope, Verdict
from reminders.transports.graph.connection import Connection, GraphSettings, SilentError
from reminders.transports.graph.silences import unanswered
from reminders.transports.graph.verdicts import Step, StopError, error_code, fields_of, retry_after

_BY_NUMBER = {
    "AADSTS53003": "Conditional Access blocks the application; its administrator must let this machine through",
    "AADSTS90002": "there is no such tenant; mend mail.graph.tenant",
    "AADSTS900023": "mail.graph.tenant is neither a tenant's id nor a domain of one",
    "AADSTS700016": "the tenant does not know the application; see mail.graph.client_id and mail.graph.tenant",
    "AADSTS700024": "the proof is not of this time; look at this machine's clock",
    "AADSTS700027": "the certificate is not one of the application's, or has expired; upload it there",
    "AADSTS7000112": "the application is switched off; its administrator must enable it",
    "AADSTS7000215": "the client secret is wrong; mail.graph.client_secret_file must hold its value, not its id",
    "AADSTS7000222": "the client secret has expired; make a new one and put it into mail.graph.client_secret_file",
}
_BY_ERROR = {
    "invalid_client": "the client secret or the certificate is not accepted; see the application's own",
    "invalid_tenant": "there is no such tenant; mend mail.graph.tenant",
    "unauthorized_client": "the application may not sign in by itself; see mail.graph.client_id",
}
_PASSING = {"temporarily_unavailable", "server_error"}
_NO_LOGIN = "the answer is not that of Microsoft's login server; is a proxy in between?"


class Tokens:
    """The application's tokens for Graph."""

    def __init__(self, settings: GraphSettings, connection: Connection) -> None:
        """Keep the settings; the first token asks the login server who it is."""
        self._settings = settings
        self._connection = connection
        self._known: msal.ConfidentialClientApplication | None = None

    def token(self) -> str:
        """Return a token that has not lapsed. Raises StopError."""
        service = urlsplit(self._settings.service)
        answer = self._application().acquire_token_for_client([f"{service.scheme}://{service.netloc}/.default"])
        token = answer.get("access_token")
        if not isinstance(token, str):
            raise _stop(Verdict.LATER, "garbled", _NO_LOGIN)
        return token

    def renew(self) -> str:
        """Return a token that was never used before. Raises StopError."""
        self._application().remove_tokens_for_client()
        return self.token()

    def _application(self) -> Any:
        if self._known is None:
            settings = self._settings
            credential = _credential(settings)
            try:
                self._known = msal.ConfidentialClientApplication(
                    settings.client_id,
                    client_credential=credential,
                    authority=f"{settings.authority}/{settings.tenant}",
                    instance_discovery=False,  # the authority is ours or Microsoft's, no stranger's
                    http_client=_LoginServer(self._connection),
                )
            except (KeyError, ValueError) as error:
                raise _stop(Verdict.LATER, "garbled", _NO_LOGIN) from error
        return self._known


class _LoginServer:
    """What msal asks with: it hears good news only, everything else stops the errand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, url: str, **content: Any) -> requests.Response:
        return self._asked("GET", url, **content)

    def post(self, url: str, **content: Any) -> requests.Response:
        return self._asked("POST", url, **content)

    def close(self) -> None:
        """The connection is closed by its owner."""

    def _asked(self, method: str, url: str, **content: Any) -> requests.Response:
        try:
            answer = self._connection.ask(method, url, **content)
        except SilentError as error:
            raise StopError(unanswered(error, Step.LOGIN)) from error
        if answer.status_code != 200 or not fields_of(answer):
            raise StopError(_refused(answer))
        return answer


def _refused(answer: requests.Response) -> Outcome:
    error = error_code(answer)
    number = re.match(r"AADSTS\d{1,9}", str(fields_of(answer).get("error_description", "")))
    words = _BY_NUMBER.get(number[0] if number else "") or _BY_ERROR.get(error)
    if not error or error in _PASSING or answer.status_code >= 500 or answer.status_code == 429:
        words = _NO_LOGIN if answer.status_code < 400 else "Microsoft's login server asks us to come back later"
        return _outcome(Verdict.LATER, error or str(answer.status_code), words, retry_after(answer))
    return _outcome(Verdict.REJECTED, number[0] if number else error, words or "the login server refuses us")


def _stop(verdict: Verdict, code: str, words: str) -> StopError:
    return StopError(_outcome(verdict, code, words))


def _outcome(verdict: Verdict, code: str, words: str, wait: float | None = None) -> Outcome:
    return Outcome(verdict, Scope.TRANSPORT, code, f"{Step.LOGIN}: {words}", wait)


def _credential(settings: GraphSettings) -> str | dict[str, str] | None:
    if settings.certificate_file is None:
        return settings.client_secret
    pem = _read(settings.certificate_file)
    try:
        key = serialization.load_pem_private_key(pem, password=None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (TypeError, ValueError) as error:
        raise _bad_certificate(settings.certificate_file, "it holds no private key and certificate in PEM") from error
    plain = serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return {
        "private_key": written.decode(),
        "public_certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
    }


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _bad_certificate(file, error.strerror or "it cannot be read") from error


def _bad_certificate(file: Path, reason: str) -> StopError:
    return _stop(Verdict.REJECTED, "certificate-file", f"mail.graph.certificate_file {file} cannot be used: {reason}")


def last_day(settings: GraphSettings) -> datetime | None:
    """Return when the certificate ends; None where a secret is used, whose end only its maker sees."""
    if settings.certificate_file is None:
        return None
    return x509.load_pem_x509_certificate(_read(settings.certificate_file)).not_valid_after_utc


def roles_in(token: str) -> frozenset[str]:
    """Return the rights that the token grants over every mailbox of the tenant; those of one mailbox are not in it."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return frozenset(map(str, claims.get("roles") or ()))
    except (AttributeError, IndexError, ValueError):
        return frozenset()
