from dataclasses import replace

import pytest

from reminders.settings import LedgerSettings, MailSettings, Settings
from reminders.wiring import NotThereError, audience_of, ledger_url, policy_of, rules_of, transport_of


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


@pytest.mark.parametrize("transport", ["ews", "graph"])
def test_a_transport_that_is_not_there_says_what_to_write_instead(transport):
    with pytest.raises(NotThereError, match=f"read '{transport}'.*write folder or smtp"):
        transport_of(replace(Settings(), mail=MailSettings(transport=transport)))


def test_the_example_settings_are_the_default_policy():
    policy = policy_of(Settings())
    assert policy.offsets == (-28, -14, -7, 0, 7, 14, 28)
    assert (policy.catch_up, policy.max_mails_per_run, policy.plan_max_age) == (14, 50, 7)
