"""How a browser comes in and goes out: a form for the token, a link that works once, a cookie."""

from functools import partial

from flask import Blueprint, redirect, request
from werkzeug.exceptions import NotFound, Unauthorized
from werkzeug.wrappers import Response

from reminders.rendering.pages import render_page
from reminders.status.access import COOKIE, Door, is_loopback
from reminders.status.passes import COOKIE_LIFE, Passes


def enter_pages(door: Door, passes: Passes) -> Blueprint:
    """Return the pages that let people in who have the token, or a link from somebody who has."""
    pages = Blueprint("entering", __name__)
    pages.add_url_rule("/enter", "ask", _ask)
    pages.add_url_rule("/enter", "enter", partial(_enter, door, passes), methods=["POST"])
    pages.add_url_rule("/enter/<link>", "ask_once", _ask_once)
    pages.add_url_rule("/enter/<link>", "enter_once", partial(_enter_once, door, passes), methods=["POST"])
    pages.add_url_rule("/entered", "entered", partial(_entered, door))
    pages.add_url_rule("/link", "link", partial(_make_link, door, passes), methods=["POST"])
    pages.add_url_rule("/leave", "leave", _leave, methods=["POST"])
    return pages


def _ask() -> str:
    return render_page("status/enter.html", says=None)


def _enter(door: Door, passes: Passes) -> Response:
    if not door.lets_in(request, request.form.get("token", "").strip()):
        raise Unauthorized("That is not the token.")
    return _let_in(passes)


def _ask_once(link: str) -> str:  # noqa: ARG001 - a mail scanner that follows the link must not use it up
    return render_page("status/enter_once.html")


def _enter_once(door: Door, passes: Passes, link: str) -> Response:
    if not door.lets_in_once(request, link):
        raise NotFound("This link has been used, or is older than ten minutes. Ask for another.")
    return _let_in(passes)


def _let_in(passes: Passes) -> Response:
    answer = redirect("/entered", 303)
    answer.set_cookie(
        COOKIE, passes.cookie(), max_age=COOKIE_LIFE, httponly=True, samesite="Strict", secure=_scheme() == "https"
    )
    return answer


def _entered(door: Door) -> Response:
    if not door.is_open_to(request):
        raise Unauthorized("Your browser kept no cookie. Come by https, or from this machine, and allow cookies.")
    return redirect("/", 303)


def _make_link(door: Door, passes: Passes) -> str:
    door.guard(request)
    return render_page("status/link.html", link=f"{_scheme()}://{request.host}/enter/{passes.link()}")


def _leave() -> Response:
    answer = redirect("/enter", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=_scheme() == "https")
    return answer


def _scheme() -> str:
    # Whatever proxy ends the TLS: from another machine the cookie travels by https or not at all.
    return "http" if is_loopback(request.host) else "https"
