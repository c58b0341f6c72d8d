"""What is coming up, and the digest so far: mails that are not sent yet, as they will be."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from reminders.core import words
from reminders.core.notices import Kind
from reminders.core.policy import Reason
from reminders.rehearsal import RehearsedMail
from reminders.rendering.pages import open_mail
from reminders.service.values import Letter
from reminders.status.ahead import Seen
from reminders.status.rooms import Page, Room, frame, moment
from reminders.status.values import AfterTick


def show_coming(room: Room) -> Page:
    after = room.after
    seen = room.lookout.look(after)
    ahead = seen.ahead
    return Page(
        "coming",
        seen=seen,
        made=moment(after, ahead.made) if ahead else "",
        first=words.full_date(ahead.first) if ahead else "",
        last=words.full_date(ahead.last) if ahead else "",
        paused=after.rules.paused,
        months=list(_months(seen, after)),
    )


def _months(seen: Seen, after: AfterTick) -> Iterator[Mapping[str, Any]]:
    bad = after.ledger.bad_addresses()
    mails = seen.ahead.mails if seen.ahead else ()
    for month, group in groupby(mails, key=lambda mail: words.month(mail.at.date())):
        days = groupby((_coming(mail, bad) for mail in group), key=lambda mail: mail["day"])
        yield {"name": month, "days": [{"name": day, "mails": list(own)} for day, own in days]}


def _coming(mail: RehearsedMail, bad: frozenset[str]) -> Mapping[str, Any]:
    new = mail.entry.new
    return {
        "key": mail.entry.key,
        "day": f"{words.weekday_date(mail.at.date())}, {mail.at:%H:%M}",
        "name": new.name,
        "subject": new.subject,
        "refs": ", ".join(new.refs) if new.kind == Kind.REMINDER else "",
        "late": Reason.LATE in new.reasons,
        "held": new.address in bad,
    }


def show_coming_mail(room: Room, key: str) -> Page:
    mail = _ahead_mail(room, key)
    coming = _coming(mail, room.after.ledger.bad_addresses())
    return Page("mail", coming=coming, mail=open_mail(mail.entry.new.mime), frame=f"coming/{key}/mail")


def show_coming_frame(room: Room, key: str) -> Response:
    return frame(_ahead_mail(room, key).entry.new.mime)


def _ahead_mail(room: Room, key: str) -> RehearsedMail:
    ahead = room.lookout.look(room.after).ahead
    mail = ahead.mail(key) if ahead else None
    if mail is None:
        raise NotFound("No such email is coming up any more. Look at the list again.")
    return mail


def show_digest(room: Room) -> Page:
    after = room.after
    seen = room.lookout.look(after)
    letter = seen.ahead.digest if seen.ahead else None
    goes = after.service.next_digest(after.now())
    return Page(
        "digest",
        seen=seen,
        made=moment(after, seen.ahead.made) if seen.ahead else "",
        goes=moment(after, goes) if goes else None,
        mail=open_mail(letter.finished.mime) if isinstance(letter, Letter) else None,
        fault=letter if letter and not isinstance(letter, Letter) else None,
        frame="digest/mail",
    )


def show_digest_frame(room: Room) -> Response:
    ahead = room.lookout.look(room.after).ahead
    if ahead is None or not isinstance(ahead.digest, Letter):
        raise NotFound("The digest has not been drawn up.")
    return frame(ahead.digest.finished.mime)
