"""What is owed becomes entries of the ledger: entered, redrawn while they wait, ended when nobody needs them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from reminders.core import faults as broken
from reminders.core.agenda import Agenda, Memory, Reminder, Series, Told, Verdict, decide, series_of
from reminders.core.agenda import Standing as Known
from reminders.core.digest import Digest
from reminders.core.directory import Directory
from reminders.core.faults import Fault
from reminders.core.notices import Address, Kind, ReminderNotice, gather_notices
from reminders.core.plan import Plan
from reminders.core.policy import Reason
from reminders.ledger.base import ADDRESS_GOOD, EnteredReminder, Entry, Ledger, NewEntry, Standing, State
from reminders.service.sending import may_have_arrived
from reminders.service.values import Draw, Letter, Notice, Rules
from reminders.service.waiting import Waiting

_FAULTS_LAST = timedelta(days=3)
_TEMPLATES_HOLD = timedelta(minutes=10)  # after which a mail that waits is drawn anew, for a template may have changed
SeriesOf = Callable[..., tuple[Series, ...]]

HELD_FOR_ADDRESS = (Reason.OFF_ALLOW_LIST, Reason.BAD_ADDRESS)  # a mended address sets these free


@dataclass(frozen=True, slots=True)
class Today:
    """One tick's view of the world: the plan in force, and what is owed."""

    now: datetime
    today: date
    plan: Plan
    agenda: Agenda


def memory_of(ledger: Ledger | None, rules: Rules, plan: Plan, directory: Directory, today: date) -> Memory:
    """Return what has been told of a plan before, in the agenda's words."""
    series = series_of(plan, directory, rules.policy, today, board=rules.board, audience=rules.audience)
    return _memory(ledger, rules, series, ledger.open_entries(rules.audience) if ledger else ())


def _memory(ledger: Ledger | None, rules: Rules, series: Iterable[Series], waiting: Iterable[Entry]) -> Memory:
    if ledger is None:
        return Memory(rules.board, rules.audience, {}, rules.since)
    # Of what is still to come nobody asks, and the ledger holds years that no plan speaks of any more.
    standings = ledger.standings(rules.audience, [reminder.key for each in series for reminder in each.passed])
    told = {key: known for key, each in standings.items() if (known := _told(each, rules)) is not None}
    told |= {
        each.key: Told(Known.WAITING, entry.new.address)
        for entry in waiting
        if _leaves_as_it_is(entry)
        for each in entry.new.reminders
    }
    days = [day for day in (rules.since, ledger.told_before(rules.audience)) if day]
    return Memory(rules.board, rules.audience, told, max(days, default=None))


def _told(standing: Standing, rules: Rules) -> Told | None:
    by_hand = standing.reason == Reason.NOT_RESENT
    ended_untold = standing.state is State.EXPIRED or (standing.state is State.WITHDRAWN and not by_hand)
    if ended_untold or standing.reason == ADDRESS_GOOD:
        return None
    if standing.bounced or (standing.state is State.FAILED and not by_hand):
        # Under redirect_to the address says nothing about the lead's own.
        known = Known.TOLD if standing.address == rules.redirect_to else Known.FAILED
    else:
        known = _KNOWN.get(standing.state, Known.TOLD) if standing.state else Known.TOLD
    return Told(known, standing.address)


_KNOWN: Mapping[State, Known] = {
    State.PLANNED: Known.PLANNED,
    State.HELD: Known.WAITING,
    State.CLAIMED: Known.WAITING,
    State.TRANSMITTING: Known.WAITING,
    State.UNCERTAIN: Known.WAITING,
}


def _leaves_as_it_is(entry: Entry) -> bool:
    return entry.state is State.PLANNED and entry.frozen


def end_what_is_over(ledger: Ledger, waiting: Waiting, rules: Rules, directory: Directory, now: datetime) -> None:
    """End entries whose day has passed, hold those whose address is barred now, and free those whose is no longer."""
    if not waiting.entries:
        return
    bad = ledger.bad_addresses()
    today = rules.local(now).date()
    for entry in waiting.entries:
        if entry.state is State.PLANNED and entry.new.expires <= now:
            _end(ledger, waiting, entry, State.EXPIRED, Reason.DAY_PASSED, now)
        elif entry.state is State.PLANNED and (why := _barred(entry, rules, bad)):
            waiting.end(entry, State.HELD, why, now)
        elif entry.state is State.HELD and _address_mended(entry, rules, directory, bad, today):
            _end(ledger, waiting, entry, State.WITHDRAWN, Reason.ROW_CHANGED, now)
        elif entry.state is State.HELD and not entry.new.reminders and entry.new.expires <= now:
            _end(ledger, waiting, entry, State.WITHDRAWN, Reason.DAY_PASSED, now)


def _end(ledger: Ledger, waiting: Waiting, entry: Entry, state: State, reason: Reason, now: datetime) -> None:
    # What goes once more because nobody knows whether it arrived counts as told: it must not be told in other words.
    if may_have_arrived(entry, ledger):
        state, reason = State.WITHDRAWN, Reason.NOT_RESENT
    waiting.end(entry, state, reason, now)


def _barred(entry: Entry, rules: Rules, bad: frozenset[str]) -> Reason | None:
    if entry.new.kind != Kind.REMINDER:
        return None
    if not rules.may_reach(entry.new.address):
        return Reason.OFF_ALLOW_LIST
    return Reason.BAD_ADDRESS if entry.new.address in bad else None


def _address_mended(entry: Entry, rules: Rules, directory: Directory, bad: frozenset[str], today: date) -> bool:
    if entry.reason not in HELD_FOR_ADDRESS:
        return False
    people = (directory.who(each.person) for each in entry.new.reminders)
    hear = (directory.recipient_of(person, today) for person in people if person)
    return any(recipient and why_barred(recipient.address, rules, bad) is None for recipient in hear)


def why_barred(address: str, rules: Rules, bad: frozenset[str]) -> Reason | None:
    """Say why no reminder may go to an address of the directory, or None."""
    if not rules.allowed(address):
        return Reason.OFF_ALLOW_LIST
    return Reason.BAD_ADDRESS if rules.envelope(address) in bad else None


def draw_up(
    ledger: Ledger | None,
    rules: Rules,
    plan: Plan,
    directory: Directory,
    now: datetime,
    *,
    waiting: Sequence[Entry] | None = None,
    series_of: SeriesOf = series_of,
) -> Today:
    """Work out what is owed today; the ledger is asked what waits in it where that is not given."""
    today = rules.local(now).date()
    series = series_of(plan, directory, rules.policy, today, board=rules.board, audience=rules.audience)
    if waiting is None:
        waiting = ledger.open_entries(rules.audience) if ledger else ()
    agenda = decide(series, rules.policy, today, _memory(ledger, rules, series, waiting))
    return Today(now, today, plan, agenda)


def settle_overtaken(ledger: Ledger, waiting: Waiting, rules: Rules, view: Today) -> None:
    """Record what later offsets overtook, and end what waits unchanged and has nothing left to say."""
    overtaken = [_entered(each) for each in view.agenda.superseded]
    ledger.record_superseded(overtaken, rules.audience, view.now)
    as_they_are = [entry for entry in waiting.entries if entry.state is State.HELD or _leaves_as_it_is(entry)]
    verdicts = {each.key: each.verdict for each in view.agenda.reminders} if as_they_are else {}
    for entry in as_they_are:
        left = [verdicts.get(each.key) for each in entry.new.reminders]
        if not left or Verdict.WAITING in left:
            continue
        if Verdict.SUPERSEDED in left:
            _end(ledger, waiting, entry, State.SUPERSEDED, Reason.SUPERSEDED, view.now)
        else:
            _end(ledger, waiting, entry, State.WITHDRAWN, _why_unwanted(entry, view), view.now)


def _why_unwanted(entry: Entry, view: Today) -> Reason:
    actions = [view.plan.action(each.action) for each in entry.new.reminders]
    if all(action is None for action in actions):
        return Reason.ROW_GONE
    return Reason.COMPLETED if all(action is None or action.complete for action in actions) else Reason.ROW_CHANGED


def gather(ledger: Ledger, waiting: Waiting, rules: Rules, view: Today) -> tuple[ReminderNotice, ...]:
    """Gather the reminder mails owed today; what is owed to somebody with a released mail joins that one.

    Whom the unchanged mail of an earlier day reaches today hears the rest on the next working day.
    """
    released = {each.new.person: each.key for each in waiting.entries if _is_released(each)}
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
    if entry.state is State.CLAIMED or _leaves_as_it_is(entry):
        return True
    left = (event.at for event in ledger.history(entry.id) if event.after is State.TRANSMITTING)
    return any(rules.local(at).date() == today for at in left)


def may_go_now(
    notices: Sequence[ReminderNotice], waiting: Waiting, rules: Rules, now: datetime
) -> tuple[ReminderNotice, ...]:
    """Keep all of them in the leads' hours, and else only those a person has released."""
    if rules.policy.leads_may_hear(rules.local(now)):
        return tuple(notices)
    released = {each.key for each in waiting.entries if _is_released(each)}
    return tuple(notice for notice in notices if notice.key in released)


def _is_released(entry: Entry) -> bool:
    return entry.released and _may_change(entry)


def _may_change(entry: Entry) -> bool:
    return entry.state is State.PLANNED and not entry.frozen and entry.new.kind == Kind.REMINDER


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
    return tuple(_entered(item.reminder) for item in notice.items) if isinstance(notice, ReminderNotice) else ()


def _entered(reminder: Reminder) -> EnteredReminder:
    return EnteredReminder(
        key=reminder.key,
        action=reminder.action.id,
        ref=reminder.action.label,
        person=reminder.person,
        deadline=reminder.deadline,
        offset=reminder.offset,
        late=reminder.late,
    )


def withdraw_unwanted(waiting: Waiting, gathered: Sequence[ReminderNotice], view: Today) -> None:
    """End planned reminder mails that nothing calls for any more; they have certainly not arrived."""
    wanted = {notice.key for notice in gathered}
    for entry in waiting.entries:
        if _may_change(entry) and entry.key not in wanted:
            waiting.end(entry, State.WITHDRAWN, _why_unwanted(entry, view), view.now)


def mailbox_for_test(address: str, today: date) -> Address:
    """Return whom a test mail is for: the address itself, and nobody of the directory."""
    return Address(f"test-{today.isoformat()}", address, address)
