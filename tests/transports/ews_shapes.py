"""The shape of what is said in EWS, as far as we speak it: which elements stand in which, and in which order.

Exchange refuses a request that its schema does not know (ErrorSchemaValidation). This is the part of that schema
which the tests meet, in words of our own. An element that is not named here may hold anything.
"""

from collections.abc import Iterator

from lxml import etree

_RESPONSE = "MessageText ResponseCode DescriptiveLinkKey MessageXml"
_ADDRESS = "Name EmailAddress RoutingType MailboxType ItemId OriginalDisplayName"

_CHILDREN = {
    name: tuple(children.split())
    for name, children in {
        "Envelope": "Header Body",
        "Header": "RequestServerVersion ServerVersionInfo ExchangeImpersonation TimeZoneContext",
        "CreateItem": "SavedItemFolderId Items",
        "SavedItemFolderId": "FolderId DistinguishedFolderId",
        "DistinguishedFolderId": "Mailbox",
        "Mailbox": _ADDRESS,
        "SendingAs": _ADDRESS,
        "RecipientAddress": _ADDRESS,
        "Message": (
            "MimeContent ItemId ParentFolderId ItemClass Subject Sensitivity Body Attachments DateTimeReceived Size "
            "Categories Importance InReplyTo IsSubmitted IsDraft IsFromMe IsResend IsUnmodified "
            "InternetMessageHeaders DateTimeSent DateTimeCreated ResponseObjects ReminderDueBy ReminderIsSet "
            "ReminderMinutesBeforeStart DisplayCc DisplayTo HasAttachments ExtendedProperty Culture EffectiveRights "
            "LastModifiedName LastModifiedTime IsAssociated WebClientReadFormQueryString "
            "WebClientEditFormQueryString ConversationId UniqueBody Flag StoreEntryId InstanceKey NormalizedBody "
            "EntityExtractionResult PolicyTag ArchiveTag RetentionDate Preview RightsManagementLicenseData "
            "PredictedActionReasons IsClutter BlockStatus HasBlockedImages TextBody IconIndex Sender ToRecipients "
            "CcRecipients BccRecipients IsReadReceiptRequested IsDeliveryReceiptRequested ConversationIndex "
            "ConversationTopic From InternetMessageId IsRead IsResponseRequested References ReplyTo ReceivedBy "
            "ReceivedRepresenting"
        ),
        "Attachments": "ItemAttachment FileAttachment ReferenceAttachment",
        "FileAttachment": (
            "AttachmentId Name ContentType ContentId ContentLocation Size LastModifiedTime IsInline IsContactPhoto "
            "Content"
        ),
        "InternetMessageHeaders": "InternetMessageHeader",
        "ExtendedProperty": "ExtendedFieldURI Value Values",
        "ToRecipients": "Mailbox",
        "ReplyTo": "Mailbox",
        "From": "Mailbox",
        "FindItem": "ItemShape IndexedPageItemView GroupBy Restriction SortOrder ParentFolderIds QueryString",
        "ItemShape": "BaseShape IncludeMimeContent BodyType AdditionalProperties",
        "SortOrder": "FieldOrder",
        "ParentFolderIds": "FolderId DistinguishedFolderId",
        "IsEqualTo": "FieldURI ExtendedFieldURI FieldURIOrConstant",
        "IsGreaterThanOrEqualTo": "FieldURI ExtendedFieldURI FieldURIOrConstant",
        "Contains": "FieldURI ExtendedFieldURI Constant",
        "GetItem": "ItemShape ItemIds",
        "GetFolder": "FolderShape FolderIds",
        "FolderShape": "BaseShape AdditionalProperties",
        "GetMailTips": "SendingAs Recipients MailTipsRequested",
        "Recipients": "Mailbox",
        "GetMailTipsResponse": f"{_RESPONSE} ResponseMessages",
        "MailTipsResponseMessageType": f"{_RESPONSE} MailTips",
        "MailTips": "RecipientAddress PendingMailTips OutOfOffice MailboxFull",
        "OutOfOffice": "ReplyBody Duration",
        "CreateItemResponse": "ResponseMessages",
        "FindItemResponse": "ResponseMessages",
        "GetItemResponse": "ResponseMessages",
        "GetFolderResponse": "ResponseMessages",
        "CreateItemResponseMessage": f"{_RESPONSE} Items",
        "FindItemResponseMessage": f"{_RESPONSE} RootFolder",
        "GetItemResponseMessage": f"{_RESPONSE} Items",
        "GetFolderResponseMessage": f"{_RESPONSE} Folders",
        "RootFolder": "Items Groups",
        "Folder": "FolderId ParentFolderId FolderClass DisplayName TotalCount EffectiveRights PermissionSet",
        "EffectiveRights": ("CreateAssociated CreateContents CreateHierarchy Delete Modify Read ViewPrivateItems"),
    }.items()
}
_NEEDED = {
    "CreateItem": {"Items"},
    "FindItem": {"ItemShape", "ParentFolderIds"},
    "GetFolder": {"FolderShape", "FolderIds"},
    "GetItem": {"ItemShape", "ItemIds"},
    "GetMailTips": {"SendingAs", "Recipients", "MailTipsRequested"},
}


def judge(envelope: etree._Element) -> Iterator[str]:
    """Yield what is wrong with the shape of an envelope."""
    for element in envelope.iter(etree.Element):
        name = etree.QName(element).localname
        if name in _CHILDREN and not _is_text(element):
            yield from _misplaced(name, element)


def _is_text(element: etree._Element) -> bool:
    """The words of a fault and of an out-of-office reply are called Message too."""
    above = element.getparent()
    return above is not None and etree.QName(above).localname in {"detail", "ReplyBody"}


def _misplaced(name: str, element: etree._Element) -> Iterator[str]:
    children = [etree.QName(child).localname for child in element]
    allowed = _CHILDREN[name]
    if any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
        yield f"{name} holds bare text"
    unknown = [child for child in children if child not in allowed]
    if unknown:
        yield f"{name} holds {unknown[0]}"
        return
    places = [allowed.index(child) for child in children]
    if places != sorted(places):
        yield f"{name} holds its elements in the wrong order: {children}"
    missing = _NEEDED.get(name, set()) - set(children)
    if missing:
        yield f"{name} lacks {min(missing)}"
