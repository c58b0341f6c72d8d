"""Random histories: whatever the days bring, the invariants hold, as an independent oracle and a checker see it.

    python -m tests.proofs.random_histories [--rounds 1000] [--seed 1] [--variant NAME]

A history is drawn from its seed alone: the one that a violation names can be lived again with --rounds 1 --seed N.
--variant breaks the service on purpose; then violations must be found. --teeth does so with every variant, and counts
the histories until the first violation.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from reminders.ledger.base import State
from tests.proofs.broken import VARIANTS
from tests.proofs.invariants import nothing_private_is_logged, violations
from tests.proofs.life import Life, Nature, a_history, a_nature
from tests.proofs.scene import as_command, report

_FIRST_PART = 50  # histories handed to a process at once


@dataclass(frozen=True)
class Lived:
    """What came of one history."""

    seed: int
    mails: int
    copies: int
    uncertain: int
    wrong: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variant", choices=[*VARIANTS])
    parser.add_argument("--teeth", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args(arguments)
    if asked.teeth:
        return teeth(asked.seed, asked.rounds)
    seeds = range(asked.seed, asked.seed + asked.rounds)
    with ProcessPoolExecutor(asked.jobs) as pool:
        lives = [*pool.map(partial(lived, asked.variant), seeds, chunksize=min(_FIRST_PART, max(1, asked.rounds // 8)))]
    wrong = [f"seed {life.seed}: {each}" for life in lives for each in life.wrong]
    return report(f"Random histories{f', {asked.variant}' if asked.variant else ''}", figures(lives), wrong)


def teeth(seed: int, rounds: int) -> int:
    """Break the service in each way, and say how many histories it took to see it."""
    seen = {variant: first_violation(variant, seed, rounds) for variant in VARIANTS}
    blind = [f"{variant} was not seen in {rounds} histories" for variant, life in seen.items() if life is None]
    found = {
        variant: f"history {life.seed - seed + 1}: {life.wrong[0].partition(':')[0]}"
        for variant, life in seen.items()
        if life
    }
    return report("Teeth: broken on purpose, first seen in", found, blind)


def first_violation(variant: str, seed: int, rounds: int) -> Lived | None:
    lives = (lived(variant, each) for each in range(seed, seed + rounds))
    return next((life for life in lives if life.wrong), None)


def figures(lives: Sequence[Lived]) -> dict[str, object]:
    return {
        "histories": f"{len(lives)}, seeds {lives[0].seed} to {lives[-1].seed}",
        "mails": sum(life.mails for life in lives),
        "copies": f"{sum(life.copies for life in lives)}, each where nobody could know",
        "uncertain": f"{sum(life.uncertain for life in lives)} at the end of a history, waiting for a person",
        "violations": sum(bool(life.wrong) for life in lives),
    }


def lived(variant: str | None, seed: int) -> Lived:
    """Live one history, and a quiet week after it; a broken service may also break the world."""
    with tempfile.TemporaryDirectory() as folder:
        rng = Random(seed)
        nature = a_nature(rng, Path(folder) / "state")
        make: Callable[[Nature], Life] = VARIANTS[variant] if variant else Life
        life = make(nature)
        said: list[str] = []
        try:
            with nothing_private_is_logged(said):
                life.live(a_history(rng, nature))
                life.quiet_days()
            return _judged(seed, life, said)
        finally:
            life.close()


def _judged(seed: int, life: Life, said: Sequence[str]) -> Lived:
    arrived = Counter(mail.key for mail in life.transport.arrived)
    return Lived(
        seed,
        mails=sum(arrived.values()),
        copies=sum(arrived.values()) - len(arrived),
        uncertain=sum(entry.state is State.UNCERTAIN for entry in life.ledger.entries()),
        wrong=(*violations(life), *(f"logged: {line}" for line in said)),
    )


if __name__ == "__main__":
    as_command(main)
