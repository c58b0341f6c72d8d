"""The command line as typed -> what is asked for; wrong usage ends with 64 and says what is right."""

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from reminders.cli.exits import USAGE

COMMANDS = {
    "serve": "keep time; the default",
    "once": "one tick, then exit",
    "check": "read everything, render every kind of mail, and print every problem at once",
    "plan": "the plan as understood: actions, leads, deadlines, problems",
    "rehearse": "every mail between two days, into a folder with an index.html to look at",
    "preview": "one mail as it would go: HTML, text and headers side by side, on a page to look at",
    "explain": "who hears what and when, or why not",
    "ledger": "what was sent, to whom, when and why; what waits; what is uncertain",
    "health": "ask a running service whether it is well",
    "send-test": "send one test mail to an address",
    "backup": "copy the ledger into one new file, beside a running service",
    "migrate": "bring the ledger's database to this version",
    "test": "run this project's own tests (by run.py)",
}

KINDS = ("reminder", "digest", "fault", "test")  # of mail; core.notices has them too, and takes longer to import


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        sys.stderr.write(f"{self.prog}: {message}\nTry '{self.prog} --help' for help.\n")
        raise SystemExit(USAGE)


class _Version(argparse.Action):
    """Prints the version; it is looked up only then, since that takes as long as all the rest of a parse."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        look_up: Callable[[], str] = self.const
        sys.stdout.write(f"reminders {look_up()}\n")
        parser.exit()


def parse(argv: list[str], version: Callable[[], str]) -> argparse.Namespace:
    """Return what the command line asks for; `command` is serve where none is named."""
    if not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help", "--version")):
        argv = ["serve", *argv]
    parser = _Parser(prog="run.py", description="Reminds the leads of a board's business plan by e-mail.")
    parser.add_argument("--version", action=_Version, const=version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    made = {name: _command(commands, name, text) for name, text in COMMANDS.items()}
    _fill(made)
    return parser.parse_args(argv)


def _command(commands: "argparse._SubParsersAction[_Parser]", name: str, text: str) -> _Parser:
    command = commands.add_parser(name, help=text, description=text)
    command.add_argument("--config", metavar="DIR", help="folder with reminders.yaml (REMINDERS_CONFIG)")
    command.add_argument("--state", metavar="DIR", help="folder of the ledger and the outbox")
    command.add_argument("--board", metavar="NAME", help="one board, where the config folder holds several")
    return command


def _fill(made: dict[str, _Parser]) -> None:
    for name in ("serve", "once", "check", "plan", "rehearse", "preview", "explain"):
        made[name].add_argument("--plan", metavar="FILE", help="the plan, instead of the settings' one")
        made[name].add_argument("--directory", metavar="FILE", help="the lead directory, instead of the settings' one")
    for name in ("serve", "once", "check", "plan", "preview", "explain"):
        made[name].add_argument("--as-of", metavar="T", help="as if it were 2015-01-02T08:00, or that day's send_at")
    made["check"].add_argument("--connect", action="store_true", help="also log in to the mail server, mailing nothing")
    _fill_plan(made["plan"])
    _fill_rehearse(made["rehearse"])
    _fill_preview(made["preview"])
    made["explain"].add_argument("what", metavar="REF | NAME", help="an action's ref, or a lead's name")
    _fill_ledger(made["ledger"])
    made["health"].add_argument("--ready", action="store_true", help="whether it could do its work now")
    made["send-test"].add_argument("address", metavar="ADDRESS")
    made["backup"].add_argument("file", metavar="FILE", help="a file that is not there yet")
    made["migrate"].add_argument("--check", action="store_true", help="only say whether there is anything to do")
    made["test"].add_argument("arguments", nargs=argparse.REMAINDER, help="handed to pytest")


def _fill_plan(plan: _Parser) -> None:
    form = plan.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as one JSON object")
    form.add_argument("--yaml", action="store_true", help="in the form of config/plan.yaml")
    plan.add_argument("accept", nargs="?", choices=["accept"], help="accept a held reading")
    plan.add_argument("sha256", nargs="?", help="the held reading's hash, or its start")


def _fill_rehearse(rehearse: _Parser) -> None:
    rehearse.add_argument("--from", dest="first", metavar="D", required=True, help="first day, such as 2015-01-02")
    rehearse.add_argument("--to", dest="last", metavar="D", required=True, help="last day")
    rehearse.add_argument("--out", metavar="DIR", help="an empty folder, or one of an earlier rehearsal")
    rehearse.add_argument("--json", action="store_true", help="one JSON array, in order of sending")


def _fill_preview(preview: _Parser) -> None:
    preview.add_argument("kind", metavar="KIND", choices=KINDS, help=" or ".join(KINDS))
    preview.add_argument("--lead", metavar="NAME", help="whose reminder; else whoever hears first")
    preview.add_argument("--out", metavar="DIR", help="an empty folder, or one of an earlier preview")


def _fill_ledger(ledger: _Parser) -> None:
    ledger.add_argument("words", nargs="*", metavar="REF | NAME | ACTION [ID...]", help=_LEDGER_HELP)
    ledger.add_argument("--json", action="store_true", help="as one JSON array, newest last")
    ledger.add_argument("--held", action="store_true", help="with withdraw: all that is held")


_LEDGER_HELP = (
    "what was sent about a ref or to a name; or: adopt, release [ID...], withdraw ID... | --held, "
    "resend ID (uncertain, or refused by an address that is good), hold ID, export NAME, erase NAME"
)
