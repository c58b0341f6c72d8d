"""How a transport rests after a fault, and how far apart the mails of a mailbox leave."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, select, update

from reminders.ledger.database import insert_once, put
from reminders.ledger.tables import EVERY_BOARD, transports

_CLOCKS_DIFFER = timedelta(minutes=1)  # a slot further ahead than this was taken before a clock was set back

_REST = select(transports.c.paused_until, transports.c.failures).where(
    transports.c.board == bindparam("board"), transports.c.name == bindparam("name")
)


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when a transport rests, and after how many failures in a row."""

    until: datetime | None = None
    failures: int = 0


def rest_of(connection: Connection, board: str, transport: str) -> Rest:
    """Return a transport's rest; one never heard of has none."""
    row = connection.execute(_REST, {"board": board, "name": transport}).first()
    return Rest(row.paused_until, row.failures) if row else Rest()


def set_rest(connection: Connection, board: str, transport: str, rest: Rest) -> None:
    """Let a transport rest, or wake it."""
    key = {"board": board, "name": transport}
    put(connection, transports, key | {"paused_until": rest.until, "failures": rest.failures})


def take_slot(connection: Connection, mailbox: str, interval: float, now: datetime) -> datetime:
    """Return from when the mailbox's next mail may leave, and take that slot if it is now."""
    key = {"board": EVERY_BOARD, "name": f"mailbox {mailbox}"}
    here = (transports.c.board == key["board"], transports.c.name == key["name"])
    slot, following = transports.c.next_slot, now + timedelta(seconds=interval)
    free = or_(slot.is_(None), slot <= now, slot > following + _CLOCKS_DIFFER)
    insert_once(connection, transports, key)
    if connection.execute(update(transports).where(*here, free).values(next_slot=following)).rowcount:
        return now
    taken: datetime = connection.execute(select(slot).where(*here)).scalar_one()
    return taken
