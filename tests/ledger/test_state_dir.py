import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reminders.ledger.base import LedgerBusy, LedgerRefused, LedgerUnwritable
from reminders.ledger.state_dir import (
    Lock,
    file_system_of,
    keep_reserve,
    make_state_dir,
    open_file,
    refuse_network_drive,
    unwritable,
)

# The directory.


def mode_of(path):
    return path.stat().st_mode & 0o777


def test_a_new_directory_is_for_us_alone(tmp_path):
    make_state_dir(tmp_path / "var" / "state")
    assert mode_of(tmp_path / "var" / "state") == 0o700
    assert mode_of(tmp_path / "var") == 0o777 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_directory_that_is_there_is_left_as_it_is(tmp_path):
    tmp_path.chmod(0o750)
    make_state_dir(tmp_path)
    assert mode_of(tmp_path) == 0o750


def test_a_new_file_is_for_us_alone(tmp_path):
    os.close(open_file(tmp_path / "file", os.O_WRONLY))
    assert mode_of(tmp_path / "file") == 0o600


def test_a_directory_under_a_file_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnwritable, match=r"file/state: a file stands where a folder should be"):
        make_state_dir(tmp_path / "file" / "state")


def test_a_file_in_the_place_of_the_directory_is_told(tmp_path):
    (tmp_path / "state").touch()
    with pytest.raises(LedgerUnwritable, match="a file stands where the folder should be"):
        make_state_dir(tmp_path / "state")


@pytest.fixture
def of_somebody_else(tmp_path):
    """A directory this process may read and not write; root becomes somebody else for as long as the test lasts."""
    folder = tmp_path / "state"
    folder.mkdir()
    us = os.geteuid()
    for path in (tmp_path, *tmp_path.parents[:3]) if us == 0 else ():
        if not path.stat().st_mode & 0o011:
            path.chmod(path.stat().st_mode | 0o055)  # and left so: another worker may be on the same way
    folder.chmod(0o555)
    if us == 0:
        os.seteuid(12345)
    yield folder
    os.seteuid(us)
    folder.chmod(0o755)


def test_a_directory_we_may_not_write_is_told_with_its_owner_its_mode_and_who_we_are(of_somebody_else):
    owner = of_somebody_else.stat().st_uid
    expected = f"{of_somebody_else} belongs to uid {owner} with mode 0555, and this service runs as uid {os.geteuid()}"
    with pytest.raises(LedgerUnwritable) as fault:
        make_state_dir(of_somebody_else)
    assert expected in str(fault.value)
    with pytest.raises(LedgerUnwritable) as fault:
        make_state_dir(of_somebody_else / "state")
    assert expected in str(fault.value)


READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
exec "$2" -c '
import sys
from pathlib import Path
from reminders.ledger.opening import open_ledger
open_ledger(Path(sys.argv[1]), None, board="b", lock=True)
' "$1"
"""


def test_a_read_only_disk_is_told_as_such(tmp_path):
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", READ_ONLY, "sh", tmp_path, sys.executable]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_root())
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this machine lets nobody mount")
    assert f"LedgerUnwritable: cannot write to {tmp_path}: the disk is read-only" in done.stderr


def _root():
    return Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, "the disk is full"), (errno.EDQUOT, "quota"), (errno.EIO, "Input/output error")],
)
def test_a_cause_is_told_in_words(tmp_path, number, told):
    assert told in str(unwritable(tmp_path, OSError(number, os.strerror(number))))


def test_a_little_room_is_kept_on_the_disk(tmp_path):
    keep_reserve(tmp_path, reserve=1)
    with pytest.raises(LedgerUnwritable, match="make room"):
        keep_reserve(tmp_path, reserve=1 << 60)
    with pytest.raises(LedgerUnwritable, match="gone"):
        keep_reserve(tmp_path / "gone")


# The lock.


def test_a_second_process_is_kept_off(tmp_path):
    first = Lock(tmp_path)
    with pytest.raises(LedgerBusy, match=r"another process.*--state"):
        Lock(tmp_path)
    first.release()
    with Lock(tmp_path):
        pass


HOLD = """
import sys
from pathlib import Path
from reminders.ledger.state_dir import Lock
lock = Lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_root()
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LedgerBusy):
            Lock(tmp_path)
        holder.kill()
        holder.wait()
        with Lock(tmp_path):
            pass


# Where it lies.

MOUNTS = r"""
22 27 0:20 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
61 27 0:53 / /srv/share rw,relatime shared:30 master:2 - nfs4 files:/export rw,vers=4.2
62 61 8:2 /data /srv/share/local rw,relatime shared:31 - xfs /dev/sdb1 rw
63 27 0:54 / /srv/council\040files rw - cifs //files/plan rw,vers=3.0
64 27 0:55 / /home/me/far rw,nosuid - fuse.sshfs me@far:/ rw,user_id=1000
65 27 0:56 / /mnt/covered rw - nfs files:/export rw
66 65 0:57 / /mnt/covered rw - tmpfs tmpfs rw
67 27 0:58 / /snap rw - fuse.squashfuse /x ro
68 27 0:59 / /mnt/smb rw - smb3 //files/x rw

torn line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/reminders", "ext4"),
        ("/srv/share", "nfs4"),
        ("/srv/share/state", "nfs4"),
        ("/srv/shared", "ext4"),
        ("/srv/share/local/state", "xfs"),
        ("/srv/council files/state", "cifs"),
        ("/home/me/far/state", "fuse.sshfs"),
        ("/mnt/covered/state", "tmpfs"),
        ("/mnt/smb", "smb3"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(path, kind):
    assert file_system_of(Path(path), MOUNTS) == kind


def test_no_list_of_mounts_says_nothing():
    assert file_system_of(Path("/srv/share"), "") is None


@pytest.mark.parametrize("folder", ["/srv/share/state", "/srv/council files", "/home/me/far/state", "/mnt/smb/state"])
def test_a_network_drive_is_refused_and_postgresql_named(folder):
    with pytest.raises(LedgerRefused, match=r"network drive .*PostgreSQL"):
        refuse_network_drive(Path(folder), MOUNTS)


@pytest.mark.parametrize("folder", ["/var/lib/reminders", "/srv/share/local/state", "/mnt/covered", "/snap/state"])
def test_a_local_disk_is_well(folder):
    refuse_network_drive(Path(folder), MOUNTS)


def test_a_link_to_a_network_drive_is_seen_through(tmp_path):
    (tmp_path / "link").symlink_to("/srv/share")
    with pytest.raises(LedgerRefused, match="nfs4"):
        refuse_network_drive(tmp_path / "link" / "state", MOUNTS)


def test_this_machine_is_asked_where_nothing_is_given(tmp_path):
    refuse_network_drive(tmp_path)
