"""What a command works on: a board's settings, its clock, its ledger and its files, as the flags say."""

import argparse
import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from reminders.cli.exits import USAGE, Exit
from reminders.cli.judging import unknown_holidays
from reminders.cli.places import config_dir
from reminders.clock import Clock, real_clock, shifted_clock
from reminders.settings import FolderSettings, LedgerSettings, Settings, boards, load_settings


@dataclass(frozen=True, slots=True)
class Board:
    """One board's settings with the flags laid over them, and the moment a command works from."""

    name: str
    settings: Settings
    as_of: datetime | None  # where the clock was shifted to

    def clock(self) -> Clock:
        """Return the clock this command goes by."""
        return shifted_clock(self.as_of) if self.as_of else real_clock

    def now(self) -> datetime:
        """Return this moment, or the one asked for."""
        return self.as_of or real_clock()

    def today(self) -> date:
        """Return the board's local day."""
        return self.now().astimezone(ZoneInfo(self.settings.timezone)).date()


def the_boards(args: argparse.Namespace) -> tuple[Board, ...]:
    """Return the board the flags name, or all boards of the folder."""
    folder = config_dir(args.config)
    names = boards(folder)
    if args.board and args.board not in names:
        raise Exit(
            USAGE, f"--board: read '{args.board}'; write one of {', '.join(names) or '(this folder holds one board)'}"
        )
    if not names:
        return (_board(args, folder, None),)
    return tuple(_board(args, folder / name, name) for name in names if args.board in (None, name))


def the_board(args: argparse.Namespace) -> Board:
    """Return the one board a command works on."""
    found = the_boards(args)
    if len(found) > 1:
        raise Exit(USAGE, f"this folder holds several boards; add --board {' or '.join(each.name for each in found)}")
    return found[0]


def _board(args: argparse.Namespace, folder: Path, name: str | None) -> Board:
    flags = {
        "state_dir": args.state,
        "plan": getattr(args, "plan", None),
        "directory": getattr(args, "directory", None),
    }
    given = {key: value for key, value in flags.items() if isinstance(value, str)}
    settings = load_settings(folder, os.environ, flags=given, board_folder=name, judge=unknown_holidays)
    asked = getattr(args, "as_of", None)
    if asked is None:
        return Board(name or settings.board, settings, None)
    return Board(name or settings.board, _on_trial(settings, own_state=bool(args.state)), _moment(asked, settings))


def _moment(text: str, settings: Settings) -> datetime:
    zone = ZoneInfo(settings.timezone)
    try:
        if len(text) == len("2015-01-02"):
            return datetime.combine(date.fromisoformat(text), settings.send_at, tzinfo=zone).astimezone(UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Exit(USAGE, f"--as-of: read '{text}'; write 2015-01-02T08:00 or 2015-01-02") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _on_trial(settings: Settings, *, own_state: bool) -> Settings:
    """Keep a shifted clock away from the real ledger and from real mailboxes."""
    mail = settings.mail
    if mail.transport != "folder" and not (mail.transport == "smtp" and _is_loopback(mail.smtp.host or "")):
        raise Exit(
            USAGE,
            f"--as-of: the settings send by {mail.transport}; a shifted clock works only with mail.transport folder, "
            "or smtp on a loopback address",
        )
    state = settings.state_dir if own_state else settings.state_dir / "as-of"
    return replace(settings, state_dir=state, ledger=LedgerSettings(), mail=replace(mail, folder=FolderSettings()))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def day(text: str, flag: str) -> date:
    """Return a date given to a flag."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Exit(USAGE, f"{flag}: read '{text}'; write a day such as 2015-01-02") from None
