"""After a crash, or a loss: what the leases, the witness and the journal say about a ledger that was left behind."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from reminders.core.policy import Audience
from reminders.ledger.base import State
from reminders.ledger.database import insert_once, put
from reminders.ledger.moves import Hand, Place, move, start_leaving
from reminders.ledger.rows import chunks
from reminders.ledger.tables import (
    EVERY_BOARD,
    adopted,
    entries,
    events,
    meta,
    reminders,
    transports,
)
from reminders.ledger.witness import Journal, Mark, SentNotice, Witness

_Row = Row[*tuple[Any, ...]]

ADOPTED = "adopted"
COPY = "copy"
_LEDGER_ID = "ledger-id"
_COPY = {"board": EVERY_BOARD, "name": COPY}
_CLOCK_MAY_LAG = timedelta(days=1)
IN_JOURNAL = "in-journal"
_IN_HAND = (State.CLAIMED, State.TRANSMITTING)
_IN_NO_HAND = (State.UNCERTAIN, State.PLANNED, State.HELD)


def _meta_named(name: str, board: ColumnElement[str]) -> ScalarSelect[str]:
    return select(meta.c.value).where(meta.c.board == board, meta.c.name == name).scalar_subquery()


def _time_of(event_id: ColumnElement[int] | ScalarSelect[int]) -> ScalarSelect[datetime]:
    return select(events.c.at).where(events.c.id == event_id).scalar_subquery()


_NEWEST = select(func.max(events.c.id)).scalar_subquery()
_ITSELF = select(
    _meta_named(_LEDGER_ID, bindparam("board")).label("ledger_id"),
    _meta_named(COPY, literal(EVERY_BOARD)).label("copied"),
    _time_of(bindparam("seen")).label("seen_at"),
    _NEWEST.label("newest"),
    _time_of(_NEWEST).label("newest_at"),
)
_ONCE_IN_HAND = select(entries.c.key).where(
    entries.c.board == bindparam("board"), entries.c.key.in_(bindparam("keys", expanding=True)), entries.c.claim > 0
)
_TAKEN_OVER = select(adopted.c.key).where(
    adopted.c.board == bindparam("board"), adopted.c.key.in_(bindparam("keys", expanding=True))
)


# A crash.


def recover(connection: Connection, hand: Hand, journal: Collection[str]) -> int:
    """Give back what a process that is gone had in hand; `journal` holds the keys of what was surely sent."""
    return sum(_recovered(connection, hand, row, journal) for row in _left_behind(connection, hand))


def _left_behind(connection: Connection, hand: Hand) -> Sequence[_Row]:
    # Not locked, or other replicas would find nothing to claim meanwhile; every move asks where its entry stands.
    over = and_(entries.c.state.in_(_IN_HAND), entries.c.lease_until <= hand.at)
    chosen = select(entries.c.id, entries.c.key, entries.c.state, entries.c.claim).where(
        entries.c.board == hand.board, or_(over, entries.c.state.in_(_IN_NO_HAND))
    )
    return connection.execute(chosen.order_by(entries.c.id)).all()


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
    return _meta(connection, {"board": board, "name": _LEDGER_ID}) or ""


@dataclass(slots=True)
class Proven:
    """How much of the journal a process found its ledger to hold, and the newest event it saw then.

    While that event is there the ledger is the one it was: it holds what it held. A copy that is put back lacks it, or
    has another in its place.
    """

    mark: Mark = field(default_factory=Mark)  # what stands before it is there
    event: int = 0
    at: datetime | None = None


def loss(connection: Connection, board: str, witness: Witness, proven: Proven) -> str | None:
    """Say what witness or journal name and the ledger does not hold, or None."""
    seen = witness.identity()
    says = connection.execute(_ITSELF, {"board": board, "seen": proven.event}).one()
    if seen is not None and seen != (says.ledger_id or ""):
        return (
            f"the ledger is not the one that was here before: {witness.path} names {seen or 'none'}, so it was deleted "
            "or replaced. Nothing is sent until its last copy is put back, or `ledger adopt` takes this one as it is"
        )
    if says.copied:
        return (
            f"the ledger is a copy that `backup` made on {says.copied}: what was sent since is not in it. Nothing is "
            "sent until `ledger adopt` takes it as it is"
        )
    if says.seen_at != proven.at:
        proven.mark = Mark()
    proven.event, proven.at = says.newest or 0, says.newest_at
    if missing := _newly_missing(connection, board, witness.journal, proven):
        return (
            f"the ledger is older than its journal: it knows nothing of {len(missing)} of the mails that "
            f"{witness.folder} has as sent, so an old copy was put back. Nothing is sent until a newer copy is, or "
            "`ledger adopt` takes this one as it is"
        )
    return None


def _newly_missing(connection: Connection, board: str, journal: Journal, proven: Proven) -> frozenset[str]:
    named, mark = journal.after(proven.mark)
    missing = unknown_to(connection, board, named)
    if not missing:  # else all of them are asked for again
        proven.mark = mark
    return missing


def unknown_to(connection: Connection, board: str, keys: Collection[str]) -> frozenset[str]:
    """Return which notices of the journal the ledger has never had in hand and not taken over.

    One that was ever claimed may have left: `recover` settles it by the journal.
    """
    unknown = set(keys)
    for chosen in (_ONCE_IN_HAND, _TAKEN_OVER):
        for some in chunks(unknown):
            unknown.difference_update(connection.execute(chosen, {"board": board, "keys": some}).scalars())
    return frozenset(unknown)


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
    _forget_the_future(connection, board, now)
    connection.execute(delete(meta).where(*_here(_COPY)))
    return new


def _forget_the_future(connection: Connection, board: str, now: datetime) -> None:
    """Let what a clock that ran ahead left behind neither stop the service nor keep a mail waiting for years."""
    far = now + _CLOCK_MAY_LAG
    newest = connection.execute(select(func.max(events.c.id)).where(events.c.board == board)).scalar_one()
    put(connection, meta, _events_adopted(board) | {"value": str(newest or 0)})
    mine, rests = entries.c.board == board, transports.c.board == board
    connection.execute(update(entries).where(mine, entries.c.not_before > far).values(not_before=None))
    in_hand = entries.c.state.in_((*_IN_HAND, State.UNCERTAIN))
    connection.execute(update(entries).where(mine, in_hand, entries.c.lease_until > far).values(lease_until=now))
    connection.execute(update(transports).where(rests, transports.c.paused_until > far).values(paused_until=None))


def latest_event(connection: Connection, board: str) -> datetime | None:
    """Return the latest moment at which an entry moved; moves before the last `adopt` do not count."""
    event, adopted_to = events.c, int(_meta(connection, _events_adopted(board)) or 0)
    chosen = select(event.at).where(event.board == board, event.id > adopted_to).order_by(event.at.desc())
    return connection.execute(chosen.limit(1)).scalar_one_or_none()


def told_before(connection: Connection, board: str, audience: str) -> date | None:
    """Return the day before which every reminder counts as told."""
    day = _meta(connection, _told_before(board, audience))
    return date.fromisoformat(day) if day else None


def _told_before(board: str, audience: str) -> dict[str, str]:
    return {"board": board, "name": f"told-before-{audience}"}


def _events_adopted(board: str) -> dict[str, str]:
    return {"board": board, "name": "events-adopted"}


def _meta(connection: Connection, row: Mapping[str, str]) -> str | None:
    return connection.execute(select(meta.c.value).where(*_here(row))).scalar_one_or_none()


def _here(row: Mapping[str, str]) -> tuple[ColumnElement[bool], ...]:
    return meta.c.board == row["board"], meta.c.name == row["name"]
