"""Mails leave by SMTP: one recipient a mail, TLS verified or nothing sent."""

from reminders.transports.smtp.transport import SmtpSettings, SmtpTransport

__all__ = ["SmtpSettings", "SmtpTransport"]
