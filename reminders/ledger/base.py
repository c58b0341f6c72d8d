"""The promise every ledger keeps: what is owed is recorded before it is sent, and nothing is told twice."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from reminders.core.policy import Reason


class State(StrEnum):
    """Where an entry stands; the moves between states are those of `MOVES`."""

    PLANNED = "planned"  # recorded, may still be redrawn; waits for its turn
    CLAIMED = "claimed"  # one process has it in hand; nothing has left
    TRANSMITTING = "transmitting"  # it is leaving; from here on its bytes are frozen
    UNCERTAIN = "uncertain"  # it may have arrived; nobody has heard
    SENT = "sent"  # the mail server took it
    FAILED = "failed"  # it will not arrive; the reason is kept and was told
    WITHDRAWN = "withdrawn"  # ended unsent: the row changed, or a person said so
    EXPIRED = "expired"  # its day passed before it could leave
    SUPERSEDED = "superseded"  # a later offset overtook all its reminders
    HELD = "held"  # waits for a person, or for a mended address


MOVES: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.CLAIMED, State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED, State.HELD}),
    State.CLAIMED: frozenset({State.TRANSMITTING, State.PLANNED, State.FAILED, State.HELD}),
    State.TRANSMITTING: frozenset({State.SENT, State.FAILED, State.PLANNED, State.UNCERTAIN}),
    State.UNCERTAIN: frozenset({State.SENT, State.PLANNED, State.FAILED}),
    State.HELD: frozenset({State.PLANNED, State.WITHDRAWN, State.SUPERSEDED}),
    State.SENT: frozenset(),
    State.FAILED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.EXPIRED: frozenset(),
    State.SUPERSEDED: frozenset(),
}

ADDRESS_GOOD = "address-good"  # the reason of a refused entry whose address a person stands up for

OPEN = frozenset({State.PLANNED, State.CLAIMED, State.TRANSMITTING, State.UNCERTAIN, State.HELD})


class LedgerFault(Exception):  # noqa: N818 - the word of this house
    """The ledger cannot be used; the message says why and what to do."""


class LedgerBusy(LedgerFault):
    """Another process holds this SQLite ledger."""


class LedgerUnwritable(LedgerFault):
    """The state directory or its disk cannot be written."""


class LedgerUnreachable(LedgerFault):
    """The database does not answer at present."""


class LedgerRefused(LedgerFault):
    """The ledger must not be used as it is: corrupt, foreign, too new, or on a network drive."""


class LedgerLost(LedgerFault):
    """A witness or journal names what the ledger does not hold; nothing is sent until `ledger adopt`."""


@dataclass(frozen=True, slots=True)
class EnteredReminder:
    """One reminder of an entry, as the ledger keeps it."""

    key: str
    action: str  # the action's id
    ref: str
    person: str  # whose action it is, also when a deputy hears
    deadline: date
    offset: int
    late: bool


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A notice about to be recorded, with its finished bytes.

    `state` is planned or held; of a held one the last of `reasons` says why it is held. An entry read back does not
    know the state it came in with: there it says planned.
    """

    key: str
    kind: str
    cause: str | None
    audience: str
    person: str
    name: str
    address: str
    day: date
    claim_until: datetime  # nothing leaves from then on
    expires: datetime  # a planned entry is over from then on
    reasons: tuple[str, ...]
    refs: tuple[str, ...]
    reminders: tuple[EnteredReminder, ...]
    subject: str
    message_id: str
    sender: str
    mime: bytes
    facts: Mapping[str, Any] | None = None
    state: State = State.PLANNED


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger as it stands."""

    id: int
    new: NewEntry
    state: State
    bounced: bool
    created: datetime
    first_attempt: datetime | None  # set at the first `transmitting`; the bytes are frozen from then on
    settled: datetime | None
    attempts: int
    claim: int
    not_before: datetime | None
    reply: str | None
    sha256: str
    released: bool  # a person let it go, or it goes once more; it is due at once, whatever day it was for
    reason: str | None = None  # why it stands where it stands: of its last move, or of being held from the start

    @property
    def key(self) -> str:
        """Return the key of its notice."""
        return self.new.key

    @property
    def frozen(self) -> bool:
        """Say whether its bytes may no longer change."""
        return self.first_attempt is not None

    @property
    def refused(self) -> bool:
        """Say whether its address refused it, or sent it back, and nobody has stood up for that address since."""
        by_hand = self.reason in {Reason.NOT_RESENT, ADDRESS_GOOD}
        return (self.state is State.FAILED or self.bounced) and not by_hand


@dataclass(frozen=True, slots=True)
class Event:
    """One move of an entry; a redraw, a bounce and a word for its address have the same state before and after."""

    at: datetime
    before: State | None  # None: it was entered
    after: State
    actor: str
    reason: str | None
    claim: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger knows of one reminder key.

    `state` is its entry's state; None where it is counted as told without an entry (superseded or adopted).
    `reason` is the entry's ending reason; a reminder that a person withdrew (`not-resent`) counts as told, an automatic
    end does not, nor does one that was refused at an address a person stands up for (`ADDRESS_GOOD`).
    """

    state: State | None
    reason: str | None
    address: str
    bounced: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of one attempt: the state it leads to, the reason, and the server's answer.

    `released_until` plans it anew as a released one: due at once, whatever day it was for, and over from then on.
    """

    state: State
    reason: str | None = None
    reply: str | None = None
    not_before: datetime | None = None
    released_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptReading:
    """A reading of the plan or the directory as the ledger keeps it."""

    kind: str  # plan | directory
    source: str
    sha256: str
    data: Mapping[str, Any]
    taken: datetime
    why: str | None = None  # a held reading: what a person must confirm


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries are looked for; None: whatever it is."""

    person: str | None = None  # whom they went to, by id
    action: str | None = None  # what they remind of, by id
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """How many entries a search finds, and some of them, without their texts."""

    total: int
    entries: tuple[Entry, ...]


class Ledger(Protocol):
    """The durable record of one board; every time is aware and UTC, every day local to the board.

    Raises LedgerUnwritable, LedgerUnreachable or LedgerRefused from any call, and ValueError for a move that is not in
    MOVES: that is a mistake of ours, never one of the moment.
    """

    # What was told.
    def standings(self, audience: str, keys: Collection[str]) -> Mapping[str, Standing]:
        """Return those of these reminder keys that the ledger holds, with the state of the newest entry that has one.

        Where that one ended unsent (withdrawn by itself, expired, superseded), an older word that counts as told beats
        it: sent, failed, in hand, uncertain, withdrawn by a person, or counted as told without an entry.
        """
        ...

    def told_before(self, audience: str) -> date | None:
        """Return the day before which every reminder counts as told, set by `adopt`."""
        ...

    def record_superseded(self, reminders: Iterable[EnteredReminder], audience: str, now: datetime) -> None:
        """Count reminders as told because a later offset overtook them; those already held stay as they are."""
        ...

    # Entries come in and change until they leave.
    def enter(self, entries: Sequence[NewEntry], now: datetime) -> tuple[str, ...]:
        """Record new entries in one transaction and return the keys that were new; a known key is left alone."""
        ...

    def redraw(self, entry: Entry, new: NewEntry, now: datetime) -> bool:
        """Replace the content of a planned entry that has never been transmitting; False when it has moved on.

        Where `new` says held, it is held from then on. The key stays: another one is a ValueError.
        """
        ...

    def end(self, entry: Entry, state: State, reason: str, now: datetime) -> bool:
        """Move a planned or held entry to withdrawn, expired, superseded or held; False when it has moved on."""
        ...

    def release(self, entry: Entry, expires: datetime, now: datetime) -> bool:
        """Let a held entry go at once: planned again, marked released, until `expires`."""
        ...

    # Entries leave.
    def anything_due(self, audience: str, kinds: Collection[str], now: datetime) -> bool:
        """Say whether `claim` would find an entry now."""
        ...

    def claim(self, audience: str, kinds: Collection[str], now: datetime, lease_until: datetime) -> Entry | None:
        """Take the next planned entry that may leave now, with a new claim number; None when there is none.

        Released ones come first and are of any kind; then those tried least, so that no mail blocks the others.
        Raises LedgerLost while `lost` has something to say, and LedgerUnwritable when the disk has too little room to
        record what becomes of a mail.
        """
        ...

    def transmitting(self, entry: Entry, now: datetime) -> bool:
        """Commit that the entry is about to leave; False when the claim is no longer ours, or its hours are over."""
        ...

    def settle(self, entry: Entry, settlement: Settlement, now: datetime) -> bool:
        """Record what became of a claimed entry; False, and no change, when the claim is no longer ours.

        A sent one is first written to the journal: it has left, whatever becomes of the database. An entry that has
        become uncertain meanwhile still heeds who sent it, and one that was sent or is uncertain without having asked
        `transmitting` passes through it. An uncertain one is settled by the claim it was read with.
        """
        ...

    def settle_and_claim(
        self, entry: Entry, settlement: Settlement, kinds: Collection[str], now: datetime, lease_until: datetime
    ) -> tuple[bool, Entry | None]:
        """Do `settle`, then `claim` for the same audience; in one transaction where both may be undone together.

        Whatever keeps the next from being claimed, the first is settled before that is raised.
        """
        ...

    def uncertain(self, audience: str, now: datetime) -> tuple[Entry, ...]:
        """Return the uncertain entries that may be asked about: those whose lease has run out, oldest first."""
        ...

    def bounce(self, entry: Entry, reply: str, now: datetime) -> bool:
        """Mark a sent entry as bounced; False when it is not sent, or marked already."""
        ...

    def recover(self, now: datetime) -> int:
        """Give back claims whose lease ran out; return how many entries moved.

        Claimed ones are planned again, transmitting ones are uncertain. Those the journal names are sent, those that
        were uncertain already included.
        """
        ...

    # What is there.
    def entries(self, audience: str | None = None, since: datetime | None = None) -> tuple[Entry, ...]:
        """Return entries, oldest first; `since` keeps those created or settled from then on."""
        ...

    def undelivered(self, audience: str, since: datetime) -> tuple[Entry, ...]:
        """Return the entries created or settled from then on that failed or bounced, oldest first."""
        ...

    def open_entries(self, audience: str) -> tuple[Entry, ...]:
        """Return the entries that have not ended."""
        ...

    def entry(self, entry_id: int) -> Entry | None:
        """Return one entry."""
        ...

    def history(self, entry_id: int) -> tuple[Event, ...]:
        """Return every move of one entry, oldest first."""
        ...

    def find(self, search: Search, skip: int, most: int) -> Found:
        """Return how many entries a search finds, and up to `most` of them after the first `skip`, newest first.

        The texts of the mails are left out.
        """
        ...

    def people(self) -> Mapping[str, str]:
        """Return whom entries went to: the newest name by the person's id."""
        ...

    def actions(self) -> Mapping[str, str]:
        """Return which actions entries remind of: the newest ref by the action's id."""
        ...

    def keys_present(self, keys: Collection[str]) -> frozenset[str]:
        """Return which of these notice keys the ledger holds in any state, or took over from the journal."""
        ...

    def bad_addresses(self) -> frozenset[str]:
        """Return the addresses of refused entries: failed, but for those `not-resent`, or bounced."""
        ...

    def trust(self, address: str, now: datetime) -> int:
        """Take a person's word that an address is good; return how many of its entries are refused no longer.

        They stay where they stand, with that word in their history, and what they told is owed again.
        """
        ...

    def count_for_day(self, audience: str, kind: str, day: date) -> int:
        """Return how many entries of a kind count towards the cap of one local day.

        Those planned, in hand, uncertain, sent or failed count; those held, and those that ended unsent, do not.
        """
        ...

    def last_facts(self, audience: str, kind: str) -> tuple[date, Mapping[str, Any]] | None:
        """Return day and facts of the last sent entry of a kind that has facts."""
        ...

    # The transport's pauses and its pace.
    def paused_until(self, transport: str) -> datetime | None:
        """Return until when a transport rests after a fault that every message would meet."""
        ...

    def pause(self, transport: str, until: datetime | None, failures: int) -> None:
        """Let a transport rest; None ends the rest."""
        ...

    def failures(self, transport: str) -> int:
        """Return how often in a row a transport failed as a whole."""
        ...

    def take_slot(self, mailbox: str, interval: float, now: datetime) -> datetime:
        """Return from when the next mail of a mailbox may leave: mails are `interval` seconds apart (GCRA, burst 1).

        An answer that is not after `now` has taken the slot; a later one has taken nothing.
        """
        ...

    # What the mailbox was asked.
    def take_look(self, every: timedelta, now: datetime) -> bool:
        """Say whether `every` has passed since the mailbox was last looked into; a yes counts as a look."""
        ...

    def absences(self, day: date) -> Mapping[str, bool]:
        """Return who was asked on that day whether they are out of office, by the person's id, and whether they are."""
        ...

    def note_absences(self, day: date, absent: Mapping[str, bool]) -> None:
        """Keep the answers of one day, and those of earlier days no longer; who has an answer that day keeps it."""
        ...

    # Readings of plan and directory.
    def good_reading(self, kind: str) -> KeptReading | None:
        """Return the last reading that was accepted."""
        ...

    def held_reading(self, kind: str) -> KeptReading | None:
        """Return the reading that waits for a person's word."""
        ...

    def keep_good(self, reading: KeptReading) -> None:
        """Make a reading the last good one; one held before is forgotten."""
        ...

    def keep_held(self, reading: KeptReading) -> None:
        """Keep a reading until a person accepts it or the file changes again."""
        ...

    def forget_held(self, kind: str) -> None:
        """Drop the held reading, because the file is as it was."""
        ...

    # Itself.
    def lost(self) -> str | None:
        """Say what a witness or journal names that this ledger does not hold, or None."""
        ...

    def adopt(self, today: date, now: datetime) -> int:
        """Take this ledger as it is, and return how many reminder keys were taken over from the journal.

        The journal's reminder keys count as told and its notices as entered, every offset before `today` counts as
        told, and the witness is renewed. What a clock that ran ahead left behind (events, pauses, leases) counts no
        longer.
        """
        ...

    def latest_event(self) -> datetime | None:
        """Return when an entry last moved, or None where none has since the last `adopt`."""
        ...

    # What is kept no longer.
    def forget(self, now: datetime) -> int:
        """Drop what is no longer needed, once a day at most; return how many entries changed.

        The text of a mail goes 90 days after its entry ended. A year after the last mail to a person, or about their
        actions, a name that says nothing takes the place of theirs, and their address and the server's answers go.
        Keys, hashes, refs, states and times stay for good, so that nothing is sent twice. Open entries are left alone.
        """
        ...

    def erase(self, people: Collection[str], texts: Collection[int], now: datetime) -> int | None:
        """Do so for these people (by id) at once, and drop the texts of these further entries; return how many.

        None, and nothing is done, while an entry to them or about their actions is open.
        """
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
