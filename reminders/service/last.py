"""A pure function's last result, kept: what it is made of is seldom another from one tick to the next."""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class Last(Generic[_Given, _Result]):
    """The function itself, but equal values given twice in a row are not worked out twice."""

    def __init__(self, work: Callable[_Given, _Result]) -> None:
        self._work = work
        self._known: tuple[object, _Result] | None = None

    def __call__(self, *args: _Given.args, **named: _Given.kwargs) -> _Result:
        """Return what the function gives for these values."""
        given = (args, named)
        if self._known is None or self._known[0] != given:
            self._known = given, self._work(*args, **named)
        return self._known[1]
