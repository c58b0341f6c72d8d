"""One mail of each kind and standing, for the tests that every mail must pass."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from reminders.core import faults
from reminders.core.digest import Digest, Doubt, Later, Planned, Sent
from reminders.core.message import Mailbox
from reminders.core.notices import LaterAction, ReminderNotice
from reminders.rendering import Branding, Rendered, Renderer, Sending
from tests.builders import (
    BOARD,
    a_digest,
    a_digest_row,
    a_fault_notice,
    a_reminder_notice,
    a_section,
    a_test_notice,
    an_item,
)

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
        planned=[Planned(date(2015, 2, 9), (("M Evans", "2.3, 3.1"), ("I Mundy", "2.3")))],
        closed=[a_digest_row("4.5", -3)],
        plan_note="The plan waits to be accepted. This digest is from the plan as it stood on 5 February 2015.",
    )


MAILS: Mapping[str, Callable[[], object]] = {
    "one action ahead": a_reminder_notice,
    "three actions ahead": lambda: a_reminder_notice(an_item("2.3"), an_item("3.1"), an_item("3.2", progress=PROGRESS)),
    "due today": lambda: a_reminder_notice(an_item(days=0)),
    "overdue for the last time": lambda: a_reminder_notice(an_item(days=-28), left=0, next_day=None),
    "overdue, due today, ahead and stood in": _mixed,
    "refs only": lambda: a_reminder_notice(
        an_item("2.3", progress=PROGRESS), detail="refs", later=(LaterAction("1.1", "", "29 May 2015"),)
    ),
    "late as a whole": lambda: a_reminder_notice(an_item(meant=date(2014, 12, 30))),
    "forty actions": lambda: a_reminder_notice(*(an_item(f"1.{each}", progress=PROGRESS) for each in range(40))),
    "digest": _full_digest,
    "digest with nothing to do": lambda: a_digest(blank=0),
    "digest of an empty plan": lambda: a_digest(blank=0, total=0),
    "digest of a large plan": lambda: a_digest(overdue=300, recorded=300, soon=300, blank=900, total=900),
    "address refused": a_fault_notice,
    "plan refused": lambda: a_fault_notice(
        faults.plan_refused("plan.docx", ("table 3, row 7: no date", "table 3, row 8: no date"), None, too_old=False)
    ),
    "cap passed": lambda: a_fault_notice(faults.cap_passed(51, 50)),
    "test": a_test_notice,
}
