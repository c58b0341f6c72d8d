from collections.abc import Callable
from datetime import date
from itertools import combinations

import pytest

from reminders.core import faults
from reminders.core.faults import Fault, FaultNotice, Reader, draw_up_faults
from reminders.core.notices import Address, Kind
from reminders.core.policy import Audience, Reason
from tests.builders import BOARD, MANAGER

TODAY, TOMORROW, GOOD_SINCE = date(2015, 1, 2), date(2015, 1, 3), date(2014, 12, 30)
OPS = Address("ops", "Operations", "ops@westberks.example")
READERS = {Reader.MANAGER: MANAGER, Reader.OPS: OPS}
MISTAKES = ("plan.yaml, line 3: the plan has no themes",)
SHA = "0123456789abcdef" * 4


def notices(*found: Fault, today=TODAY, board=BOARD, audience=Audience.LIVE) -> tuple[FaultNotice, ...]:
    return draw_up_faults(found, READERS, board=board, audience=audience, today=today)


def keys(*found: Fault, **known):
    return [notice.key for notice in notices(*found, **known)]


HELD = faults.plan_held("plan.yaml", SHA, "30 of its 31 actions are gone", GOOD_SINCE)
GOING = faults.plan_refused("plan.yaml", MISTAKES, GOOD_SINCE, too_old=False)
TOO_OLD = faults.plan_refused("plan.yaml", MISTAKES, GOOD_SINCE, too_old=True)
NO_PLAN = faults.plan_refused("plan.yaml", MISTAKES, None, too_old=False)
DIRECTORY_GOING = faults.directory_refused("directory.yaml", MISTAKES, going=True)
NO_DIRECTORY = faults.directory_refused("directory.yaml", MISTAKES, going=False)
BOUNCED = faults.not_delivered("G Garnett", "g.garnett@westberks.example", ("4.2",), "no such mailbox")
CAME_BACK = faults.not_delivered("G Garnett", "g.garnett@westberks.example", ("4.2",), "5.1.1", came_back=True)
NO_DIGEST = faults.own_mail_not_delivered(Kind.DIGEST, "Business manager", "bm@westberks.example", "550 no")
CAP = faults.cap_passed(60, 50)
OWN_TEMPLATE = faults.template_failed("reminder.html", "line 3: no end", replaced=True)
TEMPLATE = faults.template_failed("reminder.html", "line 3: no end", replaced=False)
DOWN = faults.transport_down("smtp", "refused", "connection refused")
UNCERTAIN = faults.uncertain("0123456789abcdef01234567", "reminder")

BOTH = ["business-manager", "ops"]
EVERY = [
    pytest.param(HELD, ["business-manager"], False, id="a plan held"),
    pytest.param(GOING, BOTH, False, id="a plan refused while the last good one goes on"),
    pytest.param(TOO_OLD, BOTH, True, id="a plan refused for too long"),
    pytest.param(NO_PLAN, BOTH, True, id="no plan at all"),
    pytest.param(DIRECTORY_GOING, BOTH, False, id="a directory refused while the last good one goes on"),
    pytest.param(NO_DIRECTORY, BOTH, True, id="no directory at all"),
    pytest.param(BOUNCED, BOTH, False, id="an address that refuses"),
    pytest.param(CAME_BACK, BOTH, False, id="a mail that came back"),
    pytest.param(NO_DIGEST, BOTH, False, id="a digest that was refused"),
    pytest.param(CAP, BOTH, True, id="too many mails"),
    pytest.param(OWN_TEMPLATE, ["ops"], True, id="a board's own template"),
    pytest.param(TEMPLATE, ["ops"], True, id="a packaged template"),
    pytest.param(DOWN, ["ops"], True, id="no way out"),
    pytest.param(UNCERTAIN, ["ops"], False, id="a mail nobody heard of"),
]


@pytest.mark.parametrize(("fault", "readers", "daily"), EVERY)
def test_a_fault_is_told_to_who_can_mend_it_once_or_once_a_day(fault, readers, daily):
    assert [notice.to.person for notice in notices(fault)] == readers
    assert (keys(fault, today=TODAY) != keys(fault, today=TOMORROW)) == daily
    assert keys(fault) == keys(fault)


@pytest.mark.parametrize(("fault", "readers", "daily"), EVERY)
def test_a_fault_says_what_is_broken_and_what_to_do(fault, readers, daily):  # noqa: ARG001 - of all of them
    assert all((fault.subject, fault.headline, fault.lead, fault.mend))
    assert "@" not in fault.cause


def test_each_reader_board_audience_and_cause_has_a_key_of_its_own():
    found = [
        *keys(CAP),
        *keys(CAP, board="another"),
        *keys(CAP, audience=Audience.TRIAL),
        *keys(DOWN, UNCERTAIN, BOUNCED, HELD),
    ]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(HELD, faults.plan_held("plan.yaml", "f" * 64, "why", GOOD_SINCE), id="another held reading"),
        pytest.param(
            GOING, faults.plan_refused("plan.yaml", ("line 4",), GOOD_SINCE, too_old=False), id="other mistakes"
        ),
        pytest.param(GOING, faults.plan_refused("plan.docx", MISTAKES, GOOD_SINCE, too_old=False), id="another file"),
        pytest.param(GOING, TOO_OLD, id="the day the last good plan grows too old"),
        pytest.param(
            DIRECTORY_GOING, faults.directory_refused("directory.yaml", ("line 4",), going=True), id="other people"
        ),
        pytest.param(DIRECTORY_GOING, NO_DIRECTORY, id="no last good directory any more"),
        pytest.param(
            BOUNCED, faults.not_delivered("G Garnett", "gg@westberks.example", ("4.2",), "no"), id="another address"
        ),
        pytest.param(OWN_TEMPLATE, faults.template_failed("reminder.txt", "no", replaced=True), id="another template"),
        pytest.param(DOWN, faults.transport_down("smtp", "tls", "no"), id="another reason"),
        pytest.param(DOWN, faults.transport_down("folder", "refused", "no"), id="another way out"),
    ],
)
def test_what_is_another_fault_is_told_anew(one, other):
    assert not set(keys(one)) & set(keys(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(HELD, faults.plan_held("plan.docx", SHA, "else", TODAY), id="one held reading, told later"),
        pytest.param(
            BOUNCED,
            faults.not_delivered("Gill Garnett", "g.garnett@westberks.example", ("1.1",), "mailbox unavailable"),
            id="one address, for another action",
        ),
        pytest.param(BOUNCED, CAME_BACK, id="one address, refused and come back from"),
        pytest.param(CAP, faults.cap_passed(70, 60), id="a cap passed twice a day"),
        pytest.param(DOWN, faults.transport_down("smtp", "refused", "else"), id="one reason in other words"),
        pytest.param(UNCERTAIN, faults.uncertain("0123456789abcdef01234567", "digest"), id="one uncertain mail"),
        pytest.param(TOO_OLD, NO_PLAN, id="a plan still refused"),
    ],
)
def test_the_same_fault_is_not_told_again(one, other):
    assert keys(one) == keys(other)


def test_a_notice_of_a_fault_carries_what_it_is_about():
    manager, ops = notices(BOUNCED)
    assert (manager.to, ops.to) == (MANAGER, OPS)
    assert (ops.kind, ops.cause, ops.reasons, ops.refs, ops.day) == (
        *(Kind.FAULT, BOUNCED.cause, (Reason.DUE,), (), TODAY),
    )
    assert (ops.board, ops.audience, ops.fault) == (BOARD, Audience.LIVE, BOUNCED)
    assert (ops.subject, ops.headline) == (BOUNCED.subject, BOUNCED.headline)


def test_mails_about_one_cause_are_one_thread():
    first, again, other = notices(CAP)[1], notices(CAP, today=TOMORROW)[1], notices(DOWN)[0]
    assert first.thread == again.thread != other.thread
    assert (len(first.thread[0]), first.thread[1]) == (24, date(2000, 1, 1))


def test_a_cause_is_a_code_without_names_and_wordings():
    assert [fault.cause.partition(":")[0] for fault in (HELD, GOING, NO_DIRECTORY, BOUNCED, CAP, TEMPLATE, DOWN)] == [
        *("plan-held", "plan-refused", "directory-refused", "bad-address", "cap", "template", "transport"),
    ]
    assert HELD.cause == "plan-held:0123456789ab"
    assert TOO_OLD.cause == NO_PLAN.cause == f"{GOING.cause}:stopped"
    assert (DOWN.cause, UNCERTAIN.cause) == ("transport:smtp:refused", "uncertain:0123456789abcdef01234567")


@pytest.mark.parametrize(
    ("fault", "headline"),
    [
        (GOING, "The business plan could not be read"),
        (TOO_OLD, "No reminders can go out until the plan is fixed"),
        (NO_PLAN, "No reminders can go out until the plan is fixed"),
    ],
)
def test_a_plan_that_cannot_be_read_says_whether_that_stops_the_reminders(fault, headline):
    assert fault.headline == headline


def test_a_template_that_was_replaced_is_the_boards_to_mend():
    assert ["templates_dir" in fault.mend for fault in (OWN_TEMPLATE, TEMPLATE)] == [True, False]


def test_no_fault_makes_no_mail():
    assert notices() == ()


def test_at_most_twenty_mistakes_are_named():
    many = tuple(f"line {line}" for line in range(30))
    refused: list[Callable[[], Fault]] = [
        lambda: faults.plan_refused("plan.yaml", many, GOOD_SINCE, too_old=False),
        lambda: faults.directory_refused("directory.yaml", many, going=True),
    ]
    assert [make().points for make in refused] == [many[:20], many[:20]]


@pytest.mark.parametrize(
    ("fault", "unsent"),
    [
        pytest.param(GOING, "Reminders go on from the plan as it was last read on 30 December 2014.", id="going on"),
        pytest.param(
            TOO_OLD,
            "The plan was last read on 30 December 2014, which is too long ago to go on from. No reminder goes out.",
            id="too old",
        ),
        pytest.param(NO_PLAN, "No plan has been read before, so no reminder has gone out.", id="none before"),
        pytest.param(DIRECTORY_GOING, "Reminders go on with the directory as it was last read.", id="a directory"),
        pytest.param(NO_DIRECTORY, "No reminder can go out without it.", id="no directory"),
        pytest.param(BOUNCED, "Later reminders to G Garnett are held until the address is corrected.", id="an address"),
        pytest.param(OWN_TEMPLATE, None, id="a template that was replaced"),
        pytest.param(TEMPLATE, "The emails it makes wait, and are tried again.", id="a template that was not"),
    ],
)
def test_a_fault_says_what_does_not_go_out(fault, unsent):
    assert fault.unsent == unsent


def test_an_address_that_refuses_is_told_with_the_refs_it_was_about():
    assert BOUNCED.lead == ("The mail server refused it: no such mailbox. G Garnett has not seen the reminder for 4.2.")
    without = faults.not_delivered("G Garnett", "g.garnett@westberks.example", (), "550 no.")
    assert without.lead == "The mail server refused it: 550 no. G Garnett has not seen the reminder."


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.1.1", "there is no such mailbox (5.1.1)"),
        ("5.2.1", "the mailbox is switched off (5.2.1)"),
        ("5.2.2", "the mailbox is full (5.2.2)"),
        ("5.9.9", "5.9.9"),
        ("undelivered", "undelivered"),
    ],
)
def test_a_mail_that_came_back_says_why_in_words(status, said):
    fault = faults.not_delivered("G Garnett", "g.garnett@westberks.example", ("4.2",), status, came_back=True)
    assert fault.lead == (f"It was taken, and came back later: {said}. G Garnett has not seen the reminder for 4.2.")


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (Kind.DIGEST, "the weekly digest"),
        (Kind.FAULT, "an email about a fault"),
        (Kind.TEST, "the test email"),
    ],
)
def test_a_mail_to_manager_or_ops_that_is_not_delivered_speaks_of_that_mail_and_of_the_settings(kind, what):
    fault = faults.own_mail_not_delivered(kind, "Operations", "ops@westberks.example", "550 no.")
    assert fault.subject == f"Email not delivered: {what}"
    assert fault.lead == f"The mail server refused it: 550 no. Operations has not seen {what}."
    assert "settings" in fault.mend
    assert not [word for word in ("reminder", "directory") if word in f"{fault}"]


@pytest.mark.parametrize(
    ("held", "headline"),
    [
        (1, "One reminder email is held"),
        (2, "Two reminder emails are held"),
        (60, "60 reminder emails are held"),
    ],
)
def test_the_mails_a_cap_holds_are_counted(held, headline):
    assert faults.cap_passed(held, 50).headline == headline


def test_a_test_mail_holds_nothing_of_the_plan_and_is_a_kind_of_its_own():
    notice = faults.TestNotice("key", BOARD, Audience.LIVE, TODAY, OPS)
    assert (notice.kind, notice.cause, notice.refs, notice.reasons) == (Kind.TEST, None, (), (Reason.DUE,))
    assert notice.thread == faults.TestNotice("else", BOARD, Audience.LIVE, TOMORROW, MANAGER).thread
    assert (len(notice.thread[0]), notice.thread[1]) == (24, date(2000, 1, 1))
    threads = [notice.thread, *(each.thread for each in notices(CAP, DOWN)[1:])]
    assert all(one != other for one, other in combinations(threads, 2))


@pytest.mark.parametrize(
    ("fault", "daily"),
    [
        pytest.param(HELD, False, id="a plan that waits for a word"),
        pytest.param(GOING, False, id="a plan that cannot be read while an earlier one still serves"),
        pytest.param(TOO_OLD, True, id="a plan that stops the reminders"),
        pytest.param(NO_PLAN, True, id="no plan yet"),
        pytest.param(DIRECTORY_GOING, False, id="a directory that cannot be read while an earlier one still serves"),
        pytest.param(NO_DIRECTORY, True, id="no directory yet"),
        pytest.param(BOUNCED, False, id="a lead's mailbox"),
        pytest.param(NO_DIGEST, False, id="a reader's mailbox"),
        pytest.param(CAP, True, id="too many mails"),
        pytest.param(OWN_TEMPLATE, True, id="a template of the board's own"),
        pytest.param(TEMPLATE, True, id="a packaged template"),
        pytest.param(faults.calendars_unwritten("calendars", "no room"), True, id="calendars"),
        pytest.param(DOWN, True, id="no way out"),
        pytest.param(faults.uncertain("0123456789ab", "reminder"), False, id="one mail that may have arrived"),
    ],
)
def test_what_lasts_is_told_again_each_day_and_what_is_over_once(fault, daily):
    (today, *_), (tomorrow, *_) = keys(fault), keys(fault, today=TOMORROW)
    assert fault.daily == daily
    assert (today != tomorrow) == daily


def test_a_refused_plan_that_stops_the_reminders_is_another_cause():
    assert TOO_OLD.cause == f"{GOING.cause}:stopped"
    assert NO_PLAN.cause == TOO_OLD.cause


def test_a_template_that_another_replaces_keeps_no_mail_back():
    assert OWN_TEMPLATE.unsent is None
    assert TEMPLATE.unsent == "The emails it makes wait, and are tried again."


def test_a_refused_directory_stops_the_reminders_only_where_none_was_read_before():
    assert DIRECTORY_GOING.unsent == "Reminders go on with the directory as it was last read."
    assert NO_DIRECTORY.unsent == "No reminder can go out without it."


def test_readers_have_the_names_that_ledgers_in_use_hold():
    assert [*Reader] == ["business-manager", "ops"]


def test_a_plan_that_waits_is_known_by_the_start_of_its_hash():
    assert HELD.cause == "plan-held:0123456789ab"


def test_too_many_mails_are_one_cause_however_many():
    assert (CAP.cause, faults.cap_passed(51, 50).cause) == ("cap", "cap")


def test_each_address_is_a_cause_of_its_own_and_holds_no_name():
    other = faults.not_delivered("G Garnett", "garnett@westberks.example", ("4.2",), "no such mailbox")
    assert BOUNCED.cause.startswith("bad-address:")
    assert BOUNCED.cause != other.cause
    assert "garnett" not in BOUNCED.cause + other.cause


def test_too_many_mails_are_told_with_the_limit_they_passed():
    assert CAP.headline == "60 reminder emails are held"
    assert CAP.lead == "More than 50 emails to leads would have gone out in one day, so none was sent."
    assert faults.cap_passed(1, 0).headline == "One reminder email is held"
