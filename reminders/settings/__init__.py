"""reminders.yaml + REMINDERS_* + secret files -> Settings; every mistake in one report, with file, line and key."""

from reminders.settings.checks import Clash
from reminders.settings.environment import environment_names
from reminders.settings.loading import SettingsError, boards, load_settings, settings_in_force
from reminders.settings.model import (
    Branding,
    DigestSettings,
    EwsSettings,
    FolderSettings,
    GraphSettings,
    LedgerSettings,
    LogSettings,
    MailSettings,
    ManagerSettings,
    OpsSettings,
    Override,
    Overrides,
    PlanReadingSettings,
    Settings,
    SmtpSettings,
    StatusSettings,
    WorkingDaysSettings,
)
from reminders.settings.values import Listen, is_address

__all__ = [
    "Branding",
    "Clash",
    "DigestSettings",
    "EwsSettings",
    "FolderSettings",
    "GraphSettings",
    "LedgerSettings",
    "Listen",
    "LogSettings",
    "MailSettings",
    "ManagerSettings",
    "OpsSettings",
    "Override",
    "Overrides",
    "PlanReadingSettings",
    "Settings",
    "SettingsError",
    "SmtpSettings",
    "StatusSettings",
    "WorkingDaysSettings",
    "boards",
    "environment_names",
    "is_address",
    "load_settings",
    "settings_in_force",
]
