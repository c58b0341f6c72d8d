import pytest
from jinja2 import DictLoader, TemplateSyntaxError

from reminders.rendering import packaged_templates
from reminders.rendering.refusals import refuse
from reminders.rendering.sandbox import Sandbox
from tests.builders import a_reminder_notice
from tests.rendering.mails import a_renderer, rendered

MACRO = "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}"
REFUSED = {
    "a loop over a huge range": ("{% for a in range(10**9) %}{% endfor %}", "'range' loops over numbers"),
    "a range inside a loop": ("{% for a in x %}\n{% for b in range(9) %}{% endfor %}{% endfor %}", "'range' loops"),
    "a range under another name": ("{% set r = range %}{{ r(3) | list }}", "'range' loops over numbers"),
    "a loop that calls itself": ("{% for a in x recursive %}{{ loop(a) }}{% endfor %}", "a loop may not call itself"),
    "loops four deep": ("{% for a in x %}" * 4 + "{% endfor %}" * 4, "loops may stand 3 deep"),
    "a macro that calls itself": ("{% macro a() %}{{ a() }}{% endmacro %}", "the macro 'a' may not call itself"),
    "macros that call each other": (MACRO, "the macro 'a' may not call itself"),
    "unescaped text": ("{{ notice.headline | safe }}", "'safe' would let a cell of the plan write the mail"),
    "escaping switched off": ("{% autoescape false %}{{ x }}{% endautoescape %}", "leave 'autoescape' out"),
    "links out of the plan's text": ("{{ notice.headline | urlize }}", "'urlize' would make links"),
    "a name that may not exist": ("{{ notice.nothing | default('x') }}", "'default' hides a name"),
    "the same in short": ("{{ notice.nothing | d('x') }}", "'d' hides a name"),
    "chance": ("{{ notice.refs | random }}{{ lipsum() }}", "'random' makes another mail each time"),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_check_names_the_file_and_line_of_what_no_template_may_say(own, refused):
    source, why = REFUSED[refused]
    folder = own(reminder__html=f"\n{source}")
    found = a_renderer(folder).check()

    assert {(fault.name, fault.packaged) for fault in found} == {(str(folder / "reminder.html"), False)}
    assert all(fault.line in {2, 3} and why in fault.message for fault in found)


def test_a_refused_template_is_replaced_in_the_mail(own):
    made = rendered(a_reminder_notice(), templates=own(reminder__html="{{ range(3) | list }}"))

    assert [fault.line for fault in made.faults] == [1]
    assert made.message == rendered(a_reminder_notice()).message


def test_the_first_of_several_is_told():
    with pytest.raises(TemplateSyntaxError) as caught:
        refuse(Sandbox(DictLoader({})).parse("{{ 1 }}\n{{ x | safe }}\n{{ range(3) }}"), "a.html", None)

    assert caught.value.lineno == 2


def test_the_packaged_templates_say_nothing_of_the_kind():
    assert list(packaged_templates().glob("*.html"))
    assert a_renderer().check() == ()
