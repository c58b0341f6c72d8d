"""The plan as Word, Excel or CSV does all that the YAML one does; a bad file does nothing."""

import csv
import io
import resource
import time
from pathlib import Path

import pytest

from tests.sources.excel_files import zipped
from tests.sources.test_excel_plans import a_sheet_for_each_theme
from tests.sources.test_word_plans import SEED, in_five_tables
from tests.sources.word_files import level, lists, ole, packed, word_file

MANY = b"<w:p/>" * 8_000_000


def in_word():
    return word_file(*in_five_tables(), numbering=lists(level(0, "%1."), level(0, "\uf0b7", "bullet")))


def in_csv():
    text = io.StringIO()
    csv.writer(text).writerows(line.split("\t") for line in SEED)
    return text.getvalue().encode()


FORMS = {
    "plan.docx": in_word,
    "plan.xlsx": a_sheet_for_each_theme,
    "plan.csv": in_csv,
}


@pytest.fixture(params=FORMS)
def plan_file(request, tmp_path):
    path = tmp_path / request.param
    path.write_bytes(FORMS[request.param]())
    return path


def understood(actions):
    keys = ("ref", "theme", "outcome_from", "action", "leads", "deadline", "due_by", "kind", "blank", "complete", "ask")
    return [{key: action[key] for key in keys} for action in actions]


def test_every_form_says_the_same(house, plan_file):
    by_hand = house.run("plan", "--json").json
    read = house.run("plan", "--json", "--plan", str(plan_file)).json

    assert (read["outcome"], read["title"]) == ("ok", by_hand["title"])
    assert read["themes"] == by_hand["themes"]
    assert understood(read["actions"]) == understood(by_hand["actions"])


def test_the_plan_is_printed_as_a_table_with_its_problems_beneath(house, plan_file):
    ran = house.run("plan", "--plan", str(plan_file))
    table, problems = ran.out.split("points to mend:")

    assert ran.code == 0
    assert all(heading in table for heading in ("Ref", "Outcome", "Action", "Lead", "Timeframe", "Progress"))
    assert "F Gosling-Thomas" in table
    assert plan_file.name in problems
    assert "[missing-timeframe]" in problems


def test_the_same_mails_go_whatever_the_plan_is_written_in(house, plan_file):
    house.run("once", "--as-of", "2015-01-02T08:00", "--plan", str(plan_file))

    assert len(house.ledger("reminder")) == 12


BAD = {
    "a password": ("plan.docx", lambda: ole("EncryptionInfo", "EncryptedPackage"), "password"),
    "an old Word file": ("plan.docx", lambda: ole("WordDocument"), "save it as .docx"),
    "an old Excel file": ("plan.xlsx", lambda: ole("Workbook"), "save it as .xlsx"),
    "RTF": ("plan.docx", lambda: b"{\\rtf1\\ansi plan}", "RTF"),
    "a web page": ("plan.xlsx", lambda: b"<html><body><table></table></body></html>", "web page"),
    "half of a document": ("plan.docx", lambda: in_word()[:3000], "still being saved"),
    "half of a workbook": ("plan.xlsx", lambda: a_sheet_for_each_theme()[:3000], "still being saved"),
    "an empty file": ("plan.docx", lambda: b"", "empty"),
    "rubbish": ("plan.csv", lambda: bytes(range(256)) * 50, "plan.csv"),
    "a bomb": ("plan.docx", lambda: packed({"word/document.xml": MANY}), "plan.docx"),
    "a bomb of a workbook": ("plan.xlsx", lambda: zipped({"xl/workbook.xml": MANY}), "plan.xlsx"),
    "a tag that runs code": ("plan.yaml", lambda: b"title: !!python/object/apply:os.system [id]", "plan.yaml"),
}


@pytest.mark.parametrize(("name", "content", "reason"), BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(house, tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content())
    began = time.process_time()
    ran = house.run("check", "--plan", str(tmp_path / name))

    assert time.process_time() - began < 2
    assert ran.code == 65
    (line,) = [line for line in ran.out.splitlines() if "The plan cannot be read" in line]
    assert reason in line
    assert "Traceback" not in ran.out + ran.err


def test_refusing_a_monster_takes_little_memory(house, tmp_path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (tmp_path / "plan.docx").write_bytes(packed({"word/document.xml": MANY}))
    packing = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    house.run("check", "--plan", str(tmp_path / "plan.docx"))

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(before, packing) < 200_000  # kilobytes


@pytest.mark.parametrize(("name", "content", "reason"), BAD.values(), ids=BAD)
def test_the_last_good_plan_stays_when_the_file_goes_bad(house, name, content, reason):
    del reason
    house.edit("reminders.yaml", "plan: plan.yaml", f"plan: {name}")
    plan = house.config / name
    good = FORMS.get(name, (house.root / "config/plan.yaml").read_bytes)()
    plan.write_bytes(good)
    house.run("once", "--as-of", "2015-01-01T12:00")
    plan.write_bytes(content())
    before = files_of(house.root)

    ran = house.run("once", "--as-of", "2015-01-02T08:00")

    assert ran.code == 1
    assert len(house.ledger("reminder")) == 12
    assert files_of(house.root) == before


def files_of(root: Path):
    return {path for path in root.rglob("*") if path.is_file() and "state" not in path.relative_to(root).parts}
