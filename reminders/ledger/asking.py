"""What a board's mailbox was asked: when its reports were last read, and who was out of office today."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from reminders.ledger import meta
from reminders.ledger.database import Connection

_LAST_LOOK = "last-look"
_ANSWERS = "SELECT person, absent FROM absences WHERE board = :board AND day = :day"
_FORGET_EARLIER = "DELETE FROM absences WHERE board = :board AND day < :day"
_NOTE = """
    INSERT INTO absences (board, day, person, absent) VALUES (:board, :day, :person, :absent) ON CONFLICT DO NOTHING"""


def take_look(connection: Connection, board: str, every: timedelta, now: datetime) -> bool:
    """Say whether the last look is long enough ago, or lies ahead of a clock set back, and make this one the last."""
    last = meta.value(connection, board, _LAST_LOOK)
    if last and now - every < datetime.fromisoformat(last) <= now:
        return False
    meta.put(connection, board, _LAST_LOOK, now.isoformat())
    return True


def absences(connection: Connection, board: str, day: date) -> Mapping[str, bool]:
    """Return the answers of one day by the person's id."""
    return {person: bool(absent) for person, absent in connection.rows(_ANSWERS, board=board, day=day)}


def note_absences(connection: Connection, board: str, day: date, absent: Mapping[str, bool]) -> None:
    """Keep the first answer of each person and day; those of earlier days are nobody's business any more."""
    connection.change(_FORGET_EARLIER, board=board, day=day)
    for person, away in absent.items():
        connection.change(_NOTE, board=board, day=day, person=person, absent=away)
