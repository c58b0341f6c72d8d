import pytest

from reminders.transports.base import Outcome, Scope, Verdict


@pytest.mark.parametrize(
    ("code", "detail", "reply"),
    [
        ("250 2.0.0", "2.0.0 queued as Q1", "250 2.0.0 queued as Q1"),
        ("550 5.1.1", "RCPT: 5.1.1 no such mailbox", "550 5.1.1 RCPT: no such mailbox"),
        ("written", "written as a.eml", "written as a.eml"),
        ("421", "come back later", "421 come back later"),
        ("rehearsed", "", "rehearsed"),
    ],
)
def test_a_reply_says_each_thing_once(code, detail, reply):
    assert Outcome(Verdict.ACCEPTED, Scope.MESSAGE, code, detail).reply == reply
