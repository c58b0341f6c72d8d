"""What an application's rights and proof leave to be done, in sentences for the administrator."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import requests

from reminders.transports.graph.session import GraphSession, id_in
from reminders.transports.graph.verdicts import Step, StopError, judged

_WANTED = {"Mail.Send", "Mail.ReadWrite"}
_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the mailbox allowed, and when that was by the server's clock."""

    may_read: bool
    may_draft: bool
    seen: datetime | None


def proved(session: GraphSession) -> Rights:
    """Return the rights found by trying them. Raises StopError where the mailbox does not let us send.

    A mail to nobody is refused for that reason only where sending is allowed; a draft to nobody is taken away again.
    """
    nobody = b'{"message": {"subject": "check", "toRecipients": []}, "saveToSentItems": false}'
    sent = session.ask(Step.DIRECT, "POST", "/sendMail", nobody)
    if sent.status_code not in {400, 202}:
        raise StopError(judged(sent, Step.READ))
    may_read = _allowed(session.ask(Step.READ, "GET", "/mailFolders/sentitems?$select=id"), 200)
    return Rights(may_read, may_read and _may_draft(session), _date(sent))


def _may_draft(session: GraphSession) -> bool:
    draft = session.ask(Step.DRAFT, "POST", "/messages", b'{"subject": "check"}')
    if not _allowed(draft, 201):
        return False
    with suppress(StopError):
        session.take_back(id_in(draft))
    return True


def _allowed(answer: requests.Response, wanted: int) -> bool:
    if answer.status_code not in {wanted, 403}:
        raise StopError(judged(answer, Step.READ))
    return answer.status_code == wanted


def _date(answer: requests.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None


def to_do(rights: Rights, tenant_wide: frozenset[str], ends: datetime | None) -> Iterator[str]:
    """Yield what a site may still set up, each in a sentence; `ends` is the last moment of our certificate."""
    if not rights.may_read:
        yield (
            "The application may not read the mailbox: after a lost answer nobody can ask whether the mail left, and "
            'reports of mails not delivered stay unread. Assign "Application Mail.ReadWrite", limited to this mailbox.'
        )
    elif not rights.may_draft:
        yield (
            "The application may read the mailbox but not keep drafts in it, so a busy server can cause a copy. "
            'Assign "Application Mail.ReadWrite", limited to this mailbox.'
        )
    yield from _too_wide(tenant_wide)
    if ends and rights.seen and ends - rights.seen < _SOON:
        yield f"The certificate ends on {ends.day} {ends:%B %Y}: make a new one and upload it before then."


def _too_wide(roles: frozenset[str]) -> Iterator[str]:
    wide, needless = sorted(roles & _WANTED), sorted(roles - _WANTED)
    if wide:
        yield (
            f"{' and '.join(wide)} reach every mailbox of the tenant: remove them in Entra, and assign them in "
            "Exchange Online for this mailbox alone (RBAC for Applications)."
        )
    if needless:
        yield f"{' and '.join(needless)} are not needed: remove them in Entra."
