"""`health` finds the running service: by the address it wrote down, else by the one that is set."""

import pytest

from reminders.cli import main
from reminders.status.health import Pulse, Ready
from reminders.status.page import listen, make_app, serve_pages


@pytest.fixture
def pulse():
    return Pulse(60)


@pytest.fixture
def port(pulse):
    listener = listen("127.0.0.1", 0)
    number = listener.getsockname()[1]
    close = serve_pages(make_app([pulse], lambda: (b"", "text/plain")), listener)
    yield number
    close()


def written_down(folder, port):
    folder.mkdir()
    (folder / "status.address").write_text(f"127.0.0.1:{port}\n", "ascii")


def test_the_state_folder_is_the_one_of_the_settings(house, port, capsys):
    house.edit("reminders.yaml", "state_dir: ../state", "state_dir: ../elsewhere")
    written_down(house.root / "elsewhere", port)
    assert main(["health", "--config", str(house.config)]) == 0
    assert capsys.readouterr().out == '{"alive":true}\n'


def test_the_state_folder_of_the_environment_comes_before_that_of_the_settings(house, port, monkeypatch):
    written_down(house.root / "volume", port)
    monkeypatch.setenv("REMINDERS_STATE_DIR", str(house.root / "volume"))
    assert main(["health", "--config", str(house.config)]) == 0


def test_without_a_written_address_the_set_one_is_asked(house, port, monkeypatch):
    monkeypatch.setenv("REMINDERS_STATUS_ADDRESS", f"0.0.0.0:{port}")
    assert main(["health", "--config", str(house.config)]) == 0


def test_it_tells_what_keeps_the_service_from_its_work(house, port, pulse, capsys):
    written_down(house.state, port)
    pulse.report(Ready(ready=False, why="no plan to work from"))
    assert main(["health", "--ready", "--config", str(house.config)]) == 1
    assert capsys.readouterr().out == '{"ready":false,"why":["no plan to work from"]}\n'


@pytest.mark.parametrize("text", ["", "nonsense", "127.0.0.1:none"])
def test_a_spoilt_address_file_is_as_good_as_none(house, port, monkeypatch, text):
    house.state.mkdir()
    (house.state / "status.address").write_text(text, "ascii")
    monkeypatch.setenv("REMINDERS_STATUS_ADDRESS", f"127.0.0.1:{port}")
    assert main(["health", "--config", str(house.config)]) == 0
