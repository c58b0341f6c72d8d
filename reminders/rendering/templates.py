"""The templates of the mails: where they lie, and which one fails."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from traceback import walk_tb
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)

from reminders.rendering.sandbox import Sandbox, TooMuchError, bounded

# Characters that no mail shows, that HTML forbids, or that turn the reading direction of what follows them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"
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


def packaged_templates() -> Path:
    """Return the folder of the packaged templates: in a wheel inside the package, else beside it."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def tidy(text: str) -> str:
    """Return a rendered part without unseen characters and with plain line ends."""
    odd = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass")
    if odd.replace("\u00a0", "").isprintable():
        return text  # nearly always, and much sooner known than searched for
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))


class Templates:
    """A board's own templates in front of the packaged ones, file by file; without a folder the packaged ones alone."""

    def __init__(self, own: Path | None) -> None:
        """Look at no file yet: each is read when a mail needs it; beside a board's own, again when it changes."""
        self._own = own
        self._packaged = packaged_templates()
        builtin = FileSystemLoader(self._packaged)
        first = [_OwnLoader(own)] if own else []
        loader = ChoiceLoader([*first, builtin, PrefixLoader({"builtin": builtin})])
        self._environment = Sandbox(loader, auto_reload=own is not None)

    @property
    def has_own(self) -> bool:
        """Say whether a board's own templates stand in front."""
        return self._own is not None

    def render(self, name: str, names: Mapping[str, Any]) -> str:
        """Return one part of a mail. Raises TemplateFault."""
        try:
            return tidy(bounded(self._environment.get_template(name).generate(names)))
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


def _why(error: Exception) -> str:
    # Other errors may quote what they choked on, and that may be a cell of the plan.
    if isinstance(error, TemplateNotFound):
        return f"there is no template '{error.message}'"
    if isinstance(error, TemplateError | TooMuchError):
        return str(error.message if isinstance(error, TemplateError) else error)
    return f"{type(error).__name__} while rendering"
