"""What became of a mail: looked up by its key over the whole mailbox."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import requests

from reminders.transports.base import Found
from reminders.transports.graph.letter import KEY_PROPERTY
from reminders.transports.graph.session import GraphSession, id_in, things_in
from reminders.transports.graph.verdicts import fields_of

_SETTLED = timedelta(minutes=10)  # after so long a draft is no mail that the server is still holding back


class Search:
    """Finds mails by key; remembers which folder is which."""

    def __init__(self, session: GraphSession) -> None:
        self._session = session
        self._folders: dict[str, str] = {}

    def find(self, key: str) -> Found:
        """Say what became of the mail with this key. Raises StopError where the mailbox may not be read.

        A mail above the mailbox's rate waits among the drafts, so a young draft is queued. An old one is what a lost
        request left behind: taken away, it can never leave, and the mail is absent for certain.
        """
        answer = self._session.read(_by_key(key))
        found = [each for each in things_in(answer) if not self._is_thrown_away(each)]
        waiting = [each for each in found if each.get("isDraft") or self._lies_in("outbox", each)]
        if len(waiting) < len(found):
            return Found.SENT
        if "@odata.nextLink" in fields_of(answer):
            return Found.CANNOT_TELL  # so many are not ours; what is on the next page nobody saw
        if any(self._lies_in("outbox", each) or not _is_settled(each, answer) for each in waiting):
            return Found.QUEUED
        taken_back = [self._session.take_back(str(each.get("id"))) for each in waiting]
        return Found.ABSENT if all(taken_back) else Found.QUEUED

    def _is_thrown_away(self, message: dict[str, Any]) -> bool:
        return bool(message.get("isDraft")) and self._lies_in("deleteditems", message)

    def _lies_in(self, folder: str, message: dict[str, Any]) -> bool:
        if folder not in self._folders:
            self._folders[folder] = id_in(self._session.read(f"/mailFolders/{folder}?$select=id"))
        return message.get("parentFolderId") == self._folders[folder]


def _by_key(key: str) -> str:
    wanted = f"singleValueExtendedProperties/any(ep: ep/id eq '{KEY_PROPERTY}' and ep/value eq '{key}')"
    return f"/messages?$filter={quote(wanted)}&$select=id,isDraft,parentFolderId,createdDateTime&$top=50"


def _is_settled(message: dict[str, Any], answer: requests.Response) -> bool:
    try:
        made = datetime.fromisoformat(str(message.get("createdDateTime")))
        return parsedate_to_datetime(answer.headers.get("Date", "")) - made > _SETTLED
    except (TypeError, ValueError):
        return False
