import pytest
from jinja2 import UndefinedError

from reminders.rendering.pages import in_colours, open_mail, render_page
from tests.builders import a_digest, a_reminder_notice
from tests.rendering.mails import rendered


def test_a_mail_is_opened_as_its_readers_program_would():
    made = rendered(a_digest(overdue=1))
    mail = open_mail(made.finished.mime)

    assert mail.subject == made.message.subject
    assert (mail.text, mail.html) == (made.message.text, made.message.html)
    assert mail.files == made.message.attachments
    assert dict(mail.headers)["To"] == "Business manager <business.manager@westberks.example>"


def test_a_mail_without_attachments_has_no_files():
    assert open_mail(rendered(a_reminder_notice()).finished.mime).files == ()


@pytest.mark.parametrize(
    ("dark", "asked"), [(True, "@media screen and (min-width: 0)"), (False, "@media screen and (max-width: 0)")]
)
def test_either_colours_are_shown_whatever_the_reader_prefers(dark, asked):
    html = "@media screen and (prefers-color-scheme:  dark) { p { color: #ffffff } }"
    assert in_colours(html, dark) == f"{asked} {{ p {{ color: #ffffff }} }}"


def test_what_stands_in_a_mail_cannot_break_out_of_its_page():
    hostile = open_mail(rendered(a_reminder_notice(plan_title='"><script>alert(1)</script>')).finished.mime)
    page = render_page("preview.html", board="<b>", says="", mail=hostile, eml="mail.eml", html="mail.html")

    assert "<script" not in page
    assert "<b>" not in page


def test_a_page_that_lacks_a_name_says_so():
    with pytest.raises(UndefinedError):
        render_page("preview.html", board="")
