"""The mails as they were when somebody last looked at them: python -m tests.rendering.golden writes them anew."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reminders.rendering import mime
from tests.rendering.mails import MAILS, file_name, rendered

FOLDER = Path(__file__).parent / "golden"
_TOO_LARGE = {"forty actions", "digest of a large plan"}  # to read; other tests look at their size


def golden_mails() -> Iterator[tuple[Path, bytes]]:
    """Yield each file with the mail that belongs into it; without attachments, whose packing hangs on the machine."""
    for name in MAILS:
        if name not in _TOO_LARGE:
            message = rendered(MAILS[name]()).message
            yield FOLDER / f"{file_name(name)}.eml", mime.finish(replace(message, attachments=()), "0" * 24)


if __name__ == "__main__":
    for file, mail in golden_mails():
        file.write_bytes(mail)
