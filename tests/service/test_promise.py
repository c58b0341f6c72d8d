"""What the service promises holds whatever the days bring: outages, lost answers, kills, edits, releases."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reminders.core.agenda import people_of
from reminders.core.directory import Group
from reminders.ledger.base import State
from reminders.ledger.opening import open_ledger
from reminders.transports.base import Bounce, Found
from tests.builders import BOARD, a_person, reminder_key
from tests.fakes import (
    DIES_AFTER,
    DIES_FIRST,
    LONDON,
    LOST_ANSWER,
    LOST_MAIL,
    NOT_YET,
    NOT_YET_AFTER_ALL,
    REFUSED,
    TAKEN,
    UNREACHABLE,
    Killed,
    Mail,
    ScriptedMailbox,
)
from tests.service.builders import Board, due

NAMES = ("M Evans", "I Mundy", "G Garnett")
REFS = ("1.1", "1.2", "2.1", "2.2", "3.1", "3.2")
DATES = ("9 January 2015", "30 January 2015", "2 February 2015", "February 2015", "6 April 2015", "On-going", None)
LEADS = (*NAMES, "M Evans / I Mundy", "The Board", "G Garnett / The Board", "Nobody Known")
CELLS = (
    [{"timeframe": day} for day in DATES]
    + [{"lead": lead} for lead in LEADS]
    + [{"progress": text} for text in ("Complete", "Under way", None)]
)
ANSWERS = (TAKEN, TAKEN, NOT_YET, NOT_YET_AFTER_ALL, UNREACHABLE, LOST_ANSWER, LOST_MAIL, DIES_FIRST, DIES_AFTER)
PEOPLE = (
    *({"email": f"{box}@westberks.example"} for box in ("one", "two", "three")),
    {"email": "somebody@elsewhere.example"},
    {"email": None},
    {"left": True},
    *({"deputy": deputy, "away": ((date(2015, 1, 5), date(2015, 1, 20)),)} for deputy in NAMES),
    *({"deputy": deputy} for deputy in NAMES),
    {},
)

edits = st.tuples(st.just("edit"), st.sampled_from(REFS), st.sampled_from(CELLS))
rows_gone = st.tuples(st.just("drop"), st.sampled_from(REFS))
people = st.tuples(st.just("person"), st.sampled_from(NAMES), st.sampled_from(PEOPLE))
decisions = st.tuples(st.sampled_from(["release", "resend"]))
absences = st.tuples(st.just("out of office"), st.sets(st.sampled_from(NAMES)))
bounces = st.tuples(st.just("comes back"))
ticks = st.tuples(
    st.just("tick"),
    st.sampled_from([0, 0, 0, 1, 1, 1, 2, 3, 7, 16]),
    st.sampled_from(["07:59", "08:00", "08:00", "08:00", "08:06", "12:00", "17:59", "18:06", "23:30"]),
    st.lists(st.sampled_from(ANSWERS), max_size=4),
    st.sampled_from([TAKEN, TAKEN, TAKEN, UNREACHABLE, REFUSED]),
)
histories = st.lists(
    st.one_of(ticks, ticks, ticks, edits, people, rows_gone, decisions, absences, bounces), min_size=4, max_size=30
)


class World(Board):
    """A board that lives through a history and remembers what an onlooker would see."""

    def __init__(self, *, asks: bool, cap: int) -> None:
        rows = [due("30 January 2015", ref, lead=lead) for ref, lead in zip(REFS, LEADS, strict=False)]
        open_one = partial(open_ledger, Path(), None, board=BOARD, lock=False, scratch=True)
        super().__init__(open_one, *rows, hold_changes=False, policy={"max_mails_per_run": cap})
        self.known = {name: a_person(name) for name in NAMES}
        self.groups = (Group("The Board", "The Board", members=("M Evans", "I Mundy")),)
        self.addresses: dict[str, set[str | None]] = defaultdict(set)
        self.by_hand: set[date] = set()  # days on which a person let mails go
        self.mailbox = self.inbox = ScriptedMailbox()
        if asks:
            self.transport.found = self._honestly
        self.change_person("M Evans", {})

    def _honestly(self, key: str) -> Found:
        return Found.SENT if any(mail.key == key for mail in self.transport.arrived) else Found.ABSENT

    def live(self, history) -> None:
        deeds: dict[str, Callable[..., object]] = {
            "tick": self.one_tick,
            "edit": lambda ref, cells: self.write(ref, **cells),
            "drop": self.drop,
            "person": self.change_person,
            "release": lambda: self.let_go(self.release),
            "resend": lambda: self.let_go(self.resend_all),
            "out of office": self.out_of_office,
            "comes back": self.comes_back,
        }
        for deed, *about in history:
            deeds[deed](*about)

    def one_tick(self, days, at, answers, otherwise) -> None:
        day = self.clock().astimezone(LONDON).date() + timedelta(days=days)
        before = self.clock()
        self.clock.set(f"{day} {at}")
        if self.clock() <= before:
            self.clock.now = before + timedelta(minutes=6)
        self.transport.script = list(answers)
        self.transport.otherwise = lambda _: otherwise
        with suppress(Killed):
            self.tick()

    def drop(self, ref) -> None:
        self.rows = tuple(row for row in self.rows if row.ref != ref) or self.rows

    def change_person(self, name, known) -> None:
        self.known[name] = a_person(name, **known)
        self.people = tuple(self.known.values())
        for person in self.known.values():
            self.addresses[person.id].add(person.email)

    def out_of_office(self, names) -> None:
        self.inbox.out_of_office = {email for name in names if (email := self.known[name].email)}

    def comes_back(self) -> None:
        """The newest mail that the server took was never delivered after all."""
        sent = {entry.key for entry in self.ledger.entries() if entry.state is State.SENT}
        for mail in [mail for mail in self.transport.arrived if mail.key in sent][-1:]:
            self.transport.arrived = [each for each in self.transport.arrived if each.key != mail.key]
            self.inbox.reports.append(Bounce(mail.key, "5.1.1", self.clock()))

    def people_by_key(self) -> dict[str, str]:
        """Return whom each mail went to, by id."""
        return {entry.key: entry.new.person for entry in self.ledger.entries()}

    def let_go(self, deed) -> None:
        self.by_hand.add(self.clock().astimezone(LONDON).date())
        deed()

    def resend_all(self) -> None:
        for entry in self.ledger.uncertain("live", self.clock()):
            self.resend(entry)

    def quiet_days(self) -> None:
        """Live through some days on which all is well, so that whatever is owed has had its turn."""
        self.transport.script = []
        self.transport.otherwise = lambda _: TAKEN
        day = self.clock().astimezone(LONDON).date()
        last = day + timedelta(days=7)
        while not self.rules.policy.working_days.includes(last):  # what is set free at a weekend goes after it
            last += timedelta(days=1)
        self.days(str(day + timedelta(days=1)), str(last))


def told_in(mail: Mail) -> Iterator[str]:
    yield from (item["key"] for item in mail.says["items"])


def no_reminder_is_told_in_two_ways(world):
    seen = defaultdict(set)
    for mail in world.mails():
        for key in told_in(mail):
            seen[key].add(mail.mime)
    assert [key for key, ways in seen.items() if len(ways) > 1] == []


def the_same_message_id_means_the_same_bytes(world):
    by_key = defaultdict(set)
    for mail in world.transport.arrived:
        by_key[mail.key].add(mail.mime)
    assert [key for key, ways in by_key.items() if len(ways) > 1] == []


def copies_come_only_from_lost_answers(world):
    # Twice by the service's own doing, and once for each time a person said so.
    counts = Counter(mail.key for mail in world.transport.arrived)
    assert all(count <= 2 or world.by_hand for count in counts.values())
    uncertain = {
        entry.key
        for entry in world.ledger.entries()
        if any(event.after is State.UNCERTAIN for event in world.ledger.history(entry.id))
    }
    assert {key for key, count in counts.items() if count > 1} <= uncertain


def a_person_gets_one_reminder_mail_a_day(world):
    people = world.people_by_key()
    days = defaultdict(set)
    for mail in world.mails():
        days[people[mail.key], mail.at.astimezone(LONDON).date()].add(mail.key)
    assert [where for where, keys in days.items() if len(keys) > 1 and where[1] not in world.by_hand] == []


def the_digest_goes_once_a_week(world):
    weeks = defaultdict(set)
    for mail in world.mails("digest"):
        day = mail.at.astimezone(LONDON).date()
        if day not in world.by_hand:
            weeks[day.isocalendar()[:2]].add(mail.key)
    assert all(len(keys) == 1 for keys in weeks.values())
    assert len(set().union(*weeks.values())) == len(weeks)


def only_who_may_be_written_to_is(world):
    people = world.people_by_key()
    for mail in world.mails():
        assert mail.to in world.addresses[people[mail.key]]
        assert world.rules.allowed(mail.to)


def leads_hear_in_their_hours_and_not_before_the_day(world):
    policy = world.rules.policy
    again = {entry.key for entry in world.ledger.entries() if entry.released}
    for mail in world.mails():
        at = mail.at.astimezone(LONDON)
        assert policy.leads_may_hear(at) or mail.key in again
        for item in mail.says["items"]:
            meant = policy.send_day(date.fromisoformat(item["due"]), item["offset"])
            assert meant <= at.date()
            assert item["late"] == (meant < date.fromisoformat(mail.says["day"]))


def no_day_brings_more_than_the_cap(world):
    drawn_up = defaultdict(set)
    for mail in world.mails():
        drawn_up[mail.says["day"]].add(mail.key)
    free = {str(day) for day in world.by_hand}
    cap = world.rules.policy.max_mails_per_run
    assert [day for day, keys in drawn_up.items() if len(keys) > cap and day not in free] == []


def nothing_that_ended_is_without_a_reason(world):
    for entry in world.ledger.entries():
        assert entry.state in {State.SENT, State.PLANNED} or entry.reason
        assert entry.state not in {State.CLAIMED, State.TRANSMITTING}


def whatever_is_owed_was_told_or_has_a_reason(world):
    """Worked out anew from plan, directory and policy: of each action, person and deadline the newest passed offset."""
    today = world.clock().astimezone(LONDON).date()
    arrived = {key for mail in world.mails() for key in told_in(mail)}
    newest = list(newest_offsets(world, today))
    standings = world.ledger.standings("live", [key for key, _ in newest])
    excused = {State.HELD, State.UNCERTAIN, State.FAILED, State.WITHDRAWN, State.SENT}
    for key, hears in newest:
        known = standings.get(key)
        if hears and key not in arrived:
            assert known, key
            assert known.state in excused, (key, known)


def newest_offsets(world, today):
    policy = world.rules.policy
    for action in world.plan.actions:
        for person in () if action.complete else people_of(action, world.directory):
            hears = world.directory.recipient_of(person, today)
            for deadline in action.timeframe.deadlines:
                passed = [offset for offset in policy.offsets if policy.send_day(deadline, offset) <= today]
                if passed and not policy.has_lapsed(policy.send_day(deadline, max(passed)), today):
                    about = {"action": action.id, "person": person.id, "deadline": deadline, "offset": max(passed)}
                    yield reminder_key(board=BOARD, audience="live", **about), hears


PROMISES = (
    no_reminder_is_told_in_two_ways,
    the_same_message_id_means_the_same_bytes,
    copies_come_only_from_lost_answers,
    a_person_gets_one_reminder_mail_a_day,
    the_digest_goes_once_a_week,
    only_who_may_be_written_to_is,
    leads_hear_in_their_hours_and_not_before_the_day,
    no_day_brings_more_than_the_cap,
    nothing_that_ended_is_without_a_reason,
    whatever_is_owed_was_told_or_has_a_reason,
)


@given(history=histories, asks=st.booleans(), cap=st.sampled_from([2, 50]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_days_bring_the_promises_hold(history, asks, cap):
    world = World(asks=asks, cap=cap)
    try:
        world.live(history)
        world.quiet_days()
        for holds in PROMISES:
            holds(world)
    finally:
        world.close()
