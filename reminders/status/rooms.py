"""One board's pages: their place in the address, what they show, and the forms in which views answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from reminders.core import words
from reminders.rendering.pages import open_mail
from reminders.status.ahead import Lookout
from reminders.status.values import AfterTick, PageBoard

_LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class Room:
    """One board, the words that stand for it in an address, and its look ahead."""

    slug: str
    board: PageBoard
    lookout: Lookout = field(default_factory=Lookout)

    @property
    def after(self) -> AfterTick:
        """Return what the last tick left; raises ServiceUnavailable before the first."""
        after = self.board.after_tick()
        if after is None:
            raise ServiceUnavailable("The service has not looked at the plan yet. Try again in a minute.")
        return after


def rooms_of(boards: Sequence[PageBoard]) -> tuple[Room, ...]:
    """Give each board a place in the address, no two the same."""
    rooms: dict[str, Room] = {}
    for number, board in enumerate(boards, start=1):
        slug = _slug(board.name) or "board"
        slug = f"{slug}-{number}" if slug in rooms else slug
        rooms[slug] = Room(slug, board)
    return tuple(rooms.values())


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())[:_LONGEST_SLUG].strip("-")


class Page:
    """A template with its words; the frame around it is the same for every view of a board."""

    def __init__(self, template: str, **names: Any) -> None:
        self.template = template
        self.names = names


def frame(mime: bytes) -> Response:
    """Answer with a mail as it was made, in a sandbox: nothing in it runs, sends or fetches anything."""
    mail = open_mail(mime)
    answer = Response(mail.html or mail.text, mimetype="text/html" if mail.html else "text/plain")
    answer.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )
    return answer


def moment(after: AfterTick, at: datetime) -> str:
    """Write a moment in the board's time zone, to the minute."""
    local = after.local(at)
    return f"{words.full_date(local.date())}, {local:%H:%M}"
