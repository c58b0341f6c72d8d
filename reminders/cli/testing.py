"""`send-test` proves the way out with one mail; `test` runs this project's own tests."""

import argparse
import sys
from importlib.util import find_spec

from reminders.cli.boards import the_board
from reminders.cli.exits import OK, SETTINGS, UNREACHABLE, UNSENT, USAGE, Exit
from reminders.cli.logs import set_up_log
from reminders.core.faults import Fault, TestNotice
from reminders.core.keys import notice_key
from reminders.core.notices import Kind
from reminders.service.entering import mailbox_for_test
from reminders.transports.base import Scope, Verdict
from reminders.wiring import drawer_of, rules_of, transport_of


def send_test(args: argparse.Namespace) -> int:
    """Send one test mail to an address on the allow-list and say what the mail server answered."""
    board = the_board(args)
    settings = board.settings
    set_up_log(settings.log.level, settings.log.format, sys.stderr)
    rules = rules_of(settings, judge_clock=False)
    if not rules.allowed(args.address):
        domains = ", ".join(sorted(settings.allowed_domains))
        raise Exit(SETTINGS, f"read '{args.address}'; mail goes only to {domains} (allow_domains in the settings)")
    now = board.now()
    to = mailbox_for_test(args.address, board.today())
    moment = now.isoformat(timespec="microseconds")
    key = notice_key(
        board=rules.board, audience=rules.audience, kind=f"{Kind.TEST}:{moment}", person=to.person, day=board.today()
    )
    letter = drawer_of(settings)(TestNotice(key, rules.board, rules.audience, board.today(), to), now)
    if isinstance(letter, Fault):
        raise Exit(UNSENT, letter.lead)
    transport = transport_of(settings)
    try:
        outcome = transport.send(letter.finished, key, lambda: True)
    finally:
        transport.close()
    sys.stdout.write(f"{outcome.verdict}: {outcome.reply}\n")
    if outcome.verdict is Verdict.ACCEPTED:
        return OK
    return UNREACHABLE if outcome.scope is Scope.TRANSPORT else UNSENT


def run_tests(args: argparse.Namespace) -> int:
    """Run the tests where run.py has not done so itself: in an image without its own environment."""
    if find_spec("pytest") is None:
        raise Exit(USAGE, "the tests are no part of an installed package; run python3 run.py test in a checkout")
    import pytest

    return int(pytest.main(args.arguments))
