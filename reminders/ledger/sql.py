"""The ledger on a database, SQLite and PostgreSQL alike: every call is one transaction, every move is fenced."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, not_, or_, select, update

from reminders.core.policy import Reason
from reminders.ledger import recovery
from reminders.ledger.base import (
    MOVES,
    OPEN,
    EnteredReminder,
    Entry,
    Event,
    KeptReading,
    Ledger,
    LedgerLost,
    LedgerUnwritable,
    NewEntry,
    Settlement,
    Standing,
    State,
)
from reminders.ledger.database import Database, insert_once, put
from reminders.ledger.moves import Hand, Place, mark_bounced, move, record, redraw, start_leaving
from reminders.ledger.rows import (
    chunks,
    content_of,
    read_entries,
    read_history,
    read_reading,
    reminder_row,
    write_reminders,
)
from reminders.ledger.state_dir import keep_reserve
from reminders.ledger.tables import EVERY_BOARD, adopted, entries, events, readings, reminders, transports
from reminders.ledger.witness import Witness

_COMES_IN = (State.PLANNED, State.HELD)
_ENDED_UNTOLD = (State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED)
_ENDS = (*_ENDED_UNTOLD, State.HELD)
_OF_THE_SENDER = (State.CLAIMED, State.TRANSMITTING, State.UNCERTAIN)
_NOT_CAPPED = (*_ENDED_UNTOLD, State.HELD)
_CLOCKS_DIFFER = timedelta(minutes=1)  # a slot further ahead than this was taken by a clock that has been set back


class SqlLedger(Ledger):
    """One board's ledger; many of them may share a database, and many processes one of them."""

    def __init__(
        self,
        database: Database,
        board: str,
        witness: Witness | None = None,
        *,
        actor: str = "service",
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        """Take a database whose tables are there; without a witness nothing outlives it."""
        self._database = database
        self._board = board
        self._witness = witness
        self._actor = actor
        self._let_go = let_go

    # What was told.

    def standings(self, audience: str) -> Mapping[str, Standing]:
        columns = (entries.c.state, entries.c.reason, entries.c.address, entries.c.bounced)
        word = reminders.c.reason.label("word")
        chosen = select(reminders.c.key, word, *columns).outerjoin(entries, reminders.c.entry_id == entries.c.id)
        newest: dict[str, Standing] = {}
        told: dict[str, Standing] = {}
        with self._database.reading() as connection:
            here = (reminders.c.board == self._board, reminders.c.audience == audience)
            for row in connection.execute(chosen.where(*here).order_by(reminders.c.id)):
                standing = Standing(row.state, row.reason or row.word, row.address or "", bool(row.bounced))
                newest[row.key] = standing
                if _counts_as_told(standing):
                    told[row.key] = standing
        return newest | {key: each for key, each in told.items() if newest[key].state in _ENDED_UNTOLD}

    def told_before(self, audience: str) -> date | None:
        with self._database.reading() as connection:
            return recovery.told_before(connection, self._board, audience)

    def record_superseded(self, reminders: Iterable[EnteredReminder], audience: str, now: datetime) -> None:
        by_key = {each.key: each for each in reminders}
        with self._database.writing() as connection:
            for key in by_key.keys() - self._reminders_present(connection, audience, by_key):
                row = reminder_row(self._board, audience, by_key[key], now)
                insert_once(connection, _reminders, row | {"reason": Reason.SUPERSEDED.value})

    def _reminders_present(self, connection: Connection, audience: str, keys: Iterable[str]) -> set[str]:
        here = (_reminders.c.board == self._board, _reminders.c.audience == audience)
        chosen = (select(_reminders.c.key).where(*here, _reminders.c.key.in_(some)) for some in chunks(keys))
        return {key for each in chosen for key in connection.execute(each).scalars()}

    # Entries come in and change until they leave.

    def enter(self, entries: Sequence[NewEntry], now: datetime) -> tuple[str, ...]:
        if not entries:
            return ()
        with self._database.writing() as connection:
            known = self._known(connection, [new.key for new in entries])
            fresh = [new for new in entries if new.key not in known]
            return tuple(new.key for new in fresh if self._entered(connection, new, now))

    def _entered(self, connection: Connection, new: NewEntry, now: datetime) -> bool:
        if new.state not in _COMES_IN:
            raise ValueError(f"no entry comes in as {new.state}")
        reason = new.reasons[-1] if new.state is State.HELD and new.reasons else None
        row = {"board": self._board, "key": new.key, "state": new.state, "reason": reason, "created": now}
        if not insert_once(connection, _entries, content_of(new) | row):
            return False
        entry_id = connection.execute(select(_entries.c.id).where(_entries.c.key == new.key)).scalar_one()
        write_reminders(connection, self._board, entry_id, new, now)
        record(connection, self._hand(now), Place(entry_id, new.state, 0), None, reason)
        return True
