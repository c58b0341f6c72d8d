"""A server's answers to SMTP commands: their codes, and their words without addresses, secrets and the mail's text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_DETAIL = 200
_ECHO = 16  # letters in a row that an answer may share with the mail by chance

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
_QUEUE_ID = re.compile(r"\b(?:queued as |id=|InternalId=)([A-Za-z0-9][\w-]{1,63})", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"?')
_BRACKETED = re.compile(r"<[^>]*>?")
_AT = re.compile(r" ?(?:@|%40) ?")
_DOTS = re.compile(r"\.{4,}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer, fit to be shown."""

    code: int
    enhanced: str | None
    text: str
    queue_id: str | None

    @property
    def full_code(self) -> str:
        return f"{self.code} {self.enhanced}" if self.enhanced else str(self.code)


def read_answer(code: int, raw: bytes, hidden: list[str], shown: str) -> Answer:
    """Return an answer with what is hidden, and what was shown to the server, left out of its text."""
    text = raw.decode("utf-8", "replace")
    enhanced = _ENHANCED.match(text)
    queue_id = _QUEUE_ID.search(text)
    return Answer(
        code,
        enhanced[0] if enhanced else None,
        _masked(text, hidden, shown),
        queue_id[1] if queue_id else None,
    )


def _masked(text: str, hidden: list[str], shown: str) -> str:
    """Return an answer as one line without addresses, secrets and words of the mail.

    "5.1.1 <m.evans@x.example>: user unknown" -> "5.1.1 <...>: user unknown"
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    line = _unechoed(" ".join(text.split()), shown)
    for secret in sorted(hidden, key=len, reverse=True):
        if _may_name(line, secret):
            line = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "...", line, flags=re.IGNORECASE)
    line = _AT.sub("@", _BRACKETED.sub("<...>", _QUOTED.sub("...", line)))
    if "@" in line:
        line = " ".join("..." if "@" in word else word for word in line.split(" "))
    return _DOTS.sub("...", line)[:LONGEST_DETAIL]


def _may_name(line: str, secret: str) -> bool:
    # Each mail has an address of its own: making a pattern of it costs more than all else that is done to an answer.
    return not (line.isascii() and secret.isascii()) or secret.lower() in line.lower()


def _unechoed(line: str, shown: str) -> str:
    """Blank what an answer repeats from the mail itself."""
    if not shown or len(line) < _ECHO:
        return line
    mail = " ".join(shown.split()).casefold()
    if not any(block.casefold() in mail for block in _blocks(line, _ECHO // 2)):
        return line  # so many letters in a row would hold at least one block whole
    letters = list(line)
    for start in range(len(line) - _ECHO + 1):
        if line[start : start + _ECHO].casefold() in mail:
            letters[start : start + _ECHO] = "." * _ECHO
    return "".join(letters)


def _blocks(line: str, size: int) -> Iterator[str]:
    return (line[start : start + size] for start in range(0, len(line) - size + 1, size))
