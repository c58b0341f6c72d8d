"""The calendar as cells and messages speak of it: its names, the years believed, the ends of months."""

from calendar import monthrange
from datetime import date

YEARS = range(2000, 2100)  # in which a deadline is believed

# Spelt out here: those of the standard library follow the machine's language.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def say(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_count(day: date) -> int:
    return day.year * 12 + day.month - 1


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def within(period: tuple[date, date], days: tuple[date, ...]) -> bool:
    return all(period[0] <= day <= period[1] for day in days)
