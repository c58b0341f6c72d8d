"""The small mistakes of `mutations.py`: an operator, a bound, a branch, a default, a row of a table, one at a time.

Left alone are what decides nothing when the program runs: annotations, decorators, imports, docstrings and prose. A
string without a blank counts as a decision (a code, a pattern, a mark), one with blanks as prose.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

_DECIDES_NOTHING = {"annotation", "returns", "decorator_list", "format_spec"}
_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}


@dataclass(frozen=True)
class Mistake:
    """One node of a syntax tree and what stands there instead; `scope` holds the lines of the function around it."""

    holder: ast.AST | list[ast.AST]
    place: str | int
    node: ast.AST
    instead: ast.AST
    line: int
    scope: range | None  # None: what runs at import

    def make(self) -> None:
        """Put it into the tree, for good."""
        if isinstance(self.holder, list):
            self.holder[int(self.place)] = self.instead
        else:
            setattr(self.holder, str(self.place), self.instead)

    def __str__(self) -> str:
        return f"{self.line}: {_shown(self.node)} -> {_shown(self.instead)}"


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 90 else f"{text[:89]}…"


def mistakes_in(tree: ast.AST, scope: range | None = None) -> Iterator[Mistake]:
    """Yield every mistake that can be made in a tree, from the top down."""
    for holder, place, node in _parts(tree):
        line = int(getattr(node, "lineno", getattr(tree, "lineno", 0)))
        for instead in _instead_of(node):
            yield Mistake(holder, place, node, ast.copy_location(instead, node), line, scope)
        if scope is None and isinstance(node, ast.FunctionDef):
            yield from mistakes_in(node, range(node.lineno, (node.end_lineno or node.lineno) + 1))
        else:
            yield from mistakes_in(node, scope)


def _parts(tree: ast.AST) -> Iterator[tuple[ast.AST | list[ast.AST], str | int, ast.AST]]:
    for name, value in ast.iter_fields(tree):
        if name in _DECIDES_NOTHING:
            continue
        if isinstance(value, list):
            yield from ((value, place, each) for place, each in enumerate(value) if _decides(tree, each))
        elif _decides(tree, value):
            yield tree, name, value


def _decides(tree: ast.AST, node: object) -> bool:
    if isinstance(node, ast.Constant):
        return not isinstance(tree, ast.Expr | ast.JoinedStr)
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.annotation) != "TypeAlias"
    return isinstance(node, ast.AST) and not (
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


@singledispatch
def _instead_of(_: ast.AST) -> Iterator[ast.AST]:
    return iter(())


@_instead_of.register
def _(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        yield _with(node, ops=[*node.ops[:place], _OTHER[type(operator)](), *node.ops[place + 1 :]])


@_instead_of.register(ast.BoolOp)
@_instead_of.register(ast.BinOp)
@_instead_of.register(ast.AugAssign)
def _(node: ast.BoolOp | ast.BinOp | ast.AugAssign) -> Iterator[ast.AST]:
    if type(node.op) in _OTHER:
        yield _with(node, op=_OTHER[type(node.op)]())


@_instead_of.register(ast.Break)
@_instead_of.register(ast.Continue)
def _(node: ast.Break | ast.Continue) -> Iterator[ast.AST]:
    yield _OTHER[type(node)]()


@_instead_of.register
def _(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


@_instead_of.register
def _(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node.value, str) and not any(map(str.isspace, node.value)):
        yield ast.Constant("XX")


@_instead_of.register
def _(node: ast.Return) -> Iterator[ast.AST]:
    if node.value and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))


@_instead_of.register(ast.If)
@_instead_of.register(ast.IfExp)
def _(node: ast.If | ast.IfExp) -> Iterator[ast.AST]:
    yield _with(node, test=ast.Constant(value=True))
    yield _with(node, test=ast.Constant(value=False))


@_instead_of.register
def _(node: ast.While) -> Iterator[ast.AST]:
    yield _with(node, test=ast.Constant(value=False))


@_instead_of.register
def _(node: ast.comprehension) -> Iterator[ast.AST]:
    for place in range(len(node.ifs)):
        yield _with(node, ifs=[*node.ifs[:place], *node.ifs[place + 1 :]])


@_instead_of.register
def _(node: ast.Expr) -> Iterator[ast.AST]:
    if not isinstance(node.value, ast.Constant):
        yield ast.Pass()


@_instead_of.register
def _(node: ast.Call) -> Iterator[ast.AST]:
    called = ast.unparse(node.func).rpartition(".")[2]
    if called in {"get", "next", "getattr"} and len(node.args) > 1:
        yield _with(node, args=node.args[:-1])
    if any(each.arg == "default" for each in node.keywords):
        yield _with(node, keywords=[each for each in node.keywords if each.arg != "default"])


@_instead_of.register(ast.Tuple)
@_instead_of.register(ast.List)
@_instead_of.register(ast.Set)
def _(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    kinds = {type(each) for each in node.elts}
    if len(node.elts) > 2 and (kinds == {ast.Constant} or kinds <= {ast.Tuple, ast.Starred}):
        for place in range(len(node.elts)):
            yield _with(node, elts=[*node.elts[:place], *node.elts[place + 1 :]])


@_instead_of.register
def _(node: ast.Dict) -> Iterator[ast.AST]:
    for place in range(len(node.keys) * (len(node.keys) > 1)):
        rest = [each for each in range(len(node.keys)) if each != place]
        yield _with(node, keys=[node.keys[each] for each in rest], values=[node.values[each] for each in rest])
