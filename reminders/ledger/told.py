"""Which reminders were told, and by what: of several entries that carry one, the word that counts."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from reminders.core.policy import Reason
from reminders.ledger.base import ADDRESS_GOOD, EnteredReminder, Standing, State
from reminders.ledger.database import Connection
from reminders.ledger.rows import write_untold

_TOLD = (State.SENT, State.FAILED, State.CLAIMED, State.TRANSMITTING, State.UNCERTAIN)
_ENDED_UNTOLD = (State.WITHDRAWN, State.EXPIRED, State.SUPERSEDED)
_WORDS = """
    SELECT reminders.key, entries.state, coalesce(entries.reason, reminders.reason), entries.address, entries.bounced
    FROM reminders LEFT JOIN entries ON entries.id = reminders.entry_id
    WHERE reminders.board = :board AND reminders.audience = :audience AND reminders.key IN :keys
    ORDER BY reminders.id"""
_PRESENT = "SELECT key FROM reminders WHERE board = :board AND audience = :audience AND key IN :keys"


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
    rows = connection.rows(_WORDS, board=board, audience=audience, keys=keys)
    for key, state, reason, address, bounced in rows:
        yield key, Standing(State(state) if state else None, reason, address or "", bool(bounced))


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
    present = connection.column(_PRESENT, board=board, audience=audience, keys=by_key)
    for key in by_key.keys() - set(present):
        write_untold(connection, board, audience, by_key[key], now)
