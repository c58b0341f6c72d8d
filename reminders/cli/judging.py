"""What of the settings only those outside can judge: whether a country's bank holidays are known."""

from collections.abc import Iterator

from reminders.bank_holidays import bank_holidays, parts_of
from reminders.settings import Clash, Settings


def unknown_holidays(settings: Settings) -> Iterator[Clash]:
    """Find a country, or a part of one, whose bank holidays nobody knows."""
    country, subdivision = settings.working_days.country, settings.working_days.subdivision
    try:
        parts = parts_of(country)
    except ValueError:
        text = f"read '{country}', whose bank holidays are not known; write the two letters of a country, such as GB"
        yield Clash("working_days.country", text)
        return
    try:
        bank_holidays(country, subdivision)
    except ValueError:
        known = f"one of {', '.join(parts)}, or null" if parts else "null"
        text = f"read '{subdivision}', which is no part of {country}; write {known}"
        yield Clash("working_days.subdivision", text, ("working_days.country",))
