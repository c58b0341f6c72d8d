"""Every mail that a plan makes from its first day to its last passes every check."""

from collections import Counter
from dataclasses import replace

import yaml

from reminders.core.plan import WrittenRow, WrittenTheme
from reminders.sources import plan_yaml
from tests.core.builders import the_boards_plan
from tests.rendering.mail_checks import check_mail
from tests.rendering.test_samples import MAY_BE_ANYTHING

LONG_NAME = "Quality, Performance, Assurance and Audit Board (West Berkshire) of the Local Safeguarding Children Board"
NAMES = (
    LONG_NAME,
    "Zoë O'Brien-Łuczak",
    "=cmd|'/c calc'!A1",
    "<b>Bold</b> & Sons",
    'x@evil.example, "y"',
    "\U0001f600",
)
CELLS = (
    "</td></tr></table><script>alert('x')</script><a href='http://evil.example'>here</a>",
    "{{ notice }}{% for x in y %}{# {{ config }}",
    "=HYPERLINK(\"http://evil.example\",'x')",
    '+1 -1 @x\tand, "quoted"; it\'s, done',
    "\u202etxt.exe\u202c \u2066x\u2069 \u200f \U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301",
    "x" * 5_000,
    "one\ntwo\n\nthree " * 300,
    "\ufeff\u200b\u00a0",
)
WHEN = ("January 2015", "30 January 2015", "February and March 2015", "On-going", "x" * 300, "31/02/2015")


def rehearsed(house, first, last):
    folder = house.root / "rehearsal"
    house.edit("reminders.yaml", "max_mails_per_run: 50", "max_mails_per_run: 500")
    ran = house.run("rehearse", "--from", first, "--to", last, "--out", str(folder), "--json")
    assert ran.code == 0, ran.err
    return [(mail, (folder / mail["file"]).read_bytes()) for mail in ran.json]


def test_every_mail_of_the_boards_plan_passes_the_checks(house):
    actions = the_boards_plan().actions
    cells = [cell for each in actions for cell in (each.row.action, each.outcome, each.theme.title) if cell]
    mails = rehearsed(house, "2014-12-01", "2016-01-31")

    for told, mime in mails:
        mail = check_mail(mime, cells)
        assert told["kind"] == "digest" or len(mail.message["Subject"]) <= 60
    kinds = Counter(told["kind"] for told, _ in mails)
    assert kinds["digest"] == 61
    assert kinds["reminder"] > 150


def test_every_mail_of_a_plan_of_hostile_cells_passes_the_checks(house):
    people = {name: f"lead.{number}@westberks.example" for number, name in enumerate(NAMES)}
    (house.config / "directory.yaml").write_text(yaml.safe_dump({"people": people}), encoding="utf-8")
    path = house.config / "plan.yaml"
    written = plan_yaml.read(path.read_bytes(), "plan.yaml")
    themes = tuple(
        WrittenTheme("table", cell, None, tuple(_rows(cell, number))) for number, cell in enumerate(CELLS, 1)
    )
    path.write_text(plan_yaml.write(replace(written, title=CELLS[0], themes=themes)), encoding="utf-8")
    mails = rehearsed(house, "2014-12-29", "2015-02-15")

    for _, mime in mails:
        check_mail(mime, skip=MAY_BE_ANYTHING)
    assert {told["kind"] for told, _ in mails} == {"digest", "reminder"}
    assert {told["person"] for told, _ in mails} >= {name for name in NAMES if "," not in name}


def _rows(cell, theme):
    for number, name in enumerate(NAMES):
        timeframe = WHEN[(theme + number) % len(WHEN)]
        progress = None if number % 2 else cell
        ref = f"{theme}.{number}" if number else None
        yield WrittenRow("row", ref, cell, cell, name, timeframe, progress)
        yield WrittenRow("row", f"{theme}.{number}b", None, cell, f"{name}/ {cell}", timeframe, None, cell)
