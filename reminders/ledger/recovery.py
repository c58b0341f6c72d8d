"""After a crash, or a loss: what the leases, the witness and the journal say about a ledger that was left behind."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from reminders.core.policy import Audience
from reminders.ledger.base import State
from reminders.ledger.database import insert_once, put
from reminders.ledger.moves import Hand, Place, move, start_leaving
from reminders.ledger.rows import chunks
from reminders.ledger.tables import adopted, entries, meta, reminders
from reminders.ledger.witness import SentNotice, Witness

_Row = Row[*tuple[Any, ...]]

ADOPTED = "adopted"
_LEDGER_ID = "ledger-id"
IN_JOURNAL = "in-journal"
_IN_HAND = (State.CLAIMED, State.TRANSMITTING)
_IN_NO_HAND = (State.UNCERTAIN, State.PLANNED, State.HELD)


# A crash.


def recover(connection: Connection, hand: Hand, journal: Collection[str]) -> int:
    """Give back what a process that is gone had in hand; `journal` holds the keys of what was surely sent."""
    return sum(_recovered(connection, hand, row, journal) for row in _left_behind(connection, hand))


def _left_behind(connection: Connection, hand: Hand) -> Sequence[_Row]:
    over = and_(entries.c.state.in_(_IN_HAND), entries.c.lease_until <= hand.at)
    chosen = select(entries.c.id, entries.c.key, entries.c.state, entries.c.claim).where(
        entries.c.board == hand.board, or_(over, entries.c.state.in_(_IN_NO_HAND))
    )
    return connection.execute(chosen.order_by(entries.c.id).with_for_update(skip_locked=True)).all()


def _recovered(connection: Connection, hand: Hand, row: _Row, journal: Collection[str]) -> bool:
    place = Place(row.id, row.state, row.claim)
    if row.key in journal:
        return _settle_by_journal(connection, hand, place)
    if row.state is State.CLAIMED:
        return move(connection, hand, place, State.PLANNED, "lease-ran-out", lease_until=None)
    # Its lease stays as it is: run out, so that the transport may be asked.
    return row.state is State.TRANSMITTING and move(connection, hand, place, State.UNCERTAIN, "lease-ran-out")


def _settle_by_journal(connection: Connection, hand: Hand, place: Place) -> bool:
    # Also one that only waits: its ledger is an old copy, or another replica has given it back.
    if place.state is State.HELD:
        move(connection, hand, place, State.PLANNED, IN_JOURNAL)
        place = Place(place.entry_id, State.PLANNED, place.claim)
    if place.state is State.PLANNED:
        move(connection, hand, place, State.CLAIMED, IN_JOURNAL, claim=place.claim + 1)
        place = Place(place.entry_id, State.CLAIMED, place.claim + 1)
    if place.state is State.CLAIMED:
        start_leaving(connection, hand, place)
        place = Place(place.entry_id, State.TRANSMITTING, place.claim)
    return move(connection, hand, place, State.SENT, IN_JOURNAL, lease_until=None)


# A loss.


def establish(connection: Connection, board: str) -> str:
    """Return the ledger's id, and give it one when it is new."""
    insert_once(connection, meta, {"board": board, "name": _LEDGER_ID, "value": uuid.uuid4().hex})
    return ledger_id(connection, board)


def ledger_id(connection: Connection, board: str) -> str:
    """Return the ledger's id, or nothing where the board has none here."""
    here = (meta.c.board == board, meta.c.name == _LEDGER_ID)
    return connection.execute(select(meta.c.value).where(*here)).scalar_one_or_none() or ""


def loss(connection: Connection, board: str, witness: Witness) -> str | None:
    """Say what witness or journal name and the ledger does not hold, or None."""
    seen = witness.identity()
    if seen is not None and seen != ledger_id(connection, board):
        return (
            f"the ledger is not the one that was here before: {witness.path} names {seen or 'none'}, so it was deleted "
            "or replaced. Nothing is sent until its last copy is put back, or `ledger adopt` takes this one as it is"
        )
    missing = unknown_to(connection, board, witness.journal.notices())
    if missing:
        return (
            f"the ledger is older than its journal: it knows nothing of {len(missing)} of the mails that "
            f"{witness.folder} has as sent, so an old copy was put back. Nothing is sent until a newer copy is, or "
            "`ledger adopt` takes this one as it is"
        )
    return None


def unknown_to(connection: Connection, board: str, keys: Collection[str]) -> frozenset[str]:
    """Return which notices of the journal the ledger has never had in hand and not taken over.

    One that was ever claimed may have left: `recover` settles it by the journal.
    """
    known: set[str] = set()
    for some in chunks(keys):
        began = select(entries.c.key).where(entries.c.board == board, entries.c.key.in_(some), entries.c.claim > 0)
        taken = select(adopted.c.key).where(adopted.c.board == board, adopted.c.key.in_(some))
        known.update(connection.execute(began).scalars(), connection.execute(taken).scalars())
    return frozenset(keys) - known


def adopt(connection: Connection, board: str, sent: Mapping[str, SentNotice], today: date, now: datetime) -> int:
    """Count as told what only the journal names, and every offset before today; return how many reminders were new."""
    new = 0
    for notice in (sent[key] for key in sorted(unknown_to(connection, board, sent))):
        insert_once(connection, adopted, {"board": board, "key": notice.key, "at": now})
        about = {"board": board, "audience": notice.audience, "reason": ADOPTED, "since": now}
        new += sum(insert_once(connection, reminders, about | {"key": key}) for key in notice.reminders)
    for audience in Audience:
        last = told_before(connection, board, audience)
        put(connection, meta, _told_before(board, audience) | {"value": max(last or today, today).isoformat()})
    return new


def told_before(connection: Connection, board: str, audience: str) -> date | None:
    """Return the day before which every reminder counts as told."""
    row = _told_before(board, audience)
    here = (meta.c.board == row["board"], meta.c.name == row["name"])
    day = connection.execute(select(meta.c.value).where(*here)).scalar_one_or_none()
    return date.fromisoformat(day) if day else None


def _told_before(board: str, audience: str) -> dict[str, str]:
    return {"board": board, "name": f"told-before-{audience}"}
