"""Which reminders were told, and by what: of several entries that carry one, the word that counts."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from reminders.core.policy import Reason
from reminders.ledger.base import ADDRESS_GOOD, EnteredReminder, Standing, State
from reminders.ledger.database import insert_once
from reminders.ledger.rows import chunks, reminder_row
from reminders.ledger.tables import entries, reminders

_TOLD = (State.SENT, State.FAILED, State.CLAIMED, State.TRANSMITTING, State.UNCERTAIN)
_ENDED_UNTOLD = (State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED)


def standings(connection: Connection, board: str, audience: str, keys: Collection[str]) -> Mapping[str, Standing]:
    """Return how each of these reminder keys stands; those never heard of are left out."""
    newest: dict[str, Standing] = {}
    told: dict[str, Standing] = {}
    for key, standing in _words(connection, board, audience, keys):
        newest[key] = standing
        if _counts_as_told(standing):
            told[key] = standing
    return newest | {key: each for key, each in told.items() if newest[key].state in _ENDED_UNTOLD}


def _words(connection: Connection, board: str, audience: str, keys: Collection[str]) -> Iterable[tuple[str, Standing]]:
    """Yield whatever the ledger says of these keys, oldest first for each."""
    row = reminders.c
    columns = (row.key, row.reason.label("word"), entries.c.state, entries.c.reason)
    chosen = select(*columns, entries.c.address, entries.c.bounced).select_from(reminders.outerjoin(entries))
    for some in chunks(keys):
        these = (row.board == board, row.audience == audience, row.key.in_(some))
        for each in connection.execute(chosen.where(*these).order_by(row.id)):
            yield each.key, Standing(each.state, each.reason or each.word, each.address or "", bool(each.bounced))


def _counts_as_told(standing: Standing) -> bool:
    if standing.reason == ADDRESS_GOOD:
        return False
    by_hand = standing.state is State.WITHDRAWN and standing.reason == Reason.NOT_RESENT
    return standing.state is None or standing.state in _TOLD or by_hand


def record_superseded(
    connection: Connection, board: str, audience: str, overtaken: Iterable[EnteredReminder], now: datetime
) -> None:
    """Count reminders as told without an entry; those the ledger has a word of stay as they are."""
    by_key = {each.key: each for each in overtaken}
    for key in by_key.keys() - _present(connection, board, audience, by_key):
        row = reminder_row(board, audience, by_key[key], now)
        insert_once(connection, reminders, row | {"reason": Reason.SUPERSEDED.value})


def _present(connection: Connection, board: str, audience: str, keys: Iterable[str]) -> set[str]:
    here = (reminders.c.board == board, reminders.c.audience == audience)
    chosen = (select(reminders.c.key).where(*here, reminders.c.key.in_(some)) for some in chunks(keys))
    return {key for each in chosen for key in connection.execute(each).scalars()}
