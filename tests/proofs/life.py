"""A board's life, drawn from a seed: edits, faults, kills at every seam, clocks that jump, and a second worker.

It is the world of tests/service/test_promise.py, made rougher: at any call of the ledger the process may die, or be
suspended while another worker does a whole tick.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Literal

from reminders.ledger.base import OPEN, Entry, Ledger, LedgerRefused, State
from reminders.ledger.opening import open_ledger
from reminders.ledger.retention import FORMER
from reminders.service.tick import Service
from reminders.transports.base import Found
from tests.builders import BOARD, reminder_key
from tests.fakes import LONDON, REFUSED, TAKEN, UNREACHABLE, Killed, Mail
from tests.proofs import oracle
from tests.service import test_promise as promise

LEASE = 5  # minutes
_A_YEAR = timedelta(days=366)
REDIRECT = "trial@westberks.example"
_SETTLES = ("settle", "settle_and_claim")
_SENDS = ("claim", "transmitting", *_SETTLES)
_SEAMS = (*_SENDS, "enter", "redraw", "end", "recover", "keep_good", "record_superseded")


@dataclass(frozen=True)
class Seam:
    """At the nth call of this name, before or after it: the process dies, or another worker ticks so much later."""

    call: str
    nth: int
    side: Literal["before", "after"]
    minutes: int | None  # None: it dies

    @classmethod
    def drawn(cls, rng: Random) -> "Seam":
        side: Literal["before", "after"] = rng.choice(["before", "after"])
        call = rng.choice(_SENDS if rng.random() < 0.6 else _SEAMS)
        return cls(call, rng.randint(1, 3), side, rng.choice([None, 0, 1, LEASE + 1, LEASE + 1]))


@dataclass
class Seams:
    """A ledger as one worker sees it; whatever happens at its seams happens here."""

    ledger: Any
    meanwhile: Callable[[int], None]
    left: list[Seam] = field(default_factory=list)
    leaving: set[str] = field(default_factory=set)  # may have left, and the ledger has not heard
    unheard: list[str] = field(default_factory=list)  # whose answer was lost
    calls: Counter[str] = field(default_factory=Counter)

    def begin(self, seams: list[Seam]) -> None:
        self.left = seams
        self.calls.clear()
        self.leaving.clear()
        self.unheard.clear()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.ledger, name)
        return partial(self._call, name, real) if name in _SEAMS else real

    def _call(self, name: str, real: Callable[..., Any], *args: Any) -> Any:
        self.calls[name] += 1
        number = self.calls[name]
        self._happens(name, number, "before")
        answer = real(*args)
        if name == "transmitting" and answer:
            self.leaving.add(args[0].key)
        if name in _SETTLES:
            self.leaving.discard(args[0].key)
            self.unheard += [args[0].key] if args[1].state is State.UNCERTAIN else []
        self._happens(name, number, "after")
        return answer

    def _happens(self, name: str, number: int, side: str) -> None:
        for seam in [each for each in self.left if (each.call, each.nth, each.side) == (name, number, side)]:
            self.left.remove(seam)
            if seam.minutes is None:
                raise Killed
            self.meanwhile(seam.minutes)


@dataclass(frozen=True)
class Nature:
    """What sets one life apart: how the server answers questions, what the policy says, where the ledger is kept."""

    asks: bool = False
    on_uncertain: Literal["resend", "hold"] = "resend"
    cap: int = 50
    redirect: bool = False
    folder: Path | None = None  # kept there, and met by a disaster; else in memory


def against_the_servers_word(ledger: Ledger) -> set[str]:
    """Name what may have arrived though the server said it had not, or refused it later.

    It was asked while the sender overslept, and the mail left after that; or it took the first and not the second.
    """
    unknown: set[str] = set()
    for entry in ledger.entries():
        moves = ledger.history(entry.id)
        absent = any(each.reason == Found.ABSENT for each in moves) and entry.state is not State.SENT
        refused = any(each.after is State.UNCERTAIN for each in moves) and entry.state is State.FAILED
        unknown |= {entry.key} if absent or refused else set()
    return unknown


Spoil = Callable[[Service], Service]


class Life(promise.World):
    """The world, with seams; it counts for each mail how often nobody could know whether it left."""

    def __init__(self, nature: Nature, spoil: Spoil = lambda service: service) -> None:
        super().__init__(asks=nature.asks, cap=nature.cap)
        self.nature = nature
        self.spoil = spoil
        self.gaps: Counter[str] = Counter()
        self.untrue: list[str] = []  # told, though the oracle knew of nothing owed
        self.adopted: date | None = None
        self.in_hand_when_lost: set[str] = set()  # mails that the ledger took with it
        self.forgotten: dict[str, str] = {}  # whom mails went to that the ledger no longer names
        self.change(
            on_uncertain=nature.on_uncertain,
            redirect_to=REDIRECT if nature.redirect else None,
            released=date(2014, 12, 1),
        )
        if nature.folder:
            self.ledger.close()
            self._open_ledger = partial(open_ledger, nature.folder, None, board=BOARD, lock=True)
            self.ledger = self._open_ledger()
        self.seams = Seams(None, self.meanwhile)
        self._nested = False

    @property
    def service(self) -> Service:
        self.seams.ledger = self.ledger
        usual = super().service
        return self.spoil(replace(usual, ledger=self.seams if not self._nested else usual.ledger))

    def meanwhile(self, minutes: int) -> None:
        """Another worker does a tick while this one stands still."""
        self.clock.forward(minutes=minutes)
        if minutes > LEASE:
            self.gaps.update(self.seams.leaving)
        script, self.transport.script, self._nested = self.transport.script, [], True
        try:
            self.tick()
        finally:
            self.transport.script, self._nested = script, False

    # Deeds.

    def live(self, history: list[tuple[Any, ...]]) -> None:
        for deed, *about in history:
            getattr(self, f"do_{deed}")(*about)

    def do_tick(self, tick: Mapping[str, Any]) -> None:
        tried = {mail.key for mail in self.transport.tried}
        arrived = len(self.transport.arrived)
        self.seams.begin(list(tick["seams"]))
        self.one_tick(tick["days"], tick["at"], tick["answers"], tick["otherwise"])
        if not self.nature.asks:  # else the server says what became of them
            self.gaps.update([*self.seams.leaving, *self.seams.unheard])
        self.seams.begin([])
        self._compare([mail for mail in self.transport.arrived[arrived:] if mail.key not in tried])

    def _compare(self, fresh: list[Mail]) -> None:
        today = self.clock().astimezone(LONDON).date()
        known = {self.key(each) for each in oracle.owed(self.plain_rows(), today)}
        for mail in fresh:
            if mail.kind == "reminder" and mail.says["day"] == str(today) and today not in self.by_hand:
                self.untrue += [f"{item['ref']} on {today}" for item in mail.says["items"] if item["key"] not in known]

    # The other deeds.

    def do_edit(self, ref: str, cells: Mapping[str, Any]) -> None:
        self.write(ref, **cells)

    def do_drop(self, ref: str) -> None:
        self.drop(ref)

    def do_person(self, name: str, known: Mapping[str, Any]) -> None:
        self.change_person(name, known)

    def do_by_hand(self, resend: bool) -> None:  # noqa: FBT001 - drawn
        waiting = self.ledger.uncertain("live", self.clock())
        self.let_go(self.resend_all if resend else self.release)
        self.gaps.update(each.key for each in waiting if resend)

    def do_out_of_office(self, names: set[str]) -> None:
        self.out_of_office(names)

    def do_comes_back(self) -> None:
        self.comes_back()

    def do_erase(self, name: str) -> None:
        self._remember()
        self.ledger.erase([self.known[name].id], [], self.clock())

    def do_forget(self) -> None:
        """Let the ledger drop what it drops in a year."""
        self._remember()
        self.ledger.forget(self.clock() + _A_YEAR)

    def do_trust(self) -> None:
        """Stand up for every address that was refused."""
        for address in self.ledger.bad_addresses():
            self.ledger.trust(address, self.clock())

    def do_clock(self, hours: float) -> None:
        self.clock.forward(hours=hours)

    def do_disaster(self, kind: str) -> None:
        """Lose the ledger; a person puts aside what is left of it, and adopts what is there then."""
        folder = self.nature.folder
        assert folder
        in_hand = {entry.key for entry in self.ledger.entries() if entry.frozen and entry.state in OPEN}
        self.in_hand_when_lost |= in_hand | against_the_servers_word(self.ledger)
        self.gaps.update(self.in_hand_when_lost)
        self.ledger.close()
        file = folder / "ledger.sqlite"
        damage(file, kind)
        self.ledger = self.begin_again(file)
        before = len(self.transport.arrived)
        with suppress(Killed):
            self.tick()
        if len(self.transport.arrived) > before:
            self.untrue.append(f"sent from a ledger that was lost ({kind})")
        self.adopted = self.clock().astimezone(LONDON).date()
        self.ledger.adopt(self.adopted, self.clock())

    def begin_again(self, file: Path) -> Any:
        """Open what is there; where that is refused, put it aside."""
        with suppress(LedgerRefused):
            return self._open_ledger()
        for part in file.parent.glob("ledger.sqlite*"):
            part.rename(part.with_name(f"aside-{part.name}"))
        return self._open_ledger()

    # What the checks ask.

    def people_by_key(self) -> dict[str, str]:
        return super().people_by_key() | self.forgotten

    def _remember(self) -> None:
        self.forgotten |= {key: who for key, who in super().people_by_key().items() if not who.startswith(FORMER)}

    def plain_rows(self) -> list[oracle.Row]:
        return [
            oracle.Row(
                row.ref or "",
                tuple(person for lead in (row.lead or "").split(" / ") for person in self._people_of(lead)),
                row.timeframe,
                (row.progress or "").startswith("Complete"),
            )
            for row in self.rows
        ]

    def _people_of(self, lead: str) -> list[str]:
        if lead == "The Board":
            return ["M Evans", "I Mundy"]
        return [lead] if lead in self.known else []

    def key(self, each: oracle.Owed) -> str:
        return reminder_key(
            board=BOARD,
            audience="live",
            action=each.ref,
            person=each.person,
            deadline=each.deadline,
            offset=each.offset,
        )


def damage(file: Path, kind: str) -> None:
    for part in file.parent.glob("ledger.sqlite*"):
        if kind == "deleted":
            part.unlink()
        else:
            part.write_bytes(b"\0" * 4096)


def a_nature(rng: Random, folder: Path) -> Nature:
    kept = rng.random() < 0.2
    return Nature(
        asks=rng.random() < 0.4,
        on_uncertain=rng.choice(["resend", "resend", "hold"]),
        cap=rng.choice([2, 50, 50]),
        redirect=rng.random() < 0.15,
        folder=folder if kept else None,
    )


def a_history(rng: Random, nature: Nature) -> list[tuple[Any, ...]]:
    """Draw the deeds of one life."""
    history = [_a_deed(rng) for _ in range(rng.randint(6, 24))]
    if nature.folder:
        history.insert(rng.randint(len(history) // 2, len(history)), ("disaster", rng.choice(["deleted", "damaged"])))
    return history


def _a_deed(rng: Random) -> tuple[Any, ...]:
    common = ["tick"] * 10 + ["edit"] * 3 + ["person"] * 2
    by_hand = ["by_hand", "trust", "erase", "forget"]
    kind = rng.choice([*common, *by_hand, "drop", "out_of_office", "comes_back", "clock"])
    return kind, *(_ABOUT[kind](rng) if kind in _ABOUT else ())


def _a_tick(rng: Random) -> Mapping[str, Any]:
    return {
        "days": rng.choice([0, 0, 0, 1, 1, 1, 2, 3, 7, 16]),
        "at": rng.choice(["07:59", "08:00", "08:00", "08:00", "08:06", "12:00", "17:59", "18:06", "23:30"]),
        "answers": rng.choices(promise.ANSWERS, k=rng.randint(0, 4)),
        "otherwise": rng.choice([TAKEN, TAKEN, TAKEN, UNREACHABLE, REFUSED]),
        "seams": [Seam.drawn(rng) for _ in range(rng.choice([0, 0, 1, 2, 3]))],
    }


_ABOUT: Mapping[str, Callable[[Random], tuple[Any, ...]]] = {
    "tick": lambda rng: (_a_tick(rng),),
    "edit": lambda rng: (rng.choice(promise.REFS), rng.choice(promise.CELLS)),
    "person": lambda rng: (rng.choice(promise.NAMES), rng.choice(promise.PEOPLE)),
    "erase": lambda rng: (rng.choice(promise.NAMES),),
    "drop": lambda rng: (rng.choice(promise.REFS),),
    "by_hand": lambda rng: (rng.random() < 0.5,),
    "out_of_office": lambda rng: (set(rng.sample(promise.NAMES, rng.randint(0, 3))),),
    "clock": lambda rng: (rng.choice([-20, -1, -1, 1, 24, 24 * 40]),),
}


def header_of(mail: bytes) -> str:
    return str(json.loads(mail)["to"])


def moves_of(life: Life, entry: Entry) -> list[tuple[State | None, State]]:
    return [(event.before, event.after) for event in life.ledger.history(entry.id)]
