"""`rehearse`: every mail between two days, as files and as one page to look at."""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reminders.cli.boards import Board, day, the_board
from reminders.cli.exits import NO_PLAN, OK, USAGE, Exit
from reminders.cli.out_folder import make_room, write_files
from reminders.cli.reading import read_all
from reminders.core import words
from reminders.core.notices import Kind
from reminders.ledger.opening import open_ledger
from reminders.rehearsal import RehearsedMail, rehearse
from reminders.rendering.pages import open_mail, render_page
from reminders.wiring import build_rehearsal

_MARK = "index.html"
_NOT_IN_FILE_NAMES = re.compile(r"[\x00-\x1f/\\:*?\"<>|]+")


def rehearse_days(args: argparse.Namespace) -> int:
    """Write every mail that would go between two days; nobody is sent anything and no ledger is touched."""
    board = the_board(args)
    first, last = day(args.first, "--from"), day(args.last, "--to")
    if last < first:
        raise Exit(USAGE, f"--to: {args.last} is before {args.first}")
    reading = read_all(board, None)
    if reading.judgement.plan is None:
        raise Exit(NO_PLAN, "\n".join(reading.judgement.look.mistakes))
    out = Path(args.out) if args.out else board.settings.state_dir / "rehearsal"
    make_room(out, _MARK, (".eml", ".html"))
    ledger = open_ledger(Path(), None, board=board.settings.board, lock=False, scratch=True)
    try:
        mails = list(rehearse(build_rehearsal(board.settings, ledger, first), first, last))
    finally:
        ledger.close()
    told = [_write(out, number, mail) for number, mail in enumerate(mails, start=1)]
    _write_index(out, board, mails, told, (first, last))
    if args.json:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_summary(mails, out))
    return OK


def _write(out: Path, number: int, mail: RehearsedMail) -> dict[str, Any]:
    entry = mail.entry
    stem = f"{number:04}-{entry.new.kind}-{_NOT_IN_FILE_NAMES.sub('-', entry.new.person)}"
    write_files(out, {f"{stem}.eml": entry.new.mime, f"{stem}.html": open_mail(entry.new.mime).html.encode()})
    return {
        "at": mail.at.isoformat(),
        "kind": entry.new.kind,
        "person": entry.new.person,
        "to": entry.new.address,
        "subject": entry.new.subject,
        "refs": list(entry.new.refs),
        "reasons": list(entry.new.reasons),
        "file": f"{stem}.eml",
    }


def _write_index(
    out: Path, board: Board, mails: Sequence[RehearsedMail], told: Sequence[dict[str, Any]], days: tuple[date, date]
) -> None:
    rows = [_row(mail, entry) for mail, entry in zip(mails, told, strict=True)]
    by_month = groupby(rows, key=lambda row: row["month"])
    page = render_page(
        "rehearsal.html",
        board=board.settings.board,
        first=words.full_date(days[0]),
        last=words.full_date(days[1]),
        summary=_counts(mails),
        people=_people(rows),
        months=[{"name": name, "mails": list(group)} for name, group in by_month],
    )
    write_files(out, {_MARK: page.encode()})


def _row(mail: RehearsedMail, told: dict[str, Any]) -> dict[str, Any]:
    new = mail.entry.new
    return {
        "month": words.month(mail.at.date()),
        "day": f"{words.weekday_date(mail.at.date())}, {mail.at:%H:%M}",
        "date": words.full_date(mail.at.date()),
        "person": new.name,
        "subject": new.subject,
        "late": "late" in told["reasons"],
        "refs": ", ".join(new.refs) if new.kind == Kind.REMINDER else "",
        "page": quote(told["file"].removesuffix(".eml") + ".html"),
        "file": quote(told["file"]),
    }


def _people(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_name.setdefault(row["person"], []).append(row)
    return [
        {
            "name": name,
            "count": words.counted(len(own), "email"),
            "first": own[0]["date"],
            "last": own[-1]["date"],
            "mails": own,
        }
        for name, own in sorted(by_name.items())
    ]


def _counts(mails: Sequence[RehearsedMail]) -> str:
    to_leads = [mail for mail in mails if mail.entry.new.kind == Kind.REMINDER]
    reminders = sum(len(mail.entry.new.reminders) for mail in to_leads)
    digests = sum(mail.entry.new.kind == Kind.DIGEST for mail in mails)
    told = f"{words.counted(len(to_leads), 'mail')} to leads ({words.counted(reminders, 'reminder')})"
    return f"{told} and {words.counted(digests, 'digest')}"


def _summary(mails: Sequence[RehearsedMail], out: Path) -> str:
    return f"{words.sentence(_counts(mails))}. Look at {out / _MARK}\n"
