"""A mail leaves once: as a draft and its release where that is allowed, else directly."""

import json
import logging
import subprocess
import sys

import pytest

from reminders.transports.base import Found
from tests.transports.graph_builders import (
    ACCEPTED,
    KEY,
    LATER,
    MESSAGE,
    OF_ONE,
    OTHER_KEY,
    REJECTED,
    SECRET,
    TRANSPORT,
    UNKNOWN,
    Hands,
    a_way,
    once,
    seen,
    send,
)
from tests.transports.graph_cloud import Answer, error
from tests.transports.graph_server import HANG, HANG_AFTER, RESET, RESET_AFTER

SIGNED_IN = ["discovery", "token"]


def test_a_mail_is_a_draft_and_its_release(authority):
    outcome, server = once(authority)

    assert seen(outcome) == (ACCEPTED, OF_ONE, "202")
    assert server.asked == [*SIGNED_IN, "draft", "send"]
    assert [item.folder for item in server.cloud.items.values()] == ["sentitems"]


def test_a_mail_goes_to_the_envelopes_recipient_alone(authority):
    _, server = once(authority)

    recipients = [[to["emailAddress"]["address"] for to in mail["toRecipients"]] for mail in server.cloud.left]
    assert recipients == [["m.evans@westberks.example"]]


def test_later_mails_are_two_requests_on_the_open_connection(authority):
    with a_way(authority) as (server, transport):
        send(transport)
        send(transport, key=OTHER_KEY)

    assert server.asked == [*SIGNED_IN, "draft", "send", "draft", "send"]
    assert server.connections == 1


def test_the_fence_is_asked_when_the_draft_is_there_and_nothing_has_left(authority):
    with a_way(authority) as (server, transport):
        told: list[tuple[list[str], int]] = []

        def before_transmit():
            told.append((list(server.asked), len(server.cloud.left)))
            return True

        send(transport, fence=before_transmit)

    assert told == [([*SIGNED_IN, "draft"], 0)]


def test_a_lost_fence_takes_the_draft_back(authority):
    with a_way(authority) as (server, transport):
        outcome = send(transport, fence=lambda: False)

    assert seen(outcome) == (LATER, OF_ONE, "fence-lost")
    assert (server.cloud.left, server.cloud.folder("drafts")) == ([], [])


def test_a_ledger_that_fails_takes_the_draft_back(authority):
    def before_transmit():
        raise RuntimeError

    with a_way(authority) as (server, transport):
        with pytest.raises(RuntimeError):
            send(transport, fence=before_transmit)

        assert (server.cloud.left, server.cloud.folder("drafts")) == ([], [])


@pytest.mark.parametrize("fault", [Answer(500), RESET, HANG], ids=["500", "reset", "silence"])
def test_a_draft_that_cannot_be_taken_back_does_not_hide_the_lost_fence(authority, fault):
    with a_way(authority, {"delete": fault}, timeout=0.5) as (_, transport):
        outcome = send(transport, fence=lambda: False)

    assert seen(outcome) == (LATER, OF_ONE, "fence-lost")


def test_a_refused_mail_leaves_no_draft_behind(authority):
    outcome, server = once(authority, {"send": error(400, "ErrorInvalidRecipients")})

    assert outcome.verdict is REJECTED
    assert server.cloud.folder("drafts") == []


def test_who_may_not_keep_drafts_sends_directly(authority):
    outcome, server = once(authority, rights={"send"})

    assert seen(outcome) == (ACCEPTED, OF_ONE, "202")
    assert server.asked == [*SIGNED_IN, "draft", "sendMail"]
    assert server.cloud.folder("sentitems")[0].fields == server.cloud.left[0]


def test_the_fence_is_asked_just_before_a_direct_send(authority):
    with a_way(authority, rights={"send"}) as (server, transport):
        told: list[list[str]] = []

        def before_transmit():
            told.append(list(server.asked))
            return False

        outcome = send(transport, fence=before_transmit)

    assert (told, outcome.code, server.cloud.left) == ([[*SIGNED_IN, "draft"]], "fence-lost", [])
    assert "sendMail" not in server.asked


def test_a_refused_draft_is_believed_for_an_hour(authority):
    hands = Hands()
    with a_way(authority, rights={"send"}, monotonic=hands) as (server, transport):
        send(transport)
        hands.now += 3599
        send(transport)
        server.cloud.rights |= {"read", "write"}
        hands.now += 2
        send(transport)

    assert server.asked[2:] == ["draft", "sendMail", "sendMail", "draft", "send"]


def test_a_mail_that_is_too_large_is_refused_before_anything_is_asked(authority):
    big = MESSAGE.__class__(MESSAGE.sender, MESSAGE.recipient, MESSAGE.mime + b"x" * 4_000_000)
    outcome, server = once(authority, message=big)

    assert seen(outcome) == (REJECTED, OF_ONE, "too-large")
    assert server.asked == []


def test_the_deadline_runs_while_the_ledger_commits(authority):
    hands = Hands()

    def slow_commit():
        hands.now += 6
        return True

    with a_way(authority, monotonic=hands) as (server, transport):
        outcome = send(transport, fence=slow_commit)

    assert seen(outcome) == (LATER, TRANSPORT, "timeout")
    assert "send" not in server.asked


def test_an_answer_lost_before_the_work_is_cleared_up_without_a_second_mail(authority):
    with a_way(authority, {"send": [RESET]}) as (server, transport):
        outcome = send(transport)
        young = transport.find(KEY)
        for item in server.cloud.folder("drafts"):
            item.made = item.made.replace(year=item.made.year - 1)
        old = transport.find(KEY)
        again = send(transport)

    assert (outcome.verdict, young, old, again.verdict) == (UNKNOWN, Found.QUEUED, Found.ABSENT, ACCEPTED)
    assert len(server.cloud.left) == 1
    assert server.cloud.folder("drafts") == []


@pytest.mark.parametrize(
    "fault",
    [RESET_AFTER, HANG_AFTER, Answer(504, done=True), Answer(429, done=True), Answer(500, done=True)],
    ids=["reset", "silence", "504", "429", "500"],
)
def test_an_answer_lost_after_the_work_is_cleared_up_without_a_second_mail(authority, fault):
    with a_way(authority, {"send": [fault]}, timeout=1) as (server, transport):
        outcome = send(transport)
        found = transport.find(KEY)

    assert (outcome.verdict, found, len(server.cloud.left)) == (UNKNOWN, Found.SENT, 1)


def test_a_thousand_mails_through_a_bad_day_each_arrive_once(authority):
    faults = [
        RESET_AFTER if turn % 50 == 0 else RESET if turn % 50 == 25 else Answer(503) if turn % 10 == 0 else None
        for turn in range(1, 1001)
    ]
    with a_way(authority, {"send": faults, "draft": [Answer(429), None, RESET_AFTER]}) as (server, transport):
        owed = [f"{number:024x}" for number in range(1000)]
        while owed:
            for item in server.cloud.folder("drafts"):
                item.made = item.made.replace(year=2015)
            owed = [key for key in owed if not has_left(transport, key)]

    keys = [mail["singleValueExtendedProperties"][0]["value"] for mail in server.cloud.left]
    assert (len(keys), len(set(keys))) == (1000, 1000)


def has_left(transport, key):
    match send(transport, key=key).verdict:
        case verdict if verdict is UNKNOWN:
            return transport.find(key) is Found.SENT
        case verdict:
            return verdict is ACCEPTED


def test_nothing_of_the_mail_and_no_secret_is_shown(authority, caplog):
    caplog.set_level(logging.DEBUG)
    with a_way(authority, {"send": [error(400, "ErrorInvalidRecipients"), RESET, None]}) as (server, transport):
        shown = [repr(send(transport)) for _ in range(3)]
        shown += [repr(transport.find(KEY)), repr(transport.check()), caplog.text]
        tokens = server.cloud.tokens

    hidden = ["evans", "5.2", "Your actions", SECRET, "@westberks.example", "%40westberks.example", *tokens]
    assert [word for word in hidden for text in shown if word in text] == []


def test_the_secret_is_not_in_the_settings_repr(authority):
    with a_way(authority) as (_, transport):
        assert SECRET not in repr(transport._settings)


@pytest.mark.parametrize("module", ["base", "folder", "smtp", "letter"])
def test_other_transports_never_load_msal_or_requests(module):
    program = (
        f"import sys, json, reminders.transports.{module}; "
        "print(json.dumps(sorted({'msal', 'requests', 'urllib3', 'cryptography'} & set(sys.modules))))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert json.loads(loaded.stdout) == []
