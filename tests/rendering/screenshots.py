"""Pictures of every mail, for people to look at: python -m tests.rendering.screenshots DIR.

With --readme the two that the README shows: python -m tests.rendering.screenshots docs/images --readme.
"""

import argparse
from pathlib import Path

from tests.rendering.browser import Page, a_page
from tests.rendering.mails import MAILS, file_name, rendered

WIDTHS = (360, 600)
SCHEMES = ("light", "dark")
README = {"reminder": "reminder of the board's plan", "digest": "digest of the board's plan"}


def all_mails(page: Page, folder: Path) -> None:
    for name in MAILS:
        for width in WIDTHS:
            for scheme in SCHEMES:
                page.show(rendered(MAILS[name]()).message.html, width=width, scheme=scheme)
                (folder / f"{file_name(name)}-{width}-{scheme}.png").write_bytes(page.picture())


def for_the_readme(page: Page, folder: Path) -> None:
    for name, mail in README.items():
        page.show(rendered(MAILS[mail]()).message.html, width=600, scheme="light")
        (folder / f"{name}.png").write_bytes(page.picture(tallest=1_150))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", action="store_true")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with a_page() as chromium:
        (for_the_readme if args.readme else all_mails)(chromium, args.folder)
