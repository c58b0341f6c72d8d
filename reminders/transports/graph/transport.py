"""Mails leave through Microsoft 365: each a draft with our key, then sent, so that a lost answer can be cleared up."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from urllib.parse import quote

from reminders.core.message import FinishedMessage
from reminders.transports.base import Bounce, Found, Health, Outcome, ReadableMailbox, Transport, Verdict
from reminders.transports.graph.connection import Connection, GraphSettings
from reminders.transports.graph.letter import as_json
from reminders.transports.graph.mailbox import GraphMailbox
from reminders.transports.graph.rights import proved, to_do
from reminders.transports.graph.search import Search
from reminders.transports.graph.session import GraphSession
from reminders.transports.graph.token import last_day, roles_in
from reminders.transports.graph.verdicts import FENCE_LOST, Step, StopError, fields_of, judged

__all__ = ["GraphSettings", "GraphTransport"]

_REFUSED_FOR = 3600.0  # seconds for which a refused draft is believed; rights are granted while we run


class GraphTransport(Transport, ReadableMailbox):
    """Hands mails to one mailbox of Microsoft 365; a send takes at most `timeout`, signing in included."""

    name = "graph"

    def __init__(self, settings: GraphSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Keep the settings; the first errand signs in."""
        self._settings = settings
        self._monotonic = monotonic
        self._session = GraphSession(settings, Connection(settings, monotonic))
        self._search = Search(self._session)
        self._mailbox = GraphMailbox(self._session)
        self._drafts_refused: float | None = None

    def send(self, message: FinishedMessage, key: str, before_transmit: Callable[[], bool]) -> Outcome:
        """Hand one mail over; `before_transmit` is asked when only the request that sends it is still to be made."""
        try:
            content = as_json(message, key)
            self._session.start()
            draft = self._draft(content)
        except StopError as stop:
            return stop.outcome
        if draft is not None:
            return self._send_draft(draft, before_transmit)
        whole = b'{"message": ' + content + b', "saveToSentItems": true}'
        return self._let_go(Step.DIRECT, "/sendMail", whole, before_transmit)

    def find(self, key: str) -> Found:
        """Look for the key in the whole mailbox."""
        try:
            self._session.start()
            return self._search.find(key)
        except StopError:
            return Found.CANNOT_TELL

    def check(self) -> Health:
        """Sign in and try every right that is needed, without a mail: a send to nobody, a look, a draft to nobody."""
        try:
            token = self._session.start()
            todo = tuple(to_do(proved(self._session), roles_in(token), last_day(self._settings)))
        except StopError as stop:
            return Health(well=False, detail=stop.outcome.reply)
        return Health(well=True, detail="Microsoft 365 takes our login and lets us send from the mailbox", to_do=todo)

    def close(self) -> None:
        """Let go of what is open; the token is kept."""
        self._session.close()

    def bounces(self, since: datetime) -> tuple[Bounce, ...]:
        """Read the reports in the inbox; where reading ends early, those read until then."""
        found: list[Bounce] = []
        with suppress(StopError):
            self._session.start()
            for bounce in self._mailbox.bounces(since):
                found.append(bounce)  # noqa: PERF402 - what came before a fault counts
        return tuple(found)

    def absent(self, addresses: Sequence[str]) -> frozenset[str]:
        """Ask for mail tips: who answers automatically."""
        try:
            self._session.start()
            return frozenset(self._mailbox.absent(addresses))
        except StopError:
            return frozenset()

    def arrived(self, key: str) -> Mapping[str, str] | None:
        """Look through the latest mails of the inbox."""
        try:
            self._session.start()
            return self._mailbox.arrived(key)
        except StopError:
            return None

    def _draft(self, content: bytes) -> str | None:
        """Return the id of a draft that holds the mail; None where drafts are not allowed."""
        if self._drafts_refused is not None and self._monotonic() - self._drafts_refused < _REFUSED_FOR:
            return None
        answer = self._session.ask(Step.DRAFT, "POST", "/messages", content)
        if answer.status_code == 403:
            self._drafts_refused = self._monotonic()
            return None
        draft = fields_of(answer).get("id")
        if answer.status_code != 201 or not isinstance(draft, str):
            raise StopError(judged(answer, Step.DRAFT))
        return draft

    def _send_draft(self, draft: str, before_transmit: Callable[[], bool]) -> Outcome:
        outcome = FENCE_LOST  # also while the ledger fails
        try:
            outcome = self._let_go(Step.SEND, f"/messages/{quote(draft, safe='')}/send", None, before_transmit)
        finally:
            if outcome.verdict in {Verdict.LATER, Verdict.REJECTED}:
                with suppress(StopError):
                    self._session.take_back(draft)
        return outcome

    def _let_go(self, step: Step, path: str, content: bytes | None, before_transmit: Callable[[], bool]) -> Outcome:
        if not before_transmit():
            return FENCE_LOST
        try:
            return judged(self._session.ask(step, "POST", path, content), step)
        except StopError as stop:
            return stop.outcome
