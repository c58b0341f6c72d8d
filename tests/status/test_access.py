import pytest

from reminders.status.access import is_loopback

TOKEN = "a token of the tests"
NAMES = ("/", "/b/west-berkshire-local-safeguarding-children-board/", "/b/x/sent/1/mail.eml", "/b/x/coming")


@pytest.mark.parametrize(
    ("host", "home"),
    [
        ("localhost", True),
        ("localhost:8080", True),
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("LOCALHOST", True),
        ("status.westberks.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("0.0.0.0:8080", False),
        ("10.0.0.1", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_only_this_machine_is_this_machine(host, home):
    assert is_loopback(host) == home


@pytest.mark.parametrize("path", NAMES)
def test_without_a_token_the_pages_answer_this_machine_alone(house, path):
    client = house.client()
    assert client.get(path, headers={"Host": "localhost:8080"}).status_code in {200, 303, 404}
    elsewhere = client.get(path, headers={"Host": "rebound.evil.example"})
    assert elsewhere.status_code == 403
    assert "status.token_file" in elsewhere.text


@pytest.mark.parametrize("listens_on", ["0.0.0.0", "::", "10.0.0.1"])
def test_without_a_token_nobody_sees_a_service_that_others_can_reach(house, listens_on):
    client = house.app(host=listens_on).test_client()
    assert client.get("/", headers={"Host": "localhost"}).status_code == 403


@pytest.mark.parametrize("path", NAMES)
def test_with_a_token_the_pages_ask_for_it_wherever_one_sits(house, path):
    answer = house.client(TOKEN).get(path, headers={"Host": "localhost"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "M Evans" not in answer.text


def test_the_token_in_the_header_opens_the_pages(house):
    client = house.client(TOKEN)
    assert client.get("/", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 303
    assert client.get("/", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/", headers={"Authorization": "Basic dXNlcjpwYXNz"}).status_code == 401


def test_after_too_many_wrong_tokens_the_right_one_must_wait_too(house):
    client = house.client(TOKEN)
    for _ in range(5):
        client.get("/", headers={"Authorization": "Bearer wrong"})
    answer = client.get("/", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 429
    assert 50 < int(answer.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/style.css", "/status.json"])
def test_what_names_nobody_is_open_to_all(house, path):
    assert house.client(TOKEN).get(path, headers={"Host": "anywhere.example"}).status_code == 200
