"""The addresses of every page that shows names; the door stands before each."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from reminders.rendering.pages import render_page
from reminders.status import ahead_views, now, plan_view, sent_views, views
from reminders.status.access import Door
from reminders.status.rooms import Page, Room

_VIEWS: Mapping[str, Callable[..., Any]] = {
    "/": views.show_now,
    "/coming": ahead_views.show_coming,
    "/coming/<key>": ahead_views.show_coming_mail,
    "/coming/<key>/mail": ahead_views.show_coming_frame,
    "/plan": views.show_plan,
    "/sent": sent_views.show_sent,
    "/sent/<int:number>": sent_views.show_entry,
    "/sent/<int:number>/mail": sent_views.show_entry_frame,
    "/sent/<int:number>/mail.eml": sent_views.show_entry_file,
    "/digest": ahead_views.show_digest,
    "/digest/mail": ahead_views.show_digest_frame,
}


def board_pages(rooms: Sequence[Room], door: Door) -> Blueprint:
    """Return the pages of every board."""
    pages = Blueprint("pages", __name__)
    pages.before_request(lambda: door.guard(request))
    pages.add_url_rule("/", "index", partial(_index, rooms, door))
    for rule, view in _VIEWS.items():
        pages.add_url_rule(f"/b/<slug>{rule}", view.__name__, partial(_shown, view, rooms, door))
    return pages


def _index(rooms: Sequence[Room], door: Door) -> str | Response:
    if len(rooms) == 1:
        return redirect(f"/b/{rooms[0].slug}/", 303)
    return render_page("status/index.html", rooms=[_in_index(room) for room in rooms], leaving=door.passes is not None)


def _in_index(room: Room) -> Mapping[str, Any]:
    after, pulse = room.board.after_tick(), room.board.pulse
    needs = now.needs_of(after, plan_view.in_digest(after), pulse) if after else ()
    return {"slug": room.slug, "name": room.board.name, "says": now.headline(after, needs, pulse)}


def _shown(view: Callable[..., Any], rooms: Sequence[Room], door: Door, slug: str, **rest: Any) -> str | Response:
    room = next((each for each in rooms if each.slug == slug), None)
    if room is None:
        raise NotFound("There is no board of this name.")
    given: Page | Response = view(room, **rest)
    if not isinstance(given, Page):
        return given
    frame = {"room": room, "view": given.template, "several": len(rooms) > 1, "leaving": door.passes is not None}
    return render_page(f"status/{given.template}.html", **frame, **given.names)
