"""What became of a mail: asked by its key, in few requests, and never claimed without proof."""

from datetime import timedelta

import pytest

from reminders.transports.base import Found
from tests.transports.graph_builders import KEY, OTHER_KEY, a_way, send
from tests.transports.graph_cloud import Answer, error
from tests.transports.graph_server import HANG, RESET


def test_a_mail_that_was_sent_is_found(authority):
    with a_way(authority) as (_, transport):
        send(transport)

        assert (transport.find(KEY), transport.find(OTHER_KEY)) == (Found.SENT, Found.ABSENT)


def test_looking_is_one_request_once_the_folders_are_known(authority):
    with a_way(authority) as (server, transport):
        send(transport)
        transport.find(KEY)
        server.asked.clear()
        transport.find(KEY)

    assert server.asked == ["find"]


def test_a_direct_send_is_found_where_the_mailbox_may_be_read(authority):
    with a_way(authority, rights={"send", "read"}) as (_, transport):
        send(transport)

        assert transport.find(KEY) is Found.SENT


def test_a_sent_mail_that_somebody_threw_away_was_sent(authority):
    with a_way(authority) as (server, transport):
        send(transport)
        server.cloud.folder("sentitems")[0].folder = "deleteditems"

        assert transport.find(KEY) is Found.SENT


def test_a_mail_that_waits_in_the_outbox_is_queued(authority):
    with a_way(authority) as (server, transport):
        server.cloud.holds_back = True
        send(transport)

        assert transport.find(KEY) is Found.QUEUED


def an_orphan(transport, server, minutes):
    """A draft whose release was lost so many minutes ago."""
    send(transport)
    for item in server.cloud.folder("drafts"):
        item.made -= timedelta(minutes=minutes)


@pytest.mark.parametrize(("minutes", "found"), [(0, Found.QUEUED), (9, Found.QUEUED), (11, Found.ABSENT)])
def test_a_draft_may_still_leave_for_ten_minutes(authority, minutes, found):
    with a_way(authority, {"send": [RESET]}) as (server, transport):
        an_orphan(transport, server, minutes)

        assert transport.find(KEY) is found
        assert bool(server.cloud.folder("drafts")) is (found is Found.QUEUED)


def test_a_draft_that_was_taken_away_stays_absent(authority):
    with a_way(authority, {"send": [RESET]}) as (server, transport):
        an_orphan(transport, server, 11)
        transport.find(KEY)

        assert transport.find(KEY) is Found.ABSENT


def test_a_draft_that_left_at_the_last_moment_is_not_called_absent(authority):
    with a_way(authority, {"send": [RESET], "delete": [error(404, "ErrorItemNotFound")]}) as (server, transport):
        an_orphan(transport, server, 11)

        assert transport.find(KEY) is Found.QUEUED


def test_a_draft_in_the_outbox_is_never_taken_away(authority):
    with a_way(authority, {"send": [RESET]}) as (server, transport):
        an_orphan(transport, server, 60)
        server.cloud.folder("drafts")[0].folder = "outbox"

        assert transport.find(KEY) is Found.QUEUED
        assert "delete" not in server.asked


def test_a_draft_beside_the_sent_mail_does_not_hide_it(authority):
    with a_way(authority, {"send": [RESET]}) as (server, transport):
        send(transport)
        send(transport)

        assert len(server.cloud.folder("drafts")) == 1
        assert transport.find(KEY) is Found.SENT


def test_an_answer_with_more_pages_proves_no_absence(authority):
    answer = Answer(200, {"value": [], "@odata.nextLink": "https://graph.example/next"})
    with a_way(authority, {"find": answer}) as (_, transport):
        assert transport.find(KEY) is Found.CANNOT_TELL


def test_a_draft_of_unknown_age_is_left_alone(authority):
    answer = {"value": [{"id": "AAMk1", "isDraft": True, "parentFolderId": "AAMk0=", "createdDateTime": "soon"}]}
    with a_way(authority, {"find": Answer(200, answer)}) as (server, transport):
        assert transport.find(KEY) is Found.QUEUED
        assert "delete" not in server.asked


@pytest.mark.parametrize(
    "fault",
    [
        error(403, "ErrorAccessDenied"),
        Answer(429),
        Answer(503),
        Answer(200, b"<html>"),
        Answer(200, {"value": None}),
        Answer(302),
        RESET,
        HANG,
    ],
    ids=["no right", "throttled", "busy", "garbage", "odd", "redirect", "reset", "silence"],
)
@pytest.mark.parametrize("step", ["find", "folder"])
def test_what_cannot_be_asked_cannot_be_told(authority, step, fault):
    with a_way(authority, {step: fault}, timeout=0.5) as (_, transport):
        send(transport)
        found = transport.find(KEY)

    assert found is Found.CANNOT_TELL


@pytest.mark.parametrize(
    "fault", [error(403, "ErrorAccessDenied"), Answer(503), RESET], ids=["denied", "busy", "reset"]
)
def test_a_draft_that_cannot_be_taken_away_is_never_called_absent(authority, fault):
    with a_way(authority, {"send": [RESET], "delete": fault}) as (server, transport):
        an_orphan(transport, server, 11)

        assert transport.find(KEY) in {Found.QUEUED, Found.CANNOT_TELL}
