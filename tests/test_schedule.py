import signal
import threading
import time

import pytest

from reminders.schedule import Keeper, Stop, keep_time
from reminders.status.health import Pulse, Ready

WELL = Ready(ready=True)


@pytest.fixture(autouse=True)
def _signals_as_before():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, taker in before.items():
        signal.signal(number, taker)


def a_keeper(tick, every=60.0):
    return Keeper("a board", tick, every, Pulse(every))


def test_the_first_tick_comes_at_once():
    stop, ticks = Stop(), []

    def tick():
        ticks.append(threading.current_thread())
        stop.ask()
        return WELL

    assert keep_time([a_keeper(tick)], stop) == 0
    assert len(ticks) == 1
    assert ticks[0] is not threading.main_thread()


def test_ticks_go_on_at_their_pace_until_a_stop_is_asked():
    stop, ticks = Stop(), []

    def tick():
        ticks.append(time.monotonic())
        if len(ticks) == 3:
            stop.ask()
        return WELL

    assert keep_time([a_keeper(tick, every=0.05)], stop) == 0
    assert len(ticks) == 3


def test_a_tick_that_fails_is_told_and_does_not_end_the_service(caplog):
    stop, ticks = Stop(), []

    def tick():
        ticks.append(1)
        if len(ticks) == 1:
            raise RuntimeError("our own bug")
        stop.ask()
        return WELL

    keeper = a_keeper(tick, every=0.05)
    assert keep_time([keeper], stop) == 0
    assert len(ticks) == 2
    assert "the tick of a board failed" in caplog.text


def test_a_failed_tick_leaves_the_service_not_ready():
    def tick():
        raise RuntimeError("our own bug")

    keeper = a_keeper(tick)
    keeper()
    assert keeper.pulse.ready == Ready(ready=False, why="the last tick failed, see the log")


def test_one_boards_long_tick_does_not_delay_another():
    stop, second = Stop(), threading.Event()

    def first_tick():
        assert second.wait(5)
        stop.ask()
        return WELL

    def second_tick():
        second.set()
        return WELL

    one = Keeper("one", first_tick, 60, Pulse(60))
    two = Keeper("two", second_tick, 60, Pulse(60))
    assert keep_time([one, two], stop) == 0


def test_a_stop_waits_for_the_tick_in_hand():
    stop, ended = Stop(), []

    def tick():
        stop.ask()
        threading.Event().wait(0.2)
        ended.append(True)
        return WELL

    assert keep_time([a_keeper(tick)], stop) == 0
    assert ended == [True]


def test_a_tick_handed_out_just_before_the_stop_neither_begins_nor_holds_up_the_end():
    stop, ticks = Stop(), []

    def tick():
        ticks.append(1)
        stop.ask()
        return WELL

    keeper = a_keeper(tick)
    assert keep_time([keeper], stop) == 0
    late = threading.Thread(target=keeper, daemon=True)
    late.start()
    late.join(5)
    assert not late.is_alive()
    assert ticks == [1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_asks_to_stop(number):
    stop = Stop()

    here = threading.get_ident()
    threading.Timer(0.2, lambda: signal.pthread_kill(here, number)).start()
    assert keep_time([a_keeper(lambda: WELL)], stop) == 0
    assert stop.wait(0)


def test_a_keeper_that_ticked_lately_has_not_overslept():
    keeper = a_keeper(lambda: WELL)
    keeper()
    assert not keeper.overslept


def test_a_keeper_whose_tick_did_not_come_has_overslept():
    keeper = a_keeper(lambda: WELL, every=10)
    keeper.ended = time.monotonic() - 12
    assert keeper.overslept


def test_a_keeper_in_the_middle_of_a_tick_has_not_overslept():
    keeper = a_keeper(lambda: WELL, every=10)
    keeper.ended = time.monotonic() - 100
    with keeper.busy:
        assert not keeper.overslept


def test_a_scheduler_that_forgot_its_tick_is_woken(caplog):
    stop, ticks = Stop(), []

    def tick():
        ticks.append(1)
        if len(ticks) == 2:
            stop.ask()
        return WELL

    keeper = a_keeper(tick, every=3600)

    def oversleep():
        keeper.ended = time.monotonic() - 10_000

    threading.Timer(0.5, oversleep).start()
    assert keep_time([keeper], stop) == 0
    assert len(ticks) == 2
    assert "was the clock set back?" in caplog.text


def test_a_wait_is_cut_short_by_a_stop():
    stop = Stop()
    threading.Timer(0.1, stop.ask).start()
    began = time.monotonic()
    assert stop.wait(30)
    assert time.monotonic() - began < 5
    assert stop.wait(0)


def test_a_hang_up_rereads_and_ticks_at_once():
    stop, told = Stop(), []

    def tick():
        told.append("tick")
        if told.count("tick") == 2:
            stop.ask()
        return WELL

    here = threading.get_ident()
    threading.Timer(0.3, lambda: signal.pthread_kill(here, signal.SIGHUP)).start()
    assert keep_time([a_keeper(tick, every=3600)], stop, lambda: told.append("reread")) == 0
    assert told == ["tick", "reread", "tick"]


def test_a_tick_that_takes_longer_than_its_pace_counts_as_a_misfire():
    stop, missed = Stop(), threading.Event()

    def tick():
        assert missed.wait(5)
        stop.ask()
        return WELL

    keeper = Keeper("a board", tick, 0.05, Pulse(0.05), missed.set)
    assert keep_time([keeper], stop) == 0
    assert missed.is_set()
