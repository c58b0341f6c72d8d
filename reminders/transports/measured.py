"""Any transport, with a word on how long each of its sends took."""

import time
from collections.abc import Callable

from reminders.core.message import FinishedMessage
from reminders.transports.base import Found, Health, Outcome, Transport


class Measured(Transport):
    """Does as its transport does, and tells the seconds of each send."""

    def __init__(
        self, transport: Transport, took: Callable[[float], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = transport.name
        self._transport = transport
        self._took = took
        self._monotonic = monotonic

    def send(self, message: FinishedMessage, key: str, before_transmit: Callable[[], bool]) -> Outcome:
        """Hand one message over, and tell how long that took."""
        began = self._monotonic()
        try:
            return self._transport.send(message, key, before_transmit)
        finally:
            self._took(self._monotonic() - began)

    def find(self, key: str) -> Found:
        """Ask its transport."""
        return self._transport.find(key)

    def check(self) -> Health:
        """Ask its transport."""
        return self._transport.check()

    def close(self) -> None:
        """Close its transport."""
        self._transport.close()
