from dataclasses import replace

from reminders.service.values import PlanInForce
from tests.status.house import shown

BOARD = "/b/west-berkshire-local-safeguarding-children-board"


def test_now_says_what_needs_a_person_and_how_the_service_is_set(client):
    page = client.get(f"{BOARD}/").text
    assert "<h1>Four things need a person</h1>" in page
    assert "<dt>Emails</dt><dd>Trial: every email is written into a folder" in page
    assert "<dt>Progress blank</dt><dd>27 of 30</dd>" in page


def test_a_service_that_has_not_ticked_says_so(house):
    starting = replace(house, board=replace(house.board, after_tick=lambda: None))
    page = starting.client().get(f"{BOARD}/").text
    assert "<h1>Starting</h1>" in page
    assert "M Evans" not in page


def test_the_plan_is_drawn_and_told_in_words(client):
    page = client.get(f"{BOARD}/plan").text
    assert page.count("<rect") - 4 == 31  # four of them explain the others
    assert "Give a month or a date." in page
    assert "The dashed line is today, 2 March 2015." in page
    assert "Carry out a multi-agency audit on threshold criteria for Children" in page


def test_what_the_progress_says_stays_in_the_plan(house, client):
    said = [action.row.progress for action in house.after.plan.actions if action.row.progress]
    page = client.get(f"{BOARD}/plan").text
    assert said
    assert [text for text in said if text in page] == []


def test_where_there_is_no_plan_the_page_says_why(house):
    nothing = PlanInForce("refused", None, "plan.yaml: there is no such file", usable=False)
    after = replace(house.after, result=replace(house.after.result, plan=nothing))
    page = shown(house, after).client().get(f"{BOARD}/plan").text
    assert "There is no plan to work from" in page
    assert "plan.yaml: there is no such file" in page
