"""The whole program against mail servers that break, and against some that are not what they say."""

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from reminders.core.policy import Audience
from reminders.ledger.base import State
from reminders.ledger.opening import open_ledger
from reminders.rehearsal import SetClock
from reminders.service.tick import Service
from reminders.settings import load_settings
from reminders.wiring import Running, build_service
from tests.transports.certificates import Authority
from tests.transports.smtp_server import CLOSE, RESET, Mail, ScriptedServer, an_smtp_server, running

LEADS = 1_000
MORNING = datetime(2015, 1, 2, 8, tzinfo=UTC)
LEAD = "lead.{}@westberks.example"
LOST = [CLOSE, RESET, "nonsense"]
OF_ONE_MAIL = {
    "RCPT": ["450 4.2.0 greylisted", "451 4.3.0 try later", CLOSE, RESET],
    "DATA": ["451 4.3.0 try later", CLOSE, RESET],
    "CONTENT": [CLOSE, RESET],
    "DOT": ["451 4.3.0 try later", "452 4.2.2 mailbox full"],
}
OF_ALL = {
    "CONNECT": ["421 4.3.2 too busy", *[None] * 20, CLOSE],
    "EHLO": [*[None] * 10, "451 4.3.0 try later", *[None] * 20, RESET],
    "MAIL": [*[None] * 300, "451 4.3.0 try later", *[None] * 300, CLOSE, *[None] * 300, "421 4.4.2 idle too long"],
}


def a_great_board(house) -> None:
    """A plan of a thousand actions, each with a lead of its own, who hears of it on 2 January 2015."""
    numbers = range(1, LEADS + 1)
    rows = [
        f"  - {{ref: '1.{n}', action: Do the {n}th thing, lead: Lead {n}, timeframe: January 2015}}\n" for n in numbers
    ]
    people = [f"  Lead {n}: {LEAD.format(n)}\n" for n in numbers]
    (house.config / "plan.yaml").write_text(f"title: A great plan\nthemes:\n- title: All\n  actions:\n{''.join(rows)}")
    (house.config / "directory.yaml").write_text(f"people:\n{''.join(people)}")
    # Plain wordings: what is tried here is how mails leave, and a thousand are drawn anew at each tick.
    for name in ("reminder.subject.txt", "reminder.txt", "reminder.html"):
        (house.config / name).write_text("For {{ notice.to.name }}")


def in_env(server: ScriptedServer, **more: str) -> dict[str, str]:
    smtp = {"HOST": "127.0.0.1", "PORT": str(server.port), "TLS": "none", **more}
    return {"REMINDERS_MAIL_TRANSPORT": "smtp", **{f"REMINDERS_MAIL_SMTP_{name}": said for name, said in smtp.items()}}


@contextmanager
def the_service(house, env: dict[str, str], clock: SetClock) -> Iterator[Service]:
    settings = load_settings(house.config, {**env, "REMINDERS_STATE_DIR": str(house.state)})
    ledger = open_ledger(settings.state_dir, None, board=settings.board, lock=True)
    service = build_service(settings, ledger, Running(clock, lambda _: False, judge_clock=False))
    try:
        yield service
    finally:
        service.way.transport.close()
        ledger.close()


def unlucky_leads() -> dict[str, tuple[str, str]]:
    """Of a thousand, one in ten meets a temporary fault at some verb, and one in fifty loses an answer."""
    chance = random.Random(2015)
    of_all = sum(fault is not None for faults in OF_ALL.values() for fault in faults)
    lost = LEADS // 50
    unlucky = [LEAD.format(n) for n in chance.sample(range(1, LEADS + 1), LEADS // 10 - of_all + lost)]
    verbs = chance.choices(list(OF_ONE_MAIL), k=len(unlucky))
    temporary = {lead: (verb, chance.choice(OF_ONE_MAIL[verb])) for lead, verb in zip(unlucky, verbs, strict=True)}
    return temporary | {lead: ("DOT", chance.choice(LOST)) for lead in unlucky[:lost]}


@pytest.mark.timeout(300)  # twenty seconds of work; a busy machine makes more of it
def test_a_thousand_mails_all_arrive_through_a_bad_day_and_copies_only_where_an_answer_was_lost(house):
    a_great_board(house)
    clock = SetClock(MORNING)
    with an_smtp_server(faults=OF_ALL, unlucky=unlucky_leads()) as server:
        env = {
            **in_env(server),
            "REMINDERS_MAX_MAILS_PER_RUN": str(LEADS),
            "REMINDERS_TEMPLATES_DIR": str(house.config),
        }
        with the_service(house, env, clock) as service:
            while service.tick().waiting:
                clock.now += timedelta(minutes=6)  # longer than a lease, and than the first pauses
            states = {entry.state for entry in service.ledger.entries(Audience.LIVE)}

    arrived = mails_by_key(server.mails)
    twice = {key for key, mails in arrived.items() if len(mails) > 1}
    assert states == {State.SENT}
    assert {mail.recipient for mail in server.mails} >= {LEAD.format(n) for n in range(1, LEADS + 1)}
    assert twice == set(mails_by_key(server.unheard_of))
    assert {len(set(mails)) for mails in arrived.values()} == {1}
    assert len(server.mails) == len(arrived) + LEADS // 50


def mails_by_key(mails: list[Mail]) -> dict[str, list[bytes]]:
    by_key = defaultdict(list)
    for mail in mails:
        by_key[message_from_bytes(mail.mime)["X-Reminder-Key"]].append(mail.mime)
    return by_key


def bad_servers(folder: Path) -> dict[str, ScriptedServer]:
    ours, theirs = Authority(folder, "ours"), Authority(folder, "theirs")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    contexts = {
        "unknown CA": theirs.server_context("127.0.0.1"),
        "wrong host": ours.server_context("mail.elsewhere.example"),
        "expired": ours.server_context("127.0.0.1", ends=long_ago),
    }
    servers = {
        flaw: ScriptedServer(tls=context, extensions=("STARTTLS", "AUTH PLAIN")) for flaw, context in contexts.items()
    }
    return {**servers, "no STARTTLS": ScriptedServer(extensions=("AUTH PLAIN",))}


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ("unknown CA", "the server's certificate is from a CA that is unknown here"),
        ("wrong host", "the server's certificate is not for 127.0.0.1"),
        ("expired", "the server's certificate has expired"),
        ("no STARTTLS", "the server offers no STARTTLS, and nothing is sent in clear text"),
    ],
)
@pytest.mark.parametrize(
    "command",
    [("once", "--as-of", "2015-01-02T08:00"), ("check", "--connect"), ("send-test", "ops@westberks.example")],
    ids=["once", "check", "send-test"],
)
def test_a_server_that_cannot_be_trusted_hears_nothing_and_the_reason_is_said(
    command, flaw, words, house, tmp_path, monkeypatch
):
    server = bad_servers(tmp_path)[flaw]
    with running(server):
        login = {"USERNAME": "board", "PASSWORD": "s3cret", "CA_FILE": str(tmp_path / "ours.pem")}
        for name, value in in_env(server, TLS="starttls", **login).items():
            monkeypatch.setenv(name, value)
        ran = house.run(*command)

    assert ran.code == 69
    assert words in ran.out
    assert server.mails == []
    assert [line.partition(" ")[0] for line in server.said] in (["ehlo"], ["ehlo", "STARTTLS"])
    assert "s3cret" not in ran.out + ran.err


def test_a_relay_that_wants_nothing_of_ours_fails_nobody_and_says_what_to_mend(house, monkeypatch):
    with an_smtp_server(faults={"RCPT": "554 5.7.1 <somebody>: Relay access denied"}) as server:
        for name, value in in_env(server).items():
            monkeypatch.setenv(name, value)
        ran = house.run("once", "--as-of", "2015-01-02T08:00")

    assert ran.code == 69
    assert "ask its administrator to let this machine relay" in ran.out
    assert {entry["state"] for entry in house.ledger()} == {"planned"}
    assert server.verbs.count("RCPT") == 1
