"""What waits in the ledger, as one tick sees it."""

from datetime import datetime

from reminders.core.notices import Kind
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


def leaves_as_it_is(entry: Entry) -> bool:
    """Say whether an entry waits with bytes that no longer change: it has been leaving before."""
    return entry.state is State.PLANNED and entry.frozen


def may_change(entry: Entry) -> bool:
    """Say whether an entry is a reminder mail that waits and may still be drawn anew."""
    return entry.state is State.PLANNED and not entry.frozen and entry.new.kind == Kind.REMINDER


def is_released(entry: Entry) -> bool:
    """Say whether a person has let a held reminder mail go."""
    return entry.released and may_change(entry)
