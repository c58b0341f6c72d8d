from dataclasses import replace

import pytest

from reminders.core.faults import plan_refused
from reminders.core.policy import Audience
from reminders.status import now, plan_view
from reminders.status.health import Pulse, Ready


@pytest.fixture
def pulse():
    pulse = Pulse(60)
    pulse.report(Ready(ready=True))
    return pulse


def needs(after, pulse):
    return [need.headline for need in now.needs_of(after, plan_view.in_digest(after), pulse)]


def changed(house, **result):
    return replace(house.after, result=replace(house.after.result, **result))


def test_held_uncertain_and_refused_mails_and_a_plan_to_mend_need_a_person(house, pulse):
    assert needs(house.after, pulse) == [
        "One email held",
        "One email may or may not have arrived",
        "No email reaches C Gill and D Daly",
        "Five problems of the plan to fix",
    ]


def test_a_held_mail_says_why_and_how_to_let_it_go(house, pulse):
    held = now.needs_of(house.after, None, pulse)[0]
    assert held.points == ("One email: more emails than may go in a day.",)
    assert "`python3 run.py ledger release " in held.lead


def test_what_stops_all_mails_comes_first(house, pulse):
    assert needs(changed(house, refusal="the clock says 1 January 2001"), pulse)[0] == "Nothing is sent"


def test_a_mail_server_that_rests_is_told_once(house, pulse):
    resting = changed(house, transport_fault="smtp took no mail; it is tried again at 08:05.")
    assert needs(resting, pulse)[0] == "The mail server takes no mail"
    fault = replace(plan_refused("plan.yaml", ("x",), None, too_old=False), lead="smtp took no mail")
    met = changed(house, transport_fault="smtp took no mail", faults=(fault,))
    assert "The mail server takes no mail" not in needs(met, pulse)


def test_a_fault_is_told_with_what_to_do(house, pulse):
    fault = plan_refused("plan.yaml", ("row 3: read 'x'",), None, too_old=True)
    told = next(need for need in now.needs_of(changed(house, faults=(fault,)), None, pulse) if need.lead == fault.lead)
    assert told.headline == fault.headline
    assert "row 3: read 'x'" in told.points


def test_a_service_that_cannot_work_says_so_even_where_its_last_tick_went_well(house, pulse):
    pulse.report(Ready(ready=False, why="the ledger cannot be used, see the log"))
    told = now.needs_of(house.after, None, pulse)[0]
    assert (told.lead, told.grave) == ("The ledger cannot be used, see the log.", True)


class Hands:
    at = 0.0

    def __call__(self):
        return self.at


def test_the_heading_says_how_things_are(house):
    hands = Hands()
    pulse = Pulse(60, hands)
    assert now.headline(None, (), pulse) == "Starting"
    assert now.headline(house.after, (), pulse) == "All is well"
    assert now.headline(house.after, (now.Need("x"),), pulse) == "One thing needs a person"
    hands.at = 600
    assert now.headline(house.after, (), pulse) == "Nothing has moved for 10 minutes"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"paused": True}, "Paused: nothing is sent"),
        ({"redirect_to": "trial@westberks.example"}, "Trial: every email goes to the one address the settings name"),
        ({"audience": Audience.LIVE}, "Live: they go to the leads"),
    ],
)
def test_the_page_says_whom_mails_reach(house, rules, said):
    service = replace(house.after.service, rules=replace(house.after.rules, **rules))
    assert now.facts_of(replace(house.after, service=service))[0].value == said


def test_the_page_says_when_the_service_looks_and_mails_next(house):
    facts = {fact.what: fact.value for fact in now.facts_of(house.after)}
    assert facts["Last look at the plan"] == "Monday 2 March 2015, 08:00"
    assert facts["Next look"] == "08:01:00, and then every 60 seconds"
    assert facts["Next email"] == "Tuesday 3 March 2015, 08:00"
    assert facts["Plan in force"].endswith("(31 rows)")
