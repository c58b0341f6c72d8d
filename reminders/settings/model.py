"""The settings of a board: one table of keys, kinds and defaults.

config/reminders.yaml holds the same keys with a line of meaning beside each; a test compares the two.
"""
# ruff: noqa: RUF009 - setting, section and secret stand for dataclasses.field, with the table's words beside it

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Literal

from reminders.settings.kinds import Kind, choice, list_of, mapping_of, optional
from reminders.settings.table import kind_of, secret, section, setting
from reminders.settings.values import (
    ADDRESS,
    CLOSURES,
    COLOUR,
    COUNTRY,
    DATE,
    DOMAIN,
    HOST,
    LEDGER_URL,
    LINE,
    LISTEN,
    OFFSETS,
    PARAGRAPH,
    PATH,
    PERIOD,
    PORT,
    SENDER_NAME,
    SUBDIVISION,
    TIME,
    WEB_URL,
    WEEKDAY,
    YES_OR_NO,
    ZONE,
    Listen,
    seconds,
    whole,
)

_Day = date  # a table below has a setting of that name
_TIMEOUT = seconds(0.1, 300, "a number of seconds from 0.1 to 300")
_TICK = seconds(1, 86_400, "a number of seconds, at least 1")


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Where the ledger lies: SQLite in the state folder unless a URL names a PostgreSQL database."""

    url: str | None = setting(optional(LEDGER_URL), None)
    run_migrations: bool = setting(YES_OR_NO, default=True)
    password: str | None = secret()


@dataclass(frozen=True, slots=True)
class ManagerSettings:
    """Who gets the digest and the questions; `also` are further addresses."""

    name: str = setting(LINE, "Business manager")
    email: str = setting(ADDRESS, "business.manager@westberks.example")
    also: tuple[str, ...] = setting(list_of(ADDRESS, "[chair@westberks.example]"), ())


@dataclass(frozen=True, slots=True)
class OpsSettings:
    """Who hears of faults."""

    email: str = setting(ADDRESS, "ops@westberks.example")


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """When the digest is owed; Monday is 0."""

    day: int = setting(WEEKDAY, 0)
    at: time = setting(TIME, time(8))


@dataclass(frozen=True, slots=True)
class WorkingDaysSettings:
    """Whose bank holidays count, and the days on which the offices are closed besides."""

    country: str = setting(COUNTRY, "GB")
    subdivision: str | None = setting(optional(SUBDIVISION), "ENG")
    closures: tuple[date, ...] = setting(CLOSURES, ())


@dataclass(frozen=True, slots=True)
class Override:
    """What a theme or an action has of its own; offsets None: those of the board, (): no reminders."""

    offsets: tuple[int, ...] | None = setting(optional(OFFSETS), None)
    pause_until: date | None = setting(optional(DATE), None)


_QUARTERS: Kind[Literal["financial", "calendar"]] = choice("financial", "calendar")
_OVERRIDES = mapping_of(kind_of(Override), '{"2.3": {offsets: [-7, 0]}}')


@dataclass(frozen=True, slots=True)
class Overrides:
    """Overrides by the number of a theme and by the ref of an action."""

    themes: Mapping[str, Override] = setting(_OVERRIDES, {})
    actions: Mapping[str, Override] = setting(_OVERRIDES, {})


@dataclass(frozen=True, slots=True)
class PlanReadingSettings:
    """What closes doubts about a plan's dates and colours."""

    date: _Day | None = setting(optional(DATE), None)
    period: tuple[_Day, _Day] | None = setting(optional(PERIOD), None)
    quarters: Literal["financial", "calendar"] | None = setting(optional(_QUARTERS), None)
    terms: Mapping[str, _Day] = setting(mapping_of(DATE, "{spring term 2015: 2015-03-27}"), {})
    status_key: Mapping[str, str] = setting(mapping_of(LINE, "{blue: complete}"), {})


@dataclass(frozen=True, slots=True)
class Branding:
    """How the mails look; name None: the board's."""

    name: str | None = setting(optional(LINE), None)
    colour: str = setting(COLOUR, "#17406d")
    signature: str | None = setting(optional(PARAGRAPH), None)


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """The folder transport; path None: outbox in the state folder."""

    path: Path | None = setting(optional(PATH), None)


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The SMTP transport; port None: the usual one of `tls`."""

    host: str | None = setting(optional(HOST), None)
    port: int | None = setting(optional(PORT), None)
    tls: Literal["starttls", "implicit", "none"] = setting(choice("starttls", "implicit", "none"), "starttls")
    ca_file: Path | None = setting(optional(PATH), None)
    username: str | None = setting(optional(LINE), None)
    password: str | None = secret()
    timeout: float = setting(_TIMEOUT, 30.0)


@dataclass(frozen=True, slots=True)
class EwsSettings:
    """The transport of an Exchange Server on the premises."""

    url: str | None = setting(optional(WEB_URL), None)
    mailbox: str | None = setting(optional(ADDRESS), None)
    auth: Literal["ntlm", "basic", "oauth"] = setting(choice("ntlm", "basic", "oauth"), "ntlm")
    username: str | None = setting(optional(LINE), None)
    password: str | None = secret()
    client_id: str | None = setting(optional(LINE), None)
    tenant: str | None = setting(optional(LINE), None)
    client_secret: str | None = secret()
    certificate_file: Path | None = setting(optional(PATH), None)
    ca_file: Path | None = setting(optional(PATH), None)
    timeout: float = setting(_TIMEOUT, 30.0)


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """The transport of Microsoft 365."""

    tenant: str | None = setting(optional(LINE), None)
    client_id: str | None = setting(optional(LINE), None)
    mailbox: str | None = setting(optional(ADDRESS), None)
    client_secret: str | None = secret()
    certificate_file: Path | None = setting(optional(PATH), None)
    timeout: float = setting(_TIMEOUT, 30.0)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Who the mails are from, and the way they leave."""

    from_address: str = setting(ADDRESS, "reminders@westberks.example", key="from")
    from_name: str = setting(SENDER_NAME, "LSCB plan reminders")
    reply_to: str | None = setting(optional(ADDRESS), None)
    transport: Literal["folder", "smtp", "ews", "graph"] = setting(choice("folder", "smtp", "ews", "graph"), "folder")
    redirect_to: str | None = setting(optional(ADDRESS), None)
    rate_per_minute: int | None = setting(optional(whole(1, 6000)), None)
    folder: FolderSettings = section(FolderSettings)
    smtp: SmtpSettings = section(SmtpSettings)
    ews: EwsSettings = section(EwsSettings)
    graph: GraphSettings = section(GraphSettings)


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """Calendar files of deadlines, to subscribe to; path None: none are written."""

    path: Path | None = setting(optional(PATH), None)


@dataclass(frozen=True, slots=True)
class StatusSettings:
    """Where the status page listens; an address nobody set may be replaced when it is taken."""

    address: Listen = setting(LISTEN, Listen("127.0.0.1", 8080))
    token: str | None = secret()
    set_by_person: bool = False

    @property
    def host(self) -> str:
        return self.address.host

    @property
    def port(self) -> int:
        return self.address.port


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is logged, and how; format auto: json where stdout is no terminal."""

    level: Literal["debug", "info", "warning", "error"] = setting(choice("debug", "info", "warning", "error"), "info")
    format: Literal["auto", "json", "text"] = setting(choice("auto", "json", "text"), "auto")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a board can set; paths are absolute once they are loaded."""

    board: str = setting(LINE, "West Berkshire Local Safeguarding Children Board")
    plan: Path = setting(PATH, Path("plan.yaml"))
    directory: Path = setting(PATH, Path("directory.yaml"))
    state_dir: Path = setting(PATH, Path("../state"))
    ledger: LedgerSettings = section(LedgerSettings)
    mode: Literal["live", "paused"] = setting(choice("live", "paused"), "live")
    business_manager: ManagerSettings = section(ManagerSettings)
    ops: OpsSettings = section(OpsSettings)
    timezone: str = setting(ZONE, "Europe/London")
    send_at: time = setting(TIME, time(8))
    send_until: time = setting(TIME, time(18))
    digest: DigestSettings = section(DigestSettings)
    offsets: tuple[int, ...] = setting(OFFSETS, (-28, -14, -7, 0, 7, 14, 28))
    catch_up: int = setting(whole(0, 365), 14)
    due_by: Literal["working_day", "calendar"] = setting(choice("working_day", "calendar"), "working_day")
    working_days: WorkingDaysSettings = section(WorkingDaysSettings)
    completion_words: tuple[str, ...] = setting(
        list_of(LINE, "[complete, done]", least=1), ("complete", "completed", "done", "closed")
    )
    overrides: Overrides = section(Overrides)
    plan_reading: PlanReadingSettings = section(PlanReadingSettings)
    on_plan_change: Literal["hold", "accept"] = setting(choice("hold", "accept"), "hold")
    plan_max_age: int = setting(whole(0, 365), 7)
    allow_domains: tuple[str, ...] = setting(list_of(DOMAIN, "[westberks.example]"), ())
    max_mails_per_run: int = setting(whole(1, 10_000), 50)
    on_uncertain: Literal["resend", "hold"] = setting(choice("resend", "hold"), "resend")
    tick: float = setting(_TICK, 60.0)
    templates_dir: Path | None = setting(optional(PATH), None)
    branding: Branding = section(Branding)
    mail: MailSettings = section(MailSettings)
    calendars: CalendarSettings = section(CalendarSettings)
    status: StatusSettings = section(StatusSettings)
    heartbeat_url: str | None = setting(optional(WEB_URL), None)
    log: LogSettings = section(LogSettings)

    @property
    def allowed_domains(self) -> frozenset[str]:
        """Return the domains mail may go to, in lower case."""
        own = (self.mail.from_address, self.business_manager.email, self.ops.email)
        return frozenset(self.allow_domains or map(domain_of, own))


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()
