from collections import Counter

import pytest

from reminders.core.digest import Digest
from reminders.core.notices import Kind, ReminderNotice
from reminders.rendering.samples import samples
from tests.rendering.mail_checks import check_mail
from tests.rendering.mails import a_renderer, rendered

SAMPLES = list(samples())
# A cell may hold what looks like a template, and more lines than the mail's text has room for.
MAY_BE_ANYTHING = {"leaves_no_template_behind", "says_the_same_in_its_text"}


def test_there_are_samples_of_every_kind_and_of_none_one_two_and_many():
    assert {notice.kind for notice in SAMPLES} == set(Kind)
    digests = [notice for notice in SAMPLES if isinstance(notice, Digest)]
    assert {0, 1, 2} < {notice.total for notice in digests}
    assert max(notice.total for notice in digests) > 50
    reminders = [notice for notice in SAMPLES if isinstance(notice, ReminderNotice)]
    assert {1, 2} < {len(notice.items) for notice in reminders}
    assert {"full", "refs"} == {notice.detail for notice in reminders}
    assert {False, True} == {any(each.deputy_for for each in notice.sections) for notice in reminders}
    standing = Counter(
        state for each in reminders for state in ("overdue", "due_today", "approaching") if getattr(each, state)
    )
    assert set(standing) == {"overdue", "due_today", "approaching"}


@pytest.mark.parametrize("kind", Kind)
def test_every_sample_passes_the_checks(kind):
    for notice in SAMPLES:
        if notice.kind is kind:
            check_mail(rendered(notice).finished.mime, skip=MAY_BE_ANYTHING)


def test_the_samples_are_the_same_each_time():
    assert list(samples()) == SAMPLES


@pytest.mark.parametrize(
    ("name", "source", "line"),
    [
        (
            "reminder__html",
            "{% for item in notice.items %}\n{% if item.late %}{{ item.no_such }}{% endif %}\n{% endfor %}",
            2,
        ),
        ("digest__txt", "\n\n{{ digest.overdue_blank[0].ref }}", 3),
        ("fault__html", "{% if not notice.fault.points %}{{ nothing }}{% endif %}", 1),
        ("test__subject__txt", "{{ digest.subject }}", 1),
    ],
)
def test_check_finds_what_fails_only_on_some_mails(own, name, source, line):
    folder = own(**{name: source})
    (fault,) = a_renderer(folder).check()

    assert (fault.name, fault.line) == (str(folder / name.replace("__", ".")), line)


def test_a_template_that_never_fails_is_not_named(own):
    folder = own(
        _own__html="{% macro line() %}x{% endmacro %}", test__txt='{% from "_own.html" import line %}{{ line() }}'
    )

    assert a_renderer(folder).check() == ()
