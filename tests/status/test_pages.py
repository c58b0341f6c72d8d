import re
from dataclasses import replace

import pytest

from reminders.ledger.base import LedgerUnreachable
from tests.rendering.mail_checks import contrast
from tests.status.house import shown

BOARD = "/b/west-berkshire-local-safeguarding-children-board"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("path", [f"{BOARD}/", f"{BOARD}/plan", f"{BOARD}/sent", "/nothing", "/status.json"])
def test_pages_run_nothing_tell_nobody_and_are_kept_by_nobody(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_refusals_have_the_same_headers(house):
    answer = house.client("a token of the tests").get("/")
    assert answer.status_code == 401
    assert answer.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize("path", [f"{BOARD}/", f"{BOARD}/coming", f"{BOARD}/plan", f"{BOARD}/sent", f"{BOARD}/sent/1"])
def test_no_page_has_a_script_or_a_style_of_its_own(client, path):
    page = client.get(path).text
    assert "<script" not in page
    assert " style=" not in page
    assert " onclick" not in page


def test_pages_only_look(client):
    assert [client.post(path).status_code for path in (f"{BOARD}/", f"{BOARD}/sent/1", "/status.json")] == [405] * 3


def test_what_is_not_there_is_said_so_in_words(client):
    answers = [client.get(path) for path in ("/nothing", "/b/another-board/", f"{BOARD}/sent/99999")]
    assert [each.status_code for each in answers] == [404] * 3
    assert "There is no board of this name." in answers[1].text
    assert "The ledger holds no entry of this number." in answers[2].text


class _Away:
    def __getattr__(self, name):
        raise LedgerUnreachable("the server db does not answer at present")


def test_a_ledger_that_does_not_answer_is_said_so_in_words(house):
    after = replace(house.after, service=replace(house.after.service, ledger=_Away()))
    answer = shown(house, after).client().get(f"{BOARD}/sent")
    assert answer.status_code == 503
    assert "the server db does not answer at present" in answer.text


PAIRS = [
    ("ink", "card"), ("ink", "box"), ("muted", "card"), ("muted", "box"), ("link", "card"), ("on-brand", "brand"),
    ("bad", "bad-box"), ("waits", "waits-box"), ("well", "well-box"), ("on-recorded", "recorded"), ("card", "link"),
]  # fmt: skip
EDGES = [("blank", "card"), ("recorded", "card"), ("bad-edge", "card"), ("edge", "card"), ("link", "card")]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_colours_can_be_told_apart(client, scheme):
    colours = dict(re.findall(r"--([a-z-]+): (#\w{6})", client.get("/style.css").text.split(":root")[scheme + 1]))
    assert [pair for pair in PAIRS if contrast(*(colours[each] for each in pair)) < 4.5] == []
    assert [pair for pair in EDGES if contrast(*(colours[each] for each in pair)) < 3] == []


def test_the_style_may_be_kept_for_a_while(client):
    answer = client.get("/style.css")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/css", "max-age=600")
