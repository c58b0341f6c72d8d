"""The templates of the mails: where they lie, what they may do, which one fails; the only module that knows Jinja2."""

import re
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from traceback import walk_tb
from typing import Any
from urllib.parse import quote

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reminders.core import words

LARGEST = 400_000  # characters one part may have; the largest honest digest has a tenth of that
LONGEST = 5.0  # seconds one mail may take; an honest one takes milliseconds
WIDTH = 72  # columns of the text part
_LONGEST_PRODUCT = 10_000  # characters or entries that `*` may make
_PADDING = frozenset({"format", "format_map", "center", "ljust", "rjust", "zfill", "expandtabs"})  # make any length
_BAR = 96  # pixels of a whole bar
_GAP = 2  # pixels between its parts
_SEEN = 4  # pixels of the smallest part
# What stays on one line: "30 January 2015", "10 days", "M Evans".
_FIRM = re.compile(r" (?:(?<=\d )(?=[A-Z][a-z]|days?\b)|(?<=[a-z] )(?=\d{4}\b)|(?<=\b[A-Z] )(?=[A-Z][a-z]))")
# Characters that no mail shows, that HTML forbids, or that turn the reading direction of what follows them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


class TemplateFault(Exception):  # noqa: N818 - a fault, as the design calls what is broken
    """A template that fails: which file, which line where that is known, why, and whether it is a packaged one."""

    def __init__(self, name: str, line: int | None, message: str, *, packaged: bool) -> None:
        """Say what fails; `message` holds no wording of the plan."""
        super().__init__(name, line, message, packaged)
        self.name = name
        self.line = line
        self.message = message
        self.packaged = packaged

    def __str__(self) -> str:
        return f"{self.name}{f', line {self.line}' if self.line else ''}: {self.message}"


class _TooMuchError(Exception):
    """A template takes too long or makes too much."""


def packaged_templates() -> Path:
    """Return the folder of the packaged templates: in a wheel inside the package, else beside it."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def escapes(name: str | None) -> bool:
    """Say whether a template's output is escaped: always, except in a .txt file."""
    return name is None or not name.endswith(".txt")


def tidy(text: str) -> str:
    """Return a rendered part without unseen characters and with plain line ends."""
    if text.replace("\n", "").replace("\u00a0", "").isprintable():
        return text  # nearly always, and much sooner known than searched for
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))


@dataclass(slots=True)
class _Allowance:
    """What one mail may still use."""

    monotonic: Callable[[], float]
    until: float

    def check(self) -> None:
        if self.monotonic() > self.until:
            raise _TooMuchError(f"it takes longer than {LONGEST:.0f} seconds")


_allowance: ContextVar[_Allowance | None] = ContextVar("allowance", default=None)


def _check_time() -> None:
    allowance = _allowance.get()
    if allowance:
        allowance.check()


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with a look at the clock in each loop and call, and no products of unbounded size."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        asked = (type(obj), attr)  # all that the answer depends on; a mail asks a hundred times
        if asked not in self._safe:
            padding = isinstance(obj, str) and attr in _PADDING
            self._safe[asked] = super().is_safe_attribute(obj, attr, value) and not padding
        return self._safe[asked]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "_paced", [], [], None, None, lineno=loop.lineno)
            loop.iter.set_environment(self)
        return tree

    def call(self, __context: Context, __obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        _check_time()
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if not numbers and operator == "*":
            _refuse_long(left, right)
        elif not numbers or operator == "**":
            raise _TooMuchError(f"'{operator}' is not allowed here")
        return super().call_binop(context, operator, left, right)


def _refuse_long(left: Any, right: Any) -> None:
    sized, times = (right, left) if isinstance(left, int) else (left, right)
    if isinstance(times, int) and hasattr(sized, "__len__") and len(sized) * times > _LONGEST_PRODUCT:
        raise _TooMuchError("'*' makes a text that is too long")


@pass_context
def _paced(_: Context, items: Iterable[Any]) -> Iterator[Any]:
    # With a context, so that the compiler does not fold the loop away.
    for item in items:
        _check_time()
        yield item


class Templates:
    """A board's own templates in front of the packaged ones, file by file; without a folder the packaged ones alone."""

    def __init__(self, own: Path | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Look at no file yet: each is read when a mail needs it, and again when it changes."""
        self._own = own
        self._packaged = packaged_templates()
        self._monotonic = monotonic
        self._environment = _environment(own, self._packaged)

    @property
    def has_own(self) -> bool:
        """Say whether a board's own templates stand in front."""
        return self._own is not None

    @contextmanager
    def allowance(self) -> Iterator[None]:
        """Give all that is rendered inside the block one time limit."""
        token = _allowance.set(_Allowance(self._monotonic, self._monotonic() + LONGEST))
        try:
            yield
        finally:
            _allowance.reset(token)

    def render(self, name: str, names: Mapping[str, Any]) -> str:
        """Return one part of a mail. Raises TemplateFault."""
        try:
            return tidy(_bounded(self._environment.get_template(name).generate(names)))
        except Exception as error:
            raise self._fault(name, error) from error

    def fault(self, name: str, message: str) -> TemplateFault:
        """Return the fault of a template that rendered, but to nothing a mail can be made of."""
        return TemplateFault(name, None, message, packaged=not self.has_own)

    def check(self) -> tuple[TemplateFault, ...]:
        """Compile every template and return the faults."""
        names = self._environment.list_templates(filter_func=_is_of_a_mail)
        return tuple(fault for fault in map(self._compiled, names) if fault)

    def _compiled(self, name: str) -> TemplateFault | None:
        try:
            self._environment.get_template(name)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a file is told by its name
            return self._fault(name, error)
        return None

    def _fault(self, name: str, error: Exception) -> TemplateFault:
        file, line = self._place(error)
        packaged = file is not None and file.is_relative_to(self._packaged)
        shown = str(file.relative_to(self._packaged)) if file and packaged else str(file or name)
        return TemplateFault(shown, line, _why(error), packaged=packaged or not self.has_own)

    def _place(self, error: Exception) -> tuple[Path | None, int | None]:
        if isinstance(error, TemplateSyntaxError) and error.filename:
            return Path(error.filename), error.lineno
        frames = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
        folders = [folder for folder in (self._own, self._packaged) if folder]
        ours = [place for place in frames if any(place[0].is_relative_to(folder) for folder in folders)]
        return ours[-1] if ours else (None, None)


def _environment(own: Path | None, packaged: Path) -> Environment:
    builtin = FileSystemLoader(packaged)
    first = [_OwnLoader(own)] if own else []
    environment = _Environment(
        loader=ChoiceLoader([*first, builtin, PrefixLoader({"builtin": builtin})]),
        undefined=StrictUndefined,
        autoescape=escapes,
        finalize=lambda value: "" if value is None else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for padding in ("center", "format", "indent"):
        del environment.filters[padding]
    environment.filters.update(_FILTERS)
    return environment


class _OwnLoader(FileSystemLoader):
    """Reads a board's own folder, and nothing outside it that a link may point to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, filename, is_current = super().get_source(environment, template)
        if not Path(filename).resolve().is_relative_to(self._folder.resolve()):
            raise TemplateNotFound(template)
        return source, filename, is_current


def _is_of_a_mail(name: str) -> bool:
    return name.endswith((".html", ".txt")) and "pages/" not in name


def _bounded(chunks: Iterable[str]) -> str:
    parts, length = [], 0
    for chunk in chunks:
        parts.append(chunk)
        length += len(chunk)
        _check_time()
        if length > LARGEST:
            raise _TooMuchError(f"it makes more than {LARGEST:,} characters")
    return "".join(parts)


def _why(error: Exception) -> str:
    # Other errors may quote what they choked on, and that may be a cell of the plan.
    if isinstance(error, TemplateNotFound):
        return f"there is no template '{error.message}'"
    if isinstance(error, TemplateError | _TooMuchError):
        return str(error.message if isinstance(error, TemplateError) else error)
    return f"{type(error).__name__} while rendering"


# What templates write with, besides what Jinja2 brings.


def _firm(text: str) -> str:
    """Keep dates, numbers of days and names with an initial on one line."""
    return _FIRM.sub("\u00a0", text)


def _wrap(text: str, indent: str = "", first: str | None = None) -> str:
    """Break a text into lines of the text part."""
    line = _firm(" ".join(text.split()))
    opening = indent if first is None else first
    if line and len(opening) + len(line) <= WIDTH:
        return f"{opening}{line}".replace("\u00a0", " ")
    lines = textwrap.wrap(line, WIDTH, initial_indent=opening, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(lines).replace("\u00a0", " ")


def _rule(text: str) -> str:
    """Return the rule beneath a heading of the text part."""
    return "-" * max(map(len, _wrap(text).split("\n")))


def _bar(blank: int, total: int) -> tuple[int, int]:
    """Return the pixels of a bar that are blank and recorded; a part that is not nothing can be seen."""
    if blank in {0, total}:
        return (_BAR, 0) if blank else (0, _BAR)
    first = min(max(round(_BAR * blank / total), _SEEN), _BAR - _GAP - _SEEN)
    return first, _BAR - _GAP - first


def _joined(mails: Iterable[Any], most: int = 60) -> str:
    """Write who hears of what: "M Evans (2.3, 3.1); L Finch (3.1)", from mails sent or from pairs."""
    pairs = [mail if isinstance(mail, tuple) else (mail.name, mail.refs) for mail in mails]
    told = [f"{words.cut(name, 120)} ({words.cut(refs, 200)})" if refs else name for name, refs in pairs]
    more = [f"{words.number(len(told) - most)} more"] if len(told) > most else []
    return "; ".join([*told[:most], *more])


def _reply_link(address: str, subject: str, lines: Iterable[str]) -> str:
    """Return the mailto link that answers a mail, with a line for each action."""
    body = "\r\n".join(f"{line}: " for line in lines)
    return f"mailto:{quote(address, safe='@')}?subject={quote(f'Re: {subject}', safe='')}&body={quote(body, safe='')}"


def _runs(rows: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
    """Gather neighbours of one day and one result: what the table of mails sent shows on one line."""
    ordered = list(rows)
    cuts = [at + 1 for at, (one, two) in enumerate(pairwise(ordered)) if (one.day, one.result) != (two.day, two.result)]
    bounds = [0, *cuts, len(ordered)]
    return [(ordered[start], ordered[start:end]) for start, end in pairwise(bounds) if start < end]


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "number": words.number,
    "counted": words.counted,
    "plural": words.plural,
    "sentence": words.sentence,
    "listed": words.listed,
    "full_date": words.full_date,
    "weekday_date": words.weekday_date,
    "weekday": words.weekday,
    "month": words.month,
    "short_month": words.short_month,
    "day_month": words.day_month,
    "cut": words.cut,
    "firm": _firm,
    "wrap": _wrap,
    "rule": _rule,
    "bar": _bar,
    "joined": _joined,
    "reply_link": _reply_link,
    "runs": _runs,
    "_paced": _paced,
}
