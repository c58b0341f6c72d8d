"""The ledger on a database, SQLite and PostgreSQL alike: every call is one transaction, every move is fenced."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from reminders.core.policy import Reason
from reminders.ledger import asking, pace, readings, recovery, retention, rows, searching, told, turns
from reminders.ledger.base import (
    ADDRESS_GOOD,
    MOVES,
    OPEN,
    EnteredReminder,
    Entry,
    Event,
    Found,
    KeptReading,
    Ledger,
    LedgerLost,
    LedgerUnwritable,
    NewEntry,
    Search,
    Settlement,
    Standing,
    State,
)
from reminders.ledger.database import Connection, Database
from reminders.ledger.moves import (
    Hand,
    Place,
    mark_bounced,
    mark_trusted,
    move,
    record,
    redraw,
    start_leaving,
    take,
)
from reminders.ledger.readings import GOOD, HELD
from reminders.ledger.recovery import Proven
from reminders.ledger.rows import entries_of, read_entries, read_history
from reminders.ledger.state_dir import keep_reserve
from reminders.ledger.tables import named
from reminders.ledger.witness import Witness

_MAY_BE_SETTLED = (State.CLAIMED, State.TRANSMITTING, State.UNCERTAIN)
_COMES_IN = (State.PLANNED, State.HELD)
_ENDED_UNTOLD = (State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED)
_COUNTS_FOR_ITS_DAY = (
    State.PLANNED,
    State.CLAIMED,
    State.TRANSMITTING,
    State.UNCERTAIN,
    State.SENT,
    State.FAILED,
)
_UNSENT = tuple(state for state in State if state is not State.SENT)  # "is sent" would lead through all that ever were

_KNOWN = """
    SELECT key FROM entries WHERE board = :board AND key IN :keys
    UNION SELECT key FROM adopted WHERE board = :board AND key IN :keys"""
_STATE = "SELECT state FROM entries WHERE id = :id AND board = :board AND claim = :claim FOR UPDATE"
_NOT_BY_HAND = f"coalesce(reason, '') NOT IN ('{Reason.NOT_RESENT}', '{ADDRESS_GOOD}')"
_BAD = f"""
    SELECT address FROM entries WHERE board = :board AND state = 'failed' AND {_NOT_BY_HAND}
    UNION SELECT address FROM entries WHERE board = :board AND bounced = TRUE AND {_NOT_BY_HAND}"""
_REFUSED_THERE = f"""
    SELECT id, state, claim FROM entries
    WHERE board = :board AND address = :address AND (state = 'failed' OR bounced) AND {_NOT_BY_HAND}"""
_OPEN = f"audience = :audience AND state IN ({named(OPEN)})"
# Two indexes; an OR would walk the whole ledger.
_ALIVE_SINCE = """id IN (
    SELECT id FROM entries WHERE board = :board AND created >= :since
    UNION SELECT id FROM entries WHERE board = :board AND settled >= :since)"""
_OF_THESE = {"audience": "audience = :audience", "since": _ALIVE_SINCE}
_COUNT_FOR_DAY = f"""
    SELECT count(*) FROM entries WHERE board = :board AND audience = :audience AND kind = :kind AND day = :day
    AND state IN ({named(_COUNTS_FOR_ITS_DAY)})"""
_LAST_FACTS = f"""
    SELECT day, facts FROM entries WHERE board = :board AND audience = :audience AND kind = :kind
    AND state NOT IN ({named(_UNSENT)}) AND facts IS NOT NULL
    ORDER BY day DESC, id DESC LIMIT 1"""


class SqlLedger(Ledger):
    """One board's ledger; many of them may share a database, and many processes one of them."""

    def __init__(
        self,
        database: Database,
        board: str,
        witness: Witness | None = None,
        *,
        actor: str = "service",
        let_go: Callable[[], None] | None = None,
    ) -> None:
        """Take a database whose tables are there; without a witness nothing outlives it."""
        self._database = database
        self._board = board
        self._witness = witness
        self._actor = actor
        self._let_go = let_go or database.close
        self._proven = Proven()

    def _hand(self, now: datetime) -> Hand:
        return Hand(self._board, self._actor, now)

    # What was told.

    def standings(self, audience: str, keys: Collection[str]) -> Mapping[str, Standing]:
        with self._database.reading() as connection:
            return told.standings(connection, self._board, audience, keys)

    def told_before(self, audience: str) -> date | None:
        with self._database.reading() as connection:
            return recovery.told_before(connection, self._board, audience)

    def record_superseded(self, reminders: Iterable[EnteredReminder], audience: str, now: datetime) -> None:
        overtaken = list(reminders)
        if not overtaken:
            return
        with self._database.writing() as connection:
            told.record_superseded(connection, self._board, audience, overtaken, now)

    # Entries come in and change until they leave.

    def enter(self, entries: Sequence[NewEntry], now: datetime) -> tuple[str, ...]:
        if not entries:
            return ()
        with self._database.writing() as connection:
            known = self._known(connection, [new.key for new in entries])
            fresh = {new.key: new for new in entries if new.key not in known}
            return tuple(new.key for new in fresh.values() if self._enter(connection, new, now))

    def _enter(self, connection: Connection, new: NewEntry, now: datetime) -> bool:
        if new.state not in _COMES_IN:
            raise ValueError(f"no entry comes in as {new.state}")
        entry_id = rows.enter(connection, self._board, new, _why_held(new), now)
        if entry_id is None:  # a replica was first
            return False
        record(connection, self._hand(now), Place(entry_id, new.state, 0), None, _why_held(new))
        return True

    def redraw(self, entry: Entry, new: NewEntry, now: datetime) -> bool:
        if new.key != entry.key:
            raise ValueError("a redrawn entry keeps its key")
        hand, place = self._hand(now), Place(entry.id, State.PLANNED, entry.claim)
        with self._database.writing() as connection:
            if not redraw(connection, hand, place, **rows.content_of(new)):
                return False
            rows.write_text(connection, entry.id, new.mime)
            rows.drop_reminders(connection, entry.id)
            rows.write_reminders(connection, self._board, entry.id, new, now)
            return new.state is not State.HELD or move(connection, hand, place, State.HELD, _why_held(new))

    def end(self, entry: Entry, state: State, reason: str, now: datetime) -> bool:
        if state not in (*_ENDED_UNTOLD, State.HELD):
            raise ValueError(f"{state} is not how an entry ends unsent")
        if entry.state not in _COMES_IN:
            return False
        with self._database.writing() as connection:
            return move(connection, self._hand(now), _place(entry), state, reason)

    def release(self, entry: Entry, expires: datetime, now: datetime) -> bool:
        if entry.state is not State.HELD:
            return False
        hand, place = self._hand(now), _place(entry)
        with self._database.writing() as connection:
            return move(
                connection, hand, place, State.PLANNED, "released", released=True, expires=expires, not_before=None
            )

    # Entries leave.

    def anything_due(self, audience: str, kinds: Collection[str], now: datetime) -> bool:
        with self._database.reading() as connection:
            return turns.anything_due(connection, self._board, audience, kinds, now)

    def claim(self, audience: str, kinds: Collection[str], now: datetime, lease_until: datetime) -> Entry | None:
        # A claim that a power cut undoes has let nothing leave: `transmitting` puts it on disk along with itself.
        with self._database.writing_in_passing() as connection:
            return self._claimed(connection, audience, kinds, now, lease_until)

    def _claimed(
        self, connection: Connection, audience: str, kinds: Collection[str], now: datetime, lease_until: datetime
    ) -> Entry | None:
        if self._witness:
            keep_reserve(self._witness.folder)
        if words := self._loss(connection):
            raise LedgerLost(words)
        row = take(connection, self._hand(now), audience, kinds, lease_until)
        return entries_of(connection, [row])[0] if row else None

    def transmitting(self, entry: Entry, now: datetime) -> bool:
        place = Place(entry.id, State.CLAIMED, entry.claim)
        with self._database.writing() as connection:
            return start_leaving(connection, self._hand(now), place, in_time=True)

    def settle(self, entry: Entry, settlement: Settlement, now: datetime) -> bool:
        # What the journal has on disk may be undone by a power cut: `recover` does it again.
        journaled = self._journaled(entry, settlement, now)
        with self._database.writing_in_passing() if journaled else self._database.writing() as connection:
            return self._settled(connection, entry, settlement, now)

    def settle_and_claim(
        self, entry: Entry, settlement: Settlement, kinds: Collection[str], now: datetime, lease_until: datetime
    ) -> tuple[bool, Entry | None]:
        audience = entry.new.audience
        if not self._journaled(entry, settlement, now):
            return self._settle_on_disk(entry, settlement, now), self.claim(audience, kinds, now, lease_until)
        try:
            with self._database.writing_in_passing() as connection:
                done = self._settled(connection, entry, settlement, now)
                return done, self._claimed(connection, audience, kinds, now, lease_until)
        except (LedgerLost, LedgerUnwritable):  # which keeps the next from being claimed, and undid the first as well
            self._settle_on_disk(entry, settlement, now)
            raise

    def _journaled(self, entry: Entry, settlement: Settlement, now: datetime) -> bool:
        """Say whether the journal has it, as it has each mail that was sent."""
        if self._witness is None or settlement.state is not State.SENT:
            return False
        try:
            self._witness.journal.append(entry, now)
        except LedgerUnwritable:
            self._settle_on_disk(entry, settlement, now)  # it may still keep it from going twice
            raise
        # Its own line names what it has in hand; in a ledger that was put back meanwhile all lines are asked for.
        self._proven.mark = self._witness.journal.past(self._proven.mark, entry.key)
        return True

    def _settle_on_disk(self, entry: Entry, settlement: Settlement, now: datetime) -> bool:
        with self._database.writing() as connection:
            return self._settled(connection, entry, settlement, now)

    def _settled(self, connection: Connection, entry: Entry, settlement: Settlement, now: datetime) -> bool:
        hand, after = self._hand(now), settlement.state

        def conclude(place: Place) -> bool:
            return move(connection, hand, place, after, settlement.reason, **_changes(settlement))

        leaving = Place(entry.id, State.TRANSMITTING, entry.claim)
        if entry.state is State.CLAIMED and after in MOVES[State.TRANSMITTING] and conclude(leaving):
            return True  # as nearly every mail is; only of the others is it asked where they stand
        place = self._held_by(connection, entry)
        if place is None or _overtaken(entry, place, after):
            return False
        if place.state is State.CLAIMED and after in {State.SENT, State.UNCERTAIN}:
            return start_leaving(connection, hand, place) and conclude(leaving)
        return conclude(place)

    def _held_by(self, connection: Connection, entry: Entry) -> Place | None:
        """Return where the entry stands, if who holds this value may still settle it."""
        state = connection.value(_STATE, id=entry.id, board=self._board, claim=entry.claim)
        return Place(entry.id, State(state), entry.claim) if state in _MAY_BE_SETTLED else None

    def uncertain(self, audience: str, now: datetime) -> tuple[Entry, ...]:
        unheard = "audience = :audience AND state = 'uncertain' AND lease_until <= :now"
        return self._entries(unheard, audience=audience, now=now)

    def bounce(self, entry: Entry, reply: str, now: datetime) -> bool:
        place = Place(entry.id, State.SENT, entry.claim)
        with self._database.writing() as connection:
            return mark_bounced(connection, self._hand(now), place, reply)

    def recover(self, now: datetime) -> int:
        journal = self._witness.journal.notices() if self._witness else {}
        with self._database.writing() as connection:
            return recovery.recover(connection, self._hand(now), journal)

    # What is there.

    def entries(self, audience: str | None = None, since: datetime | None = None) -> tuple[Entry, ...]:
        asked = {name: each for name, each in (("audience", audience), ("since", since)) if each is not None}
        return self._entries(" AND ".join(_OF_THESE[name] for name in asked) or "TRUE", **asked)

    def undelivered(self, audience: str, since: datetime) -> tuple[Entry, ...]:
        undelivered = f"audience = :audience AND {_ALIVE_SINCE} AND (state = 'failed' OR bounced)"
        return self._entries(undelivered, audience=audience, since=since)

    def open_entries(self, audience: str) -> tuple[Entry, ...]:
        return self._entries(_OPEN, audience=audience)

    def entry(self, entry_id: int) -> Entry | None:
        return next(iter(self._entries("id = :id", id=entry_id)), None)

    def _entries(self, which: str, **values: Any) -> tuple[Entry, ...]:
        with self._database.reading() as connection:
            return read_entries(connection, self._board, which, **values)

    def history(self, entry_id: int) -> tuple[Event, ...]:
        with self._database.reading() as connection:
            return read_history(connection, self._board, entry_id)

    def find(self, search: Search, skip: int, most: int) -> Found:
        with self._database.reading() as connection:
            return searching.find(connection, self._board, search, skip, most)

    def people(self) -> Mapping[str, str]:
        with self._database.reading() as connection:
            return searching.people(connection, self._board)

    def actions(self) -> Mapping[str, str]:
        with self._database.reading() as connection:
            return searching.actions(connection, self._board)

    def keys_present(self, keys: Collection[str]) -> frozenset[str]:
        with self._database.reading() as connection:
            return self._known(connection, keys)

    def _known(self, connection: Connection, keys: Collection[str]) -> frozenset[str]:
        return frozenset(connection.column(_KNOWN, board=self._board, keys=keys))

    def bad_addresses(self) -> frozenset[str]:
        with self._database.reading() as connection:
            return frozenset(connection.column(_BAD, board=self._board))

    def trust(self, address: str, now: datetime) -> int:
        hand = self._hand(now)
        with self._database.writing() as connection:
            refused = connection.rows(_REFUSED_THERE, board=self._board, address=address)
            places = [Place(entry_id, State(state), claim) for entry_id, state, claim in refused]
            return sum(mark_trusted(connection, hand, place) for place in places)

    def count_for_day(self, audience: str, kind: str, day: date) -> int:
        about = {"board": self._board, "audience": audience, "kind": kind, "day": day}
        with self._database.reading() as connection:
            return int(connection.value(_COUNT_FOR_DAY, **about))

    def last_facts(self, audience: str, kind: str) -> tuple[date, Mapping[str, Any]] | None:
        with self._database.reading() as connection:
            row = connection.row(_LAST_FACTS, board=self._board, audience=audience, kind=kind)
        return (date.fromisoformat(row[0]), json.loads(row[1])) if row else None

    # The transport's pauses and its pace.

    def paused_until(self, transport: str) -> datetime | None:
        with self._database.reading() as connection:
            return pace.rest_of(connection, self._board, transport).until

    def failures(self, transport: str) -> int:
        with self._database.reading() as connection:
            return pace.rest_of(connection, self._board, transport).failures

    def pause(self, transport: str, until: datetime | None, failures: int) -> None:
        with self._database.writing() as connection:
            pace.set_rest(connection, self._board, transport, pace.Rest(until, failures))

    def take_slot(self, mailbox: str, interval: float, now: datetime) -> datetime:
        with self._database.writing() as connection:
            return pace.take_slot(connection, mailbox, interval, now)

    # What the mailbox was asked.

    def take_look(self, every: timedelta, now: datetime) -> bool:
        with self._database.alone() as connection:
            return asking.take_look(connection, self._board, every, now)

    def absences(self, day: date) -> Mapping[str, bool]:
        with self._database.reading() as connection:
            return asking.absences(connection, self._board, day)

    def note_absences(self, day: date, absent: Mapping[str, bool]) -> None:
        with self._database.writing() as connection:
            asking.note_absences(connection, self._board, day, absent)

    # Readings of plan and directory.

    def good_reading(self, kind: str) -> KeptReading | None:
        with self._database.reading() as connection:
            return readings.read(connection, self._board, kind, GOOD)

    def held_reading(self, kind: str) -> KeptReading | None:
        with self._database.reading() as connection:
            return readings.read(connection, self._board, kind, HELD)

    def keep_good(self, reading: KeptReading) -> None:
        with self._database.writing() as connection:
            readings.keep(connection, self._board, reading, GOOD)
            readings.forget(connection, self._board, reading.kind, HELD)

    def keep_held(self, reading: KeptReading) -> None:
        with self._database.writing() as connection:
            readings.keep(connection, self._board, reading, HELD)

    def forget_held(self, kind: str) -> None:
        with self._database.writing() as connection:
            readings.forget(connection, self._board, kind, HELD)

    # Itself.

    def lost(self) -> str | None:
        with self._database.reading() as connection:
            return self._loss(connection)

    def _loss(self, connection: Connection) -> str | None:
        return recovery.loss(connection, self._board, self._witness, self._proven) if self._witness else None

    def adopt(self, today: date, now: datetime) -> int:
        sent = self._witness.journal.notices() if self._witness else {}
        with self._database.alone() as connection:
            ledger_id = recovery.establish(connection, self._board)
            new = recovery.adopt(connection, self._board, sent, today, now)
        if self._witness:
            self._witness.testify(ledger_id)
        return new

    def latest_event(self) -> datetime | None:
        with self._database.reading() as connection:
            return recovery.latest_event(connection, self._board)

    def forget(self, now: datetime) -> int:
        with self._database.reading() as connection:
            if retention.is_done(connection, self._board, now):
                return 0
        with self._database.writing() as connection:
            return retention.forget(connection, self._board, now)

    def erase(self, people: Collection[str], texts: Collection[int], now: datetime) -> int | None:
        with self._database.writing() as connection:
            return retention.erase(connection, self._hand(now), people, texts)

    def close(self) -> None:
        self._let_go()


def _place(entry: Entry) -> Place:
    return Place(entry.id, entry.state, entry.claim)


def _why_held(new: NewEntry) -> str | None:
    return str(new.reasons[-1]) if new.state is State.HELD and new.reasons else None


def _overtaken(entry: Entry, place: Place, after: State) -> bool:
    # Another process gave it back meanwhile. The sender's word counts, so long as it says more than "perhaps".
    given_back = place.state is State.UNCERTAIN and entry.state is not State.UNCERTAIN
    return given_back and after not in MOVES[State.UNCERTAIN]


def _changes(settlement: Settlement) -> dict[str, Any]:
    changes: dict[str, Any] = {"not_before": settlement.not_before}
    if settlement.state is not State.UNCERTAIN:  # whose lease says when the transport may be asked
        changes["lease_until"] = None
    if settlement.reply is not None:
        changes["reply"] = settlement.reply
    if settlement.released_until is not None:
        changes |= {"released": True, "expires": settlement.released_until}
    return changes
