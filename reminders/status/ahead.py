"""What lies ahead of a board, rehearsed in a thread of its own: at most once for each state of things and day."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reminders.core.directory import Directory
from reminders.core.faults import Fault
from reminders.core.plan import Plan, from_data
from reminders.core.policy import Policy
from reminders.rehearsal import RehearsedMail
from reminders.service import digests
from reminders.service.absences import as_learnt
from reminders.service.readings import PLAN
from reminders.service.values import DirectoryLook, Letter, PlanLook
from reminders.service.views import draw_up
from reminders.status.values import AfterTick

logger = logging.getLogger(__name__)

_DAYS = 60
_State = tuple[date, Plan | None, Directory | None, Policy, datetime | None]


@dataclass(frozen=True, slots=True)
class Ahead:
    """Every mail from `first` to `last` as it will be sent, and the digest as it would go now."""

    made: datetime
    first: date
    last: date
    mails: tuple[RehearsedMail, ...]
    digest: Letter | Fault | None

    def mail(self, key: str) -> RehearsedMail | None:
        """Return the mail with this key."""
        return next((each for each in self.mails if each.entry.key == key), None)


def look_ahead(after: AfterTick) -> Ahead:
    """Rehearse the plan in force from the next send time on; costs seconds."""
    now = after.now()
    local = after.local(now)
    first = local.date() + timedelta(days=0 if local.time() < after.rules.policy.send_at else 1)
    last = first + timedelta(days=_DAYS - 1)
    return Ahead(now, first, last, _mails(after, first, last), _digest(after, now))


def _mails(after: AfterTick, first: date, last: date) -> tuple[RehearsedMail, ...]:
    if after.directory is None:
        return ()
    good = after.ledger.good_reading(PLAN)  # none while paused: then the file is read
    plan = PlanLook(good.source, good.sha256, from_data(good.data["written"])) if good else None
    return tuple(after.rehearse(plan, DirectoryLook("", directory=after.directory), first, last))


def _digest(after: AfterTick, now: datetime) -> Letter | Fault | None:
    plan, directory = after.plan, after.directory
    moment = after.service.next_digest(now)
    if plan is None or directory is None or moment is None:
        return None
    known = as_learnt(after.ledger, after.rules, directory, now)
    view = draw_up(after.ledger, after.rules, plan, known, now)
    first_day = after.local(moment).date()
    return after.draw(digests.draw_up(after.ledger, after.rules, view, first_day, after.result.plan.note)[0], now)


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="ahead", daemon=True).start()


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest look ahead there is; `current` when it shows things as they are, else perhaps `working` on it."""

    ahead: Ahead | None
    current: bool
    working: bool


class Lookout:
    """Keeps the newest look ahead of one board, and takes another in the background when things have changed."""

    def __init__(self, begin: Callable[[Callable[[], None]], None] = _in_a_thread) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._working = False
        self._tried: _State | None = None
        self._shown: _State | None = None
        self._ahead: Ahead | None = None

    def look(self, after: AfterTick) -> Seen:
        """Return what was seen last, and have a new look taken where that is out of date; nobody waits for it here."""
        state = _state_of(after)
        with self._lock:
            due = not self._working and self._tried != state
            if due:
                self._working, self._tried = True, state
        if due:
            self._begin(lambda: self._take(after, state))
        with self._lock:
            return Seen(self._ahead, self._shown == state, self._working)

    def _take(self, after: AfterTick, state: _State) -> None:
        try:
            ahead = look_ahead(after)
        except Exception:
            logger.exception("looking ahead failed", extra={"event": "ahead-failed"})
            ahead = None
        with self._lock:
            self._working = False
            if ahead:
                self._ahead, self._shown = ahead, state


def _state_of(after: AfterTick) -> _State:
    return after.today, after.plan, after.directory, after.rules.policy, after.ledger.latest_event()
