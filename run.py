"""Start it: python3 run.py [command], see README.md. Written so that an old Python reads on to the words for it."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older one hears it here
    sys.stderr.write(
        "This needs Python 3.11 or newer, and {} is {}.{}.\n".format(sys.executable, *sys.version_info[:2])
    )
    sys.stderr.write("Start it with a newer one, for example: python3.13 run.py\n")
    sys.exit(78)

VENV = os.path.join(os.path.dirname(os.path.abspath(__file__)), ".venv")


def hop(args: list[str]) -> None:
    """Go on in a finished .venv at once: whether it still fits is looked at there, with what is imported anyway."""
    python = os.path.join(VENV, "bin", "python")
    finished = os.path.exists(os.path.join(VENV, ".lock-sha256")) and os.path.exists(python)
    elsewhere = os.path.realpath(sys.prefix) != os.path.realpath(VENV)
    sent_back = os.environ.pop("RUN_PY_SENT_BACK", None)  # by a .venv that does not fit
    if (
        finished
        and elsewhere
        and not sent_back
        and args[:1] != ["test"]
        and not os.environ.get("REMINDERS_NO_BOOTSTRAP")
    ):
        os.execv(python, [python, *sys.orig_argv[1:]])


def main(args: list[str]) -> int:
    hop(args)
    from reminders import bootstrap

    if args[:1] == ["test"]:
        bootstrap.settle_in(bootstrap.DEV_LOCK)
        bootstrap.become_pytest(args[1:])
    bootstrap.settle_in(bootstrap.LOCK)
    from reminders.cli import main as command_line

    return command_line(args)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
