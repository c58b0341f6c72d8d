"""Commands and exit codes."""

import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from reminders.cli import output, release
from reminders.cli.arguments import parse
from reminders.cli.exits import UNWRITABLE, code_for

# Each command lives in a module of its own, imported when it is called, so that `health` stays light.
_COMMANDS = {
    "serve": ("serving", "serve"),
    "once": ("running", "once"),
    "check": ("checking", "check"),
    "plan": ("plans", "plan"),
    "rehearse": ("rehearsing", "rehearse_days"),
    "preview": ("previewing", "preview"),
    "explain": ("explaining", "explain"),
    "ledger": ("records", "ledger"),
    "health": ("wellness", "health"),
    "send-test": ("testing", "send_test"),
    "backup": ("keeping", "backup"),
    "migrate": ("records", "migrate"),
    "test": ("testing", "run_tests"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks and return the exit code; a person's mistake never shows a traceback."""
    output.make_ready()
    try:
        code = _done(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        output.let_go()  # whoever read our output has gone
        return 0
    except Exception as error:
        found = _told(error)
        if found is None:
            raise
        return found
    return code


def _done(argv: list[str]) -> int:
    try:
        args = parse(argv, release.in_words)
    except SystemExit as asked:
        return int(asked.code or 0)
    return _command(args.command)(args)


def _told(error: Exception) -> int | None:
    """Tell a person what is theirs to mend and return the exit code; None for a bug of our own."""
    unwritable = output.why_unwritable(error)
    if unwritable:
        output.let_go()
    code = UNWRITABLE if unwritable else code_for(error)
    if code is not None:
        sys.stderr.write(f"{unwritable or error}\n")
    return code


def _command(name: str) -> Callable[[Any], int]:
    module, function = _COMMANDS[name]
    gc.disable()  # nothing that is being imported is garbage; looking for some costs a tenth of a start
    try:
        command: Callable[[Any], int] = getattr(import_module(f"reminders.cli.{module}"), function)
    finally:
        gc.freeze()
        gc.enable()
    return command
