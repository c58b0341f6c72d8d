"""Where templates run: nothing but the plain values of a mail in reach, and an end to what they take and make."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, nodes, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reminders.rendering import refusals
from reminders.rendering.filters import FILTERS

LARGEST = 400_000  # characters one part may have; the largest honest digest has a tenth of that
_CHUNKS_A_LOOK = 16  # a look at the clock costs more than most chunks; each loop and call has one of its own
LONGEST = 5.0  # seconds one mail may take; an honest one takes milliseconds
_LONGEST_PRODUCT = 10_000  # characters or entries that `*` may make
_PADDING = frozenset({"format", "format_map", "center", "ljust", "rjust", "zfill", "expandtabs"})  # make any length


class TooMuchError(Exception):
    """A template takes too long or makes too much."""


def escapes(name: str | None) -> bool:
    """Say whether a template's output is escaped: always, except in a .txt file."""
    return name is None or not name.endswith(".txt")


@dataclass(frozen=True, slots=True)
class _Allowance:
    """What one mail may still use."""

    monotonic: Callable[[], float]
    until: float

    def check(self) -> None:
        if self.monotonic() > self.until:
            raise TooMuchError(f"it takes longer than {LONGEST:.0f} seconds")


_UNLIMITED = _Allowance(time.monotonic, until=math.inf)
_allowance = ContextVar("allowance", default=_UNLIMITED)


@contextmanager
def allowance(monotonic: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Give all that is rendered inside the block one time limit."""
    token = _allowance.set(_Allowance(monotonic, monotonic() + LONGEST))
    try:
        yield
    finally:
        _allowance.reset(token)


def bounded(chunks: Iterable[str]) -> str:
    """Return what a template makes, looking at its size, and now and then the clock, between the chunks.

    Raises TooMuchError.
    """
    parts, length, allowed = [], 0, _allowance.get()
    for chunk in chunks:
        parts.append(chunk)
        length += len(chunk)
        if len(parts) % _CHUNKS_A_LOOK == 0:
            allowed.check()
        if length > LARGEST:
            raise TooMuchError(f"it makes more than {LARGEST:,} characters")
    return "".join(parts)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox with our filters, a look at the clock in each loop and call, and no unbounded products."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, loader: BaseLoader, *, auto_reload: bool = True) -> None:
        """Read templates by `loader`, anew when they change if `auto_reload` says so."""
        super().__init__(
            loader=loader,
            auto_reload=auto_reload,
            undefined=StrictUndefined,
            autoescape=escapes,
            finalize=lambda value: "" if value is None else value,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for name in (*refusals.FILTERS, "center", "format", "indent"):  # also out of reach of map("safe")
            del self.filters[name]
        for name in refusals.GLOBALS:
            del self.globals[name]
        self.filters.update(FILTERS)
        self.filters["_paced"] = _paced

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read an attribute: at once where a value of a mail has it, else after Jinja2 has looked whether it may."""
        kind: Any = type(obj)
        if attribute in _plain_names(kind):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Say whether a template may read an attribute that is no plain value of a mail."""
        padding = isinstance(obj, str) and attr in _PADDING
        return super().is_safe_attribute(obj, attr, value) and not padding

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows, in one mapping; Jinja2's chain of two is copied slowly into each mail."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        refusals.refuse(tree, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "_paced", [], [], None, None, lineno=loop.lineno)
            loop.iter.set_environment(self)
        return tree

    def call(self, __context: Context, __obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a method, if there is time left."""
        _allowance.get().check()
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Work out a product or a remainder of numbers, or repeat a short text."""
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if not numbers and operator == "*":
            _refuse_long(left, right)
        elif not numbers or operator == "**":
            raise TooMuchError(f"'{operator}' is not allowed here")
        return super().call_binop(context, operator, left, right)


@cache
def _plain_names(kind: type) -> frozenset[str]:
    # The fields and properties of our own values, and where a loop is. They hold no code: nothing else need be asked.
    if kind is LoopContext:
        return frozenset({"first", "last", "index", "index0", "length"})
    if not (is_dataclass(kind) and kind.__module__.startswith(("reminders.core.", "reminders.rendering"))):
        return frozenset()
    known = {name for name, value in vars(kind).items() if isinstance(value, property | cached_property)}
    return frozenset(name for name in known | {each.name for each in fields(kind)} if not name.startswith("_"))


def _refuse_long(left: Any, right: Any) -> None:
    sized, times = (right, left) if isinstance(left, int) else (left, right)
    if isinstance(times, int) and hasattr(sized, "__len__") and len(sized) * times > _LONGEST_PRODUCT:
        raise TooMuchError("'*' makes a text that is too long")


@pass_context
def _paced(_: Context, items: Iterable[Any]) -> Iterator[Any]:
    # With a context, so that the compiler does not fold the loop away.
    allowed = _allowance.get()
    for item in items:
        allowed.check()
        yield item
