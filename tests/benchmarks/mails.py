"""What drawing one mail costs: words, looks and bytes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from statistics import median
from typing import TypeVar

from reminders.core.notices import Item, ReminderNotice
from reminders.rendering import mime
from reminders.rendering.spreadsheet import blank_fields
from tests.benchmarks.measuring import Figure, cpu_of
from tests.builders import KEY, a_reminder_notice, an_item
from tests.rendering.mails import AT, a_renderer, the_boards_digest

GROUP = "mails"
_TIMES = 100
_Made = TypeVar("_Made")


def measure(*, small: bool, runs: int) -> Sequence[Figure]:  # noqa: ARG001 - a second's worth in either form
    renderer = a_renderer()
    digest = the_boards_digest()
    mail = replace(renderer.render(digest, AT).message, attachments=())

    def draw(notice: ReminderNotice) -> None:
        renderer.render(notice, AT)

    return [
        _figure("a reminder of one action, drawn and built", partial(_reminder, 1), draw, runs, 1.0),
        _figure("a reminder of five actions, drawn and built", partial(_reminder, 5), draw, runs, 1.0),
        _figure(
            "the board's digest, drawn and built with its spreadsheet",
            lambda: digest,
            lambda each: renderer.render(each, AT),
            runs,
            3.0,
        ),
        _figure("the board's digest: its spreadsheet", lambda: digest, blank_fields, runs),
        _figure("the board's digest: its bytes", lambda: mail, lambda each: mime.finish(each, KEY), runs),
    ]


_NUMBERS = count()


def _reminder(actions: int) -> ReminderNotice:
    return a_reminder_notice(*(_item(number, next(_NUMBERS)) for number in range(1, actions + 1)))


def _item(number: int, of_all: int) -> Item:
    """Return an action worded as no other, since what is worded alike is broken into lines once."""
    wording = f"Carry out audit {of_all} of cases in which more than one agency took part, and tell the board of it"
    return an_item(f"1.{number}", action=wording, outcome=f"Outcome {of_all}: needs are met within the prescribed time")


def _figure(
    name: str, make: Callable[[], _Made], work: Callable[[_Made], object], runs: int, target: float | None = None
) -> Figure:
    work(make())  # the templates are compiled once in a process

    def often() -> float:
        made = [make() for _ in range(_TIMES)]  # new each time: a notice remembers what its words are made of
        return cpu_of(lambda: [work(each) for each in made])

    return Figure(GROUP, name, median(often() for _ in range(runs)) / _TIMES * 1000, "ms", target)
