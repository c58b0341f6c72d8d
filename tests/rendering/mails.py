"""One mail of each kind and standing, for the tests that every mail must pass."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reminders.core import faults
from reminders.core.digest import (
    Change,
    Digest,
    Doubt,
    History,
    Later,
    Planned,
    PlannedMail,
    Sent,
    ThemeCount,
    draw_up_digest,
)
from reminders.core.message import Mailbox
from reminders.core.notices import Address, LaterAction, ReminderNotice
from reminders.core.policy import Audience, Reason
from reminders.rendering import Branding, Rendered, Renderer, Sending
from tests.builders import (
    BOARD,
    MANAGER,
    a_digest,
    a_digest_row,
    a_fault_notice,
    a_reminder_notice,
    a_section,
    a_test_notice,
    an_item,
)
from tests.core.builders import a_policy, agenda_on, notices_of, the_boards_directory, the_boards_plan

AT = datetime(2015, 1, 2, 8, tzinfo=UTC)
SENDING = Sending(
    Mailbox("LSCB plan reminders", "reminders@westberks.example"),
    Mailbox("Business manager", "business.manager@westberks.example"),
)
PROGRESS = "Audit presented to the group in November"


def a_renderer(templates: Path | None = None, sending: Sending = SENDING, **known) -> Renderer:
    return Renderer(Branding(BOARD), sending, "Europe/London", templates, **known)


def rendered(notice, **known) -> Rendered:
    return a_renderer(**known).render(notice, AT)


def _mixed() -> ReminderNotice:
    own = a_section(
        an_item("2.3", days=-10, meant=date(2014, 12, 30)),
        an_item("3.2", days=-10, progress=PROGRESS),
        an_item("4.1", days=0, lead="M Evans/ I Mundy"),
        an_item(None, days=14, outcome=None),
    )
    stood_in = a_section(an_item("5.1", days=7), deputy_for="C Gill", away_until=date(2015, 2, 14))
    later = (LaterAction("1.1", "Carry out an audit", "May 2015"),)
    return a_reminder_notice(sections=[own, stood_in], later=later)


def _full_digest() -> Digest:
    day = date(2015, 2, 6)
    return a_digest(
        overdue=8,
        recorded=1,
        soon=4,
        later=[Later("May 2015", (a_digest_row("1.1", 100),)), Later("No date", (a_digest_row("2.7", None),))],
        doubts=[
            Doubt("2.7", "The action is blank. Write what is to be done", mend=True),
            Doubt("", "Theme 2 has no heading. Write the heading above its table", mend=False),
        ],
        sent=[Sent(day, "M Evans", "2.3, 3.1", "accepted"), Sent(day, "G Garnett", "4.2", "held")],
        planned=[
            Planned(date(2015, 2, 9), (PlannedMail("M Evans", "2.3, 3.1"), PlannedMail("I Mundy", "2.3", held=True)))
        ],
        changes=(Change("Progress filled in", ("3.2",)), Change("Newly overdue", ("1.1", "1.2"))),
        closed=[a_digest_row("4.5", -3)],
        plan_note="The plan waits to be accepted. This digest is from the plan as it stood on 5 February 2015.",
    )


def _largest_digest() -> Digest:
    """Return more of everything than any digest shows, in long words."""
    long = "Carry out a multi-agency audit on cases that the partners have identified "
    row = replace(a_digest_row(text=long * 4), leads="Quality and Performance Group, " * 6)
    rows = tuple(replace(row, ref=f"1.{number}") for number in range(300))
    sent = [
        Sent(date(2015, 2, 1) + timedelta(days=number), "Quality and Performance Group", "1.1, 1.2, 1.3", result)
        for number in range(20)
        for result in ("accepted", "not delivered: correct the address")
    ]
    planned = tuple(PlannedMail("Quality and Performance Group", "1.1, 1.2, 1.3", held=bool(n % 2)) for n in range(90))
    digest = a_digest(
        blank=1200,
        total=1500,
        later=[Later(f"{month} 20{year}", rows[:25]) for month in ("May", "October") for year in range(15, 30)],
        doubts=[Doubt("1.1, 1.2", f"{long}. {long}", mend=number < 40) for number in range(80)],
        sent=sent,
        planned=[Planned(date(2015, 2, 9) + timedelta(days=number), planned) for number in range(5)],
        closed=rows,
        changes=tuple(Change(what, tuple(each.ref for each in rows)) for what in ("Newly blank", "Newly overdue")),
    )
    themes = tuple(ThemeCount(number, long, blank=40, total=50) for number in range(1, 31))
    return replace(digest, by_theme=themes, overdue_blank=rows, overdue_recorded=rows, due_soon=rows)


def the_boards_digest() -> Digest:
    """Return a digest of the board's own plan, two weeks after the one before, with one address refused."""
    before = _boards_digest(date(2015, 1, 26), History()).facts
    week = History(
        sent=(
            Sent(date(2015, 2, 2), "G Garnett", "4.2", "not delivered: correct the address"),
            Sent(date(2015, 2, 6), "M Evans", "2.3, 3.1", "accepted"),
        ),
        facts={**before, "blank": [*before["blank"], "3.2"]},
        barred={"g.garnett@westberks.example": Reason.BAD_ADDRESS},
    )
    return _boards_digest(date(2015, 2, 9), week)


def _boards_digest(today: date, history: History) -> Digest:
    plan, policy = the_boards_plan(), a_policy()
    return draw_up_digest(
        plan,
        policy,
        agenda_on(today, plan, the_boards_directory(), policy),
        history,
        board=BOARD,
        audience=Audience.LIVE,
        to=MANAGER,
        first_day=today,
        plan_note=None,
    )


def the_boards_reminder(today: date = date(2015, 1, 2), person: str = "M Evans") -> ReminderNotice:
    """Return a lead's mail of the board's own plan."""
    plan, policy = the_boards_plan(), a_policy()
    notices = notices_of(agenda_on(today, plan, the_boards_directory(), policy), plan)
    return next(notice for notice in notices if notice.to.person == person)


MAILS: Mapping[str, Callable[[], object]] = {
    "one action ahead": a_reminder_notice,
    "three actions ahead": lambda: a_reminder_notice(an_item("2.3"), an_item("3.1"), an_item("3.2", progress=PROGRESS)),
    "due today": lambda: a_reminder_notice(an_item(days=0)),
    "overdue for the last time": lambda: a_reminder_notice(an_item(days=-28), left=0, next_day=None),
    "overdue, due today, ahead and stood in": _mixed,
    "refs only": lambda: a_reminder_notice(
        an_item("2.3", progress=PROGRESS), detail="refs", later=(LaterAction("1.1", "", "29 May 2015"),)
    ),
    "new to its lead": lambda: a_reminder_notice(replace(an_item(), new_since=date(2014, 12, 29))),
    "late as a whole": lambda: a_reminder_notice(an_item(meant=date(2014, 12, 30))),
    "to a group": lambda: a_reminder_notice(to=Address("CSE Sub-Group", "CSE Sub-Group", "cse@westberks.example")),
    "for a lead away without a date": lambda: a_reminder_notice(
        sections=[a_section(an_item("5.1"), deputy_for="C Gill")]
    ),
    "forty actions": lambda: a_reminder_notice(*(an_item(f"1.{each}", progress=PROGRESS) for each in range(40))),
    "digest": _full_digest,
    "reminder of the board's plan": the_boards_reminder,
    "digest of the board's plan": the_boards_digest,
    "digest with nothing to do": lambda: a_digest(blank=0),
    "digest of an empty plan": lambda: a_digest(blank=0, total=0),
    "digest of a large plan": _largest_digest,
    "address refused": a_fault_notice,
    "plan refused": lambda: a_fault_notice(
        faults.plan_refused("plan.docx", ("table 3, row 7: no date", "table 3, row 8: no date"), None, too_old=False)
    ),
    "cap passed": lambda: a_fault_notice(faults.cap_passed(51, 50)),
    "test": a_test_notice,
}


def file_name(mail: str) -> str:
    """Return the name of a mail as a file's: "due-today"."""
    return re.sub(r"[^a-z]+", "-", mail)
