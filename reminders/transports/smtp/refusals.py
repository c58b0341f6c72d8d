"""Refusals that speak of us and not of one mail: our login, our machine, our sender; and what a person can mend.

They may come in answer to any command: Postfix keeps them back until RCPT, Exchange some until the final dot. Where
the enhanced code is exact it decides (RFC 3463, 4954, 5248, 7372; 7.3, 7.54 and above are Exchange's). 5.7.1, 5.7.0
and no code at all say only "refused": there the words tell a server that relays nothing of ours from a mailbox that
wants nothing. In doubt a refusal is the one mail's: that one fails, people are told, and the others go on.
"""

import re
from dataclasses import dataclass

from reminders.transports.smtp.answers import Answer

_ONE_MAILBOX = "recipient address rejected"  # what Postfix puts before every reason that lies with the reader


@dataclass(frozen=True, slots=True)
class _Refusal:
    mend: str
    words: re.Pattern[str]
    exact: frozenset[str] = frozenset()
    codes: frozenset[int] = frozenset()

    def __contains__(self, answer: Answer) -> bool:
        detail = answer.enhanced[2:] if answer.enhanced else ""
        said = _says_little(detail) and _ONE_MAILBOX not in answer.text.lower() and self.words.search(answer.text)
        return answer.code in self.codes or detail in self.exact or bool(said)


def what_to_mend(answer: Answer) -> str | None:
    """Return what a person can do about a refusal that every mail of ours would meet; None where it is this mail's."""
    return next((refusal.mend for refusal in _REFUSALS if answer in refusal), None)


def _says_little(detail: str) -> bool:
    return detail in {"", "7.0", "7.1"} or detail[0] in "035"


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_REFUSALS = (
    _Refusal(
        "set mail.smtp.tls to starttls or implicit",
        _words(r"starttls"),
        exact=frozenset({"7.10", "7.11"}),
        codes=frozenset({538}),
    ),
    _Refusal(
        "the server does not want mail.from as the sender: ask its administrator to let our login use it",
        _words(r"sender address rejected", r"sender verif", r"as this sender", r"\bdmarc\b", r"\bspf\b", r"\bdkim\b"),
        exact=frozenset({"1.7", "1.8", "2.252", "7.20", "7.21", "7.22", "7.23", "7.24", "7.26", "7.27", "7.60"}),
    ),
    _Refusal(
        "see mail.smtp.username and its password",
        _words(r"\bauthenticat", r"\blog ?in\b", r"\bsign ?in\b"),
        exact=frozenset({"7.3", "7.8", "7.9", "7.12", "7.13", "7.57", "7.139"}),
        codes=frozenset({530, 534, 535}),
    ),
    _Refusal(
        "the server relays nothing of ours: set mail.smtp.username, or ask its administrator to let this machine relay",
        _words(r"\brelay(ing)?\b(?![-.]\w)", r"rcpthosts"),
        exact=frozenset({"7.54", "7.64"}),
    ),
    _Refusal(
        "the server wants nothing from this machine: ask its administrator to permit its address and name",
        _words(r"\bclient (host|address|ip|\[)", r"helo command", r"blocked using", r"from (this|your) (ip|host)\b"),
        exact=frozenset({"7.25", "7.708"}),
    ),
    _Refusal(
        "the server is full or closed: its administrator must make room, or open it again",
        _words(r"insufficient system (storage|resources)"),
        exact=frozenset({"3.1", "3.2"}),
    ),
)
