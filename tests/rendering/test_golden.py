import pytest

from tests.rendering.golden import FOLDER, golden_mails

MAILS = dict(golden_mails())


@pytest.mark.parametrize("file", MAILS, ids=lambda file: file.stem)
def test_a_mail_is_what_it_was_when_somebody_looked_at_it(file):
    assert MAILS[file] == file.read_bytes(), "look at it, then: python -m tests.rendering.golden"


def test_no_golden_mail_is_left_over():
    assert set(FOLDER.glob("*.eml")) == set(MAILS)
