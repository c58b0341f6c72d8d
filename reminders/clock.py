"""The only module that asks the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def real_clock() -> datetime:
    """Return now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def shifted_clock(start: datetime) -> Clock:
    """Return a clock that reads `start` now and runs on at the real pace."""
    shift = start.astimezone(UTC) - real_clock()
    return lambda: real_clock() + shift
