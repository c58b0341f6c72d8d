"""Requests to one mailbox in Graph, each with a token; one that is not taken is renewed once."""

from typing import Any
from urllib.parse import quote

import requests

from reminders.transports.graph.connection import Connection, GraphSettings, SilentError
from reminders.transports.graph.silences import unanswered
from reminders.transports.graph.token import Tokens
from reminders.transports.graph.verdicts import Step, StopError, fields_of, judged


class GraphSession:
    """What is asked of the mailbox we send from."""

    def __init__(self, settings: GraphSettings, connection: Connection) -> None:
        self._connection = connection
        self._tokens = Tokens(settings, connection)
        self._mailbox = f"{settings.service}/users/{quote(settings.mailbox)}"

    def start(self) -> str:
        """Begin an errand, which has its own time, and return the token it begins with. Raises StopError."""
        self._connection.start()
        return self._tokens.token()

    def ask(self, step: Step, method: str, path: str, content: bytes | None = None) -> requests.Response:
        """Return the mailbox's answer, whatever it says. Raises StopError where none came."""
        answer = self._asked(step, method, path, content, self._tokens.token())
        if answer.status_code == 401:
            answer = self._asked(step, method, path, content, self._tokens.renew())
        return answer

    def _asked(self, step: Step, method: str, path: str, content: bytes | None, token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            return self._connection.ask(method, self._mailbox + path, data=content, headers=headers)
        except SilentError as error:
            raise StopError(unanswered(error, step)) from error

    def read(self, path: str) -> requests.Response:
        """Return what lies in the mailbox. Raises StopError where it may not be seen."""
        answer = self.ask(Step.READ, "GET", path)
        if answer.status_code != 200:
            raise StopError(judged(answer, Step.READ))
        return answer

    def take_back(self, draft: str) -> bool:
        """Delete a draft and say whether it was there to be deleted. Raises StopError where no answer came."""
        return self.ask(Step.READ, "DELETE", f"/messages/{quote(draft, safe='')}").status_code == 204

    def close(self) -> None:
        """Let go of what is open; the token is kept."""
        self._connection.close()


def things_in(answer: requests.Response) -> list[dict[str, Any]]:
    """Return the things that a collection holds. Raises StopError where the answer is none."""
    things = fields_of(answer).get("value")
    if not isinstance(things, list):
        raise StopError(judged(answer, Step.READ))
    return [each for each in things if isinstance(each, dict)]


def id_in(answer: requests.Response) -> str:
    """Return the id of the one thing in an answer. Raises StopError where the answer is none."""
    found = fields_of(answer).get("id")
    if not isinstance(found, str):
        raise StopError(judged(answer, Step.READ))
    return found
