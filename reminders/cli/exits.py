"""The exit codes, and which one counts when several apply."""

from collections.abc import Iterable

OK = 0
UNSENT = 1  # something owed was not sent, or the plan is held
USAGE = 64
NO_PLAN = 65
UNREACHABLE = 69
UNWRITABLE = 73
BUSY = 75
SETTINGS = 78

_BY_WEIGHT = (SETTINGS, UNWRITABLE, BUSY, NO_PLAN, UNREACHABLE, USAGE, UNSENT, OK)


class Exit(Exception):  # noqa: N818 - it is an end, not an error of ours
    """A command's end with a code and a sentence for the person who called it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def gravest(codes: Iterable[int]) -> int:
    """Return the code that counts when several apply; 0 when none does."""
    return min(codes, key=_BY_WEIGHT.index, default=OK)


def code_for(error: Exception) -> int | None:
    """Return the exit code of an error that is a person's to mend, or None for a bug of our own."""
    if isinstance(error, Exit):
        return error.code
    # By name, so that nothing heavy is imported only to be compared with.
    return {
        "SettingsError": SETTINGS,
        "LedgerRefused": SETTINGS,
        "LedgerBusy": BUSY,
        "LedgerUnwritable": UNWRITABLE,
        "LedgerUnreachable": UNREACHABLE,
        "LedgerLost": UNREACHABLE,
        "Unreadable": NO_PLAN,
        "MayPass": NO_PLAN,
    }.get(type(error).__name__)
