"""What was sent, as the pages show it: a page of the ledger, one entry in full, its mail."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response

from reminders.core import words
from reminders.core.notices import Kind
from reminders.core.policy import Audience
from reminders.ledger.base import Entry
from reminders.rendering.pages import open_mail
from reminders.status import entry_words, sent
from reminders.status.rooms import Page, Room, frame, moment
from reminders.status.values import AfterTick


def show_sent(room: Room) -> Page:
    after, asked = room.after, sent.Asked.of(request.args)
    known = sent.known_to(after.ledger)
    people, actions = known.choices
    listed = sent.listed(after.ledger, known, asked)
    return Page(
        "sent",
        asked=asked,
        people=people,
        actions=actions,
        states=entry_words.STATES,
        listed=listed,
        lines=[line_of(each, after) for each in listed.entries],
        turn=urlencode({"person": asked.person, "action": asked.action, "state": asked.state}),
    )


def line_of(entry: Entry, after: AfterTick) -> Mapping[str, Any]:
    """Return an entry as one line of a list."""
    new = entry.new
    return {
        "id": entry.id,
        "when": moment(after, entry.settled or entry.created),
        "name": new.name,
        "subject": new.subject or f"{words.sentence(new.kind)} of {words.full_date(new.day)}",
        "refs": ", ".join(new.refs) if new.kind == Kind.REMINDER else "",
        "state": entry_words.state_of(entry),
        "tone": entry_words.tone_of(entry),
        "why": entry_words.why(entry),
        "trial": new.audience == Audience.TRIAL,
    }


def show_entry(room: Room, number: int) -> Page:
    after = room.after
    entry = _entry(after, number)
    events = after.ledger.history(number)
    return Page(
        "entry",
        entry=entry,
        line=line_of(entry, after),
        to_do=entry_words.to_do(entry),
        moves=[(moment(after, each.at), entry_words.STATES[each.after], each.reason, each.actor) for each in events],
        mail=open_mail(entry.new.mime) if entry.new.mime else None,
        frame=f"sent/{number}/mail",
    )


def show_entry_frame(room: Room, number: int) -> Response:
    return frame(_text(_entry(room.after, number)))


def show_entry_file(room: Room, number: int) -> Response:
    entry = _entry(room.after, number)
    answer = Response(_text(entry), mimetype="message/rfc822")
    answer.headers["Content-Disposition"] = f'attachment; filename="{entry.key}.eml"'
    return answer


def _entry(after: AfterTick, number: int) -> Entry:
    entry = after.ledger.entry(number)
    if entry is None:
        raise NotFound("The ledger holds no entry of this number.")
    return entry


def _text(entry: Entry) -> bytes:
    if not entry.new.mime:
        raise Gone("The text of this email is kept no longer.")
    return entry.new.mime
