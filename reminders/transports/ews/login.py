"""How we sign in: NTLM and Basic by a password, OAuth by a token."""

from collections.abc import Callable
from typing import Any

import requests
from exchangelib.transport import NTLM, get_auth_instance
from requests.auth import AuthBase, HTTPBasicAuth

from reminders.transports.ews.connection import Errand
from reminders.transports.ews.settings import EwsSettings


def login(settings: EwsSettings, errand: Errand) -> AuthBase:
    """Return what signs each request."""
    if settings.auth == "oauth":
        from reminders.transports.ews.token import Tokens  # noqa: PLC0415 - msal is heavy, and only needed for this

        tokens = Tokens(settings, errand)
        return _Bearer(tokens.token, tokens.renew)
    if settings.auth == "basic":
        return HTTPBasicAuth(settings.username.encode(), settings.password.encode())  # else it would be Latin-1
    alone = "@" in settings.username  # then the domain is in it, and none goes beside it
    username = f"\\{settings.username}" if alone else settings.username
    signing: AuthBase = get_auth_instance(NTLM, username=username, password=settings.password)
    return signing


class _Bearer(AuthBase):
    """Shows a token; one that is refused with 401, so that nothing was done, is renewed once."""

    def __init__(self, token: Callable[[], str], renew: Callable[[], str]) -> None:
        self._token = token
        self._renew = renew

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token()}"
        request.register_hook("response", self._again)  # type: ignore[no-untyped-call]
        return request

    def _again(self, answer: requests.Response, **options: Any) -> requests.Response:
        if answer.status_code != 401:
            return answer
        _ = answer.content  # to its end, so that the connection stays of use
        answer.raw.release_conn()
        request = answer.request.copy()
        request.headers["Authorization"] = f"Bearer {self._renew()}"
        fresh: requests.Response = answer.connection.send(request, **options)
        return fresh
