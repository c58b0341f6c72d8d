"""What `check` proves, and what it leaves an administrator to do."""

from datetime import UTC, datetime, timedelta

import pytest

from reminders.transports.graph.rights import Rights, to_do
from tests.transports.graph_builders import a_way
from tests.transports.graph_cloud import Answer, error, refused
from tests.transports.graph_server import RESET

NOW = datetime(2015, 1, 5, 8, tzinfo=UTC)


def checked(authority, faults=None, rights=None, roles=(), **changes):
    with a_way(authority, faults, rights, **changes) as (server, transport):
        server.cloud.roles = list(roles)
        return transport.check(), server


def test_rights_limited_to_the_mailbox_leave_nothing_to_do(authority):
    health, server = checked(authority)

    assert (health.well, health.to_do) == (True, ())
    assert health.detail == "Microsoft 365 takes our login and lets us send from the mailbox"
    assert (server.cloud.left, server.cloud.folder("drafts")) == ([], [])


def test_a_mailbox_that_may_not_be_read_is_told(authority):
    health, server = checked(authority, rights={"send"})

    assert (health.well, len(health.to_do)) == (True, 1)
    assert "after a lost answer nobody can ask" in health.to_do[0]
    assert "draft" not in server.asked


def test_a_mailbox_without_drafts_is_told(authority):
    health, _ = checked(authority, rights={"send", "read"})

    assert [sentence.partition(",")[0] for sentence in health.to_do] == [
        "The application may read the mailbox but not keep drafts in it"
    ]


def test_rights_over_the_whole_tenant_are_told(authority):
    health, _ = checked(authority, roles=["Mail.Send", "User.Read.All", "Mail.ReadWrite", "Mail.Read"])

    assert health.well
    assert [sentence.partition(":")[0] for sentence in health.to_do] == [
        "Mail.ReadWrite and Mail.Send reach every mailbox of the tenant",
        "Mail.Read and User.Read.All are not needed",
    ]


@pytest.mark.parametrize(
    ("faults", "rights", "words"),
    [
        ({}, {"read", "write"}, "403 ErrorAccessDenied"),
        ({"sendMail": error(404, "ErrorInvalidUser")}, None, "mend mail.graph.mailbox"),
        ({"sendMail": Answer(503)}, None, "Microsoft 365 is busy"),
        ({"sendMail": RESET}, None, "broke the connection off"),
        ({"folder": Answer(500)}, None, "Microsoft 365 failed"),
        ({"draft": Answer(500)}, None, "Microsoft 365 failed"),
        ({"token": refused("invalid_client", 7000222, 401)}, None, "has expired"),
    ],
    ids=["may not send", "no mailbox", "busy", "reset", "folder", "draft", "login"],
)
def test_what_stands_in_the_way_is_said(authority, faults, rights, words):
    health, server = checked(authority, faults, rights)

    assert (health.well, words in health.detail, server.cloud.left) == (False, True, [])


def test_a_probing_draft_that_cannot_be_deleted_is_no_fault(authority):
    health, _ = checked(authority, {"delete": RESET})

    assert (health.well, health.to_do) == (True, ())


@pytest.mark.parametrize(("days", "told"), [(31, False), (29, True), (-1, True)])
def test_a_certificate_that_ends_soon_is_told(days, told):
    rights = Rights(may_read=True, may_draft=True, seen=NOW)
    sentences = list(to_do(rights, frozenset(), NOW + timedelta(days=days)))

    assert bool(sentences) is told
    assert all("The certificate ends on" in sentence for sentence in sentences)


def test_nothing_is_said_of_a_certificate_where_the_server_tells_no_date():
    rights = Rights(may_read=True, may_draft=True, seen=None)

    assert list(to_do(rights, frozenset(), NOW)) == []
