"""Calendar files beside the mails, where the settings name a folder for them."""

FIRST = ("once", "--as-of", "2015-01-02T08:00")
AGAIN = ("once", "--as-of", "2015-01-02T08:05")


def with_calendars(house, folder):
    house.edit("reminders.yaml", "calendars:\n  path: ", f"calendars:\n  path: {folder} ")


def test_a_tick_writes_a_file_for_each_lead_and_one_for_the_plan_and_the_next_leaves_them_alone(house):
    folder = house.root / "calendars"
    with_calendars(house, folder)
    house.run(*FIRST)
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    house.run(*AGAIN)

    assert len(written) > 20
    assert any(name.startswith("plan-") for name in written)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == written
    assert b"Sexual" not in b"".join(written.values())


def test_a_folder_that_cannot_be_written_is_told_to_ops_once_and_the_mails_go(house):
    (house.root / "taken").write_text("a file stands in the way")
    with_calendars(house, house.root / "taken" / "calendars")
    house.run(*FIRST)
    house.run(*AGAIN)

    assert len(house.ledger("reminder")) == 12
    (told,) = house.ledger("fault")
    assert told["cause"].startswith("calendars:")


def test_without_the_setting_there_are_no_calendars(house):
    house.run(*FIRST)

    assert not list(house.root.rglob("*.ics"))
