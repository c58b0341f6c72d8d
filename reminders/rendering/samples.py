"""Notices to try templates on: every kind, of no action, one, two and many, and of cells as hostile as any plan's."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from reminders.core import faults
from reminders.core.agenda import Memory, draw_up_agenda
from reminders.core.digest import Digest, History, Sent, draw_up_digest
from reminders.core.directory import Directory, Group, Person
from reminders.core.faults import FaultNotice, Reader, TestNotice
from reminders.core.keys import notice_key
from reminders.core.notices import Address, Kind, ReminderNotice, gather_notices
from reminders.core.plan import Plan, WrittenPlan, WrittenRow, WrittenTheme, understand
from reminders.core.policy import Audience, Policy, Reason
from reminders.core.timeframe import DateReading

_DUE = date(2015, 1, 30)
_DAYS = tuple(_DUE + timedelta(days=days) for days in (-28, -25, 0, 14))
_MANAGER = Address("business-manager", "Business manager", "business.manager@westberks.example")
_OPS = Address("ops", "Operations", "ops@westberks.example")
_READERS: Mapping[Reader, Address] = {Reader.MANAGER: _MANAGER, Reader.OPS: _OPS}
_POLICY = Policy()
_HOSTILE = (
    "</td></tr></table><script>alert('x')</script>",
    "{{ notice }}{% for x in y %}{# \u2013 #}",
    "=HYPERLINK(\"http://evil.example\",'x')",
    '\u202etxt.exe \u2028\x00\x85 \U0001f600, "quoted"; it\'s',
    "x" * 5_000,
    "two\r\nlines\tand " * 300,
)


def samples() -> Iterator[ReminderNotice | Digest | FaultNotice | TestNotice]:
    """Yield the notices; they are the same each time."""
    directory = _directory()
    for rows in ((), _rows(1), _rows(2), _rows(60), _hostile_rows()):
        plan = _plan(rows, directory)
        for today in _DAYS:
            yield from _mails(plan, directory, today)
    yield from faults.draw_up_faults(_faults(), _READERS, board="Board", audience=Audience.LIVE, today=_DUE)
    key = notice_key(board="Board", audience=Audience.LIVE, kind=Kind.TEST, person="ops", day=_DUE)
    yield TestNotice(key, "Board", Audience.LIVE, _DUE, _OPS)


def _mails(plan: Plan, directory: Directory, today: date) -> Iterator[ReminderNotice | Digest]:
    agenda = draw_up_agenda(plan, directory, _POLICY, today, Memory("Board", Audience.LIVE, {}))
    yield from gather_notices(agenda, plan, board="Board", audience=Audience.LIVE, keys={})
    for note, history in ((None, History()), ("The plan waits to be accepted.", _history(today))):
        yield draw_up_digest(
            plan,
            _POLICY,
            agenda,
            history,
            board="Board",
            audience=Audience.LIVE,
            to=_MANAGER,
            first_day=today,
            plan_note=note,
        )


def _directory() -> Directory:
    away = ((date(2015, 1, 1), date(2015, 2, 28)),)
    people = [
        Person("M Evans", "M Evans", "m.evans@westberks.example"),
        Person("I Mundy", "I Mundy", "i.mundy@westberks.example", deputy="M Evans", away=away),
        Person("C Gill", "C Gill", "c.gill@westberks.example", deputy="M Evans", absent_on=_DUE),
        Person("L York", "L York", "l.york@thamesvalley.example", detail="refs"),
    ]
    return Directory(people, [Group("CSE Sub-Group", "CSE Sub-Group", "cse@westberks.example")])


def _rows(count: int) -> tuple[WrittenRow, ...]:
    leads = ("M Evans/ I Mundy", "L York and CSE Sub-Group", "C Gill", "D Daly", None)
    dates = ("January 2015", "30 January 2015", "February 2015", "July 2015", "On-going", "Soon", None)
    progress = (None, None, "Started in November", "Complete")
    return tuple(
        WrittenRow(
            f"row {number}",
            ref=f"1.{number + 1}" if number % 9 != 5 else None,
            outcome="Children are heard" if number % 3 else None,
            action="Carry out an audit" if number % 11 != 7 else None,
            lead=leads[number % len(leads)],
            timeframe=dates[number % len(dates)],
            progress=progress[number % len(progress)],
        )
        for number in range(count)
    )


def _hostile_rows() -> tuple[WrittenRow, ...]:
    return tuple(
        WrittenRow(f"row {number}", f"2.{number}", cell, cell, f"M Evans/ L York/ {cell}", "January 2015", progress)
        for number, cell in enumerate(_HOSTILE)
        for progress in (None, cell)
    )


def _plan(rows: tuple[WrittenRow, ...], directory: Directory) -> Plan:
    tables = (
        WrittenTheme("table 1", "Early Help", None, rows),
        WrittenTheme("table 2", None, None, ()),
    )
    written = WrittenPlan("Business Plan 2015 - 2017", ("Early Help", "The child's voice"), tables)
    return understand(written, directory, _POLICY, DateReading(), lambda _: True)


def _history(today: date) -> History:
    results = ("accepted", "accepted", "held", "not delivered: correct the address")
    sent = tuple(Sent(today, "M Evans", f"1.{number}", result) for number, result in enumerate(results))
    return History(
        sent,
        facts={"blank": ["1.3", "1.4"], "overdue": [], "complete": []},
        barred={"l.york@thamesvalley.example": Reason.BAD_ADDRESS},
    )


def _faults() -> Iterator[faults.Fault]:
    yield faults.plan_held("plan.docx", "0" * 64, "a third of its rows are gone", _DUE)
    yield faults.plan_refused("plan.docx", (), _DUE, too_old=False)
    yield faults.plan_refused("plan.docx", ("table 3, row 7: no date",) * 30, None, too_old=True)
    yield faults.directory_refused("directory.yaml", _HOSTILE, going=True)
    yield faults.not_delivered("L York", "l.york@thamesvalley.example", ("1.1", "1.2"), "no such mailbox")
    yield faults.own_mail_not_delivered(Kind.DIGEST, "Business manager", _MANAGER.address, "5.1.1", came_back=True)
    yield faults.cap_passed(51, 50)
    yield faults.template_failed("reminder.html", "line 3: a name is missing", replaced=True)
    yield faults.transport_down("smtp", "421", "come back later")
    yield faults.uncertain("0" * 24, "reminder")
