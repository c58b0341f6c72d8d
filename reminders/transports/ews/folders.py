"""The folders of the mailbox, named without asking the server, and what is asked of several at once."""

from collections.abc import Sequence
from typing import Any

from exchangelib import Mailbox, Q
from exchangelib.fields import FieldPath
from exchangelib.folders import Drafts, Inbox, Outbox, Root, SentItems
from exchangelib.items import ID_ONLY, SHALLOW
from exchangelib.properties import DistinguishedFolderId
from exchangelib.restriction import Restriction
from exchangelib.services import FindItem, GetFolder

_KINDS = {"sentitems": SentItems, "outbox": Outbox, "drafts": Drafts, "inbox": Inbox}


def folder(account: Any, name: str) -> Any:
    """Return sentitems, outbox, drafts or inbox; exchangelib itself would ask where they are."""
    return _KINDS[name](root=account.root, _distinguished_id=_named(name, account))


def root(account: Any) -> Any:
    """Return the folder in which all others lie."""
    return Root(account=account, _distinguished_id=_named("root", account))


def _named(name: str, account: Any) -> Any:
    return DistinguishedFolderId(id=name, mailbox=Mailbox(email_address=account.primary_smtp_address))


def holding(account: Any, names: Sequence[str], wanted: Q) -> dict[str, bool]:
    """Return which folders hold such a mail, by one request."""
    folders = [folder(account, name) for name in names]
    return dict(zip(names, _Holding(account=account, page_size=1).call(folders, wanted), strict=True))


class _Holding(FindItem):  # type: ignore[misc]  # exchangelib has no types
    """FindItem as a question to each folder: what exchangelib returns does not say where an item lies."""

    def call(self, folders: Sequence[Any], wanted: Q) -> list[bool]:
        asked = {
            "folders": folders,
            "additional_fields": None,
            "restriction": Restriction(wanted, folders=folders, applies_to=Restriction.ITEMS),
            "order_fields": None,
            "query_string": None,
            "shape": ID_ONLY,
            "depth": SHALLOW,
            "calendar_view": None,
            "page_size": self.page_size,
        }
        pages = [page for page, _ in self._get_pages(self.get_payload, asked, len(folders))]
        for page in pages:
            if isinstance(page, Exception):
                raise page
        return [page is not None for page in pages]


def rights(account: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return our rights in each folder, or the exception that stands for a folder we may not even see."""
    folders = [folder(account, name) for name in names]
    wanted = {FieldPath(field=folders[0].get_field_by_fieldname("effective_rights"))}
    answers = GetFolder(account=account).call(folders=folders, additional_fields=wanted, shape=ID_ONLY)
    return {
        name: answer if isinstance(answer, Exception) else answer.effective_rights
        for name, answer in zip(names, answers, strict=True)
    }
