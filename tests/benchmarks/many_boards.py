"""A national host: three hundred boards of the example's size in one process, a tick each."""

import shutil
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.boards import QUIET
from tests.benchmarks.living import a_service
from tests.benchmarks.measuring import ROOT, Figure, cpu_of

GROUP = "boards"


def measure(*, small: bool, runs: int) -> Sequence[Figure]:
    boards = 5 if small else 300
    with tempfile.TemporaryDirectory() as place, ExitStack() as open_things:
        services = []
        for number in range(boards):
            config = Path(place) / str(number)
            shutil.copytree(ROOT / "config", config)
            services.append(open_things.enter_context(a_service(config, config / "state", QUIET)))

        def round_of_ticks() -> None:
            for service in services:
                service.tick()

        round_of_ticks()  # whatever is due leaves
        cost = statistics.median(cpu_of(round_of_ticks) for _ in range(runs))
    figures = [Figure(GROUP, "a board's tick with nothing due", cost / boards * 1000, "ms", 20.0)]
    return figures if small else [*figures, Figure(GROUP, f"{boards} boards, a tick each", cost, "s", 3.0)]
