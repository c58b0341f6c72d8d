"""`rehearse`: every mail between two days, as files and as one page to look at."""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from reminders.cli.boards import Board, day, the_board
from reminders.cli.exits import NO_PLAN, OK, UNWRITABLE, USAGE, Exit
from reminders.cli.reading import read_all
from reminders.core import words
from reminders.ledger.opening import open_ledger
from reminders.rehearsal import RehearsedMail, rehearse
from reminders.rendering.pages import render_page
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
    _make_room(out)
    ledger = open_ledger(Path(), None, board=board.settings.board, lock=False, scratch=True)
    try:
        mails = list(rehearse(build_rehearsal(board.settings, ledger, first), first, last))
    finally:
        ledger.close()
    told = [_write(out, number, mail) for number, mail in enumerate(mails, start=1)]
    _write_index(out, board, told, (args.first, args.last))
    if args.json:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_summary(mails, out))
    return OK


def _make_room(out: Path) -> None:
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = list(out.iterdir())
    except OSError as error:
        raise Exit(UNWRITABLE, f"--out: {out} cannot be written ({error.strerror})") from error
    if there and not (out / _MARK).is_file():
        raise Exit(USAGE, f"--out: {out} holds something else; name an empty folder, or one of an earlier rehearsal")
    for old in there:
        if old.suffix in (".eml", ".html"):
            old.unlink()


def _write(out: Path, number: int, mail: RehearsedMail) -> dict[str, Any]:
    entry = mail.entry
    stem = f"{number:04}-{entry.new.kind}-{_NOT_IN_FILE_NAMES.sub('-', entry.new.person)}"
    (out / f"{stem}.eml").write_bytes(entry.new.mime)
    (out / f"{stem}.html").write_text(_html(entry.new.mime), encoding="utf-8")
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


def _html(mime: bytes) -> str:
    part = message_from_bytes(mime, policy=policy.default).get_body(("html", "plain"))
    return str(part.get_content()) if part else ""


def _write_index(out: Path, board: Board, told: Sequence[dict[str, Any]], days: tuple[str, str]) -> None:
    people = sorted({each["person"] for each in told})
    page = render_page(
        "rehearsal.html", board=board.settings.board, first=days[0], last=days[1], mails=told, people=people
    )
    (out / _MARK).write_text(page, encoding="utf-8")


def _summary(mails: Sequence[RehearsedMail], out: Path) -> str:
    to_leads = [mail for mail in mails if mail.entry.new.kind == "reminder"]
    reminders = sum(len(mail.entry.new.reminders) for mail in to_leads)
    digests = sum(mail.entry.new.kind == "digest" for mail in mails)
    told = f"{words.counted(len(to_leads), 'mail')} to leads ({words.counted(reminders, 'reminder')})"
    return f"{words.sentence(told)} and {words.counted(digests, 'digest')}. Look at {out / _MARK}\n"
