"""Settings -> a live Service, a rehearsal's Service, a page; the only module that names makers."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from reminders.bank_holidays import bank_holidays
from reminders.clock import Clock
from reminders.core.directory import Directory
from reminders.core.faults import Fault, calendars_unwritten, mail_undrawn, template_failed
from reminders.core.message import Mailbox
from reminders.core.notices import Address
from reminders.core.plan import Plan
from reminders.core.policy import Audience, Override, Policy
from reminders.core.timeframe import DateReading
from reminders.core.workdays import WorkingDays
from reminders.ledger.base import Ledger
from reminders.ledger.opening import open_ledger
from reminders.rehearsal import Nowhere, RehearsedMail, SetClock, rehearse
from reminders.service.sending import Way
from reminders.service.tick import Service
from reminders.service.values import DirectoryLook, Draw, Letter, Notice, PlanLook, Rules, TickResult
from reminders.settings import Settings
from reminders.sources import files
from reminders.sources.base import MayPass, Unreadable
from reminders.status.values import AfterTick
from reminders.transports.base import ReadableMailbox, Transport
from reminders.transports.measured import Measured

if TYPE_CHECKING:
    from reminders.transports.ews import EwsSettings
    from reminders.transports.graph import GraphSettings
    from reminders.transports.smtp import SmtpSettings

RELEASED = date(2026, 11, 23)  # no clock is right that says an earlier day
_PER_MINUTE = {"ews": 20, "graph": 20}


def rules_of(settings: Settings, *, judge_clock: bool) -> Rules:
    """Return everything a tick goes by, as values."""
    manager, domains = settings.business_manager, settings.allowed_domains
    readers = [Address("business-manager", manager.name, manager.email)]
    readers += [
        Address(f"business-manager-{number}", manager.name, each) for number, each in enumerate(manager.also, 2)
    ]
    return Rules(
        board=settings.board,
        audience=audience_of(settings),
        zone=ZoneInfo(settings.timezone),
        policy=policy_of(settings),
        allowed=lambda address: address.rpartition("@")[2].lower() in domains,
        managers=tuple(readers),
        ops=Address("ops", "Operations", settings.ops.email),
        date_reading=date_reading_of(settings),
        redirect_to=settings.mail.redirect_to,
        hold_changes=settings.on_plan_change == "hold",
        on_uncertain=settings.on_uncertain,
        paused=settings.mode == "paused",
        seconds_per_mail=_seconds_per_mail(settings),
        mailbox=_mailbox(settings),
        released=RELEASED if judge_clock else None,
    )


def audience_of(settings: Settings) -> Audience:
    """Return whether mails reach real mailboxes: not from the folder, nor when all go to one address."""
    trial = settings.mail.transport == "folder" or settings.mail.redirect_to is not None
    return Audience.TRIAL if trial else Audience.LIVE


def policy_of(settings: Settings) -> Policy:
    """Return the board's policy."""
    days = settings.working_days
    overrides = settings.overrides
    return Policy(
        working_days=WorkingDays(bank_holidays(days.country, days.subdivision) | frozenset(days.closures)),
        offsets=settings.offsets,
        catch_up=settings.catch_up,
        due_by_working_day=settings.due_by == "working_day",
        send_at=settings.send_at,
        send_until=settings.send_until,
        digest_day=settings.digest.day,
        digest_at=settings.digest.at,
        completion_words=settings.completion_words,
        status_key=MappingProxyType(dict(settings.plan_reading.status_key)),
        theme_overrides={key: Override(each.offsets, each.pause_until) for key, each in overrides.themes.items()},
        action_overrides={key: Override(each.offsets, each.pause_until) for key, each in overrides.actions.items()},
        max_mails_per_run=settings.max_mails_per_run,
        plan_max_age=settings.plan_max_age,
    )


def date_reading_of(settings: Settings) -> DateReading:
    """Return what the settings declare about the plan's dates."""
    declared = settings.plan_reading
    return DateReading(declared.date, declared.period, declared.quarters, MappingProxyType(dict(declared.terms)))


def _seconds_per_mail(settings: Settings) -> float | None:
    if settings.mail.transport == "folder":
        return None
    rate = settings.mail.rate_per_minute or _PER_MINUTE.get(settings.mail.transport)
    return 60 / rate if rate else None


def _mailbox(settings: Settings) -> str:
    mail = settings.mail
    own = {"ews": mail.ews.mailbox, "graph": mail.graph.mailbox}.get(mail.transport)
    return (own or mail.from_address).casefold()


def ledger_url(settings: Settings) -> str | None:
    """Return the ledger's URL with the password, which the settings keep apart from it; None for SQLite."""
    url, password = settings.ledger.url, settings.ledger.password
    if url is None or password is None:
        return url
    scheme, _, rest = url.partition("://")
    user, _, host = rest.rpartition("@")
    return f"{scheme}://{user}:{quote(password, safe='')}@{host}"


def outbox_of(settings: Settings) -> Path:
    """Return the folder transport's folder."""
    return settings.mail.folder.path or settings.state_dir / "outbox"


def transport_of(settings: Settings) -> Transport:
    """Return the way out the settings name; a foreign mail library is imported only when it is chosen."""
    match settings.mail.transport:
        case "folder":
            from reminders.transports.folder import FolderTransport

            return FolderTransport(outbox_of(settings))
        case "smtp":
            from reminders.transports.smtp import SmtpTransport

            return SmtpTransport(_smtp_settings(settings))
        case "ews":
            from reminders.transports.ews import EwsTransport

            return EwsTransport(_ews_settings(settings))
        case "graph":
            from reminders.transports.graph import GraphTransport

            return GraphTransport(_graph_settings(settings))


def mailbox_of(transport: Transport) -> ReadableMailbox | None:
    """Return the mailbox a transport can also read, or None."""
    return transport if isinstance(transport, ReadableMailbox) else None


def _smtp_settings(settings: Settings) -> "SmtpSettings":
    from reminders.transports.smtp import SmtpSettings

    smtp = settings.mail.smtp
    usual = {"starttls": 587, "implicit": 465, "none": 25}[smtp.tls]
    return SmtpSettings(
        host=smtp.host or "",
        port=smtp.port or usual,
        tls=smtp.tls,
        username=smtp.username,
        password=smtp.password,
        ca_file=smtp.ca_file,
        timeout=smtp.timeout,
    )


def _every_file(sha256: str) -> bool:  # noqa: ARG001 - whatever it holds
    return True


def _ews_settings(settings: Settings) -> "EwsSettings":
    from reminders.transports.ews import EwsSettings

    ews = settings.mail.ews
    return EwsSettings(
        url=ews.url or "",
        mailbox=ews.mailbox or "",
        auth=ews.auth,
        username=ews.username or "",
        password=ews.password or "",
        client_id=ews.client_id or "",
        tenant=ews.tenant or "",
        client_secret=ews.client_secret,
        certificate=ews.certificate_file,
        ca_file=ews.ca_file,
        timeout=ews.timeout,
    )


def _graph_settings(settings: Settings) -> "GraphSettings":
    from reminders.transports.graph import GraphSettings

    graph = settings.mail.graph
    return GraphSettings(
        tenant=graph.tenant or "",
        client_id=graph.client_id or "",
        mailbox=graph.mailbox or "",
        client_secret=graph.client_secret,
        certificate_file=graph.certificate_file,
        timeout=graph.timeout,
    )


def look_at_plan(
    path: Path, whole: files.Bytes = files.read_bytes, known: Callable[[str], bool] = _every_file
) -> Callable[[], PlanLook]:
    """Return how to look at the plan's file; bytes seen before, or known to the ledger, need no second look.

    Without `whole` and `known` one look is enough, as it is for a command that changes nothing.
    """
    seen: dict[str, PlanLook] = {}

    def look() -> PlanLook:
        try:
            data = files.read_bytes(path)
            if files.sha256(data) not in seen and not known(files.sha256(data)):
                data = whole(path)
        except Unreadable as unreadable:
            return PlanLook(path.name, mistakes=unreadable.mistakes, passing=isinstance(unreadable, MayPass))
        return _remembered(seen, path, data)

    return look


def _remembered(seen: dict[str, PlanLook], path: Path, data: bytes) -> PlanLook:
    sha256 = files.sha256(data)
    if sha256 not in seen:
        seen.clear()
        try:
            seen[sha256] = PlanLook(path.name, sha256, files.read_plan(path, lambda _: data)[1])
        except Unreadable as unreadable:
            passing = isinstance(unreadable, MayPass)
            seen[sha256] = PlanLook(path.name, sha256, mistakes=unreadable.mistakes, passing=passing)
    return seen[sha256]


def look_at_directory(
    path: Path, whole: files.Bytes = files.read_bytes, known: Callable[[str], bool] = _every_file
) -> Callable[[], DirectoryLook]:
    """Return how to look at the lead directory's file, as `look_at_plan` does at the plan's."""
    seen: dict[bytes, DirectoryLook] = {}

    def look() -> DirectoryLook:
        try:
            data = files.read_bytes(path)
            if data not in seen and not known(files.sha256(data)):
                data = whole(path)
        except Unreadable as unreadable:
            return DirectoryLook(path.name, mistakes=unreadable.mistakes, passing=isinstance(unreadable, MayPass))
        if data not in seen:
            seen.clear()
            seen[data] = _directory_look(path, data)
        return seen[data]

    return look


def _directory_look(path: Path, data: bytes) -> DirectoryLook:
    try:
        return DirectoryLook(path.name, *files.read_directory_file(path, lambda _: data))
    except Unreadable as unreadable:
        return DirectoryLook(path.name, files.sha256(data), mistakes=unreadable.mistakes)


def drawer_of(settings: Settings) -> Draw:
    """Return how a notice becomes a letter; the templates are loaded when the first one is drawn."""

    @cache
    def renderer() -> Any:
        return _renderer_of(settings)

    def draw(notice: Notice, at: datetime) -> Letter | Fault:
        from reminders.rendering import TemplateFault

        try:
            drawn = renderer().render(notice, at)
        except TemplateFault as fault:
            return template_failed(fault.name, str(fault), replaced=False)
        except OSError as error:  # the spreadsheet's frame is a file
            return mail_undrawn(notice.kind, error.strerror or type(error).__name__)
        replaced = tuple(template_failed(each.name, str(each), replaced=True) for each in drawn.faults)
        return Letter(drawn.message.subject, drawn.message_id, drawn.finished, replaced)

    return draw


def template_faults(settings: Settings) -> tuple[Fault, ...]:
    """Try the templates on samples of every kind of mail, and name each that fails."""
    return tuple(template_failed(each.name, str(each), replaced=True) for each in _renderer_of(settings).check())


def _renderer_of(settings: Settings) -> Any:
    from reminders.rendering import Branding, Renderer, Sending

    mail, branding = settings.mail, settings.branding
    manager = settings.business_manager
    reply_to = Mailbox(manager.name, mail.reply_to or manager.email)
    return Renderer(
        Branding(branding.name or settings.board, branding.colour, branding.signature),
        Sending(Mailbox(mail.from_name, mail.from_address), reply_to, mail.redirect_to),
        settings.timezone,
        settings.templates_dir,
    )


@dataclass(frozen=True, slots=True)
class Running:
    """What a service runs with besides its settings: its clock, its patience and its signs of life."""

    clock: Clock
    wait: Callable[[float], bool]
    beat: Callable[[], None] = lambda: None
    judge_clock: bool = True
    took: Callable[[float], None] = lambda _: None  # hears how many seconds each send took


def build_service(settings: Settings, ledger: Ledger, running: Running) -> Service:
    """Return the service of one board."""
    transport = transport_of(settings)
    measured = Measured(transport, running.took)
    way = Way(measured, running.clock, running.wait, running.beat, random.random, mailbox_of(transport))
    whole = files.whole((settings.plan, settings.directory), running.wait)
    return Service(
        rules=rules_of(settings, judge_clock=running.judge_clock),
        ledger=ledger,
        way=way,
        look_at_plan=look_at_plan(settings.plan, whole, _known_to(ledger, "plan")),
        look_at_directory=look_at_directory(settings.directory, whole, _known_to(ledger, "directory")),
        draw=drawer_of(settings),
        publish=_calendars_of(settings),
    )


def _calendars_of(settings: Settings) -> Callable[[Plan, Directory, datetime], tuple[Fault, ...]]:
    folder, zone, policy = settings.calendars.path, ZoneInfo(settings.timezone), policy_of(settings)

    def publish(plan: Plan, directory: Directory, now: datetime) -> tuple[Fault, ...]:
        if folder is None:
            return ()
        from reminders.rendering.calendar import draw_up_calendars
        from reminders.rendering.calendar_files import write_calendars

        today = now.astimezone(zone).date()
        try:
            write_calendars(draw_up_calendars(plan, directory, policy, board=settings.board, today=today), folder, now)
        except OSError as error:
            return (calendars_unwritten(str(folder), error.strerror or type(error).__name__),)
        return ()

    return publish


def _known_to(ledger: Ledger, kind: str) -> Callable[[str], bool]:
    def known(sha256: str) -> bool:
        good = ledger.good_reading(kind)
        return good is not None and good.sha256 == sha256

    return known


def build_rehearsal(settings: Settings, ledger: Ledger, since: date) -> Callable[[SetClock], Service]:
    """Return how to build a service that sends nothing, on a scratch ledger, for a rehearsal from `since` on."""
    draw = drawer_of(settings)

    def build(clock: SetClock) -> Service:
        rules = replace(rules_of(settings, judge_clock=False), since=since, seconds_per_mail=None, paused=False)
        way = Way(Nowhere(), clock, lambda _: False, lambda: None, lambda: 0.0, quiet=True)
        look = cache(look_at_plan(settings.plan))
        return Service(rules, ledger, way, look, cache(look_at_directory(settings.directory)), draw)

    return build


def page_of(settings: Settings) -> Callable[[Service, TickResult, datetime | None], AfterTick]:
    """Return how a tick's result, and when the next mail is due after it, become what the status pages show."""
    draw = drawer_of(settings)

    def show(service: Service, result: TickResult, next_mail: datetime | None) -> AfterTick:
        return AfterTick(service, result, next_mail, settings.tick, partial(_rehearse, settings), draw)

    return show


def _rehearse(
    settings: Settings, plan: PlanLook | None, directory: DirectoryLook, first: date, last: date
) -> tuple[RehearsedMail, ...]:
    ledger = open_ledger(Path(), None, board=settings.board, lock=False, scratch=True)

    def build(clock: SetClock) -> Service:
        service = replace(build_rehearsal(settings, ledger, first)(clock), look_at_directory=lambda: directory)
        return replace(service, look_at_plan=lambda: plan) if plan else service

    try:
        return tuple(rehearse(build, first, last))
    finally:
        ledger.close()
