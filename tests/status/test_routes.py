from dataclasses import replace

from reminders.status.page import make_app
from reminders.status.pages import add_pages


def test_the_only_board_is_where_one_comes_in(client):
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/b/west-berkshire-local-safeguarding-children-board/",
    )


def test_several_boards_have_a_list_that_says_how_each_is(house):
    app = make_app([house.board.pulse], lambda: (b"", "text/plain"))
    new = replace(house.board, name="Reading LSCB", after_tick=lambda: None)
    add_pages(app, [house.board, new], None, "127.0.0.1")
    client = app.test_client()
    page = client.get("/").text
    assert '<a href="/b/west-berkshire-local-safeguarding-children-board/">' in page
    assert "need a person" in page
    assert '<a href="/b/reading-lscb/">Reading LSCB</a>: Starting' in page
    assert "All boards" in client.get("/b/reading-lscb/").text
    assert client.get("/b/reading-lscb/plan").status_code == 503
