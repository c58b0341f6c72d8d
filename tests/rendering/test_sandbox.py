import itertools

import pytest

from reminders.rendering.sandbox import LARGEST, LONGEST, escapes
from tests.builders import a_reminder_notice
from tests.rendering.mails import AT, a_renderer, rendered


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("reminder.html", True),
        ("builtin/reminder.html", True),
        ("a.html.j2", True),
        (None, True),
        ("reminder.txt", False),
        ("reminder.subject.txt", False),
    ],
)
def test_everything_is_escaped_but_text(name, answer):
    assert escapes(name) is answer


@pytest.mark.parametrize(
    "source",
    [
        "{{ notice.__class__ }}",
        "{{ notice.sections.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__ }}",
        "{{ '{0.__class__}'.format(notice) }}",
        "{{ notice | attr('__class__') }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% set x = [] %}{{ x.append(1) }}",
        "{{ self.__init__ }}",
        "{% include '../pyproject.toml' %}",
        "{% include '/etc/passwd' %}",
        "{{ 'x' * 10**8 }}",
        "{{ 'x' * 100000 }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ 'x'.ljust(999999999) }}",
        "{{ 'x' | center(999999999) }}",
        "{{ range(999999999) | list }}",
        "{{ ['<b>'] | map('safe') | join }}",
    ],
)
def test_the_sandbox_holds(own, source):
    made = rendered(a_reminder_notice(), templates=own(reminder__html=source))

    assert len(made.faults) == 1
    assert made.message == rendered(a_reminder_notice()).message


RUNAWAY = "{% for a in 'x' * 9999 %}{% for b in 'x' * 9999 %}{% endfor %}{% endfor %}"  # prints nothing


WITHOUT_END = "{{ notice.ask | upper }}\n" * 2000  # neither loop nor call


@pytest.mark.parametrize(("source", "looks"), [(RUNAWAY, 1000), (WITHOUT_END, 50)], ids=["loops", "a long line"])
def test_a_template_that_runs_away_is_stopped(own, source, looks):
    seconds = itertools.count(step=LONGEST / looks)
    renderer = a_renderer(own(reminder__html=source), monotonic=lambda: next(seconds))
    (fault,) = renderer.render(a_reminder_notice(), AT).faults

    assert fault.message == "it takes longer than 5 seconds"


def test_a_template_that_makes_too_much_is_stopped(own):
    folder = own(reminder__html="{% for a in 'x' * 9999 %}{{ 'x' * 100 }}{% endfor %}")
    (fault,) = rendered(a_reminder_notice(), templates=folder).faults

    assert fault.message == f"it makes more than {LARGEST:,} characters"


def test_small_sums_and_products_are_allowed(own):
    folder = own(reminder__subject__txt="{{ 2 * 3 }} {{ 7 % 4 }} {{ '-' * 3 }}")

    assert rendered(a_reminder_notice(), templates=folder).message.subject == "6 3 ---"


def test_none_never_prints(own):
    folder = own(reminder__subject__txt="Late: {{ notice.late_words }}.")

    assert rendered(a_reminder_notice(), templates=folder).message.subject == "Late: ."
