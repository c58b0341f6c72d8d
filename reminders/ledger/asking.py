"""What a board's mailbox was asked: when its reports were last read, and who was out of office today."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, select

from reminders.ledger.database import insert_once, put
from reminders.ledger.tables import absences as answers
from reminders.ledger.tables import meta

_LAST_LOOK = "last-look"


def take_look(connection: Connection, board: str, every: timedelta, now: datetime) -> bool:
    """Say whether the last look is long enough ago, or lies ahead of a clock set back, and make this one the last."""
    here = (meta.c.board == board, meta.c.name == _LAST_LOOK)
    last = connection.execute(select(meta.c.value).where(*here)).scalar_one_or_none()
    if last and now - every < datetime.fromisoformat(last) <= now:
        return False
    put(connection, meta, {"board": board, "name": _LAST_LOOK, "value": now.isoformat()})
    return True


def absences(connection: Connection, board: str, day: date) -> Mapping[str, bool]:
    """Return the answers of one day by the person's id."""
    here = (answers.c.board == board, answers.c.day == day)
    return {row.person: row.absent for row in connection.execute(select(answers).where(*here))}


def note_absences(connection: Connection, board: str, day: date, absent: Mapping[str, bool]) -> None:
    """Keep the first answer of each person and day; those of earlier days are nobody's business any more."""
    connection.execute(delete(answers).where(answers.c.board == board, answers.c.day < day))
    for person, away in absent.items():
        insert_once(connection, answers, {"board": board, "day": day, "person": person, "absent": away})
