"""Mails leave through an Exchange Server by EWS; the only place that knows exchangelib."""

from reminders.transports.ews.transport import EwsSettings, EwsTransport

__all__ = ["EwsSettings", "EwsTransport"]
