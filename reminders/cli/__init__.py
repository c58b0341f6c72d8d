"""Commands and exit codes."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from reminders.cli import release
from reminders.cli.arguments import parse
from reminders.cli.exits import code_for

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
    try:
        args = parse(list(sys.argv[1:] if argv is None else argv), release.in_words)
    except SystemExit as asked:
        return int(asked.code or 0)
    try:
        code = _command(args.command)(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read our output has gone
        return 0
    except Exception as error:
        found = code_for(error)
        if found is None:
            raise
        sys.stderr.write(f"{error}\n")
        return found
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
