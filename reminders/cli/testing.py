"""`send-test` proves the way out with a mail or two; `test` runs this project's own tests."""

import argparse
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes
from email.utils import parseaddr
from importlib.util import find_spec

from reminders.cli.boards import Board, the_board
from reminders.cli.exits import OK, SETTINGS, UNREACHABLE, UNSENT, USAGE, Exit, gravest
from reminders.cli.logs import set_up_log
from reminders.core.faults import Fault, TestNotice
from reminders.core.keys import notice_key
from reminders.core.notices import Kind
from reminders.service.entering import mailbox_for_test
from reminders.settings import is_address
from reminders.transports.base import Outcome, ReadableMailbox, Scope, Transport, Verdict
from reminders.wiring import drawer_of, rules_of, transport_of

_ASKED = 10  # times our own inbox is looked at
_BETWEEN = 3.0  # seconds between two looks

_MEANS = {
    "X-Reminder-Key": "bounces are matched by the Message-ID alone",
    "Message-ID": "the key counts instead",
    "Auto-Submitted": "X-Auto-Response-Suppress alone asks for no automatic replies",
    "X-Auto-Response-Suppress": "out-of-office replies may come back",
    "In-Reply-To": "mail programs may not group the mails",
    "References": "mail programs may not group the mails",
    "List-Id": "nobody can file the mails by it; by the sender they can",
    "Reply-To": "answers come to the mailbox itself",
}


def send_test(args: argparse.Namespace) -> int:
    """Send one test mail to an address on the allow-list and say what the mail server answered.

    Where the mailbox we send from can be read, a second one goes to it, to see which header fields arrive.
    """
    if not is_address(args.address):
        raise Exit(USAGE, f"read '{args.address}'; write one e-mail address such as m.evans@westberks.example")
    board = the_board(args)
    set_up_log(board.settings.log.level, board.settings.log.format, sys.stderr)
    transport = transport_of(board.settings)
    try:
        return try_out(board, transport, args.address, threading.Event().wait)
    finally:
        transport.close()


def try_out(board: Board, transport: Transport, address: str, wait: Callable[[float], object]) -> int:
    """Send the test mails and print what became of them; return the exit code."""
    trial = _Trial(board, transport, wait)
    code = trial.write_to(address)
    if code != OK or not isinstance(transport, ReadableMailbox):
        return code
    return gravest([code, trial.write_to_ourselves(transport)])


def run_tests(args: argparse.Namespace) -> int:
    """Run the tests where run.py has not done so itself: in an image without its own environment."""
    if find_spec("pytest") is None:
        raise Exit(USAGE, "the tests are no part of an installed package; run python3 run.py test in a checkout")
    import pytest

    return int(pytest.main(args.arguments))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


class _Trial:
    """Test mails of one board; each goes where the allow-list and redirect_to let it."""

    def __init__(self, board: Board, transport: Transport, wait: Callable[[float], object]) -> None:
        self._board = board
        self._rules = rules_of(board.settings, judge_clock=False)
        self._transport = transport
        self._wait = wait

    def write_to(self, address: str) -> int:
        self._refuse_strangers(address)
        if self._rules.redirect_to:
            _say("mail.redirect_to is set: the mail goes there instead.")
        outcome, _ = self._send(address)
        _say(f"{outcome.verdict}: {outcome.reply}")
        return _code(outcome)

    def write_to_ourselves(self, mailbox: ReadableMailbox) -> int:
        ours = self._rules.mailbox
        if self._rules.redirect_to or not self._rules.allowed(ours):
            _say("Which header fields arrive is not tried: redirect_to or allow_domains keeps mail from mail.from.")
            return OK
        outcome, mail = self._send(ours)
        _say(f"To the mailbox itself: {outcome.verdict}: {outcome.reply}")
        if outcome.verdict is Verdict.ACCEPTED:
            for line in self._what_arrived(mail, mailbox):
                _say(line)
        return _code(outcome)

    def _refuse_strangers(self, address: str) -> None:
        for each in (address, self._rules.envelope(address)):
            if not self._rules.allowed(each):
                domains = ", ".join(sorted(self._board.settings.allowed_domains))
                raise Exit(SETTINGS, f"read '{each}'; mail goes only to {domains} (allow_domains in the settings)")

    def _send(self, address: str) -> tuple[Outcome, Mapping[str, str]]:
        """Return what became of a mail, and its header fields."""
        rules, now, today = self._rules, self._board.now(), self._board.today()
        kind = f"{Kind.TEST}:{now.isoformat(timespec='microseconds')}"
        key = notice_key(board=rules.board, audience=rules.audience, kind=kind, person=address, day=today)
        notice = TestNotice(key, rules.board, rules.audience, today, mailbox_for_test(address, today))
        letter = drawer_of(self._board.settings)(notice, now)
        if isinstance(letter, Fault):
            raise Exit(UNSENT, letter.lead)
        fields = dict(message_from_bytes(letter.finished.mime).items())
        return self._transport.send(letter.finished, key, lambda: True), fields

    def _what_arrived(self, mail: Mapping[str, str], mailbox: ReadableMailbox) -> Iterator[str]:
        came = self._come_in(mail["X-Reminder-Key"], mailbox)
        if came is None:
            yield f"It did not come in within {_ASKED * _BETWEEN:g} seconds, or the inbox may not be read."
            return
        fields = {name.lower(): value for name, value in came.items()}
        yield "It came in. Of the header fields that count:"
        for name, means in _MEANS.items():
            fate = _fate(mail[name], fields.get(name.lower()))
            yield f"  {name}: {fate}" if fate == "kept" else f"  {name}: {fate}; {means}"

    def _come_in(self, key: str, mailbox: ReadableMailbox) -> Mapping[str, str] | None:
        for _ in range(_ASKED):
            self._wait(_BETWEEN)
            if (came := mailbox.arrived(key)) is not None:
                return came
        return None


def _code(outcome: Outcome) -> int:
    if outcome.verdict is Verdict.ACCEPTED:
        return OK
    return UNREACHABLE if outcome.scope is Scope.TRANSPORT else UNSENT


def _fate(sent: str, came: str | None) -> str:
    if came is None:
        return "lost"
    return "kept" if _meant(sent) == _meant(came) else "changed"


def _meant(value: str) -> str:
    """Return a header's value without what servers may rewrite in passing: folding, and the name beside an address."""
    address = parseaddr(value)[1]
    return address.lower() if "@" in address else " ".join(value.split())
