"""What no template may say, found in its source before it is drawn: loops without an end, ways round the escaping."""

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, nodes

_DEEPEST = 3  # loops within loops; a mail needs two
# What is taken out of the language, and what to do instead.
FILTERS = {
    "safe": "'safe' would let a cell of the plan write the mail; leave it out",
    "urlize": "'urlize' would make links of what the plan says; leave it out",
    "default": "'default' hides a name that does not exist; use 'if'",
    "d": "'d' hides a name that does not exist; use 'if'",
    "random": "'random' makes another mail each time; leave it out",
}
GLOBALS = {
    "range": "'range' loops over numbers; loop over what the mail holds",
    "lipsum": "'lipsum' makes another mail each time; leave it out",
}


@dataclass(frozen=True, slots=True)
class _Refusal:
    line: int
    message: str


def refuse(tree: nodes.Template, name: str | None, filename: str | None) -> None:
    """Raise TemplateSyntaxError, with its line, for the first thing in a template that none may say."""
    found = sorted(_refusals(tree), key=lambda each: each.line)
    if found:
        raise TemplateSyntaxError(found[0].message, found[0].line, name, filename)


def _refusals(tree: nodes.Template) -> Iterator[_Refusal]:
    for asked in tree.find_all(nodes.Filter):
        if asked.name in FILTERS:
            yield _Refusal(asked.lineno, FILTERS[asked.name])
    for named in tree.find_all(nodes.Name):
        if named.ctx == "load" and named.name in GLOBALS:
            yield _Refusal(named.lineno, GLOBALS[named.name])
    for switch in tree.find_all(nodes.EvalContextModifier):
        yield _Refusal(switch.lineno, "what comes from the plan is always escaped; leave 'autoescape' out")
    yield from _endless(tree)


def _endless(tree: nodes.Template) -> Iterator[_Refusal]:
    for loop in tree.find_all(nodes.For):
        if loop.recursive:
            yield _Refusal(loop.lineno, "a loop may not call itself")
        if _depth(loop) > _DEEPEST:
            yield _Refusal(loop.lineno, f"loops may stand {_DEEPEST} deep in each other, and not deeper")
    calls = {macro.name: _called(macro) for macro in tree.find_all(nodes.Macro)}
    for macro in tree.find_all(nodes.Macro):
        if macro.name in _reached(macro.name, calls):
            yield _Refusal(macro.lineno, f"the macro '{macro.name}' may not call itself")


def _depth(loop: nodes.For) -> int:
    return 1 + max((_depth(inner) for inner in loop.find_all(nodes.For)), default=0)


def _called(macro: nodes.Macro) -> set[str]:
    return {call.node.name for call in macro.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}


def _reached(start: str, calls: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = set(calls[start])
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead |= calls.get(name, set()) - reached
    return reached
