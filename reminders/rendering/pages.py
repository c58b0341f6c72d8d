"""Pages about mails, for people to look at: packaged templates alone, always escaped."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reminders.core.message import Attachment
from reminders.rendering.templates import packaged_templates

_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """A finished mail as its reader's program opens it; header values are decoded."""

    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    files: tuple[Attachment, ...]


def open_mail(mime: bytes) -> OpenedMail:
    """Return what stands in a mail that `rendering` made."""
    mail = message_from_bytes(mime, policy=policy.default)
    files = (
        Attachment(str(part.get_filename()), part.get_content_type(), part.get_content())
        for part in mail.iter_attachments()
    )
    bodies = (mail.get_body((kind,)) for kind in ("plain", "html"))
    text, html = (body.get_content().replace("\r\n", "\n") if body else "" for body in bodies)
    return OpenedMail(
        str(mail["Subject"]), tuple((name, str(value)) for name, value in mail.items()), text, html, tuple(files)
    )


def in_colours(html: str, dark: bool) -> str:  # noqa: FBT001 - a filter of the pages
    """Return a mail as it looks to who prefers dark colours, or to who does not, whatever the reader prefers."""
    return _DARK.sub(_ALWAYS if dark else _NEVER, html)


def render_page(name: str, **names: Any) -> str:
    """Return a page of templates/pages as HTML."""
    return _environment().get_template(name).render(names)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(packaged_templates() / "pages"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["in_colours"] = in_colours
    return environment
