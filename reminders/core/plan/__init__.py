"""The plan: cells as written -> actions with their leads, deadlines and doubts."""

from reminders.core.plan.identity import keep_ids, with_ids
from reminders.core.plan.plain_data import as_data, from_data
from reminders.core.plan.understanding import understand
from reminders.core.plan.values import Action, Level, Plan, Problem, Theme, WrittenPlan, WrittenRow, WrittenTheme

__all__ = [
    "Action",
    "Level",
    "Plan",
    "Problem",
    "Theme",
    "WrittenPlan",
    "WrittenRow",
    "WrittenTheme",
    "as_data",
    "from_data",
    "keep_ids",
    "understand",
    "with_ids",
]
