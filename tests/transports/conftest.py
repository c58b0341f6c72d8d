import os
from pathlib import Path

import pytest

from tests.transports.certificates import Authority

# Postfix is no part of a fresh machine, and only root can start it: CI installs it and names the file, which then
# is collected whatever stands here, and fails where it cannot run.
collect_ignore = [] if Path("/usr/sbin/postfix").exists() and os.geteuid() == 0 else ["test_postfix.py"]


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """The CA that the settings name."""
    return Authority(tmp_path_factory.mktemp("ca"), "Board CA")


@pytest.fixture(scope="session")
def other_authority(tmp_path_factory):
    """A CA that nobody here has heard of."""
    return Authority(tmp_path_factory.mktemp("other"), "Somebody's CA")
