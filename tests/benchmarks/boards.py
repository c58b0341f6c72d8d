"""Boards of any size on disk, as a board's folder holds them."""

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

HEADINGS = ("Ref", "Outcome", "Action", "Lead", "Timeframe", "Progress", "Status")
DUE = "2015-01-02T08:00"  # the first reminder of 30 January is due
QUIET = "2015-01-05T09:00"


def rows(actions: int, people: int, timeframe: str = "30 January 2015") -> Iterator[tuple[int, dict[str, str]]]:
    """Yield theme and cells of so many actions, in ten themes, each person with as many as the others."""
    for number in range(actions):
        theme = number * 10 // actions
        yield (
            theme + 1,
            {
                "ref": f"{theme + 1}.{number + 1}",
                "outcome": f"Children are seen and heard in time, case {number + 1}",
                "action": f"Work together on medicals for looked after children, step {number + 1}",
                "lead": f"Lead {number % people + 1}",
                "timeframe": timeframe,
            },
        )


def write_board(folder: Path, actions: int, people: int, *, mail: object = None, name: str = "A board") -> Path:
    """Write settings, plan and directory, and return the folder."""
    folder.mkdir(parents=True)
    folder.joinpath("plan.yaml").write_text(plan_yaml(actions, people), "utf-8")
    emails = {f"Lead {number}": f"lead.{number}@westberks.example" for number in range(1, people + 1)}
    folder.joinpath("directory.yaml").write_text(yaml.safe_dump({"people": emails}), "utf-8")
    settings = {
        "board": name,
        "business_manager": {"email": "business.manager@westberks.example"},
        "ops": {"email": "ops@westberks.example"},
        "max_mails_per_run": 10_000,
        "mail": mail or {"from": "reminders@westberks.example", "transport": "folder"},
    }
    folder.joinpath("reminders.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    return folder


def plan_yaml(actions: int, people: int) -> str:
    lines = ["title: Business Plan 2015 - 2017", "themes:"]
    last = 0
    for theme, cells in rows(actions, people):
        if theme != last:
            lines += [f"- title: Theme {theme}", "  actions:"]
            last = theme
        lines.append("  - " + json.dumps(cells))
    return "\n".join(lines) + "\n"


def plan_csv(actions: int, people: int) -> str:
    lines = [",".join(HEADINGS)]
    for _, cells in rows(actions, people):
        lines.append(",".join(f'"{cells.get(each.lower(), "")}"' for each in HEADINGS))
    return "\n".join(lines) + "\n"


def write_excel(path: Path, actions: int, people: int) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.create_sheet("Plan", 0)
    sheet.append(HEADINGS)
    for _, cells in rows(actions, people):
        sheet.append([cells.get(each.lower()) for each in HEADINGS])
    book.save(path)


def write_word(path: Path, actions: int, people: int) -> None:
    from docx import Document

    document = Document()
    document.add_heading("Business Plan 2015 - 2017", 0)
    every = list(rows(actions, people))
    for theme in range(1, 11):
        document.add_heading(f"Theme {theme}", 1)
        mine = [cells for number, cells in every if number == theme]
        table = document.add_table(rows=1 + len(mine), cols=len(HEADINGS))
        cells = iter(table._cells)
        for heading in HEADINGS:
            next(cells).text = heading
        for row in mine:
            for heading in HEADINGS:
                next(cells).text = row.get(heading.lower(), "")
    document.save(str(path))


def smtp_to(port: int) -> dict[str, object]:
    return {
        "from": "reminders@westberks.example",
        "transport": "smtp",
        "smtp": {"host": "127.0.0.1", "port": port, "tls": "none"},
    }
