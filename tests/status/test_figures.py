import json
from dataclasses import replace

from reminders.core.directory import Directory
from reminders.status.figures import figures
from tests.core.builders import the_written_plan, understood

TOKEN = "a token of the tests"


def test_the_figures_say_how_the_board_is_doing(client):
    (board,) = client.get("/status.json").json["boards"]
    assert (board["alive"], board["ready"], board["why"], board["transport"]) == (True, True, None, "folder")
    assert (board["last_tick"], board["next_tick"]) == ("2015-03-02T08:00:00Z", "2015-03-02T08:01:00Z")
    assert (board["next_mail"], board["next_digest"]) == ("2015-03-03T08:00:00Z", "2015-03-09T08:00:00Z")
    assert board["plan"] == {"outcome": "ok", "usable": True, "actions": 31, "blank": 27, "overdue": 9, "to_fix": 5}
    assert board["unresolved_leads"] == 0


def unknown_to_the_directory(house):
    plan = replace(house.after.result.plan, plan=understood(the_written_plan(), directory=Directory((), ())))
    after = replace(house.after, result=replace(house.after.result, plan=plan))
    return replace(house.board, after_tick=lambda: after)


def test_leads_that_nobody_knows_are_counted_and_named_only_to_who_may_see_names(house):
    board = unknown_to_the_directory(house)
    (counted,), (named,) = (figures([board], with_names=each) for each in (False, True))
    assert counted["unresolved_leads"] > 20
    assert "M Evans" in named["unresolved"]
    assert "unresolved" not in counted


def test_without_the_token_nobody_is_named(house):
    answer = house.client(TOKEN).get("/status.json")
    assert "unresolved" not in answer.json["boards"][0]
    people = (who.name for who in house.after.directory.people)
    assert [name for name in people if name in json.dumps(answer.json)] == []
    held = house.client(TOKEN).get("/status.json", headers={"Authorization": f"Bearer {TOKEN}"})
    assert held.json["boards"][0]["unresolved"] == []


def test_a_board_that_has_not_ticked_has_no_figures_yet(house):
    (board,) = figures([replace(house.board, after_tick=lambda: None)], with_names=True)
    assert set(board) == {"board", "alive", "ready", "why"}
