"""Measure, print the table, and with --small say by the exit code whether a ratio became worse by half."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks import footprint, mails, many_boards, parts, scale, the_run
from tests.benchmarks.measuring import Figure, over, yardstick

GROUPS = {each.GROUP: each.measure for each in (the_run, parts, mails, scale, footprint, many_boards)}
RECORDED = Path(__file__).with_name("recorded.json")
WORSE_BY = 1.5
MORE_LOOKS = 2


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py test --benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a minute's worth, compared with the recorded ratios")
    parser.add_argument("--json", type=Path, help="also write the figures into this file")
    parser.add_argument("--record", action="store_true", help="record the ratios of the small form anew")
    parser.add_argument("--only", choices=GROUPS, help="one group of figures")
    parser.add_argument("--runs", type=int, default=3, help="each figure is the median of so many")
    args = parser.parse_args(words)
    figures = _measured(args, [args.only] if args.only else list(GROUPS))
    sys.stdout.write(_machine() + "\n\n" + table(figures))
    if args.json:
        args.json.write_text(json.dumps([vars(each) for each in figures], indent=1) + "\n", "utf-8")
    if args.record:
        ratios = {
            each.name: float(f"{each.ratio:.3g}") for each in figures if each.ratio and not _hangs_on_others(each)
        }
        RECORDED.write_text(json.dumps(ratios, indent=1) + "\n", "utf-8")
    return _verdict(args, figures) if args.small else 0


def _measured(args: argparse.Namespace, groups: Iterable[str]) -> list[Figure]:
    yard = yardstick()
    figures = [figure for group in groups for figure in GROUPS[group](small=args.small, runs=args.runs)]
    return over(figures, yard)


def _hangs_on_others(figure: Figure) -> bool:
    return figure.name.endswith("wall")  # time on the clock says what else the machine did


def table(figures: Sequence[Figure]) -> str:
    lines = ["| group | what | measured | target | ratio |", "|---|---|---:|---:|---:|"]
    for each in figures:
        target = "" if each.target is None else f"{each.target:g} {each.unit}{'' if each.met else ' (missed)'}"
        ratio = "" if each.ratio is None else f"{each.ratio:.3g}"
        lines.append(f"| {each.group} | {each.name} | {each.value:.3g} {each.unit} | {target} | {ratio} |")
    return "\n".join(lines) + "\n"


def _machine() -> str:
    return f"{os.cpu_count()} processors, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def _verdict(args: argparse.Namespace, figures: Sequence[Figure]) -> int:
    """Compare with what is recorded; what looks worse is measured again, for a neighbour may have been busy."""
    recorded: Mapping[str, float] = json.loads(RECORDED.read_text("utf-8"))
    worse = _worse(figures, recorded)
    for _ in range(MORE_LOOKS):
        again = _measured(args, {each.group for each in worse})
        worse = [each for each in _worse(again, recorded) if each.name in {figure.name for figure in worse}]
    for each in worse:
        sys.stdout.write(
            f"WORSE by more than half: {each.name}: {each.ratio:.3g}, recorded {recorded[each.name]:.3g}\n"
        )
    return 1 if worse else 0


def _worse(figures: Iterable[Figure], recorded: Mapping[str, float]) -> list[Figure]:
    limit = {name: WORSE_BY * ratio for name, ratio in recorded.items()}
    return [each for each in figures if each.ratio and each.ratio > limit.get(each.name, float("inf"))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
