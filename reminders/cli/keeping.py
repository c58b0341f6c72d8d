"""What is kept and for how long: `backup`, and what is held about one person: `ledger export` and `ledger erase`."""

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from reminders.cli.boards import Board, the_board
from reminders.cli.entries import ids_of, in_full_as_json, text_of, utc
from reminders.cli.exits import OK, UNSENT, USAGE, Exit
from reminders.core import words
from reminders.ledger.backup import back_up
from reminders.ledger.base import OPEN, Entry, Ledger
from reminders.ledger.opening import FILE
from reminders.wiring import look_at_directory, outbox_of


def backup(args: argparse.Namespace) -> int:
    """Copy the ledger into one new file, beside a running service."""
    board = the_board(args)
    if board.settings.ledger.url:
        raise Exit(USAGE, f"the ledger is in PostgreSQL, which copies itself: {_dump(board, args.file)}")
    ledger = board.settings.state_dir / FILE
    if not ledger.exists():
        raise Exit(USAGE, f"there is no ledger yet in {board.settings.state_dir}")
    _copy(ledger, Path(args.file), board)
    return OK


def copy_before_migrating(board: Board) -> None:
    """Copy the ledger beside itself and say how to return to it; for PostgreSQL say what makes a copy."""
    state_dir = board.settings.state_dir
    ledger = state_dir / FILE
    if board.settings.ledger.url:
        dump = _dump(board, "reminders.dump")
        sys.stdout.write(f"No copy is made of a ledger in PostgreSQL; this makes one: {dump}\n")
    elif ledger.exists():
        _copy(ledger, state_dir / f"before-migration-{board.now():%Y%m%dT%H%M%SZ}.sqlite", board)


def _dump(board: Board, file: str) -> str:
    return f"pg_dump --format=custom --file={file} '{board.settings.ledger.url}'"


def _copy(ledger: Path, copy: Path, board: Board) -> None:
    back_up(ledger, copy, board.today())
    sys.stdout.write(
        f"Copied the ledger to {copy} ({copy.stat().st_size // 1024} kB). It holds names and addresses: keep it safe.\n"
        f"To go back to it, stop the service, move {ledger} and its -wal and -shm files aside, put the copy in its "
        "place, start again, and then: python3 run.py ledger adopt\n"
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What the ledger holds about one person."""

    ids: frozenset[str]
    entries: Sequence[Entry]  # to them, or about their actions
    naming: Sequence[Entry]  # to others, with their name in the text


def export(found: Ledger, board: Board, rest: Sequence[str], _: argparse.Namespace) -> int:
    """Print all that the ledger holds about one person, as JSON."""
    name = " ".join(rest)
    held = _held_about(found, board, name)
    whole = {
        "name": name,
        "ids": sorted(held.ids),
        "made": utc(board.now()),
        "entries": [in_full_as_json(entry, found.history(entry.id)) for entry in held.entries],
        "named_in": [{"id": entry.id, "kind": entry.new.kind, "to": entry.new.name} for entry in held.naming],
    }
    json.dump(whole, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return OK


def erase(found: Ledger, board: Board, rest: Sequence[str], _: argparse.Namespace) -> int:
    """Drop what the ledger holds about one person; what was sent stays known by its keys, so nothing goes twice."""
    name = " ".join(rest)
    held = _held_about(found, board, name)
    if found.erase(held.ids, [entry.id for entry in held.naming], board.now()) is None:
        waiting = ", ".join(f"{entry.id} ({entry.state})" for entry in held.entries if entry.state in OPEN)
        raise Exit(UNSENT, f"nothing was erased: {waiting} has not ended; let it leave, or withdraw or settle it first")
    files = _remove_from_outbox(board, [*held.entries, *held.naming])
    sys.stdout.write(
        f"Erased: {words.counted(len(held.entries), 'mail')} to '{name}' or about their actions (text, name, address "
        f"and the server's answer), the text of {words.counted(len(held.naming), 'mail')} to others that named them, "
        f"{words.counted(files, 'file')} of the outbox. Keys and times stay, so that nothing is sent twice.\n"
        "Not touched: the plan and the lead directory (take the name out there, or mails go on), copies made by "
        "`backup`, rehearsals, and what the mail server keeps.\n"
    )
    return OK


def _held_about(found: Ledger, board: Board, name: str) -> _Held:
    if not name:
        raise Exit(USAGE, "name a lead, as the lead directory or the ledger has it")
    everything = found.entries()
    known = ids_called(name, board)
    named = [entry for entry in everything if entry.new.name.casefold() == name.casefold()]
    led = {person for entry in everything for person in ids_of(entry) if person.casefold() == name.casefold()}
    ids = known | led | {entry.new.person for entry in named}
    entries = [entry for entry in everything if ids & ids_of(entry)]
    if not entries:
        raise Exit(USAGE, f"the ledger holds nothing about '{name}'; write the name as the lead directory has it")
    names = {name, *(entry.new.name for entry in entries if entry.new.person in ids)}
    naming = [entry for entry in everything if entry not in entries and _names_any(entry, names)]
    return _Held(frozenset(ids), entries, naming)


def _names_any(entry: Entry, names: Collection[str]) -> bool:
    text = (text_of(entry) or "").casefold()
    return any(name.casefold() in text for name in names)


def ids_called(name: str, board: Board) -> frozenset[str]:
    """Return the id of whom the lead directory calls so; entries keep the id, whatever a person was called then."""
    directory = look_at_directory(board.settings.directory)().directory
    known = directory.resolve(name).id if directory else None
    return frozenset([known] if known else [])


def _remove_from_outbox(board: Board, entries: Sequence[Entry]) -> int:
    files = [outbox_of(board.settings) / f"{entry.key}.eml" for entry in entries]
    there = [file for file in files if file.exists()]
    for file in there:
        file.unlink()
    return len(there)
