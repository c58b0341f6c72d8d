"""Reports of mails that were not delivered, found in the mailbox and matched to their entries by key."""

import logging
from datetime import timedelta

from reminders.ledger.base import Ledger, State
from reminders.service.sending import Way, in_trouble
from reminders.service.values import Rules

logger = logging.getLogger(__name__)

_EVERY = timedelta(minutes=5)
_LOOKS_BACK = timedelta(days=7)  # longer than any mail server goes on trying


def read_bounces(ledger: Ledger, rules: Rules, way: Way) -> None:
    """Mark the mails of the last days that a report says were given up.

    The mailbox is looked into every five minutes at most, whichever replica does it, and never while the transport is
    in trouble: with a wrong password each look would be one more failed log-in. Each look goes back over all the days,
    so that one which could not read loses nothing.
    """
    now = way.clock()
    if way.mailbox is None or in_trouble(ledger, way) or not ledger.take_look(_EVERY, now):
        return
    since = now - _LOOKS_BACK
    sent = {entry.key: entry for entry in ledger.entries(rules.audience, since) if entry.state is State.SENT}
    for bounce in way.mailbox.bounces(since) if sent else ():
        entry = sent.get(bounce.key)
        if entry and ledger.bounce(entry, bounce.code, now):
            logger.warning(
                "%s %s: came back (%s)",
                entry.new.kind,
                entry.key,
                bounce.code,
                extra={"event": "bounce", "entry": entry.id, "code": bounce.code},
            )
