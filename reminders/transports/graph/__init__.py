"""Mails leave through Microsoft 365 by Graph."""

from reminders.transports.graph.transport import GraphSettings, GraphTransport

__all__ = ["GraphSettings", "GraphTransport"]
