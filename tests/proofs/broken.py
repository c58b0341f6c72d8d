"""Variants of the service that break the promise on purpose: the checks must see each of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from reminders.ledger.base import LedgerRefused
from reminders.service.tick import Service
from tests.proofs.life import Life, Nature, header_of


class Changed:
    """Something that does what it did, but for these calls."""

    def __init__(self, real: Any, **calls: Callable[..., Any]) -> None:
        self._real = real
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return partial(self._calls[name], self._real) if name in self._calls else getattr(self._real, name)


def _with_ledger(service: Service, **calls: Callable[..., Any]) -> Service:
    changed: Any = Changed(service.ledger, **calls)
    return replace(service, ledger=changed)


def ledger_after_send(service: Service) -> Service:
    return _with_ledger(service, transmitting=lambda _ledger, _entry, _now: True)


def lease_of_nothing(service: Service) -> Service:
    def claim(ledger: Any, audience: str, kinds: Any, now: datetime, _until: datetime) -> Any:
        return ledger.claim(audience, kinds, now, now + timedelta(seconds=1))

    def settle_and_claim(ledger: Any, entry: Any, settlement: Any, kinds: Any, now: datetime, _until: datetime) -> Any:
        return ledger.settle_and_claim(entry, settlement, kinds, now, now + timedelta(seconds=1))

    return _with_ledger(service, claim=claim, settle_and_claim=settle_and_claim)


def fence_ignored(service: Service) -> Service:
    return _with_ledger(service, transmitting=lambda ledger, entry, now: ledger.transmitting(entry, now) or True)


def header_as_envelope(service: Service) -> Service:
    def send(transport: Any, message: Any, key: str, before_transmit: Any) -> Any:
        return transport.send(replace(message, recipient=header_of(message.mime)), key, before_transmit)

    changed: Any = Changed(service.way.transport, send=send)
    return replace(service, way=replace(service.way, transport=changed))


class Forgetful(Life):
    """Makes a ledger anew where the one it finds is damaged, and says nothing."""

    def begin_again(self, file: Path) -> Any:
        try:
            return self._open_ledger()
        except LedgerRefused:
            for part in file.parent.iterdir():
                part.unlink()
            return self._open_ledger()


VARIANTS: Mapping[str, Callable[[Nature], Life]] = {
    "ledger after send": lambda nature: Life(nature, ledger_after_send),
    "lease of nothing": lambda nature: Life(nature, lease_of_nothing),
    "fence ignored": lambda nature: Life(nature, fence_ignored),
    "header as envelope": lambda nature: Life(nature, header_as_envelope),
    "corrupt ledger recreated": Forgetful,
}
