"""`preview`: one mail as it would go, as files and as one page to look at; nothing is sent and nothing is entered."""

import argparse
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from reminders.cli.boards import Board, the_board
from reminders.cli.exits import NO_PLAN, OK, SETTINGS, USAGE, Exit
from reminders.cli.out_folder import make_room, write_files
from reminders.cli.reading import ledger_beside, read_all
from reminders.cli.reports import last_good_directory
from reminders.core import faults, words
from reminders.core.agenda import Memory, Reminder, Verdict, draw_up_agenda
from reminders.core.directory import Directory
from reminders.core.faults import Fault, TestNotice, draw_up_faults
from reminders.core.keys import notice_key
from reminders.core.notices import Kind, ReminderNotice, gather_notices
from reminders.core.plan import Plan
from reminders.ledger.base import Ledger
from reminders.rendering.pages import open_mail, render_page
from reminders.service import digests
from reminders.service.absences import as_learnt
from reminders.service.readings import in_force
from reminders.service.values import Letter, Notice, Rules
from reminders.service.views import draw_up, memory_of
from reminders.wiring import drawer_of

_PAGE, _EML, _HTML = "preview.html", "mail.eml", "mail.html"


def preview(args: argparse.Namespace) -> int:
    """Draw one mail as it would go, and write a page that shows it in every dress."""
    if args.lead and args.kind != Kind.REMINDER:
        raise Exit(USAGE, "--lead: only a reminder is for a lead; write preview reminder --lead NAME")
    board = the_board(args)
    with ledger_beside(board) as ledger:
        shown = _show(_stage(board, ledger), Kind(args.kind), args.lead)
    letter = drawer_of(board.settings)(shown.notice, shown.at)
    if isinstance(letter, Fault):
        raise Exit(SETTINGS, f"{letter.headline}: {letter.lead}")
    for fault in letter.faults:
        sys.stderr.write(f"{fault.headline}: {fault.lead}. {fault.mend}\n")
    out = Path(args.out) if args.out else board.settings.state_dir / "preview"
    _write(out, board, letter, shown.says)
    sys.stdout.write(f"{shown.says} Look at {out / _PAGE}\n")
    return OK


@dataclass(frozen=True, slots=True)
class _Shown:
    notice: Notice
    at: datetime
    says: str


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a mail is drawn from: plan, directory and ledger as they stand at the moment asked for."""

    rules: Rules
    plan: Plan
    note: str | None
    faults: tuple[Fault, ...]
    directory: Directory
    ledger: Ledger | None
    now: datetime

    @property
    def today(self) -> date:
        return self.rules.local(self.now).date()


def _stage(board: Board, ledger: Ledger | None) -> _Stage:
    reading, now = read_all(board, ledger), board.now()
    if reading.directory_trouble:
        sys.stderr.write(f"{last_good_directory(reading.directory_trouble)}\n")
    found = in_force(reading.judgement, reading.rules, now)
    if found.plan is None:
        raise Exit(NO_PLAN, "\n".join(reading.judgement.look.mistakes))
    directory = as_learnt(ledger, reading.rules, reading.directory, now) if ledger else reading.directory
    return _Stage(reading.rules, found.plan, found.note, found.faults, directory, ledger, now)


def _show(stage: _Stage, kind: Kind, name: str | None) -> _Shown:
    match kind:
        case Kind.REMINDER:
            return _reminder(stage, name)
        case Kind.DIGEST:
            return _digest(stage)
        case Kind.FAULT:
            return _fault(stage)
        case Kind.TEST:
            return _test(stage)


def _reminder(stage: _Stage, name: str | None) -> _Shown:
    """Show the next mail, or the next one about what this lead leads, whoever reads it for them."""
    wanted = _people(stage.directory, name) if name else None
    memory = memory_of(stage.ledger, stage.rules, stage.plan, stage.directory, stage.today)
    agenda = draw_up_agenda(stage.plan, stage.directory, stage.rules.policy, stage.today, memory)
    own = [each for each in agenda.reminders if _concerns(each, wanted)]
    for day in sorted({_next_day(stage), *(each.day for each in own if each.verdict is Verdict.UPCOMING)}):
        for notice in _notices(stage, memory, day):
            if any(_concerns(item.reminder, wanted) for item in notice.items):
                at = max(stage.now, stage.rules.at(day, stage.rules.policy.send_at))
                says = f"This is the reminder {notice.to.name} would get on {words.weekday_date(day)}."
                return _Shown(notice, at, says)
    raise Exit(USAGE, _nothing_goes(name, min((each.day for each in own), default=stage.today), stage.today))


def _nothing_goes(name: str | None, first: date, today: date) -> str:
    why = f'; run.py explain "{name}" says why' if name else ""
    told = f"no reminder goes{f' to {name}' if name else ''} from now on{why}"
    return f"{told}. To see an earlier one, add --as-of {first}" if first < today else told


def _people(directory: Directory, name: str) -> frozenset[str]:
    lead = directory.resolve(name)
    who = directory.who(lead.id or "")
    if who is None:
        near = lead.candidates or lead.nearest
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise Exit(USAGE, f"--lead: read '{name}', which is no name of the lead directory{hint}")
    return frozenset((who.id, *(member.id for member in directory.members_of(lead))))


def _concerns(reminder: Reminder, wanted: frozenset[str] | None) -> bool:
    reader = reminder.recipient.person if reminder.recipient else None
    return wanted is None or reminder.person in wanted or reader in wanted


def _notices(stage: _Stage, memory: Memory, day: date) -> tuple[ReminderNotice, ...]:
    rules = stage.rules
    agenda = draw_up_agenda(stage.plan, stage.directory, rules.policy, day, memory)
    last = stage.ledger.last_facts(rules.audience, Kind.DIGEST) if stage.ledger else None
    facts = last[1] if last else None
    return gather_notices(agenda, stage.plan, board=rules.board, audience=rules.audience, keys={}, facts=facts)


def _next_day(stage: _Stage) -> date:
    policy = stage.rules.policy
    too_late = stage.rules.local(stage.now).time() >= policy.send_until
    return policy.working_days.on_or_after(stage.today + timedelta(days=too_late))


def _digest(stage: _Stage) -> _Shown:
    view = draw_up(stage.ledger, stage.rules, stage.plan, stage.directory, stage.now)
    first_day = stage.rules.policy.digest_first_day(stage.today) or stage.today
    notice = digests.draw_up(stage.ledger, stage.rules, view, first_day, stage.note)[0]
    return _Shown(notice, stage.now, f"This is the weekly digest as it would be on {words.weekday_date(stage.today)}.")


def _fault(stage: _Stage) -> _Shown:
    cap = stage.rules.policy.max_mails_per_run
    broken = stage.faults or (faults.cap_passed(cap + 1, cap),)
    rules = stage.rules
    notice = draw_up_faults(broken, rules.readers, board=rules.board, audience=rules.audience, today=stage.today)[0]
    says = (
        "This is what is told of a fault found now." if stage.faults else "This is an example: no such fault is known."
    )
    return _Shown(notice, stage.now, says)


def _test(stage: _Stage) -> _Shown:
    rules, today = stage.rules, stage.today
    key = notice_key(board=rules.board, audience=rules.audience, kind=Kind.TEST, person=rules.ops.person, day=today)
    notice = TestNotice(key, rules.board, rules.audience, today, rules.ops)
    return _Shown(notice, stage.now, "This is what send-test sends.")


def _write(out: Path, board: Board, letter: Letter, says: str) -> None:
    mail = open_mail(letter.finished.mime)
    page = render_page("preview.html", board=board.settings.board, says=says, mail=mail, eml=_EML, html=_HTML)
    attached = {file.name: file.content for file in mail.files}
    make_room(out, _PAGE, (".eml", ".html", ".xlsx"))
    write_files(out, {_EML: letter.finished.mime, _HTML: mail.html.encode(), **attached, _PAGE: page.encode()})
