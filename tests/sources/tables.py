"""Documents for the tests of the readers: a line with pipes is a row of a table."""

from reminders.sources.base import Paragraph, TableRow
from reminders.sources.rows import plan_from_blocks

HEADER = "Ref|Desired outcome|Action|Lead|Timeframe|Progress"


def blocks_of(text):
    for number, line in enumerate(text.split("\n"), start=1):
        where = f"plan, row {number}"
        yield TableRow(tuple(line.split("|")), where) if "|" in line else Paragraph(line, where)


def plan_of(*lines):
    return plan_from_blocks(blocks_of("\n".join(lines)), "plan")


def themes_of(*lines):
    return [(theme.title, theme.number, [row.ref for row in theme.rows]) for theme in plan_of(*lines).themes]


def roles_of(header, row):
    read = plan_of(header, row).themes[0].rows[0]
    return {name: getattr(read, name) for name in read.__dataclass_fields__ if name != "where" and getattr(read, name)}
