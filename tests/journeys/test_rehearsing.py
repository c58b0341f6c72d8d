"""`rehearse`: the page on which a business manager sees every mail before anything leaves."""

import re
from html import unescape

import pytest


@pytest.fixture
def index(house):
    ran = house.run("rehearse", "--from", "2015-01-02", "--to", "2015-01-16")
    assert ran.code == 0
    return (house.state / "rehearsal" / "index.html").read_text("utf-8")


def test_every_link_leads_to_a_file_and_every_file_is_linked(house, index):
    folder = house.state / "rehearsal"
    linked = {unescape(link).replace("%20", " ").replace("%26", "&") for link in re.findall(r'href="([^"]+)"', index)}
    assert linked == {path.name for path in folder.iterdir()} - {"index.html"}


def test_each_mail_stands_under_its_person_and_under_its_day(index):
    by_person, by_day = index.split("<h2>By day</h2>")
    links = [re.findall(r'class="narrow" href="([^"]+)"', part) for part in (by_person, by_day)]

    assert sorted(links[0]) == sorted(links[1])
    assert "<summary>I Mundy: two emails, 2 January 2015 to 16 January 2015</summary>" in by_person
    assert "<summary>Business manager: two emails, 5 January 2015 to 12 January 2015</summary>" in by_person


def test_a_mail_opens_in_a_frame_that_runs_nothing(index):
    [frame] = re.findall(r"<iframe ([^>]+)>", index)
    assert 'name="mail"' in frame
    assert " sandbox " in frame
    assert 'src="0001-reminder-' in frame
    assert index.count('target="mail"') == index.count('class="narrow"')
    assert "<script" not in index


def test_days_without_a_mail_say_so(house):
    house.run("rehearse", "--from", "2015-01-03", "--to", "2015-01-04")
    index = (house.state / "rehearsal" / "index.html").read_text("utf-8")
    assert "No email would go between these days." in index
    assert "<iframe" not in index


def test_a_rehearsal_takes_the_place_of_an_earlier_one(house, index):
    assert "I Mundy" in index
    house.run("rehearse", "--from", "2015-01-03", "--to", "2015-01-04")
    assert [path.name for path in (house.state / "rehearsal").iterdir()] == ["index.html"]


def test_a_folder_that_cannot_be_written_ends_with_73(house, tmp_path):
    (tmp_path / "mine").write_text("in the way", "utf-8")
    ran = house.run("rehearse", "--from", "2015-01-03", "--to", "2015-01-04", "--out", str(tmp_path / "mine"))
    assert ran.code == 73
    assert "--out" in ran.err
