import pytest

from tests.transports.smtp_builders import once


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ("550 5.1.1 <m.evans@westberks.example>: user unknown", "RCPT: 5.1.1 <...>: user unknown"),
        ("550 m.evans@westberks.example... unknown", "RCPT: ... unknown"),
        ("550 5.1.1 no mailbox M.Evans here", "RCPT: 5.1.1 no mailbox ... here"),
        ("550 'other @ x.example' is no user", "RCPT: ... is no user"),
        ('550 "m evans"@x.example or "l mundy" unknown', "RCPT: ... or ... unknown"),
        ("550 see http://x.example/?to=a%40b.example now", "RCPT: see ... now"),
        ("550 <unclosed m.x", "RCPT: <...>"),
        ("550-5.1.1 two\r\n550 5.1.1 lines\x1b[31m\t!", "RCPT: 5.1.1 two 5.1.1 lines [31m !"),
        ("550 " + "long " * 100, "RCPT: " + ("long " * 100)[:194]),
    ],
    ids=["brackets", "bare", "local part", "spaced", "quoted", "encoded", "unclosed", "control letters", "long"],
)
def test_an_answer_is_shown_without_addresses(answer, detail):
    outcome, _ = once({"RCPT": answer})

    assert outcome.detail == detail


def test_an_answer_that_repeats_the_mail_is_shown_without_it():
    outcome, _ = once({"DOT": "554 5.7.1 refused: 5.2 Develop a joint protocol is due, sorry"})

    assert outcome.detail == "the final dot: 5.7.1 refused:..., sorry"
