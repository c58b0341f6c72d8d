import errno
import os
import resource
import shutil
import signal
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from reminders.core.message import FinishedMessage
from reminders.transports.base import Found, Scope, Verdict
from reminders.transports.folder import FolderTransport

KEY = "0123456789abcdef01234567"
MESSAGE = FinishedMessage("reminders@westberks.example", "m.evans@westberks.example", b"Subject: due\r\n\r\n5.2\r\n")
NOBODY = 65534


@contextmanager
def as_nobody():
    """Lay down root's powers, with which every folder can be written; other users have none to lay down."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@contextmanager
def small_files(limit):
    """Let the system itself refuse a write half-way."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def open_place():
    """A folder everybody can reach, as pytest's own is for its user alone."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    for folder in place.iterdir():
        folder.chmod(0o700)
    shutil.rmtree(place)


def send(folder, before_transmit=lambda: True, message=MESSAGE):
    return FolderTransport(folder).send(message, KEY, before_transmit)


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_mail_is_one_file_named_by_its_key(tmp_path):
    send(tmp_path / "outbox")

    assert names(tmp_path / "outbox") == [f"{KEY}.eml"]


def test_folder_and_files_are_for_the_service_alone(tmp_path):
    outbox = tmp_path / "state" / "outbox"
    send(outbox)

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (outbox.parent, outbox, outbox / f"{KEY}.eml")]
    assert modes == [0o700, 0o700, 0o600]


def test_a_folder_that_is_there_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o750)
    send(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_the_whole_mail_is_on_disk_under_a_hidden_name_when_the_fence_is_asked(tmp_path):
    seen: list[tuple[str, bytes]] = []

    def before_transmit():
        seen.extend((file.name[:1], file.read_bytes()) for file in tmp_path.iterdir())
        return True

    send(tmp_path, before_transmit)

    assert seen == [(".", MESSAGE.mime)]


def test_nothing_is_left_behind_when_the_fence_is_lost(tmp_path):
    send(tmp_path, lambda: False)

    assert names(tmp_path) == []


def test_nothing_is_left_behind_when_the_ledger_fails(tmp_path):
    def before_transmit():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        send(tmp_path, before_transmit)

    assert names(tmp_path) == []


def test_a_ledger_that_fails_with_an_os_error_is_not_taken_for_a_full_outbox(tmp_path):
    def before_transmit():
        raise OSError(errno.ENOSPC, "the ledger's disk is full")

    with pytest.raises(OSError, match="the ledger's disk is full"):
        send(tmp_path, before_transmit)


def test_a_mail_that_is_there_is_accepted_without_writing_or_asking(tmp_path):
    file = tmp_path / f"{KEY}.eml"
    file.write_bytes(b"as it left")

    outcome = send(tmp_path, before_transmit=lambda: pytest.fail("asked"))

    assert (outcome.verdict, file.read_bytes()) == (Verdict.ACCEPTED, b"as it left")


def test_a_disk_that_refuses_half_way_leaves_nothing(tmp_path):
    big = FinishedMessage(MESSAGE.sender, MESSAGE.recipient, b"x" * 100_000)
    with small_files(4096):
        outcome = send(tmp_path, message=big)

    assert (outcome.verdict, outcome.scope, outcome.code) == (Verdict.LATER, Scope.TRANSPORT, "EFBIG")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EIO, "Input/output error"),
    ],
    ids=["disk full", "quota", "read-only", "broken disk"],
)
def test_disk_faults_are_told_in_words(tmp_path, number, words):
    outcome = FolderTransport(tmp_path)._later(OSError(number, os.strerror(number)))

    assert outcome.detail == f"cannot write to {tmp_path}: {words}"
    assert outcome.code == errno.errorcode[number]


def test_a_folder_of_somebody_else_is_told_with_owner_mode_and_our_uid(open_place):
    outbox = open_place / "outbox"
    outbox.mkdir(0o555)
    owner = os.geteuid()
    with as_nobody():
        outcome, uid = send(outbox), os.geteuid()

    assert (outcome.verdict, outcome.scope, outcome.code) == (Verdict.LATER, Scope.TRANSPORT, "EACCES")
    assert outcome.detail == (
        f"cannot write to {outbox}: {outbox} belongs to uid {owner} with mode 0555, and this service runs as uid {uid}"
    )


def test_a_folder_that_cannot_be_made_is_told_with_the_folder_above(open_place):
    above = open_place / "state"
    above.mkdir(0o555)
    with as_nobody():
        outcome = send(above / "outbox")

    assert outcome.code == "EACCES"
    assert f"{above} belongs to uid" in outcome.detail


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "outbox").write_text("")

    outcome = send(tmp_path / "outbox")

    assert (outcome.code, "a file stands" in outcome.detail) == ("ENOTDIR", True)


def test_a_folder_that_goes_at_the_last_moment_is_later(tmp_path):
    outbox = tmp_path / "outbox"

    def before_transmit():
        shutil.rmtree(outbox)
        return True

    outcome = send(outbox, before_transmit)

    assert (outcome.verdict, outcome.scope, outcome.code) == (Verdict.LATER, Scope.TRANSPORT, "ENOENT")


def test_a_mail_that_is_seen_but_perhaps_not_safe_is_unknown_and_then_found(open_place):
    outbox = open_place / "outbox"
    outbox.mkdir(0o300)  # may be written but not opened, so it cannot be synced
    if os.geteuid() == 0:
        os.chown(outbox, NOBODY, -1)
    with as_nobody():
        outcome, found = send(outbox), FolderTransport(outbox).find(KEY)

    assert (outcome.verdict, outcome.scope, found) == (Verdict.UNKNOWN, Scope.MESSAGE, Found.SENT)


def test_find_says_absent_before_the_folder_is_made(tmp_path):
    assert FolderTransport(tmp_path / "outbox").find(KEY) is Found.ABSENT


def test_find_cannot_tell_in_a_folder_it_may_not_read(open_place):
    outbox = open_place / "outbox"
    outbox.mkdir(0o000)
    with as_nobody():
        found = FolderTransport(outbox).find(KEY)

    assert found is Found.CANNOT_TELL


def test_find_cannot_tell_where_a_file_stands_in_the_way(tmp_path):
    (tmp_path / "outbox").write_text("")

    assert FolderTransport(tmp_path / "outbox").find(KEY) is Found.CANNOT_TELL


def test_check_leaves_nothing_behind(tmp_path):
    FolderTransport(tmp_path / "outbox").check()

    assert names(tmp_path / "outbox") == []


def test_check_says_who_owns_a_folder_it_cannot_write(open_place):
    outbox = open_place / "outbox"
    outbox.mkdir(0o555)
    with as_nobody():
        health = FolderTransport(outbox).check()

    assert (health.well, "with mode 0555" in health.detail) == (False, True)


@pytest.mark.parametrize(
    "key",
    ["", "../../etc/passwd", KEY.upper(), KEY[:-1], KEY + "0", KEY + "\n"],
    ids=["empty", "path", "upper case", "short", "long", "line end"],
)
def test_a_key_that_is_no_key_is_our_own_fault(tmp_path, key):
    with pytest.raises(ValueError, match="24 hex digits"):
        FolderTransport(tmp_path).send(MESSAGE, key, lambda: True)
    with pytest.raises(ValueError, match="24 hex digits"):
        FolderTransport(tmp_path).find(key)
