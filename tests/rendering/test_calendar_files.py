from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from reminders.rendering.calendar import Calendar, Deadline
from reminders.rendering.calendar_files import write_calendars

NOW = datetime(2015, 1, 2, 8, tzinfo=UTC)
LATER = datetime(2015, 2, 3, 9, 30, tzinfo=UTC)


def a_calendar(name, day=date(2015, 1, 30)):
    number = sum(map(ord, name))
    deadline = Deadline(str(UUID(int=number + 1)), "2.3", day)
    return Calendar(str(UUID(int=number)), name, f"Business plan: {name}", (deadline,))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_each_calendar_has_a_file_whose_name_nobody_can_guess_and_that_stays(tmp_path):
    folder = tmp_path / "calendars"
    for now in (NOW, LATER):
        write_calendars([a_calendar("plan"), a_calendar("M Evans")], folder, now)
        written = names(folder)

    assert [name[:-20] for name in written] == ["m-evans-", "plan-"]
    assert all(len(name.rpartition("-")[2]) == len("0123456789abcdef.ics") for name in written)
    assert len({name[-20:] for name in written}) == 2


def test_a_file_that_says_the_same_is_not_touched(tmp_path):
    write_calendars([a_calendar("M Evans")], tmp_path, NOW, lambda: "0")
    before = (tmp_path / "m-evans-0.ics").stat()
    write_calendars([a_calendar("M Evans")], tmp_path, LATER)

    after = (tmp_path / "m-evans-0.ics").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_moved_date_is_written_into_the_same_file(tmp_path):
    write_calendars([a_calendar("M Evans")], tmp_path, NOW, lambda: "0")
    write_calendars([a_calendar("M Evans", date(2015, 3, 31))], tmp_path, LATER)

    assert names(tmp_path) == ["m-evans-0.ics"]
    text = (tmp_path / "m-evans-0.ics").read_bytes()
    assert b"SEQUENCE:1\r\nDTSTART;VALUE=DATE:20150331\r\n" in text


def test_a_renamed_lead_keeps_the_address(tmp_path):
    write_calendars([a_calendar("M Evans")], tmp_path, NOW, lambda: "0")
    write_calendars([replace(a_calendar("M Evans"), name="M Jones", title="Business plan: M Jones")], tmp_path, LATER)

    assert names(tmp_path) == ["m-evans-0.ics"]
    assert b"NAME:Business plan: M Jones\r\n" in (tmp_path / "m-evans-0.ics").read_bytes()


def test_who_has_no_deadline_left_keeps_an_empty_file(tmp_path):
    write_calendars([a_calendar("M Evans")], tmp_path, NOW, lambda: "0")
    write_calendars([], tmp_path, LATER)

    text = (tmp_path / "m-evans-0.ics").read_bytes()
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"VEVENT" not in text


def test_two_files_of_one_lead_made_at_once_are_both_kept_up_to_date(tmp_path):
    for replica in "01":
        write_calendars([a_calendar("M Evans")], tmp_path / replica, NOW, lambda: "0")
        (tmp_path / replica / "m-evans-0.ics").rename(tmp_path / f"m-evans-{replica}.ics")
    write_calendars([a_calendar("M Evans", date(2015, 3, 31))], tmp_path, LATER)

    assert all(b"DATE:20150331" in path.read_bytes() for path in tmp_path.glob("*.ics"))
    assert len([*tmp_path.glob("*.ics")]) == 2


def test_a_deleted_file_comes_back_under_another_name(tmp_path):
    write_calendars([a_calendar("M Evans")], tmp_path, NOW, lambda: "0")
    (tmp_path / "m-evans-0.ics").unlink()
    write_calendars([a_calendar("M Evans")], tmp_path, NOW, lambda: "1")

    assert names(tmp_path) == ["m-evans-1.ics"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"])
def test_files_of_others_are_left_alone(tmp_path, content):
    (tmp_path / "team.ics").write_bytes(content)
    write_calendars([], tmp_path, NOW)

    assert (tmp_path / "team.ics").read_bytes() == content


@pytest.mark.parametrize(
    ("name", "file"),
    [("CSE Sub-Group", "cse-sub-group-0.ics"), ("Zoë/..\\Ünal", "zoe-unal-0.ics"), ("李", "lead-0.ics")],
)
def test_any_name_makes_a_plain_file_name(tmp_path, name, file):
    write_calendars([a_calendar(name)], tmp_path, NOW, lambda: "0")
    assert names(tmp_path) == [file]


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path):
    (tmp_path / "calendars").write_text("in the way")
    with pytest.raises(OSError, match="calendars"):
        write_calendars([], tmp_path / "calendars", NOW)
