"""Reminders for the leads of a board's plan, and a weekly digest for its business manager."""
