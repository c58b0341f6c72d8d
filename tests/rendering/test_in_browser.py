"""Each mail in a real Chromium: no barrier that axe knows of, and no scrolling sideways. Run by: pytest -m browser."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reminders.rendering.samples import samples
from tests.rendering.browser import AXE, Page, a_page
from tests.rendering.mails import MAILS, file_name, rendered

pytestmark = pytest.mark.browser
PAGE_CHECKS = Path(__file__).parent / "page_checks"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    assert AXE.is_file(), f"axe-core is missing: npm ci --ignore-scripts --prefix {PAGE_CHECKS}"
    with a_page() as shown:
        yield shown


@pytest.fixture(scope="module", params=MAILS)
def html(request) -> str:
    return rendered(MAILS[request.param]()).message.html


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 600])
def test_axe_finds_nothing(page, html, width, scheme):
    page.show(html, width=width, scheme=scheme)

    assert page.axe() == []


@pytest.mark.parametrize("width", [320, 360, 600])
def test_nobody_scrolls_sideways(page, html, width):
    page.show(html, width=width, scheme="light")

    assert page.width() <= width


def test_no_cell_makes_anybody_scroll_sideways(page):
    for notice in samples():
        page.show(rendered(notice).message.html, width=320, scheme="light")

        assert page.width() <= 320, notice


def test_axe_would_find_what_is_wrong(page):
    page.show("<!DOCTYPE html><p style='color: #aaaaaa; background: #ffffff'>Pale</p>", width=360, scheme="light")

    assert [found.split(":")[0] for found in page.axe()] == ["color-contrast", "document-title", "html-has-lang"]


def test_the_page_is_as_dark_as_its_reader_prefers(page):
    for scheme, colour in (("light", "rgb(238, 241, 244)"), ("dark", "rgb(16, 22, 28)")):
        page.show(rendered(MAILS["test"]()).message.html, width=360, scheme=scheme)

        assert page.run("getComputedStyle(document.body).backgroundColor") == colour


def test_html_validate_finds_nothing(tmp_path):
    for name, notice in MAILS.items():
        (tmp_path / f"{file_name(name)}.html").write_text(rendered(notice()).message.html, encoding="utf-8")
    checker = PAGE_CHECKS / "node_modules" / ".bin" / "html-validate"
    mails = [str(file) for file in sorted(tmp_path.glob("*.html"))]
    command = [str(checker), "--config", str(PAGE_CHECKS / ".htmlvalidate.json"), "--formatter", "text", *mails]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)
