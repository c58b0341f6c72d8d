"""The only module that knows `holidays`: bank holidays as plain dates."""

from datetime import date

import holidays

_YEARS = range(2000, 2101)  # what a plan's date may lie in, see core.timeframe


def bank_holidays(country: str, subdivision: str | None) -> frozenset[date]:
    """Return the public holidays of a country's part from 2000 to 2100.

    Without a subdivision England's Easter Monday and August bank holiday would be missing.
    Raises ValueError for a country or subdivision that is not known.
    """
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=_YEARS))
    except NotImplementedError as error:
        raise ValueError(str(error)) from error
