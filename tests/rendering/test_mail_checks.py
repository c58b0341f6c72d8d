import pytest

from tests.builders import a_reminder_notice
from tests.rendering.mail_checks import check_mail, contrast
from tests.rendering.mails import rendered

SPOILT = {
    "a bare line feed": (b"\r\n\r\n", b"\n\r\n", "line feed"),
    "an eighth bit": (b"LSCB plan", b"LSCB pl\xe4n", "eighth bit"),
    "a second recipient": (b"To: M Evans <", b"To: x@example.com, M Evans <", "To"),
    "a missing header": (b"List-Id:", b"X-List-Id:", "the headers are"),
    "a subject that is not the title": (b"Subject: Due", b"Subject: Duly", "differ"),
    "a word of the plan in the subject": (b"actions", b"medicals", "lock screens"),
    "a picture": (b"<h1", b"<img><h1", "img"),
    "a link to the web": (b'"mailto:', b'"https://', "https"),
    "a template left behind": (b"Reply with progress", b"Reply with {{ x }}", "{{"),
    "broken HTML": (b"</h1>", b"</h9>", "not proper HTML"),
    "two headings of the first rank": (b"h2", b"h1", "the headings are"),
    "a heading left out": (b"h2", b"h4", "the headings are"),
    "a table without a name": (b'role=3D"presentation"', b"", "no name"),
    "padding on a paragraph": (b'<p style=3D"', b'<p style=3D"padding: 1px;', "padding"),
    "small type": (b"font-size: 14px", b"font-size: 11px", "small type"),
    "grey on white": (b"color: #4a5560", b"color: #a0a0a0", "light"),
}


@pytest.mark.parametrize("fault", SPOILT)
def test_the_checks_find_what_is_wrong(fault):
    good, bad, message = SPOILT[fault]
    mime = _in_long_lines(rendered(a_reminder_notice()).finished.mime)
    assert good in mime
    check_mail(mime, ["medicals"])

    with pytest.raises(AssertionError, match=message):
        check_mail(mime.replace(good, bad), ["medicals"])


def _in_long_lines(mime):
    # Without the soft line ends of quoted-printable what is to be spoilt stands in one piece.
    return mime.replace(b"=\r\n", b"")


@pytest.mark.parametrize(
    ("one", "two", "ratio"), [("#000000", "#ffffff", 21.0), ("#4a5560", "#ffffff", 7.6), ("#96190f", "#fbe6e4", 7.2)]
)
def test_contrast_is_what_the_guide_measured(one, two, ratio):
    assert round(contrast(one, two), 1) == ratio
