"""The ledger's tables, the same on SQLite and PostgreSQL; the only module that knows how a value is stored."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    desc,
    event,
)

from reminders.ledger.base import State


class UtcTime(TypeDecorator[datetime]):
    """A moment: a timestamp with time zone on PostgreSQL, UTC text of one width on SQLite; both compare rightly."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("the ledger takes aware times only")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Day(TypeDecorator[date]):
    """A day of the plan or of the board, as ISO text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Refuse a time where a day is meant: it would be stored as another day's text."""
        del dialect
        if isinstance(value, datetime):
            raise TypeError("the ledger takes a day here, not a time")
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Return the day."""
        del dialect
        return None if value is None else date.fromisoformat(value)


class StateName(TypeDecorator[State]):
    """A state; what each one means stands beside it in `base.State`."""

    impl = String(12)
    cache_ok = True

    def process_bind_param(self, value: State | None, dialect: Dialect) -> str | None:
        """Store its name."""
        del dialect
        return None if value is None else State(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> State | None:
        """Return the state."""
        del dialect
        return None if value is None else State(value)


class Words(TypeDecorator[tuple[str, ...]]):
    """A few words in their order, as a JSON array."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> list[str]:
        """Store a plain list."""
        del dialect
        return [str(word) for word in value or ()]

    def process_result_value(self, value: list[str] | None, dialect: Dialect) -> tuple[str, ...]:
        """Return the words."""
        del dialect
        return tuple(value or ())


class Facts(TypeDecorator[Mapping[str, Any]]):
    """A JSON object, or nothing at all."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        """Store a plain object."""
        del dialect
        return None if value is None else dict(value)


EVERY_BOARD = ""  # the board of rows that all boards of one database share

metadata = MetaData()

# One row a notice, for good: its key is what keeps a person from a second mail on one day.
entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("board", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("kind", Text, nullable=False),
    Column("cause", Text),
    Column("audience", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("day", Day, nullable=False),
    Column("claim_until", UtcTime, nullable=False),  # nothing leaves from then on
    Column("expires", UtcTime, nullable=False),  # a planned entry is over from then on
    Column("reasons", Words, nullable=False),  # why it goes
    Column("refs", Words, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("mime", LargeBinary, nullable=False),  # frozen once first_attempt is set
    Column("sha256", String(64), nullable=False),
    Column("facts", Facts),
    Column("state", StateName, nullable=False),
    Column("reason", Text),  # why it stands where it stands
    Column("bounced", Boolean, nullable=False, default=False),
    Column("released", Boolean, nullable=False, default=False),
    Column("created", UtcTime, nullable=False),
    Column("first_attempt", UtcTime),  # set by the first `transmitting`, never changed again
    Column("settled", UtcTime),  # when it ended
    Column("attempts", Integer, nullable=False, default=0),
    Column("claim", Integer, nullable=False, default=0),  # the fence: only the newest number may move a claimed entry
    Column("lease_until", UtcTime),  # while claimed, transmitting or uncertain
    Column("not_before", UtcTime),
    Column("reply", Text),
    UniqueConstraint("key", name="one_entry_a_notice"),
    CheckConstraint(f"state IN ({', '.join(repr(state.value) for state in State)})", name="known_state"),
    # The order in which they leave: released ones first, then those tried least.
    Index("entries_by_turn", "board", "state", desc("released"), "attempts", "id"),
    Index("entries_by_day", "board", "audience", "kind", "day"),
    Index("entries_by_creation", "board", "created"),
    Index("entries_by_settling", "board", "settled"),
    Index("entries_by_person", "board", "person", "created"),
    Index("entries_by_bounce", "board", "bounced"),
    sqlite_autoincrement=True,  # an id is never used again
)
HAS_TEXT = "length(mime) > 0"  # until retention drops it
# In SQL, since the keywords of a partial index make SQLAlchemy import both dialects at each start.
entries_with_text = DDL(  # type: ignore[no-untyped-call]
    f"CREATE INDEX entries_with_text ON entries (board, settled) WHERE {HAS_TEXT}"
)
event.listen(entries, "after_create", entries_with_text)

# What each entry tells; without an entry: counted as told for the reason beside it.
reminders = Table(
    "reminders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("board", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("entry_id", Integer, ForeignKey("entries.id")),
    Column("reason", Text),  # superseded | adopted, where there is no entry
    Column("action", Text),  # this and the following are unknown of an adopted one
    Column("ref", Text),
    Column("person", Text),
    Column("deadline", Day),
    Column("offset", Integer),
    Column("late", Boolean),
    Column("since", UtcTime, nullable=False),
    Index("reminders_by_key", "board", "audience", "key"),
    Index("reminders_by_entry", "entry_id"),
    Index("reminders_by_person", "board", "person", "since"),
    sqlite_autoincrement=True,
)
# Two replicas that record the same key as told at once leave one row. In SQL for the same reason as above.
event.listen(
    reminders,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]
        "CREATE UNIQUE INDEX one_word_without_entry ON reminders (board, audience, key) WHERE entry_id IS NULL"
    ),
)

# Every move of every entry; rows are added, never changed.
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("board", Text, nullable=False),
    Column("entry_id", Integer, ForeignKey("entries.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("before", StateName),  # none when it was entered
    Column("after", StateName, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    Column("claim", Integer, nullable=False),
    Index("events_by_entry", "entry_id"),
    Index("events_by_time", "board", "at"),
    sqlite_autoincrement=True,
)

# Notices that the journal named and this ledger did not hold when a person adopted it; they are never entered again.
adopted = Table(
    "adopted",
    metadata,
    Column("board", Text, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("at", UtcTime, nullable=False),
)

# The last good reading of plan and directory, and the one that waits for a person's word.
readings = Table(
    "readings",
    metadata,
    Column("board", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("standing", Text, primary_key=True),  # good | held
    Column("source", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("data", Facts, nullable=False),
    Column("taken", UtcTime, nullable=False),
    Column("why", Text),
)

# How a transport rests after a fault, and from when a mailbox may send its next mail.
transports = Table(
    "transports",
    metadata,
    Column("board", Text, primary_key=True),  # EVERY_BOARD for a mailbox: its limit is the server's, whoever sends
    Column("name", Text, primary_key=True),
    Column("paused_until", UtcTime),
    Column("failures", Integer, nullable=False, default=0),
    Column("next_slot", UtcTime),
)

# Who was asked on a day whether they are out of office, and the answer; kept for that day alone.
absences = Table(
    "absences",
    metadata,
    Column("board", Text, primary_key=True),
    Column("day", Day, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("absent", Boolean, nullable=False),
)

# The schema's version (of EVERY_BOARD); a board's ledger id, the days before which all counts as told, and when its
# mailbox was last looked into.
meta = Table(
    "meta",
    metadata,
    Column("board", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
