"""Pictures of every status page, for people to look at: python -m tests.status.screenshots DIR."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from reminders.status.page import listen, serve_pages
from tests.rendering.browser import Page, a_page
from tests.status.house import a_house, looked_ahead, with_troubles

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
TOKEN = "a token of the tests"


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the pages on a port of this machine and give their address."""
    listener = listen("127.0.0.1", 0)
    close = serve_pages(app, listener)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        close()


def every_page(browser: Page, url: str, locked: str) -> dict[str, str]:
    """Every page of the only board by name, once its look ahead is there; `locked` is a service with a token."""
    board = f"{url}/b/west-berkshire-local-safeguarding-children-board"
    coming = f"{board}/coming"
    browser.visit(coming, width=1280, scheme="light")
    looked_ahead()
    browser.visit(coming, width=1280, scheme="light")
    return {
        "now": f"{board}/",
        "coming": coming,
        "mail": browser.run("document.querySelector('main li a').href"),
        "plan": f"{board}/plan",
        "sent": f"{board}/sent",
        "entry": f"{board}/sent/1",
        "digest": f"{board}/digest",
        "not-found": f"{board}/nothing",
        "enter": f"{locked}/enter",
    }


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as state, a_house(Path(state) / "state", days=15) as house:
        with_troubles(house)
        with served(house.app()) as url, served(house.app(TOKEN)) as locked, a_page() as page:
            for name, address in every_page(page, url, locked).items():
                for width in WIDTHS:
                    for scheme in SCHEMES:
                        page.visit(address, width=width, scheme=scheme)
                        (folder / f"{name}-{width}-{scheme}.png").write_bytes(page.picture())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
