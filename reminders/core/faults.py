"""What is broken, who is told, and what they can do: the mails to the business manager and to ops."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reminders.core import words
from reminders.core.keys import notice_key, short_hash
from reminders.core.notices import Address, Kind
from reminders.core.policy import Audience, Reason


class Reader(StrEnum):
    """Who hears of faults."""

    MANAGER = "business-manager"
    OPS = "ops"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is broken; `daily` ones are told once a day while they last, the others once for good."""

    cause: str
    readers: tuple[Reader, ...]
    daily: bool
    subject: str
    headline: str
    lead: str
    points: tuple[str, ...] = ()
    unsent: str | None = None
    mend: str = ""


@dataclass(frozen=True, slots=True)
class FaultNotice:
    """One mail about one fault to one reader."""

    key: str
    board: str
    audience: Audience
    day: date
    to: Address
    fault: Fault

    kind = Kind.FAULT
    reasons = (Reason.DUE,)
    refs = ()

    @property
    def cause(self) -> str:
        """Return what is broken, as a code without names."""
        return self.fault.cause

    @property
    def subject(self) -> str:
        """Return the subject."""
        return self.fault.subject

    @property
    def headline(self) -> str:
        """Return the fact, as the mail's heading."""
        return self.fault.headline

    @property
    def thread(self) -> tuple[str, date]:
        """Return what a mail program may group it by: the cause."""
        return short_hash(f"fault {self.fault.cause}", 24), date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class TestNotice:
    """A mail that proves the way out works; it holds nothing of the plan."""

    key: str
    board: str
    audience: Audience
    day: date
    to: Address

    kind = Kind.TEST
    cause = None
    reasons = (Reason.DUE,)
    refs = ()
    subject = "Test email from the plan reminders"
    headline = "This is a test"
    lead = "It shows that emails leave this service and reach you. It holds nothing of the plan."
    ask = "Nothing for you to do."

    @property
    def thread(self) -> tuple[str, date]:
        """Return what a mail program may group it by."""
        return short_hash("test", 24), date(2000, 1, 1)


def draw_up_faults(
    faults: Iterable[Fault], readers: Mapping[Reader, Address], *, board: str, audience: Audience, today: date
) -> tuple[FaultNotice, ...]:
    """Address each fault to its readers, with a key that lets it be told once a day or once for good."""
    return tuple(
        FaultNotice(
            key=notice_key(
                board=board,
                audience=audience,
                kind=f"{Kind.FAULT}:{fault.cause}",
                person=reader,
                day=today if fault.daily else None,
            ),
            board=board,
            audience=audience,
            day=today,
            to=readers[reader],
            fault=fault,
        )
        for fault in faults
        for reader in fault.readers
    )


def plan_held(source: str, sha256: str, why: str, good_since: date) -> Fault:
    """Say that a new reading of the plan waits for the manager's word."""
    return Fault(
        cause=f"plan-held:{sha256[:12]}",
        readers=(Reader.MANAGER,),
        daily=False,
        subject="Action needed: the business plan has changed a lot",
        headline="The business plan has changed more than usual",
        lead=f"{source} was read, and {why}. To be safe it is not used yet.",
        points=(f"Reminders go on from the plan as it stood on {words.full_date(good_since)}.",),
        mend="If the change is right, ask the people who run this service to accept it (run.py plan accept). "
        "If it is a slip, put the plan right: it is read again by itself.",
    )


def plan_refused(source: str, mistakes: tuple[str, ...], good_since: date | None, *, too_old: bool) -> Fault:
    """Say that the plan cannot be read, and what that stops."""
    going = bool(good_since) and not too_old
    return Fault(
        cause=f"plan-refused:{short_hash(source + chr(10).join(mistakes))}" + ("" if going else ":stopped"),
        readers=(Reader.MANAGER, Reader.OPS),
        daily=not going,
        subject="Action needed: the business plan could not be read",
        headline="The business plan could not be read" if going else "No reminders can go out until the plan is fixed",
        lead=f"{source} could not be read.",
        points=mistakes[:20],
        unsent=_since_last_good(good_since, too_old=too_old),
        mend="Put the file right: it is read again by itself.",
    )


def _since_last_good(good_since: date | None, *, too_old: bool) -> str:
    if good_since is None:
        return "No plan has been read before, so no reminder has gone out."
    day = words.full_date(good_since)
    if too_old:
        return f"The plan was last read on {day}, which is too long ago to go on from. No reminder goes out."
    return f"Reminders go on from the plan as it was last read on {day}."


def directory_refused(source: str, mistakes: tuple[str, ...], *, going: bool) -> Fault:
    """Say that the lead directory cannot be read."""
    return Fault(
        cause=f"directory-refused:{short_hash(source + chr(10).join(mistakes))}",
        readers=(Reader.MANAGER, Reader.OPS),
        daily=not going,
        subject="Action needed: the lead directory could not be read",
        headline="The lead directory could not be read",
        lead=f"{source} could not be read.",
        points=mistakes[:20],
        unsent="Reminders go on with the directory as it was last read."
        if going
        else "No reminder can go out without it.",
        mend="Put the file right: it is read again by itself.",
    )


def not_delivered(name: str, address: str, refs: tuple[str, ...], answer: str, *, came_back: bool = False) -> Fault:
    """Say that a lead's mailbox refused a reminder, or that it came back; told once per address."""
    about = f" for {words.listed(refs)}" if refs else ""
    return Fault(
        cause=_bad_address(address),
        readers=(Reader.MANAGER, Reader.OPS),
        daily=False,
        subject="Email not delivered: one lead",
        headline=f"An email to {name} was not delivered",
        lead=f"{_what_came_of_it(answer, came_back=came_back)} {name} has not seen the reminder{about}.",
        unsent=f"Later reminders to {name} are held until the address is corrected.",
        mend="Correct the address in the lead directory; the reminder then goes to the new address on the next "
        "working day. If the address is good, run.py ledger resend ID has what is owed sent there again.",
    )


def own_mail_not_delivered(kind: Kind, name: str, address: str, answer: str, *, came_back: bool = False) -> Fault:
    """Say that a reader named in the settings did not get a digest or a fault mail; told once per address."""
    what = {Kind.DIGEST: "the weekly digest", Kind.FAULT: "an email about a fault"}.get(kind, f"the {kind} email")
    return Fault(
        cause=_bad_address(address),
        readers=(Reader.MANAGER, Reader.OPS),
        daily=False,
        subject=f"Email not delivered: {what}",
        headline=f"An email to {name} was not delivered",
        lead=f"{_what_came_of_it(answer, came_back=came_back)} {name} has not seen {what}.",
        unsent="The next one is tried at the same address.",
        mend="Correct the address in the settings (business_manager or ops), or have the mailbox put right.",
    )


def _bad_address(address: str) -> str:
    return f"bad-address:{short_hash(address)}"


_STATUS_IN_WORDS = {  # RFC 3463, and what Exchange makes of it
    "5.1.1": "there is no such mailbox",
    "5.1.10": "there is no such mailbox",
    "5.2.1": "the mailbox is switched off",
    "5.2.2": "the mailbox is full",
}


def _what_came_of_it(answer: str, *, came_back: bool) -> str:
    if not came_back:
        return f"The mail server refused it: {answer.rstrip('. ')}."
    known = _STATUS_IN_WORDS.get(answer)
    return f"It was taken, and came back later: {f'{known} ({answer})' if known else answer}."


def cap_passed(held: int, cap: int) -> Fault:
    """Say that a run would have sent more than the policy lets out, and therefore sent none of it."""
    return Fault(
        cause="cap",
        readers=(Reader.MANAGER, Reader.OPS),
        daily=True,
        subject="Action needed: too many reminders at once",
        headline=f"{words.sentence(words.counted(held, 'reminder email'))} {words.plural(held, 'is', 'are')} held",
        lead=f"More than {words.counted(cap, 'email')} to leads would have gone out in one day, so none was sent.",
        mend="If they are right, release them (run.py ledger release); if not, withdraw them "
        "(run.py ledger withdraw --held). max_mails_per_run in the settings is the limit.",
    )


def template_failed(name: str, why: str, *, replaced: bool) -> Fault:
    """Say that a template fails, and whether the packaged one could stand in."""
    return Fault(
        cause=f"template:{name}:{short_hash(why)}",
        readers=(Reader.OPS,),
        daily=True,
        subject="Action needed: a mail template fails",
        headline=f"The template {name} fails",
        lead=why,
        unsent=None if replaced else "The emails it makes wait, and are tried again.",
        mend="The packaged template is used instead. Correct the file in templates_dir; run.py check names the line."
        if replaced
        else "Run run.py check, and tell the makers of this service.",
    )


def mail_undrawn(kind: Kind, why: str) -> Fault:
    """Say that a mail cannot be made, though its templates are in order."""
    return Fault(
        cause=f"undrawn:{kind}:{short_hash(why)}",
        readers=(Reader.OPS,),
        daily=True,
        subject="Action needed: an email cannot be made",
        headline=f"A {kind} email cannot be made",
        lead=f"Making it failed: {why.rstrip('. ')}.",
        unsent="It is tried again with each tick. The other emails go.",
        mend="Give this service a temporary folder (TMPDIR) that it may write to and that has room.",
    )


def calendars_unwritten(folder: str, why: str) -> Fault:
    """Say that the calendar files cannot be brought up to date."""
    return Fault(
        cause=f"calendars:{short_hash(why)}",
        readers=(Reader.OPS,),
        daily=True,
        subject="Action needed: the calendar files cannot be written",
        headline="The calendar files cannot be written",
        lead=f"{folder}: {why}.",
        mend="Correct calendars.path, or give this service the right to write there. The reminders go on.",
    )


def transport_down(name: str, code: str, detail: str) -> Fault:
    """Say that no mail can leave at present."""
    return Fault(
        cause=f"transport:{name}:{code}",
        readers=(Reader.OPS,),
        daily=True,
        subject="Action needed: reminders cannot be sent",
        headline="The mail server does not take mail",
        lead=f"Sending through {name} failed: {detail.rstrip('. ')}.",
        unsent="What is owed waits in the ledger and goes when the server takes mail again.",
        mend="Run run.py check --connect to see the reason.",
    )


def uncertain(key: str, kind: str) -> Fault:
    """Ask ops what to do about a mail that may have arrived, where the settings say not to send it again."""
    return Fault(
        cause=f"uncertain:{key}",
        readers=(Reader.OPS,),
        daily=False,
        subject="Action needed: one email may not have arrived",
        headline="One email may not have arrived",
        lead=f"The connection broke after a {kind} was handed over and before the mail server answered, so nobody can "
        "know whether it was taken.",
        unsent="It is not sent again by itself, because on_uncertain is hold.",
        mend="run.py ledger shows it as uncertain. Send it once more with run.py ledger resend, or leave it with "
        "run.py ledger hold.",
    )
