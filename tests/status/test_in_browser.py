"""The status pages in a real Chromium: what the eye, the keyboard and a screen reader meet."""

import pytest

from tests.rendering.browser import a_page
from tests.status.screenshots import SCHEMES, TOKEN, WIDTHS, every_page, served

pytestmark = pytest.mark.browser

_FOCUSED = "document.activeElement.textContent.trim() || document.activeElement.name || document.activeElement.tagName"
_OUTLINE = (
    "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
)


@pytest.fixture(scope="module")
def browser():
    with a_page() as page:
        yield page


@pytest.fixture(scope="module")
def address(house):
    with served(house.app()) as url:
        yield url


@pytest.fixture(scope="module")
def locked(house):
    with served(house.app(TOKEN)) as url:
        yield url


@pytest.fixture(scope="module")
def pages(browser, address, locked):
    return every_page(browser, address, locked)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_and_fits_its_window(browser, pages, width, scheme):
    found = {}
    for name, address in pages.items():
        browser.visit(address, width=width, scheme=scheme)
        # It cannot see what lies beneath the words of a picture; test_pages judges those colours.
        found[name] = (browser.axe(but=".picture text"), browser.width())
    assert found == {name: ([], width) for name in pages}


def tabbed(browser, times):
    """Press Tab so often; return what was reached, each with its outline."""
    reached = []
    for _ in range(times):
        browser.press("Tab")
        reached.append((browser.run(_FOCUSED), browser.run(_OUTLINE)))
    return reached


def test_the_first_key_leads_past_the_navigation(browser, pages):
    browser.visit(pages["now"], width=1280, scheme="light")
    assert tabbed(browser, 1) == [("Skip to the content", "solid3px")]
    assert browser.run("document.activeElement.getBoundingClientRect().left >= 0")
    browser.press("Enter")
    assert browser.run("document.activeElement.id") == "content"
    assert tabbed(browser, 1)[0][0] == "Look at what is held"


def test_the_keys_go_through_a_page_in_its_order_and_one_sees_where_one_is(browser, pages):
    browser.visit(pages["sent"], width=1280, scheme="dark")
    reached = tabbed(browser, 10)
    names = ["Skip to the content", "Now", "Coming up", "The plan", "Sent", "Digest so far"]
    assert [name for name, _ in reached][:6] == names
    assert browser.run("document.activeElement.closest('form, table, main') !== null")
    assert {outline for _, outline in reached} == {"solid3px"}


def test_the_picture_of_the_plan_can_be_moved_by_keys(browser, pages):
    browser.visit(pages["plan"], width=360, scheme="light")
    browser.run("document.querySelector('.scroll').focus()")
    assert browser.run("document.activeElement.getAttribute('aria-label')") == "Picture of the deadlines"
    assert browser.run("document.activeElement.scrollWidth > document.activeElement.clientWidth")


def test_one_comes_in_with_the_keyboard_alone(browser, locked):
    browser.visit(f"{locked}/b/west-berkshire-local-safeguarding-children-board/plan", width=1280, scheme="light")
    assert browser.run("document.querySelector('h1').textContent") == "Enter"
    tabbed(browser, 2)
    for letter in TOKEN:
        browser.press(letter)
    browser.press("Enter")
    browser.until("document.querySelector('h1').textContent.includes('need a person')")


def test_a_mail_is_seen_in_its_frame_and_cannot_reach_out(browser, pages):
    browser.visit(pages["mail"], width=1280, scheme="light")
    assert browser.run("document.querySelector('iframe').contentDocument") is None
    assert browser.run("fetch('https://example.com').then(() => 'reached', () => 'refused')") == "refused"


@pytest.mark.parametrize("name", ["now", "plan", "sent"])
def test_a_page_prints_without_what_only_a_screen_needs(browser, pages, name):
    browser.visit(pages[name], width=1280, scheme="dark")
    browser.print_to_screen()
    assert browser.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert browser.run("getComputedStyle(document.querySelector('main')).backgroundColor") == "rgb(255, 255, 255)"
