"""The plan in YAML, both ways: config/plan.yaml -> a plan as written, and back."""

from collections.abc import Iterator
from dataclasses import replace

from reminders.core.directory import Directory
from reminders.core.plan import WrittenPlan, WrittenRow, WrittenTheme, understand
from reminders.core.policy import Policy
from reminders.core.timeframe import DateReading
from reminders.sources.base import MAX_ROWS, Report, Unreadable, is_blank
from reminders.yamltext import Mapping, Node, dump_yaml

_PLAN = ("title", "priorities", "themes")
_THEME = ("title", "number", "actions")
_CELLS = ("ref", "outcome", "action", "lead", "timeframe", "progress", "status")
_SELDOM = ("status",)  # most plans have no such column


def read(data: bytes, name: str) -> WrittenPlan:
    """Return the plan of a YAML file; a left-out or empty cell is blank.

    Raises Unreadable with every mistake of the file.
    """
    report = Report(name)
    plan = report.root(data, "the plan", _PLAN)
    written = WrittenPlan(
        title=_title(plan, report),
        priorities=report.texts(plan.get("priorities"), "priorities"),
        themes=tuple(_themes(plan, report)),
    )
    _count(written, plan, report)
    report.end()
    return written


def _title(plan: Mapping, report: Report) -> str:
    node = plan.get("title")
    if node is None or is_blank(node):
        report.add(node or plan, "the plan has no title; write “title: ” and its name at the top")
    return report.text(node, "title") or ""


def _themes(plan: Mapping, report: Report) -> Iterator[WrittenTheme]:
    node = plan.get("themes")
    if node is None or is_blank(node):
        report.add(node or plan, "the plan has no themes; write “themes:” and below it a list of title and actions")
    for item in report.items(node, "themes"):
        theme = report.mapping(item, "a theme", _THEME)
        if theme is item and theme.get("actions") is None:
            report.add(theme, "the theme has no actions; write “actions:” and below it a list of actions")
        yield _theme(theme, report)


def _theme(theme: Mapping, report: Report) -> WrittenTheme:
    rows = (_row(item, report) for item in report.items(theme.get("actions"), "actions"))
    return WrittenTheme(
        where=report.where(theme),
        title=report.text(theme.get("title"), "title"),
        number=_number(theme.get("number"), report),
        rows=tuple(row for row in rows if row != WrittenRow(row.where)),
    )


def _number(node: Node | None, report: Report) -> int | None:
    text = report.text(node, "number")
    if node is None or text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) < 1000:
        report.add(node, f"number is “{text}”; write a whole number from 1, or leave it out")
        return None
    return int(text)


def _row(node: Node, report: Report) -> WrittenRow:
    action = report.mapping(node, "an action", _CELLS)
    cells = {key: report.text(value, key) for key, value in action if key in _CELLS}
    return WrittenRow(report.where(action), **cells)


def _count(written: WrittenPlan, plan: Mapping, report: Report) -> None:
    rows = sum(len(theme.rows) for theme in written.themes)
    if rows > MAX_ROWS:
        report.add(plan, f"the plan holds {rows:,} actions; at most {MAX_ROWS:,} are read. Split it")
    if not rows and not report.mistakes:
        raise Unreadable(f"{report.name}: the plan holds no action; write the actions of each theme below “actions:”")


def write(plan: WrittenPlan) -> str:
    """Return a plan in the form that `read` reads, cells as written."""
    bare = replace(plan, themes=tuple(replace(theme, number=None) for theme in plan.themes))
    # A number that the refs or the place give anyway is left out, as people leave it out.
    given = understand(bare, Directory((), ()), Policy(), DateReading(), lambda _: True).themes
    themes = [_theme_data(theme, drawn.number) for theme, drawn in zip(plan.themes, given, strict=True)]
    priorities = {"priorities": list(plan.priorities)} if plan.priorities else {}
    return dump_yaml({"title": plan.title, **priorities, "themes": themes})


def _theme_data(theme: WrittenTheme, given: int) -> dict[str, object]:
    data: dict[str, object] = {}
    if theme.title is not None:
        data["title"] = theme.title
    if theme.number is not None and theme.number != given:
        data["number"] = str(theme.number)
    return {**data, "actions": [_cells(row) for row in theme.rows]}


def _cells(row: WrittenRow) -> dict[str, str | None]:
    cells = {name: getattr(row, name) for name in _CELLS}
    return {name: cell for name, cell in cells.items() if cell is not None or name not in _SELDOM}
