"""The status pages put into the application: their door, their style, their errors in words, their headers."""

from collections.abc import Sequence

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from reminders.ledger.base import LedgerFault
from reminders.rendering.pages import render_page
from reminders.status.access import Door, is_loopback
from reminders.status.entering import enter_pages
from reminders.status.figures import figures
from reminders.status.passes import Passes
from reminders.status.rooms import rooms_of
from reminders.status.routes import board_pages
from reminders.status.values import PageBoard

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_OPEN = frozenset({"healthz", "readyz", "metrics"})


def add_pages(app: Flask, boards: Sequence[PageBoard], token: str | None, host: str) -> None:
    """Add the status pages; without a token they answer only on this machine, and only where `host` is its own."""
    passes = Passes(token) if token else None
    door = Door(passes, loopback=is_loopback(f"[{host}]" if ":" in host else host))
    app.register_blueprint(board_pages(rooms_of(boards), door))
    if passes:
        app.register_blueprint(enter_pages(door, passes))
    app.register_error_handler(HTTPException, _in_words)
    app.register_error_handler(LedgerFault, _ledger_in_words)
    app.after_request(_with_headers)

    @app.get("/style.css")
    def style() -> Response:
        answer = Response(render_page("status/style.css"), mimetype="text/css")
        answer.headers["Cache-Control"] = "max-age=600"
        return answer

    @app.get("/status.json")
    def status() -> Response:
        return jsonify(boards=figures(boards, with_names=door.is_open_to(request)))


def _in_words(error: HTTPException) -> AnyResponse:
    template = "enter" if isinstance(error, Unauthorized) else "error"
    given = error.description != type(error).description
    says = error.description if given else None
    answer = error.get_response()
    answer.set_data(render_page(f"status/{template}.html", says=says, heading=error.name))
    answer.content_type = "text/html; charset=utf-8"
    if isinstance(error, Unauthorized):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return AnyResponse.force_type(answer)


def _ledger_in_words(fault: LedgerFault) -> tuple[str, int]:
    says = f"The ledger cannot be read: {fault}. These pages come back when it can."
    return render_page("status/error.html", says=says, heading="The ledger cannot be read"), 503


def _with_headers(answer: Response) -> Response:
    if request.endpoint not in _OPEN:
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
    return answer
