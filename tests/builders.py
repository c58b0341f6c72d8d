"""Plans, notices and digests for tests, made by the real core; only what a test is about is spelled out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from reminders.core import faults
from reminders.core.agenda import Memory, Reminder, Told, draw_up_agenda
from reminders.core.digest import (
    Change,
    Digest,
    Doubt,
    History,
    Later,
    Planned,
    Row,
    Sent,
    ThemeCount,
    draw_up_digest,
)
from reminders.core.directory import Directory, Group, Person, Recipient
from reminders.core.keys import reminder_keys
from reminders.core.notices import Address, Item, LaterAction, ReminderNotice, Section, gather_notices
from reminders.core.plan import Action, Plan, Theme, WrittenPlan, WrittenRow, WrittenTheme, understand
from reminders.core.policy import Audience, Policy
from reminders.core.timeframe import DateReading, read_timeframe

BOARD = "West Berkshire Local Safeguarding Children Board"
KEY = "0123456789abcdef01234567"
TODAY = date(2015, 1, 2)
MANAGER = Address("business-manager", "Business manager", "business.manager@westberks.example")


def reminder_key(*, offset: int, **series: Any) -> str:
    """The key of one reminder, by what it is about."""
    return reminder_keys(**series)(offset)


def a_row(ref: str | None = "2.3", **cells: str | None) -> WrittenRow:
    usual: dict[str, str | None] = {
        "outcome": "Health needs are met within prescribed timescales",
        "action": "Work together to address issues around provision of medicals",
        "lead": "M Evans",
        "timeframe": "January 2015",
    }
    return WrittenRow(where=f"row {ref}", ref=ref, **{**usual, **cells})


def a_directory(people: Iterable[str | Person] = ("M Evans", "I Mundy"), groups: Iterable[Group] = ()) -> Directory:
    return Directory([who if isinstance(who, Person) else a_person(who) for who in people], groups)


def a_person(name: str = "M Evans", **known) -> Person:
    address = name.lower().replace(" ", ".") + "@westberks.example"
    return Person(**{"name": name, "id": name, "email": address, **known})


def a_plan(*rows: WrittenRow, directory: Directory | None = None, theme: str | None = "Early Help") -> Plan:
    table = WrittenTheme("table 1", theme, None, rows or (a_row(),))
    written = WrittenPlan("Business Plan 2015 - 2017", ("Early Help",), (table,))
    return understand(written, directory or a_directory(), Policy(), DateReading(), lambda _: True)


def an_action(ref: str | None = "2.3", **cells: str | None) -> Action:
    row = a_row(ref, **cells)
    return Action(
        id=ref or "~0123456789ab",
        ref=ref,
        theme=Theme(1, "Early Help", inferred=False),
        row=row,
        outcome=row.outcome,
        outcome_from=None,
        leads=a_directory().resolve_cell(row.lead),
        timeframe=read_timeframe(row.timeframe),
        complete=False,
        ask=False,
    )


def an_item(
    ref: str | None = "2.3", *, days: int = 28, meant: date | None = None, today: date = TODAY, **cells: str | None
) -> Item:
    """Give an action due so many days from today; `meant` is the earlier day a late reminder was for."""
    due_by = today + timedelta(days=days)
    cells.setdefault("timeframe", f"{due_by:%-d %B %Y}")
    action = an_action(ref, **cells)
    day = meant or today
    reminder = Reminder(KEY, action, "M Evans", "M Evans", due_by, due_by, -days, day, late=meant is not None)
    shared = tuple(lead.name for lead in action.leads if lead.id != "M Evans")
    return Item(reminder, days, shared)


def a_section(*items: Item, deputy_for: str | None = None, away_until: date | None = None) -> Section:
    return Section(deputy_for, away_until, items)


def a_reminder_notice(
    *items: Item,
    sections: Sequence[Section] | None = None,
    to: Address | None = None,
    detail: str = "full",
    later: Sequence[LaterAction] = (),
    next_day: date | None = date(2015, 1, 16),
    left: int = 6,
    today: date = TODAY,
    plan_title: str = "Business Plan 2015 - 2017",
) -> ReminderNotice:
    return ReminderNotice(
        key=KEY,
        board=BOARD,
        plan_title=plan_title,
        audience=Audience.LIVE,
        day=today,
        to=to or Address("M Evans", "M Evans", "m.evans@westberks.example"),
        detail=detail,
        sections=tuple(sections) if sections else (a_section(*(items or (an_item(),))),),
        later=tuple(later),
        next_day=next_day,
        reminders_left=left,
    )


def gathered(
    *rows: WrittenRow,
    today: date = TODAY,
    directory: Directory | None = None,
    told: Mapping[str, Told] | None = None,
) -> tuple[ReminderNotice, ...]:
    """Return the reminder mails that the core itself draws up from a plan of these rows."""
    directory = directory or a_directory()
    plan = a_plan(*rows, directory=directory)
    agenda = draw_up_agenda(plan, directory, Policy(), today, Memory(BOARD, Audience.LIVE, told or {}))
    return gather_notices(agenda, plan, board=BOARD, audience=Audience.LIVE, keys={})


def drawn_digest(*rows: WrittenRow, today: date = TODAY, history: History | None = None, **known) -> Digest:
    """Return the digest that the core itself draws up from a plan of these rows."""
    directory = a_directory()
    plan = a_plan(*rows, directory=directory)
    agenda = draw_up_agenda(plan, directory, Policy(), today, Memory(BOARD, Audience.LIVE, {}))
    return draw_up_digest(
        plan,
        Policy(),
        agenda,
        history or History(),
        **{"board": BOARD, "audience": Audience.LIVE, "to": MANAGER, "first_day": today, "plan_note": None, **known},
    )


def a_digest_row(ref: str = "2.3", days: int | None = -10, *, text: str = "Work together", today: date = TODAY) -> Row:
    due_by = None if days is None else today + timedelta(days=days)
    timeframe = f"{due_by:%B %Y}" if due_by else "No date"
    return Row(ref, "M Evans and I Mundy", text, timeframe, due_by, days, "Early Help")


def a_digest(
    *,
    overdue: int = 0,
    recorded: int = 0,
    soon: int = 0,
    later: Sequence[Later] = (),
    total: int = 30,
    blank: int = 27,
    doubts: Sequence[Doubt] = (),
    sent: Sequence[Sent] = (),
    planned: Sequence[Planned] = (),
    changes: tuple[Change, ...] | None = None,
    closed: Sequence[Row] = (),
    plan_note: str | None = None,
    today: date = date(2015, 2, 9),
) -> Digest:
    """Give a digest by its counts."""
    overdue_blank = tuple(a_digest_row(f"1.{count + 1}", -10, today=today) for count in range(overdue))
    due_soon = tuple(a_digest_row(f"3.{count + 1}", 40, today=today) for count in range(soon))
    return Digest(
        key=KEY,
        board=BOARD,
        plan_title="Business Plan 2015 - 2017",
        audience=Audience.LIVE,
        day=today,
        to=MANAGER,
        plan_note=plan_note,
        total=total,
        overdue_blank=overdue_blank,
        overdue_recorded=tuple(a_digest_row(f"2.{count + 1}", -10, today=today) for count in range(recorded)),
        due_soon=due_soon,
        later=tuple(later),
        blank_rows=(*overdue_blank, *due_soon, *(row for group in later for row in group.rows)),
        by_theme=(ThemeCount(1, "Early Help", blank, total),) if total else (),
        doubts=tuple(doubts),
        changes=changes,
        closed=tuple(closed),
        sent=tuple(sent),
        planned=tuple(planned),
        facts={},
    )


def a_fault_notice(
    fault: faults.Fault | None = None, *, today: date = TODAY, name: str = "Operations"
) -> faults.FaultNotice:
    broken = fault or faults.not_delivered("G Garnett", "g.garnett@westberks.example", ("4.2",), "no such mailbox")
    return faults.FaultNotice(KEY, BOARD, Audience.LIVE, today, Address("ops", name, "ops@westberks.example"), broken)


def a_test_notice() -> faults.TestNotice:
    return faults.TestNotice(KEY, BOARD, Audience.LIVE, TODAY, Address("ops", "Operations", "ops@westberks.example"))


def a_recipient(name: str = "M Evans", **known) -> Recipient:
    return Recipient(**{"person": name, "name": name, "address": "m.evans@westberks.example", **known})
