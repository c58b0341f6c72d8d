"""How a transport rests after a fault, and how far apart the mails of a mailbox leave."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reminders.ledger.database import Connection, moment, moment_or_none
from reminders.ledger.tables import EVERY_BOARD

_CLOCKS_DIFFER = timedelta(minutes=1)  # a slot further ahead than this was taken before a clock was set back

_REST = "SELECT paused_until, failures FROM transports WHERE board = :board AND name = :name"
_SET_REST = """
    INSERT INTO transports (board, name, paused_until, failures) VALUES (:board, :name, :until, :failures)
    ON CONFLICT (board, name) DO UPDATE SET paused_until = excluded.paused_until, failures = excluded.failures"""
_FIRST_OF = "INSERT INTO transports (board, name, failures) VALUES (:board, :name, 0) ON CONFLICT DO NOTHING"
_TAKE = """
    UPDATE transports SET next_slot = :following WHERE board = :board AND name = :name
    AND (next_slot IS NULL OR next_slot <= :now OR next_slot > :too_far)"""
_NEXT = "SELECT next_slot FROM transports WHERE board = :board AND name = :name"


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when a transport rests, and after how many failures in a row."""

    until: datetime | None = None
    failures: int = 0


def rest_of(connection: Connection, board: str, transport: str) -> Rest:
    """Return a transport's rest; one never heard of has none."""
    row = connection.row(_REST, board=board, name=transport)
    return Rest(moment_or_none(row[0]), row[1]) if row else Rest()


def set_rest(connection: Connection, board: str, transport: str, rest: Rest) -> None:
    """Let a transport rest, or wake it."""
    connection.change(_SET_REST, board=board, name=transport, until=rest.until, failures=rest.failures)


def take_slot(connection: Connection, mailbox: str, interval: float, now: datetime) -> datetime:
    """Return from when the mailbox's next mail may leave, and take that slot if it is now."""
    key, following = {"board": EVERY_BOARD, "name": f"mailbox {mailbox}"}, now + timedelta(seconds=interval)
    connection.change(_FIRST_OF, **key)
    if connection.change(_TAKE, **key, now=now, following=following, too_far=following + _CLOCKS_DIFFER):
        return now
    return moment(connection.value(_NEXT, **key))
