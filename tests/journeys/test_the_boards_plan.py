"""The board's own plan, end to end: what the leads and the business manager would get, and when."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def reminders_of(entries):
    return [reminder for entry in entries for reminder in entry["reminders"]]


def body(mail):
    return " ".join(mail.get_body(("plain",)).get_content().split())


def test_the_first_day_sends_twelve_mails_with_seventeen_reminders_and_no_digest(house):
    ran = house.run("once", "--as-of", "2015-01-02T08:00")
    entries = house.ledger()
    assert ran.code == 0
    assert Counter(entry["kind"] for entry in entries) == {"reminder": 12}
    assert len(reminders_of(entries)) == 17
    assert {entry["state"] for entry in entries} == {"sent"}
    assert len(house.outbox()) == 12


def test_a_second_run_sends_nothing(house):
    house.run("once", "--as-of", "2015-01-02T08:00")
    again = house.run("once", "--as-of", "2015-01-02T08:00")
    assert again.code == 0
    assert "Nothing is due now" in again.out
    assert len(house.outbox()) == 12


def test_m_evans_gets_three_actions_in_one_mail_and_is_asked_whether_one_is_finished(house):
    house.run("once", "--as-of", "2015-01-02T08:00")
    (entry,) = [entry for entry in house.ledger() if entry["person"] == "M Evans"]
    (mail,) = [mail for mail in house.outbox() if mail["X-Reminder-Key"] == entry["key"]]
    assert entry["refs"] == ["2.3", "3.1", "3.2"]
    text = body(mail)
    recorded, _, after = text.partition("is this finished?")
    assert "2.3" in recorded
    assert "Carry out a multi-agency audit on cases where CSE has been identified" in after


def test_what_was_read_is_said_in_counts(house):
    ran = house.run("once", "--as-of", "2015-01-02T08:00")
    assert "31 rows, 30 numbered actions, 27 of them blank" in ran.out
    assert "24 leads: 20 people and 4 groups" in ran.out


def test_the_old_plan_makes_no_reminder_and_one_digest_on_a_monday_of_2026(house):
    house.run("once", "--as-of", "2026-11-23T08:00")
    assert [entry["kind"] for entry in house.ledger()] == ["digest"]


def test_on_a_friday_of_2026_nothing_is_due_and_the_next_mail_is_named(house):
    ran = house.run("once", "--as-of", "2026-11-27T08:00")
    assert ran.code == 0
    assert house.ledger() == []
    assert "Monday 30 November 2026" in ran.out
    assert "python3 run.py --as-of 2015-01-02T07:59" in ran.out


def test_a_rehearsal_of_the_whole_plan_shows_every_mail(house):
    ran = house.run("rehearse", "--from", "2014-12-01", "--to", "2016-03-31", "--json")
    mails = ran.json
    kinds = Counter(mail["kind"] for mail in mails)
    to_leads = [mail for mail in mails if mail["kind"] == "reminder"]
    weeks = [date.fromisoformat(mail["at"][:10]).isocalendar()[:2] for mail in mails if mail["kind"] == "digest"]
    assert kinds == {"reminder": 287, "digest": 70}
    assert sum(len(mail["refs"]) for mail in to_leads) == 357
    assert len(set(weeks)) == 70
    assert (house.state / "rehearsal" / "index.html").is_file()
    assert not (house.state / "ledger.sqlite").exists()


def test_down_for_a_week_each_lead_gets_one_mail_marked_late(house):
    house.run("once", "--as-of", "2014-12-31T08:00")
    house.run("once", "--as-of", "2015-01-09T08:00")
    entries = house.ledger("reminder")
    assert len(entries) == 12
    assert all(reminder["late"] for reminder in reminders_of(entries))
    assert all("late" in entry["reasons"] for entry in entries)
    house.run("once", "--as-of", "2015-01-12T08:00")
    assert len(house.ledger("reminder")) == 12


def test_a_moved_deadline_ends_the_old_reminders_and_starts_new_ones(house):
    house.run("once", "--as-of", "2015-01-02T08:00")
    house.cell("1.3", "timeframe", "March 2015")
    house.run("once", "--as-of", "2015-01-16T08:00")
    house.run("once", "--as-of", "2015-03-03T08:00")
    told = [(each["deadline"], each["offset"]) for each in reminders_of(house.ledger()) if each["ref"] == "1.3"]
    assert set(told) == {("2015-01-31", -28), ("2015-03-31", -28)}


def test_a_completed_action_is_never_mailed_about_again(house):
    house.run("once", "--as-of", "2015-01-02T08:00")
    house.cell("2.5", "progress", "Complete - signed off by the board")
    for day in ("2015-01-16", "2015-01-23", "2015-01-30", "2015-02-06"):
        house.run("once", "--as-of", day)
    told = [each["offset"] for each in reminders_of(house.ledger()) if each["ref"] == "2.5"]
    assert set(told) == {-28}


@pytest.mark.parametrize(
    ("timeframe", "offset", "day"),
    [
        pytest.param("10 April 2015", -7, "2015-04-02", id="Good Friday is skipped backwards"),
        pytest.param("30 March 2015", 7, "2015-04-07", id="Easter Monday is skipped forwards"),
        pytest.param("3 May 2015", 0, "2015-05-01", id="a Sunday is due by the Friday before"),
    ],
)
def test_send_days_move_to_working_days(house, timeframe, offset, day):
    house.cell("2.6", "timeframe", timeframe)
    house.run("once", "--as-of", f"{day}T08:00")
    told = [(each["ref"], each["offset"], each["late"]) for each in reminders_of(house.ledger())]
    assert ("2.6", offset, False) in told


def test_a_sunday_deadline_is_due_by_friday_in_mails_and_stays_sunday_in_the_plan(house):
    house.cell("2.6", "timeframe", "3 May 2015")
    house.run("once", "--as-of", "2015-05-01T08:00")
    action = next(each for each in house.run("plan", "--json").json["actions"] if each["ref"] == "2.6")
    (entry,) = [entry for entry in house.ledger("reminder") if entry["person"] == "L York"]
    (mail,) = [mail for mail in house.outbox() if mail["X-Reminder-Key"] == entry["key"]]
    assert (action["deadline"], action["due_by"]) == ("2015-05-03", "2015-05-01")
    assert "1 May 2015" in body(mail)
    assert mail["Subject"].startswith("Due today")


def test_with_calendar_due_by_the_mail_of_friday_names_sunday(house):
    house.edit("reminders.yaml", "due_by: working_day", "due_by: calendar")
    house.cell("2.6", "timeframe", "3 May 2015")
    house.run("once", "--as-of", "2015-05-01T08:00")
    (entry,) = [entry for entry in house.ledger("reminder") if entry["person"] == "L York"]
    (mail,) = [mail for mail in house.outbox() if mail["X-Reminder-Key"] == entry["key"]]
    assert "due by Sunday 3 May 2015" in body(mail)
    assert "due today" not in body(mail).lower()


def test_the_digest_of_easter_week_goes_on_tuesday(house):
    house.run("once", "--as-of", "2015-04-06T08:00")
    assert house.ledger("digest") == []
    house.run("once", "--as-of", "2015-04-07T08:00")
    assert len(house.ledger("digest")) == 1


def test_overdue_and_approaching_come_in_one_mail(house):
    house.cell("2.6", "timeframe", "23 January 2015")
    house.cell("1.2", "lead", "L York")
    house.cell("1.2", "timeframe", "27 February 2015")
    house.run("once", "--as-of", "2015-01-30T08:00")
    (entry,) = [entry for entry in house.ledger("reminder") if entry["person"] == "L York"]
    assert [(each["ref"], each["offset"]) for each in entry["reminders"]] == [("2.6", 7), ("1.2", -28)]


@pytest.mark.parametrize("source", ["config/plan.yaml", "business-plan.txt"])
def test_the_plan_reads_cell_by_cell_as_expected(house, source):
    path = house.root / source if source.startswith("config") else SAMPLES / source
    ran = house.run("plan", "--json", "--plan", str(path))
    expected = yaml.safe_load((SAMPLES / "expected.yaml").read_text("utf-8"))
    plan = ran.json
    assert ran.code == 0
    assert plan["title"] == expected["title"]
    assert plan["outcome"] == "ok"
    assert [theme["number"] for theme in plan["themes"]] == [theme["number"] for theme in expected["themes"]]
    assert [theme["title"] for theme in plan["themes"]] == [theme["title"] for theme in expected["themes"]]
    assert [theme["number"] for theme in plan["themes"] if theme["inferred"]] == [2]
    assert [read_as(action) for action in plan["actions"]] == [wanted(action) for action in expected["actions"]]
    assert problems_in(plan["problems"]) == problems_wanted(expected["report_to_business_manager"])


def read_as(action):
    kinds = {"dated": "month", "ongoing": "ongoing", "none": "missing"}
    same = ("ref", "action", "leads", "lead_cell", "timeframe", "deadline", "progress", "complete")
    return {name: action[name] for name in same} | {
        "theme": (action["theme"], action["theme_title"]),
        "desired_outcome": action["outcome"],
        "desired_outcome_inherited_from": action["outcome_from"],
        "progress_blank": action["blank"],
        "completion_unconfirmed": action["ask"],
        "timeframe_kind": kinds[action["kind"]],
    }


def wanted(action):
    same = (
        "ref", "action", "leads", "lead_cell", "timeframe", "deadline", "progress", "complete", "desired_outcome",
        "desired_outcome_inherited_from", "progress_blank", "completion_unconfirmed", "timeframe_kind",
    )  # fmt: skip
    return {name: action[name] for name in same} | {"theme": (action["theme"]["number"], action["theme"]["title"])}


def problems_in(problems):
    return Counter((problem["code"], problem["ref"]) for problem in problems)


def problems_wanted(report):
    refs = {"2.3, 2.4": ["2.3", "2.4"]}
    pairs = []
    for problem in report:
        where = str(problem["where"])
        named = refs.get(where, [where if where[0].isdigit() else None])
        pairs += [(problem["code"], ref) for ref in named]
    return Counter(pairs)


@pytest.mark.parametrize("source", ["config/plan.yaml", "business-plan.txt"])
def test_the_plan_written_as_yaml_reads_back_the_same(house, source):
    path = house.root / source if source.startswith("config") else SAMPLES / source
    again = house.root / "again.yaml"
    again.write_text(house.run("plan", "--yaml", "--plan", str(path)).out, "utf-8")
    first, second = (house.run("plan", "--json", "--plan", str(each)).json for each in (path, again))
    for plan in (first, second):
        for name in ("source", "sha256"):
            del plan[name]
        for each in (*plan["actions"], *plan["problems"]):
            del each["where"]
    assert first == second


def test_explain_says_who_hears_what_and_when(house):
    text = house.run("explain", "3.1", "--as-of", "2014-12-20").out
    assert "L Finch" in text
    assert "M Evans" in text
    assert "28 days before: goes on Friday 2 January 2015" in text


def test_explain_says_why_nobody_hears(house):
    text = house.run("explain", "2.7", "--as-of", "2014-12-20").out
    assert "no timeframe" in text
    assert "nobody hears of it" in text


def test_explain_a_lead_without_a_dated_action(house):
    text = house.run("explain", "D Daly", "--as-of", "2014-12-20").out
    assert "d.daly@westberks.example" in text
    assert "no reminder goes" in text


def test_explain_says_that_a_mail_off_the_allow_list_will_be_held(house):
    house.edit("directory.yaml", "g.garnett@westberks.example", "g.garnett@elsewhere.example")
    house.cell("4.2", "lead", "G Garnett")
    before = house.run("explain", "4.2", "--as-of", "2014-12-20").out
    assert "28 days before: is held on Friday 2 January 2015: mail goes to westberks.example only" in before
    assert "add elsewhere.example to allow_domains" in before
    assert "goes on" not in before
    assert "is owed now, but held: mail goes to" in house.run("explain", "4.2", "--as-of", "2015-01-02").out


def test_explain_says_that_a_lead_has_left_and_what_to_do(house):
    house.edit("directory.yaml", "G Garnett: g.garnett@westberks.example", "G Garnett: {left: true}")
    house.cell("4.2", "lead", "G Garnett")
    for what in ("4.2", "G Garnett"):
        told = house.run("explain", what, "--as-of", "2014-12-20").out
        assert "nobody hears on Friday 2 January 2015: G Garnett has left; name who leads it now in the plan" in told
        assert "goes on" not in told
        assert "address" not in told


def test_explain_of_a_stranger_is_wrong_usage_and_names_the_nearest(house):
    ran = house.run("explain", "M Evens")
    assert ran.code == 64
    assert "did you mean M Evans?" in ran.err


def test_a_paused_service_shows_what_would_go_and_sends_nothing(house):
    house.edit("reminders.yaml", "mode: live", "mode: paused")
    ran = house.run("once", "--as-of", "2015-01-02T08:00")
    assert ran.code == 0
    assert "mode is paused" in ran.out
    assert "12 mails would go now" in ran.out
    assert house.ledger() == []
    assert house.outbox() == []
