"""What drawing one mail costs: words, looks and bytes."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from reminders.rendering import mime
from reminders.rendering.spreadsheet import blank_fields
from tests.benchmarks.measuring import Figure, median_cpu
from tests.builders import KEY, a_reminder_notice
from tests.rendering.mails import AT, a_renderer, the_boards_digest

GROUP = "mails"
_TIMES = 100


def measure(*, small: bool, runs: int) -> Sequence[Figure]:  # noqa: ARG001 - a second's worth in either form
    renderer = a_renderer()
    reminder, digest = a_reminder_notice(), the_boards_digest()
    mail = replace(renderer.render(digest, AT).message, attachments=())
    return [
        _figure("a reminder, drawn and built", lambda: renderer.render(reminder, AT), runs, 1.0),
        _figure(
            "the board's digest, drawn and built with its spreadsheet", lambda: renderer.render(digest, AT), runs, 3.0
        ),
        _figure("the board's digest: its spreadsheet", lambda: blank_fields(digest), runs),
        _figure("the board's digest: its bytes", lambda: mime.finish(mail, KEY), runs),
    ]


def _figure(name: str, work: Callable[[], object], runs: int, target: float | None = None) -> Figure:
    work()

    def often() -> None:
        for _ in range(_TIMES):
            work()

    return Figure(GROUP, name, median_cpu(often, runs) / _TIMES * 1000, "ms", target)
