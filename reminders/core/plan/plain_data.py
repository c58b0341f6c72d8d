"""A written plan as plain data and back, for the ledger's last good copy."""

from collections.abc import Mapping
from typing import Any

from reminders.core.plan.values import Level, Problem, WrittenPlan, WrittenRow, WrittenTheme


def as_data(written: WrittenPlan) -> dict[str, Any]:
    """Return a written plan as lists and mappings of text; `from_data` gives it back."""
    return {
        "title": written.title,
        "priorities": list(written.priorities),
        "columns": [list(column) for column in written.columns],
        "themes": [
            {
                "where": theme.where,
                "title": theme.title,
                "number": theme.number,
                "rows": [_cells(row) for row in theme.rows],
            }
            for theme in written.themes
        ],
        "problems": [
            {"code": each.code, "ref": each.ref, "where": each.where, "message": each.message, "level": each.level}
            for each in written.problems
        ],
    }


def from_data(data: Mapping[str, Any]) -> WrittenPlan:
    """Return the written plan that `as_data` was given."""
    return WrittenPlan(
        title=data["title"],
        priorities=tuple(data["priorities"]),
        columns=tuple((heading, role) for heading, role in data["columns"]),
        themes=tuple(
            WrittenTheme(
                theme["where"], theme["title"], theme["number"], tuple(WrittenRow(**row) for row in theme["rows"])
            )
            for theme in data["themes"]
        ),
        problems=tuple(Problem(**{**each, "level": Level(each["level"])}) for each in data["problems"]),
    )


def _cells(row: WrittenRow) -> dict[str, str | None]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}
