"""What mistakes are made, and that one which no test notices is told."""

import ast
from pathlib import Path

import pytest

from tests.proofs import mutations
from tests.proofs.mistakes import mistakes_in


def made(text):
    """Give the text anew with each mistake in turn."""
    texts = []
    for place in range(len([*mistakes_in(ast.parse(text))])):
        tree = ast.parse(text)
        [*mistakes_in(tree)][place].make()
        texts.append(ast.unparse(ast.fix_missing_locations(tree)))
    return texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a < b <= c", ["x = a <= b <= c", "x = a < b < c"]),
        ("x = a is not b", ["x = a is b"]),
        ("x = a and b", ["x = a or b"]),
        ("x = a + b", ["x = a - b"]),
        ("x += y", ["x -= y"]),
        ("x = not a", ["x = a"]),
        ("x = 4", ["x = 5"]),
        ("x = True", ["x = False"]),
        ("x = 'month'", ["x = 'XX'"]),
        ("x = a if b else c", ["x = a if True else c", "x = a if False else c"]),
        ("x = [a for a in b if c]", ["x = [a for a in b]"]),
        ("x = min(a, default=b)", ["x = min(a)"]),
        ("x = a.get(b, c)", ["x = a.get(b)"]),
        ("x = {a, b}", []),
        ("x = (1.5, 2.5, 3.5)", ["x = (2.5, 3.5)", "x = (1.5, 3.5)", "x = (1.5, 2.5)"]),
        ("x = {a: b, c: d}", ["x = {c: d}", "x = {a: b}"]),
        ("f(x)", ["pass"]),
    ],
)
def test_each_kind_of_mistake_is_made_one_at_a_time(text, expected):
    assert made(text) == expected


def test_a_function_may_return_nothing():
    assert made("def f():\n    return x") == ["def f():\n    return None"]


@pytest.mark.parametrize(
    "text",
    [
        '"""A docstring."""',
        "import this",
        "x: Literal['day']",
        "X: TypeAlias = int | None",
        "@dataclass(frozen=True)\nclass A:\n    x: int",
        "__all__ = ['a', 'b', 'c']",
        "x = 'Prose with blanks'",
        "x = f'{y}prose{z:02}'",
        "def f():\n    return None",
    ],
)
def test_what_decides_nothing_is_left_alone(text):
    assert made(text) == []


def test_a_mistake_knows_its_line_and_the_lines_of_the_function_around_it():
    one, other = mistakes_in(ast.parse("x = 1\ndef f():\n    y = 2"))
    assert (one.line, one.scope) == (1, None)
    assert (other.line, other.scope) == (3, range(2, 4))
    assert str(other) == "3: 2 -> 3"


def fates(noticed, not_noticed):
    tree = ast.parse("x = 1")
    mutant = mutations.Mutant(Path("reminders/core/agenda.py"), tree, next(mistakes_in(tree)), (), 0)
    return [(mutant, each) for each in [True] * noticed + [False] * not_noticed]


def test_nine_in_ten_are_enough_and_the_others_are_named(capsys):
    assert mutations.report(fates(9, 1)) == 0
    assert "not noticed: reminders/core/agenda.py:1: 1 -> 2" in capsys.readouterr().out


def test_fewer_are_not_enough():
    assert mutations.report(fates(8, 1)) == 1
