"""`ledger`: what was sent, what waits, and what a person decides about it; `migrate`."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from reminders.cli import keeping
from reminders.cli.boards import Board, the_board
from reminders.cli.entries import about, as_json, in_full, line
from reminders.cli.exits import OK, UNSENT, USAGE, Exit
from reminders.cli.reading import ledger_beside
from reminders.core import words
from reminders.core.notices import Kind
from reminders.core.policy import Reason
from reminders.ledger.base import Entry, Ledger, Settlement, State
from reminders.ledger.opening import open_ledger, pending_migrations
from reminders.status.entry_words import to_do
from reminders.wiring import audience_of, ledger_url, rules_of

_ADDRESS_HOLDS = (Reason.OFF_ALLOW_LIST, Reason.BAD_ADDRESS)


def ledger(args: argparse.Namespace) -> int:
    """Show the ledger, or do what a person decided about its entries."""
    board = the_board(args)
    verb, rest = (args.words[0], args.words[1:]) if args.words else ("", [])
    deed = _DEEDS.get(verb)
    if args.held and verb != "withdraw":
        raise Exit(USAGE, "--held goes with: ledger withdraw")
    if deed:
        with _existing(board, create=verb == "adopt") as found:
            return deed(found, board, rest, args)
    with ledger_beside(board) as found_or_none:
        return _show(found_or_none, " ".join(args.words), board, as_array=args.json)


@contextmanager
def _existing(board: Board, *, create: bool) -> Iterator[Ledger]:
    settings = board.settings
    found = open_ledger(
        settings.state_dir, ledger_url(settings), board=settings.board, lock=False, create=create, actor="operator"
    )
    if found is None:
        raise Exit(USAGE, f"there is no ledger yet in {settings.state_dir}")
    try:
        yield found
    finally:
        found.close()


def _show(ledger: Ledger | None, asked: str, board: Board, *, as_array: bool) -> int:
    entries = ledger.entries() if ledger else ()
    found = about(entries, asked, keeping.ids_called(asked, board)) if asked else entries
    if asked and not found:
        raise Exit(USAGE, f"the ledger holds nothing about '{asked}'; write a ref such as 2.4, or a lead's name")
    if as_array:
        json.dump([as_json(entry) for entry in found], sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return OK
    sys.stdout.write("\n".join(_lines(ledger, found, asked, ZoneInfo(board.settings.timezone))) + "\n")
    return OK


def _lines(ledger: Ledger | None, found: Sequence[Entry], asked: str, zone: ZoneInfo) -> Iterator[str]:
    if ledger is None or not found:
        yield "The ledger holds nothing yet."
    elif asked in {found[0].key, str(found[0].id)}:
        yield from in_full(found[0], ledger.history(found[0].id), zone)
    else:
        for entry in found:
            yield line(entry, zone)
            yield from (f"       {step}" for step in to_do(entry))
        yield f"To see one in full: python3 run.py ledger {found[-1].id}"


# What a person decides.


def _adopt(found: Ledger, board: Board, rest: Sequence[str], _: argparse.Namespace) -> int:
    if rest:
        raise Exit(USAGE, "ledger adopt takes no words after it")
    taken = found.adopt(board.today(), board.now())
    today = words.full_date(board.today())
    sys.stdout.write(
        f"Adopted: {words.counted(taken, 'reminder')} of the journal count as told, as does all before {today}.\n"
    )
    return OK


def _release(found: Ledger, board: Board, rest: Sequence[str], _: argparse.Namespace) -> int:
    rules = rules_of(board.settings, judge_clock=False)
    held = _chosen(found, rest, State.HELD) if rest else _held(found, board)
    kept = [entry for entry in held if entry.reason in _ADDRESS_HOLDS]
    for entry in kept:
        sys.stderr.write(f"{entry.id} stays held: {entry.reason}; correct the address in the lead directory\n")
    let_go = [entry for entry in held if entry not in kept]
    done = [found.release(entry, rules.end_of(board.today()), board.now()) for entry in let_go]
    sys.stdout.write(f"{words.sentence(words.counted(sum(done), 'mail'))} released; they go with the next tick.\n")
    return UNSENT if kept else OK


def _withdraw(found: Ledger, board: Board, rest: Sequence[str], args: argparse.Namespace) -> int:
    if bool(rest) == bool(args.held):
        raise Exit(USAGE, "ledger withdraw: name the entries' numbers, or write --held for all that is held")
    entries = _held(found, board) if args.held else _chosen(found, rest, None)
    done = [found.end(entry, State.WITHDRAWN, Reason.NOT_RESENT, board.now()) for entry in entries]
    sys.stdout.write(f"{words.sentence(words.counted(sum(done), 'mail'))} withdrawn; what they say counts as told.\n")
    return OK if all(done) else UNSENT


def _resend(found: Ledger, board: Board, rest: Sequence[str], _: argparse.Namespace) -> int:
    entry = _one(found, rest)
    if _kept_by_its_address(entry):
        return _trust_its_address(found, board, entry)
    rules = rules_of(board.settings, judge_clock=False)
    again = Settlement(State.PLANNED, None, "a person said: send it again", released_until=rules.end_of(board.today()))
    return _settle_uncertain(found, board, entry, again, "goes once more with the next tick")


def _kept_by_its_address(entry: Entry) -> bool:
    is_held = entry.state is State.HELD and entry.reason == Reason.BAD_ADDRESS
    return entry.new.kind == Kind.REMINDER and (entry.refused or is_held)


def _trust_its_address(found: Ledger, board: Board, entry: Entry) -> int:
    """Let what is owed go to an address that a server refused, because a person says that it is good."""
    found.trust(entry.new.address, board.now())
    sys.stdout.write(
        f"{entry.new.address} counts as good again. What is still owed to {entry.new.name} goes with the next tick, "
        "or on the next working day where an email was drawn up for them today.\n"
    )
    return OK


def _hold(found: Ledger, board: Board, rest: Sequence[str], _: argparse.Namespace) -> int:
    never = Settlement(State.FAILED, Reason.NOT_RESENT, "a person said: not again")
    return _settle_uncertain(found, board, _one(found, rest), never, "is not sent again")


def _one(found: Ledger, rest: Sequence[str]) -> Entry:
    if len(rest) != 1:
        raise Exit(USAGE, "name the number of one entry, see: python3 run.py ledger")
    (entry,) = _chosen(found, rest, None)
    return entry


def _settle_uncertain(found: Ledger, board: Board, entry: Entry, end: Settlement, told: str) -> int:
    if entry.state is not State.UNCERTAIN:
        raise Exit(USAGE, f"{entry.id} is {entry.state}, not {State.UNCERTAIN}")
    if not found.settle(entry, end, board.now()):
        raise Exit(UNSENT, f"{entry.id} has moved on; look again")
    sys.stdout.write(f"{entry.id} {told}.\n")
    return OK


def _held(found: Ledger, board: Board) -> list[Entry]:
    return [entry for entry in found.open_entries(audience_of(board.settings)) if entry.state is State.HELD]


def _chosen(found: Ledger, ids: Iterable[str], state: State | None) -> list[Entry]:
    chosen = []
    for word in ids:
        entry = found.entry(int(word)) if word.isdigit() else None
        if entry is None:
            raise Exit(USAGE, f"read '{word}'; write the number of an entry, see: python3 run.py ledger")
        if state and entry.state is not state:
            raise Exit(USAGE, f"{entry.id} is {entry.state}, not {state}")
        chosen.append(entry)
    return chosen


_DEEDS: dict[str, Callable[[Ledger, Board, Sequence[str], argparse.Namespace], int]] = {
    "adopt": _adopt,
    "release": _release,
    "withdraw": _withdraw,
    "resend": _resend,
    "hold": _hold,
    "export": keeping.export,
    "erase": keeping.erase,
}


def migrate(args: argparse.Namespace) -> int:
    """Bring the ledger's database to this version, or only say whether there is anything to do."""
    board = the_board(args)
    settings = board.settings
    waiting = pending_migrations(settings.state_dir, ledger_url(settings))
    if args.check:
        sys.stdout.write(f"{words.sentence(words.counted(len(waiting), 'migration'))} to do.\n")
        return UNSENT if waiting else OK
    if waiting:
        keeping.copy_before_migrating(board)
    open_ledger(settings.state_dir, ledger_url(settings), board=settings.board, lock=True).close()
    sys.stdout.write(f"{words.sentence(words.counted(len(waiting), 'migration'))} done.\n")
    return OK
