"""Boards for the status pages: the example as it stands on a day in March 2015, and one far bigger than any board's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

from flask import Flask
from flask.testing import FlaskClient

from reminders.core.plan import WrittenPlan, WrittenRow, WrittenTheme
from reminders.ledger.base import Ledger, Settlement, State
from reminders.ledger.opening import open_ledger
from reminders.ledger.sql import SqlLedger
from reminders.settings import Settings, load_settings
from reminders.sources import plan_yaml
from reminders.status.health import Pulse, Ready
from reminders.status.page import make_app
from reminders.status.pages import add_pages
from reminders.status.values import AfterTick, PageBoard
from reminders.wiring import Running, build_service, page_of
from tests.fakes import SetClock
from tests.ledger.builders import a_new_entry, a_reminder

_CONFIG = Path(__file__).resolve().parents[2] / "config"
TODAY = date(2015, 3, 2)
PEOPLE = ("M Evans", "I Mundy", "C Gill", "D Daly", "CSE Sub-Group")


@dataclass
class StatusHouse:
    """One board whose service has ticked, and its pages."""

    board: PageBoard
    after: AfterTick
    clock: SetClock

    @property
    def ledger(self) -> Ledger:
        return self.after.ledger

    def app(self, token: str | None = None, host: str = "127.0.0.1") -> Flask:
        app = make_app([self.board.pulse], lambda: (b"", "text/plain"))
        add_pages(app, [self.board], token, host)
        return app

    def client(self, token: str | None = None) -> FlaskClient:
        return self.app(token).test_client()


@contextmanager
def a_house(state: Path, *, plan: WrittenPlan | None = None, days: int = 1) -> Iterator[StatusHouse]:
    """Tick each morning of so many days up to 2 March 2015, into a folder."""
    settings = load_settings(_CONFIG, {}, flags={"state_dir": str(state)})
    if plan:
        file = state.parent / "plan.yaml"
        file.write_text(plan_yaml.write(plan), "utf-8")
        settings = replace(settings, plan=file)
    clock = SetClock(datetime(2015, 3, 2, 8, 0, tzinfo=UTC) - timedelta(days=days - 1))
    ledger = open_ledger(state, None, board=settings.board, lock=True)
    try:
        yield _ticked(settings, ledger, clock, days)
    finally:
        looked_ahead()
        ledger.close()


def looked_ahead() -> None:
    """Wait until the looks ahead that were begun have been taken."""
    for thread in threading.enumerate():
        if thread.name == "ahead":
            thread.join(60)


def _ticked(settings: Settings, ledger: Ledger, clock: SetClock, days: int) -> StatusHouse:
    service = build_service(settings, ledger, Running(clock, lambda _: False, judge_clock=False))
    result = service.tick()
    for _ in range(days - 1):
        clock.now += timedelta(days=1)
        result = service.tick()
    clock.now += timedelta(seconds=20)
    after = page_of(settings)(service, result, service.next_mail(result))
    pulse = Pulse(settings.tick, lambda: 0.0)  # for it, too, time stands still
    pulse.report(Ready(ready=True))
    return StatusHouse(PageBoard(settings.board, pulse, lambda: after), after, clock)


def with_troubles(house: StatusHouse) -> StatusHouse:
    """Add what a bad day leaves: a mail held, one nobody heard of, one refused and one that bounced."""
    ledger, now = house.ledger, house.clock() - timedelta(hours=1)
    for number, (name, trouble) in enumerate(
        zip(PEOPLE, ("held", "uncertain", "bad-address", "bounced"), strict=False), 1
    ):
        new = a_new_entry(
            number,
            person=name,
            name=name,
            address=f"{name.lower().replace(' ', '.')}@westberks.example",
            audience=house.after.rules.audience,
            day=TODAY,
            claim_until=now + timedelta(hours=10),
            expires=now + timedelta(hours=16),
            refs=(f"{number}.1",),
            reminders=(a_reminder(number, action=f"{number}.1", ref=f"{number}.1", person=name),),
            **({"state": State.HELD, "reasons": ("cap",)} if trouble == "held" else {}),
        )
        ledger.enter([new], now)
        if trouble != "held":
            _leave(ledger, new.audience, trouble, now)
    return house


def _leave(ledger: Ledger, audience: str, trouble: str, now: datetime) -> None:
    entry = ledger.claim(audience, ("reminder",), now, now + timedelta(minutes=5))
    assert entry is not None
    assert ledger.transmitting(entry, now)
    ends = {"uncertain": State.UNCERTAIN, "bad-address": State.FAILED, "bounced": State.SENT}
    said = {
        "uncertain": "the connection was reset",
        "bad-address": "550 5.1.1 no such mailbox",
        "bounced": "250 queued",
    }
    reason = None if trouble == "bounced" else trouble
    assert ledger.settle(entry, Settlement(ends[trouble], reason, said[trouble]), now)
    if trouble == "bounced":
        sent = ledger.entry(entry.id)
        assert sent is not None
        assert ledger.bounce(sent, "550 mailbox full", now)


def a_big_plan(actions: int = 500) -> WrittenPlan:
    """Make up a plan of so many actions, led by the people of the example."""
    themes = [
        WrittenTheme(f"table {number}", f"Theme of the number {number}", number, tuple(_rows(number, actions // 5)))
        for number in range(1, 6)
    ]
    return WrittenPlan("A big business plan 2015 - 2017", (), tuple(themes))


def _rows(theme: int, count: int) -> Iterator[WrittenRow]:
    for number in range(1, count + 1):
        due = date(2015, 1 + (number * 7 + theme) % 12, 28)
        yield WrittenRow(
            where=f"row {number}",
            ref=f"{theme}.{number}",
            outcome="Children are safe",
            action=f"Work together on the number {number} of theme {theme}, and tell the board what became of it",
            lead=PEOPLE[number % len(PEOPLE)],
            timeframe=f"{due:%B} {due.year + number % 2}",
            progress=(None, None, "Work has begun", "Complete")[number % 4],
        )


def with_many_entries(house: StatusHouse, count: int = 5000) -> StatusHouse:
    """Fill the ledger with mails of a real size, one after another over the past years."""
    ledger = cast("SqlLedger", house.ledger)
    mime = b"Subject: due\r\n\r\n" + b"The same line again and again.\r\n" * 1000
    now = house.clock()
    people = {number: f"Person {number}" for number in range(40)}
    new = [
        a_new_entry(
            number,
            key=f"{number:024x}",
            person=people[number % 40],
            name=people[number % 40],
            day=TODAY - timedelta(days=count - number),
            claim_until=now + timedelta(hours=1),
            expires=now + timedelta(hours=1),
            reminders=(a_reminder(number, action=f"1.{number % 100}", ref=f"1.{number % 100}"),),
            mime=mime,
        )
        for number in range(count)
    ]
    ledger.enter(new, now - timedelta(days=30))
    with ledger._database.writing() as connection:  # one by one they would take minutes to leave
        gone = "UPDATE entries SET state = 'sent', settled = :settled WHERE state = 'planned'"
        connection.change(gone, settled=now - timedelta(days=20))
    return house


def shown(house: StatusHouse, after: AfterTick) -> StatusHouse:
    """Show another state of things."""
    return replace(house, board=replace(house.board, after_tick=lambda: after), after=after)
