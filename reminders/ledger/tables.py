"""The ledger's tables, the same on SQLite and PostgreSQL but for the names of three types."""

from collections.abc import Iterable, Mapping

from reminders.ledger.base import State

EVERY_BOARD = ""  # the board of rows that all boards of one database share


def named(states: Iterable[State]) -> str:
    """Return states as a statement lists them."""
    return ", ".join(f"'{state.value}'" for state in states)


# {number}, {moment} and {bytes} are the types that the two databases call otherwise.
TABLES: Mapping[str, str] = {
    # One row a notice, for good: its key is what keeps a person from a second mail on one day.
    "entries": f"""
        CREATE TABLE entries (
            id {{number}},  -- never used again
            board TEXT NOT NULL,
            key VARCHAR(64) NOT NULL,
            kind TEXT NOT NULL,
            cause TEXT,
            audience TEXT NOT NULL,
            person TEXT NOT NULL,
            name TEXT NOT NULL,
            address TEXT NOT NULL,
            day VARCHAR(10) NOT NULL,
            claim_until {{moment}} NOT NULL,  -- nothing leaves from then on
            expires {{moment}} NOT NULL,  -- a planned entry is over from then on
            reasons JSON NOT NULL,  -- why it goes
            refs JSON NOT NULL,
            subject TEXT NOT NULL,  -- empty once the text was dropped
            message_id TEXT NOT NULL,
            sender TEXT NOT NULL,
            sha256 VARCHAR(64) NOT NULL,  -- of the text
            facts JSON,
            state VARCHAR(12) NOT NULL,
            reason TEXT,  -- why it stands where it stands
            bounced BOOLEAN NOT NULL,
            released BOOLEAN NOT NULL,
            created {{moment}} NOT NULL,
            first_attempt {{moment}},  -- set by the first `transmitting`, never changed again
            settled {{moment}},  -- when it ended
            attempts INTEGER NOT NULL,
            claim INTEGER NOT NULL,  -- the fence: only the newest number may move a claimed entry
            lease_until {{moment}},  -- while claimed, transmitting or uncertain
            not_before {{moment}},
            reply TEXT,
            CONSTRAINT one_entry_a_notice UNIQUE (key),
            CONSTRAINT known_state CHECK (state IN ({named(State)}))
        )""",
    # The bytes of each mail, frozen once it has a first attempt; apart, since a row is written anew with each move.
    "texts": """
        CREATE TABLE texts (
            entry_id INTEGER NOT NULL PRIMARY KEY REFERENCES entries (id),
            mime {bytes} NOT NULL
        )""",
    # What each entry tells; without an entry: counted as told for the reason beside it.
    "reminders": """
        CREATE TABLE reminders (
            id {number},
            board TEXT NOT NULL,
            audience TEXT NOT NULL,
            key VARCHAR(64) NOT NULL,
            entry_id INTEGER REFERENCES entries (id),
            reason TEXT,  -- superseded | adopted, where there is no entry
            action TEXT,  -- this and the following are unknown of an adopted one
            ref TEXT,
            person TEXT,
            deadline VARCHAR(10),
            "offset" INTEGER,
            late BOOLEAN,
            since {moment} NOT NULL
        )""",
    # Every move of every entry; rows are added, never changed.
    "events": """
        CREATE TABLE events (
            id {number},
            board TEXT NOT NULL,
            entry_id INTEGER NOT NULL REFERENCES entries (id),
            at {moment} NOT NULL,
            before VARCHAR(12),  -- none when it was entered
            after VARCHAR(12) NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT,
            claim INTEGER NOT NULL
        )""",
    # Notices that the journal named and this ledger did not hold when a person adopted it; never entered again.
    "adopted": """
        CREATE TABLE adopted (
            board TEXT NOT NULL,
            key VARCHAR(64) NOT NULL,
            at {moment} NOT NULL,
            PRIMARY KEY (board, key)
        )""",
    # The last good reading of plan and directory, and the one that waits for a person's word.
    "readings": """
        CREATE TABLE readings (
            board TEXT NOT NULL,
            kind TEXT NOT NULL,
            standing TEXT NOT NULL,  -- good | held
            source TEXT NOT NULL,
            sha256 VARCHAR(64) NOT NULL,
            data JSON NOT NULL,
            taken {moment} NOT NULL,
            why TEXT,
            PRIMARY KEY (board, kind, standing)
        )""",
    # How a transport rests after a fault, and from when a mailbox may send its next mail; a mailbox is of EVERY_BOARD:
    # its limit is the server's, whoever sends.
    "transports": """
        CREATE TABLE transports (
            board TEXT NOT NULL,
            name TEXT NOT NULL,
            paused_until {moment},
            failures INTEGER NOT NULL,
            next_slot {moment},
            PRIMARY KEY (board, name)
        )""",
    # Who was asked on a day whether they are out of office, and the answer; kept for that day alone.
    "absences": """
        CREATE TABLE absences (
            board TEXT NOT NULL,
            day VARCHAR(10) NOT NULL,
            person TEXT NOT NULL,
            absent BOOLEAN NOT NULL,
            PRIMARY KEY (board, day, person)
        )""",
    # The schema's version (of EVERY_BOARD); a board's ledger id, the days before which all counts as told, and when its
    # mailbox was last looked into.
    "meta": """
        CREATE TABLE meta (
            board TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (board, name)
        )""",
}

INDEXES: Mapping[str, str] = {
    # The order in which they leave: released ones first, then those tried least.
    "entries_by_turn": "ON entries (board, state, released DESC, attempts, id)",
    "entries_by_day": "ON entries (board, audience, kind, day)",
    "entries_by_creation": "ON entries (board, created)",
    "entries_by_settling": "ON entries (board, settled)",
    "entries_by_person": "ON entries (board, person, created)",
    "entries_by_bounce": "ON entries (board, bounced)",
    "entries_with_text": "ON entries (board, settled) WHERE subject <> ''",
    "reminders_by_key": "ON reminders (board, audience, key)",
    "reminders_by_entry": "ON reminders (entry_id)",
    "reminders_by_person": "ON reminders (board, person, since)",
    "events_by_entry": "ON events (entry_id)",
    "events_by_time": "ON events (board, at)",
}
# Two replicas that record the same key as told at once leave one row.
UNIQUE_INDEXES: Mapping[str, str] = {
    "one_word_without_entry": "ON reminders (board, audience, key) WHERE entry_id IS NULL",
}
