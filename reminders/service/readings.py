"""The plan in force: the file as it stands, or the last good reading while the file is in doubt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from reminders.core import faults, words
from reminders.core.directory import Directory, directory_as_data, directory_from_data
from reminders.core.guard import why_held
from reminders.core.plan import Plan, as_data, from_data, keep_ids, understand, with_ids
from reminders.ledger.base import KeptReading, Ledger
from reminders.service.values import DirectoryInForce, DirectoryLook, PlanInForce, PlanLook, Rules

PlanOf = Callable[[Mapping[str, Any], Directory, Rules], Plan]

PLAN, DIRECTORY = "plan", "directory"
_AFRESH = timedelta(hours=6)  # how often an unchanged file renews the age of the last good plan
_PATIENCE = timedelta(minutes=30)  # how long trouble that may pass by itself is nobody's business


@dataclass(frozen=True, slots=True)
class Judgement:
    """A look at the plan held against the last good reading; nothing is kept yet."""

    look: PlanLook
    plan: Plan | None
    good: KeptReading | None
    good_plan: Plan | None
    why: str | None = None
    trouble_since: datetime | None = None  # since when the file has been as it is, where that may pass by itself


def plan_from(data: Mapping[str, Any], directory: Directory, rules: Rules) -> Plan:
    """Return the plan of a reading as it was kept."""
    written = from_data(data["written"])
    plan = understand(written, directory, rules.policy, rules.date_reading, rules.allowed)
    return with_ids(plan, data["ids"])


def judge(
    look: PlanLook, directory: Directory, rules: Rules, ledger: Ledger | None, plan_of: PlanOf = plan_from
) -> Judgement:
    """Say what a look at the plan is worth: itself, or held for a person, or refused."""
    good = ledger.good_reading(PLAN) if ledger else None
    good_plan = plan_of(good.data, directory, rules) if good else None
    if look.written is None:
        return Judgement(look, None, good, good_plan, trouble_since=_trouble_since(PLAN, ledger))
    if good and good_plan and _same(good, look):
        return Judgement(look, good_plan, good, good_plan)
    plan = understand(look.written, directory, rules.policy, rules.date_reading, rules.allowed)
    plan = keep_ids(plan, good_plan) if good_plan else plan
    return Judgement(look, plan, good, good_plan, why_held(plan, good_plan) if rules.hold_changes else None)


def _same(good: KeptReading, look: PlanLook) -> bool:
    # Also read the same: a newer version of this program may read an old file otherwise.
    if look.written is None or good.sha256 != look.sha256:
        return False
    return bool(good.data["written"] == as_data(look.written))


def keep(judgement: Judgement, ledger: Ledger, now: datetime) -> None:
    """Let the ledger remember this look: as the last good plan, or as one that waits for a person."""
    look, good = judgement.look, judgement.good
    held = ledger.held_reading(PLAN)
    _note_trouble(PLAN, look, _trouble_since(PLAN, ledger), ledger, now)
    if look.written is None or judgement.plan is None:
        return
    if judgement.why is not None:
        if held is None or held.sha256 != look.sha256:
            ledger.keep_held(_reading(judgement, now))
        return
    if good is None or judgement.plan is not judgement.good_plan or now - good.taken >= _AFRESH:
        ledger.keep_good(_reading(judgement, now))
    elif held:
        ledger.forget_held(PLAN)


def _reading(judgement: Judgement, now: datetime) -> KeptReading:
    look, plan = judgement.look, judgement.plan
    if look.written is None or plan is None:
        raise ValueError("only a reading that was understood is kept")
    data: Mapping[str, Any] = {"written": as_data(look.written), "ids": [action.id for action in plan.actions]}
    return KeptReading(PLAN, look.source, look.sha256, data, now, judgement.why)


def in_force(judgement: Judgement, rules: Rules, now: datetime) -> PlanInForce:
    """Return the plan to work from, and what people must hear about how it was read."""
    if judgement.plan is not None and judgement.why is None:
        return PlanInForce("ok", judgement.plan)
    good = judgement.good
    usable = good is not None and now - good.taken <= timedelta(days=rules.policy.plan_max_age)
    since = rules.local(good.taken).date() if good else None
    if judgement.why is not None and good and since:
        fault = faults.plan_held(judgement.look.source, judgement.look.sha256, judgement.why, since)
        waits = "The plan has changed a lot and waits to be accepted"
        note = f"{waits}; this is the plan as read on {words.full_date(since)}."
        told = fault if usable else _held_too_long(fault, since)
        return PlanInForce("held", judgement.good_plan, judgement.why, usable, note, (told,))
    return _refused(judgement, rules, now, usable=usable)


def _held_too_long(fault: faults.Fault, since: date) -> faults.Fault:
    return replace(
        fault,
        cause=f"{fault.cause}:stopped",
        readers=(faults.Reader.MANAGER, faults.Reader.OPS),
        daily=True,
        headline="No reminders can go out until the change of the plan is accepted",
        points=(),
        unsent=f"The plan in use is of {words.full_date(since)}, which is too long ago to go on from.",
    )


def _refused(judgement: Judgement, rules: Rules, now: datetime, *, usable: bool) -> PlanInForce:
    look, good = judgement.look, judgement.good
    since = rules.local(good.taken).date() if good else None
    reason = "; ".join(look.mistakes)
    note = (
        f"The plan cannot be read at present; this is the plan as read on {words.full_date(since)}." if since else None
    )
    fault = faults.plan_refused(look.source, look.mistakes, since, too_old=not usable)
    told = () if good and _may_pass(look, judgement.trouble_since, now) else (fault,)
    return PlanInForce("refused", judgement.good_plan, reason, usable, note, told)


# Trouble that may pass by itself: a file being saved, a share that is away.


def _trouble_since(kind: str, ledger: Ledger | None) -> datetime | None:
    noted = ledger.held_reading(f"{kind}-trouble") if ledger else None
    return noted.taken if noted else None


def _note_trouble(
    kind: str, look: PlanLook | DirectoryLook, since: datetime | None, ledger: Ledger, now: datetime
) -> None:
    if look.passing and since is None:
        ledger.keep_held(KeptReading(f"{kind}-trouble", look.source, look.sha256, {}, now))
    elif not look.mistakes and since:
        ledger.forget_held(f"{kind}-trouble")


def _may_pass(look: PlanLook | DirectoryLook, since: datetime | None, now: datetime) -> bool:
    return look.passing and (since is None or now - since < _PATIENCE)


def accept(ledger: Ledger, sha256: str | None, now: datetime) -> KeptReading | None:
    """Make the held reading the last good one; None when none is held, or not the one named."""
    held = ledger.held_reading(PLAN)
    if held is None or (sha256 and not held.sha256.startswith(sha256)):
        return None
    accepted = replace(held, taken=now, why=None)
    ledger.keep_good(accepted)
    return accepted


def directory_in_force(
    look: DirectoryLook, ledger: Ledger | None, now: datetime, *, remember: bool
) -> DirectoryInForce:
    """Return the directory to work from: the file's, or the last good one with what people must hear of that."""
    good = ledger.good_reading(DIRECTORY) if ledger else None
    since = _trouble_since(DIRECTORY, ledger)
    if ledger and remember:
        _note_trouble(DIRECTORY, look, since, ledger, now)
    if look.directory is not None:
        if remember and ledger and (good is None or good.sha256 != look.sha256):
            data = directory_as_data(look.directory)
            ledger.keep_good(KeptReading(DIRECTORY, look.source, look.sha256, data, now))
        return DirectoryInForce(look.directory)
    fault = faults.directory_refused(look.source, look.mistakes, going=good is not None)
    told = () if good and _may_pass(look, since, now) else (fault,)
    return DirectoryInForce(directory_from_data(good.data) if good else None, "; ".join(look.mistakes), told)
