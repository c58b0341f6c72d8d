"""What a plan is made of: as its authors wrote it, and as it is understood."""

import re
from dataclasses import dataclass
from enum import StrEnum

from reminders.core.directory import Lead
from reminders.core.timeframe import Timeframe

_NO_WORDS = re.compile(r"[\W_]*")


class Level(StrEnum):
    """Whether a person must act on a problem."""

    MEND = "mend"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person must settle, or should know, about one row of the plan."""

    code: str
    ref: str | None
    where: str
    message: str
    level: Level


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """One row of the plan's table, cells as written; None for a blank one."""

    where: str
    ref: str | None = None
    outcome: str | None = None
    action: str | None = None
    lead: str | None = None
    timeframe: str | None = None
    progress: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenTheme:
    """A table of the plan under its heading; title and number are None where the plan gives none."""

    where: str
    title: str | None
    number: int | None
    rows: tuple[WrittenRow, ...]


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """A plan as its authors wrote it; `columns` are the headings that were read, each with its role."""

    title: str
    priorities: tuple[str, ...]
    themes: tuple[WrittenTheme, ...]
    columns: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of the plan; `inferred` when its title comes from the list of priorities."""

    number: int
    title: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the plan, understood."""

    id: str
    ref: str | None
    theme: Theme
    row: WrittenRow
    outcome: str | None
    outcome_from: str | None
    leads: tuple[Lead, ...]
    timeframe: Timeframe
    complete: bool
    ask: bool

    @property
    def label(self) -> str:
        """Return what people call it: its ref, or the start of its wording."""
        if self.ref:
            return self.ref
        words = (self.row.action or self.row.outcome or "").split()
        return "“" + " ".join(words[:6]) + "”" if words else "a row without a ref"

    @property
    def blank(self) -> bool:
        """Say whether the progress cell says nothing."""
        return _NO_WORDS.fullmatch(self.row.progress or "") is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """The board's plan on one reading."""

    title: str
    themes: tuple[Theme, ...]
    actions: tuple[Action, ...]
    problems: tuple[Problem, ...]
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def numbered(self) -> tuple[Action, ...]:
        """Return the actions that "27 of 30" counts: those with a ref; of a plan that gives no refs, all."""
        return tuple(action for action in self.actions if action.ref) or self.actions

    def action(self, identity: str) -> Action | None:
        """Return the action with this id."""
        return next((action for action in self.actions if action.id == identity), None)
