"""How often a wrong token may be tried: kept in memory, for each address that tries."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

_MOST = 5  # wrong ones within the span
_SPAN = 60.0  # seconds
_REMEMBERED = 1000  # addresses; the one that tried longest ago is forgotten first


class Attempts:
    """Counts wrong tokens; who gave too many must wait."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def must_wait(self, who: str) -> int:
        """Return for how many seconds an address gets no further try; 0 when it may."""
        with self._lock:
            lately = self._lately(who)
            return 0 if len(lately) < _MOST else ceil(lately[0] + _SPAN - self._monotonic())

    def failed(self, who: str) -> None:
        """Count a wrong token."""
        with self._lock:
            self._failed[who] = [*self._lately(who), self._monotonic()]
            self._failed.move_to_end(who)
            if len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)

    def _lately(self, who: str) -> list[float]:
        since = self._monotonic() - _SPAN
        return [each for each in self._failed.get(who, ()) if each > since]
