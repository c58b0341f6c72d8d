"""Start it: python3 run.py [command], see README.md. Written so that an old Python reads on to the words for it."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older one hears it here
    sys.stderr.write(
        "This needs Python 3.11 or newer, and {} is {}.{}.\n".format(sys.executable, *sys.version_info[:2])
    )
    sys.stderr.write("Start it with a newer one, for example: python3.13 run.py\n")
    sys.exit(78)

from reminders import bootstrap


def main(args: list[str]) -> int:
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
