"""The invariants of the promise, checked over the ledger and what arrived; each returns what it found wrong."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reminders.core.policy import Reason
from reminders.ledger.base import MOVES, State
from tests.fakes import LONDON, Mail
from tests.proofs import oracle
from tests.proofs.life import REDIRECT, Life, against_the_servers_word, moves_of
from tests.service import test_promise as promise

_EXCUSED = {State.SENT, State.HELD, State.UNCERTAIN, State.FAILED}


def copies_only_where_nobody_could_know(life: Life) -> None:  # I1
    for key, count in Counter(mail.key for mail in life.transport.arrived).items():
        assert count <= 1 + life.gaps[key], f"{key} arrived {count} times, with {life.gaps[key]} gaps"


def the_same_message_id_means_the_same_bytes(life: Life) -> None:  # I6
    ways = {(mail.key, mail.mime) for mail in _drawn_once(life)}
    assert len(ways) == len({key for key, _ in ways}), "two mails of one Message-ID differ"


def no_reminder_is_told_in_two_ways(life: Life) -> None:
    unknown = against_the_servers_word(life.ledger)
    mails = [mail for mail in _drawn_once(life) if mail.kind == "reminder" and mail.key not in unknown]
    ways = {(key, mail.mime) for mail in mails for key in promise.told_in(mail)}
    twice = [key for key, count in Counter(key for key, _ in ways).items() if count > 1]
    assert not twice, f"{twice[0]} was told in two ways"


def _drawn_once(life: Life) -> list[Mail]:
    """Leave out what was in hand when the ledger was lost: nothing that is left can know its bytes."""
    return [mail for mail in life.transport.arrived if mail.key not in life.in_hand_when_lost]


def what_is_owed_was_told_or_has_a_reason(life: Life) -> None:  # I2
    today = life.clock().astimezone(LONDON).date()
    arrived = {key for mail in life.mails() for key in promise.told_in(mail)}
    owed = [each for each in oracle.owed(life.plain_rows(), today) if _can_hear(life, each.person)]
    standings = life.ledger.standings("live", [life.key(each) for each in owed])
    for each in owed:
        key = life.key(each)
        if key in arrived or (life.adopted and each.day < life.adopted):
            continue
        known = standings.get(key)
        assert known, f"{each} was never told"
        by_hand = known.state is State.WITHDRAWN and known.reason == Reason.NOT_RESENT
        assert known.state in _EXCUSED or known.state is None or by_hand, f"{each} is {known}"


def _can_hear(life: Life, person: str) -> bool:
    known = life.known[person]
    return not known.left and bool(known.email)


def nothing_is_told_that_was_not_owed(life: Life) -> None:  # I2, I4
    assert not life.untrue, life.untrue


def mails_go_to_the_directorys_address_alone(life: Life) -> None:  # I3
    if not life.nature.redirect:
        promise.only_who_may_be_written_to_is(life)
    elif [mail for mail in life.transport.arrived if mail.to != REDIRECT]:
        raise AssertionError("a mail went past redirect_to")


def every_move_is_on_the_diagram_and_says_who_and_when(life: Life) -> None:  # I9
    for entry in life.ledger.entries():
        for before, after in moves_of(life, entry):
            same = before is after  # a redraw, or a bounce
            assert before is None or same or after in MOVES[before], f"{entry.id} went from {before} to {after}"
        assert all(event.actor and event.at for event in life.ledger.history(entry.id))


def nothing_leaves_unrecorded(life: Life) -> None:  # I7: claimed and leaving before it left, as the ledger has it
    began = {entry.key: entry.first_attempt for entry in life.ledger.entries()}
    for mail in life.transport.arrived:
        first = began.get(mail.key)
        assert first is not None, f"{mail.key} left and the ledger does not say so"


INVARIANTS: tuple[Callable[[Life], None], ...] = (
    copies_only_where_nobody_could_know,
    no_reminder_is_told_in_two_ways,
    the_same_message_id_means_the_same_bytes,
    nothing_is_told_that_was_not_owed,
    what_is_owed_was_told_or_has_a_reason,
)
WITH_A_WHOLE_LEDGER: tuple[Callable[[Life], None], ...] = (
    nothing_leaves_unrecorded,
    mails_go_to_the_directorys_address_alone,
    promise.leads_hear_in_their_hours_and_not_before_the_day,  # I4
    promise.a_person_gets_one_reminder_mail_a_day,  # I5
    promise.the_digest_goes_once_a_week,  # I5
    promise.no_day_brings_more_than_the_cap,  # I8
    promise.nothing_that_ended_is_without_a_reason,
    every_move_is_on_the_diagram_and_says_who_and_when,
)


def violations(life: Life) -> Iterator[str]:
    """Say which invariants a life has broken; one that lost its ledger is asked for what outlives that."""
    for holds in INVARIANTS if life.nature.folder else (*INVARIANTS, *WITH_A_WHOLE_LEDGER):
        try:
            holds(life)
        except AssertionError as broken:
            yield f"{holds.__name__}: {str(broken).strip().splitlines()[0] if str(broken) else ''}"


@contextmanager
def nothing_private_is_logged(said: list[str]) -> Iterator[None]:  # I10
    """Collect log lines with an address, or with what the plan says."""
    handler = _Listener(said)
    logger = logging.getLogger("reminders")
    level, logger.level = logger.level, logging.DEBUG
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level = level


class _Listener(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if "@" in line or any(name in line for name in promise.NAMES) or "Work together" in line:
            self._said.append(line)
