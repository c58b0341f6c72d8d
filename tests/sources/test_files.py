import os
import shutil
import tempfile
from pathlib import Path

import pytest

from reminders.sources.base import MayPass, Unreadable
from reminders.sources.files import Look, read_bytes, read_directory_file, read_plan, sha256, whole

ROOT = Path(__file__).parent.parent.parent
HASH_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
TABLE = "Action\tLead\nAudit\tC Gill\n"
PIPES = "| Action | Lead |\n|---|---|\n| Audit | C Gill |\n"
TREE = "title: Plan\nthemes:\n- actions:\n  - {action: Audit, lead: C Gill}\n"


@pytest.fixture
def nobody():
    """A folder that everybody may enter, seen as a user who owns nothing in it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    root = os.geteuid() == 0

    def become():
        if root:
            os.seteuid(65534)
        return folder

    yield folder, become
    if root:
        os.seteuid(0)
    (folder / "closed").chmod(0o700)
    shutil.rmtree(folder)


def refusal(path, **given):
    with pytest.raises(Unreadable) as refused:
        read_bytes(path, **given)
    return str(refused.value)


def changing(path, change):
    """Return a pause that waits for nothing but changes the file meanwhile."""
    return lambda _: change(path)


def rest(file):
    """Give a file the time it had before."""
    os.utime(file, ns=(7, 7))


# Bytes


def test_a_file_is_read_up_to_its_limit(tmp_path):
    file = tmp_path / "plan.txt"
    file.write_bytes(b"abc")
    assert read_bytes(file, limit=3) == b"abc"
    assert refusal(file, limit=2) == f"{file}: holds 3 bytes; at most 2 are read. Shorten or split it"


def test_the_hash_is_sha_256():
    assert sha256(b"abc") == HASH_OF_ABC


def test_a_missing_file_is_told_with_its_place_and_the_nearest_name(tmp_path):
    (tmp_path / "plan.yml").touch()
    assert refusal(tmp_path / "plan.yaml") == (
        f"{tmp_path}/plan.yaml: there is no such file (did you mean plan.yml?); put it there, or correct the path"
    )
    assert refusal(tmp_path / "zzz") == f"{tmp_path}/zzz: there is no such file; put it there, or correct the path"


def test_a_missing_folder_is_told(tmp_path):
    assert refusal(tmp_path / "config/plan.yaml") == (
        f"{tmp_path}/config/plan.yaml: there is no folder {tmp_path}/config; create it, or correct the path"
    )


def test_where_a_file_was_looked_for_is_told_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refusal(Path("plan.yaml")).startswith(f"{tmp_path}/plan.yaml: ")


def test_a_folder_a_pipe_and_a_device_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path) == f"{tmp_path}: is a folder; name the file in it"
    assert refusal(tmp_path / "pipe") == f"{tmp_path}/pipe: is a device or a pipe; name a file"
    assert refusal(Path("/dev/zero")) == "/dev/zero: is a device or a pipe; name a file"


def test_a_link_in_a_circle_is_refused(tmp_path):
    link = tmp_path / "plan.yaml"
    link.symlink_to(link)
    assert "cannot be read (Too many levels of symbolic links)" in refusal(link)


def test_a_file_closed_to_us_is_told_with_owner_mode_and_our_user(nobody):
    folder, become = nobody
    closed = folder / "closed"
    closed.write_bytes(b"abc")
    closed.chmod(0)
    owner = closed.stat().st_uid
    become()
    assert refusal(closed) == (
        f"{closed}: may not be read: {closed} belongs to user {owner} with mode 0000, "
        f"and this runs as user {os.geteuid()}; give that user the right to read it"
    )


def test_a_folder_closed_to_us_is_the_one_that_is_told(nobody):
    folder, become = nobody
    closed = folder / "closed"
    (closed / "config").mkdir(parents=True)
    closed.chmod(0o600 if os.geteuid() else 0o700)
    become()
    assert f"may not be read: {closed} belongs to user" in refusal(closed / "config/plan.yaml")


def test_a_missing_file_of_a_folder_that_cannot_be_listed_is_told(nobody):
    folder, become = nobody
    closed = folder / "closed"
    closed.mkdir()
    closed.chmod(0o300 if os.geteuid() else 0o711)
    become()
    assert refusal(closed / "plan.yaml").endswith("there is no such file; put it there, or correct the path")


# Wholeness


def test_a_file_that_rests_is_read_after_half_a_second(tmp_path):
    waited: list[float] = []
    file = tmp_path / "plan.txt"
    file.write_bytes(b"abc")
    assert whole([file], waited.append)(file) == b"abc"
    assert waited == [0.5]


def test_one_wait_does_for_the_plan_and_the_directory(tmp_path):
    waited: list[float] = []
    plan, directory = tmp_path / "plan.txt", tmp_path / "directory.yaml"
    plan.write_bytes(b"abc")
    directory.write_bytes(b"def")
    read = whole([plan, directory], waited.append)
    assert (read(directory), read(plan)) == (b"def", b"abc")
    assert waited == [0.5]


def test_a_file_that_changed_since_the_wait_for_another_is_waited_for(tmp_path):
    waited: list[float] = []
    plan, directory = tmp_path / "plan.txt", tmp_path / "directory.yaml"
    plan.write_bytes(b"abc")
    directory.write_bytes(b"def")
    read = whole([plan, directory], waited.append)
    read(directory)
    plan.write_bytes(b"abcd")
    assert read(plan) == b"abcd"
    assert waited == [0.5, 0.5]


def test_a_file_is_read_though_the_other_is_missing(tmp_path):
    directory = tmp_path / "directory.yaml"
    directory.write_bytes(b"def")
    assert whole([tmp_path / "plan.txt", directory], lambda _: None)(directory) == b"def"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda file: file.write_bytes(b"abcd"), id="longer"),
        pytest.param(lambda file: os.utime(file, ns=(1, 1)), id="touched"),
        pytest.param(lambda file: (file.write_bytes(b"abd"), rest(file)), id="same size and time"),
    ],
)
def test_a_file_that_changes_meanwhile_is_not_read(tmp_path, change):
    file = tmp_path / "plan.txt"
    file.write_bytes(b"abc")
    rest(file)
    with pytest.raises(MayPass, match="is being written at this moment"):
        whole([file], changing(file, change))(file)


def test_a_file_that_goes_meanwhile_is_missing(tmp_path):
    file = tmp_path / "plan.txt"
    file.touch()
    with pytest.raises(Unreadable, match="there is no such file"):
        whole([file], changing(file, Path.unlink))(file)


def test_two_looks_at_one_file_are_equal():
    assert Look(Path("a"), "b", 1, 2) == Look(Path("a"), "b", 1, 2)


# Plans and directories


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan.yaml", TREE),
        ("plan.YML", TREE),
        ("plan.txt", TABLE),
        ("plan.tsv", TABLE),
        ("plan.csv", TABLE),
        ("plan.md", PIPES),
        ("my.plan.Txt", TABLE),
    ],
)
def test_the_ending_says_how_a_plan_is_read(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    digest, plan = read_plan(tmp_path / name)
    assert digest == sha256(text.encode())
    assert (plan.themes[0].rows[0].action, plan.themes[0].rows[0].lead) == ("Audit", "C Gill")
    assert plan.themes[0].rows[0].where.startswith(f"{name}, line ")


@pytest.mark.parametrize(("name", "said"), [("plan.odt", "ends in .odt"), ("plan", "has no ending")])
def test_another_ending_is_refused_with_those_that_are_read(tmp_path, name, said):
    with pytest.raises(Unreadable) as refused:
        read_plan(tmp_path / name)
    assert str(refused.value).startswith(f"{name}: {said}; a plan is read from a file ending in .yaml, .yml, .docx, ")
    assert str(refused.value).endswith(".txt or .md")


def test_how_the_bytes_are_read_may_be_handed_in(tmp_path):
    file = tmp_path / "plan.txt"
    file.write_text(TABLE)
    assert read_plan(file, whole([file], lambda _: None)) == read_plan(file)


def test_the_examples_are_read():
    digest, plan = read_plan(ROOT / "config/plan.yaml")
    assert digest == sha256((ROOT / "config/plan.yaml").read_bytes())
    assert sum(len(theme.rows) for theme in plan.themes) == 31
    digest, directory = read_directory_file(ROOT / "config/directory.yaml")
    assert digest == sha256((ROOT / "config/directory.yaml").read_bytes())
    assert len(directory.people) == 20


@pytest.mark.parametrize("name", ["~$an.docx", ".~lock.plan.xlsx#"])
def test_the_lock_file_of_an_open_document_is_named_as_such(tmp_path, name):
    (tmp_path / name).write_bytes(b"M Evans")

    with pytest.raises(Unreadable, match="is the lock file of an open document, not the plan"):
        read_plan(tmp_path / name)
