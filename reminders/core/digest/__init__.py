"""The weekly digest: what is blank, overdue or in doubt, what changed, what was sent and what goes next."""

from reminders.core.digest.drawing import digest_key, draw_up_digest
from reminders.core.digest.values import (
    SOON,
    Change,
    Digest,
    Doubt,
    History,
    Later,
    Planned,
    PlannedMail,
    Row,
    Sent,
    ThemeCount,
)

__all__ = [
    "SOON",
    "Change",
    "Digest",
    "Doubt",
    "History",
    "Later",
    "Planned",
    "PlannedMail",
    "Row",
    "Sent",
    "ThemeCount",
    "digest_key",
    "draw_up_digest",
]
