"""The only module that knows `holidays`: bank holidays as plain dates."""

import sys
from datetime import date
from functools import cache
from importlib.util import find_spec
from types import ModuleType

import holidays

_YEARS = range(2000, 2101)  # what a plan's date may lie in, see core.timeframe
_COUNTRIES = "holidays.countries"


@cache  # hundreds of boards keep the same ones
def bank_holidays(country: str, subdivision: str | None) -> frozenset[date]:
    """Return the public holidays of a country's part from 2000 to 2100.

    Without a subdivision England's Easter Monday and August bank holiday would be missing.
    Raises ValueError for a country or subdivision that is not known.
    """
    _let_in_one_country()
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=_YEARS))
    except NotImplementedError as error:
        raise ValueError(str(error)) from error


def parts_of(country: str) -> tuple[str, ...]:
    """Return the parts of a country that keep holidays of their own; raises ValueError as bank_holidays does."""
    bank_holidays(country, None)
    return tuple(holidays.country_holidays(country).subdivisions)


def _let_in_one_country() -> None:
    """Keep the package of countries from importing all 250 of them when it is asked for one.

    That would be a tenth of the time and a seventh of the memory of a run with nothing to do.
    """
    package = find_spec("holidays")
    if _COUNTRIES not in sys.modules and package and package.submodule_search_locations:
        bare = ModuleType(_COUNTRIES)
        bare.__path__ = [f"{folder}/countries" for folder in package.submodule_search_locations]
        sys.modules[_COUNTRIES] = bare
