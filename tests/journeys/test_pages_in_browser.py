"""The pages of `rehearse` and `preview` in a real browser."""

from itertools import product

import pytest

from tests.rendering.browser import a_page


@pytest.mark.browser
def test_the_pages_are_accessible_and_never_scroll_sideways(house):
    house.run("preview", "digest", "--as-of", "2015-02-09")
    house.run("rehearse", "--from", "2015-01-02", "--to", "2015-01-16")
    files = (house.state / "preview" / "preview.html", house.state / "rehearsal" / "index.html")
    found = {}
    with a_page() as browser:
        for file, width, scheme in product(files, (360, 600, 1280), ("light", "dark")):
            browser.show(file.read_text("utf-8"), width=width, scheme=scheme)
            found[file.name, width, scheme] = (browser.axe(), browser.width() - width)
    assert {place: faults for place, faults in found.items() if faults != ([], 0)} == {}
