import re
from dataclasses import fields
from pathlib import Path

import pytest

from reminders.core import digest, faults, message, notices
from reminders.rendering import Branding, packaged_templates
from reminders.rendering.filters import FILTERS

GUIDE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")

DESCRIBED = {
    "branding": Branding,
    "reply_to": message.Mailbox,
    "notice of a reminder": notices.ReminderNotice,
    "section": notices.Section,
    "group": notices.Group,
    "item": notices.Item,
    "later action": notices.LaterAction,
    "digest": digest.Digest,
    "row": digest.Row,
    "theme count": digest.ThemeCount,
    "month": digest.Later,
    "doubt": digest.Doubt,
    "mail sent": digest.Sent,
    "change": digest.Change,
    "day planned": digest.Planned,
    "mail planned": digest.PlannedMail,
    "notice of a fault": faults.FaultNotice,
    "fault": faults.Fault,
    "notice of a test": faults.TestNotice,
    "address": notices.Address,
}


def _listed_under(heading):
    chapter = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert chapter, f"no chapter '{heading}'"
    first_cells = [line.split("|")[1] for line in chapter[1].split("\n") if line.startswith("| `")]
    return [name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)]


def _names_of(described):
    own = {name for name in vars(described) if not name.startswith("_")}
    return own | {field.name for field in fields(described)}


@pytest.mark.parametrize("heading", DESCRIBED)
def test_the_guide_lists_each_name_a_template_may_use_and_no_other(heading):
    listed = _listed_under(heading)

    assert sorted(listed) == sorted(_names_of(DESCRIBED[heading]))


def test_the_guide_lists_each_filter_of_ours():
    assert sorted(_listed_under("Filters")) == sorted(FILTERS)


def test_the_guide_lists_each_packaged_template():
    files = [path.name for path in packaged_templates().iterdir() if path.is_file()]

    assert sorted(_listed_under("The templates")) == sorted(files)
