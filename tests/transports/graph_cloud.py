"""A Microsoft 365 in memory: a login server and one mailbox with folders, as strict as the real one is known to be."""

import base64
import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote

from reminders.clock import real_clock

KNOWN_FIELDS = {
    "attachments",
    "body",
    "from",
    "importance",
    "internetMessageHeaders",
    "internetMessageId",
    "replyTo",
    "singleValueExtendedProperties",
    "subject",
    "toRecipients",
}
FOLDERS = ("drafts", "outbox", "sentitems", "inbox", "deleteditems")
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What the server says; with `done` it does its work first, as real ones do before they fail."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    done: bool = False


@dataclass
class Item:
    """A message in a folder."""

    folder: str
    fields: dict[str, Any]
    draft: bool = False
    made: datetime = field(default_factory=real_clock)
    mime: bytes = b""
    kind: str = "IPM.Note"

    def seen(self, name: str) -> dict[str, Any]:
        moment = self.made.strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.fields | {
            "id": name,
            "isDraft": self.draft,
            "parentFolderId": folder_id(self.folder),
            "createdDateTime": moment,
            "receivedDateTime": moment,
        }

    def has(self, tag: str, value: str) -> bool:
        properties = self.fields.get("singleValueExtendedProperties", ())
        return any(each["id"] == tag and each["value"] == value for each in properties)


def folder_id(name: str) -> str:
    return f"AAMk{FOLDERS.index(name)}="


def error(status: int, code: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "about m.evans@westberks.example and 5.2 is due"}})


def as_mail(fields: Mapping[str, Any]) -> bytes:
    """The fields as the bytes of a plain mail."""
    head = f"Subject: {fields['subject']}\r\nMessage-ID: {fields['internetMessageId']}\r\n\r\n"
    return head.encode() + str(fields["body"]["content"]).replace("\n", "\r\n").encode()


class Cloud:
    """Routes to what they do; `rights` are send, read and write, `roles` what the token says of them."""

    def __init__(self) -> None:
        self.rights = {"send", "read", "write"}
        self.roles: list[str] = []
        self.secret = "s3cret"
        self.mailbox = "reminders@westberks.example"
        self.items: dict[str, Item] = {}
        self.left: list[dict[str, Any]] = []  # every mail that went out
        self.holds_back = False  # what is sent waits in the outbox
        self.away: dict[str, str] = {}  # address -> automatic reply
        self.assertions: list[str] = []
        self.tokens: set[str] = set()
        self._numbers = itertools.count(1)

    def steps(self) -> tuple[tuple[str, str, str, Callable[..., Answer]], ...]:
        """Name, method, path and work of everything that can be asked."""
        user = f"/v1.0/users/{re.escape(quote(self.mailbox))}"
        one = r"/messages/([^/]+)"
        return (
            ("discovery", "GET", r"/([^/]+)/v2.0/.well-known/openid-configuration", self._discovery),
            ("token", "POST", r"/[^/]+/oauth2/v2.0/token", self._token),
            ("draft", "POST", f"{user}/messages", self._draft),
            ("send", "POST", f"{user}{one}/send", self._send),
            ("sendMail", "POST", f"{user}/sendMail", self._send_mail),
            ("find", "GET", f"{user}/messages", self._find),
            ("delete", "DELETE", f"{user}{one}", self._delete),
            ("report", "GET", f"{user}{one}/\\$value", self._mime),
            ("folder", "GET", f"{user}/mailFolders/([a-z]+)", self._folder),
            ("inbox", "GET", f"{user}/mailFolders/inbox/messages", self._inbox),
            ("tips", "POST", f"{user}/getMailTips", self._tips),
        )

    def put(self, item: Item) -> str:
        name = f"AAMkItem{next(self._numbers)}/x="
        self.items[name] = item
        return name

    def folder(self, name: str) -> list[Item]:
        return [item for item in self.items.values() if item.folder == name]

    def _discovery(self, tenant: str, origin: str, **_: Any) -> Answer:
        base = f"{origin}/{tenant}/oauth2/v2.0"
        return Answer(200, {"token_endpoint": f"{base}/token", "authorization_endpoint": f"{base}/authorize"})

    def _token(self, body: bytes, **_: Any) -> Answer:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.assertions += [form["client_assertion"]] if "client_assertion" in form else []
        if "client_assertion" not in form and form.get("client_secret") != self.secret:
            return refused("invalid_client", 7000215)
        claims = base64.urlsafe_b64encode(json.dumps({"roles": self.roles}).encode()).decode().rstrip("=")
        token = f"head.{claims}.t{next(self._numbers)}"
        self.tokens.add(token)
        return Answer(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    def _draft(self, body: bytes, **_: Any) -> Answer:
        fields = json.loads(body)
        flaw = self._lacks("write") or _flaw(body, fields)
        return flaw or Answer(201, {"id": self.put(Item("drafts", fields, draft=True))})

    def _send(self, name: str, **_: Any) -> Answer:
        item = self.items.get(name)
        if item is None or not item.draft:
            return error(404, "ErrorItemNotFound")
        flaw = self._lacks("send") or _recipients_flaw(item.fields)
        if flaw:
            return flaw
        del self.items[name]  # what is sent has another name than the draft had
        self._leave(item.fields)
        return Answer(202)

    def _send_mail(self, body: bytes, **_: Any) -> Answer:
        whole = json.loads(body)
        fields = whole["message"]
        flaw = self._lacks("send") or _flaw(body, fields) or _recipients_flaw(fields)
        if not flaw:
            self._leave(fields)
        return flaw or Answer(202)

    def _leave(self, fields: dict[str, Any]) -> None:
        self.put(Item("outbox" if self.holds_back else "sentitems", fields))
        self.left.append(fields)

    def _find(self, query: dict[str, str], **_: Any) -> Answer:
        wanted = re.fullmatch(
            r"singleValueExtendedProperties/any\(ep: ep/id eq '([^']+)' and ep/value eq '([^']+)'\)", query["$filter"]
        )
        if not wanted:
            return error(400, "ErrorInvalidUrlQueryFilter")
        return self._lacks("read") or _listed(
            [item.seen(name) for name, item in self.items.items() if item.has(*wanted.groups())]
        )

    def _delete(self, name: str, **_: Any) -> Answer:
        if name not in self.items:
            return error(404, "ErrorItemNotFound")
        flaw = self._lacks("write")
        if not flaw:
            item = self.items.pop(name)
            item.folder = "deleteditems"
            self.put(item)
        return flaw or Answer(204)

    def _mime(self, name: str, **_: Any) -> Answer:
        return self._lacks("read") or Answer(200, self.items[name].mime)

    def _folder(self, name: str, **_: Any) -> Answer:
        return self._lacks("read") or Answer(200, {"id": folder_id(name)})

    def _inbox(self, query: dict[str, str], **_: Any) -> Answer:
        items = [(name, item) for name, item in self.items.items() if item.folder == "inbox"]
        items.sort(key=lambda pair: pair[1].made, reverse="desc" in query["$orderby"])
        since = re.match(r"receivedDateTime ge (\S+) and singleValueExtendedProperties/any", query.get("$filter", ""))
        if since:
            moment, reports = datetime.fromisoformat(since[1]), "REPORT.IPM.Note.NDR"
            assert f"'{reports}'" in query["$filter"]
            items = [(name, item) for name, item in items if item.made >= moment and item.kind == reports]
        return self._lacks("read") or _listed([item.seen(name) for name, item in items][: int(query["$top"])])

    def _tips(self, body: bytes, **_: Any) -> Answer:
        question = json.loads(body)
        assert question["MailTipsOptions"] == "automaticReplies"
        tips = [
            {"emailAddress": {"address": each}, "automaticReplies": {"message": self.away.get(each, "")}}
            for each in question["EmailAddresses"]
        ]
        return self._lacks("read") or _listed(tips)

    def _lacks(self, right: str) -> Answer | None:
        return None if right in self.rights else error(403, "ErrorAccessDenied")


def refused(code: str, number: int, status: int = 400) -> Answer:
    """What the login server says when it gives no token."""
    words = f"AADSTS{number}: The app 1b2c-app of tenant 'westberks' with s3cret. Trace ID: 1"
    return Answer(status, {"error": code, "error_description": words, "error_codes": [number]})


def _listed(things: list[Any]) -> Answer:
    return Answer(200, {"value": things})


def _flaw(body: bytes, fields: dict[str, Any]) -> Answer | None:
    headers = fields.get("internetMessageHeaders", [{"name": "x-any"}])
    if len(body) > LARGEST:
        return error(413, "RequestEntityTooLarge")
    if not 1 <= len(headers) <= 5 or not all(each["name"].lower().startswith("x-") for each in headers):
        return error(400, "InvalidInternetMessageHeader")
    return None if set(fields) <= KNOWN_FIELDS else error(400, "RequestBodyRead")


def _recipients_flaw(fields: dict[str, Any]) -> Answer | None:
    return None if fields.get("toRecipients") else error(400, "ErrorInvalidRecipients")
