"""What a person gets wrong is named with its place and its mend, in one report; nothing is sent because of it."""

import re

import pytest


def told(ref, words, out):
    """Say whether a problem stands there, its place above its words."""
    return re.search(rf"^  {re.escape(ref)} \(plan\.yaml, line \d+\)\n      {re.escape(words)}", out, re.MULTILINE)


def test_an_unknown_setting_is_named_with_its_line_and_the_nearest_key(house):
    house.edit("reminders.yaml", "catch_up: 14", "catch_pu: 14")
    ran = house.run("once")
    assert ran.code == 78
    assert "reminders.yaml, line " in ran.err
    assert "catch_pu: no such setting; did you mean catch_up?" in ran.err
    assert not house.state.exists()


def test_a_missing_settings_file_says_where_it_was_looked_for(house):
    (house.config / "reminders.yaml").unlink()
    ran = house.run("once")
    assert ran.code == 78
    assert str(house.config) in ran.err


def test_check_names_the_mistakes_of_all_files_at_once(house):
    house.edit("reminders.yaml", "tick: 60", "tick: fast")
    (house.config / "directory.yaml").write_text("people:\n  M Evans: nowhere\n", "utf-8")
    (house.config / "plan.yaml").write_text("themes: [\n", "utf-8")
    ran = house.run("check")
    assert ran.code == 78
    assert "tick: read 'fast'; write a number of seconds" in ran.out
    assert "directory.yaml, line 2: “nowhere” is no address" in ran.out
    assert "plan.yaml, line " in ran.out


def test_a_missing_plan_ends_with_65_and_the_business_manager_and_ops_hear_of_it_once(house):
    (house.config / "plan.yaml").unlink()
    ran = house.run("once", "--as-of", "2015-01-02T08:00")
    assert ran.code == 65
    assert "there is no such file" in ran.out
    assert {entry["person"] for entry in house.ledger("fault")} == {"business-manager", "ops"}
    house.run("once", "--as-of", "2015-01-02T09:00")
    assert len(house.ledger("fault")) == 2


def test_a_broken_plan_is_named_with_its_line(house):
    house.edit("plan.yaml", "title: West", "title: [West")
    ran = house.run("plan")
    assert ran.code == 65
    assert "plan.yaml, line " in ran.err


def test_a_broken_plan_leaves_the_last_good_one_in_force(house):
    house.run("once", "--as-of", "2015-01-01T08:00")
    (house.config / "plan.yaml").write_text("{{{", "utf-8")
    ran = house.run("once", "--as-of", "2015-01-02T08:00")
    assert ran.code == 1
    assert "The last good one is used" in ran.out
    assert len(house.ledger("reminder")) == 12


@pytest.mark.parametrize("left", [None, "{{{"], ids=["gone", "broken"])
def test_a_directory_that_cannot_be_read_leaves_the_last_good_one_in_force(house, left):
    house.run("once", "--as-of", "2015-01-01T08:00")
    path = house.config / "directory.yaml"
    path.unlink() if left is None else path.write_text(left, "utf-8")
    ran = house.run("once", "--as-of", "2015-01-02T08:00")
    assert ran.code == 1
    assert "The lead directory cannot be read: " in ran.out
    assert "The last good one is used" in ran.out
    assert len(house.ledger("reminder")) == 12
    told = house.run("explain", "3.1", "--as-of", "2015-01-03")
    assert told.code == 0
    assert told.out.startswith("The lead directory cannot be read: ")
    assert house.run("preview", "reminder", "--as-of", "2015-01-03").err.startswith("The lead directory cannot be read")
    assert house.run("plan").code == 65


def test_explain_goes_by_the_last_good_plan_and_says_so(house):
    house.run("once", "--as-of", "2015-01-01T08:00")
    (house.config / "plan.yaml").write_text("{{{", "utf-8")
    told = house.run("explain", "3.1", "--as-of", "2015-01-02").out
    assert told.startswith("The plan cannot be read at present; this is the plan as read on 1 January 2015.")
    told = house.run("explain", "3.1", "--as-of", "2015-02-02").out
    assert "until the plan is put right, no reminder goes." in told


def test_bank_holidays_that_nobody_knows_are_named_beside_every_other_mistake(house):
    house.edit("reminders.yaml", "country: GB", "country: XX")
    house.edit("reminders.yaml", "tick: 60", "tick: fast")
    (house.config / "plan.yaml").write_text("themes: [\n", "utf-8")
    ran = house.run("check")
    assert ran.code == 78
    assert "working_days.country: read 'XX', whose bank holidays are not known; write the two letters" in ran.out
    assert "tick: read 'fast'" in ran.out
    assert "plan.yaml, line " in ran.out
    assert house.run("once").code == 78


def test_check_names_overrides_that_change_nothing(house):
    overrides = 'overrides: {actions: {"2.33": {offsets: []}, "2.3": {offsets: []}}, themes: {"9": {offsets: []}}}'
    text = (house.config / "reminders.yaml").read_text("utf-8")
    before, _, rest = text.partition("overrides:")
    assert rest
    after = "\n".join(rest.split("\nplan_reading:")[1:])
    (house.config / "reminders.yaml").write_text(f"{before}{overrides}\nplan_reading:{after}", "utf-8")
    ran = house.run("check")
    assert ran.code == 0
    assert "overrides.actions.2.33 changes nothing: the plan has no action 2.33; did you mean 2.3?" in ran.out
    assert "overrides.themes.9 changes nothing: the plan has no theme 9" in ran.out
    assert "overrides.actions.2.3 " not in ran.out


def test_an_unknown_lead_is_named_and_the_others_hear(house):
    house.cell("4.6", "lead", "C Gull")
    house.cell("3.3", "lead", "C Gull")
    ran = house.run("check")
    assert ran.code == 0
    assert told("4.6", "No one is called “C Gull” (did you mean C Gill?)", ran.out)
    house.run("once", "--as-of", "2015-01-02T08:00")
    people = {entry["person"] for entry in house.ledger("reminder")}
    assert "C Gill" not in people
    assert len(people) == 10


def test_an_unreadable_timeframe_is_named_and_the_others_hear(house):
    house.cell("4.6", "timeframe", "Sumer 2015")
    ran = house.run("check")
    assert ran.code == 0
    assert told("4.6", "Cannot read a deadline from 'Sumer 2015'; write it as 'March 2015', or 'On-going'", ran.out)
    house.run("once", "--as-of", "2015-01-02T08:00")
    assert len(house.ledger("reminder")) == 12
    assert all("4.6" not in entry["refs"] for entry in house.ledger("reminder"))


def test_a_directory_without_addresses_is_refused(house):
    (house.config / "directory.yaml").write_text("people:\n  M Evans:\n", "utf-8")
    ran = house.run("check")
    assert ran.code == 65
    assert "directory.yaml" in ran.out
    assert house.run("once", "--as-of", "2015-01-02T08:00").code == 65
    assert house.ledger("reminder") == []


def test_an_address_outside_the_allow_list_is_named_and_its_mail_held(house):
    house.edit("directory.yaml", "g.garnett@westberks.example", "g.garnett@elsewhere.example")
    ran = house.run("check")
    assert ran.code == 0
    assert told("4.2", "The address of G Garnett is outside the domains that may be written to", ran.out)
    assert house.run("once", "--as-of", "2015-01-02T08:00").code == 1
    (held,) = [entry for entry in house.ledger() if entry["state"] == "held"]
    assert (held["person"], held["reasons"]) == ("G Garnett", ["off-allow-list"])
    assert len(house.outbox()) == 11


@pytest.mark.parametrize("transport", ["ews", "graph"])
def test_a_transport_that_is_not_there_yet_is_refused_in_words(house, transport):
    house.edit("reminders.yaml", "  transport: folder", f"  transport: {transport}")
    text = (house.config / "reminders.yaml").read_text("utf-8")
    assert f"transport: {transport}" in text
    ran = house.run("once")
    assert ran.code == 78
    assert "Traceback" not in ran.err


def test_an_unknown_name_in_the_environment_is_named(house, monkeypatch):
    monkeypatch.setenv("REMINDERS_TIKC", "5")
    ran = house.run("once")
    assert ran.code == 78
    assert "REMINDERS_TIKC" in ran.err
    assert "REMINDERS_TICK" in ran.err


@pytest.mark.parametrize(
    "args",
    [
        ["once", "--as-off", "2015-01-02"],
        ["once", "--as-of", "tomorrow"],
        ["rehearse", "--from", "2015-01-02"],
        ["rehearse", "--from", "2015-01-02", "--to", "2015-01-01"],
        ["explain", "9.9"],
        ["ledger", "9.9"],
        ["ledger", "release", "12"],
        ["ledger", "--held"],
        ["plan", "accept"],
        ["nonsense"],
        ["send-test", "nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_64_and_says_what_is_right(house, args):
    ran = house.run(*args)
    assert ran.code == 64
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_a_shifted_clock_is_refused_where_real_mail_would_leave(house):
    house.edit("reminders.yaml", "  transport: folder", "  transport: smtp")
    house.edit("reminders.yaml", "    host: ", "    host: mail.westberks.example ")
    ran = house.run("once", "--as-of", "2015-01-02")
    assert ran.code == 64
    assert "a shifted clock works only with mail.transport folder" in ran.err


def test_a_state_folder_that_cannot_be_made_ends_with_73(house):
    (house.root / "state").write_text("in the way", "utf-8")
    ran = house.run("once", "--as-of", "2015-01-02T08:00")
    assert ran.code == 73
    assert str(house.state) in ran.err


def test_an_output_folder_with_something_else_in_it_is_left_alone(house):
    out = house.root / "mine"
    out.mkdir()
    (out / "letter.html").write_text("dear all", "utf-8")
    ran = house.run("rehearse", "--from", "2015-01-02", "--to", "2015-01-02", "--out", str(out))
    assert ran.code == 64
    assert (out / "letter.html").read_text("utf-8") == "dear all"


def test_a_second_process_on_the_same_ledger_ends_with_75(house):
    from reminders.ledger.opening import open_ledger

    held = open_ledger(house.state, None, board="West Berkshire Local Safeguarding Children Board", lock=True)
    try:
        assert house.run("once", "--as-of", "2015-01-02T08:00").code == 75
    finally:
        held.close()


def test_a_lost_ledger_stops_everything_until_it_is_adopted(house):
    house.run("once", "--as-of", "2015-01-02T08:00")
    for file in house.state.glob("ledger.sqlite*"):
        file.unlink()
    ran = house.run("once", "--as-of", "2015-01-02T09:00")
    assert ran.code == 69
    assert "ledger adopt" in ran.out + ran.err
    assert len(house.outbox()) == 12
    assert house.run("ledger", "adopt").code == 0
    again = house.run("once", "--as-of", "2015-01-02T09:00")
    assert again.code == 0
    assert house.ledger() == []


def test_a_plan_that_shrank_is_held_until_a_person_accepts_it(house):
    house.run("once", "--as-of", "2015-01-01T08:00")
    text = (house.config / "plan.yaml").read_text("utf-8")
    first, rest = text.split("- title: Domestic Abuse", 1)
    (house.config / "plan.yaml").write_text(first, "utf-8")
    assert rest
    ran = house.run("once", "--as-of", "2015-01-02T08:00")
    assert ran.code == 1
    assert len(house.ledger("reminder")) == 12
    assert [entry["person"] for entry in house.ledger("fault")] == ["business-manager"]
    assert house.run("plan").code == 65
    held = house.run("plan", "--json").json
    assert held["outcome"] == "held"
    assert "unfinished actions are gone" in held["reason"]
    house.run("once", "--as-of", "2015-01-02T09:00")
    assert len(house.ledger("fault")) == 1
    assert house.run("plan", "accept", held["sha256"][:12]).code == 0
    assert house.run("plan", "--json").json["outcome"] == "ok"
