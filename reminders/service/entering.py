"""What is owed becomes entries of the ledger: gathered, entered, and redrawn while they wait."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from reminders.core import faults as broken
from reminders.core.digest import Digest
from reminders.core.faults import Fault
from reminders.core.notices import Address, Kind, ReminderNotice, gather_notices
from reminders.core.policy import Reason
from reminders.ledger.base import EnteredReminder, Entry, Ledger, NewEntry, State
from reminders.service.ending import as_entered, why_barred
from reminders.service.values import Draw, Letter, Notice, Rules
from reminders.service.views import Today
from reminders.service.waiting import Waiting, is_released, leaves_as_it_is

_FAULTS_LAST = timedelta(days=3)
_TEMPLATES_HOLD = timedelta(minutes=10)  # after which a mail that waits is drawn anew, for a template may have changed


def gather(ledger: Ledger, waiting: Waiting, rules: Rules, view: Today) -> tuple[ReminderNotice, ...]:
    """Gather the reminder mails owed today; what is owed to somebody with a released mail joins that one.

    Whom the unchanged mail of an earlier day reaches today hears the rest on the next working day.
    """
    released = {each.new.person: each.key for each in waiting.entries if is_released(each)}
    last = ledger.last_facts(rules.audience, Kind.DIGEST) if view.agenda.owed else None
    facts = last[1] if last else None
    notices = gather_notices(
        view.agenda, view.plan, board=rules.board, audience=rules.audience, keys=released, facts=facts
    )
    served = _served(ledger, waiting, rules, view) if notices else frozenset()
    return tuple(notice for notice in notices if notice.to.person in released or notice.to.person not in served)


def _served(ledger: Ledger, waiting: Waiting, rules: Rules, view: Today) -> frozenset[str]:
    today = ledger.entries(rules.audience, rules.at(view.today, time(0)))
    entries = {entry.id: entry for entry in (*today, *waiting.entries)}
    released = [each for each in entries.values() if each.released and each.new.kind == Kind.REMINDER]
    return frozenset(each.new.person for each in released if _leaves_today(each, ledger, rules, view.today))


def _leaves_today(entry: Entry, ledger: Ledger, rules: Rules, today: date) -> bool:
    if entry.state is State.CLAIMED or leaves_as_it_is(entry):
        return True
    left = (event.at for event in ledger.history(entry.id) if event.after is State.TRANSMITTING)
    return any(rules.local(at).date() == today for at in left)


def may_go_now(
    notices: Sequence[ReminderNotice], waiting: Waiting, rules: Rules, now: datetime
) -> tuple[ReminderNotice, ...]:
    """Keep all of them in the leads' hours, and else only those a person has released."""
    if rules.policy.leads_may_hear(rules.local(now)):
        return tuple(notices)
    released = {each.key for each in waiting.entries if is_released(each)}
    return tuple(notice for notice in notices if notice.key in released)


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering did: how many entries are new, and the faults met on the way."""

    new: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a notice was drawn last: what has not changed since need not be drawn again."""

    notice: Notice
    sha256: str
    at: datetime

    def still_holds(self, notice: Notice, entry: Entry, now: datetime) -> bool:
        """Say whether drawing it again would give what the ledger has; templates are looked at again now and then."""
        return self.notice == notice and self.sha256 == entry.sha256 and now - self.at < _TEMPLATES_HOLD


def enter(
    ledger: Ledger,
    waiting: Waiting,
    rules: Rules,
    notices: Sequence[Notice],
    draw: Draw,
    now: datetime,
    drawn: dict[str, Drawn],
) -> Entered:
    """Record notices with their finished bytes; those that still wait are redrawn where they changed.

    `drawn` is what this service remembers from tick to tick of the notices that wait; it is brought up to date.
    More reminder mails than the cap lets out in a day are all entered as held.
    """
    there = {entry.key: entry for entry in waiting.entries}
    _forget_what_left(drawn, there)
    if not notices:
        return Entered(0, ())
    faults: list[Fault] = []
    fresh: list[NewEntry] = []
    bad = ledger.bad_addresses()
    for notice, entry in _to_draw(ledger, notices, there, drawn, now):
        letter = draw(notice, entry.created if entry else now)
        if isinstance(letter, Fault):
            faults.append(letter)
            continue
        faults += letter.faults
        sha256 = hashlib.sha256(letter.finished.mime).hexdigest()
        if not letter.faults:  # else it is tried anew until the template is mended
            drawn[notice.key] = Drawn(notice, sha256, now)
        new = _new_entry(notice, letter, rules, now, bad)
        if entry is None:
            fresh.append(new)
        elif entry.sha256 != sha256:
            _redraw(ledger, waiting, entry, new, now)
    fresh, over = _capped(fresh, ledger, rules, now)
    entered = ledger.enter(fresh, now)
    if entered:
        waiting.changed()
    return Entered(len(entered), (*faults, *over))


def _redraw(ledger: Ledger, waiting: Waiting, entry: Entry, new: NewEntry, now: datetime) -> None:
    """Put new content into an entry; it keeps its hours, and that the cap once held it."""
    capped = (Reason.CAP,) if Reason.CAP in entry.new.reasons else ()
    reasons = tuple(dict.fromkeys((*capped, *new.reasons)))
    kept = replace(new, claim_until=entry.new.claim_until, expires=entry.new.expires, reasons=reasons)
    ledger.redraw(entry, kept, now)
    waiting.changed()


def _to_draw(
    ledger: Ledger,
    notices: Sequence[Notice],
    there: Mapping[str, Entry],
    drawn: Mapping[str, Drawn],
    now: datetime,
) -> Iterator[tuple[Notice, Entry | None]]:
    known = ledger.keys_present([notice.key for notice in notices])
    for notice in notices:
        entry, before = there.get(notice.key), drawn.get(notice.key)
        unchanged = entry and before and before.still_holds(notice, entry, now)
        if may_be_drawn(entry, is_known=notice.key in known) and not unchanged:
            yield notice, entry


def may_be_drawn(entry: Entry | None, *, is_known: bool) -> bool:
    """Say whether a notice may still be drawn: it waits unsent, or the ledger does not know it at all."""
    if entry is None:
        return not is_known  # told today already; what is new waits for the next working day
    return entry.state is State.PLANNED and not entry.frozen


def _forget_what_left(drawn: dict[str, Drawn], there: Mapping[str, Entry]) -> None:
    for key in drawn.keys() - there.keys():
        del drawn[key]


def _capped(
    fresh: Sequence[NewEntry], ledger: Ledger, rules: Rules, now: datetime
) -> tuple[list[NewEntry], tuple[Fault, ...]]:
    cap = rules.policy.max_mails_per_run
    to_leads = [each for each in fresh if each.kind == Kind.REMINDER and each.state is State.PLANNED]
    if not to_leads:
        return list(fresh), ()
    before = ledger.count_for_day(rules.audience, Kind.REMINDER, rules.local(now).date())
    if before + len(to_leads) <= cap:
        return list(fresh), ()
    keys = {each.key for each in to_leads}
    held = [replace(each, state=State.HELD, reasons=(Reason.CAP,)) if each.key in keys else each for each in fresh]
    return held, (broken.cap_passed(len(to_leads), cap),)


def _new_entry(notice: Notice, letter: Letter, rules: Rules, now: datetime, bad: frozenset[str]) -> NewEntry:
    hold = why_barred(notice.to.address, rules, bad) if notice.kind is Kind.REMINDER else None
    claim_until, expires = _lifetime(notice, rules, now)
    return NewEntry(
        key=notice.key,
        kind=notice.kind,
        cause=notice.cause,
        audience=rules.audience,
        person=notice.to.person,
        name=notice.to.name,
        address=rules.envelope(notice.to.address),
        day=rules.local(now).date(),
        claim_until=claim_until,
        expires=expires,
        reasons=(hold,) if hold else tuple(notice.reasons),
        refs=tuple(notice.refs),
        reminders=_reminders(notice),
        subject=letter.subject,
        message_id=letter.message_id,
        sender=letter.finished.sender,
        mime=letter.finished.mime,
        facts=notice.facts if isinstance(notice, Digest) else None,
        state=State.HELD if hold else State.PLANNED,
    )


def _lifetime(notice: Notice, rules: Rules, now: datetime) -> tuple[datetime, datetime]:
    today = rules.local(now).date()
    if notice.kind is Kind.REMINDER:
        return rules.at(today, rules.policy.send_until), rules.end_of(today)
    first_day = rules.policy.digest_first_day(today) if notice.kind is Kind.DIGEST else None
    end = rules.end_of(rules.policy.digest_last_day(first_day)) if first_day else now + _FAULTS_LAST
    return end, end


def _reminders(notice: Notice) -> tuple[EnteredReminder, ...]:
    return tuple(as_entered(item.reminder) for item in notice.items) if isinstance(notice, ReminderNotice) else ()


def mailbox_for_test(address: str, today: date) -> Address:
    """Return whom a test mail is for: the address itself, and nobody of the directory."""
    return Address(f"test-{today.isoformat()}", address, address)
