"""What is owed today: for each action, lead and deadline, which offset is told now and which are not, and why.

The calendar alone gives the series of reminders (`series`); what has been told before decides between them
(`verdicts`).
"""

from reminders.core.agenda.series import Series, people_of, series_of
from reminders.core.agenda.values import Agenda, Memory, Reminder, Standing, Told, Verdict
from reminders.core.agenda.verdicts import decide, draw_up_agenda

__all__ = [
    "Agenda",
    "Memory",
    "Reminder",
    "Series",
    "Standing",
    "Told",
    "Verdict",
    "decide",
    "draw_up_agenda",
    "people_of",
    "series_of",
]
