import re
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminders.core.digest import History, draw_up_digest
from reminders.core.message import FinishedMessage, Mailbox
from reminders.core.notices import Address, LaterAction
from reminders.core.policy import Audience
from reminders.rendering import Branding, Sending, TemplateFault
from tests.builders import (
    BOARD,
    KEY,
    MANAGER,
    a_digest,
    a_digest_row,
    a_fault_notice,
    a_reminder_notice,
    a_row,
    a_section,
    an_item,
    gathered,
)
from tests.core.builders import a_policy, agenda_on, notices_of, the_boards_directory, the_boards_plan
from tests.rendering.mail_checks import check_mail
from tests.rendering.mails import AT, MAILS, PROGRESS, SENDING, a_renderer, rendered

ACTION = "Work together to address issues around provision of medicals"
OUTCOME = "Health needs are met within prescribed timescales"


@pytest.mark.parametrize("mail", MAILS)
def test_every_mail_passes_the_checks(mail):
    made = rendered(MAILS[mail]())

    check_mail(made.finished.mime, [ACTION, OUTCOME, PROGRESS, "Early Help"])
    assert made.faults == ()


@pytest.mark.parametrize("today", [date(2015, 1, 2), date(2015, 1, 30), date(2015, 2, 9), date(2015, 10, 16)], ids=str)
def test_every_mail_of_the_boards_own_plan_passes_the_checks(today):
    plan, directory, policy = the_boards_plan(), the_boards_directory(), a_policy()
    agenda = agenda_on(today, plan, directory, policy)
    cells = [cell for each in plan.actions for cell in (each.row.action, each.outcome, each.theme.title) if cell]
    digest = draw_up_digest(
        plan,
        policy,
        agenda,
        History(),
        board=BOARD,
        audience=Audience.LIVE,
        to=MANAGER,
        first_day=today,
        plan_note=None,
    )

    for notice in (digest, *notices_of(agenda, plan)):
        mail = check_mail(rendered(notice).finished.mime, cells)
        assert notice is digest or len(mail.message["Subject"]) <= 60


@pytest.mark.parametrize("mail", MAILS)
def test_the_same_notice_at_the_same_time_gives_the_same_bytes(mail):
    assert rendered(MAILS[mail]()) == rendered(MAILS[mail]())


def test_the_headers_come_from_the_notice_and_the_settings():
    message = rendered(a_reminder_notice()).message

    assert dict(message.headers) == {
        "Date": "Fri, 02 Jan 2015 08:00:00 +0000",
        "Message-ID": f"<n.{KEY}@westberks.example>",
        "References": "<t.c45f824a51e9e32dc09040e7@westberks.example>",
        "In-Reply-To": "<t.c45f824a51e9e32dc09040e7@westberks.example>",
        "Thread-Topic": "Business plan reminders",
        "Thread-Index": dict(message.headers)["Thread-Index"],
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",
        "List-Id": "LSCB plan reminders <plan.westberks.example>",
        "Content-Language": "en-GB",
        "X-Reminder-Key": KEY,
    }
    assert message.sender == Mailbox("LSCB plan reminders", "reminders@westberks.example")
    assert message.to == Mailbox("M Evans", "m.evans@westberks.example")
    assert message.reply_to == Mailbox("Business manager", "business.manager@westberks.example")


def test_the_date_is_local_to_the_board():
    summer = datetime(2015, 7, 1, 7, tzinfo=UTC)
    made = a_renderer().render(a_reminder_notice(), summer)

    assert dict(made.message.headers)["Date"] == "Wed, 01 Jul 2015 08:00:00 +0100"


def test_the_envelope_comes_from_settings_and_directory():
    made = rendered(a_reminder_notice())

    assert made.finished == FinishedMessage(
        "reminders@westberks.example", "m.evans@westberks.example", made.finished.mime
    )
    assert made.message_id == f"<n.{KEY}@westberks.example>"


def test_a_redirected_mail_goes_to_nobody_else_and_still_says_whom_it_is_for():
    trial = replace(SENDING, redirect_to="trial@westberks.example")
    made = rendered(a_reminder_notice(), sending=trial)

    assert made.finished.recipient == "trial@westberks.example"
    assert made.message.to == Mailbox("M Evans", "trial@westberks.example")
    assert b"m.evans@" not in made.finished.mime
    assert "For: M Evans" in made.message.text


def test_the_mails_of_one_person_and_deadline_share_a_thread_and_no_others_do():
    one, again = (dict(rendered(a_reminder_notice(an_item(days=days))).message.headers) for days in (28, 28))
    other = dict(rendered(a_reminder_notice(an_item(days=27))).message.headers)

    assert one["References"] == again["References"] != other["References"]


def test_an_address_that_is_none_fails_its_own_mail_and_does_not_show():
    broken = Address("M Evans", "M Evans", "m.evans@westberks.example, evil@example.com")

    with pytest.raises(TemplateFault, match="an address is not one") as caught:
        rendered(a_reminder_notice(to=broken))

    assert "evil" not in str(caught.value)


def test_a_colour_that_is_none_is_refused():
    with pytest.raises(ValueError, match="write it as '#17406d'"):
        Branding("The board", colour="red;} body{display:none")


# What the mails say.


def _text(notice, **known):
    return rendered(notice, **known).message.text


def test_a_reminder_asks_once_and_warns_of_names_and_cases():
    text = _text(a_reminder_notice())

    assert text.count("Reply to this email") == 1
    assert "Do not put names or details of children, families or cases in your\nreply." in text


def test_the_button_answers_with_a_line_for_each_ref():
    html = rendered(a_reminder_notice(an_item("2.3"), an_item("3.1"))).message.html
    (link,) = re.findall(r'href="(mailto:[^"]+)"', html)

    assert unquote(link.replace("&amp;", "&")) == (
        "mailto:business.manager@westberks.example?subject=Re: Due by 30 January 2015: two of your business plan "
        "actions&body=2.3: \r\n3.1: "
    )


def test_progress_is_quoted_to_the_lead_who_is_asked_whether_it_is_finished():
    text = _text(a_reminder_notice(an_item("3.2", progress=PROGRESS)))

    assert "Progress recorded \u2013 is this finished?" in text
    assert f"In the plan: {PROGRESS}" in text


def test_a_lead_with_refs_only_reads_no_wording_and_no_name_of_others():
    rows = (
        a_row("2.3", progress="Started with the Smith family", lead="M Evans/ I Mundy"),
        a_row(None, action="Multi-agency audit programme"),
        a_row("4.5", timeframe="October 2015", action="Audit of cases"),
    )
    notice = replace(gathered(*rows)[1], detail="refs", later=(LaterAction("4.5", "", "30 October 2015"),))
    made = rendered(notice)

    shown = made.message.text + made.message.html + made.message.subject
    hidden = (ACTION, OUTCOME, "Smith", "I Mundy", "Early Help", "audit", "Audit")
    assert [word for word in hidden if word in shown] == []
    assert "Read it in the plan." in made.message.text
    assert "2.3 \u2013 due 30 January 2015" in made.message.text
    assert "no ref \u2013 due 30 January 2015" in made.message.text


def test_a_late_reminder_says_which_day_it_was_meant_for():
    whole = a_reminder_notice(an_item(meant=date(2014, 12, 30)))
    part = a_reminder_notice(an_item("2.3", meant=date(2014, 12, 30)), an_item("2.4"))

    assert "This email is late: it was meant for 30 December 2014." in _text(whole)
    assert _text(part).count("This reminder is late: it was meant for 30 December 2014.") == 1


def test_a_deputy_reads_their_own_actions_and_then_those_they_stand_in_for():
    stood_in = a_section(an_item("5.1"), deputy_for="C Gill", away_until=date(2015, 2, 14))
    text = _text(a_reminder_notice(sections=[a_section(an_item("2.3")), stood_in]))

    own, others = text.split("For C Gill, who is away until 14 February 2015; you are the deputy")
    assert "2.3 \u2013 due" in own
    assert "5.1 \u2013 due" in others


def test_many_actions_are_shown_up_to_twenty_and_the_rest_by_ref():
    text = _text(a_reminder_notice(*(an_item(f"1.{each}") for each in range(1, 24))))

    assert text.count("Outcome wanted") == 20
    assert "And 1.21, 1.22 and 1.23. Read them in the plan." in text


def test_the_digest_with_nothing_to_do_says_so_and_still_shows_all_sections():
    text = _text(a_digest(blank=0))

    for line in (
        "Nothing for you to do.",
        "Nothing is overdue.",
        "No progress field is blank.",
        "There is nothing to fix.",
        "Sent last week: no emails were due last week.",
        "Going out this week: no emails are planned for this week.",
    ):
        assert line in text


def test_the_digest_says_first_that_the_plan_is_held():
    text = _text(a_digest(plan_note="The plan waits to be accepted."))

    assert text.index("The plan waits to be accepted.") < text.index("Nothing is overdue.")


def test_the_digest_lists_problems_to_mend_before_those_to_know():
    text = _text(MAILS["digest"]())

    assert text.index("The action is blank. Write what is to be done.") < text.index("Good to know")
    assert text.index("Good to know") < text.index("Theme 2 has no heading.")


def test_the_bar_of_a_theme_leaves_out_a_part_of_no_width():
    all_blank = rendered(a_digest(blank=30)).message.html
    some = rendered(a_digest(blank=27)).message.html

    assert 'class="recorded"' not in all_blank
    assert [int(width) for width in re.findall(r'class="(?:blank|recorded)" width="(\d+)"', some)] == [86, 8]


def test_a_fault_says_what_is_wrong_what_was_not_sent_and_what_to_do():
    text = _text(a_fault_notice())

    assert "An email to G Garnett was not delivered" in text
    assert "The mail server refused it: no such mailbox. G Garnett has not seen the" in text
    assert "Correct the address in the lead directory" in text


def test_the_signature_closes_both_parts():
    renderer = a_renderer()
    renderer._branding = Branding("The board", signature="Ring 01635 000000")
    made = renderer.render(a_reminder_notice(), AT)

    assert made.message.text.rstrip().endswith("Ring 01635 000000")
    assert "Ring 01635 000000" in made.message.html


# Hostile cells and names.

NASTY = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "</td></tr></table><script>alert(1)</script>",
            "\r\nBcc: evil@example.com\r\n\r\nHello",
            "x@evil.example, <y@evil.example>, z@evil.example",
            "Quality, Performance, Assurance and Audit Board (West Berkshire) of the Local Safeguarding Children Board",
            "{{ notice }}{% for x in y %}",
            "\u202egnp.exe \u2028\u2029\x85\x0b\x0c\x00 \ud800",
            "\U0001f600" * 40,
            '" onmouseover="alert(1)',
            "x" * 5000,
            "a b " * 1250,
            "--=_0123456789abcdef01234567--",
            "http://evil.example/",
            ".\n.\nFrom me",
            "",
        ]
    ),
)
MAY_BE_ANYTHING = {"leaves_no_template_behind", "says_the_same_in_its_text"}


@settings(max_examples=30, deadline=None)
@given(NASTY, NASTY, NASTY, st.sampled_from(["full", "refs"]))
def test_no_cell_breaks_a_reminder(one, two, three, detail):
    item = an_item("2.3", action=one or None, outcome=two or None, progress=three or None, timeframe="January 2015")
    section = a_section(item, replace(item, days=-3), deputy_for=two or None, away_until=None)
    notice = a_reminder_notice(
        sections=[section], detail=detail, plan_title=three, later=(LaterAction(one, two, three),)
    )

    check_mail(rendered(notice).finished.mime, skip=MAY_BE_ANYTHING)


@settings(max_examples=30, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_no_name_makes_another_recipient_or_header(lead, sender, reply_to):
    sending = Sending(
        Mailbox(sender, "reminders@westberks.example"), Mailbox(reply_to, "business.manager@westberks.example")
    )
    notice = a_reminder_notice(to=Address("M Evans", lead, "m.evans@westberks.example"))
    mail = check_mail(rendered(notice, sending=sending).finished.mime, skip=MAY_BE_ANYTHING)

    boxes = [mail.message[name].addresses[0].addr_spec for name in ("From", "To", "Reply-To")]
    assert boxes == ["reminders@westberks.example", "m.evans@westberks.example", "business.manager@westberks.example"]


@settings(max_examples=20, deadline=None)
@given(NASTY, NASTY)
def test_no_cell_breaks_a_digest_or_a_fault(one, two):
    row = replace(a_digest_row("1.1", -3, text=one), leads=two, timeframe=one)
    digest = replace(a_digest(plan_note=one or None), overdue_blank=(row,), closed=(row,))
    fault = a_fault_notice(replace(a_fault_notice().fault, headline=one or "x", lead=two, points=(one, two)))

    check_mail(rendered(digest).finished.mime, skip=MAY_BE_ANYTHING)
    check_mail(rendered(fault).finished.mime, skip=MAY_BE_ANYTHING)
