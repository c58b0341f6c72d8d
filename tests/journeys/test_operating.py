"""What those meet who run the service: signals while it works, settings read again, metrics, and no names anywhere."""

import signal

import pytest

from tests.transports.smtp_server import HANG, an_smtp_server

MORNING = ("--as-of", "2015-01-02T08:00")
ANYWHERE = {"status_address": "127.0.0.1:0"}
PAGES = ("/healthz", "/readyz", "/metrics")


def by_smtp(server, **more):
    ways = {"mail_transport": "smtp", "mail_smtp_host": "127.0.0.1", "mail_smtp_port": str(server.port)}
    return ANYWHERE | ways | {"mail_smtp_tls": "none"} | more


def test_a_stop_between_two_mails_leaves_the_rest_for_the_next_start(serve):
    with an_smtp_server() as server:
        first = serve(*MORNING, **by_smtp(server, mail_rate_per_minute="60"))
        first.until("accepted")
        assert first.end() == 0
        sent = len(server.mails)
        assert 0 < sent < 12
        second = serve(*MORNING, **by_smtp(server))
        second.until("The next tick comes")
        second.end()
        recipients = [mail.recipient for mail in server.mails]
    assert len(recipients) == len(set(recipients)) == 12


def test_a_stop_waits_for_the_mail_in_hand_and_a_second_one_does_not(serve):
    with an_smtp_server(faults={"DOT": HANG}) as server:
        served = serve(*MORNING, **by_smtp(server))
        served.until("Status page: ")
        while not server.mails:
            assert not served.ended_within(0.1)
        served.process.send_signal(signal.SIGTERM)
        assert not served.ended_within(2)
        served.process.send_signal(signal.SIGTERM)
        assert served.wait() == 1


def test_a_hang_up_puts_changed_settings_in_force(serve, house):
    served = serve(*MORNING, **ANYWHERE)
    served.until("The next tick comes")
    house.edit("reminders.yaml", "mode: live ", "mode: paused ")
    served.process.send_signal(signal.SIGHUP)
    served.until("mode is paused")
    assert 'mode="paused"} 1.0' in served.asked("/metrics")
    assert served.end() == 0


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("mode: live ", "mode: sleepy ", "mode: read 'sleepy'"),
        ("tick: 60 ", "tick: 30 ", "a change of tick needs a restart"),
    ],
)
def test_settings_that_cannot_be_used_leave_those_from_before_in_force(serve, house, old, new, why):
    served = serve(*MORNING, **ANYWHERE)
    served.until("The next tick comes")
    house.edit("reminders.yaml", old, new)
    served.process.send_signal(signal.SIGHUP)
    assert why in served.until("The settings from before stay in force")["msg"]
    assert "reminders_settings_last_load_successful{" in served.asked("/metrics")
    assert served.end() == 0


def test_a_changed_plan_needs_no_signal_and_a_hang_up_reads_it_at_once(serve, house):
    served = serve(*MORNING, **ANYWHERE)
    served.until("27 of them blank")
    house.cell("1.1", "progress", "The group met twice")
    served.process.send_signal(signal.SIGHUP)
    served.until("26 of them blank")
    assert served.end() == 0


def test_the_metrics_show_what_was_sent(serve):
    served = serve(*MORNING, **ANYWHERE)
    served.until("The next tick comes")
    text = served.asked("/metrics")
    served.end()
    assert 'kind="reminder",transport="folder"} 12.0' in text
    assert "reminders_build_info{" in text


@pytest.mark.parametrize("broken", ["nothing", "plan", "directory", "mail server", "address"])
def test_no_name_no_address_and_no_word_of_the_plan_leaves_but_by_mail(serve, house, broken):
    house.edit("directory.yaml", "  M Evans: m.evans@", "  M Evans: canary.mailbox@")
    house.cell("2.3", "action", "Teach the canary song")
    settings = ANYWHERE
    if broken == "plan":
        house.edit("plan.yaml", "title: West", "Canary song\ntitle: West")
    if broken == "directory":
        house.edit("directory.yaml", "canary.mailbox@westberks.example", "canary.mailbox(at)westberks.example")
    if broken == "mail server":
        settings = ANYWHERE | {"mail_transport": "smtp", "mail_smtp_host": "127.0.0.1", "mail_smtp_port": "1"}
    with an_smtp_server(faults={"RCPT": ["550 5.1.1 <canary.mailbox@westberks.example> M Evans unknown"]}) as server:
        served = serve(*MORNING, **(by_smtp(server) if broken == "address" else settings))
        served.until("The next tick comes" if broken not in ("plan", "directory") else "No plan to work from")
        pages = "".join(map(served.asked, PAGES))
        served.end()
    told = f"{served.lines}{pages}".lower()
    assert "canary" not in told
    assert "evans" not in told
    assert "westberks.example" not in told
