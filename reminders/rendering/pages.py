"""Pages about mails, for people to look at: packaged templates alone, always escaped."""

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reminders.rendering.templates import packaged_templates


def render_page(name: str, **names: Any) -> str:
    """Return a page of templates/pages as HTML."""
    return _environment().get_template(name).render(names)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(packaged_templates() / "pages"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
