import pytest

from reminders.rendering.styles import StyleError, inlined

SHEET = """<style>
p, li { margin: 0; color: #16202a; }
td { padding: 4px; }
.wide { padding: 9px 12px 9px 0; width: 100%; }
.last { padding-right: 0; }
</style>
"""


@pytest.mark.parametrize(
    ("tag", "styled"),
    [
        ("<p>", '<p style="margin: 0; color: #16202a">'),
        ('<td class="last">', '<td style="padding: 4px; padding-right: 0" class="last">'),
        (
            '<td id="x" class="last wide">',
            '<td style="padding: 9px 12px 9px 0; width: 100%; padding-right: 0" width="100%" id="x" class="last wide">',
        ),
        ('<td class="wide" width="4">', '<td style="padding: 9px 12px 9px 0; width: 100%" class="wide" width="4">'),
        ('<p style="color: red">', '<p style="margin: 0; color: red">'),
        ('<a href="mailto:x">', '<a href="mailto:x">'),
        ("<br>", "<br>"),
        ("<!--[if mso]>", "<!--[if mso]>"),
    ],
)
def test_a_tag_takes_the_rules_of_its_name_and_classes_and_keeps_its_own(tag, styled):
    assert inlined(f"{SHEET}{tag}") == styled


def test_only_the_first_sheet_is_written_into_the_tags():
    second = "<style>\n@media (max-width: 480px) { .strip p { padding: 0 !important; } }\n</style>\n"

    assert inlined(f"{SHEET}{second}<b>x</b>") == f"{second}<b>x</b>"


def test_a_later_rule_wins_and_a_class_wins_over_a_tag():
    sheet = "<style>.a { color: red } p { color: blue } .b { color: green } .a { color: black }</style>"

    assert inlined(sheet + '<p class="b a">') == '<p style="color: green" class="b a">'


def test_a_mail_without_a_sheet_stays_as_it_is():
    assert inlined("<p>x</p>") == "<p>x</p>"


def test_what_the_plan_says_is_never_taken_for_a_tag():
    assert inlined(f"{SHEET}&lt;p&gt; 1 < 2 > 1 <3") == "&lt;p&gt; 1 < 2 > 1 <3"


@pytest.mark.parametrize(
    ("sheet", "why"),
    [
        (".card p { margin: 0 }", "names one tag or one class, and not '.card p'"),
        ("a:hover { color: red }", "not 'a:hover'"),
        ("@media print { p { margin: 0 } }", "holds more than rules"),
        ("p { margin }", "a style reads 'margin'; write it as 'name: value;'"),
        ("p { margin: 0 } and more", "holds more than rules"),
    ],
)
def test_a_sheet_that_cannot_stand_in_tags_is_refused(sheet, why):
    with pytest.raises(StyleError) as caught:
        inlined(f"<style>{sheet}</style>")

    assert why in str(caught.value)
