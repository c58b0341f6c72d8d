from datetime import timedelta

from freezegun import freeze_time

from reminders.status.passes import COOKIE_LIFE, LINK_LIFE, Passes

TOKEN = "a token of the tests"


def test_the_token_is_known_and_nothing_else_is():
    passes = Passes(TOKEN)
    assert passes.is_token(TOKEN)
    assert not passes.is_token("")
    assert not passes.is_token(TOKEN + "é")


def test_a_cookie_holds_until_its_time_is_over():
    with freeze_time("2015-03-02") as clock:
        passes = Passes(TOKEN)
        cookie = passes.cookie()
        clock.tick(timedelta(seconds=COOKIE_LIFE))
        assert passes.is_cookie(cookie)
        clock.tick(timedelta(seconds=1))
        assert not passes.is_cookie(cookie)


def test_another_process_with_the_same_token_takes_the_cookie():
    assert Passes(TOKEN).is_cookie(Passes(TOKEN).cookie())


def test_a_new_token_ends_every_cookie():
    assert not Passes("another token").is_cookie(Passes(TOKEN).cookie())


def test_a_link_lets_in_once():
    passes = Passes(TOKEN)
    link = passes.link()
    assert [passes.use_link(link), passes.use_link(link)] == [True, False]
    assert passes.use_link(passes.link())


def test_a_link_is_good_for_ten_minutes():
    with freeze_time("2015-03-02") as clock:
        passes = Passes(TOKEN)
        link = passes.link()
        clock.tick(timedelta(seconds=LINK_LIFE + 1))
        assert not passes.use_link(link)


def test_a_link_is_no_cookie_and_a_cookie_is_no_link():
    passes = Passes(TOKEN)
    assert not passes.is_cookie(passes.link())
    assert not passes.use_link(passes.cookie())
    assert not passes.is_cookie("forged")
