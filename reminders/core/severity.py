"""Which problems of a plan weigh most: what keeps a person from hearing comes before what is untidy."""

from collections.abc import Iterable

from reminders.core.plan import Level, Problem

_GRAVEST_FIRST = (
    ("unknown-lead", "ambiguous-lead", "missing-lead", "lead-left", "no-address", "off-allow-list"),  # nobody hears
    ("unclear-timeframe", "missing-timeframe", "formula-without-value", "excel-error"),  # nobody knows when
    ("sheet-not-read", "missing-action", "row-without-ref"),  # nobody knows what
)
_RANK = {code: rank for rank, codes in enumerate(_GRAVEST_FIRST) for code in codes}


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with those a person must mend first, the gravest at the top; equals stay in the plan's order."""
    return sorted(problems, key=lambda problem: (problem.level is not Level.MEND, _RANK.get(problem.code, len(_RANK))))
