import io
import json
import logging

import pytest

from reminders.cli.logs import set_up_log


@pytest.fixture
def said():
    """Log one thing in a form and return the lines."""

    def say(form, how, level="info"):
        stream = io.StringIO()
        set_up_log(level, form, stream)
        how()
        return stream.getvalue().splitlines()

    return say


PLAN = {"1.1": "Zebra crossing"}


def an_error():
    try:
        read_progress("1.1")
    except ValueError:
        logging.getLogger("reminders").exception("the tick failed", extra={"event": "tick-failed"})


def read_progress(ref):
    try:
        return PLAN[PLAN[ref]]
    except KeyError as error:
        raise ValueError(f"{PLAN[ref]} is no progress") from error


def test_an_event_is_one_line_of_json(said):
    event = {"event": "send", "entry": 3}
    (line,) = said("json", lambda: logging.getLogger("reminders").info("two\nlines", extra=event))
    assert json.loads(line) | {"ts": ""} == {
        "ts": "",
        "level": "info",
        "logger": "reminders",
        "msg": "two\nlines",
        **event,
    }


def test_times_are_utc(said):
    (line,) = said("json", lambda: logging.getLogger("reminders").info("now"))
    assert json.loads(line)["ts"].endswith("Z")


def test_a_traceback_stays_in_its_line(said):
    (line,) = said("json", an_error)
    trace = json.loads(line)["traceback"]
    assert "in read_progress" in trace
    assert trace.index("builtins.KeyError") < trace.index("builtins.ValueError")


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_traceback_does_not_repeat_what_an_exception_quotes(said, form):
    told = "\n".join(said(form, an_error))
    assert "ValueError" in told
    assert "Zebra" not in told


def test_a_terminal_gets_a_line_to_read(said):
    (line,) = said("text", lambda: logging.getLogger("reminders").warning("mind the gap"))
    assert line.endswith("WARNING mind the gap")


def test_fields_nobody_declared_stay_out(said):
    (line,) = said("json", lambda: logging.getLogger("reminders").info("x", extra={"address": "a@b.example"}))
    assert "address" not in json.loads(line)


@pytest.mark.parametrize("name", ["apscheduler.scheduler", "waitress", "urllib3.connectionpool", "msal.oauth2cli"])
def test_libraries_are_quiet_also_at_debug(said, name):
    assert said("json", lambda: logging.getLogger(name).info("GET /users/m.evans"), "debug") == []
