"""What the Exchange Server of the tests keeps: the folders of one mailbox, their items, and how EWS tells of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

FOLDERS = ("sentitems", "outbox", "drafts", "inbox")

# The fields of an item in the order of the schema.
_ORDER = (
    "item:ItemClass",
    "item:Subject",
    "item:DateTimeReceived",
    "item:InReplyTo",
    "item:InternetMessageHeaders",
    "extended",
    "item:TextBody",
    "message:InternetMessageId",
    "message:References",
)


@dataclass
class Item:
    """An item; `fields` by field URI, extended properties by what names them (GUID and name, tag, or header)."""

    id: str
    fields: dict[str, str]
    headers: dict[str, str] = field(default_factory=dict)
    message: etree._Element | None = None


@dataclass
class Mailboxes:
    """One mailbox: what is sent goes to Sent Items, or stays in `waits_in`; what is sent to itself comes in."""

    address: str = "reminders@westberks.example"
    waits_in: str = "sentitems"
    forbidden: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    read_only: bool = False
    away: tuple[str, ...] = ()
    folders: dict[str, list[Item]] = field(default_factory=lambda: {name: [] for name in FOLDERS})

    @property
    def sent(self) -> list[etree._Element]:
        """Every message that was taken, as it was said."""
        kept = (item for name in ("sentitems", "outbox", "drafts") for item in self.folders[name])
        return [item.message for item in kept if item.message is not None]

    @property
    def left(self) -> list[bytes]:
        """The same as the bytes of plain mails."""
        return [_as_mail(message) for message in self.sent]

    def put(self, folder: str, headers: dict[str, str] | None = None, **fields: str) -> None:
        named = {name.replace("_", ":", 1): value for name, value in fields.items()}
        self.folders[folder].append(Item(f"id-{folder}-{len(self.folders[folder])}", named, headers or {}))

    def createitem(self, request) -> str:
        message = request.find(".//{*}Items/{*}Message")
        properties = {
            _name_of(each.find("{*}ExtendedFieldURI")): each.findtext("{*}Value")
            for each in message.iterfind("{*}ExtendedProperty")
        }
        self.folders[self.waits_in].append(Item("id-sent", properties, message=message))
        if message.findtext(".//{*}ToRecipients//{*}EmailAddress") == self.address:
            headers = {name.removeprefix("header:"): value for name, value in properties.items() if "header:" in name}
            arrived = {"message:InternetMessageId": properties["0x1035"], **_kept_on_the_way(properties)}
            self.folders["inbox"].append(Item("id-arrived", arrived, headers))
        return _response("CreateItem", _success("CreateItem", "<m:Items/>"))

    def finditem(self, request) -> str:
        restriction = request.find(".//{*}Restriction")
        wanted = None if restriction is None else restriction[0]
        pages = []
        for folder in request.iterfind(".//{*}ParentFolderIds/{*}DistinguishedFolderId"):
            items = [item for item in self.folders[folder.get("Id")] if _matches(item, wanted)]
            if folder.get("Id") in self.forbidden:
                pages.append(_failure("FindItem", "ErrorAccessDenied"))
            else:
                most = int(request.find(".//{*}IndexedPageItemView").get("MaxEntriesReturned"))
                pages.append(_success("FindItem", _page(items, most, _asked(request))))
        return _response("FindItem", *pages)

    def getitem(self, request) -> str:
        known = {item.id: item for items in self.folders.values() for item in items}
        wanted = [known[each.get("Id")] for each in request.iterfind(".//{*}ItemIds/{*}ItemId")]
        told = [_success("GetItem", f"<m:Items>{_item(item, _asked(request))}</m:Items>") for item in wanted]
        return _response("GetItem", *told)

    def getfolder(self, request) -> str:
        told = []
        for folder in request.iterfind(".//{*}FolderIds/{*}DistinguishedFolderId"):
            if folder.get("Id") in self.forbidden:
                told.append(_failure("GetFolder", "ErrorAccessDenied", "<m:Folders/>"))
            else:
                read = str(folder.get("Id") not in self.unreadable).lower()
                told.append(
                    _success(
                        "GetFolder",
                        f"<m:Folders>{_folder(folder.get('Id'), read, read_only=self.read_only)}</m:Folders>",
                    )
                )
        return _response("GetFolder", *told)

    def getmailtips(self, request) -> str:
        told = []
        for address in request.iterfind(".//{*}Recipients//{*}EmailAddress"):
            words = "I am away until Monday." if address.text.lower() in self.away else ""
            message = f"<t:Message>{words}</t:Message>" if words else ""
            told.append(
                f"""<m:MailTipsResponseMessageType ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
                <m:MailTips><t:RecipientAddress><t:Name/><t:EmailAddress>{address.text.lower()}</t:EmailAddress>
                <t:RoutingType>SMTP</t:RoutingType></t:RecipientAddress><t:PendingMailTips/><t:OutOfOffice>
                <t:ReplyBody>{message}</t:ReplyBody></t:OutOfOffice></m:MailTips></m:MailTipsResponseMessageType>"""
            )
        return (
            '<m:GetMailTipsResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
            f"<m:ResponseMessages>{''.join(told)}</m:ResponseMessages></m:GetMailTipsResponse>"
        )


def _as_mail(message: Any) -> bytes:
    [message_id] = message.xpath(".//*[@PropertyTag='0x1035']/following-sibling::*/text()")
    head = f"Subject: {message.findtext('{*}Subject')}\r\nMessage-ID: {message_id}\r\n\r\n"
    return head.encode() + str(message.findtext("{*}Body")).replace("\n", "\r\n").encode()


def _kept_on_the_way(properties: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in properties.items() if name.startswith("header:")}


def _response(operation: str, *messages: str) -> str:
    told = "".join(messages)
    return f"<m:{operation}Response><m:ResponseMessages>{told}</m:ResponseMessages></m:{operation}Response>"


def _success(operation: str, content: str) -> str:
    name = f"m:{operation}ResponseMessage"
    return f'<{name} ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{content}</{name}>'


def _failure(operation: str, code: str, content: str = "") -> str:
    name = f"m:{operation}ResponseMessage"
    said = f"<m:MessageText>Access is denied.</m:MessageText><m:ResponseCode>{code}</m:ResponseCode>"
    return f'<{name} ResponseClass="Error">{said}<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{content}</{name}>'


def _page(items: list[Item], most: int, asked: set[str]) -> str:
    told = "".join(_item(item, asked - {"item:TextBody", "item:InternetMessageHeaders"}) for item in items[:most])
    shown, last = min(len(items), most), str(len(items) <= most).lower()
    view = f'TotalItemsInView="{len(items)}" IncludesLastItemInRange="{last}" IndexedPagingOffset="{shown}"'
    return f"<m:RootFolder {view}><t:Items>{told}</t:Items></m:RootFolder>"


def _folder(name: str, read: str, *, read_only: bool) -> str:
    others = ("CreateAssociated", "CreateContents", "CreateHierarchy", "Delete", "Modify")
    rights = "".join(f"<t:{right}>{str(not read_only).lower()}</t:{right}>" for right in others)
    rights += f"<t:Read>{read}</t:Read>"
    return f'<t:Folder><t:FolderId Id="f-{name}"/><t:EffectiveRights>{rights}</t:EffectiveRights></t:Folder>'


def _item(item: Item, asked: set[str]) -> str:
    told = "".join(_fields(item, asked))
    return f'<t:Message><t:ItemId Id="{item.id}" ChangeKey="1"/>{told}</t:Message>'


def _fields(item: Item, asked: set[str]) -> Iterator[str]:
    for name in _ORDER:
        if name == "extended":
            yield from (_property(each, value) for each, value in item.fields.items() if each in asked)
        elif name == "item:InternetMessageHeaders" and name in asked and item.headers:
            headers = (
                f'<t:InternetMessageHeader HeaderName="{n}">{v}</t:InternetMessageHeader>'
                for n, v in item.headers.items()
            )
            yield f"<t:InternetMessageHeaders>{''.join(headers)}</t:InternetMessageHeaders>"
        elif name in asked and name in item.fields:
            element = f"t:{name.partition(':')[2]}"
            kind = ' BodyType="Text"' if name == "item:TextBody" else ""
            yield f"<{element}{kind}>{escape(item.fields[name])}</{element}>"


def _property(name: str, value: str) -> str:
    if name.startswith("header:"):
        uri = f'DistinguishedPropertySetId="InternetHeaders" PropertyName="{name.removeprefix("header:")}"'
    elif name.startswith("0x"):
        uri = f'PropertyTag="{name}"'
    elif "/" in name:
        uri = 'PropertySetId="{}" PropertyName="{}"'.format(*name.split("/"))
    else:
        return ""
    said = f'<t:ExtendedFieldURI {uri} PropertyType="String"/><t:Value>{value}</t:Value>'
    return f"<t:ExtendedProperty>{said}</t:ExtendedProperty>"


def _asked(request) -> set[str]:
    return {_name_of(uri) for uri in request.iterfind(".//{*}AdditionalProperties/*")}


def _name_of(uri):
    if uri.get("FieldURI"):
        return uri.get("FieldURI")
    if uri.get("PropertyTag"):
        return uri.get("PropertyTag")
    if uri.get("DistinguishedPropertySetId") == "InternetHeaders":
        return f"header:{uri.get('PropertyName')}"
    return f"{uri.get('PropertySetId')}/{uri.get('PropertyName')}"


def _matches(item: Item, wanted):
    if wanted is None:
        return True
    kind = etree.QName(wanted).localname
    if kind in {"And", "Or"}:
        return (all if kind == "And" else any)(_matches(item, each) for each in wanted)
    held = item.fields.get(_name_of(wanted[0]))
    constant = wanted.find(".//{*}Constant").get("Value")
    if held is None:
        return False
    return {
        "IsEqualTo": held == constant,
        "IsGreaterThanOrEqualTo": held >= constant,
        "Contains": constant.lower() in held.lower(),
    }[kind]
