"""What a digest holds, as values that a template can show without deciding anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reminders.core import notice_words, words
from reminders.core.keys import short_hash
from reminders.core.notices import Address, Kind
from reminders.core.policy import Audience, Reason

SOON = 60  # days that "due soon" looks ahead


@dataclass(frozen=True, slots=True)
class Row:
    """One action in the digest; `days` is how far its due-by date lies ahead, None without a date."""

    ref: str
    leads: str
    text: str
    timeframe: str
    due_by: date | None
    days: int | None
    theme: str

    @property
    def when(self) -> str:
        """Return its month in short, "Jan 2015", or the plan's wording where that gives no date."""
        return words.short_month(self.due_by) if self.due_by else self.timeframe

    @property
    def due_words(self) -> str:
        """Return "due 30 January 2015" or "was due 30 January 2015", or the plan's wording without a date."""
        return self.timeframe if self.due_by is None else notice_words.due(self.due_by, self.days or 0)

    @property
    def late_by(self) -> str | None:
        """Return "10 days late", or None while it is not."""
        return f"{words.days(-self.days)} late" if self.days is not None and self.days < 0 else None


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """How many of a theme's progress fields are blank."""

    number: int
    title: str
    blank: int
    total: int


@dataclass(frozen=True, slots=True)
class Later:
    """Blank fields that are due after the next weeks, by month."""

    when: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A problem with the refs it stands on, the same one told once."""

    refs: str
    message: str
    mend: bool

    @property
    def what(self) -> str:
        """Return what is wrong."""
        return words.parted(self.message)[0]

    @property
    def remedy(self) -> str:
        """Return what to do about it; empty where the message does not say."""
        return words.parted(self.message)[1]


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of some progress fields or actions since the last digest."""

    what: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of the last week that reached a state worth telling."""

    day: date
    name: str
    refs: str
    result: str

    @property
    def told(self) -> str:
        """Return who heard of what: "M Evans (2.3, 3.1)"."""
        return notice_words.who_and_refs(self.name, self.refs)


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """A mail of this week; a `held` one does not go before its address is mended."""

    name: str
    refs: str
    held: bool = False

    @property
    def told(self) -> str:
        """Return who will hear of what: "M Evans (2.3, 3.1)"."""
        return notice_words.who_and_refs(self.name, self.refs)


@dataclass(frozen=True, slots=True)
class Planned:
    """What goes out on one day of this week."""

    day: date
    mails: tuple[PlannedMail, ...]

    @property
    def going(self) -> tuple[PlannedMail, ...]:
        """Return the mails that will go."""
        return tuple(mail for mail in self.mails if not mail.held)

    @property
    def held(self) -> tuple[PlannedMail, ...]:
        """Return the mails that wait for an address to be mended."""
        return tuple(mail for mail in self.mails if mail.held)


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger says of the time since the last digest.

    `facts` are that digest's own; `barred` are addresses of leads that no reminder may go to now, with the reason.
    """

    sent: tuple[Sent, ...] = ()
    facts: Mapping[str, Any] | None = None
    barred: Mapping[str, Reason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Digest:
    """The weekly digest to one reader."""

    key: str
    board: str
    plan_title: str
    audience: Audience
    day: date
    to: Address
    plan_note: str | None
    total: int
    overdue_blank: tuple[Row, ...]
    overdue_recorded: tuple[Row, ...]
    due_soon: tuple[Row, ...]
    later: tuple[Later, ...]
    blank_rows: tuple[Row, ...]  # all of them once more, in the plan's order
    by_theme: tuple[ThemeCount, ...]
    doubts: tuple[Doubt, ...]
    changes: tuple[Change, ...] | None  # None where there was no digest before
    closed: tuple[Row, ...]
    sent: tuple[Sent, ...]
    planned: tuple[Planned, ...]
    facts: Mapping[str, Any]

    kind = Kind.DIGEST
    cause = None
    reasons = (Reason.DUE,)

    @property
    def blank(self) -> int:
        """Return how many numbered actions have no progress."""
        return sum(theme.blank for theme in self.by_theme)

    @property
    def overdue(self) -> int:
        """Return how many actions are past their due-by date and not finished."""
        return len(self.overdue_blank) + len(self.overdue_recorded)

    @property
    def refs(self) -> tuple[str, ...]:
        """Return the refs the digest is about: those overdue and those blank."""
        due = [row.ref for rows in (self.overdue_blank, self.overdue_recorded, self.due_soon) for row in rows]
        return tuple(due + [row.ref for later in self.later for row in later.rows])

    @property
    def thread(self) -> tuple[str, date]:
        """Return what a mail program may group digests by."""
        return short_hash(f"digest {self.to.person}", 24), date(2000, 1, 1)

    @property
    def mends(self) -> tuple[Doubt, ...]:
        """Return the problems a person must mend."""
        return tuple(doubt for doubt in self.doubts if doubt.mend)

    @property
    def notes(self) -> tuple[Doubt, ...]:
        """Return the problems worth knowing."""
        return tuple(doubt for doubt in self.doubts if not doubt.mend)

    @property
    def to_fix(self) -> int:
        """Return how many problems a person must mend."""
        return len(self.mends)

    @property
    def subject(self) -> str:
        """Return the subject: counts alone."""
        return notice_words.digest_subject(self)

    @property
    def headline(self) -> str:
        """Return the fact, as the mail's heading."""
        return notice_words.digest_headline(self)

    @property
    def summary(self) -> str:
        """Return the sentence beneath the heading."""
        return notice_words.digest_summary(self)

    @property
    def preheader(self) -> str:
        """Return the line a mailbox shows beside the subject: refs alone."""
        overdue = [row.ref for row in (*self.overdue_blank, *self.overdue_recorded)]
        return notice_words.digest_preheader(self, overdue, [row.ref for row in self.due_soon])

    @property
    def month_rule(self) -> str | None:
        """Return how the plan's months were read, or None when no row shown has a month for its date."""
        later = (row for group in self.later for row in group.rows)
        rows = (*self.overdue_blank, *self.overdue_recorded, *self.due_soon, *later)
        days = (row.due_by for row in rows if row.due_by and row.timeframe == words.month(row.due_by))
        first = next(days, None)
        return notice_words.month_rule(first, first) if first else None
