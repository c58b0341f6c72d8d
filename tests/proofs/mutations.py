"""Mutations: of the small mistakes that could be made in the rules, the tests of the rules notice nine in ten.

Each mistake is made in a process forked for it, on a copy of the tree. The tests in the file that mirrors the module
are put to it, then all others that run the function it lies in, the quick ones first, until one fails. A mistake that
breaks the import or never ends is noticed too. What mistakes are made is in `mistakes.py`.

    python -m tests.proofs.mutations [--module agenda] [--sample 60 --seed 1] [--jobs 2]
"""

import argparse
import ast
import os
import random
import resource
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import NoReturn

import coverage
import hypothesis
import pytest
from prettytable import PrettyTable, TableStyle

from tests.proofs.mistakes import Mistake, mistakes_in
from tests.proofs.scene import ROOT, CannotProve, as_command

_CORE = Path("reminders/core")
_AT_LEAST = 90  # per cent
_MEMORY = 4 << 30
_PYTEST = [
    *("-q", "-x", "-o", "addopts=", "--assert=plain", "--tb=no", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *("-p", "no:xdist", "-p", "no:randomly", "-p", "no:timeout", "-p", "no:cacheprovider"),
    *("-p", "no:unraisableexception", "-p", "no:threadexception"),  # both collect garbage, again and again
]


@dataclass(frozen=True)
class Mutant:
    """One mistake in one module, and the tests that may notice it, the likeliest first."""

    module: Path
    tree: ast.Module
    mistake: Mistake
    tests: Sequence[str]
    seconds: float  # that the tests took while they were watched

    def __str__(self) -> str:
        return f"{self.module}:{self.mistake}"


@dataclass
class Watch:
    """A pytest plugin that sees which test runs which lines, and how long each takes."""

    lines: coverage.Coverage
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        _empty_caches()  # else a test leans on what another one worked out
        self.lines.switch_context(_function(item.nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[_function(report.nodeid)] += report.duration

    def tests_of(self, module: Path) -> dict[int, set[str]]:
        """Return the tests that ran each line, of those run at import none."""
        seen = self.lines.get_data().contexts_by_lineno(str(module.resolve()))
        return {line: set(filter(None, tests)) for line, tests in seen.items()}


def _function(test: str) -> str:
    return test.partition("[")[0]


def _empty_caches() -> None:
    for name in [name for name in sys.modules if name.startswith(("reminders.", "tests."))]:
        for value in vars(sys.modules[name]).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--module", help="only modules whose path holds this, as agenda or timeframe/")
    parser.add_argument("--sample", type=int, help="so many mistakes drawn from all")
    parser.add_argument("--seed", type=int, default=1, help="which ones are drawn")
    parser.add_argument("--jobs", type=int, default=2)
    told = parser.parse_args(arguments)
    _draw_few_examples()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "tree")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "node_modules"))
        with chdir(copy):
            found = [each for each in mutants(watched()) if (told.module or "") in str(each.module)]
            if told.sample:
                found = random.Random(told.seed).sample(found, min(told.sample, len(found)))
            return report(fates(found, told.jobs))


def _draw_few_examples() -> None:
    """Let properties be tried with the same few examples each time, none of them made smaller."""
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    profile = hypothesis.settings(max_examples=25, database=None, deadline=None, derandomize=True, phases=phases)
    hypothesis.settings.register_profile("mutants", profile)
    hypothesis.settings.load_profile("mutants")


def watched() -> Watch:
    """Run all tests of the rules once, unharmed."""
    _forget_the_program()
    sys.path.insert(0, str(Path.cwd()))
    lines = coverage.Coverage(data_file=None, config_file=False, include=[f"{_CORE.resolve()}/*"])
    watch = Watch(lines)
    with lines.collect(), Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        if pytest.main([*_PYTEST, "tests/core"], plugins=[watch]):
            raise CannotProve("the tests of the rules fail as it is")
    return watch


def _forget_the_program() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in {"reminders", "tests"}]:
        del sys.modules[name]


def mutants(watch: Watch) -> Iterator[Mutant]:
    for module in sorted(_CORE.rglob("*.py")):
        by_line = watch.tests_of(module)
        own = {test for test in watch.seconds if _mirrors(test, module)}  # some call it while they are collected
        tree = ast.parse(module.read_text())
        for mistake in mistakes_in(tree):
            tests = own | _tests_of(mistake.scope, by_line) if mistake.scope else set(watch.seconds)
            here = by_line.get(mistake.line, set())
            order = sorted(tests, key=lambda test: (test not in here, watch.seconds[test]))
            yield Mutant(module, tree, mistake, order, sum(watch.seconds[test] for test in tests))


def _tests_of(lines: range, by_line: Mapping[int, set[str]]) -> set[str]:
    return {test for line in lines for test in by_line.get(line, ())}


def _mirrors(test: str, module: Path) -> bool:
    file = Path(test.partition("::")[0])
    return file.stem.removeprefix("test_") in {module.stem, module.parent.name}


def fates(found: Iterable[Mutant], jobs: int) -> Iterator[tuple[Mutant, bool]]:
    """Yield each mutant, and whether it was noticed."""
    running: dict[int, Mutant] = {}
    for mutant in found:
        if len(running) == jobs:
            yield _ended(running)
        child = os.fork()
        if not child:
            _try(mutant)
        running[child] = mutant
    while running:
        yield _ended(running)


def _ended(running: dict[int, Mutant]) -> tuple[Mutant, bool]:
    child, status = os.wait()
    return running.pop(child), status != 0


def _try(mutant: Mutant) -> NoReturn:
    """Make the mistake, run the tests, and end the process: with 0 if none failed."""
    limit = 10 + 2 * int(mutant.seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    failed = True
    try:
        failed = _is_noticed(mutant)
    finally:
        os._exit(failed)


def _is_noticed(mutant: Mutant) -> bool:
    mutant.mistake.make()
    code = compile(ast.fix_missing_locations(mutant.tree), str(mutant.module), "exec")
    sys.meta_path.insert(0, _Finder(".".join(mutant.module.with_suffix("").parts), str(mutant.module), code))
    _forget_the_program()
    own = [test for test in mutant.tests if _mirrors(test, mutant.module)]
    others = [test for test in mutant.tests if test not in own]
    return any(pytest.main([*_PYTEST, *some]) for some in (own, others) if some)


class _Harmed(SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the one it was made for
        return self._code


@dataclass(frozen=True)
class _Finder(MetaPathFinder):
    name: str
    path: str
    code: CodeType

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:  # noqa: ARG002 - as told
        if name != self.name:
            return None
        return spec_from_file_location(name, self.path, loader=_Harmed(name, self.path, self.code))


def report(found: Iterable[tuple[Mutant, bool]]) -> int:
    """Print what was not noticed, as it comes, and the figures of each module; return the exit code."""
    fates_in: defaultdict[str, list[bool]] = defaultdict(list)
    for mutant, noticed in found:
        fates_in[str(mutant.module)].append(noticed)
        if not noticed:
            sys.stdout.write(f"not noticed: {mutant}\n")
            sys.stdout.flush()
    table = PrettyTable(["module", "mistakes", "noticed", "not", "%"], align="r")
    table.align["module"] = "l"
    table.set_style(TableStyle.MARKDOWN)
    every = [noticed for fates_there in fates_in.values() for noticed in fates_there]
    for name, fates_there in (*sorted(fates_in.items()), ("all", every)):
        table.add_row(_figures(name, fates_there))
    sys.stdout.write(f"{table}\n")
    return int(sum(every) * 100 < len(every) * _AT_LEAST)


def _figures(name: str, noticed: Sequence[bool]) -> list[object]:
    count = sum(noticed)
    return [name, len(noticed), count, len(noticed) - count, f"{count / max(1, len(noticed)):.1%}"]


if __name__ == "__main__":
    as_command(main)
