"""`preview`: what a person sees of one mail before anything leaves."""

import re
from email import message_from_bytes, policy
from html import unescape

import pytest

from reminders.cli.arguments import KINDS
from reminders.core.notices import Kind


@pytest.fixture
def previewed(house):
    """Run `preview` and return what it printed and wrote."""

    def run(*args):
        ran = house.run("preview", *args)
        assert (ran.code, ran.err) == (0, "")
        return ran.out, house.state / "preview"

    return run


def mail_in(folder):
    return message_from_bytes((folder / "mail.eml").read_bytes(), policy=policy.default)


def test_a_leads_reminder_is_drawn_as_it_goes_that_day(house, previewed):
    said, folder = previewed("reminder", "--lead", "I Mundy", "--as-of", "2015-01-02")
    house.run("once", "--as-of", "2015-01-02T08:00")

    [sent] = [mail for mail in house.outbox() if "I Mundy" in mail["To"]]
    assert (folder / "mail.eml").read_bytes().replace(b"\r\n", b"\n") == sent.as_bytes().replace(b"\r\n", b"\n")
    assert said.startswith("This is the reminder I Mundy would get on Friday 2 January 2015. Look at ")


def test_the_page_shows_html_text_and_headers_at_two_widths_in_light_and_dark(previewed):
    _, folder = previewed("digest", "--as-of", "2015-02-09")
    page = (folder / "preview.html").read_text("utf-8")

    frames = re.findall(r'<iframe width="(\d+)" [^>]*sandbox [^>]*class="(\w+)" srcdoc="([^"]*)"', page)
    assert [(width, colours) for width, colours, _ in frames] == [
        ("600", "light"),
        ("360", "light"),
        ("600", "dark"),
        ("360", "dark"),
    ]
    html = (folder / "mail.html").read_text("utf-8")
    for _, colours, shown in frames:
        asked = "(min-width: 0)" if colours == "dark" else "(max-width: 0)"
        assert unescape(shown) == html.replace("(prefers-color-scheme: dark)", asked)
    assert mail_in(folder).get_body(("plain",)).get_content().strip().replace("\r\n", "\n") in unescape(page)
    assert '<th scope="row">X-Reminder-Key</th>' in page
    assert "<script" not in page


def test_what_is_attached_lies_beside_the_mail(previewed):
    _, folder = previewed("digest", "--as-of", "2015-02-09")

    [file] = mail_in(folder).iter_attachments()
    assert (folder / "blank-progress.xlsx").read_bytes() == file.get_content()
    assert 'href="blank-progress.xlsx"' in (folder / "preview.html").read_text("utf-8")


def test_once_a_lead_has_been_told_the_next_mail_is_shown_and_its_day_named(house, previewed):
    house.run("once", "--as-of", "2015-01-02T08:00")
    said, folder = previewed("reminder", "--lead", "I Mundy", "--as-of", "2015-01-02T09:00")

    assert "on Friday 16 January 2015" in said
    assert mail_in(folder)["Date"] == "Fri, 16 Jan 2015 08:00:00 +0000"


def test_without_a_name_whoever_hears_first_is_shown(previewed):
    said, folder = previewed("reminder", "--as-of", "2015-01-02")

    assert "on Friday 2 January 2015" in said
    assert mail_in(folder)["Subject"].startswith("Due by 30 January 2015")


def test_after_hours_the_next_working_day_is_shown(previewed):
    said, _ = previewed("reminder", "--as-of", "2015-01-02T19:00")
    assert "on Monday 5 January 2015" in said


def test_a_group_that_goes_to_its_members_is_shown_by_a_member(house, previewed):
    house.edit(
        "directory.yaml", "  CSE Sub-Group: cse.sub-group@westberks.example", "  CSE Sub-Group: {members: [C Gill]}"
    )
    said, _ = previewed("reminder", "--lead", "CSE Sub-Group", "--as-of", "2015-01-02")
    assert said.startswith("This is the reminder C Gill would get")


def test_for_a_lead_who_is_away_the_deputys_mail_is_shown(house, previewed):
    house.edit(
        "directory.yaml",
        "  I Mundy: i.mundy@westberks.example",
        "  I Mundy: {email: i.mundy@westberks.example, deputy: C Gill, away: [2015-01-01 to 2015-01-09]}",
    )
    said, folder = previewed("reminder", "--lead", "I Mundy", "--as-of", "2015-01-02")
    assert said.startswith("This is the reminder C Gill would get")
    assert "c.gill@westberks.example" in mail_in(folder)["To"]


def test_every_kind_of_mail_can_be_shown():
    assert set(KINDS) == set(Kind)


@pytest.mark.parametrize(
    ("kind", "says", "subject"),
    [
        (
            "digest",
            "This is the weekly digest as it would be on Friday 2 January 2015.",
            "Weekly digest 2 January 2015",
        ),
        ("fault", "This is an example: no such fault is known.", "Action needed: too many reminders at once"),
        ("test", "This is what send-test sends.", "Test email from the plan reminders"),
    ],
)
def test_the_other_kinds_are_shown_too(previewed, kind, says, subject):
    said, folder = previewed(kind, "--as-of", "2015-01-02")

    assert said.startswith(says)
    assert mail_in(folder)["Subject"].startswith(subject)


def test_a_fault_that_stands_is_shown_instead_of_an_example(house, previewed):
    house.run("once", "--as-of", "2015-01-02")
    (house.config / "plan.yaml").write_text("title: [", "utf-8")
    said, folder = previewed("fault", "--as-of", "2015-01-02T09:00")

    assert said.startswith("This is what is told of a fault found now.")
    assert mail_in(folder)["Subject"] == "Action needed: the business plan could not be read"


def test_a_boards_own_template_that_fails_is_named(house):
    (house.root / "own").mkdir()
    (house.root / "own" / "test.txt").write_text("{{ nothing }}", "utf-8")
    house.edit("reminders.yaml", "templates_dir: ", f"templates_dir: {house.root / 'own'} ")
    ran = house.run("preview", "test")
    assert ran.code == 0
    assert "own/test.txt, line 1: " in ran.err
    assert "The packaged template is used instead" in ran.err


def test_nothing_is_sent_and_nothing_is_entered(previewed):
    _, folder = previewed("reminder", "--as-of", "2015-01-02")
    assert [path.name for path in folder.parent.iterdir()] == ["preview"]


def test_a_second_preview_takes_the_place_of_the_first(previewed):
    previewed("digest", "--as-of", "2015-02-09")
    _, folder = previewed("test", "--as-of", "2015-02-09")
    assert sorted(path.name for path in folder.iterdir()) == ["mail.eml", "mail.html", "preview.html"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["reminder", "--lead", "M Evens"],
            "--lead: read 'M Evens', which is no name of the lead directory; did you mean M Evans?",
        ),
        (["digest", "--lead", "M Evans"], "--lead: only a reminder is for a lead"),
        (["digset"], "invalid choice: 'digset' (choose from"),
        (
            ["reminder", "--lead", "I Mundy", "--as-of", "2017-01-04"],
            'from now on; run.py explain "I Mundy" says why. To see an earlier one, add --as-of 2015-01-02',
        ),
        (["reminder", "--as-of", "2017-01-04"], "no reminder goes from now on. To see an earlier one, add --as-of 20"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_cannot_be_shown_ends_with_64_in_words(house, args, told):
    ran = house.run("preview", *args)
    assert ran.code == 64
    assert told in ran.err
    assert not (house.state / "preview").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(house, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.html").write_text("dear all", "utf-8")
    ran = house.run("preview", "test", "--out", str(tmp_path / "mine"))
    assert ran.code == 64
    assert (tmp_path / "mine" / "letter.html").read_text("utf-8") == "dear all"


def test_a_folder_that_cannot_be_written_ends_with_73(house, tmp_path):
    (tmp_path / "mine").write_text("in the way", "utf-8")
    ran = house.run("preview", "test", "--out", str(tmp_path / "mine"))
    assert ran.code == 73
    assert "cannot be written" in ran.err


def test_without_a_plan_there_is_nothing_to_show(house):
    (house.config / "plan.yaml").write_text("title: [", "utf-8")
    ran = house.run("preview", "reminder")
    assert ran.code == 65
    assert "plan.yaml" in ran.err
