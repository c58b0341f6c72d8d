"""The dead-man switch: a call after each tick that went well, so that silence is an alarm elsewhere."""

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

_PATIENCE = 10.0  # seconds


def call(url: str) -> str | None:
    """Call an http(s) address and return why that failed, or None when it went well."""
    request = Request(url, headers={"User-Agent": "reminders"})  # noqa: S310 - the settings let in http and https alone
    try:
        with urlopen(request, timeout=_PATIENCE):  # noqa: S310 - the same
            return None
    except HTTPError as answer:
        answer.close()
        return f"it answered {answer.code}"
    except (OSError, HTTPException) as error:
        return f"it could not be reached ({type(error).__name__})"
