"""The parts of a tick, each alone: reading, the agenda, the ledger, the status page."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from reminders.core.agenda import Memory, draw_up_agenda
from reminders.core.directory import Directory
from reminders.core.plan import WrittenPlan, WrittenRow, WrittenTheme, understand
from reminders.core.policy import Audience, Policy
from reminders.core.timeframe import DateReading
from reminders.ledger.base import Ledger, Settlement, State
from reminders.ledger.opening import open_ledger
from reminders.sources import files
from reminders.status.health import Pulse
from reminders.status.page import make_app
from tests.benchmarks.boards import plan_csv, plan_yaml, rows, write_excel, write_word
from tests.benchmarks.measuring import Figure, median_cpu
from tests.builders import a_person
from tests.ledger.builders import KINDS, LEASE, NOW, a_new_entry
from tests.postgres import a_server

GROUP = "parts"
NOBODY_ELSE = Memory("A board", Audience.LIVE, {})


def measure(*, small: bool, runs: int) -> Sequence[Figure]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        figures = [
            *_reading(folder, runs),
            _agenda(2_000 if small else 100_000, 1 if not small else runs),
        ]
        figures += _ledger("SQLite", folder / "state", None, 20 if small else 200)
        if not small:
            with a_server() as server, server.database() as url:
                figures += _ledger("PostgreSQL", folder / "server", url, 200)
    return [*figures, _page(runs)]


def _reading(folder: Path, runs: int) -> Iterator[Figure]:
    (folder / "plan.yaml").write_text(plan_yaml(500, 100), "utf-8")
    (folder / "plan.csv").write_text(plan_csv(500, 100), "utf-8")
    write_excel(folder / "plan.xlsx", 500, 100)
    write_word(folder / "plan.docx", 500, 100)
    for name, ending, target in (
        ("Word", "docx", 0.3),
        ("Excel", "xlsx", 0.8),
        ("CSV", "csv", None),
        ("YAML", "yaml", None),
    ):
        path = folder / f"plan.{ending}"
        assert sum(len(theme.rows) for theme in files.read_plan(path)[1].themes) == 500
        yield Figure(
            GROUP, f"reading 500 actions, {name}", median_cpu(partial(files.read_plan, path), runs), "s", target
        )


def _agenda(actions: int, runs: int) -> Figure:
    directory = Directory([a_person(f"Lead {number}") for number in range(1, 1_001)], ())
    by_theme = groupby(rows(actions, 1_000), key=itemgetter(0))  # more than any file may hold
    themes = (
        WrittenTheme("", f"Theme {number}", number, tuple(WrittenRow(cells["ref"], **cells) for _, cells in mine))
        for number, mine in by_theme
    )
    written = WrittenPlan("Business Plan 2015 - 2017", (), tuple(themes))
    plan = understand(written, directory, Policy(), DateReading(), lambda _: True)
    day = date(2015, 1, 2)
    cost = median_cpu(lambda: draw_up_agenda(plan, directory, Policy(), day, NOBODY_ELSE), runs)
    return Figure(GROUP, f"agenda of {actions} actions", cost, "s")


def _ledger(kind: str, folder: Path, url: str | None, mails: int) -> Iterator[Figure]:
    ledger = open_ledger(folder, url, board="A board", lock=False)
    news = [a_new_entry(number) for number in range(mails)]
    yield _each(kind, "entered", mails, lambda: ledger.enter(news, NOW))
    yield _each(kind, "from claim to answer", mails, lambda: _send_all(ledger))
    yield _each(kind, "asked how it stands", mails, lambda: [ledger.entry(1) for _ in range(mails)])
    ledger.close()


def _each(kind: str, what: str, mails: int, do: Callable[[], object]) -> Figure:
    return Figure(GROUP, f"ledger on {kind}, a mail {what}", median_cpu(do, 1) / mails * 1000, "ms")


def _send_all(ledger: Ledger) -> None:
    while entry := ledger.claim("live", KINDS, NOW, LEASE):
        ledger.transmitting(entry, NOW + timedelta(seconds=1))
        ledger.settle(entry, Settlement(State.SENT, reply="250 ok"), NOW + timedelta(seconds=1))


def _page(runs: int) -> Figure:
    visitor = make_app([Pulse(60)], lambda: (b"", "text/plain")).test_client()
    visitor.get("/healthz")
    return Figure(
        GROUP, "health endpoint", median_cpu(lambda: [visitor.get("/healthz") for _ in range(50)], runs) * 20, "ms"
    )
