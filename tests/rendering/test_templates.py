import pytest

from reminders.rendering import TemplateFault, packaged_templates
from reminders.rendering.templates import Templates, tidy
from tests.builders import a_digest, a_reminder_notice, an_item
from tests.rendering.mails import AT, a_renderer, rendered


def test_a_cell_is_shown_as_text_and_never_as_markup():
    made = rendered(a_reminder_notice(an_item(action="<b onclick=x>Bold & brave</b>")))

    assert "&lt;b onclick=x&gt;Bold &amp; brave&lt;/b&gt;" in made.message.html
    assert "<b onclick=x>Bold & brave</b>" in made.message.text


def test_what_nobody_sees_is_taken_out():
    assert tidy("a\x00b\u202ec\ufffed\ud800e\u200bf") == "abcdef"
    assert tidy("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"
    assert tidy("Zoë \u2013 \U0001f600 \u00a0x") == "Zoë \u2013 \U0001f600 \u00a0x"


# A board's own templates.


def test_an_own_template_stands_in_front_of_the_packaged_one(own):
    folder = own(reminder__subject__txt="Our own words\n")

    assert rendered(a_reminder_notice(), templates=folder).message.subject == "Our own words"
    assert rendered(a_digest(), templates=folder).message.subject.startswith("Weekly digest")


def test_an_own_template_may_extend_the_packaged_one(own):
    footer = '{% extends "builtin/reminder.html" %}{% block footer %}{{ super() }}<p>Ring us.</p>{% endblock %}'
    made = rendered(a_reminder_notice(), templates=own(reminder__html=footer))

    assert "Ring us." in made.message.html
    assert "Why you got this" in made.message.html
    assert made.faults == ()


def test_an_own_template_that_changes_is_read_again(own):
    renderer = a_renderer(own(reminder__subject__txt="First"))
    first = renderer.render(a_reminder_notice(), AT).message.subject
    own(reminder__subject__txt="The second one")

    assert (first, renderer.render(a_reminder_notice(), AT).message.subject) == ("First", "The second one")


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("one\n{{ notice.no_such }}", 2, "has no attribute 'no_such'"),
        ("one\n\n{{ no_such }}", 3, "'no_such' is undefined"),
        ("{% if %}", 1, "Expected an expression, got 'end of statement block'"),
        ("\n{% include 'no-such.html' %}", 2, "there is no template 'no-such.html'"),
        ("{{ notice.board / 2 }}", 1, "TypeError while rendering"),
    ],
)
def test_an_own_template_that_fails_is_replaced_and_named_by_file_and_line(own, source, line, why):
    folder = own(reminder__html=source)
    made = rendered(a_reminder_notice(), templates=folder)

    (fault,) = made.faults
    assert (fault.name, fault.line, fault.packaged) == (str(folder / "reminder.html"), line, False)
    assert why in fault.message
    assert str(fault).startswith(f"{folder / 'reminder.html'}, line {line}: ")
    assert made.message == rendered(a_reminder_notice()).message


def test_one_bad_own_template_does_not_touch_the_other_kinds(own):
    made = rendered(a_digest(), templates=own(reminder__html="{{ no_such }}"))

    assert made.faults == ()


@pytest.mark.parametrize(
    ("name", "source", "why"),
    [
        ("reminder__subject__txt", " \n", "reminder.subject.txt: it makes no subject"),
        (
            "reminder__html",
            "<style>.card p { color: red }</style><p>Hello</p>",
            "reminder.html: a rule of the first <style> names one tag or one class, and not '.card p'",
        ),
    ],
)
def test_an_own_template_that_makes_no_mail_is_replaced(own, name, source, why):
    made = rendered(a_reminder_notice(), templates=own(**{name: source}))

    assert [str(fault) for fault in made.faults] == [why]
    assert made.message == rendered(a_reminder_notice()).message


def test_an_own_template_in_another_encoding_is_replaced(tmp_path):
    (tmp_path / "reminder.txt").write_bytes("Zoë".encode("latin-1"))
    (fault,) = rendered(a_reminder_notice(), templates=tmp_path).faults

    assert str(fault) == "reminder.txt: UnicodeDecodeError while rendering"


def test_a_fault_that_shows_in_a_packaged_file_is_still_an_own_one(own):
    (fault,) = rendered(a_reminder_notice(), templates=own(_actions__html="nothing here")).faults

    assert fault.name == "reminder.html"
    assert not fault.packaged


def test_a_packaged_template_that_fails_raises():
    with pytest.raises(TemplateFault, match="'subject' is undefined") as caught:
        Templates(None).render("reminder.html", {})

    assert caught.value.packaged


def test_check_compiles_every_template_and_names_what_does_not(own):
    folder = own(reminder__html="{% if %}", fault__txt="fine", notes__md="{% if %}")

    assert [str(fault).removeprefix(str(folder)) for fault in a_renderer(folder).check()] == [
        "/reminder.html, line 1: Expected an expression, got 'end of statement block'"
    ]
    assert a_renderer().check() == ()


def test_the_packaged_templates_lie_in_the_repository():
    assert (packaged_templates() / "base.html").is_file()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "reminder.txt").symlink_to(tmp_path / "secret")
    made = rendered(a_reminder_notice(), templates=folder)

    assert "secret" not in made.message.text


def test_a_link_within_the_folder_is_followed(tmp_path):
    # Kubernetes mounts files so.
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "reminder.subject.txt").write_text("Mounted", encoding="utf-8")
    (tmp_path / "reminder.subject.txt").symlink_to(tmp_path / "..data" / "reminder.subject.txt")

    assert rendered(a_reminder_notice(), templates=tmp_path).message.subject == "Mounted"
