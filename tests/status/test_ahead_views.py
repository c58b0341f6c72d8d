import re
from dataclasses import replace

import pytest

from reminders.core.faults import template_failed
from tests.status.house import looked_ahead, shown

BOARD = "/b/west-berkshire-local-safeguarding-children-board"


def looked(house):
    """The pages of a board once the look ahead is there."""
    client = house.client()
    first = client.get(f"{BOARD}/coming").text
    assert "being worked out" in first
    looked_ahead()
    return client


@pytest.fixture(scope="session")
def later(house):
    return looked(house)


def test_coming_up_says_who_hears_what_on_which_day(later):
    page = later.get(f"{BOARD}/coming").text
    assert "from 3 March 2015 to 1 May 2015" in page
    assert "<h3>Tuesday 3 March 2015, 08:00</h3>" in page
    assert "<li><span>I Mundy</span><span>" in page
    assert "Held: the address is refused" in page
    assert "worked out" not in page


def test_each_mail_opens_as_it_will_be_sent(later):
    path = re.findall(rf'href="({BOARD}/coming/[0-9a-f]{{24}})"', later.get(f"{BOARD}/coming").text)[0]
    page = later.get(path)
    assert page.status_code == 200
    assert "<dt>Goes on</dt><dd>Tuesday 3 March 2015, 08:00" in page.text
    mail = later.get(f"{path}/mail")
    assert "business plan" in mail.text
    assert "sandbox" in mail.headers["Content-Security-Policy"]


def test_a_mail_that_is_not_coming_any_more_is_said_so(later):
    answer = later.get(f"{BOARD}/coming/{'0' * 24}")
    assert answer.status_code == 404
    assert "No such email is coming up any more." in answer.text


def test_the_digest_so_far_is_shown_with_the_day_it_goes(later):
    page = later.get(f"{BOARD}/digest").text
    assert "The next digest goes on 9 March 2015, 08:00." in page
    assert "<h2>Weekly digest 2 March 2015: 9 overdue, 27 of 30 progress fields blank</h2>" in page
    assert "Overdue" in later.get(f"{BOARD}/digest/mail").text


def test_a_digest_that_cannot_be_drawn_says_why(house):
    fault = template_failed("digest.html", "line 3: no such name", replaced=False)
    after = replace(house.after, draw=lambda _, __: fault, rehearse=lambda *_: ())
    client = looked(shown(house, after))
    page = client.get(f"{BOARD}/digest").text
    assert fault.headline in page
    assert client.get(f"{BOARD}/digest/mail").status_code == 404


def test_a_paused_service_says_that_what_comes_waits(house):
    paused = replace(house.after.service, rules=replace(house.after.rules, paused=True))
    client = looked(shown(house, replace(house.after, service=paused, rehearse=lambda *_: ())))
    page = client.get(f"{BOARD}/coming").text
    assert "The service is paused" in page
    assert "No email goes between these days." in page
