from reminders.status.attempts import Attempts


class Hands:
    at = 0.0

    def __call__(self):
        return self.at


def wrong(attempts, times, who="127.0.0.1"):
    for _ in range(times):
        attempts.failed(who)


def test_five_wrong_tokens_are_looked_at_and_the_sixth_must_wait():
    attempts = Attempts(Hands())
    wrong(attempts, 4)
    assert attempts.must_wait("127.0.0.1") == 0
    wrong(attempts, 1)
    assert attempts.must_wait("127.0.0.1") == 60


def test_a_minute_later_the_token_may_be_tried_again():
    hands = Hands()
    attempts = Attempts(hands)
    wrong(attempts, 5)
    hands.at = 59.5
    assert attempts.must_wait("127.0.0.1") == 1
    hands.at = 60
    assert attempts.must_wait("127.0.0.1") == 0


def test_who_tries_wrongly_keeps_nobody_else_out():
    attempts = Attempts(Hands())
    wrong(attempts, 5, "10.0.0.1")
    assert attempts.must_wait("10.0.0.2") == 0


def test_only_so_many_addresses_are_remembered():
    attempts = Attempts(Hands())
    wrong(attempts, 5, "the first")
    for number in range(1000):
        attempts.failed(f"10.0.0.{number}")
    assert attempts.must_wait("the first") == 0
