"""Word files made to use up time and memory: each is refused, or read as the little that it holds, at once."""

import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

import pytest

from reminders.sources.base import MAX_CELL, MAX_ROWS, Unreadable
from reminders.sources.word import read_word
from tests.sources.word_files import (
    cell,
    control,
    level,
    lists,
    numbered,
    packed,
    paragraph,
    row,
    run,
    simple_plan,
    table,
    unpacked,
    word_file,
)

ROOT = Path(__file__).parent.parent.parent
HEADER = row("Ref", "Outcome", "Action", "Lead", "Timeframe", "Progress")
ENDED = paragraph("a", properties="<w:rPr><w:del/></w:rPr>")
PATIENCE = 8  # seconds: 2 where nothing else runs
STYLED = paragraph(run("a", '<w:rStyle w:val="s0"/>'))
CHAIN = "".join(f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{n + 1}"/></w:style>' for n in range(5_000))

GREEDY = ("a zip bomb", "empty paragraphs in 107 kB", "as many paragraphs as the markup allows")
MONSTERS: dict[str, Callable[[], bytes]] = {
    "a zip bomb": lambda: packed(unpacked(simple_plan()) | {"word/media/a.bin": bytes(230_000_000)}),
    "empty paragraphs in 107 kB": partial(word_file, "<w:p/>" * 8_000_000),
    "as many paragraphs as the markup allows": partial(word_file, "<w:p/>" * 1_100_000),
    "a cell of countless runs": lambda: simple_plan(table(row(cell(paragraph(run("a") * 95_000))))),
    "countless rows": lambda: word_file(table(HEADER, row("1.1", "", "Audit", "", "", "") * 5_200)),
    "paragraphs that run on and on": partial(word_file, ENDED * 70_000),
    "countless hints": lambda: word_file(control("<w:p/>" * 1_000, "<w:showingPlcHdr/>" * 200_000) * 3),
    "controls in controls": lambda: word_file(nested("<w:sdt><w:sdtContent>", "<w:p/>" * 700_000)),
    "tables in tables": lambda: word_file(nested("<w:tbl><w:tr><w:tc>", "<w:p/>" * 100_000, times=80)),
    "endless text": lambda: word_file(nested("<w:tbl><w:tr><w:tc>", paragraph("x" * 400) * 60_000, times=7)),
    "boxes in boxes": lambda: word_file(nested("<w:p><w:r><w:pict><w:txbxContent>", "<w:p/>" * 100_000, times=50)),
    "choices in choices": lambda: word_file(nested("<mc:AlternateContent>", "<mc:Choice/>" * 500_000)),
    "a row deleted over and over": partial(
        word_file, f"<w:tbl><w:tr><w:trPr>{'<w:del/>' * 400_000}</w:trPr></w:tr></w:tbl>"
    ),
    "styles on styles": lambda: word_file(STYLED * 40_000, styles=CHAIN),
    "numbers without end": lambda: word_file(numbered("x") * 30_000, numbering=lists(level(0, "%1" * 20_000))),
}


def nested(opening, inside, times=100):
    tags = [f"</{tag.split('>')[0]}>" for tag in opening.split("<")[:0:-1]]
    return opening * times + inside + "".join(tags) * times


@pytest.mark.parametrize("monster", MONSTERS)
def test_a_monster_is_refused_at_once(monster):
    data = MONSTERS[monster]()
    begun = perf_counter()
    with pytest.raises(Unreadable, match=r"^plan\.docx"):
        read_word(data, "plan.docx")
    assert perf_counter() - begun < PATIENCE


def test_no_monster_takes_more_memory_than_a_server_has_to_spare(tmp_path):
    for name in GREEDY:
        (tmp_path / f"{name}.docx").write_bytes(MONSTERS[name]())
    program = f"from {__name__} import weigh; weigh({str(tmp_path)!r})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert int(done.stdout) < 300 * 1024  # KiB


def weigh(folder):
    """Print the most memory that this process took while it refused the files of a folder."""
    for path in sorted(Path(folder).iterdir()):
        with pytest.raises(Unreadable):
            read_word(path.read_bytes(), "plan.docx")
    # Not getrusage: its peak is that of the process before, where that was larger.
    status = Path("/proc/self/status").read_text("utf-8")
    print(*re.findall(r"VmHWM:\s+(\d+) kB", status))  # noqa: T201 - the answer


def refusal(data):
    with pytest.raises(Unreadable) as refused:
        read_word(data, "plan.docx")
    return str(refused.value)


def test_a_cell_too_long_to_be_meant_is_refused():
    said = refusal(word_file(table(HEADER, row("1.1", "", "x" * 32_000, "C Gill", "", ""))))
    assert said.startswith("plan.docx, table 1, row 2: a cell holds 32,000 characters")
    assert f"at most {MAX_CELL:,}" in said


def test_too_many_rows_and_cells_are_refused():
    many = table(HEADER, *[row("1.1", "", "Audit", "", "", "")] * MAX_ROWS)
    assert refusal(word_file(many)) == "plan.docx: holds more than 5,000 rows; split the plan"
    wide = refusal(word_file(table(row(*["x"] * 101))))
    assert wide == "plan.docx, table 1, row 1: holds 101 cells; at most 100 are read. Split the table"


def test_tables_within_tables_within_tables_are_refused():
    inner = table(HEADER, row("1.1", "", "Audit", "", "", ""))
    for _ in range(8):
        inner = table(row(cell(inner, paragraph(""))))
    assert "tables within tables" in refusal(word_file(inner))
