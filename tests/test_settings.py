import os
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.settings import (
    Clash,
    Listen,
    LogSettings,
    MailSettings,
    Override,
    Settings,
    SettingsError,
    boards,
    environment_names,
    load_settings,
    settings_in_force,
)
from reminders.settings.environment import environment_name
from reminders.settings.secret_files import open_to_everyone
from reminders.settings.table import every_setting
from reminders.settings.values import contrast_with_white
from reminders.yamltext import Mapping, Node, Scalar, dump_yaml, read_yaml

ROOT = Path(__file__).parent.parent
LEAVES = tuple(key for key, setting in every_setting(Settings) if setting.section is None)
SCALARS = tuple(
    key
    for key, setting in every_setting(Settings)
    if setting.section is None and not setting.kind.structured and not setting.secret
)
SECRETS = tuple(key for key, setting in every_setting(Settings) if setting.secret)
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
NODES = st.recursive(
    st.none() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def config_dir(tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "reminders.yaml").write_text("")
    return folder


@pytest.fixture(scope="module")
def one_config_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("config")


def settings_of(config_dir, text="", environ=(), **more) -> Settings:
    (config_dir / "reminders.yaml").write_text(text, encoding="utf-8")
    return load_settings(config_dir, dict(environ), **more)


def mistakes_of(config_dir, text="", environ=(), **more) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        settings_of(config_dir, text, environ, **more)
    assert str(caught.value) == "\n".join(caught.value.mistakes)
    return caught.value.mistakes


def a_secret(folder, text="s3same-s3same-s3same\n", mode=0o600) -> Path:
    path = Path(folder) / "password"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def nested(key, value):
    first, _, rest = key.partition(".")
    return {first: nested(rest, value) if rest else value}


# ---- The example ----


def keys_below(node: Node, above="") -> dict[str, int]:
    """Every key without keys below it, with its line."""
    keys: dict[str, int] = {}
    if isinstance(node, Mapping):
        for name, item in node.entries:
            below = keys_below(item, f"{above}{name.value}.")
            keys |= below or {f"{above}{name.value}": name.line}
    return keys


def test_the_example_holds_every_key_with_a_line_of_meaning_beside_it():
    text = (ROOT / "config/reminders.yaml").read_text(encoding="utf-8")
    keys = keys_below(read_yaml(text))
    assert sorted(keys) == sorted(LEAVES)
    assert [key for key, line in keys.items() if len(text.splitlines()[line - 1].partition("  # ")[2]) < 10] == []


def test_the_example_loads_to_exactly_the_defaults(config_dir):
    example = (ROOT / "config/reminders.yaml").read_text(encoding="utf-8")
    assert settings_of(config_dir, example) == settings_of(config_dir, "")


def test_the_defaults_are_those_of_the_contract(config_dir):
    settings = settings_of(config_dir)
    assert (settings.plan, settings.directory) == (config_dir / "plan.yaml", config_dir / "directory.yaml")
    assert settings.state_dir == config_dir.parent / "state"
    assert (settings.ledger.url, settings.ledger.run_migrations, settings.mode) == (None, True, "live")
    assert settings.business_manager.email == "business.manager@westberks.example"
    assert (settings.timezone, settings.send_at, settings.send_until) == ("Europe/London", time(8), time(18))
    assert (settings.digest.day, settings.digest.at) == (0, time(8))
    assert (settings.offsets, settings.catch_up) == ((-28, -14, -7, 0, 7, 14, 28), 14)
    assert (settings.working_days.country, settings.working_days.subdivision) == ("GB", "ENG")
    assert settings.completion_words == ("complete", "completed", "done", "closed")
    assert (settings.due_by, settings.on_plan_change, settings.on_uncertain) == ("working_day", "hold", "resend")
    assert (settings.plan_max_age, settings.max_mails_per_run, settings.tick) == (7, 50, 60.0)
    assert settings.mail == MailSettings(from_address="reminders@westberks.example", from_name="LSCB plan reminders")
    assert (settings.mail.transport, settings.mail.smtp.tls, settings.mail.ews.auth) == ("folder", "starttls", "ntlm")
    assert (settings.status.host, settings.status.port, settings.status.set_by_person) == ("127.0.0.1", 8080, False)
    assert settings.log == LogSettings(level="info", format="auto")


def plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {name: plain(item) for name, item in node}
    return [plain(item) for item in node.items]


def test_the_example_directory_holds_each_lead_of_the_plan_with_one_address_each():
    expected = plain(read_yaml((ROOT / "tests/samples/expected.yaml").read_text(encoding="utf-8")))
    directory = plain(read_yaml((ROOT / "config/directory.yaml").read_text(encoding="utf-8")))
    for section, kind in (("people", "person"), ("groups", "group")):
        assert list(directory[section]) == [lead["name"] for lead in expected["leads"] if lead["kind"] == kind]
    entries = [*directory["people"].values(), *directory["groups"].values()]
    addresses = [entry["email"] if isinstance(entry, dict) else entry for entry in entries]
    assert len(set(addresses)) == 24
    assert all(address.endswith("@westberks.example") for address in addresses)


# ---- Reading values ----


def test_values_come_as_python_has_them(config_dir):
    settings = settings_of(
        config_dir,
        """
        digest: {day: Friday, at: 9:30}
        offsets: [7, -7, 0]
        working_days: {country: gb, subdivision: SCT, closures: [2015-12-24 to 2015-12-26, 2015-05-05]}
        overrides: {themes: {3: {offsets: []}}, actions: {"2.3": {offsets: [0, -7], pause_until: 2015-03-01}, 1.10: }}
        plan_reading:
          date: 2014-11-28
          period: 2015-04-01 to 2017-03-31
          quarters: calendar
          terms: {spring term 2015: 2015-03-27}
          status_key: {blue: complete}
        allow_domains: [WestBerks.example]
        branding: {signature: "The board\\nMarket Street"}
        status: {address: "[::1]:0"}
        tick: 1.5
        """,
    )
    assert (settings.digest.day, settings.digest.at, settings.offsets) == (4, time(9, 30), (-7, 0, 7))
    assert settings.working_days.country == "GB"
    assert settings.working_days.closures == (date(2015, 5, 5), *(date(2015, 12, day) for day in (24, 25, 26)))
    assert settings.overrides.themes == {"3": Override(offsets=())}
    assert settings.overrides.actions == {"2.3": Override((-7, 0), date(2015, 3, 1)), "1.10": Override()}
    assert settings.plan_reading.date == date(2014, 11, 28)
    assert settings.plan_reading.period == (date(2015, 4, 1), date(2017, 3, 31))
    assert settings.plan_reading.quarters == "calendar"
    assert settings.plan_reading.terms == {"spring term 2015": date(2015, 3, 27)}
    assert settings.plan_reading.status_key == {"blue": "complete"}
    assert settings.allowed_domains == {"westberks.example"}
    assert settings.branding.signature == "The board\nMarket Street"
    assert settings.status.address == Listen("::1", 0)
    assert settings.tick == 1.5


WRONG = {
    "board:": "board: read nothing; write one line of at most 200 letters, without invisible characters",
    "board: [Reading]": "board: read a list; write one line of at most 200 letters, without invisible characters",
    "tick: fast": "tick: read 'fast'; write a number of seconds, at least 1",
    "tick: 0.5": "tick: read '0.5'; write a number of seconds, at least 1",
    "tick: inf": "tick: read 'inf'; write a number of seconds, at least 1",
    "mode: off": "mode: read 'off'; write live or paused",
    "mail: {smtp: {tls: ssl}}": "mail.smtp.tls: read 'ssl'; write starttls, implicit or none",
    "mail: {smtp: {port: 70000}}": "mail.smtp.port: read '70000'; write a whole number from 1 to 65535",
    "mail: {smtp: {host: 'a b'}}": (
        "mail.smtp.host: read 'a b'; write the name of a server such as mail.westberks.example, without a port"
    ),
    "mail: {from_name: Café}": "mail.from_name: read 'Café'; write at most 60 plain letters, without accents",
    "mail: smtp": (
        "mail: read 'smtp'; write a mapping with from, from_name, reply_to, transport, redirect_to, rate_per_minute, "
        "folder, smtp, ews, graph"
    ),
    "ops: {email: ops@westberks}": (
        "ops.email: read 'ops@westberks'; write one e-mail address such as m.evans@westberks.example"
    ),
    'ops: {email: "a@b.example\\nBcc: c@d.example"}': (
        "ops.email: read 'a@b.example\\nBcc: c@d.example'; write one e-mail address such as m.evans@westberks.example"
    ),
    "business_manager: {also: 'a@b.example, c@d.example'}": (
        "business_manager.also: read 'a@b.example, c@d.example'; write a list, such as [chair@westberks.example]"
    ),
    "send_at: 25:00": "send_at: read '25:00'; write a time of day such as 08:00",
    "send_at: '18:00'": "send_until: read '18:00'; write a time after send_at, which is 18:00",
    "digest: {day: mon}": (
        "digest.day: read 'mon'; write monday, tuesday, wednesday, thursday, friday, saturday or sunday"
    ),
    "timezone: Europe/Lodnon": "timezone: read 'Europe/Lodnon'; write a time zone such as Europe/London",
    "timezone: ../etc/passwd": "timezone: read '../etc/passwd'; write a time zone such as Europe/London",
    "offsets: [-7, x]": "offsets: read 'x'; write a whole number from -365 to 365",
    "offsets: [366]": "offsets: read '366'; write a whole number from -365 to 365",
    "offsets: [-7, 0, -7]": "offsets: read -7 twice; write each day once",
    "offsets:": "offsets: read nothing; write a list, such as [-7, 0, 7]",
    "catch_up: ١٤": "catch_up: read '١٤'; write a whole number from 0 to 365",
    "completion_words: []": "completion_words: read a list; write a list, such as [complete, done]",
    "working_days: {closures: [2015-02-30]}": (
        "working_days.closures: read '2015-02-30'; write a date such as 2015-03-31, "
        "or two such as 2015-12-24 to 2015-12-31"
    ),
    "working_days: {closures: [2015-12-31 to 2015-12-24]}": (
        "working_days.closures: read '2015-12-31 to 2015-12-24'; write the earlier date first"
    ),
    "working_days: {closures: [0001-01-01 to 9999-12-31]}": (
        "working_days.closures: read '0001-01-01 to 9999-12-31'; write a closure of at most a year"
    ),
    "plan_reading: {period: 2015-2017}": (
        "plan_reading.period: read '2015-2017'; write two dates such as 2015-04-01 to 2017-03-31"
    ),
    "plan_reading: {terms: spring}": (
        "plan_reading.terms: read 'spring'; write a mapping, such as {spring term 2015: 2015-03-27}"
    ),
    "plan_reading: {terms: {' ': 2015-03-27}}": (
        "plan_reading.terms: read ' ' before a colon; write a name there, without invisible characters"
    ),
    "overrides: {actions: {'2.3': {offset: [0]}}}": (
        "overrides.actions.2.3.offset: no such setting; did you mean overrides.actions.2.3.offsets?"
    ),
    "overrides: {actions: {'2.3': {pause_until: soon}}}": (
        "overrides.actions.2.3.pause_until: read 'soon'; write a date such as 2015-03-31"
    ),
    'branding: {colour: "#ffcc00"}': (
        "branding.colour: read '#ffcc00'; write a darker colour: white text on it has a contrast of 1.5, and needs 4.5"
    ),
    "branding: {colour: blue}": "branding.colour: read 'blue'; write a colour such as #17406d",
    "status: {address: 8080}": (
        "status.address: read '8080'; write an address and port such as 127.0.0.1:8080 or [::1]:8080"
    ),
    "status: {address: '::1:8080'}": (
        "status.address: read '::1:8080'; write an address and port such as 127.0.0.1:8080 or [::1]:8080"
    ),
    "heartbeat_url: ftp://hc.example/": (
        "heartbeat_url: read 'ftp://hc.example/'; write an address such as https://example.org/"
    ),
    "ledger: {url: sqlite:///x}": (
        "ledger.url: read 'sqlite:///x'; write null, or a database such as postgresql://reminders@db/reminders"
    ),
    "digest: {dy: monday}": "digest.dy: no such setting; did you mean digest.day?",
    "digest: {colour: red}": "digest.colour: no such setting; there are day, at",
    "plans: x": "plans: no such setting; did you mean plan?",
    "templates_dir: nowhere": "templates_dir: {dir}/nowhere is no folder; write the path of one, or null",
    "mail: {smtp: {ca_file: nowhere}}": (
        "mail.smtp.ca_file: cannot read {dir}/nowhere; write the path of a file of certificates"
    ),
}


@pytest.mark.parametrize(("text", "mistake"), WRONG.items(), ids=WRONG)
def test_a_wrong_value_is_reported_with_what_was_read_and_what_to_write(config_dir, text, mistake):
    found = mistakes_of(config_dir, f"# line one\n{text}")
    where = "reminders.yaml, " if text == "send_at: '18:00'" else "reminders.yaml, line 2, "
    assert found == (where + mistake.replace("{dir}", str(config_dir)),)


def test_every_mistake_stands_in_one_report(config_dir):
    text = "tick: fast\nbord: x\noffsets: [a, 1,\n b]\nmail:\n  transport: smtp\n  smtp:\n    tls: ssl\n"
    environ = {"REMINDERS_CATCH_UP": "-1", "REMINDERS_TIK": "1", "REMINDERS_DIGEST": "{at: noon}"}
    assert mistakes_of(config_dir, text, environ) == (
        "REMINDERS_TIK: no such setting; did you mean REMINDERS_TICK?",
        "reminders.yaml, line 1, tick: read 'fast'; write a number of seconds, at least 1",
        "reminders.yaml, line 2, bord: no such setting; did you mean board?",
        "reminders.yaml, line 3, offsets: read 'a'; write a whole number from -365 to 365",
        "reminders.yaml, line 4, offsets: read 'b'; write a whole number from -365 to 365",
        "reminders.yaml, line 8, mail.smtp.tls: read 'ssl'; write starttls, implicit or none",
        "REMINDERS_DIGEST, at: read 'noon'; write a time of day such as 08:00",
        "REMINDERS_CATCH_UP: read '-1'; write a whole number from 0 to 365",
        "reminders.yaml, mail.smtp.host: left out, and transport smtp needs it; write it here",
    )


def test_a_mistake_does_not_bring_others_with_it(config_dir):
    text = "send_at: late\nsend_until: '07:00'\nmail: {transport: smtp, smtp: {host: 'a b'}, from: x}\n"
    assert [mistake.partition(":")[0] for mistake in mistakes_of(config_dir, text)] == [
        "reminders.yaml, line 1, send_at",
        "reminders.yaml, line 3, mail.smtp.host",
        "reminders.yaml, line 3, mail.from",
    ]


@pytest.mark.parametrize(
    ("raw", "mistake"),
    [
        (b"a: 1\n\tb", "reminders.yaml, line 2, column 1: cannot be read as YAML"),
        (b"- a", "reminders.yaml, line 1: read a list; write settings as 'key: value'"),
        (b"board", "reminders.yaml, line 1: read 'board'; write settings as 'key: value'"),
        (b"a: 1\nboard: Caf\xe9", "reminders.yaml, line 2: not UTF-8; save it as UTF-8"),
    ],
)
def test_a_file_that_holds_no_settings_is_a_mistake(config_dir, raw, mistake):
    (config_dir / "reminders.yaml").write_bytes(raw)
    with pytest.raises(SettingsError) as caught:
        load_settings(config_dir, {})
    assert len(caught.value.mistakes) == 1
    assert str(caught.value).startswith(mistake)


def test_a_file_written_by_windows_is_read(config_dir):
    (config_dir / "reminders.yaml").write_bytes(b"\xef\xbb\xbfboard: Reading\r\ntick: 5\r\n")
    assert load_settings(config_dir, {}).board == "Reading"


def test_a_missing_file_is_a_mistake_that_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {"REMINDERS_TICK": "0"})
    assert caught.value.mistakes == (
        f"reminders.yaml: not found; looked in {tmp_path}; name the folder it lies in with --config",
        "REMINDERS_TICK: read '0'; write a number of seconds, at least 1",
    )


def test_a_folder_in_place_of_the_file_is_a_mistake(tmp_path):
    (tmp_path / "reminders.yaml").mkdir()
    with pytest.raises(SettingsError, match=r"^reminders\.yaml: cannot read .*: Is a directory; .*\(owner \d+, mode"):
        load_settings(tmp_path, {})


# ---- Settings seen together ----


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("transport: smtp", ["smtp.host"]),
        ("{transport: smtp, smtp: {host: mx.example, username: board}}", ["smtp.password_file"]),
        ("transport: ews", ["ews.url", "ews.mailbox", "ews.username", "ews.password_file"]),
        (
            "{transport: ews, ews: {auth: oauth, url: 'https://mx.example/', mailbox: a@b.example}}",
            ["ews.client_id", "ews.tenant", "ews.client_secret_file"],
        ),
        ("transport: graph", ["graph.tenant", "graph.client_id", "graph.mailbox", "graph.client_secret_file"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_transport_needs_its_settings(config_dir, text, missing):
    text = f"mail: {text if '{' in text else '{' + text + '}'}"
    found = [mistake.partition(": left out, and transport")[0] for mistake in mistakes_of(config_dir, text)]
    assert found == [f"reminders.yaml, mail.{key}" for key in missing]


def test_a_certificate_stands_in_for_a_client_secret(config_dir):
    a_secret(config_dir)
    graph = "{tenant: t, client_id: c, mailbox: a@b.example, certificate_file: password}"
    settings = settings_of(config_dir, f"mail: {{transport: graph, graph: {graph}}}")
    assert settings.mail.graph.certificate_file == config_dir / "password"


def test_a_certificate_that_everyone_may_read_is_refused(config_dir):
    path = a_secret(config_dir, mode=0o644)
    (mistake,) = mistakes_of(config_dir, "mail: {graph: {certificate_file: password}}")
    assert mistake.endswith(f"everyone on this machine may read {path}, which holds a key; chmod it to 0400")


def test_without_a_list_mail_goes_to_the_domains_of_sender_manager_and_ops(config_dir):
    text = "mail: {from: a@One.example}\nbusiness_manager: {email: b@two.example}\nops: {email: c@three.example}"
    assert settings_of(config_dir, text).allowed_domains == {"one.example", "two.example", "three.example"}


def test_addresses_of_the_settings_must_be_on_the_allow_list(config_dir):
    people = "business_manager: {email: x@B.example, also: [y@c.example]}\nops: {email: z@d.example}\n"
    text = people + "allow_domains: [b.example]"
    assert mistakes_of(config_dir, text, {"REMINDERS_MAIL_REDIRECT_TO": "me@e.example"}) == (
        (
            "reminders.yaml, line 2, ops.email: read 'z@d.example', and mail goes to b.example only; "
            "add d.example to allow_domains"
        ),
        (
            "reminders.yaml, line 1, business_manager.also: read 'y@c.example', and mail goes to b.example only; "
            "add c.example to allow_domains"
        ),
        (
            "REMINDERS_MAIL_REDIRECT_TO: read 'me@e.example', and mail goes to b.example only; "
            "add e.example to allow_domains"
        ),
    )


def test_contrast_is_counted_as_wcag_counts_it():
    known = {"#000000": "21.00", "#ffffff": "1.00", "#767676": "4.54", "#0000ff": "8.59", "#ff0000": "4.00"}
    assert {colour: f"{contrast_with_white(colour):.2f}" for colour in known} == known


# ---- Who decides ----


def test_a_flag_wins_over_the_environment_over_the_file_over_the_default(config_dir):
    environ = {"REMINDERS_STATE_DIR": "/env"}
    flags = {"state_dir": "/flag"}
    assert settings_of(config_dir, "").state_dir == config_dir.parent / "state"
    assert settings_of(config_dir, "state_dir: /file").state_dir == Path("/file")
    assert settings_of(config_dir, "state_dir: /file", environ).state_dir == Path("/env")
    assert settings_of(config_dir, "state_dir: /file", environ, flags=flags).state_dir == Path("/flag")


def test_paths_are_relative_to_the_settings_and_those_of_flags_to_where_we_are(config_dir):
    text = "plan: plans/p.docx\ntemplates_dir: .\nmail: {folder: {path: ../out}}"
    settings = settings_of(config_dir, text, {"REMINDERS_DIRECTORY": "d.yaml"}, flags={"state_dir": "s"})
    assert settings.plan == config_dir / "plans/p.docx"
    assert settings.directory == config_dir / "d.yaml"
    assert settings.templates_dir == config_dir
    assert settings.mail.folder.path == config_dir.parent / "out"
    assert settings.state_dir == Path.cwd() / "s"


def test_a_flag_that_is_wrong_is_named(config_dir):
    (mistake,) = mistakes_of(config_dir, flags={"state_dir": "/a\nb"})
    assert mistake == "--state: read '/a\\nb'; write the path of a file or folder"


def test_the_environment_gives_words_as_they_are_and_lists_and_mappings_as_yaml(config_dir):
    environ = {
        "REMINDERS_BOARD": "Reading: the board # one",
        "REMINDERS_OFFSETS": "[0, -7]",
        "REMINDERS_OVERRIDES_ACTIONS": '{"2.3": {pause_until: 2015-03-01}}',
        "REMINDERS_MAIL_SMTP_HOST": "mx.example",
        "REMINDERS_WORKING_DAYS_SUBDIVISION": "null",
    }
    settings = settings_of(config_dir, "board: x\nmail: {smtp: {host: y, port: 25}}", environ)
    assert settings.board == "Reading: the board # one"
    assert settings.offsets == (-7, 0)
    assert settings.overrides.actions == {"2.3": Override(pause_until=date(2015, 3, 1))}
    assert (settings.mail.smtp.host, settings.mail.smtp.port) == ("mx.example", 25)
    assert settings.working_days.subdivision is None


def test_a_section_given_whole_keeps_what_it_leaves_out_and_yields_to_its_keys(config_dir):
    environ = {"REMINDERS_DIGEST": "{day: friday, at: 10:00}", "REMINDERS_DIGEST_AT": "11:00"}
    settings = settings_of(config_dir, "digest: {day: tuesday, at: 09:00}", environ)
    assert (settings.digest.day, settings.digest.at) == (4, time(11))
    settings = settings_of(config_dir, "digest: {day: tuesday, at: 09:00}", {"REMINDERS_DIGEST": "{day: friday}"})
    assert (settings.digest.day, settings.digest.at) == (4, time(9))


def test_an_empty_variable_counts_as_not_set(config_dir):
    environ = dict.fromkeys(environment_names(), "")
    assert settings_of(config_dir, "tick: 5", environ).tick == 5


def test_yaml_that_cannot_be_read_in_a_variable_is_a_mistake(config_dir):
    (mistake,) = mistakes_of(config_dir, "", {"REMINDERS_OFFSETS": "[-7"})
    assert mistake.startswith("REMINDERS_OFFSETS, line ")


def test_an_unknown_variable_is_a_mistake_and_the_nearest_name_is_given(config_dir):
    environ = {"REMINDERS_MAIL_SMPT_HOST": "x", "REMINDERS_XYZZY": "", "REMINDERS_TICK_FILE": "x"}
    assert mistakes_of(config_dir, "", environ) == (
        "REMINDERS_MAIL_SMPT_HOST: no such setting; did you mean REMINDERS_MAIL_SMTP_HOST?",
        "REMINDERS_TICK_FILE: no such setting; did you mean REMINDERS_TICK?",
        "REMINDERS_XYZZY: no such setting; unset it",
    )


@pytest.mark.parametrize(
    "name",
    [
        "REMINDERS_CONFIG",
        "REMINDERS_NO_BOOTSTRAP",
        "REMINDERS_PORT",
        "REMINDERS_PORT_8080_TCP",
        "REMINDERS_SERVICE_HOST",
        "OTHER",
    ],
)
def test_variables_of_others_are_let_be(config_dir, name):
    assert settings_of(config_dir, "", {name: "tcp://10.0.0.1"}) == settings_of(config_dir, "")


def test_every_key_has_one_name_in_the_environment():
    names = environment_names()
    assert len(set(names)) == len(names)
    assert {environment_name(key) for key in LEAVES} < set(names)
    assert {environment_name(key).removesuffix("_FILE") for key in SECRETS} < set(names)


def test_a_status_address_counts_as_set_by_a_person_when_it_differs_or_stands_in_the_environment(config_dir):
    assert not settings_of(config_dir, "status: {address: 127.0.0.1:8080}").status.set_by_person
    assert settings_of(config_dir, "status: {address: 127.0.0.1:8081}").status.set_by_person
    assert settings_of(config_dir, "", {"REMINDERS_STATUS_ADDRESS": "127.0.0.1:8080"}).status.set_by_person


# ---- Secrets ----


def secrets_in(settings) -> dict[str, str | None]:
    return {
        "ledger.password_file": settings.ledger.password,
        "mail.smtp.password_file": settings.mail.smtp.password,
        "mail.ews.password_file": settings.mail.ews.password,
        "mail.ews.client_secret_file": settings.mail.ews.client_secret,
        "mail.graph.client_secret_file": settings.mail.graph.client_secret,
        "status.token_file": settings.status.token,
    }


@pytest.mark.parametrize("key", SECRETS)
def test_a_secret_comes_from_a_file_or_a_variable_and_is_never_shown(config_dir, key):
    path = a_secret(config_dir, "s3same-s3same-s3same\n")
    in_file = environment_name(key)
    ways = [
        (dump_yaml(nested(key, "password")), {}),
        ("", {in_file: str(path)}),
        (dump_yaml(nested(key, "nowhere")), {in_file: "password"}),
        ("", {in_file.removesuffix("_FILE"): "s3same-s3same-s3same"}),
        (dump_yaml(nested(key, "nowhere")), {in_file.removesuffix("_FILE"): "s3same-s3same-s3same"}),
    ]
    for text, environ in ways:
        settings = settings_of(config_dir, text, environ)
        assert secrets_in(settings)[key] == "s3same-s3same-s3same"
        assert "s3same-s3same-s3same" not in repr(settings)
        assert "s3same-s3same-s3same" not in str(settings_in_force(settings))
        assert dict(settings_in_force(settings))[key] == "set (hidden)"


def test_a_secret_that_is_not_given_is_shown_as_not_set(config_dir):
    shown = dict(settings_in_force(settings_of(config_dir)))
    assert {shown[key] for key in SECRETS} == {"not set"}


@pytest.mark.parametrize("key", SECRETS)
def test_a_secret_in_the_settings_themselves_is_refused_and_not_repeated(config_dir, key):
    above, _, name = key.rpartition(".")
    plain = f"{above}.{name.removesuffix('_file')}"
    assert mistakes_of(config_dir, dump_yaml(nested(plain, "s3same-s3same-s3same"))) == (
        (
            f"reminders.yaml, line {key.count('.') + 1}, {plain}: a secret is never written here; "
            f"write it into a file and the file's path as {name}"
        ),
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:s3same-s3same-s3same@db/x",
        "postgres:u:s3same-s3same-s3same@db",
        "postgresql://db/x?user=u&password=s3same-s3same-s3same",
        "postgresql://u:s3same-s3same-s3same@[::1/x",
        "https://u:s3same-s3same-s3same@db/x",
        "postgresql://u:s3/same@db:port/x",
    ],
)
@pytest.mark.parametrize("key", ["ledger.url", "heartbeat_url"])
def test_a_password_in_a_url_is_refused_and_not_repeated(config_dir, key, url):
    (mistake,) = mistakes_of(config_dir, dump_yaml(nested(key, url)))
    assert "same" not in mistake


def test_a_secret_given_twice_is_a_mistake(config_dir):
    environ = {"REMINDERS_STATUS_TOKEN": "a", "REMINDERS_STATUS_TOKEN_FILE": str(a_secret(config_dir))}
    assert mistakes_of(config_dir, "", environ) == (
        "REMINDERS_STATUS_TOKEN: set beside REMINDERS_STATUS_TOKEN_FILE; unset one of the two",
    )


@pytest.mark.parametrize(
    ("raw", "secret"),
    [("a\n", "a"), ("a\r\n", "a"), ("a", "a"), (" a \n", " a "), ("null", "null"), ("pä: #\n", "pä: #")],
)
def test_of_a_secret_file_only_the_last_line_break_is_dropped(config_dir, raw, secret):
    a_secret(config_dir, raw)
    assert settings_of(config_dir, "ledger: {password_file: password}").ledger.password == secret


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("", "holds nothing; write one line, the secret"),
        ("\n", "holds nothing; write one line, the secret"),
        ("a\n\n", "holds more than one line; write one line, the secret"),
        (b"\xff", "holds something else than text; write the secret as UTF-8"),
    ],
    ids=["empty", "blank", "two lines", "not text"],
)
def test_a_secret_file_that_holds_no_secret_is_a_mistake(config_dir, raw, fault):
    path = a_secret(config_dir, raw)
    assert mistakes_of(config_dir, "# one\nstatus: {token_file: password}") == (
        f"reminders.yaml, line 2, status.token_file: {path} {fault}",
    )


def test_a_missing_secret_file_is_named_with_owner_mode_and_our_uid(config_dir):
    config_dir.chmod(0o750)
    us = os.geteuid()
    assert mistakes_of(config_dir, "", {"REMINDERS_STATUS_TOKEN_FILE": "a/b"}) == (
        (
            f"REMINDERS_STATUS_TOKEN_FILE: cannot read {config_dir}/a/b: No such file or directory; "
            f"{config_dir} (owner {us}, mode 0750), and we run as uid {us}"
        ),
    )


def test_what_only_others_know_to_be_wrong_stands_in_the_same_report_unless_it_hangs_on_another_mistake(config_dir):
    def judge(settings):
        yield Clash(
            "working_days.subdivision", f"read '{settings.working_days.subdivision}'", ("working_days.country",)
        )

    text = "tick: fast\nworking_days: {subdivision: ZZZ}"
    told = mistakes_of(config_dir, text, judge=judge)
    assert told[1:] == ("reminders.yaml, line 2, working_days.subdivision: read 'ZZZ'",)
    assert len(mistakes_of(config_dir, "working_days: {country: 1, subdivision: ZZZ}", judge=judge)) == 1


def test_a_token_that_could_be_guessed_is_refused_and_not_shown(config_dir):
    a_secret(config_dir, "fifteen letters\n")
    (mistake,) = mistakes_of(config_dir, "status: {token_file: password}")
    assert mistake == (
        "reminders.yaml, status.token_file: 15 characters can be guessed; "
        "write at least 16, as openssl rand -hex 24 does"
    )
    a_secret(config_dir, "sixteen letters!\n")
    assert settings_of(config_dir, "status: {token_file: password}").status.token == "sixteen letters!"


@contextmanager
def another_account():
    """Be somebody who may not read everything, where the tests run as root."""
    us = os.geteuid()
    if us == 0:
        os.seteuid(65534)
    try:
        yield os.geteuid()
    finally:
        os.seteuid(us)


def test_a_secret_file_that_is_not_ours_is_named_with_owner_mode_and_our_uid():
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = a_secret(folder, mode=0o200)
        (Path(folder) / "reminders.yaml").write_text("status: {token_file: password}")
        with another_account() as uid, pytest.raises(SettingsError) as caught:
            load_settings(Path(folder), {})
    assert caught.value.mistakes == (
        (
            f"reminders.yaml, line 1, status.token_file: cannot read {path}: Permission denied; "
            f"{path} (owner {os.geteuid()}, mode 0200), and we run as uid {uid}"
        ),
    )


def test_a_secret_file_that_everyone_may_read_is_refused(config_dir):
    path = a_secret(config_dir, mode=0o644)
    (mistake,) = mistakes_of(config_dir, "status: {token_file: password}")
    assert mistake == (
        f"reminders.yaml, line 1, status.token_file: everyone on this machine may read {path} "
        f"(owner {os.geteuid()}, mode 0644); chmod it to 0400"
    )


def test_what_an_orchestrator_mounts_may_be_readable_by_all():
    assert not open_to_everyone(Path("/run/secrets/token"), 0o100444)
    assert open_to_everyone(Path("/run/secrets/../token"), 0o100444)
    assert not open_to_everyone(Path("/etc/token"), 0o100440)


@pytest.mark.parametrize("path", ["/dev/zero", "."])
def test_a_secret_is_read_from_a_file_only(config_dir, path):
    (mistake,) = mistakes_of(config_dir, f"status: {{token_file: {path}}}")
    assert mistake.endswith("is no file; write the path of a file that holds the secret")


# ---- Showing, folders of boards ----


def test_the_settings_in_force_are_shown_as_a_file_would_hold_them(config_dir):
    text = """
    digest: {day: friday}
    overrides: {actions: {"2.3": {offsets: [-7, 0], pause_until: 2015-03-01}}}
    plan_reading: {period: 2015-04-01 to 2017-03-31}
    working_days: {closures: [2015-12-24 to 2015-12-25]}
    status: {address: "[::1]:80"}
    branding: {signature: "a\\nb"}
    tick: 1.5
    """
    shown = dict(settings_in_force(settings_of(config_dir, text)))
    assert tuple(shown) == LEAVES
    assert shown["digest.day"] == "friday"
    assert shown["send_at"] == "08:00"
    assert shown["offsets"] == "[-28, -14, -7, 0, 7, 14, 28]"
    assert shown["overrides.actions"] == "{2.3: {offsets: [-7, 0], pause_until: 2015-03-01}}"
    assert shown["plan_reading.period"] == "2015-04-01 to 2017-03-31"
    assert shown["working_days.closures"] == "[2015-12-24, 2015-12-25]"
    assert shown["status.address"] == "[::1]:80"
    assert shown["branding.signature"] == "a / b"
    assert shown["ledger.run_migrations"] == "true"
    assert shown["tick"] == "1.5"
    assert shown["mail.redirect_to"] == "not set"


def test_the_folders_of_boards_are_those_with_settings_below_a_folder_without(config_dir, tmp_path):
    for name in ("reading", "newbury"):
        (tmp_path / "boards" / name).mkdir(parents=True)
        (tmp_path / "boards" / name / "reminders.yaml").write_text("")
    (tmp_path / "boards" / "notes").mkdir()
    assert boards(tmp_path / "boards") == ("newbury", "reading")
    assert boards(config_dir) == ()
    assert boards(tmp_path / "nowhere") == ()


def test_each_board_has_its_own_state_and_its_name_in_mistakes(config_dir):
    assert settings_of(config_dir, "state_dir: /state", board_folder="reading").state_dir == Path("/state/reading")
    flags = {"state_dir": "/flag"}
    assert settings_of(config_dir, "", board_folder="reading", flags=flags).state_dir == Path("/flag/reading")
    assert mistakes_of(config_dir, "tick: x", board_folder="reading")[0].startswith(
        "reading/reminders.yaml, line 1, tick:"
    )


# ---- Anything at all ----


def loads_or_reports(config_dir, text, environ=()):
    try:
        settings = settings_of(config_dir, text, environ)
    except SettingsError as error:
        assert all(mistake.isprintable() for mistake in error.mistakes)  # noqa: PT017 - either will do
    else:
        assert all(value.isprintable() for _, value in settings_in_force(settings))


@given(key=st.sampled_from(SCALARS + SECRETS), text=WORDS)
def test_any_text_in_any_setting_loads_or_is_reported(one_config_dir, key, text):
    loads_or_reports(one_config_dir, dump_yaml(nested(key, text)))


@given(key=st.sampled_from(sorted(environment_names())), text=WORDS | st.binary(max_size=9).map(os.fsdecode))
def test_any_text_in_any_variable_loads_or_is_reported(one_config_dir, key, text):
    loads_or_reports(one_config_dir, "", {key: text})


@given(key=st.sampled_from([key for key, _ in every_setting(Settings)]), value=NODES)
def test_any_value_of_any_shape_loads_or_is_reported(one_config_dir, key, value):
    loads_or_reports(one_config_dir, dump_yaml(nested(key, value)))


@given(tree=NODES)
def test_any_tree_loads_or_is_reported(one_config_dir, tree):
    loads_or_reports(one_config_dir, dump_yaml(tree))
