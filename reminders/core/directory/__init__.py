"""The lead directory: names as written -> who is meant -> which mailbox hears."""

from reminders.core.directory.lookup import Directory
from reminders.core.directory.plain_data import directory_as_data, directory_from_data
from reminders.core.directory.values import Group, Lead, LeadKind, Person, Recipient

__all__ = [
    "Directory",
    "Group",
    "Lead",
    "LeadKind",
    "Person",
    "Recipient",
    "directory_as_data",
    "directory_from_data",
]
