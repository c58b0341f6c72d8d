"""The board's policy: when reminders go, what counts as finished, how much is too much."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from reminders.core.workdays import WorkingDays

OFFSETS = (-28, -14, -7, 0, 7, 14, 28)
COMPLETION_WORDS = ("complete", "completed", "done", "closed")
# After a completion word these turn it round: "Completed in part", "Complete the audit", "Done (by March)"; a full stop
# between the two ends what the first says.
_NOT_FINISHED = re.compile(r"(?:[^\w.!]|_|\.{2,}+)*+(?:in[ -]part|partly|draft|the|by|not|only|except|apart)\b")
_BEFORE_WORDS = re.compile(r"\A[\W_]+")
_GOES_ON = re.compile(r"['\u2019-]?[^\W_]")  # the word is a longer one: "Complete-ish"
_LAST_DAY_OF_DIGEST = 3  # days after its first, and never past Sunday
_SUNDAY = 6


@lru_cache  # asked for every row of the plan
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


class Audience(StrEnum):
    """Whom mails may reach: nobody real, or the leads."""

    TRIAL = "trial"
    LIVE = "live"


class Reason(StrEnum):
    """Why a reminder was told, or was not."""

    DUE = "due"  # its day has come
    LATE = "late"  # told after its day
    SUPERSEDED = "superseded"  # a later offset passed before it was told
    LAPSED = "lapsed"  # its day is too long ago to be worth telling
    COMPLETED = "completed"  # the plan says the action is finished
    ROW_GONE = "row-gone"  # the action is no longer in the plan
    ROW_CHANGED = "row-changed"  # its deadline or its leads are others now
    DEPUTY = "deputy"  # a deputy hears for a lead who is away
    CAP = "cap"  # more mails than the policy lets out in a day
    PLAN_HELD = "plan-held"  # the plan it comes from waits for a person's word
    OFF_ALLOW_LIST = "off-allow-list"  # the address is in no domain the settings allow
    BAD_ADDRESS = "bad-address"  # the mail server refused this address before
    UNCERTAIN = "uncertain"  # sent, perhaps
    NOT_RESENT = "not-resent"  # uncertain, and a person or the policy said: not again
    DAY_PASSED = "day-passed"  # could not leave on its day
    TRIAL = "trial"  # nothing reached a real mailbox


@dataclass(frozen=True, slots=True)
class Override:
    """What one theme or action does differently."""

    offsets: tuple[int, ...] | None = None
    pause_until: date | None = None


_NOTHING_SAID = Override()


@dataclass(frozen=True, slots=True)
class Policy:
    """All the rules of one board, as values; days are local to the board's time zone."""

    working_days: WorkingDays = field(default_factory=WorkingDays)
    offsets: tuple[int, ...] = OFFSETS
    catch_up: int = 14
    due_by_working_day: bool = True
    send_at: time = time(8)
    send_until: time = time(18)
    digest_day: int = 0
    digest_at: time = time(8)
    completion_words: tuple[str, ...] = COMPLETION_WORDS
    status_key: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    theme_overrides: Mapping[str, Override] = field(default_factory=lambda: MappingProxyType({}))
    action_overrides: Mapping[str, Override] = field(default_factory=lambda: MappingProxyType({}))
    max_mails_per_run: int = 50
    plan_max_age: int = 7

    def due_by(self, deadline: date) -> date:
        """Return the day mails name and offsets count from: the last working day on or before the deadline."""
        return self.working_days.on_or_before(deadline) if self.due_by_working_day else deadline

    def send_day(self, deadline: date, offset: int) -> date:
        """Return the working day an offset's reminder goes: moved back up to the due-by date, forward after it."""
        day = self.due_by(deadline) + timedelta(days=offset)
        return self.working_days.on_or_before(day) if offset <= 0 else self.working_days.on_or_after(day)

    def has_lapsed(self, day: date, today: date) -> bool:
        """Say whether a reminder meant for `day` is too old to be worth telling."""
        return (today - day).days > self.catch_up

    def override_for(self, ref: str | None, theme: int) -> Override:
        """Return what the settings say of this action, else of its theme, else nothing."""
        by_theme = self.theme_overrides.get(str(theme), _NOTHING_SAID)
        by_action = self.action_overrides.get(ref or "")
        if by_action is None:
            return by_theme
        return Override(
            by_theme.offsets if by_action.offsets is None else by_action.offsets,
            by_action.pause_until or by_theme.pause_until,
        )

    def leads_may_hear(self, now: datetime) -> bool:
        """Say whether local `now` lies in the hours of a working day in which leads are written to."""
        return self.working_days.includes(now.date()) and self.send_at <= now.time() < self.send_until

    def is_complete(self, status: str | None, progress: str | None) -> bool:
        """Say whether the status cell or the start of the progress cell calls the action finished."""
        return self._status_says_so(status) or self._progress_says_so(progress)

    def _status_says_so(self, status: str | None) -> bool:
        word = " ".join((status or "").split()).casefold().rstrip(".")
        meant = {key.casefold(): value.casefold() for key, value in self.status_key.items()}.get(word, word)
        return meant in _folded(self.completion_words)

    def _progress_says_so(self, progress: str | None) -> bool:
        text = _BEFORE_WORDS.sub("", " ".join((progress or "").split()).casefold())
        rests = (text.removeprefix(word) for word in _folded(self.completion_words) if text.startswith(word))
        return any(not _GOES_ON.match(rest) and not _NOT_FINISHED.match(rest) for rest in rests)

    def digest_first_day(self, today: date) -> date | None:
        """Return the day the digest of `today`'s ISO week is first owed.

        The first working day on or after `digest_day`; where the week holds none, the last one before it; None in a
        week without a working day.
        """
        monday = today - timedelta(days=today.weekday())
        week = [monday + timedelta(days=day) for day in range(7)]
        after = [day for day in week[self.digest_day :] if self.working_days.includes(day)]
        before = [day for day in week[: self.digest_day] if self.working_days.includes(day)]
        return after[0] if after else before[-1] if before else None

    def digest_last_day(self, first: date) -> date:
        """Return the last day a digest may still go: three days on, and never past Sunday."""
        return first + timedelta(days=min(_LAST_DAY_OF_DIGEST, _SUNDAY - first.weekday()))

    def digest_week(self, now: datetime) -> date | None:
        """Return the first day of the digest owed at local `now`, or None when none is."""
        first = self.digest_first_day(now.date())
        if first is None or not first <= now.date() <= self.digest_last_day(first):
            return None
        return first if now.date() > first or now.time() >= self.digest_at else None
