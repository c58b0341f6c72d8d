"""What a timeframe cell of a plan means: a closed grammar of wordings; what is not in it is doubted, never guessed.

A reading is always of the whole cell. Tables carry it, from small to large: in `days` a calendar day, in `spans` a
stretch of time, whose last day is the deadline, in `cells` a whole cell, and in `refusals` a whole cell that is
understood, and known to be no deadline.
"""

from reminders.core.timeframe.cells import read_timeframe
from reminders.core.timeframe.values import DateReading, Doubt, Kind, Recurrence, Timeframe

__all__ = ["DateReading", "Doubt", "Kind", "Recurrence", "Timeframe", "read_timeframe"]
