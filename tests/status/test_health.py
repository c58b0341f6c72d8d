from reminders.status.health import Pulse, Ready


class Hands:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


def test_a_service_that_has_just_started_is_alive_and_not_ready():
    pulse = Pulse(60, Hands())
    assert pulse.alive
    assert pulse.ready == Ready(ready=False, why="starting")


def test_three_missed_ticks_are_believed_to_be_death():
    hands = Hands()
    pulse = Pulse(60, hands)
    hands.at += 180
    assert pulse.alive
    hands.at += 1
    assert not pulse.alive


def test_a_fast_tick_is_given_a_minute_all_the_same():
    hands = Hands()
    pulse = Pulse(1, hands)
    hands.at += 60
    assert pulse.alive


def test_a_mail_sent_is_a_sign_of_life():
    hands = Hands()
    pulse = Pulse(60, hands)
    hands.at += 170
    pulse.beat()
    hands.at += 170
    assert pulse.alive


def test_what_the_last_tick_said_counts_until_the_service_stops():
    pulse = Pulse(60, Hands())
    pulse.report(Ready(ready=True))
    assert pulse.ready == Ready(ready=True)
    pulse.stop()
    assert pulse.ready == Ready(ready=False, why="stopping")
