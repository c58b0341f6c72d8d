"""Mistakes that only show when several settings are seen together."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reminders.settings.model import EwsSettings, GraphSettings, Settings, SmtpSettings, domain_of
from reminders.settings.secret_files import open_to_everyone

_SHORTEST_TOKEN = 16  # characters


@dataclass(frozen=True, slots=True)
class Clash:
    """What is wrong with the setting of a key, seen beside others; pointless where one of those is wrong itself."""

    key: str
    text: str
    beside: tuple[str, ...] = ()


def clashes(settings: Settings) -> Iterator[Clash]:
    """Yield every mistake between settings."""
    if settings.send_until <= settings.send_at:
        text = f"read '{settings.send_until:%H:%M}'; write a time after send_at, which is {settings.send_at:%H:%M}"
        yield Clash("send_until", text, ("send_at",))
    yield from _token(settings.status.token)
    yield from _off_the_allow_list(settings)
    yield from _transport(settings)
    yield from _files(settings)


def _token(token: str | None) -> Iterator[Clash]:
    if token is not None and len(token) < _SHORTEST_TOKEN:
        text = f"{len(token)} characters can be guessed; write at least {_SHORTEST_TOKEN}, as openssl rand -hex 24 does"
        yield Clash("status.token_file", text)


_DECIDE_DOMAINS = ("allow_domains", "mail.from", "business_manager.email", "ops.email")


def _off_the_allow_list(settings: Settings) -> Iterator[Clash]:
    allowed = settings.allowed_domains
    addresses = [("business_manager.email", settings.business_manager.email), ("ops.email", settings.ops.email)]
    addresses += [("business_manager.also", address) for address in settings.business_manager.also]
    addresses += [("mail.redirect_to", settings.mail.redirect_to)] if settings.mail.redirect_to else []
    for key, address in addresses:
        if domain_of(address) not in allowed:
            listed = ", ".join(sorted(allowed))
            text = f"read '{address}', and mail goes to {listed} only; add {domain_of(address)} to allow_domains"
            yield Clash(key, text, _DECIDE_DOMAINS)


def _transport(settings: Settings) -> Iterator[Clash]:
    mail = settings.mail
    if mail.transport == "smtp":
        yield from _smtp(mail.smtp)
    if mail.transport == "ews":
        yield from _ews(mail.ews)
    if mail.transport == "graph":
        yield from _graph(mail.graph)


def _smtp(smtp: SmtpSettings) -> Iterator[Clash]:
    yield from _left_out("mail.smtp", {"host": smtp.host})
    if smtp.username or smtp.password:
        yield from _left_out("mail.smtp", {"username": smtp.username, "password_file": smtp.password})


def _ews(ews: EwsSettings) -> Iterator[Clash]:
    yield from _left_out("mail.ews", {"url": ews.url, "mailbox": ews.mailbox})
    if ews.auth != "oauth":
        needed = {"username": ews.username, "password_file": ews.password}
    elif ews.certificate_file is None:
        needed = {"client_id": ews.client_id, "tenant": ews.tenant, "client_secret_file": ews.client_secret}
    else:
        needed = {"client_id": ews.client_id, "tenant": ews.tenant}
    yield from _left_out("mail.ews", needed, ("mail.ews.auth", "mail.ews.certificate_file"))


def _graph(graph: GraphSettings) -> Iterator[Clash]:
    yield from _left_out("mail.graph", {"tenant": graph.tenant, "client_id": graph.client_id, "mailbox": graph.mailbox})
    if graph.certificate_file is None:
        yield from _left_out(
            "mail.graph", {"client_secret_file": graph.client_secret}, ("mail.graph.certificate_file",)
        )


def _left_out(section: str, needed: dict[str, str | None], beside: tuple[str, ...] = ()) -> Iterator[Clash]:
    transport = section.rpartition(".")[2]
    for name, value in needed.items():
        if value is None:
            yield Clash(
                f"{section}.{name}",
                f"left out, and transport {transport} needs it; write it here",
                ("mail.transport", *beside),
            )


def _files(settings: Settings) -> Iterator[Clash]:
    mail = settings.mail
    for key, path in (("mail.smtp.ca_file", mail.smtp.ca_file), ("mail.ews.ca_file", mail.ews.ca_file)):
        if path is not None and not os.access(path, os.R_OK):
            yield Clash(key, f"cannot read {path}; write the path of a file of certificates")
    if settings.templates_dir is not None and not os.path.isdir(settings.templates_dir):  # noqa: PTH112 - Path.is_dir raises where it may not look
        yield Clash("templates_dir", f"{settings.templates_dir} is no folder; write the path of one, or null")
    yield from _certificate("mail.ews.certificate_file", mail.ews.certificate_file)
    yield from _certificate("mail.graph.certificate_file", mail.graph.certificate_file)


def _certificate(key: str, path: Path | None) -> Iterator[Clash]:
    if path is None:
        return
    if not os.access(path, os.R_OK):
        yield Clash(key, f"cannot read {path}; write the path of a file with certificate and key")
    elif open_to_everyone(path, path.stat().st_mode):
        yield Clash(key, f"everyone on this machine may read {path}, which holds a key; chmod it to 0400")
