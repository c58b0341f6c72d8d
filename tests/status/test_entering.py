import re

import pytest

TOKEN = "a token of the tests"
FAR = {"Host": "status.westberks.example"}


@pytest.fixture
def browser(house):
    return house.client(TOKEN)


def enter(browser, token=TOKEN, **headers):
    return browser.post("/enter", data={"token": token}, headers=headers)


def cookie_of(answer):
    return answer.headers["Set-Cookie"]


def test_the_form_takes_the_token_and_leaves_a_cookie(browser):
    assert "Token" in browser.get("/enter").text
    answer = enter(browser)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/entered")
    assert browser.get("/entered").headers["Location"] == "/"
    assert browser.get("/", follow_redirects=True).status_code == 200


def test_the_cookie_is_out_of_the_reach_of_scripts_and_other_sites(browser):
    cookie = cookie_of(enter(browser))
    assert all(each in cookie for each in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"))
    assert TOKEN not in cookie


def test_from_another_machine_the_cookie_travels_by_https_alone(browser):
    assert "Secure" not in cookie_of(enter(browser, Host="localhost:8080"))
    assert "Secure" in cookie_of(enter(browser, **FAR))


def test_who_kept_no_cookie_is_told_why(browser):
    answer = browser.get("/entered")
    assert answer.status_code == 401
    assert "Come by https" in answer.text


def test_a_wrong_token_is_said_to_be_wrong_and_after_five_one_must_wait(browser):
    answers = [enter(browser, "wrong") for _ in range(6)]
    assert [each.status_code for each in answers] == [401] * 5 + [429]
    assert "That is not the token." in answers[0].text
    assert "Try again in " in answers[5].text
    assert enter(browser).status_code == 429


def test_who_is_in_stays_in_while_others_try(browser):
    enter(browser)
    for _ in range(6):
        enter(browser, "wrong")
    assert browser.get("/").status_code == 303


def a_link(browser):
    enter(browser)
    (link,) = re.findall(r"http://localhost(/enter/\S+)</pre>", browser.post("/link").text)
    return link


def test_who_is_in_can_let_in_somebody_else_once(house):
    app = house.app(TOKEN)
    link = a_link(app.test_client())
    colleague, third = app.test_client(), app.test_client()
    assert colleague.post(link).headers["Location"] == "/entered"
    assert colleague.get("/").status_code == 303
    assert third.post(link).status_code == 404
    assert third.get("/").status_code == 401


def test_looking_at_a_link_does_not_use_it_up(house):
    app = house.app(TOKEN)
    link = a_link(app.test_client())
    for _ in range(2):
        assert "Enter with this link" in app.test_client().get(link).text
    assert app.test_client().post(link).status_code == 303


def test_who_is_not_in_makes_no_link(browser):
    assert browser.post("/link").status_code == 401


def test_guessing_links_is_slowed_down(browser):
    assert [browser.post(f"/enter/{number}").status_code for number in range(6)] == [404] * 5 + [429]


def test_leaving_takes_the_cookie_away(browser):
    enter(browser)
    assert browser.post("/leave").headers["Location"] == "/enter"
    assert browser.get("/").status_code == 401


def test_where_there_is_no_token_there_is_no_form(client):
    assert client.get("/enter").status_code == 404
