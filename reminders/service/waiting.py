"""What waits in the ledger, as one tick sees it."""

from datetime import datetime

from reminders.core.policy import Reason
from reminders.ledger.base import Entry, Ledger, State


class Waiting:
    """The entries that have not ended: asked for once, and anew after a move of ours.

    What others move meanwhile does no harm, since every move is fenced.
    """

    def __init__(self, ledger: Ledger, audience: str) -> None:
        self._ledger = ledger
        self._audience = audience
        self._entries: tuple[Entry, ...] | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return them, oldest first."""
        if self._entries is None:
            self._entries = self._ledger.open_entries(self._audience)
        return self._entries

    def end(self, entry: Entry, state: State, reason: Reason, now: datetime) -> None:
        """End one of them, or hold it."""
        self._ledger.end(entry, state, reason, now)
        self.changed()

    def changed(self) -> None:
        """Ask again the next time: some have come in, or left."""
        self._entries = None
