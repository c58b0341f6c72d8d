"""`check`: everything is read, every kind of mail is drawn, and every problem is printed at once; nothing is sent."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from reminders.cli import exits
from reminders.cli.boards import Board, the_boards
from reminders.cli.places import config_dir
from reminders.cli.plan_text import problem_lines
from reminders.cli.reading import ledger_beside
from reminders.cli.reports import plan_in_counts
from reminders.core import faults
from reminders.core.agenda import Memory, draw_up_agenda
from reminders.core.digest import History, draw_up_digest
from reminders.core.directory import Directory
from reminders.core.faults import Fault, TestNotice
from reminders.core.keys import notice_key
from reminders.core.notices import Kind, gather_notices
from reminders.core.plan import Plan
from reminders.core.policy import Policy
from reminders.ledger.base import Ledger, LedgerFault
from reminders.service.readings import judge
from reminders.service.values import Notice, Rules
from reminders.settings import SettingsError, settings_in_force
from reminders.wiring import drawer_of, look_at_directory, look_at_plan, rules_of, template_faults, transport_of

Say = Callable[[str], object]


def check(args: argparse.Namespace) -> int:
    """Read everything as the service would and print what is in force and what is wrong."""
    try:
        boards = the_boards(args)
    except SettingsError as mistakes:
        return _without_settings(args, mistakes)
    return exits.gravest(_Check(board, connect=args.connect).run() for board in boards)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _without_settings(args: argparse.Namespace, mistakes: SettingsError) -> int:
    """Name the mistakes of the files beside bad settings too, so that a person mends all in one go."""
    folder = config_dir(args.config)
    plan = look_at_plan(Path(args.plan or folder / "plan.yaml"))()
    directory = look_at_directory(Path(args.directory or folder / "directory.yaml"))()
    _say("Settings that cannot be used:")
    for line in mistakes.mistakes:
        _say(f"  {line}")
    for title, found in (("plan", plan.mistakes), ("lead directory", directory.mistakes)):
        if found:
            _say(f"The {title} cannot be read:")
        for line in found:
            _say(f"  {line}")
    return exits.SETTINGS


class _Check:
    """One board's check; each step prints what it finds and yields the exit codes it means."""

    def __init__(self, board: Board, *, connect: bool) -> None:
        self._board = board
        self._connect = connect
        self._rules = rules_of(board.settings, judge_clock=False)
        self._lines: set[str] = set()  # of template faults: many mails of one template have the same

    def run(self) -> int:
        _say("Settings in force:")
        for key, value in settings_in_force(self._board.settings):
            _say(f"  {key}: {value}")
        return exits.gravest([*self._state(), *self._transport(), *self._templates(), *self._files()])

    def _state(self) -> Iterator[int]:
        state = self._board.settings.state_dir
        there = next(folder for folder in (state, *state.parents) if folder.exists())
        if not os.access(there, os.W_OK | os.X_OK):
            facts = there.stat()
            _say(
                f"The state folder {state} cannot be written: {there} belongs to user {facts.st_uid} with mode "
                f"{facts.st_mode & 0o7777:04o}, and this runs as user {os.geteuid()}"
            )
            yield exits.UNWRITABLE

    def _transport(self) -> Iterator[int]:
        if self._connect:
            transport = transport_of(self._board.settings)
            health = transport.check()
            transport.close()
            _say(f"Mail by {transport.name}: {health.detail}")
            for sentence in health.to_do:
                _say(f"  To do: {sentence}")
            yield exits.OK if health.well else exits.UNREACHABLE

    def _files(self) -> Iterator[int]:
        directory = look_at_directory(self._board.settings.directory)()
        for line in directory.mistakes:
            _say(f"The lead directory cannot be read: {line}")
        if directory.directory is None:
            yield exits.NO_PLAN
        try:
            with ledger_beside(self._board) as ledger:
                yield from self._plan(directory.directory or Directory((), ()), ledger)
        except LedgerFault as fault:
            _say(str(fault))
            yield exits.SETTINGS

    def _plan(self, directory: Directory, ledger: Ledger | None) -> Iterator[int]:
        look = look_at_plan(self._board.settings.plan)()
        judgement = judge(look, directory, self._rules, ledger)
        for line in look.mistakes:
            _say(f"The plan cannot be read: {line}")
        if judgement.why:
            _say(f"The plan is held: {judgement.why}. Accept it with: python3 run.py plan accept")
        if judgement.plan is None or judgement.why:
            yield exits.NO_PLAN
        if judgement.plan:
            yield from self._whole(judgement.plan, directory, ledger)

    def _whole(self, plan: Plan, directory: Directory, ledger: Ledger | None) -> Iterator[int]:
        if directory.people or directory.groups:
            _say(plan_in_counts(plan))
            for line in problem_lines(plan.problems):
                _say(line)
        for line in _overrides_of_nothing(plan, self._rules.policy):
            _say(line)
        for line in _renamed(ledger, directory, self._rules):
            _say(line)
        if ledger and (lost := ledger.lost()):
            _say(f"Nothing is sent: {lost}")
            yield exits.UNREACHABLE
        yield from self._drawn(plan, directory)

    def _templates(self) -> Iterator[int]:
        yield self._told(template_faults(self._board.settings))

    def _told(self, found: Sequence[Fault]) -> int:
        for line in [f"{fault.headline}: {fault.lead}" for fault in found]:
            if line not in self._lines:
                _say(line)
            self._lines.add(line)
        return exits.SETTINGS if found else exits.OK

    def _drawn(self, plan: Plan, directory: Directory) -> Iterator[int]:
        draw = drawer_of(self._board.settings)
        kinds = set()
        for notice in _samples(plan, directory, self._rules, self._board):
            letter = draw(notice, self._board.now())
            found = (letter,) if isinstance(letter, Fault) else letter.faults
            kinds.add(str(notice.kind))
            yield self._told(found)
        _say(f"Drawn without sending: {', '.join(sorted(kinds))}.")


def _overrides_of_nothing(plan: Plan, policy: Policy) -> Iterator[str]:
    refs = {action.ref for action in plan.numbered if action.ref}
    themes = {str(theme.number) for theme in plan.themes}
    overridden = (("action", policy.action_overrides, refs), ("theme", policy.theme_overrides, themes))
    for noun, overrides, there in overridden:
        for name in sorted(overrides.keys() - there):
            near = get_close_matches(name, sorted(there), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield f"overrides.{noun}s.{name} changes nothing: the plan has no {noun} {name}{hint}"


def _renamed(ledger: Ledger | None, directory: Directory, rules: Rules) -> Iterator[str]:
    entries = ledger.entries(rules.audience) if ledger else ()
    heard = {each.person for entry in entries for each in entry.new.reminders}
    for person in sorted(person for person in heard if directory.who(person) is None):
        yield (
            f"{person} was written to before and is not in the lead directory any more. If the name was changed, "
            f"write id: {person} under the new one, so that nobody is reminded twice"
        )


def _samples(plan: Plan, directory: Directory, rules: Rules, board: Board) -> Iterator[Notice]:
    """Yield notices of every kind, made of this very plan."""
    memory = Memory(rules.board, rules.audience, {})
    days = {board.today()}
    for deadline in [day for action in plan.actions for day in action.timeframe.deadlines][:1]:
        days |= {rules.policy.send_day(deadline, offset) for offset in rules.policy.offsets}
    for day in sorted(days):
        agenda = draw_up_agenda(plan, directory, rules.policy, day, memory)
        yield from gather_notices(agenda, plan, board=rules.board, audience=rules.audience, keys={})
        yield draw_up_digest(
            plan,
            rules.policy,
            agenda,
            History(),
            board=rules.board,
            audience=rules.audience,
            to=rules.managers[0],
            first_day=day,
            plan_note=None,
        )
    broken = [faults.cap_passed(2, 1), faults.transport_down("smtp", "421", "come back later")]
    yield from faults.draw_up_faults(
        broken, rules.readers, board=rules.board, audience=rules.audience, today=board.today()
    )
    key = notice_key(board=rules.board, audience=rules.audience, kind=Kind.TEST, person="ops", day=board.today())
    yield TestNotice(key, rules.board, rules.audience, board.today(), rules.ops)
