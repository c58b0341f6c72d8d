from dataclasses import replace

import pytest

from reminders.settings import LedgerSettings, MailSettings, Settings
from reminders.settings.model import EwsSettings, GraphSettings
from reminders.wiring import (
    audience_of,
    ledger_url,
    mailbox_of,
    policy_of,
    rules_of,
    transport_of,
)


@pytest.mark.parametrize(
    ("url", "password", "full"),
    [
        (None, None, None),
        ("postgresql://reminders@db/plan", None, "postgresql://reminders@db/plan"),
        ("postgresql://reminders@db/plan", "a b@c", "postgresql://reminders:a%20b%40c@db/plan"),
        ("postgresql://db/plan", "secret", "postgresql://:secret@db/plan"),
    ],
)
def test_the_ledgers_password_comes_from_its_own_place(url, password, full):
    assert ledger_url(replace(Settings(), ledger=LedgerSettings(url=url, password=password))) == full


@pytest.mark.parametrize(
    ("transport", "redirect_to", "audience"),
    [
        ("folder", None, "trial"),
        ("smtp", "trial@westberks.example", "trial"),
        ("smtp", None, "live"),
    ],
)
def test_mails_are_live_only_where_they_reach_real_mailboxes(transport, redirect_to, audience):
    mail = MailSettings(transport=transport, redirect_to=redirect_to)
    assert audience_of(replace(Settings(), mail=mail)) == audience


@pytest.mark.parametrize(
    ("transport", "rate", "seconds"),
    [("folder", 10, None), ("smtp", None, None), ("smtp", 30, 2.0), ("ews", None, 3.0), ("graph", None, 3.0)],
)
def test_mails_are_paced_as_the_way_out_wants(transport, rate, seconds):
    mail = MailSettings(transport=transport, rate_per_minute=rate)
    assert rules_of(replace(Settings(), mail=mail), judge_clock=False).seconds_per_mail == seconds


def an_exchange_mailbox(transport):
    ews = EwsSettings(url="https://mail.westberks.example/EWS/Exchange.asmx", mailbox="LSCB@ews", username="lscb")
    graph = GraphSettings(tenant="westberks.example", client_id="1", mailbox="LSCB@graph", client_secret="secret")
    return MailSettings(transport=transport, ews=ews, graph=graph)


@pytest.mark.parametrize(
    ("transport", "readable"), [("folder", False), ("smtp", False), ("ews", True), ("graph", True)]
)
def test_the_way_out_is_the_one_the_settings_name(transport, readable):
    way_out = transport_of(replace(Settings(), mail=an_exchange_mailbox(transport)))
    assert (way_out.name, mailbox_of(way_out) is not None) == (transport, readable)


@pytest.mark.parametrize(
    ("transport", "paced"), [("smtp", "reminders@westberks.example"), ("ews", "lscb@ews"), ("graph", "lscb@graph")]
)
def test_what_is_paced_is_the_mailbox_the_mails_leave_from(transport, paced):
    assert rules_of(replace(Settings(), mail=an_exchange_mailbox(transport)), judge_clock=False).mailbox == paced


def test_the_example_settings_are_the_default_policy():
    policy = policy_of(Settings())
    assert policy.offsets == (-28, -14, -7, 0, 7, 14, 28)
    assert (policy.catch_up, policy.max_mails_per_run, policy.plan_max_age) == (14, 50, 7)
