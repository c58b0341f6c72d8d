"""Which release this is: its version, and the revision it was built from."""

import os

VERSION = "0.1.0"  # of a tree that was not installed


def version() -> str:
    """Return this release's version."""
    from importlib import metadata

    try:
        return metadata.version("reminders")
    except metadata.PackageNotFoundError:
        return VERSION


def revision() -> str:
    """Return the revision that the image or the unit names, or nothing."""
    return os.environ.get("REMINDERS_REVISION", "")


def in_words() -> str:
    """Return both for a person."""
    return f"{version()} ({revision()})" if revision() else version()
